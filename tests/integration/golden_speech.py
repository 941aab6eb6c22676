"""What the trace's page would show as said in a call of a golden capture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.read.conversation.fold import conversation
from dashboard.read.conversation.turns import Told, Turn
from dashboard.read.logs import read_logs, told_by
from dashboard.read.spans import read_spans
from storage.engine import Engine


def said(engine: Engine, call: dict[str, Any]) -> list[Turn]:
    """The conversation of a call as the trace's page shows it."""
    (row,) = read_spans(engine, call["trace_id"], span_id=call["span_id"])
    events = [Told(*one) for one in zip(row["event_names"], row["event_attributes"], strict=True)]
    records = told_by(read_logs(engine, call["trace_id"], span_id=call["span_id"]))
    return conversation(row["SpanAttributes"], events, records)


def texts(turns: Sequence[Turn], side: str) -> list[str]:
    """The plain texts of one side; whoever said them: Traceloop calls the speaker of a stream unknown."""
    return [part.text for turn in turns if turn.side == side for part in turn.parts if part.kind == "text"]
