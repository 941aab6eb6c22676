"""``spanwarden report run`` and ``spanwarden verify`` as a user runs them: alone, and beside a running ``up``."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import requests

from tests.integration.upright import up
from tests.unit.collector.requests import request

FILES = {"report.html", "evidence.json", "bundle.json", "public-key.txt"}
CONTROLS = ("AI Act Art. 12", "AI Act Art. 15", "AI Act Art. 19", "AI Act Art. 50(2)", "GDPR Art. 25", "GDPR Art. 32")


def spanwarden(folder, *arguments, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    environment |= {f"SPANWARDEN_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "spanwarden", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def run(folder, data, *more):
    return spanwarden(folder, "report", "run", "eu-ai-act", "--data-dir", str(data), *more)


@pytest.mark.slow
def test_a_report_beside_a_running_engine_and_one_after_it(tmp_path):
    with up(tmp_path) as running:
        headers = {"Content-Type": "application/x-protobuf"}
        assert requests.post(running.http, request(5), headers=headers, timeout=30).ok
        running.await_stored(5)
        beside = run(tmp_path, running.data_dir, "--from", "-1h", "--out", "beside")
        assert (beside.returncode, beside.stderr) == (0, "")
        assert all(name in beside.stdout for name in CONTROLS)
        (listed,) = json.loads(running.get("/api/v1/reports"))["reports"]
        assert (listed["status"], listed["schedule"], set(listed["files"])) == ("done", None, FILES)
        assert "EU AI Act and GDPR" in running.page("/reports")
        wrong = run(tmp_path, running.data_dir, "--from", "now", "--to", "-1h")
        assert wrong.returncode == 2
    assert {path.name for path in (tmp_path / "beside").iterdir()} == FILES
    said = json.loads((tmp_path / "beside" / "evidence.json").read_bytes())
    assert said["report"]["id"] == listed["id"]
    assert "5 spans" in next(one["verdict"] for one in said["controls"] if one["id"] == "eu-ai-act:12")
    after = run(tmp_path, running.data_dir, "--from", "-1h")
    assert (after.returncode, after.stderr) == (0, "")
    (folder,) = (tmp_path / "reports").iterdir()
    for place in (tmp_path / "beside", folder, folder / "bundle.json"):
        verified = spanwarden(tmp_path, "verify", str(place))
        assert (verified.returncode, verified.stderr) == (0, "")
    key = running.data_dir / "secrets" / "report-signing.pub.txt"
    assert spanwarden(tmp_path, "verify", str(folder), "--public-key", str(key)).returncode == 0
    page = folder / "report.html"
    page.write_bytes(page.read_bytes().replace(b"5 spans", b"6 spans"))
    tampered = spanwarden(tmp_path, "verify", str(folder))
    assert (tampered.returncode, tampered.stderr) == (1, "report.html was changed after it was signed\n")


def test_nothing_is_overwritten_and_nothing_half_made_stays(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine.txt").write_text("mine")
    refused = run(tmp_path, tmp_path / "data", "--out", "kept")
    assert refused.returncode == 2
    assert "kept is not empty, and nothing is overwritten" in refused.stderr
    assert [path.name for path in kept.iterdir()] == ["mine.txt"]


def test_a_folder_without_a_store_is_said_and_not_made(tmp_path):
    answer = run(tmp_path, tmp_path / "data")
    assert answer.returncode == 78
    assert "nothing is stored in" in answer.stderr
    assert "--data-dir" in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "yesterday"), "'yesterday' is no time; write a day (2026-11-01)"),
        (("--from", "2026-11-01T08:00:00"), "has no zone; add Z"),
        (("--from", "-1h", "--to", "-2h"), "it comes after --from"),
        (("--from", "2999-01-01", "--to", "2999-02-01"), "lies in the future"),
    ],
)
def test_a_time_that_cannot_be_used_is_said(tmp_path, arguments, words):
    answer = run(tmp_path, tmp_path / "data", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert words in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr


def test_help_tells_a_newcomer_what_comes_out_and_what_the_codes_mean(tmp_path):
    answer = spanwarden(tmp_path, "report", "run", "--help")
    words = " ".join(answer.stdout.split())
    for told in ("report.html", "spanwarden verify", "--from 2026-11-01", "nothing is overwritten", "78 for a setting"):
        assert told in words


@pytest.mark.parametrize("path", ["nowhere", "data.json", "."])
def test_what_is_no_report_is_said_without_a_traceback(tmp_path, path):
    (tmp_path / "data.json").write_text("{}")
    answer = spanwarden(tmp_path, "verify", path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "is no report" in answer.stderr
    assert "Traceback" not in answer.stderr
