"""Reports on a schedule: under a test clock, over due times that nobody saw, and through a killed process."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.load import load_policies
from policies.reports.signing import PRIVATE_NAME
from spanwarden.reporting import Reporting
from spanwarden.settings import load_settings
from storage.control.models import ReportRun
from storage.control.store import migrate_control, open_control
from storage.errors import StoreUnavailable
from tests.integration.schedule_process import settings_of, told

HOUR = timedelta(hours=1)
NINE = datetime(2026, 11, 3, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


class Clock:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SPANWARDEN_CONFIG", "/dev/null")
    return settings_of(tmp_path / "data")


@pytest.fixture
def control(settings):
    settings.data_dir.mkdir(mode=0o700)
    migrate_control(settings.control)
    opened = open_control(settings.control)
    yield opened
    opened.close()


@pytest.fixture
def clock():
    return Clock(NINE + timedelta(minutes=10))


@pytest.fixture
def reporting(engine, control, settings, clock):
    return Reporting(engine, control, load_policies(), settings, clock)


def tick(reporting, clock, at):
    """Tick as the jobs do, each five minutes until ``at``."""
    while clock.at < at:
        clock.at = min(at, clock.at + timedelta(minutes=5))
        reporting.tick(clock.at)


def due(control):
    return [(run["status"], run["due"][11:16]) for run in told(control)]


def test_a_schedule_fires_twice_under_a_test_clock(reporting, clock, control, settings):
    reporting.tick(clock.at)
    assert due(control) == []
    (view,) = reporting.schedules()
    assert (view.id, view.next_due) == ("hourly", NINE + HOUR)
    tick(reporting, clock, NINE + 2 * HOUR + timedelta(minutes=30))
    assert due(control) == [("done", "10:00"), ("done", "11:00")]
    with control.session() as session:
        runs = session.query(ReportRun).order_by(ReportRun.due_at).all()
    for run in runs:
        assert (run.window_from, run.window_to) == (run.due_at - HOUR, run.due_at)
        assert run.schedule == "hourly"
        assert len(run.digest) == 64
        assert reporting.verify(Path(run.path)).valid
        assert {path.name for path in (settings.reports_dir / run.path).iterdir()} == {
            "report.html", "evidence.json", "bundle.json", "public-key.txt",
        }  # fmt: skip
    assert {path.name for path in settings.reports_dir.iterdir()} == {run.path for run in runs}


def test_a_new_schedule_does_not_run_for_the_past_and_a_forgotten_one_is_new_again(reporting, engine, clock, control):
    reporting.tick(clock.at)
    none = load_settings(data_dir=reporting.settings.data_dir)
    clock.at += 3 * HOUR
    Reporting(engine, control, load_policies(), none, clock).tick(clock.at)
    clock.at += 3 * HOUR
    Reporting(engine, control, load_policies(), reporting.settings, clock).tick(clock.at)
    assert due(control) == []


@pytest.mark.parametrize("missed", [1, 5, 24 * 400])
def test_due_times_that_nobody_saw_are_caught_up_once(reporting, engine, clock, control, missed):
    reporting.tick(clock.at)
    clock.at += missed * HOUR
    for _ in range(2):
        Reporting(engine, control, load_policies(), reporting.settings, clock).tick(clock.at)
    runs = told(control)
    assert [run["status"] for run in runs] == ["done"]
    assert runs[0]["due"].startswith(f"{NINE + missed * HOUR:%Y-%m-%d %H:%M}")


def test_two_engines_run_a_due_time_once(reporting, engine, clock, control):
    other = Reporting(engine, control, load_policies(), reporting.settings, clock)
    reporting.tick(clock.at)
    other.tick(clock.at)
    clock.at += HOUR
    order = []
    original = other.runs.served
    other.runs.served = lambda *args: order.append(original(*args)) or reporting.tick(clock.at) or order[0]
    other.tick(clock.at)
    assert due(control) == [("done", "10:00")]


def test_a_failing_report_is_a_row_and_the_next_one_runs(reporting, clock, control, settings, monkeypatch):
    reporting.tick(clock.at)
    settings.secrets_dir.mkdir(mode=0o700)
    broken = settings.secrets_dir / PRIVATE_NAME
    broken.write_text("no key")
    tick(reporting, clock, NINE + HOUR)
    assert due(control) == [("failed", "10:00")]
    assert told(control)[0]["error"] == "SigningKeyError"
    broken.unlink()
    tick(reporting, clock, NINE + 2 * HOUR)
    assert due(control) == [("failed", "10:00"), ("done", "11:00")]


def test_a_report_by_hand_that_fails_says_so_and_is_a_row(reporting, clock, control, monkeypatch):
    def away(*args, **kwargs):
        raise StoreUnavailable("secret text of a row", 210)

    monkeypatch.setattr(reporting.engine, "query", away)
    with pytest.raises(StoreUnavailable):
        reporting.run_now("eu-ai-act", clock.at - HOUR, clock.at)
    (run,) = told(control)
    assert (run["status"], run["error"], run["path"]) == ("failed", "StoreUnavailable 210", "")


@pytest.mark.parametrize(
    ("report", "start", "end", "words"),
    [
        ("soc-2", -2, 0, "report is one of eu-ai-act"),
        ("eu-ai-act", 1, 2, "begin in the past"),
        ("eu-ai-act", 0, -1, "before it ends"),
    ],
)
def test_an_order_that_cannot_be_is_refused(reporting, clock, control, report, start, end, words):
    with pytest.raises(ValueError, match=words):
        reporting.run_now(report, clock.at + start * HOUR, clock.at + end * HOUR)
    assert told(control) == []


def process(settings, at, *more):
    command = [
        sys.executable,
        "-m",
        "tests.integration.schedule_process",
        str(settings.data_dir),
        at.isoformat(),
        *more,
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.slow
def test_a_run_cut_short_by_a_kill_is_failed_and_run_again_once(settings):
    settings.data_dir.mkdir(mode=0o700)
    assert process(settings, NINE).communicate(timeout=60)[0].strip() == "[]"
    with process(settings, NINE + 2 * HOUR, "hang") as killed:
        assert killed.stdout.readline().strip() == "midway"
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    leftovers = [path.name for path in settings.reports_dir.iterdir()]
    assert len(leftovers) == 1
    assert leftovers[0].endswith(".part")
    later = process(settings, NINE + 2 * HOUR + timedelta(minutes=3)).communicate(timeout=60)[0]
    again = process(settings, NINE + 2 * HOUR + timedelta(minutes=9)).communicate(timeout=60)[0]
    runs = json.loads(later)
    assert json.loads(again) == runs
    assert [(run["status"], run["due"][11:16]) for run in runs] == [("failed", ""), ("done", "11:00")]
    assert runs[0]["error"].startswith("interrupted")
    assert [path.name for path in settings.reports_dir.iterdir()] == [runs[1]["path"]]
