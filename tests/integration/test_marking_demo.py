"""From OTLP to findings: the demo's release that forgets to mark is found through the collector's own door.

Token ids come in over gRPC, lie in the spool, are scored while their segment is loaded, and are gone afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from collector.spool import SpoolConfig
from policies.bundle import build_redaction
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.marking import DEMO_MARKING_KEY, DEMO_MARKING_KEY_NAME
from spanwarden.demo.send import send_history
from storage.engine import Engine
from tests.integration.collecting import collecting

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
JUDGED = 200
LATER = SpoolConfig(segment_seconds=0.5, min_free_bytes=0)


@pytest.fixture(scope="module")
def demo() -> Demo:
    return generate(33, start=NOW - timedelta(days=0.6), days=0.6)


@pytest.fixture(scope="module")
def stored(demo: Demo, chdb_store: Engine, tmp_path_factory) -> Iterator[Engine]:
    """The demo's history under the demo's policies, with the marking job run over it."""
    engine = chdb_store.sibling("demo_marking")
    rules = load_policies(Path(str(files("spanwarden.demo") / "policies")))
    inspector = WatermarkInspector(engine, rules, {DEMO_MARKING_KEY_NAME: DEMO_MARKING_KEY})
    with collecting(tmp_path_factory.mktemp("demo"), engine, build_redaction(rules), inspector=inspector) as collector:
        send_history(demo, collector.grpc)
        collector.await_stored(len(demo.calls), seconds=60)
        assert collector.loader.drain(10)
        assert collector.loader.stats().not_inspected == 0
    evaluate_marking(engine, rules, NOW)
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE demo_marking SYNC")


def verdicts(engine: Engine, *, unmarked: bool, spans: list[str]) -> dict[str, int]:
    part = "IN" if unmarked else "NOT IN"
    rows = engine.query(
        "SELECT verdict, count() FROM policy_decisions FINAL WHERE policy_id = 'marking.summaries'"
        f" AND span_id {part} {{spans:Array(String)}} GROUP BY verdict",
        {"spans": spans},
    ).rows
    return {verdict: int(amount) for verdict, amount in rows}


def test_every_unmarked_output_that_is_long_enough_is_absent(demo, stored):
    key = demo.key["unmarked"]
    found = verdicts(stored, unmarked=True, spans=key["spans"])
    assert key["long_enough"] >= 10
    assert found == {"absent": key["long_enough"], "inconclusive": key["count"] - key["long_enough"]}


def test_every_marked_output_verifies(demo, stored):
    key = demo.key["unmarked"]
    assert verdicts(stored, unmarked=False, spans=key["spans"]) == {"present": key["marked"]}


def test_findings_name_the_release_and_its_hours_and_nothing_else(demo, stored):
    key = demo.key["unmarked"]
    found = stored.query("SELECT * FROM findings FINAL WHERE kind = 'policy' ORDER BY at").dicts()
    assert found
    start, end = datetime.fromisoformat(key["start"]), datetime.fromisoformat(key["end"])
    for finding in found:
        assert finding["scope"] == {
            "policy": "marking.summaries",
            "model": key["model"],
            "service": key["service"],
            "service_version": key["service_version"],
        }
        assert start <= finding["at"] < end
        assert finding["p_value"] > 1e-3
        assert finding["span_id"] in key["spans"]
    hours = stored.query(
        "SELECT uniqExact(toStartOfHour(timestamp)) FROM llm_calls WHERE output_tokens >= {judged:UInt32}"
        " AND span_id IN {spans:Array(String)}",
        {"judged": JUDGED, "spans": key["spans"]},
    ).rows[0][0]
    assert len(found) == hours


def test_the_shipped_policy_in_shadow_decides_and_accuses_nobody(demo, stored):
    rows = stored.query(
        "SELECT verdict, count() FROM policy_decisions FINAL WHERE policy_id = 'marking.declared' GROUP BY verdict"
    ).rows
    assert {verdict for verdict, _ in rows} == {"absent", "declared"}
    declared = stored.query("SELECT count() FROM llm_calls WHERE declared_mark != '' AND status = 'ok'").rows
    assert dict(rows)["declared"] == declared[0][0]
