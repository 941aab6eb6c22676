"""``spanwarden prices check`` and ``spanwarden reprice`` as people call them, and a reprice that is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.priced_store import CALLS

HERE = Path(__file__).parents[2]
OWN = "prices:\n- {model: house, usd_per_million: {input: 4, output: 10}}\n"
PERIOD = ("--from", "2026-11-18", "--to", "2026-11-24")


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    return {**kept, "PYTHONPATH": str(HERE), **settings}


def spanwarden(cwd: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spanwarden", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment(**settings), capture_output=True, text=True, timeout=120, check=False
    )


def store(cwd: Path, what: str) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "tests.integration.priced_store", what, str(cwd / "data" / "chdb")]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, check=True, timeout=120)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path


def test_a_sound_file_is_shown_and_a_mistake_exits_with_1(folder: Path) -> None:
    ran = spanwarden(folder, "prices", "check", "own.yaml")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "*/house from the start" in ran.stdout
    assert ran.stdout.endswith("1 prices and 0 deployments on GPUs are sound\n")
    (folder / "own.yaml").write_text(OWN.replace("input", "inptu"))
    ran = spanwarden(folder, "prices", "check", "own.yaml")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("own.yaml:2: inptu: no such field; there are input, output, cache_read")


def test_a_bad_file_stops_a_command_with_78(folder: Path) -> None:
    store(folder, "fill")
    (folder / "own.yaml").write_text("prices: 3\n")
    ran = spanwarden(folder, "reprice", *PERIOD, SPANWARDEN_PRICES_FILE="own.yaml")
    assert ran.returncode == 78
    assert "own.yaml:1: prices: a list of entries" in ran.stderr


@pytest.mark.slow
def test_the_difference_is_shown_first_and_then_applied(folder: Path) -> None:
    before = store(folder, "fill")
    ran = spanwarden(folder, "reprice", *PERIOD, "--dry-run", "--prices-file", "own.yaml")
    assert ran.returncode == 0, ran.stderr
    assert "own/house" in ran.stdout
    # Three of four calls, from 0.001 to 0.005 USD.
    assert "45,000       45.000000      225.000000     +180.000000" in ran.stdout
    assert ran.stdout.endswith("Nothing was changed (dry run).\n")
    assert store(folder, "count")["calls"] == before["calls"]
    ran = spanwarden(folder, "reprice", *PERIOD, "--prices-file", "own.yaml")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "Calls and their sums were changed.")
    assert_repriced(store(folder, "count"))
    ran = spanwarden(folder, "reprice", *PERIOD, "--prices-file", "own.yaml")
    assert ran.stdout.startswith("Nothing differs")


@pytest.mark.slow
def test_killed_it_is_finished_at_the_next_start_and_happens_once(folder: Path) -> None:
    store(folder, "fill")
    rng = random.Random(11)
    command = [sys.executable, "-m", "spanwarden", "reprice", *PERIOD, "--prices-file", "own.yaml"]
    killed = 0
    for _ in range(3):
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL)
        try:
            process.wait(rng.uniform(2.0, 6.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait(10)
        time.sleep(0.1)
        found = store(folder, "count")
        # Whatever was begun is whole at the next start: sums equal calls, and nothing is left to do.
        assert found["unfinished"] == [0, 0]
        for sums in ("calls_1m", "costs_1h"):
            assert found[sums] == pytest.approx(found["calls"])
    assert spanwarden(folder, "reprice", *PERIOD, "--prices-file", "own.yaml").returncode == 0
    assert killed
    assert_repriced(store(folder, "count"))


def assert_repriced(found: dict[str, list[float]]) -> None:
    assert found["repriced"] == [CALLS * 3 / 4, pytest.approx(225.0)]
    assert found["reported"] == [CALLS / 4, pytest.approx(15_000.0)]
    for sums in ("calls", "calls_1m", "costs_1h"):
        assert found[sums] == [CALLS, pytest.approx(15_225.0)]
