"""The judge counts what it is told it counts: on made-up answers, and once for real on two short demos."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from spanwarden.judge.score import Told, score
from spanwarden.judge.table import Tally, decoys_hit, render

START = datetime(2026, 11, 2, tzinfo=UTC)
KEY = {
    "faults": [
        {
            "id": "f1",
            "signal": "latency",
            "strength": "weak",
            "slice": {"model": "m", "region": "eu"},
            "start": (START + timedelta(hours=2)).isoformat(),
            "end": (START + timedelta(hours=3)).isoformat(),
        }
    ],
    "decoys": [
        {
            "kind": "mix_shift",
            "start": (START + timedelta(hours=5)).isoformat(),
            "end": (START + timedelta(hours=6)).isoformat(),
        }
    ],
}


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two calls a minute of model m, one in each region, and as many of model n, for six hours."""
    rows = [
        {"timestamp": START + timedelta(minutes=minute), "model": model, "region": region}
        for minute in range(360)
        for model in "mn"
        for region in ("eu", "us")
    ]
    return pd.DataFrame(rows)


def told(minute: int, length: int, signal: str = "latency", **where: str) -> Told:
    start = START + timedelta(minutes=minute)
    return Told(signal, start, start + timedelta(minutes=4), start + timedelta(minutes=length), (where,))


def test_a_found_fault_has_its_delay_and_its_slice(frame: pd.DataFrame) -> None:
    result = score(KEY, [told(125, 50, model="m", region="eu")], frame)
    (outcome,) = result.outcomes
    assert (outcome.found, outcome.delay_minutes, outcome.slice_right, result.false) == (True, 9.0, True, [])


@pytest.mark.parametrize(("where", "right"), [({"model": "m"}, True), ({"region": "eu"}, True), ({}, False)])
def test_a_slice_is_right_when_half_of_what_is_in_either_is_in_both(
    where: dict[str, str], right: bool, frame: pd.DataFrame
) -> None:
    assert score(KEY, [told(125, 50, **where)], frame).outcomes[0].slice_right is right


def test_other_times_signals_and_slices_find_nothing_and_count_as_false(frame: pd.DataFrame) -> None:
    wrong = [told(10, 20, model="m"), told(125, 50, "failures", model="m"), told(125, 50, model="n"), told(310, 9)]
    result = score(KEY, wrong, frame)
    assert not result.outcomes[0].found
    assert list(result.false) == wrong
    assert decoys_hit(KEY, result.false) == ["mix_shift"]
    tally = Tally("ours")
    tally.add(result, decoys_hit(KEY, result.false))
    assert (tally.figures()["recall"], tally.figures()["false_per_seed"]) == (0.0, 4.0)
    text = render(tally, Tally("rival"), Tally("quiet"))
    assert "mix shift" in text
    assert all(len(line) <= 36 + 3 * 26 for line in text.splitlines())


@pytest.mark.slow
def test_it_judges_a_demo_and_writes_its_figures(tmp_path: Path) -> None:
    """In a process of its own: one embedded store a process."""
    asked = ["--seeds", "1", "--first-seed", "31", "--quiet-weeks", "1", "--days", "4", "--no-door"]
    command = [sys.executable, "-m", "spanwarden.judge", *asked]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "recall, all faults" in done.stdout
    figures = json.loads((tmp_path / "bench" / "out" / "judge.json").read_text())
    assert figures["spanwarden"]["seeds"] == figures["without_faults"]["seeds"] == 1
    assert figures["spanwarden"]["faults"] >= 1
    assert figures["spanwarden"]["recall"] >= 0.8
    assert figures["fixed_threshold"]["faults"] == figures["spanwarden"]["faults"]
