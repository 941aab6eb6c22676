"""AI Act, Article 50(2): outputs are marked as machine-made, in a way that can be detected. Evidence: verdicts.

A mark that a keyed detector finds (present) and one that the emitter merely states (declared) are told apart. What was
not looked at is never counted as marked. Detectors miss a marked output now and then (at most one in twenty of those
they call absent), so a policy that verifies is held to that, and one that asks for a declaration to none missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy import stats

from policies.language import MarkingPolicy
from policies.reports.charts import Row, shares
from policies.reports.controls.setting import Setting
from policies.reports.intervals import Share
from policies.reports.model import Chart, Condition, Control, Figure, Table
from policies.reports.words import NONE, count, interval, listed, p_value, percent, plural
from policies.watermark.fleet import pooled_p_value
from policies.watermark.profile import Profile, pattern

MARKED = ("present", "declared")
MISS, CHANCE = 0.05, 1e-3
POOLED_ALPHA = 1e-6
MOST_ROWS = 10
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tally:
    """Decisions of one policy by verdict, with the sums that a pooled test needs (of its present version alone)."""

    policy: MarkingPolicy
    verdicts: Mapping[str, int]
    tokens: int
    score: float

    @classmethod
    def of(cls, policy: MarkingPolicy, rows: Rows) -> Tally:
        """Count the rows that are the policy's."""
        own = [row for row in rows if row["policy_id"] == policy.id]
        now = [row for row in own if row["digest"] == policy.digest]
        verdicts: dict[str, int] = {}
        for row in own:
            verdicts[row["verdict"]] = verdicts.get(row["verdict"], 0) + int(row["decisions"])
        return cls(policy, verdicts, sum(int(row["tokens"]) for row in now), sum(float(row["score"]) for row in now))

    @property
    def decided(self) -> Share:
        """Marked ones of those that are either marked or not."""
        marked = sum(self.verdicts.get(verdict, 0) for verdict in MARKED)
        return Share(marked, marked + self.verdicts.get("absent", 0))

    @property
    def all(self) -> int:
        """How many decisions there are."""
        return sum(self.verdicts.values())

    @property
    def sound(self) -> bool:
        """Whether no more lack a mark than a detector misses of marked ones."""
        absent = self.verdicts.get("absent", 0)
        if not absent or self.policy.require == "declared":
            return not absent
        return float(stats.binom.sf(absent - 1, self.decided.of, MISS)) > CHANCE

    @property
    def pooled(self) -> float | None:
        """The chance that outputs without a mark score so high together; None where nothing is scored."""
        if self.policy.require != "verified" or not self.tokens:
            return None
        return pooled_p_value(self.tokens, self.score, Profile.of(self.policy, {}).config)


def marking(setting: Setting) -> Control:
    """Judge how outputs are marked. Policies that are enforced count; those only tried out count where none is."""
    active = [policy for policy in setting.policies.marking if policy.mode != "off"]
    rows = setting.ask.rows("marking_verdicts", "What was decided on outputs?", policies=[p.id for p in active])
    tallies = [Tally.of(policy, rows) for policy in active]
    counted = [tally for tally in tallies if tally.policy.mode == "enforce" and tally.all] or tallies
    ids = [tally.policy.id for tally in counted]
    models = setting.ask.rows("marking_models", "The same by model and service", policies=ids)
    found = setting.ask.rows("marking_findings", "Where do outputs lack their mark?", policies=ids)
    eligible = _eligible(setting, [tally.policy for tally in counted])
    return Control(
        id="eu-ai-act:50.2",
        name="AI Act Art. 50(2)",
        title="Outputs are marked",
        duty="Outputs of generative AI are marked in a machine-readable format and detectable as such.",
        verdict=_verdict(counted),
        conditions=_conditions(active, counted, eligible, sum(int(row["findings"]) for row in found)),
        coverage=f"{plural(sum(t.all for t in counted), 'decision')} by {listed(ids)} on {plural(eligible, 'output')}"
        " that are long enough to be judged",
        figures=_figures(counted, eligible),
        charts=(_chart(models),) if models else (),
        tables=tuple(table for table in (_policies(tallies), _exempt(rows)) if table.rows),
        traces=_traces([row for row in rows if row["policy_id"] in ids]),
        not_proven=(
            "That outputs which no policy speaks of, or which did not pass through an instrumented app, are marked.",
            "That a declared mark is there: only a keyed detector shows that.",
            "That a mark survives editing, translation or copying, or that people can detect it.",
        ),
        queries=setting.ask.queries("marking_verdicts", "marking_models", "marking_findings", "eligible"),
    )


def _eligible(setting: Setting, policies: Sequence[MarkingPolicy]) -> int:
    row = setting.ask.row(
        "eligible",
        "How many outputs should have a decision?",
        models=[pattern(policy.models) for policy in policies],
        services=[pattern(policy.services) for policy in policies],
        least=[policy.min_tokens for policy in policies],
    )
    return int(row["outputs"])


