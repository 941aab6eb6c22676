"""``spanwarden policy check`` as a scheduler calls it: what it prints, and its exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OURS = """\
apiVersion: policy/v1
kind: privacy
metadata: {id: privacy.ours, version: 3, title: Ours, owner: o@example.com}
spec: {entities: {email: mask}}
"""


def check(cwd: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    return subprocess.run(
        [sys.executable, "-m", "spanwarden", "policy", "check", *arguments],
        cwd=cwd, env={**environment, **settings}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.yaml").write_text(OURS)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["rules"], {}),
        (["--policies-dir", "rules"], {}),
        ([], {"SPANWARDEN_POLICIES_DIR": "rules"}),
    ],
)
def test_sound_policies_exit_with_0(folder: Path, arguments: list[str], settings: dict[str, str]) -> None:
    ran = check(folder, *arguments, **settings)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "privacy.ours  version 3  enforce  " in ran.stdout
    assert "3 policies are sound; together " in ran.stdout


def test_without_a_folder_the_shipped_ones_are_checked(tmp_path: Path) -> None:
    ran = check(tmp_path)
    assert ran.returncode == 0
    assert "2 policies are sound" in ran.stdout


def test_a_mistake_exits_with_1_and_names_its_place(folder: Path) -> None:
    (folder / "rules" / "ours.yaml").write_text(OURS.replace("email", "emial"))
    ran = check(folder, "rules")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "rules/ours.yaml:4:19: unknown field 'emial'; did you mean 'email'?\n"


@pytest.mark.parametrize("arguments", [["nowhere"], ["rules", "more"], ["--folder", "rules"]])
def test_a_wrong_use_exits_with_2(folder: Path, arguments: list[str]) -> None:
    ran = check(folder, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Usage: spanwarden policy check" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["--policies-dir", "nowhere"], {}),
        ([], {"SPANWARDEN_POLICIES_DIR": "nowhere"}),
        ([], {"SPANWARDEN_WEB_PORT": "x"}),
    ],
)
def test_a_setting_that_cannot_be_used_exits_with_78(
    folder: Path, arguments: list[str], settings: dict[str, str]
) -> None:
    ran = check(folder, *arguments, **settings)
    assert (ran.returncode, ran.stdout) == (78, "")
    assert "nowhere is no folder; make it" in ran.stderr or "web_port" in ran.stderr


@pytest.mark.slow
def test_up_does_not_start_on_wrong_policies(folder: Path) -> None:
    """A wrong policy must not leave another one in force."""
    (folder / "rules" / "ours.yaml").write_text(OURS.replace("email: mask", "email: hide"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    ports = {f"SPANWARDEN_{name}_PORT": "0" for name in ("GRPC", "HTTP", "WEB")}
    ran = subprocess.run(
        [sys.executable, "-m", "spanwarden", "up", "--policies-dir", "rules", "--data-dir", "data"],
        cwd=folder, env={**environment, **ports}, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert ran.returncode == 78
    assert "ours.yaml:4:26: email 'hide' is not known; write one of mask, keep" in ran.stdout + ran.stderr
