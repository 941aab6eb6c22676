"""What happens in the demo's smaller services: a script a scene, played each time that somebody comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from spanwarden.demo import company as cast
from spanwarden.demo.calls import NONE, Calls, join, rows_of
from spanwarden.demo.company import SCENES
from spanwarden.demo.rhythm import rates
from spanwarden.demo.roles import Step, Stream
from spanwarden.demo.stage import Stage
from spanwarden.demo.workload import load_workload

MINUTE_NS = 60 * 10**9
# A conversation of the support desk is about one thing and takes one to four turns, with a pause to read and to write.
TOPICS, LONGEST_TALK = 4, 4
TALK = (0.3, 0.32, 0.23, 0.15)
READING_MS = (18_000.0, 95_000.0)
LOOPING, MOST_TRACKS = 0.12, 5
USERS = 400
# One customer's script asks the search without end.
BUSY_USER, BUSY_SHARE = 7, 0.22


def play_scenes(start: datetime, minutes: int, seed: Sequence[int], traffic: float = 1.0) -> Calls:
    """Return the scenes' spans of ``minutes`` minutes from ``start``, in the order in which they end."""
    parts = []
    for index, stream in enumerate(SCENES):
        if stream.scene in SCRIPTS:
            stage = Stage(np.random.default_rng([*seed, index]))
            for at in _arrivals(stream, start, minutes, traffic, stage.rng):
                SCRIPTS[stream.scene](stage, stream, at)
            parts.append(rows_of(stage.told))
    return join(parts)


def _arrivals(stream: Stream, start: datetime, minutes: int, traffic: float, rng: np.random.Generator) -> list[int]:
    expected = np.concatenate([[0.0], np.cumsum(rates(stream, start, minutes) * traffic)])
    at = load_workload()[stream.arrivals].arrivals(rng, float(expected[-1]))
    elapsed = np.interp(at, expected, np.arange(minutes + 1)) * MINUTE_NS
    return [round(start.timestamp() * 1e9) + int(one) for one in elapsed]


def _user(stage: Stage) -> int:
    """A few come often, many seldom."""
    return min(int(stage.rng.pareto(1.2) * 20), USERS - 1)


def _content(stage: Stage, stream: Stream) -> int:
    return int(stage.rng.integers(0, 2**31)) if stage.chance(stream.content_share) else NONE


def _desk(stage: Stage, stream: Stream, at: int) -> None:
    """A talk of some turns, each a trace: the front desk asks its model, then hands over to a specialist."""
    user, session = _user(stage), int(stage.rng.integers(1, 2**47))
    topic = int(stage.rng.integers(TOPICS))
    captured = stage.chance(stream.content_share)
    stage.clock_ns = at
    for turn in range(1 + stage.pick(list(TALK))):
        said = topic * LONGEST_TALK + turn if captured else NONE
        stage.begin(stream, stage.clock_ns, user, session, said)
        with stage.within(cast.FRONT_DESK):
            _front_desk(stage, topic, turn)
        stage.pause(*READING_MS)


def _front_desk(stage: Stage, topic: int, turn: int) -> None:
    if not stage.call(cast.FRONT_CHAT):
        stage.give_up()
        return
    if turn == 0:
        stage.call(cast.LOOK_UP_CUSTOMER)
    if topic == TOPICS - 1:  # small talk needs no specialist
        return
    if topic == 1 and stage.chance(0.25):  # money went wrong because a parcel did: two specialists, one after the other
        _SPECIALISTS[1](stage)
    _SPECIALISTS[topic](stage)
    stage.call(cast.FRONT_CHAT)


def _billing(stage: Stage) -> None:
    with stage.within(cast.BILLING_DESK):
        stage.call(cast.BILLING_CHAT)
        stage.call(cast.LOOK_UP_INVOICE)
        if stage.chance(0.5):
            _until_done(stage, cast.REFUND, 3)
        if not stage.call(cast.BILLING_CHAT):
            stage.give_up()


def _shipping(stage: Stage) -> None:
    """Tracks a parcel; now and then it asks the same thing over and over, and often it asks the carrier's agent."""
    with stage.within(cast.SHIPPING_DESK):
        stage.call(cast.SHIPPING_CHAT)
        for _ in range(MOST_TRACKS if stage.chance(LOOPING) else 1):
            stage.call(cast.TRACK_PARCEL)
        if stage.chance(0.35):
            with stage.within(cast.CARRIER_DESK, cast.LOGISTICS):
                stage.call(cast.ROUTE_STATUS)
                stage.call(cast.CARRIER_CHAT)
        if not stage.call(cast.SHIPPING_CHAT):
            stage.give_up()


def _returns(stage: Stage) -> None:
    with stage.within(cast.RETURNS_DESK):
        stage.call(cast.POLICIES)
        stage.call(cast.RETURNS_CHAT)
        if stage.chance(0.6):
            _until_done(stage, cast.RETURN_LABEL, 2)


def _until_done(stage: Stage, tool: Step, tries: int) -> None:
    for _ in range(tries):
        if stage.call(tool):
            return


_SPECIALISTS: tuple[Callable[[Stage], None], ...] = (_billing, _shipping, _returns)


def _search(stage: Stage, stream: Stream, at: int) -> None:
    user = BUSY_USER if stage.chance(BUSY_SHARE) else _user(stage)
    stage.begin(stream, at, user, content=_content(stage, stream))
    with stage.within(cast.SEARCH_RUN):
        asked = stage.call(cast.SEARCH_EMBED) and stage.call(cast.SOURCES[stage.pick([0.6, 0.25, 0.15])])
        if not asked or not stage.call(cast.SEARCH_CHAT):
            stage.give_up()


def _gateway(stage: Stage, stream: Stream, at: int) -> None:
    stage.begin(stream, at, _user(stage), content=_content(stage, stream))
    outer, inner, _ = cast.GATEWAY_CALLS[stage.pick([share for _, _, share in cast.GATEWAY_CALLS])]
    stage.call(outer, inner)


def _shop(stage: Stage, stream: Stream, at: int) -> None:
    stage.begin(stream, at, _user(stage), content=_content(stage, stream))
    with stage.within(cast.SHOP_RUN):
        going_on = stage.call(cast.SHOP_CHAT)
        if going_on and stage.chance(0.55):
            stage.call(cast.FIND_PRODUCTS)
            if stage.chance(0.3):
                stage.call(cast.ADD_TO_CART)
            going_on = stage.call(cast.SHOP_CHAT)
        if not going_on:
            stage.give_up()


def _report(stage: Stage, stream: Stream, at: int) -> None:
    stage.begin(stream, at, _user(stage), content=_content(stage, stream))
    with stage.within(cast.REPORT_RUN):
        for _ in range(1 + stage.pick([0.5, 0.3, 0.2])):
            with stage.within(cast.REPORT_TASK):
                if not stage.call(cast.REPORT_CHAT, cast.REPORT_CHAT_AGAIN):
                    stage.give_up()


SCRIPTS: dict[str, Callable[[Stage, Stream, int], None]] = {
    "desk": _desk,
    "search": _search,
    "gateway": _gateway,
    "shop": _shop,
    "report": _report,
}
