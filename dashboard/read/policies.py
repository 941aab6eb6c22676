"""How each policy stands: its decisions by verdict, what it masked, and what was found amiss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from dashboard.services import PolicyView
from storage.engine import Engine

VERDICTS = (
    "pass", "present", "declared", "inconclusive", "unverifiable", "not_applicable", "not_evaluated", "absent",
    "violation", "error",
)  # fmt: skip
BAD = frozenset({"violation", "absent", "error"})
MARKED = ("present", "declared", "unverifiable", "inconclusive", "absent")


@dataclass(frozen=True, slots=True)
class Posture:
    """A policy in force with what it decided in the window. ``masked`` counts by kind, for a policy that redacts."""

    policy: PolicyView
    verdicts: Mapping[str, int]
    masked: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    newest: datetime | None = None

    @property
    def state(self) -> str:
        """``failing`` with a finding, ``off``, ``shadow``, ``idle`` when it decided nothing, else ``passing``."""
        if self.policy.mode == "off":
            return "off"
        if self.findings:
            return "failing"
        if not self.decisions and not self.masked:
            return "idle"
        return "shadow" if self.policy.mode == "shadow" else "passing"

    @property
    def decisions(self) -> int:
        """How many decisions it made."""
        return sum(self.verdicts.values())


def postures(engine: Engine, policies: Sequence[PolicyView], window: Window, scope: Scope) -> list[Posture]:
    """Return every policy in force, and any that decided in the window though it is no longer in force."""
    bounds = {"start": window.start, "end": window.end, **scope.parameters()}
    verdicts, newest = _verdicts(engine, bounds)
    findings = _findings(engine, bounds)
    masked = {kind: int(amount) for kind, amount in engine.query(sql("redacted"), bounds).rows}
    known = {policy.id for policy in policies}
    gone = [PolicyView(name, name, "", "retired", "", "") for name in sorted(verdicts.keys() - known)]
    return [
        Posture(
            policy,
            verdicts.get(policy.id, {}),
            masked if policy.kind == "privacy" else {},
            [finding for finding in findings if speaks_of(finding, policy.id)],
            newest.get(policy.id),
        )
        for policy in [*policies, *gone]
    ]


def speaks_of(finding: Mapping[str, Any], policy_id: str) -> bool:
    """Whether a finding is about that policy: its source or its scope names it."""
    scope = finding["scope"]
    return policy_id in (finding["source"], scope.get("policy"), scope.get("policy_id"))


def verdict_series(
    engine: Engine, policy_id: str, window: Window, scope: Scope, step: int
) -> Mapping[str, list[tuple[datetime, int]]]:
    """Return counts by step for each verdict of one policy."""
    bounds = {"start": window.start, "end": window.end, "policy": policy_id, "step": step, **scope.parameters()}
    return _by_name(engine.query(sql("policy_series"), bounds).rows)


def redacted_series(
    engine: Engine, window: Window, scope: Scope, step: int
) -> Mapping[str, list[tuple[datetime, int]]]:
    """Return counts by step for each kind that was redacted."""
    bounds = {"start": window.start, "end": window.end, "step": step, **scope.parameters()}
    return _by_name(engine.query(sql("redacted_series"), bounds).rows)


def parsed(text: str) -> dict[str, Any]:
    """Read a JSON object that a detector or a policy wrote; anything else is empty."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _verdicts(engine: Engine, bounds: Mapping[str, object]) -> tuple[dict[str, dict[str, int]], dict[str, datetime]]:
    found: dict[str, dict[str, int]] = {}
    newest: dict[str, datetime] = {}
    for policy, verdict, amount, at in engine.query(sql("posture"), bounds).rows:
        found.setdefault(policy, {})[verdict] = int(amount)
        newest[policy] = max(at, newest.get(policy, at))
    return found, newest


def _findings(engine: Engine, bounds: Mapping[str, object]) -> list[dict[str, Any]]:
    rows = engine.query(sql("policy_findings"), bounds).dicts()
    return [{**row, "explanation": parsed(row["explanation"])} for row in rows]


def _by_name(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[datetime, int]]]:
    found: dict[str, list[tuple[datetime, int]]] = {}
    for at, name, amount in rows:
        found.setdefault(name, []).append((at, int(amount)))
    return found
