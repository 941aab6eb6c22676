"""What the detectors find in a demo that is loaded as rows straight into the engine, without the collector's door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analytics.runner import Runner
from dashboard.address import Window
from dashboard.read.incidents import incidents
from spanwarden.demo.generate import Demo
from spanwarden.demo.rows import call_rows, load_calls
from spanwarden.judge.score import Told, parse
from storage.control.store import Control
from storage.engine import Engine
from storage.schema import prepare

COMPOSITE = ("invoke_agent", "invoke_workflow", "chain")
TENANT = "default"
AFTER = timedelta(minutes=1)


def leaf_calls(demo: Demo) -> pd.DataFrame:
    """Return the calls of a demo that are no wrapper of others, with the columns of ``llm_calls``."""
    frame = call_rows(demo.calls, TENANT)
    return frame[~frame["operation"].isin(COMPOSITE)]


def told(bodies: Iterable[Mapping[str, Any]], end: datetime) -> list[Told]:
    """Return incidents in the API's shape as what a judge compares; without a reason the scope stands for it."""
    found = []
    for body in bodies:
        slices = tuple(cause["slice"] for cause in body["causes"]) or (_leaf_scope(body["scope"]),)
        ended = parse(body["ended_at"]) if body["ended_at"] else end
        found.append(Told(body["signal"], parse(body["started_at"]), parse(body["detected_at"]), ended, slices))
    return found


def straight(store: Engine, control: Control, demo: Demo, name: str) -> list[Told]:
    """Load the demo into a database ``name`` of its own, run the detectors once over all of it, drop the database."""
    engine = store.sibling(name)
    try:
        prepare(engine)
        load_calls(engine, demo.calls, TENANT)
        Runner(engine).tick(demo.end + AFTER)
        return told((one.body for one in incidents(engine, control, Window(demo.start, demo.end + AFTER))), demo.end)
    finally:
        engine.close()
        store.command(f"DROP DATABASE IF EXISTS `{name}` SYNC")


def _leaf_scope(scope: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in scope.items() if value not in COMPOSITE}
