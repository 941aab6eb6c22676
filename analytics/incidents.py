"""An incident as it is stored and as the API shows it: its sentence, scope, severity, numbers and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.detection import Detection
from analytics.explain import UNITS, Explanation
from analytics.grouping import Group, detection_id
from analytics.population import DIMENSIONS
from analytics.reach import Reach

# From here on an incident is critical: calls take so much longer, or so many of them fail.
CRITICAL_FACTOR, CRITICAL_SHARE = 2.0, 0.15
# A first reason that explains so much names the incident.
NAMING_SHARE = 0.5
WORDS = {"latency": "latency", "failures": "failures"}


@dataclass(frozen=True, slots=True)
class Incident:
    """What a row of ``incidents`` holds; ``body`` is the rest of the API's shape."""

    id: str
    tenant: str
    state: str
    severity: str
    signal: str
    title: str
    scope: Mapping[str, str]
    started_at: datetime
    detected_at: datetime
    peak_at: datetime
    ended_at: datetime | None
    body: str

    def row(self, version_ns: int, *, deleted: bool = False) -> list[object]:
        """Return the row in the order of the table's columns."""
        return [
            self.id, self.tenant, self.state, self.severity, self.signal, self.title, dict(self.scope),
            self.started_at, self.detected_at, self.peak_at, self.ended_at, self.body, int(deleted), version_ns,
        ]  # fmt: skip


def build(group: Group, explanation: Explanation | None, reach: Reach) -> Incident:
    """Put an incident together from its detections and their explanation."""
    observed, expected = _numbers(group, explanation)
    ratio = observed / expected if expected else None
    scope = _scope(group, explanation)
    body = {
        "observed": observed,
        "expected": expected,
        "ratio": ratio,
        "unit": UNITS[group.signal] if explanation else _plain_unit(group),
        "affected": {"calls": reach.calls, "traces": reach.traces, "users": reach.users, "sessions": reach.sessions},
        "causes": _causes(explanation),
        "unexplained_share": explanation.unexplained if explanation else None,
        "exemplars": {
            "bad": list(explanation.bad) if explanation else [],
            "good": list(explanation.good) if explanation else [],
        },
        "finding_ids": [detection_id(one) for one in group.detections],
        "change": dict(explanation.change) if explanation else {},
    }
    return Incident(
        id=group.id,
        tenant=group.tenant,
        state="resolved" if group.end else "open",
        severity=_severity(group.signal, ratio, observed),
        signal=group.signal,
        title=_title(group.signal, scope, observed, ratio),
        scope=scope,
        started_at=group.onset,
        detected_at=group.detections[0].detected,
        peak_at=group.worst.peak,
        ended_at=group.end,
        body=json.dumps(body, ensure_ascii=False),
    )


def finding_row(one: Detection, version_ns: int) -> list[object]:
    """Return a detection as a row of ``findings``, in the order of the table's columns."""
    told = {
        "onset": one.onset.isoformat(),
        "peak": one.peak.isoformat(),
        "end": one.end.isoformat() if one.end else None,
        "calls": one.calls,
    }
    unit = "ratio" if one.signal == "latency" else "share"
    return [
        detection_id(one), one.key.tenant, "anomaly", one.detector, one.version, one.signal, one.key.scope(),
        one.detected, one.observed, one.expected, unit, one.score, one.threshold, one.p_value, json.dumps(told), "", "",
        version_ns,
    ]  # fmt: skip


def _numbers(group: Group, explanation: Explanation | None) -> tuple[float, float]:
    if explanation:
        return explanation.observed, explanation.expected
    return group.worst.observed, group.worst.expected


def _plain_unit(group: Group) -> str:
    return "ratio" if group.signal == "latency" else "share"


def _scope(group: Group, explanation: Explanation | None) -> dict[str, str]:
    """What all detections have in common, made narrower by a first reason that explains most."""
    # What is summed over services says nothing of them; it speaks only where no series of its own was found.
    scopes = [one.key.scope() for one in group.detections if not one.key.pooled]
    scopes = scopes or [one.key.scope() for one in group.detections]
    common = {name: value for name, value in scopes[0].items() if all(s.get(name) == value for s in scopes)}
    first: Mapping[str, str] = {}
    if explanation and explanation.reasons and explanation.reasons[0].share >= NAMING_SHARE:
        first = explanation.reasons[0].where
        # A series that was swept along must not narrow what the reason says more widely.
        common = {name: value for name, value in common.items() if name in first or name in ("service", "model")}
    merged = {**common, **first}
    return {name: merged[name] for name in (*DIMENSIONS, *sorted(merged)) if name in merged}


def _severity(signal: str, ratio: float | None, observed: float) -> str:
    if signal == "latency":
        return "critical" if (ratio or 0.0) >= CRITICAL_FACTOR else "warning"
    return "critical" if observed >= CRITICAL_SHARE else "warning"


def _title(signal: str, scope: Mapping[str, str], observed: float, ratio: float | None) -> str:
    subject = _subject(scope)
    factor = f"{ratio:.1f} times normal" if ratio else "above normal"
    if signal == "latency":
        return f"Latency of {subject} is {factor}"
    return f"{100 * observed:.2g} % of {subject} calls fail, {factor}"


def _subject(scope: Mapping[str, str]) -> str:
    """Return what it is about in words, such as ``gpt-4o in eu-west-1 (chat-assistant)``."""
    main = next((scope[name] for name in ("tool_name", "model", "agent_name", "operation") if scope.get(name)), "")
    service, region, version = (scope.get(name, "") for name in ("service", "region", "service_version"))
    words = main or service or ("" if version else "all")
    if version:
        words += (" " if words == service else " under version ") + version if words else f"version {version}"
    if region:
        words += f" in {region}"
    return f"{words} ({service})" if service and not words.startswith(service) else words


def _causes(explanation: Explanation | None) -> Sequence[Mapping[str, object]]:
    if explanation is None:
        return []
    return [
        {
            "slice": dict(reason.where),
            "share_explained": reason.share,
            "selection": reason.selection,
            "baseline": reason.baseline,
        }
        for reason in explanation.reasons
    ]
