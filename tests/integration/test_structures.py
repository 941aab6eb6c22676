"""Structures above the span are a function of the spans: not of order, delay, copies or restarts."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from analytics.traces.job import Structures
from storage.schema import prepare
from tests.integration.traced import store, stories, table

TRACES = 120
# A quarter of an hour before a full hour some hours ago: traces move across hours as their spans come in.
BEGIN = (time.time() // 3600 - 8) * 3600 - 0.02


def told(seed=7):
    return [span for trace in stories(TRACES, seed) for span in trace]


def shuffled(seed=1):
    spans = told()
    random.Random(seed).shuffle(spans)
    return spans


def pieces(spans, count):
    return [spans[number::count] for number in range(count)]


def everything(engine):
    """All that is read of the structures, and what counts of the calls and in the sums."""
    return {
        "summaries": table(engine, "trace_summaries", "tenant, trace_id"),
        "runs": table(engine, "agent_runs", "tenant, trace_id, span_id"),
        "index": table(engine, "trace_index", "trace", ("version",)),
        "calls": engine.query(
            "SELECT trace_id, span_id, model, input_tokens FROM llm_calls WHERE is_llm_call ORDER BY ALL"
        ).rows,
        "duplicates": engine.query(
            "SELECT trace_id, span_id, duplicate_of FROM llm_calls WHERE duplicate_of NOT IN ('', span_id) ORDER BY ALL"
        ).rows,
        "sums": engine.query(
            """SELECT minute, service, model, sum(llm_calls) AS calls, sum(input_tokens), sum(output_tokens),
                round(sum(cost_usd), 9)
            FROM calls_1m GROUP BY ALL HAVING calls > 0 ORDER BY ALL"""
        ).rows,
    }


def deliver(engine, folder, segments, ticks=False, restarts=False):
    prepare(engine)
    job, now = Structures(engine), datetime.now(UTC)
    for segment in segments:
        store(engine, folder, segment, BEGIN)
        now += timedelta(seconds=4)
        if ticks:
            job.tick(now)
        if restarts:
            job = Structures(engine)
    job.settle(now + timedelta(seconds=4))
    return everything(engine)


@pytest.fixture(scope="module")
def expected(chdb_store, tmp_path_factory):
    """The spans in order, in one go."""
    engine = chdb_store.sibling("structures_expected")
    found = deliver(engine, tmp_path_factory.mktemp("expected"), [told()])
    yield found
    engine.close()
    chdb_store.command("DROP DATABASE structures_expected SYNC")


def test_the_stories_hold_what_they_are_told_for(expected):
    summaries, runs = expected["summaries"], expected["runs"]
    assert len(summaries) == TRACES
    assert len(expected["duplicates"]) > 20
    assert {run[5] for run in runs} == {"planner", "writer", "critic"}
    assert 0 < sum(row[10] for row in summaries) < TRACES, "some are complete, some are not"


@pytest.mark.parametrize(
    ("segments", "ticks", "restarts"),
    [(1, False, False), (15, True, False), (8, True, True)],
    ids=["shuffled in one go", "in small segments with looks between", "with a restart after each"],
)
def test_order_and_delay_change_nothing(empty_engine, tmp_path, expected, segments, ticks, restarts):
    found = deliver(empty_engine, tmp_path, pieces(shuffled(), segments), ticks, restarts)
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_what_is_sent_twice_counts_once(empty_engine, tmp_path, expected):
    spans = shuffled()
    found = deliver(empty_engine, tmp_path, [spans, spans[::3], spans[::7]], ticks=True)
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_computing_again_changes_nothing(empty_engine, tmp_path, expected):
    found = deliver(empty_engine, tmp_path, [told()])
    Structures(empty_engine).settle(datetime.now(UTC))
    assert everything(empty_engine) == found == expected


def test_a_store_of_the_first_release_is_made_up_for(empty_engine, tmp_path, expected):
    prepare(empty_engine)
    for segment in pieces(shuffled(), 4):
        store(empty_engine, tmp_path, segment, BEGIN)
    long_after, job = datetime.now(UTC) + timedelta(days=2), Structures(empty_engine)
    for turn in range(4):
        job.tick(long_after + timedelta(seconds=12 * turn))
    assert everything(empty_engine) == expected
