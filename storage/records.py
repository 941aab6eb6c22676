"""Rows that more than one package speaks of, frozen, in the field's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One detector's or policy's statement about one window of one scope.

    ``id`` is derived from source, scope and window, so saying it again replaces it. Times are aware UTC.
    ``p_value`` is None where the method gives none. ``explanation`` is data, never prompt text.
    """

    id: str
    kind: str
    source: str
    version: str
    signal: str
    scope: Mapping[str, str]
    at: datetime
    observed: float
    expected: float
    unit: str
    score: float
    threshold: float
    p_value: float | None = None
    explanation: Mapping[str, object] = field(default_factory=dict)
    trace_id: str = ""
    span_id: str = ""
    tenant: str = "default"

    def row(self, version_ns: int) -> tuple[object, ...]:
        """Return the values in the order of ``tables.FINDINGS``."""
        return (
            self.id, self.tenant, self.kind, self.source, self.version, self.signal, dict(self.scope), self.at,
            self.observed, self.expected, self.unit, self.score, self.threshold, self.p_value,
            json.dumps(self.explanation, sort_keys=True), self.trace_id, self.span_id, version_ns,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy decided about one span: who says so, by which digest, on what evidence.

    ``entities`` counts what was found by kind. ``evidence`` holds figures and ids, never the text itself.
    """

    decision_id: str
    at: datetime
    trace_id: str
    span_id: str
    policy_id: str
    digest: str
    check_id: str
    stage: str
    action: str
    verdict: str
    version: str = ""
    reason: str = ""
    severity: str = ""
    service: str = ""
    model: str = ""
    entities: Mapping[str, int] = field(default_factory=dict)
    score: float | None = None
    p_value: float | None = None
    tokens_scored: int = 0
    evidence: Mapping[str, object] = field(default_factory=dict)
    batch_id: str = ""
    tenant: str = "default"

    def row(self, version_ns: int) -> tuple[object, ...]:
        """Return the values in the order of ``tables.POLICY_DECISIONS``."""
        return (
            self.decision_id, self.tenant, self.at, self.trace_id, self.span_id, self.service, self.model,
            self.policy_id, self.version, self.digest, self.check_id, self.stage, self.action, self.verdict,
            self.reason, self.severity, dict(self.entities), self.score, self.p_value, self.tokens_scored,
            json.dumps(self.evidence, sort_keys=True), self.batch_id, version_ns,
        )  # fmt: skip
