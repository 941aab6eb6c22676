"""Looks at each loaded segment while its token ids are still there, and stores what the marking policies decide.

    which models answered? ─ none that a policy speaks of: done
      ├ require: declared ─> the engine decides on what it has stored
      └ require: verified ─> ids (or text) from the segment ─> scores ─> decisions

Repeating it changes nothing: a decision's id follows from the span and the policy, an insert's token from the batch
and the policy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from policies.bundle import PolicySet
from policies.language import MarkingPolicy
from policies.watermark.batch import verify_many
from policies.watermark.decide import Reading, by_score, decision, without_score
from policies.watermark.profile import Profile
from policies.watermark.text import answer
from policies.watermark.tokenizer import TextTokenizer
from storage.engine import Engine
from storage.outputs import (
    MOST_IDS,
    Key,
    Selection,
    TokenIds,
    decide_declared,
    outputs,
    speakers,
    texts,
    token_ids,
)
from storage.records import Decision
from storage.tables.governance import POLICY_DECISIONS


class WatermarkInspector:
    """Decides on outputs by the marking policies in force; safe to use from several threads."""

    def __init__(
        self,
        engine: Engine,
        policies: PolicySet,
        keys: Mapping[str, int],
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """``keys`` are those that are configured, by name. Raises ValueError or OSError for a tokenizer gone bad."""
        self.engine = engine
        self.profiles = tuple(Profile.of(policy, keys) for policy in policies.marking if policy.mode != "off")
        self.clock_ns = clock_ns

    def inspect(self, path: Path, batch_id: str) -> None:
        """Store the decisions on the outputs of one loaded segment. Raises StoreError when the store fails."""
        for profile in self._concerned(batch_id):
            selection = Selection(batch_id, profile.models, profile.services)
            if profile.policy.require == "declared":
                self._declared(profile.policy, selection)
            else:
                self._store(profile.policy, batch_id, self._verified(profile, path, selection))

    def _concerned(self, batch_id: str) -> list[Profile]:
        """Return the profiles that speak of a model that answered in this batch."""
        if not self.profiles:
            return []
        pairs = speakers(self.engine, batch_id)
        return [one for one in self.profiles if any(one.speaks_of(service, *models) for service, *models in pairs)]

    def _declared(self, policy: MarkingPolicy, selection: Selection) -> None:
        bound = {
            "policy": policy.id,
            "version": policy.version,
            "digest": policy.digest,
            "severity": policy.severity,
            "action": "flag" if policy.mode == "enforce" else "allow",
            "min_tokens": policy.min_tokens,
            "version_ns": self.clock_ns(),
        }
        decide_declared(self.engine, selection, bound, _token(policy, selection.batch_id))

    def _verified(self, profile: Profile, path: Path, selection: Selection) -> list[Decision]:
        found = outputs(self.engine, selection)
        readings = self._readings(profile, path, selection) if found and profile.key is not None else {}
        scorable = [output.key for output in found if output.key in readings and not readings[output.key].trouble]
        scores = (
            verify_many([readings[key].ids for key in scorable], profile.key, profile.config)
            if profile.key is not None
            else []
        )
        scored = dict(zip(scorable, scores, strict=True))
        rulings = (
            by_score(profile, readings[output.key], scored[output.key])
            if output.key in scored
            else without_score(profile, output, readings.get(output.key))
            for output in found
        )
        return [
            decision(profile, output, ruling, selection.batch_id) for output, ruling in zip(found, rulings, strict=True)
        ]

    def _readings(self, profile: Profile, path: Path, selection: Selection) -> dict[Key, Reading]:
        given = {key: _of_ids(ids) for key, ids in token_ids(self.engine, path, selection).items()}
        if profile.tokenizer is None:
            return given
        written = texts(self.engine, path, selection)
        made = {key: _of_text(written[key], profile.tokenizer) for key in written.keys() - given.keys()}
        return {**{key: reading for key, reading in made.items() if reading}, **given}

    def _store(self, policy: MarkingPolicy, batch_id: str, decisions: Sequence[Decision]) -> None:
        version_ns = self.clock_ns()
        rows = [one.row(version_ns) for one in decisions]
        self.engine.insert("policy_decisions", rows, list(POLICY_DECISIONS), token=_token(policy, batch_id))


def _of_ids(given: TokenIds) -> Reading:
    return Reading(given.ids, given.trouble, {"tokens": given.amount} if given.trouble else {})


def _of_text(attributes: Mapping[str, str], tokenizer: TextTokenizer) -> Reading | None:
    """Return the ids of an output's text, made anew; None when it has no text."""
    try:
        text = answer(attributes)
        if not text:
            return None
        encoded = tokenizer.encode(text)
    except ValueError as error:
        return Reading(trouble=str(error))
    if len(encoded.token_ids) > MOST_IDS:
        return Reading(trouble="more token ids than are scored")
    notes = {
        "retokenised": encoded.retokenised,
        "mismatch": round(encoded.mismatch, 6),
        "tokenizer": tokenizer.sha256,
    }
    return Reading(encoded.token_ids, notes=notes)


def _token(policy: MarkingPolicy, batch_id: str) -> str:
    return f"marking-{batch_id}-{policy.digest}"
