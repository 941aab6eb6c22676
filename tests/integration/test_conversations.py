"""Every family's capture, loaded and read: the conversation shows what the model server was asked and what it said."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from collector.limits import Limits
from collector.load import Loader
from collector.otlp_json import request_from_json
from collector.segment import encode_record, segment_id
from collector.signal import LOGS, TRACES, Signal
from collector.validate import check
from dashboard.read.conversation.fold import conversation
from dashboard.read.conversation.turns import Told, Turn
from dashboard.read.logs import read_logs, told_by
from dashboard.read.spans import read_spans
from spanwarden.wiring import stores_of
from storage.engine import Engine
from storage.redaction import NONE
from storage.schema import prepare

GOLDEN = Path(__file__).parents[1] / "golden" / "dialects"
FAMILIES = sorted(path.parent.name for path in GOLDEN.glob("*/server.json") if path.parent.name != "mcp")


def bodies(family: str, signal: Signal) -> Iterator[bytes]:
    """The export requests of a family as protobuf."""
    for path in (GOLDEN / family).glob(f"{signal.name}.*"):
        raw = path.read_bytes()
        yield request_from_json(raw, Limits().json_values, signal) if path.suffix == ".json" else raw


@pytest.fixture(scope="module")
def captured(chdb_store: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store with every family's spans and log records, through the loader; a family is a tenant."""
    engine = chdb_store.sibling("conversations")
    prepare(engine)
    folder = tmp_path_factory.mktemp("spool")
    (folder / "closed").mkdir()
    now = time.time_ns()
    for signal in (TRACES, LOGS):
        records: list[bytes] = []
        for family in FAMILIES:
            for body in bodies(family, signal):
                sound = check(body, Limits(), signal)
                records.append(encode_record(now + len(records), family, now, sound.items, sound.body))
        (folder / "closed" / f"{segment_id(now)}{signal.mark}.seg").write_bytes(b"".join(records))
    loader = Loader(folder, stores_of(engine, NONE))
    for path in sorted((folder / "closed").iterdir()):
        loader.load_one(path)
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE conversations SYNC")


def conversations(engine: Engine, family: str) -> list[tuple[str, Sequence[Turn]]]:
    """Every span of a family with what was said in it."""
    found = []
    sql = "SELECT DISTINCT TraceId FROM otel_traces WHERE Tenant = {family:String}"
    for (trace,) in engine.query(sql, {"family": family}).rows:
        records = read_logs(engine, trace)
        for row in read_spans(engine, trace):
            events = [Told(*one) for one in zip(row["event_names"], row["event_attributes"], strict=True)]
            own = told_by([record for record in records if record["span_id"] == row["SpanId"]])
            found.append((row["SpanName"], conversation(row["SpanAttributes"], events, own)))
    return found


def said(turns: Sequence[Turn], side: str) -> list[str]:
    """The texts of one side."""
    return [part.text for turn in turns if turn.side == side for part in turn.parts if part.kind == "text"]


def shows(turns: Sequence[Turn], asked: Any, answered: Any) -> bool:
    """Whether turns are those of one exchange with the server, each text a part of its own."""
    parts = [(turn.side, part) for turn in turns for part in turn.parts]
    calls = [part for side, part in parts if (side, part.kind) == ("out", "tool_call")]
    results = [part.id for side, part in parts if (side, part.kind) == ("in", "tool_result")]
    return (
        asked["text"] in said(turns, "in")
        and (not answered["text"] or answered["text"] in said(turns, "out"))
        and [call.name for call in calls] == [call["name"] for call in answered["tool_calls"]]
        and all(call.id in ("", wanted["id"]) for call, wanted in zip(calls, answered["tool_calls"], strict=True))
        and results == asked["tool_results"]
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_each_exchange_of_the_server_is_shown(captured: Engine, family: str) -> None:
    told = conversations(captured, family)
    untraced = json.loads((GOLDEN / family / "expected.json").read_text())["untraced"]
    missing = [
        (asked, answered)
        for asked, answered in (
            (exchange["asked"], exchange["answered"])
            for exchange in json.loads((GOLDEN / family / "server.json").read_text())
        )
        if (answered["status"], asked["operation"]) == (200, "chat")
        and asked["api"] not in untraced
        and not any(shows(turns, asked, answered) for _, turns in told)
    ]
    assert not missing
