"""A demo's history, sent through the collector's own door, is stored as its key says it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from analytics.traces.job import Structures
from policies.bundle import build_redaction
from policies.load import load_policies
from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.send import send_history
from storage.engine import Engine
from tests.integration.collecting import collecting

# Self-hosted, and one that no price list knows.
UNPRICED = ("llama-3.1-70b", "qwen3-32b", "orchard-legal-34b")
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def demo() -> Demo:
    return generate(21, start=NOW - timedelta(days=0.5), days=0.5)


@pytest.fixture(scope="module")
def stored(demo: Demo, chdb_store: Engine, tmp_path_factory) -> Iterator[Engine]:
    """One store for all tests of this module: the history is sent once."""
    engine = chdb_store.sibling("demo_history")
    with collecting(tmp_path_factory.mktemp("demo"), engine, build_redaction(load_policies())) as collector:
        report = send_history(demo, collector.grpc)
        assert (report.spans, report.rejected) == (len(demo.calls), 0)
        assert (report.records, report.points) == tuple(demo.key["signals"].values())
        collector.await_stored(len(demo.calls), seconds=60)
        assert collector.loader.drain(30)
    Structures(engine).settle(datetime.now(UTC))
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE demo_history SYNC")


def one(engine: Engine, sql: str) -> dict:
    return engine.query(sql).dicts()[0]


def test_every_call_is_typed_and_the_totals_are_those_of_the_key(demo, stored):
    found = one(
        stored,
        "SELECT count() AS spans, sum(is_llm_call) AS model_calls, countIf(status = 'error') AS failed,"
        " sumIf(input_tokens, is_llm_call) AS input_tokens, sumIf(output_tokens, is_llm_call) AS output_tokens,"
        " countIf(parent_span_id = '') AS traces FROM llm_calls",
    )
    assert found == {name: demo.key["totals"][name] for name in found}
    rolled = one(stored, "SELECT sum(calls) AS calls, sum(input_tokens) AS tokens FROM calls_1m")
    assert (
        found["model_calls"]
        < stored.query("SELECT countIf(operation IN ('chat', 'embeddings')) FROM llm_calls").rows[0][0]
    )
    assert rolled == {"calls": found["spans"], "tokens": found["input_tokens"]}


def test_the_typed_columns_are_filled(stored):
    bare = one(
        stored,
        "SELECT countIf(service = '' OR service_version = '' OR region = '' OR environment = '' OR user_id = ''"
        " OR session_id = '' AND dialect != 'litellm') AS no_origin,"
        " countIf(is_llm_call AND (model = '' OR provider = '')) AS no_model,"
        " countIf(operation = 'chat' AND status = 'ok' AND (finish_reason = ''"
        " OR ttft_ms IS NULL AND dialect NOT IN ('litellm', 'traceloop'))) AS no_answer,"
        f" countIf(operation = 'chat' AND status = 'ok' AND model NOT IN {UNPRICED} AND cost_usd IS NULL) AS no_cost,"
        " countIf(status = 'error' AND error_type = '') AS no_error, countIf(operation = 'execute_tool' AND"
        " tool_name = '') AS no_tool FROM llm_calls",
    )
    assert set(bare.values()) == {0}, bare
    operations = stored.query("SELECT DISTINCT operation FROM llm_calls ORDER BY 1").rows
    expected = ["chain", "chat", "embeddings", "execute_tool", "invoke_agent", "invoke_workflow", "retrieval"]
    assert [row[0] for row in operations] == expected


def test_faults_have_their_calls(demo, stored):
    assert demo.key["faults"]
    for fault in demo.key["faults"]:
        where = " AND ".join(f"{name} = {{{name}:String}}" for name in fault["slice"])
        sql = (
            f"SELECT count() AS calls FROM llm_calls WHERE {where} AND timestamp >= parseDateTime64BestEffort("
            "{start:String}, 9, 'UTC') AND timestamp < parseDateTime64BestEffort({end:String}, 9, 'UTC')"
        )
        times = {"start": fault["start"], "end": fault["end"]}
        assert stored.query(sql, {**fault["slice"], **times}).dicts() == [{"calls": fault["calls"]}]


def test_planted_personal_data_is_redacted_and_counted_as_the_key_says(demo, stored):
    counted = stored.query("SELECT kind, sum(redacted) FROM redactions_1m GROUP BY kind ORDER BY kind").rows
    assert {kind: int(count) for kind, count in counted} == demo.key["pii"]
    text = stored.query(
        "SELECT arrayStringConcat(mapValues(SpanAttributes), ' ') FROM otel_traces WHERE Redactions != map()"
    )
    kept = " ".join(row[0] for row in text.rows)
    secrets = demo.extras.secrets.values()
    assert secrets
    assert [secret.kind for secret in secrets if secret.value in kept] == []


def test_token_ids_are_not_stored(stored):
    found = one(
        stored, "SELECT countIf(mapContains(SpanAttributes, 'spanwarden.output.token_ids')) AS n FROM otel_traces"
    )
    assert found == {"n": 0}


def test_log_records_and_data_points_are_stored_as_many_as_the_key_says(demo, stored):
    records = one(stored, "SELECT count() AS log_records FROM otel_logs")
    kinds = ("gauge", "sum", "histogram")
    points = sum(stored.query(f"SELECT count() FROM otel_metrics_{kind}").rows[0][0] for kind in kinds)
    assert {**records, "metric_points": points} == demo.key["signals"]


def test_the_gateways_calls_say_who_pays(stored):
    found = one(
        stored,
        "SELECT countIf(team = '' OR api_key = '') AS unpaid, uniqExact(team) AS teams, uniqExact(api_key) AS keys"
        " FROM llm_calls WHERE dialect = 'litellm'",
    )
    assert found["unpaid"] == 0
    assert found["keys"] > found["teams"] > 3
