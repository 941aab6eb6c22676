"""Runs the detectors over seeds: most as rows straight into the engine, one through the collector's own door."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.runner import Runner
from dashboard.address import Window
from dashboard.read.incidents import incidents
from spanwarden.demo.generate import Demo
from spanwarden.demo.rows import call_rows, load_calls
from spanwarden.demo.send import send_history
from spanwarden.judge.score import Told, parse
from spanwarden.running import find_engine
from spanwarden.settings import load_settings
from spanwarden.supervisor import Supervisor
from storage.control.store import migrate_control, open_control
from storage.engine import Engine
from storage.schema import prepare

COMPOSITE = ("invoke_agent", "invoke_workflow", "chain")
READY_SECONDS, LOAD_SECONDS = 60.0, 300.0


def leaf_calls(demo: Demo) -> pd.DataFrame:
    """Return the calls of a demo that are no wrapper of others, with the columns of ``llm_calls``."""
    frame = call_rows(demo.calls, "judge")
    return frame[~frame["operation"].isin(COMPOSITE)]


def told(bodies: Iterator[Mapping[str, Any]], end: datetime) -> list[Told]:
    """Return incidents in the API's shape as what a judge compares; without a reason the scope stands for it."""
    found = []
    for body in bodies:
        slices = tuple(cause["slice"] for cause in body["causes"]) or (_leaf_scope(body["scope"]),)
        ended = parse(body["ended_at"]) if body["ended_at"] else end
        found.append(Told(body["signal"], parse(body["started_at"]), parse(body["detected_at"]), ended, slices))
    return found


def _leaf_scope(scope: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in scope.items() if value not in COMPOSITE}


def straight(demos: Mapping[str, Demo]) -> dict[str, list[Told]]:
    """Load each demo under a tenant of its own, run the detectors once over all, return what they say of each."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(f"chdb://{folder}/store")
        url = f"sqlite:///{folder}/control.sqlite"
        migrate_control(url)
        control = open_control(url)
        try:
            prepare(engine)
            for tenant, demo in demos.items():
                load_calls(engine, demo.calls, tenant)
            end = max(demo.end for demo in demos.values())
            Runner(engine).tick(end + timedelta(minutes=1))
            window = Window(min(demo.start for demo in demos.values()), end + timedelta(minutes=1))
            return {
                tenant: told((one.body for one in incidents(engine, control, window, tenant)), demo.end)
                for tenant, demo in demos.items()
            }
        finally:
            engine.close()
            control.close()


def through_the_door(demo: Demo) -> list[Told]:
    """Start the acceptor and the engine on a folder of their own, send the demo as OTLP, ask the API what it says."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), grpc_port=0, http_port=0, web_port=0)
        supervisor = Supervisor(settings)
        thread = threading.Thread(target=supervisor.run, daemon=True)
        thread.start()
        try:
            endpoint = _wait(lambda: _grpc(settings.data_dir), READY_SECONDS, "the acceptor did not start")
            engine = _wait(lambda: find_engine(settings.data_dir), READY_SECONDS, "the engine did not start")
            send_history(demo, endpoint)
            _wait(lambda: _loaded(engine, len(demo.calls)), LOAD_SECONDS, "the history was not loaded in time")
            time.sleep(45.0)  # two turns of the detectors
            window = {"from": demo.start.isoformat(), "to": (demo.end + timedelta(minutes=5)).isoformat()}
            return told(iter(engine.get("/incidents", **window).json()["incidents"]), demo.end)
        finally:
            supervisor.stop()
            thread.join(90.0)
