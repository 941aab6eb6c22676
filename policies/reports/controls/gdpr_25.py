"""GDPR, Article 25: data protection by design. Evidence: spans are masked before they are stored, and stay so.

The statement that stores a span also redacts it and writes the digest of the redaction beside it, so a span under the
digest of an enforced policy cannot have been stored before it was masked. A back-scan then looks for what was missed.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.language import PrivacyPolicy
from policies.reports.charts import Row, shares
from policies.reports.controls.setting import Setting
from policies.reports.controls.stored_text import Residual, Stored, masked, residual, stored
from policies.reports.model import Chart, Condition, Control, Figure, Table
from policies.reports.words import count, listed, percent, plural


def by_design(setting: Setting) -> Control:
    """Judge how text is masked on its way into the store."""
    kept = stored(setting)
    kinds = masked(setting)
    left = residual(setting, kept.covered.of)
    shown = setting.ask.rows("redacted_traces", "Which traces show masked values?")
    return Control(
        id="gdpr:25",
        name="GDPR Art. 25",
        title="Data protection by design",
        duty="Technical measures such as minimisation are built into processing, so that personal data is protected.",
        verdict=_verdict(kept, left),
        conditions=_conditions(setting, kept, left),
        coverage=f"all {count(kept.covered.of)} spans by their digest; {count(left.spans.of)} of them scanned again",
        figures=_figures(kept, kinds, left),
        charts=(_chart(kept),) if kept.spans else (),
        tables=tuple(table for table in (_kinds(setting, kinds, left),) if table.rows),
        traces={"masked values": [str(row["trace_id"]) for row in shown], "left by the scan": list(left.traces)},
        not_proven=(
            "That no personal data is stored: names, addresses and free descriptions have no form to recognise.",
            "That the back-scan sees what the recognizers cannot: it is made of the same ones.",
            "That the apps themselves keep personal data out of prompts.",
        ),
        queries=setting.ask.queries("digests", "redacted", "residual", "redacted_traces"),
    )


def _conditions(setting: Setting, kept: Stored, left: Residual) -> tuple[Condition, ...]:
    enforced = [policy.id for policy in setting.policies.privacy if policy.mode == "enforce"]
    others = sum(spans for digest, spans in kept.spans.items() if digest not in ("", kept.current))
    share = kept.covered
    return (
        Condition("A privacy policy is enforced", bool(enforced), listed(enforced), True),
        Condition(
            "Spans were stored under an enforced policy",
            share.hits > 0, plural(share.hits, "span"), True, ("digests",),
        ),
        Condition(
            "Every span was masked in the statement that stored it",
            share.of > 0 and share.hits == share.of,
            f"{percent(share.value)} of {plural(share.of, 'span')}",
            queries=("digests",),
        ),
        Condition(
            "Each was stored under the policies in force now",
            others == 0 if share.of else None,
            f"{plural(others, 'span')} under earlier ones",
            queries=("digests",),
        ),
        Condition(
            "A back-scan of a sample finds nothing left to mask",
            left.spans.hits == 0 if left.spans.of else None,
            f"{plural(left.spans.hits, 'span')} of {count(left.spans.of)}, at most {percent(left.spans.high)} of all",
            queries=("residual",),
        ),
    )  # fmt: skip


def _figures(kept: Stored, kinds: Mapping[str, int], left: Residual) -> tuple[Figure, ...]:
    upper = f"95 % CI up to {percent(left.spans.high)}" if left.spans.of else ""
    return (
        Figure("stored masked", percent(kept.covered.value), "under an enforced policy", ("digests",)),
        Figure("values masked", count(sum(kinds.values())), queries=("redacted",)),
        Figure("spans with one", count(kept.redacted), queries=("digests",)),
        Figure("kinds met", count(len(kinds)), queries=("redacted",)),
        Figure("scanned again", count(left.spans.of), "spans, drawn by a hash of their ids", ("residual",)),
        Figure("left to mask", count(left.spans.hits), upper, ("residual",)),
    )


def _chart(kept: Stored) -> Chart:
    now, none = kept.spans.get(kept.current, 0) if kept.current else 0, kept.spans.get("", 0)
    whole = sum(kept.spans.values())
    row = Row("spans of the period", (now, none, whole - now - none), percent(kept.covered.value))
    legend = ("under the policies in force", "unmasked", "under earlier policies")
    return Chart(
        "How spans were stored",
        shares([row], legend, label="spans by the redaction they were stored under"),
        "",
        ("digests",),
    )


def _kinds(setting: Setting, kinds: Mapping[str, int], left: Residual) -> Table:
    asked = _masked_by(setting)
    rows = tuple(
        (
            kind,
            "masked" if kind in asked else "kept by policy",
            count(kinds.get(kind, 0)),
            count(left.by_kind.get(kind, 0)),
        )
        for kind in sorted({*kinds, *left.by_kind, *asked})
    )
    head = ("Kind", "Policy", "Masked in the period", "Spans of the sample with one left")
    return Table("By kind", head, rows, frozenset({2, 3}), ("redacted", "residual"))


def _masked_by(setting: Setting) -> set[str]:
    return {kind for policy in setting.policies.privacy if policy.mode == "enforce" for kind in masks(policy)}


def masks(policy: PrivacyPolicy) -> list[str]:
    """Return the kinds that a policy masks, its own rules' among them."""
    return [*policy.entities, *(rule.kind for rule in policy.custom)]


def _verdict(kept: Stored, left: Residual) -> str:
    if not kept.covered.of:
        return "No span of this period is stored."
    if not kept.covered.hits:
        return "Spans were stored as they came: no privacy policy was enforced."
    found = f"{plural(left.spans.hits, 'span')} with something" if left.spans.hits else "nothing"
    return (
        f"{percent(kept.covered.value)} of spans were masked before they were stored;"
        f" a back-scan of {count(left.spans.of)} finds {found} left to mask."
    )
