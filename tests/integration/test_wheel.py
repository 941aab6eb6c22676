"""What is installed is whole: a wheel built from this checkout runs from an empty directory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import requests

from tests.integration.upright import up
from tests.unit.collector.requests import request

ROOT = Path(__file__).parents[2]
PACKAGES = ("spanwarden", "dashboard", "collector", "analytics", "policies", "storage")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built by pip as ``uv tool install .`` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run(command, check=True, timeout=300)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel's files where Python finds them."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_of(root):
    """The files of our packages, without what Python leaves there."""
    paths = [path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file()]
    return {str(path.relative_to(root)) for path in paths if "__pycache__" not in path.parts}


def test_every_file_of_the_packages_is_in_it(installed):
    assert files_of(installed) == files_of(ROOT)
    suffixes = {Path(name).suffix for name in files_of(installed)}
    assert suffixes >= {".sql", ".proto", ".yaml", ".j2", ".css", ".js", ".woff2", ".svg", ".csv", ".typed"}


def test_it_holds_nothing_else(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_it_says_what_it_is(installed):
    (info,) = installed.glob("*.dist-info")
    metadata = Parser().parsestr((info / "METADATA").read_text())
    assert (metadata["Name"], metadata["License-Expression"]) == ("spanwarden", "Apache-2.0")
    assert "Apache License" in (info / "licenses" / "LICENSE").read_text()
    assert "spanwarden = spanwarden.cli:main" in (info / "entry_points.txt").read_text()


def test_it_runs_from_an_empty_directory(installed, tmp_path, monkeypatch):
    """The user's own files may bear the names of our packages, and nothing is left beside them."""
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # as the installed command is started
    own = {"storage.py", "analytics.py"}
    for name in own:
        (tmp_path / name).write_text("raise SystemExit('not this one')")
    with up(tmp_path) as running:
        command = [sys.executable, "-m", "spanwarden", "doctor", "--data-dir", str(running.data_dir)]
        doctor = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        assert "all six packages are Spanwarden's own" in doctor.stdout
        headers = {"content-type": "application/x-protobuf"}
        assert requests.post(running.http, request(3), headers=headers, timeout=10).status_code == 200
        running.await_stored(3)
        assert "Spanwarden" in running.get("/")
        assert running.get("/assets/tokens.css").strip()
        assert running.get("/api/docs")
        assert "Traces" in running.page("/traces")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "up.log"} | own
