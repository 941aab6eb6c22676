"""What the browser tests look at: half a day and more of the demo in one store, and the real application over it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from analytics.runner import Runner
from analytics.traces.job import Structures
from dashboard.services import Services
from policies.bundle import build_redaction
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from spanwarden.demo.generate import generate
from spanwarden.demo.marking import DEMO_MARKING_KEY, DEMO_MARKING_KEY_NAME
from spanwarden.demo.run import demo_settings
from spanwarden.demo.send import send_history
from spanwarden.governance import policy_views
from spanwarden.reporting import Reporting
from spanwarden.state import State
from storage.control.store import Control, migrate_control, open_control
from storage.engine import Engine
from tests.integration.collecting import Collector, collecting
from tests.serving import serving

SEED, DAYS = 7, 0.6


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the pages are, the store behind them, and the collector's doors into it."""

    base: str
    engine: Engine
    control: Control
    collector: Collector
    now: datetime


@contextlib.contextmanager
def shown(engine: Engine, folder: Path) -> Iterator[Shown]:
    """Load a day of the demo by its real way, judge it, run one report, and serve the pages."""
    settings = demo_settings(folder / "data")
    rules = load_policies(Path(str(files("spanwarden.demo") / "policies")))
    inspector = WatermarkInspector(engine, rules, {DEMO_MARKING_KEY_NAME: DEMO_MARKING_KEY})
    migrate_control(settings.control)
    control = open_control(settings.control)
    try:
        with collecting(folder, engine, build_redaction(rules), inspector=inspector) as collector:
            now = datetime.now(UTC)
            demo = generate(SEED, start=now - timedelta(days=DAYS), days=DAYS)
            send_history(demo, collector.grpc)
            collector.await_stored(len(demo.calls), seconds=120)
            collector.await_quiet(60)
            Structures(engine).settle(now)
            runner = Runner(engine)
            runner.tick(now)
            evaluate_marking(engine, rules, now)
            reporting = Reporting(engine, control, rules, settings)
            reporting.run_now("eu-ai-act", now - timedelta(days=1), now)
            state = State(engine, settings, collector.loader, runner)
            services = Services(
                engine=engine,
                control=control,
                stats=state.stats,
                policies=lambda: policy_views(rules),
                run_report=reporting.run_now,
                schedules=reporting.schedules,
                verify=reporting.verify,
                reports_dir=settings.reports_dir,
                otlp_grpc=f"http://{collector.grpc}",
            )
            with serving(services) as base:
                yield Shown(base, engine, control, collector, now)
    finally:
        control.close()
