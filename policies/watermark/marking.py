"""The job behind "outputs of model X must be marked": decisions become findings, one a model, service and hour.

    hours with new decisions ─> outputs without the mark? ─> more than chance leaves unmarked? ─> finding

It goes by when decisions were stored, so back-dated data is judged in its own hour; saying a finding again replaces
it. A policy in shadow mode has decisions and no findings.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from policies.bundle import PolicySet
from policies.language import MarkingPolicy
from policies.watermark.fleet import chance_if_marked, pooled_p_value
from policies.watermark.profile import Profile
from policies.watermark.verdict import marked_moments, tokens_needed
from storage.engine import Engine
from storage.marking import MarkingWindow, changed_windows, decisions_read, newest_decision, note_decisions_read
from storage.records import Finding
from storage.tables.governance import FINDINGS

SIGNAL = "marking"
WINDOW = timedelta(hours=1)


def evaluate_marking(engine: Engine, policies: PolicySet, now: datetime) -> None:
    """Raise or renew the findings of every enforced marking policy for the hours that have new decisions."""
    enforced = [Profile(policy) for policy in policies.marking if policy.mode == "enforce"]
    if not enforced:
        return
    newest = newest_decision(engine, [profile.policy.id for profile in enforced])
    since = decisions_read(engine)
    if newest is None or newest < since:
        return
    version_ns = int(now.timestamp() * 1e6) * 1000
    for profile in enforced:
        found = list(_findings(engine, profile, since))
        rows = [finding.row(version_ns) for finding in found]
        engine.insert("findings", rows, list(FINDINGS), token=_token(found))
    note_decisions_read(engine, newest)


def _findings(engine: Engine, profile: Profile, since: datetime) -> Iterator[Finding]:
    policy = profile.policy
    verified = policy.require == "verified"
    mean, variance = marked_moments(profile.config, profile.rule)
    bound = {
        "policy": policy.id,
        "digest": policy.digest,
        "needed": tokens_needed(profile.config, profile.rule) if verified else 0,
        "mean": mean,
        "variance": variance,
    }
    for window in changed_windows(engine, since, bound):
        finding = _verified(profile, window) if verified else _declared(policy, window)
        if finding:
            yield finding


def _verified(profile: Profile, window: MarkingWindow) -> Finding | None:
    """Return the finding on a window, None while a fleet that marks could look the same."""
    policy, judged = profile.policy, window.present + window.absent
    chance = chance_if_marked(window.absent, judged, window.lowest or 0.0, profile.rule.power)
    if chance > policy.alpha:
        return None
    p_value = pooled_p_value(window.tokens, window.total, profile.config)
    told = {
        "scheme": policy.scheme,
        "key": policy.key_name,
        "chance_if_marked": chance,
        "p_value_of": "the outputs without the mark, pooled: the chance of their score if nothing marked them",
        "pooled": {"outputs": window.absent, "tokens": window.tokens, "score": window.total},
        "power": profile.rule.power,
        "bits_per_token": profile.rule.bits_per_token,
        "retokenised": window.retokenised,
    }
    finding = _finding(policy, window, judged, window.present, told)
    surprise, enough = -math.log10(max(chance, 1e-300)), -math.log10(policy.alpha)
    return replace(finding, p_value=p_value, score=surprise, threshold=enough)


def _declared(policy: MarkingPolicy, window: MarkingWindow) -> Finding:
    declared = window.verdicts.get("declared", 0)
    return _finding(policy, window, declared + window.absent, declared, {})


def _finding(
    policy: MarkingPolicy,
    window: MarkingWindow,
    judged: int,
    marked: int,
    told: Mapping[str, object],
) -> Finding:
    scope = {"policy": policy.id, "model": window.model, "service": window.service}
    if len(window.versions) == 1 and window.versions[0] and window.versions[0] not in window.marked_versions:
        scope["service_version"] = window.versions[0]
    explanation = {
        "require": policy.require,
        "title": policy.title,
        "severity": policy.severity,
        "digest": policy.digest,
        "from": window.window.isoformat(),
        "to": (window.window + WINDOW).isoformat(),
        "verdicts": dict(window.verdicts),
        "outputs": judged,
        "unmarked": window.absent,
        "unmarked_versions": list(window.versions),
        "marked_versions": list(window.marked_versions),
        "decisions": list(window.decisions),
        **told,
    }
    return Finding(
        id=finding_id(policy, window),
        kind="policy",
        source=policy.id,
        version=policy.version,
        signal=SIGNAL,
        scope=scope,
        at=window.newest,
        observed=marked / judged if judged else 0.0,
        expected=1.0,
        unit="share of outputs marked",
        score=window.absent,
        threshold=0.0,
        explanation=explanation,
        trace_id=window.exemplar[0],
        span_id=window.exemplar[1],
        tenant=window.tenant,
    )


def finding_id(policy: MarkingPolicy, window: MarkingWindow) -> str:
    """Return the id of what a policy says of one model in one service in one hour."""
    parts = (window.tenant, policy.id, policy.digest, window.model, window.service, window.window.isoformat())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _token(findings: Sequence[Finding]) -> str:
    """Return a token that findings have as long as they say the same."""
    said = json.dumps([finding.row(0) for finding in findings], default=str)
    return "marking-" + hashlib.sha256(said.encode()).hexdigest()
