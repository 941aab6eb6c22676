"""Model calls that several instrumentations wrote down: which spans are the same call, and which of them counts.

    framework's span                    no usage, or the same usage           duplicate
      └── SDK's span                    usage, client                         counts
            └── server's span           usage, server                         duplicate

Two spans of which one is inside the other are one call if both say the response's id and it is equal; or, where one
says none, if their models agree, their tokens agree as far as both know them, and the inner one lies inside the outer's
time. A span around several such calls that knows no tokens, or their sum, only wraps them. Frameworks do not always
make their span the parent of what runs inside it: beside each other, an equal id at the same time says the same, and so
do equal tokens (or two failures) of two instrumentations, one inside the other's time. Two calls that one
instrumentation wrote beside each other are two calls.

Of two that are one call the one that knows its usage counts, else the client's, else the nearer to the wire (without
usage: the outer one). The answer is a function of the spans alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analytics.traces.sameness import Call, equal, lies_inside, may_be_same, models_agree, same_time, tokens_agree

# With how many calls that began next a call is compared where no parent links them.
NEAR = 64


@dataclass
class Losers:
    """Which call is a duplicate of which, while it is worked out. ``to`` is by place."""

    calls: Mapping[int, Call]
    to: dict[int, int] = field(default_factory=dict)

    def add(self, loser: Call, winner: Call) -> None:
        """Say that ``loser`` is ``winner`` again; the first to be said counts, and nothing is its own duplicate."""
        if loser.place not in self.to and self.winner(winner).place != loser.place:
            self.to[loser.place] = winner.place

    def winner(self, call: Call) -> Call:
        """Return what a call is in the end the duplicate of; itself when it counts."""
        place = call.place
        while place in self.to:
            place = self.to[place]
        return self.calls[place]


def duplicates(calls: Sequence[Call]) -> dict[int, int]:
    """Return the place of each duplicate -> the place of the call that counts. ``calls`` are of one trace, by start."""
    by_place = {call.place: call for call in calls}
    found = Losers(by_place)
    inner: dict[int, list[Call]] = {}
    for call in calls:
        if call.outer in by_place:
            inner.setdefault(call.outer, []).append(call)
    for place in sorted(inner, reverse=True):
        _within(by_place[place], inner[place], found)
    _same_ids(calls, found)
    _crossing(calls, found)
    return {place: found.winner(by_place[place]).place for place in found.to}


def _within(outer: Call, inner: Sequence[Call], found: Losers) -> None:
    """Compare a call with the calls right inside it."""
    served = [one for one in inner if one.server and models_agree(outer, one)]
    made = [one for one in inner if one not in served]
    partner = _partner(outer, made)
    if partner is not None:
        _settle(outer, partner, found)
    elif _wraps(outer, made):
        found.add(outer, _last(made))
    _within_server(outer, served, found)


def _within_server(outer: Call, served: Sequence[Call], found: Losers) -> None:
    """A server's spans under a client's call are that call as the server saw it: attempts, halves of a split server."""
    ordered = sorted(served, key=lambda one: (one.failed, one.prefill, -one.end, one.place))
    for one in ordered[:1]:
        _settle(outer, one, found)
    for one in ordered[1:]:
        found.add(one, found.winner(outer))


def _partner(outer: Call, inner: Sequence[Call]) -> Call | None:
    """Return the inner call that is the outer one again."""
    same_id = [one for one in inner if outer.response_id and one.response_id == outer.response_id]
    if same_id:
        return same_id[-1]
    likely = [one for one in inner if may_be_same(outer, one)]
    equal = [one for one in likely if tokens_agree(outer, one)]
    if equal:
        return equal[-1]
    unknown = [one for one in likely if not (outer.used and one.used)]
    if len(unknown) == 1 or (unknown and outer.used):
        return _last(unknown)
    return None


def _wraps(outer: Call, inner: Sequence[Call]) -> bool:
    """Whether ``outer`` has nothing of its own beside several calls inside it."""
    parts = [one for one in inner if lies_inside(outer, one)]
    if len(parts) < 2:
        return False
    if not outer.used:
        return any(models_agree(outer, one) for one in parts)
    return all(
        equal(whole, math.fsum(filter(math.isfinite, said)))
        for whole, said in (
            (outer.tokens_in, [one.tokens_in for one in parts]),
            (outer.tokens_out, [one.tokens_out for one in parts]),
        )
    ) and any(one.used for one in parts)


def _settle(outer: Call, inner: Call, found: Losers) -> None:
    """Of two spans of one call, say which is the duplicate; what they are duplicates of already stands for them."""
    outer, inner = found.winner(outer), found.winner(inner)
    inner_counts = inner.used and (not outer.used or outer.server or not inner.server)
    if inner_counts:
        found.add(outer, inner)
    else:
        found.add(inner, outer)


def _same_ids(calls: Sequence[Call], found: Losers) -> None:
    """Calls that count so far, say the same response id and overlap in time, whatever their parents are."""
    said: dict[str, list[Call]] = {}
    for call in calls:
        if call.response_id and call.place not in found.to:
            said.setdefault(call.response_id, []).append(call)
    for same in said.values():
        kept: list[Call] = []
        for call in sorted(same, key=_nearness):
            twin = next((one for one in kept if same_time(one, call) and models_agree(one, call)), None)
            if twin is None:
                kept.append(call)
            else:
                found.add(call, twin)


def _nearness(call: Call) -> tuple[object, ...]:
    """What says which of several spans of one call counts: usage, the client's, the nearest to the wire."""
    return not call.used, call.server, call.prefill, call.end - call.start, call.start, call.place


def _crossing(calls: Sequence[Call], found: Losers) -> None:
    """Calls of two instrumentations that count so far, one inside the other's time, with equal tokens or both failed.

    The tightest fit first, so that calls side by side find each its own.
    """
    standing = sorted((one for one in calls if one.place not in found.to), key=lambda one: (one.start, -one.end))
    if len({one.scope for one in standing}) < 2:
        return
    fits = [fit for number, one in enumerate(standing) for fit in _fits(one, standing[number + 1 : number + NEAR])]
    matched: set[tuple[int, int]] = set()
    for _, outer, inner in sorted(fits, key=lambda fit: (fit[0], fit[1].place, fit[2].place)):
        sides = {(outer.place, inner.scope), (inner.place, outer.scope)}
        if not sides & matched and found.winner(outer) is not found.winner(inner):
            matched |= sides
            _settle(outer, inner, found)


def _fits(one: Call, later: Sequence[Call]) -> Iterator[tuple[int, Call, Call]]:
    """Yield (how much longer the outer one took, outer, inner) of the pairs with ``one`` that are the same call."""
    for other in later:
        if other.start > one.end:
            return
        outer, inner = (one, other) if one.end - one.start >= other.end - other.start else (other, one)
        if outer.scope != inner.scope and outer.failed == inner.failed and may_be_same(outer, inner):
            agree = tokens_agree(outer, inner) if outer.used or inner.used else outer.failed
            if agree:
                yield (outer.end - outer.start) - (inner.end - inner.start), outer, inner


def _last(calls: Sequence[Call]) -> Call:
    """Return the call that came to its end last, of those that did not fail if there are any."""
    return max(calls, key=lambda one: (not one.failed, one.end, one.place))
