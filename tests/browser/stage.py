"""The whole app on a day of the demo: collector's door, loader, policies, detectors, a report, the web on a port."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from analytics.runner import Runner, RunnerConfig
from dashboard.app import create_app
from dashboard.services import Services
from policies.bundle import PolicySet, build_redaction
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.run import demo_settings
from spanwarden.demo.send import send_history
from spanwarden.governance import keys_of, policy_views, remember_policies
from spanwarden.reporting import Reporting
from spanwarden.settings import Settings
from spanwarden.state import State
from storage.control.store import Control, migrate_control, open_control
from storage.engine import Engine
from tests.integration.collecting import Collector, collecting

SEED, DAYS = 7, 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the web answers, what it shows, and the doors by which more can come."""

    address: str
    engine: Engine
    control: Control
    collector: Collector
    demo: Demo

    @property
    def incident(self) -> str:
        """The id of the gravest incident."""
        rows = self.engine.query(
            "SELECT id FROM incidents FINAL WHERE NOT deleted ORDER BY severity, started_at DESC LIMIT 1"
        ).rows
        return str(rows[0][0])

    @property
    def agent_trace(self) -> str:
        """The id of a trace with tools and a failure in it."""
        found = self.engine.query(
            "SELECT trace_id FROM llm_calls GROUP BY trace_id"
            " HAVING countIf(operation = 'execute_tool') > 1 AND countIf(status = 'error') > 0"
            " ORDER BY count() DESC, trace_id LIMIT 1"
        )
        return str(found.rows[0][0])


@contextlib.contextmanager
def staged(folder: Path, engine: Engine) -> Iterator[Stage]:
    """Fill a store by the path that spans take in earnest, look at it once, and serve it until the block ends."""
    settings = demo_settings(folder / "data")
    policies = load_policies(settings.policies_dir)
    inspector = WatermarkInspector(engine, policies, keys_of(policies, settings))
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    demo = generate(SEED, start=end - timedelta(days=DAYS), days=DAYS)
    with (
        collecting(folder, engine, build_redaction(policies), inspector=inspector) as collector,
        _control(settings, policies) as control,
    ):
        send_history(demo, collector.grpc)
        collector.await_stored(len(demo.calls), 90.0)
        runner = Runner(engine, RunnerConfig())
        runner.tick(end)
        evaluate_marking(engine, policies, end)
        reporting = Reporting(engine, control, policies, settings)
        reporting.run_now("eu-ai-act", end - timedelta(days=1), end)
        state = State(engine, settings, collector.loader, runner)
        with served(_app(engine, control, policies, settings, reporting, state)) as address:
            yield Stage(address, engine, control, collector, demo)


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of loopback; yield its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="web", daemon=True)
    thread.start()
    while thread.is_alive() and not server.started:
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10.0)


@contextlib.contextmanager
def _control(settings: Settings, policies: PolicySet) -> Iterator[Control]:
    migrate_control(settings.control)
    control = open_control(settings.control)
    try:
        remember_policies(control, policies, datetime.now(UTC))
        yield control
    finally:
        control.close()


def _app(
    engine: Engine, control: Control, policies: PolicySet, settings: Settings, reporting: Reporting, state: State
) -> FastAPI:
    return create_app(
        Services(
            engine=engine,
            control=control,
            stats=state.stats,
            policies=lambda: policy_views(policies),
            run_report=reporting.run_now,
            schedules=reporting.schedules,
            verify=reporting.verify,
            reports_dir=settings.reports_dir,
        )
    )
