"""A store that the first release made opens under this one and keeps every row."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from storage.control.store import migrate_control, open_control
from storage.tables.calls import LLM_CALLS

SNAPSHOT = Path(__file__).parents[1] / "data" / "store_first_release.tar.xz"
ROWS = {
    "otel_traces": 900, "llm_calls": 900,
    "findings": 1, "policy_decisions": 1, "incidents": 1, "marks": 1,
}  # fmt: skip
DIGEST = "9201508984102406141"
# Of roll-ups what counts is their sums: merges make fewer rows of them.
SUMS = [900.0, 763.0, 940455.0, 172590.0, 1.084506425, 900.0]
WAITING = 300


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first release's data directory."""
    folder = tmp_path_factory.mktemp("first")
    with tarfile.open(SNAPSHOT) as snapshot:
        snapshot.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def seen(unpacked: Path) -> dict[str, Any]:
    """What this release finds in it, before and after it has loaded the segment that waited."""
    command = [sys.executable, "-m", "tests.integration.old_store", str(unpacked)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return dict(json.loads(ended.stdout))


def test_every_row_is_kept(seen: dict[str, Any]) -> None:
    """Tables, roll-ups, findings and marks hold what the first release wrote, to the byte."""
    opened = seen["opened"]
    assert {table: opened["rows"][table] for table in ROWS} == ROWS
    assert opened["digest"] == DIGEST
    assert opened["sums"] == pytest.approx(SUMS, rel=1e-12)


def test_calls_have_the_columns_of_this_release(seen: dict[str, Any]) -> None:
    """What this release adds stands in the old table too, in the order that inserts name."""
    assert seen["opened"]["columns"] == list(LLM_CALLS)


def test_a_segment_planned_by_the_first_release_is_loaded_once(seen: dict[str, Any]) -> None:
    """The statement it journalled still runs, and this release's views type its spans."""
    assert seen["drained"]
    assert seen["loaded"]["rows"]["otel_traces"] == ROWS["otel_traces"] + WAITING
    assert seen["loaded"]["rows"]["llm_calls"] == ROWS["llm_calls"] + WAITING


def test_the_control_plane_opens(unpacked: Path) -> None:
    """SQLite's schema is brought up to date."""
    url = f"sqlite:///{unpacked / 'control.sqlite'}"
    migrate_control(url)
    open_control(url).close()
