"""One output of a model, what could be read of its mark, and the decision that follows.

    ids, or text made ids again ─> score ─> present | absent | inconclusive
    neither                      ─> declared | unverifiable
    ids that are none            ─> not_evaluated

A decision keeps figures, names and reasons; never ids, never text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policies.language import MarkingPolicy
from policies.watermark.gumbel import Score
from policies.watermark.profile import Profile
from policies.watermark.verdict import expected_power, judge
from storage.outputs import Key, Output
from storage.records import Decision

NO_IDS = "the span has no token ids, and the policy names no tokenizer"
NO_TEXT = "the span has neither token ids nor text"


@dataclass(frozen=True, slots=True)
class Reading:
    """What of an output can be scored: its ids, or the ``trouble`` with them, and ``notes`` for the evidence."""

    ids: Sequence[int] = ()
    trouble: str = ""
    notes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with its reason, and the score that it rests on."""

    verdict: str
    reason: str
    score: Score | None = None
    notes: Mapping[str, object] = field(default_factory=dict)


def by_score(profile: Profile, reading: Reading, score: Score) -> Ruling:
    """Rule on an output by its score."""
    verdict: str = judge(score, profile.config, profile.rule)
    power = expected_power(score.tokens_scored, profile.config, profile.rule)
    notes = {
        **reading.notes,
        "tokens": len(reading.ids),
        "power": round(power, 4),
        "bits_per_token": profile.rule.bits_per_token,
    }
    if profile.policy.scheme == "dual_key_gumbel":
        notes["vllm_p_value"] = score.p_value
    if verdict == "present":
        return Ruling(verdict, "the score is out of chance's reach", score, notes)
    if len(reading.ids) < profile.policy.min_tokens:
        return Ruling("inconclusive", "shorter than the policy judges", score, notes)
    if verdict == "absent":
        return Ruling(verdict, "long enough to show a mark, and shows none", score, notes)
    return Ruling(verdict, "too few different contexts to tell", score, notes)


def without_score(profile: Profile, output: Output, reading: Reading | None) -> Ruling:
    """Rule on an output that has nothing to score, or something that is no token ids."""
    notes = reading.notes if reading else {}
    if profile.key is None:
        return Ruling("unverifiable", profile.why_no_key)
    if reading and reading.trouble:
        return Ruling("not_evaluated", reading.trouble, notes=notes)
    if output.declared_mark:
        return Ruling("declared", "the emitter declares a mark; there is nothing to verify it by")
    return Ruling("unverifiable", NO_TEXT if profile.tokenizer else NO_IDS)


def decision(profile: Profile, output: Output, ruling: Ruling, batch_id: str) -> Decision:
    """Return the record of a ruling; the same output under the same policy has the same id."""
    policy, score = profile.policy, ruling.score
    tokens = {} if output.output_tokens is None else {"output_tokens": output.output_tokens}
    return Decision(
        decision_id=decision_id(output.key, policy),
        at=output.at,
        trace_id=output.trace_id,
        span_id=output.span_id,
        policy_id=policy.id,
        digest=policy.digest,
        check_id=policy.scheme,
        stage="ingest",
        action="flag" if ruling.verdict == "absent" and policy.mode == "enforce" else "allow",
        verdict=ruling.verdict,
        version=policy.version,
        reason=ruling.reason,
        severity=policy.severity,
        service=output.service,
        model=output.model,
        score=score.score if score else None,
        p_value=score.exact_p_value if score else None,
        tokens_scored=score.tokens_scored if score else 0,
        evidence={
            "key": policy.key_name,
            "service_version": output.service_version,
            "declared": output.declared_mark[:100],
            **tokens,
            **ruling.notes,
        },
        batch_id=batch_id,
        tenant=output.tenant,
    )


def decision_id(key: Key, policy: MarkingPolicy) -> str:
    """Return the id of a policy's decision on a span, as ``storage/sql/marking/declared.sql`` writes it too."""
    return hashlib.sha256("\n".join((*key, policy.id, policy.digest)).encode()).hexdigest()[:32]
