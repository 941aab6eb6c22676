"""Detection on a real store: live and back-dated data give the same incidents, each with its reasons; tenants apart."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.runner import Runner
from spanwarden.demo.calls import Calls
from spanwarden.demo.cast import STREAMS
from spanwarden.demo.faults import Effect
from spanwarden.demo.rows import call_rows, load_calls
from spanwarden.demo.traffic import play
from storage.engine import Engine
from storage.schema import prepare

START = datetime(2026, 11, 2, tzinfo=UTC)
HOURS = 12
SLOW = {"service": "chat-assistant", "model": "gpt-4o-mini", "region": "eu-west-1"}
FAILING = {"service": "chat-assistant", "model": "gpt-4o-mini"}
SHOWN = ("id", "state", "signal", "title", "scope", "started_at", "detected_at", "ended_at", "body")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def ns(hours: float) -> int:
    return round(at(hours).timestamp()) * 10**9


EFFECTS = (
    Effect(SLOW, ns(9), ns(9.75), latency=3.0),
    Effect(FAILING, ns(11), ns(12), failure_rate=0.35, error_type="timeout"),
)


@pytest.fixture(scope="module")
def calls() -> Calls:
    return play(START, HOURS * 60, EFFECTS, [3])


@pytest.fixture
def store(chdb_store: Engine) -> Iterator[Engine]:
    engine = chdb_store.sibling("detect")
    prepare(engine)
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE detect SYNC")


def standing(engine: Engine, tenant: str = "default") -> list[dict[str, Any]]:
    sql = f"SELECT {', '.join(SHOWN)} FROM incidents FINAL WHERE deleted = 0 AND tenant = {{tenant:String}} ORDER BY id"
    rows = engine.query(sql, {"tenant": tenant}).dicts()
    return [{**row, "body": json.loads(row["body"])} for row in rows]


def slept(engine: Engine, calls: Calls, hours: float) -> list[dict[str, Any]]:
    """Load what has ended by then and look once."""
    load_calls(engine, calls.at(calls.end_ns <= ns(hours)), "default")
    Runner(engine).tick(at(hours) + timedelta(seconds=30))
    return standing(engine)


def test_both_faults_become_incidents_that_say_why(store: Engine, calls: Calls) -> None:
    failing, slow = sorted(slept(store, calls, HOURS), key=lambda one: one["signal"])
    assert (failing["signal"], slow["signal"]) == ("failures", "latency")
    assert abs(slow["started_at"] - at(9)) < timedelta(minutes=6)
    assert abs(slow["ended_at"] - at(9.75)) < timedelta(minutes=10)
    assert (slow["state"], failing["state"], failing["ended_at"]) == ("resolved", "open", None)
    for one, planted in ((slow, SLOW), (failing, FAILING)):
        body = one["body"]
        first = body["causes"][0]
        assert first["slice"].items() <= planted.items()
        assert first["slice"]["model"] == planted["model"]
        assert first["share_explained"] > 0.8
        assert sum(cause["share_explained"] for cause in body["causes"]) + body["unexplained_share"] >= 0.99
        assert first["selection"] > 2 * first["baseline"]
        assert "gpt-4o-mini" in one["title"]
    assert slow["body"]["ratio"] == pytest.approx(3.0, rel=0.15)
    assert failing["body"]["observed"] == pytest.approx(0.35, abs=0.08)


def test_examples_are_traces_of_the_slice(store: Engine, calls: Calls) -> None:
    for one in slept(store, calls, HOURS):
        for kind in ("bad", "good"):
            ids = one["body"]["exemplars"][kind]
            assert len(ids) == 3
            rows = store.query(
                "SELECT DISTINCT model, status FROM llm_calls WHERE trace_id IN {ids:Array(String)} AND model != ''"
                " AND service = 'chat-assistant'",
                {"ids": ids},
            ).rows
            assert ("gpt-4o-mini", "error" if (one["signal"], kind) == ("failures", "bad") else "ok") in rows


@pytest.mark.slow
def test_live_data_give_what_back_dated_data_give(chdb_store: Engine, store: Engine, calls: Calls) -> None:
    """Loaded as it happens, with a look every twelve minutes, and with a restart half way."""
    live = chdb_store.sibling("detect_live")
    try:
        prepare(live)
        runner = Runner(live)
        before = 0
        for minutes in (*range(240, 9 * 60, 60), *range(9 * 60, HOURS * 60 + 1, 12)):
            now = ns(minutes / 60)
            part = calls.at((calls.end_ns > before) & (calls.end_ns <= now))
            load_calls_at(live, part, before)
            runner.tick(at(minutes / 60) + timedelta(seconds=30))
            runner = Runner(live) if minutes == 9 * 60 + 24 else runner
            before = now
        assert [(one["id"], one["title"]) for one in standing(live)] == [
            (one["id"], one["title"]) for one in slept(store, calls, HOURS)
        ]
        for one, other in zip(standing(live), standing(store), strict=True):
            assert {name: one[name] for name in SHOWN} == {name: other[name] for name in SHOWN}
    finally:
        live.close()
        chdb_store.command("DROP DATABASE detect_live SYNC")


def load_calls_at(engine: Engine, part: Calls, token: int) -> None:
    engine.insert_frame("llm_calls", call_rows(part, "default"), token=f"live-{token}")


def test_an_incident_is_open_while_it_goes_on_and_late_spans_take_nothing_apart(store: Engine, calls: Calls) -> None:
    late = np.random.default_rng(1).random(len(calls)) < 0.1
    early = calls.at(~late & (calls.end_ns <= ns(9.5)))
    load_calls(store, early, "default")
    runner = Runner(store)
    runner.tick(at(9.5) + timedelta(seconds=30))
    assert [(one["signal"], one["state"], one["ended_at"]) for one in standing(store)] == [("latency", "open", None)]
    load_calls_at(store, calls.at(~late & (calls.end_ns > ns(9.5))), 1)
    load_calls_at(store, calls.at(late), 2)
    runner.tick(at(HOURS) + timedelta(seconds=30))
    found = standing(store)
    assert sorted((one["signal"], one["state"]) for one in found) == [("failures", "open"), ("latency", "resolved")]


def test_a_tenants_fault_is_not_anothers(store: Engine, calls: Calls) -> None:
    load_calls(store, calls, "faulty")
    load_calls(store, play(START, HOURS * 60, (), [4]), "sound")
    Runner(store).tick(at(HOURS) + timedelta(seconds=30))
    assert len(standing(store, "faulty")) == 2
    assert standing(store, "sound") == []


def test_it_says_until_when_it_learns(store: Engine, calls: Calls) -> None:
    runner = Runner(store)
    runner.tick(at(1))
    assert runner.status().learning_until is None, "an empty store learns nothing"
    assert runner.status().looked_at == at(1)
    load_calls(store, calls.at(calls.end_ns <= ns(2)), "default")
    runner.tick(at(2))
    until = runner.status().learning_until
    assert until is not None
    assert at(6) <= datetime.fromisoformat(until) <= at(8)
    load_calls_at(store, calls.at(calls.end_ns > ns(2)), 1)
    runner.tick(at(HOURS))
    assert (runner.status().learning_until, runner.status().looked_at) == (None, at(HOURS))


@pytest.mark.slow
def test_a_steady_look_costs_far_less_than_the_pause_between_two(store: Engine) -> None:
    """Four days of history, then a minute at a time: under a second of CPU, where the first look takes several."""
    end = 4 * 24
    calls = play(START, end * 60, (Effect(SLOW, ns(end - 1), ns(end), latency=3.0),), [5])
    runner, spent, before = Runner(store), [], 0
    for minutes in range(end * 60 - 6, end * 60):
        now = ns(minutes / 60)
        rows = call_rows(calls.at((calls.end_ns > before) & (calls.end_ns <= now)), "default")
        rows["ingested_at"] = rows["timestamp"] + pd.to_timedelta(rows["duration_ms"], unit="ms")
        store.insert_frame("llm_calls", rows, token=f"steady-{minutes}")
        began, before = time.process_time(), now
        runner.tick(at(minutes / 60) + timedelta(seconds=30))
        spent.append(time.process_time() - began)
    assert [one["state"] for one in standing(store)] == ["open"], "a look that explains what goes on is the dear one"
    assert float(np.median(spent[1:])) < min(1.0, spent[0] / 2), spent


def test_the_demo_has_more_streams_than_one() -> None:
    """What is said of slices above can only be wrong where there is something else to blame."""
    assert len({(stream.service, stream.region) for stream in STREAMS}) > 4
