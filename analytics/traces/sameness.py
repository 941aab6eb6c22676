"""When two spans of model calls may be one call: ids, models, tokens, times."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# How far an inner span may stand out of the outer one: clocks are read one after the other, and streams end apart.
SLACK_NS = 20_000_000
SLACK_SHARE = 0.05
# What a provider adds to a model's name to say which edition answered; "-mini" is another model.
EDITION = re.compile(r"[-@:](\d{3,}.*|\d{4}-.*|latest|preview.*|v\d.*)")


@dataclass(frozen=True, slots=True)
class Call:
    """A span of a model call. ``outer`` is the place of the nearest model call above it, -1 without one.

    Times in nanoseconds; tokens are NaN where unknown. ``cached`` tokens were read from or written to a cache.
    ``scope`` is the instrumentation that wrote it; ``prefill`` is the half of a split server's work that has no answer.
    """

    place: int
    outer: int
    start: int
    end: int
    failed: bool
    server: bool
    response_id: str
    models: frozenset[str]
    tokens_in: float
    tokens_out: float
    cached: float = 0.0
    scope: int = 0
    prefill: bool = False

    @property
    def used(self) -> bool:
        """Whether it knows its usage."""
        return not (math.isnan(self.tokens_in) and math.isnan(self.tokens_out))


def models_of(*names: str) -> frozenset[str]:
    """Return names of models as they are compared: lower case, without the provider before a slash."""
    return frozenset(name.lower().rsplit("/", 1)[-1] for name in names if name)


def may_be_same(outer: Call, one: Call) -> bool:
    """Whether a call inside another may be the same, where the ids do not say so: their tokens are not looked at."""
    if outer.response_id and one.response_id:
        return False
    if one.failed and not outer.failed:
        return False  # an attempt that failed inside a call that did not
    return models_agree(outer, one) and lies_inside(outer, one)


def models_agree(one: Call, other: Call) -> bool:
    """Whether two calls may be of one model: a name in common, one the other's with a date, or one unknown."""
    if not one.models or not other.models or one.models & other.models:
        return True
    return any(_dated(a, b) or _dated(b, a) for a in one.models for b in other.models)


def _dated(long: str, short: str) -> bool:
    return long.startswith(short) and EDITION.fullmatch(long, len(short)) is not None


def tokens_agree(one: Call, other: Call) -> bool:
    """Whether what both know of their tokens is equal, and there is something that both know.

    Some leave what came from a cache out of the input, as Anthropic's API does; some add it.
    """
    known = [
        (a, b)
        for a, b in ((one.tokens_in, other.tokens_in), (one.tokens_out, other.tokens_out))
        if math.isfinite(a) and math.isfinite(b)
    ]
    if not known:
        return False
    inputs = one.tokens_in, other.tokens_in
    shifted = inputs[0] + one.cached == inputs[1] or inputs[1] + other.cached == inputs[0]
    return all(a == b or ((a, b) == inputs and shifted) for a, b in known)


def equal(one: float, other: float) -> bool:
    """Whether two counts are equal; one that is not known is equal to any."""
    return math.isnan(one) or one == other


def lies_inside(outer: Call, one: Call) -> bool:
    """Whether a call lies inside the time of another, but for a little."""
    slack = SLACK_NS + SLACK_SHARE * (outer.end - outer.start)
    return one.start >= outer.start - slack and one.end <= outer.end + slack


def same_time(one: Call, other: Call) -> bool:
    """Whether they overlap; what a split server prefilled, it decodes afterwards."""
    return other.prefill or one.start == other.start or (one.start < other.end and other.start < one.end)