def _conditions(
    active: Sequence[MarkingPolicy], tallies: Sequence[Tally], eligible: int, findings: int
) -> tuple[Condition, ...]:
    decisions = sum(tally.all for tally in tallies)
    enforced = [tally for tally in tallies if tally.policy.mode == "enforce" and tally.all]
    unsound = [tally.policy.id for tally in tallies if not tally.sound]
    open_ones = sum(tally.verdicts.get(v, 0) for tally in tallies for v in ("unverifiable", "not_evaluated"))
    verified = [tally for tally in tallies if tally.verdicts.get("present")]
    beyond = [tally for tally in verified if tally.pooled is not None and tally.pooled <= POOLED_ALPHA]
    by = ("marking_verdicts",)
    return (
        Condition("A marking policy is in force", bool(active), listed([p.id for p in active]), True),
        Condition("It has decided on outputs of the period", decisions > 0, plural(decisions, "decision"), True, by),
        Condition(
            "A policy that is enforced, not only tried out, has decided",
            bool(enforced),
            listed([tally.policy.id for tally in enforced]),
            queries=by,
        ),
        Condition(
            "Every output that should be judged was judged",
            decisions >= eligible > 0,
            f"{count(decisions)} decisions, {plural(eligible, 'output')}",
            queries=("marking_verdicts", "eligible"),
        ),
        Condition(
            "No more outputs lack a mark than a detector misses",
            not unsound and not findings if decisions else None,
            f"{count(_total(tallies, 'absent'))} lack it, {plural(findings, 'finding')}"
            if decisions
            else "none was judged",
            queries=(*by, "marking_findings"),
        ),
        Condition(
            f"A keyed detector finds the mark (pooled p ≤ {POOLED_ALPHA:g})",
            bool(beyond) and len(beyond) == len(verified),
            ", ".join(f"{tally.policy.id}: p {p_value(tally.pooled)}" for tally in verified) or "no mark was verified",
            queries=by,
        ),
        Condition(
            "None was left unjudged for want of key, ids or length",
            open_ones == 0 if decisions else None,
            plural(open_ones, "output"),
            queries=by,
        ),
    )


def _total(tallies: Sequence[Tally], *verdicts: str) -> int:
    return sum(tally.verdicts.get(verdict, 0) for tally in tallies for verdict in verdicts)


def _figures(tallies: Sequence[Tally], eligible: int) -> tuple[Figure, ...]:
    by = ("marking_verdicts",)
    marked = Share(_total(tallies, *MARKED), _total(tallies, *MARKED, "absent"))
    pooled = [tally.pooled for tally in tallies if tally.pooled is not None]
    return (
        Figure("marked", percent(marked.value), f"95 % CI {percent(marked.low)} to {percent(marked.high)}", by),
        Figure("verified", count(_total(tallies, "present")), "found by a keyed detector", by),
        Figure("declared only", count(_total(tallies, "declared")), "stated by the emitter", by),
        Figure("without a mark", count(_total(tallies, "absent")), queries=by),
        Figure("pooled p", p_value(min(pooled)) if pooled else NONE, "that there is no mark at all", by),
        Figure("to be judged", count(eligible), "outputs", ("eligible",)),
    )


def _chart(models: Rows) -> Chart:
    rows = [
        Row(
            f"{row['model'] or '(no name)'} · {row['service']}",
            (int(row["marked"]), int(row["absent"]), int(row["undecided"])),
            f"{count(row['marked'])} of {count(int(row['marked']) + int(row['absent']))}",
        )
        for row in models[:MOST_ROWS]
    ]
    drawn = shares(rows, ("marked", "without a mark", "not decided"), label="marked outputs by model and service")
    return Chart("Marked outputs by model and service, the worst first", drawn, "", ("marking_models",))


def _policies(tallies: Sequence[Tally]) -> Table:
    rows = tuple(
        (
            tally.policy.id,
            f"{tally.policy.require}, {tally.policy.mode}",
            interval(tally.decided),
            count(_total([tally], "absent")),
            count(_total([tally], "inconclusive")),
            p_value(tally.pooled),
        )
        for tally in tallies
    )
    head = ("Policy", "Demands", "Marked", "Without", "Too short to tell", "Pooled p")
    return Table("By policy", head, rows, frozenset({2, 3, 4, 5}), ("marking_verdicts",))


def _exempt(rows: Rows) -> Table:
    """What was not decided, and why: the exemptions."""
    kept = tuple(
        (str(row["policy_id"]), str(row["verdict"]).replace("_", " "), str(row["reason"]), count(row["decisions"]))
        for row in rows
        if row["verdict"] not in (*MARKED, "absent")
    )
    return Table(
        "Not decided, and why", ("Policy", "Verdict", "Reason", "Outputs"), kept, frozenset({3}), ("marking_verdicts",)
    )


def _traces(rows: Rows) -> dict[str, list[str]]:
    def of(*verdicts: str) -> list[str]:
        return [str(trace) for row in rows if row["verdict"] in verdicts for trace in row["traces"]][:3]

    return {"without a mark": of("absent"), "marked": of(*MARKED)}


def _verdict(tallies: Sequence[Tally]) -> str:
    if not tallies:
        return "No marking policy is in force."
    marked = Share(_total(tallies, *MARKED), _total(tallies, *MARKED, "absent"))
    if not marked.of:
        return "Nothing was decided on the outputs of this period."
    verified = _total(tallies, "present")
    how = (
        f"{count(verified)} of them verified by a keyed detector" if verified else "none of them verified by a detector"
    )
    return f"{interval(marked)} of {count(marked.of)} judged outputs are marked, {how}."
