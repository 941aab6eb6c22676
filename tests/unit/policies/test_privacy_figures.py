"""What ``make privacy`` measures, held: every labelled value of the sample is found, and nothing is taken wrongly."""

from __future__ import annotations

import json

import pytest

from bench.negatives import negatives
from bench.privacy import SAMPLE, false_redactions, recall
from policies.bundle import build_redaction
from policies.load import load_policies
from storage.engine import Engine

REDACTION = build_redaction(load_policies())


def test_every_value_of_the_sample_is_found_and_nothing_else(chdb_store: Engine) -> None:
    found = recall(chdb_store, REDACTION, json.loads(SAMPLE.read_text()))
    assert {kind: share["recall"] for kind, share in found.items()} == dict.fromkeys(
        ("card", "email", "iban", "ip", "phone", "us_ssn"), 1.0
    )
    assert sum(share["extra"] for share in found.values()) == 0
    assert sum(share["labelled"] for share in found.values()) > 90


def test_logs_json_and_tables_without_personal_data_stay(chdb_store: Engine) -> None:
    texts = [(source, text) for source, text in negatives(1.0, seed=5) if source != "code"]
    false = false_redactions(chdb_store, REDACTION, texts)
    assert false["megabytes"] > 0.7
    assert false["by_source_and_kind"] == {}


@pytest.mark.parametrize(
    ("source", "line", "kind"), [("logs", "paid by 4111 1111 1111 1111", "card"), ("json", '"ip": "203.0.113.7"', "ip")]
)
def test_the_measure_can_find_a_false_redaction(chdb_store: Engine, source: str, line: str, kind: str) -> None:
    assert false_redactions(chdb_store, REDACTION, [(source, line)])["by_source_and_kind"] == {f"{source} {kind}": 1}
