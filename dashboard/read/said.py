"""What was asked and answered in a trace as a whole, from the spans that say it: the first and the last model call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.read.conversation.fold import conversation
from dashboard.read.conversation.told import DETAILS
from dashboard.read.conversation.turns import Told, Turn
from dashboard.read.sql import sql
from storage.engine import Engine

ASKING = ("user", "human", "input", "query")
ANSWERING = ("assistant", "model", "output")
LONGEST = 4000
MOST = 3  # texts of one side that a summary shows


@dataclass(frozen=True, slots=True)
class Said:
    """Of one trace: what was asked last (a model is sent all that was said before, too), and what was answered."""

    asked: Sequence[str]
    answered: Sequence[str]


def said_in(engine: Engine, trace_ids: Sequence[str], tenant: str = "") -> Mapping[str, Said]:
    """Return by trace what was said in it; a trace without content is not in it."""
    if not trace_ids:
        return {}
    bound = {"ids": list(trace_ids), "tenant": tenant, "details": DETAILS}
    talks: dict[str, list[list[Turn]]] = {}
    for row in engine.query(sql("said_spans"), bound).dicts():
        talks.setdefault(row["trace_id"], []).append(_turns(row))
    found = {trace: Said(_asked(talk), _answered(talk)) for trace, talk in talks.items()}
    return {trace: said for trace, said in found.items() if said.asked or said.answered}


def _turns(row: Mapping[str, Any]) -> list[Turn]:
    pairs = zip(row["event_names"], row["event_attributes"], strict=True)
    records = [Told(DETAILS, row["record"], row["body"])] if row["record"] or row["body"] else []
    return conversation(row["attributes"], [Told(name, attributes) for name, attributes in pairs], records)


def _asked(talk: Sequence[Sequence[Turn]]) -> list[str]:
    for turns in talk:
        texts = [text for turn in turns if turn.side == "in" and turn.role.lower() in ASKING for text in _texts(turn)]
        if texts:
            return texts[-1:]
    return []


def _answered(talk: Sequence[Sequence[Turn]]) -> list[str]:
    for turns in talk:
        texts = [
            text for turn in turns if turn.side == "out" and turn.role.lower() in ANSWERING for text in _texts(turn)
        ]
        if texts:
            return texts[:MOST]
    return []


def _texts(turn: Turn) -> list[str]:
    return [part.text[:LONGEST] for part in turn.parts if part.kind == "text" and part.text.strip()]
