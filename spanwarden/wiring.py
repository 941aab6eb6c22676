"""Puts the parts of the engine process together. Read this first: it says what meets what.

spool ─> Loader(a load a signal, the policies' redaction) ─> store ─> jobs: detectors, marking, schedules ─> findings
                 └─ WatermarkInspector                       └────> Services ─> web, API
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from fastapi import FastAPI

from analytics.runner import Runner, RunnerConfig
from analytics.traces.job import Structures
from collector.load import Loader, SegmentStore
from collector.signal import LOGS, METRICS, TRACES, Signal
from dashboard.app import create_app
from dashboard.services import Services
from policies.bundle import build_redaction
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from spanwarden.governance import keys_of, policy_views, remember_policies
from spanwarden.jobs import Job, Jobs
from spanwarden.money import Money
from spanwarden.own import budgets, own_mappings, own_prices
from spanwarden.reporting import Reporting
from spanwarden.settings import Settings
from spanwarden.state import State
from storage.control.store import Control, migrate_control, open_control
from storage.dialects.uses import AttributeUses
from storage.engine import Engine
from storage.load import LogLoad, MetricLoad, TraceLoad
from storage.redaction import Redaction
from storage.retention import keep_days
from storage.schema import prepare

DETECT_SECONDS = 10.0
STRUCTURES_SECONDS = 3.0
MARKING_SECONDS = 60.0
ATTRIBUTES_SECONDS = 30.0
SCHEDULE_SECONDS = 5.0


@dataclass
class Running:
    """The engine process's parts, to be started, drained and closed in this order."""

    engine: Engine
    control: Control
    loader: Loader
    jobs: Jobs
    app: FastAPI

    def close(self) -> None:
        """Give the store and the control plane free."""
        self.loader.stop()
        self.engine.close()
        self.control.close()


def stores_of(engine: Engine, redaction: Redaction) -> Mapping[Signal, SegmentStore]:
    """Return what loads the segments of each signal."""
    return {
        TRACES: TraceLoad(engine, redaction),
        LOGS: LogLoad(engine, redaction),
        METRICS: MetricLoad(engine, redaction),
    }


def assemble(settings: Settings) -> Running:
    """Open the stores and build every part. Raises StoreError, PolicyErrors or SettingsError."""
    policies = load_policies(settings.policies_dir)
    own, limits, mappings = own_prices(settings), budgets(settings), own_mappings(settings)
    migrate_control(settings.control)
    control = open_control(settings.control)
    engine = Engine.open(settings.store)
    try:
        prepare(engine, own, mappings)
        money = Money(engine, own, limits)
        keep_days(engine, settings.retention_days)
        remember_policies(control, policies, datetime.now(UTC))
        keys = keys_of(policies, settings)
        loader = Loader(
            settings.spool_dir,
            stores_of(engine, build_redaction(policies)),
            WatermarkInspector(engine, policies, keys),
        )
        runner = Runner(engine, RunnerConfig())
        reporting = Reporting(engine, control, policies, settings)
        state = State(engine, settings, loader, runner)
        app = create_app(
            Services(
                engine=engine,
                control=control,
                stats=state.stats,
                ready=state.ready,
                policies=lambda: policy_views(policies),
                run_report=reporting.run_now,
                schedules=reporting.schedules,
                verify=reporting.verify,
                budgets=money.standings,
                dialects=mappings.all_dialects,
                reprice=money.reprice,
                reports_dir=settings.reports_dir,
                version=version("spanwarden"),
                otlp_grpc=f"http://{settings.host}:{settings.grpc_port}",
                otlp_http=f"http://{settings.host}:{settings.http_port}",
            )
        )
    except BaseException:
        engine.close()
        control.close()
        raise
    jobs = Jobs(
        (
            Job("detect", DETECT_SECONDS, runner.tick),
            Job("structures", STRUCTURES_SECONDS, Structures(engine).tick),
            Job("attributes", ATTRIBUTES_SECONDS, AttributeUses(engine, mappings.all_dialects).tick),
            Job("marking", MARKING_SECONDS, lambda now: evaluate_marking(engine, policies, now)),
            Job("schedules", SCHEDULE_SECONDS, reporting.tick),
        )
    )
    return Running(engine, control, loader, jobs, app)
