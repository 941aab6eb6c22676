"""The judge's table: recall, false incidents, delay and first slices, ours beside the rival's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spanwarden.judge.score import GRACE, Outcome, Score, Told, parse


@dataclass
class Tally:
    """Scores of one detector over seeds; ``decoys`` counts false incidents by the decoy they fell for."""

    name: str
    scores: list[Score] = field(default_factory=list)
    decoys: Counter[str] = field(default_factory=Counter)

    def add(self, score: Score, decoys: Iterable[str]) -> None:
        """Take one seed in."""
        self.scores.append(score)
        self.decoys.update(decoys)

    @property
    def outcomes(self) -> list[Outcome]:
        """Every planted fault."""
        return [outcome for score in self.scores for outcome in score.outcomes]

    @property
    def last(self) -> str:
        """The newest seed in words."""
        score = self.scores[-1]
        found = sum(outcome.found for outcome in score.outcomes)
        missed = [f"{one.signal} {one.strength}" for one in score.outcomes if not one.found]
        text = f"{found} of {len(score.outcomes)} found, {len(score.false)} false"
        return f"{text}; missed {', '.join(missed)}" if missed else text

    def figures(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; None where there is nothing to divide by."""
        found = [outcome for outcome in self.outcomes if outcome.found]
        delays = [outcome.delay_minutes for outcome in found if outcome.delay_minutes is not None]
        return {
            "seeds": len(self.scores),
            "faults": len(self.outcomes),
            "recall": _share(self.outcomes),
            "recall_strong": _share([one for one in self.outcomes if one.strength == "strong"]),
            "recall_weak": _share([one for one in self.outcomes if one.strength == "weak"]),
            "recall_latency": _share([one for one in self.outcomes if one.signal == "latency"]),
            "recall_failures": _share([one for one in self.outcomes if one.signal == "failures"]),
            "false_per_seed": sum(len(score.false) for score in self.scores) / max(1, len(self.scores)),
            "false_worst_seed": max((len(score.false) for score in self.scores), default=0),
            "false_on_decoys": dict(self.decoys),
            "delay_minutes_p50": float(np.quantile(delays, 0.5)) if delays else None,
            "delay_minutes_p90": float(np.quantile(delays, 0.9)) if delays else None,
            "first_slice_right": sum(one.slice_right for one in found) / len(found) if found else None,
        }


ROWS = {
    "recall": "recall, all faults",
    "recall_strong": "  strong (x2.5-4; 20-40 % fail)",
    "recall_weak": "  weak (x1.5; 1 -> 5 % fail)",
    "recall_latency": "  latency",
    "recall_failures": "  failures",
    "false_per_seed": "false incidents a week, mean",
    "false_worst_seed": "false incidents, worst week",
    "delay_minutes_p50": "delay in minutes, median",
    "delay_minutes_p90": "delay in minutes, 9 of 10",
    "first_slice_right": "first slice right, of those found",
}


def render(ours: Tally, rival: Tally, quiet: Tally) -> str:
    """Return the table as text."""
    columns = [tally.figures() for tally in (ours, rival, quiet)]
    heads = [f"{tally.name} ({len(tally.scores)})" for tally in (ours, rival, quiet)]
    lines = [f"{'':<36}" + "".join(f"{head:>26}" for head in heads)]
    lines += [f"{label:<36}" + "".join(f"{_text(one[name]):>26}" for one in columns) for name, label in ROWS.items()]
    lines.append("false incidents beside a decoy")
    kinds = sorted({kind for tally in (ours, rival, quiet) for kind in tally.decoys}) or ["any"]
    lines += [
        f"{'  ' + kind.replace('_', ' '):<36}" + "".join(f"{tally.decoys[kind]:>26}" for tally in (ours, rival, quiet))
        for kind in kinds
    ]
    return "\n".join(lines)


def summary(ours: Tally, rival: Tally, quiet: Tally) -> dict[str, Any]:
    """Return all figures, ready for JSON."""
    return {"spanwarden": ours.figures(), "fixed_threshold": rival.figures(), "without_faults": quiet.figures()}


def decoys_hit(key: Mapping[str, Any], false: Sequence[Told]) -> list[str]:
    """Return the kind of decoy that was on while each false incident began; those beside any decoy count nothing."""
    kinds = []
    for one in false:
        on = [d["kind"] for d in key["decoys"] if parse(d["start"]) - GRACE <= one.start <= parse(d["end"]) + GRACE]
        kinds += on[:1]
    return kinds


def _share(outcomes: Sequence[Outcome]) -> float | None:
    return sum(one.found for one in outcomes) / len(outcomes) if outcomes else None


def _text(value: float | int | None) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
