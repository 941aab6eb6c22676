"""A store in which each control of the report is fully evidenced, filled through the spool and the loader."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from analytics.runner import Runner
from collector.load import Loader
from collector.signal import TRACES
from collector.spool import Spool, SpoolConfig
from policies.bundle import PolicySet, build_redaction
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from spanwarden.demo.marking import DEMO_MARKING_KEY, sample_ids
from spanwarden.governance import remember_policies
from spanwarden.notes import ACCEPTOR, write_note
from spanwarden.settings import Settings, load_settings
from storage.control.store import Control
from storage.engine import Engine
from storage.load import TraceLoad
from storage.redaction import NONE
from storage.retention import keep_days

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
DAYS = 5
START, END = (NOW - timedelta(days=DAYS)).replace(minute=0), NOW
A_MINUTE = timedelta(minutes=1)
MARKING = """
apiVersion: policy/v1
kind: marking
metadata: {id: marking.tests, version: 1, title: Summaries are marked, owner: dpo@example.com, severity: critical}
spec: {mode: enforce, models: ["gpt-4o"], require: verified, scheme: gumbel, key: tests, min_tokens: 200, alpha: 0.001}
"""
PRIVATE = "write to ada.lovelace@example.com, key sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"


@dataclass
class Evidenced:
    """The parts of an installation, and ways to bring more into it."""

    engine: Engine
    control: Control
    settings: Settings
    policies: PolicySet
    sent: int = 0

    def fill(self) -> None:
        """Five days of calls, one in five minutes, each marked and with a secret; a failure and an evaluation a day."""
        keep_days(self.engine, self.settings.retention_days)
        remember_policies(self.control, self.policies, NOW)
        times = [START + timedelta(minutes=5 * n) for n in range(int((END - START) / timedelta(minutes=5)))]
        self.load([self.request(at, number) for number, at in enumerate(times)])
        Runner(self.engine).tick(datetime.now(UTC))
        evaluate_marking(self.engine, self.policies, datetime.now(UTC))

    def request(self, at: datetime, number: int = 1, *, ids: list[int] | None = None) -> bytes:
        """Return a request with one call that starts at ``at``."""
        message = ExportTraceServiceRequest()
        resource = message.resource_spans.add()
        resource.resource.attributes.add(key="service.name").value.string_value = "assistant"
        span = resource.scope_spans.add().spans.add()
        span.trace_id, span.span_id, span.name, span.kind = secrets.token_bytes(16), secrets.token_bytes(8), "chat", 3
        span.start_time_unix_nano = round(at.timestamp() * 1e9)
        span.end_time_unix_nano = span.start_time_unix_nano + 900_000_000 + number % 7 * 10_000_000
        texts = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.input.messages": PRIVATE}
        for key, value in texts.items():
            span.attributes.add(key=key).value.string_value = value
        span.attributes.add(key="gen_ai.usage.output_tokens").value.int_value = 250
        _give_ids(span, ids if ids is not None else marked()[number % 50])
        if number % 288 == 100:
            span.status.code = 2
            span.attributes.add(key="error.type").value.string_value = "timeout"
        if number % 288 == 200:
            span.events.add(name="gen_ai.evaluation.result", time_unix_nano=span.start_time_unix_nano + 1)
        return message.SerializeToString()

    def load(self, requests: list[bytes], *, redacted: bool = True, counted: bool = True) -> None:
        """Send requests of one span each through the spool and the loader."""
        spool = Spool(self.settings.spool_dir, SpoolConfig(min_free_bytes=0))
        for waiting in [spool.append("default", body, 1) for body in requests]:
            waiting.result(30)
        spool.close()
        self.settings.spool_dir.chmod(0o700)
        self.sent += len(requests) if counted else 0
        write_note(self.settings.data_dir / ACCEPTOR, {"counters": {"spans": self.sent}})
        redaction = build_redaction(self.policies) if redacted else NONE
        inspector = WatermarkInspector(self.engine, self.policies, {"tests": DEMO_MARKING_KEY})
        loader = Loader(self.settings.spool_dir, {TRACES: TraceLoad(self.engine, redaction)}, inspector)
        loader.start()
        assert loader.drain(60)
        assert loader.stats().not_inspected == 0


@cache
def marked() -> list[list[int]]:
    """Return the token ids of fifty marked outputs."""
    return sample_ids(np.full(50, 250), np.ones(50, bool), DEMO_MARKING_KEY, [2])


def evidenced(engine: Engine, control: Control, folder: Path) -> Evidenced:
    """Return an installation in ``folder``, not yet filled."""
    rules = folder / "rules"
    rules.mkdir()
    (rules / "marking.yaml").write_text(MARKING)
    data = folder / "data"
    data.mkdir(mode=0o700)
    settings = load_settings(data_dir=data, policies_dir=rules)
    return Evidenced(engine, control, settings, load_policies(rules))


def unmarked(outputs: int) -> list[list[int]]:
    """Return token ids without a mark."""
    return sample_ids(np.full(outputs, 250), np.zeros(outputs, bool), DEMO_MARKING_KEY, [3])


def _give_ids(span: Span, ids: list[int]) -> None:
    array = span.attributes.add(key="spanwarden.output.token_ids").value.array_value
    for each in ids:
        array.values.add().int_value = each
