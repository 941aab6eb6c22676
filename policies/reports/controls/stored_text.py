"""What is in the stored text: its redaction, what was masked, what a back-scan still finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from policies.bundle import PolicySet, build_redaction
from policies.compile_sql import gate_sql, template_sql
from policies.recognizers.custom import custom_rule
from policies.recognizers.registry import RECOGNIZERS
from policies.recognizers.rule import Rule, sql_text, token
from policies.reports.asking import sql_of
from policies.reports.controls.setting import Setting
from policies.reports.intervals import Share
from storage.load import token_pattern
from storage.redaction import Redaction

SAMPLE = 2_000
SECRETS = ("api_key", "jwt", "private_key", "password")
WHOLE = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Residual:
    """The back-scan's answer: ``spans`` with something left of those sampled, and how many by kind."""

    spans: Share
    by_kind: Mapping[str, int]
    traces: Sequence[str]

    def of(self, *kinds: str) -> int:
        """How many sampled spans hold one of the kinds, at most."""
        return sum(self.by_kind.get(kind, 0) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Stored:
    """Spans by the redaction they were stored under; ``current`` is the digest of what is in force."""

    spans: Mapping[str, int]
    policies: Mapping[str, str]
    redacted: int
    current: str

    @property
    def covered(self) -> Share:
        """Spans stored under an enforced policy; the empty digest is none."""
        whole = sum(self.spans.values())
        return Share(whole - self.spans.get("", 0), whole)


def stored(setting: Setting) -> Stored:
    """Ask under what the period's spans were stored."""
    rows = setting.ask.rows("digests", "Under which redaction was each span stored?")
    return Stored(
        {row["digest"]: int(row["spans"]) for row in rows},
        {row["digest"]: str(row["policy"]) for row in rows},
        sum(int(row["redacted"]) for row in rows),
        build_redaction(setting.policies).digest,
    )


def masked(setting: Setting) -> dict[str, int]:
    """Ask what was masked, by kind."""
    rows = setting.ask.rows("redacted", "What was masked before storage?")
    return {str(row["kind"]): int(row["masked"]) for row in rows}


def residual(setting: Setting, spans: int) -> Residual:
    """Run every recognizer, and the enforced policies' own rules, over about ``SAMPLE`` of the period's ``spans``.

    The sample is drawn by a hash of the ids, so the same period gives the same sample.
    """
    rules = _rules(setting.policies)
    kinds = sorted({rule.kind for rule in rules})
    parts = {
        "gate": f"({gate_sql(rules)})",
        "template": f"({template_sql(rules)})",
        "tokens": sql_text(token_pattern(Redaction(tokens={kind: token(kind) for kind in kinds}))),
        "kinds": "[" + ", ".join(sql_text(kind) for kind in kinds) + "]",
    }
    sql = Template(sql_of("residual")).substitute(parts)
    told = {name: f"⟨compiled: {len(parts[name]):,} letters, in evidence.json⟩" for name in ("gate", "template")}
    abridged = Template(sql_of("residual")).substitute({**parts, **told}).strip()
    threshold = WHOLE if spans <= SAMPLE else WHOLE * SAMPLE // spans
    asks = "What would still be masked in what is stored?"
    row = setting.ask.row("residual", asks, text=sql, abridged=abridged, threshold=threshold)
    found = dict(zip(*row["by_kind"], strict=True))
    return Residual(
        Share(int(row["hit"]), int(row["sampled"])),
        {str(kind): int(number) for kind, number in found.items()},
        [str(trace) for trace in row["traces"]],
    )


def _rules(policies: PolicySet) -> tuple[Rule, ...]:
    own = (custom_rule(custom) for policy in policies.privacy if policy.mode == "enforce" for custom in policy.custom)
    return (*(rule for recognizer in RECOGNIZERS for rule in recognizer.rules), *own)
