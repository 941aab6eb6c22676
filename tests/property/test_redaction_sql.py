"""What a rule does in ClickHouse is what it does in Python; its prefilters leave nothing out; nothing makes it fail."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.bundle import privacy_rules
from policies.compile_sql import apply, gate_sql, template_sql
from policies.language import CustomRule
from policies.load import load_policies
from policies.recognizers.custom import custom_rule
from policies.recognizers.registry import RECOGNIZERS
from policies.recognizers.rule import Rule
from storage.engine import Engine
from tests.property.hostile import VALUES, evaluate, mixed, surrounded, texts

SHIPPED = privacy_rules(load_policies())
OWN = custom_rule(CustomRule("employee_id", r"EMP-[0-9]{6}", ("emp-",)))
EACH = {f"{recognizer.kind}-{i}": rule for recognizer in RECOGNIZERS for i, rule in enumerate(recognizer.rules)}
MEGABYTE = 1_000_000


def differences(engine: Engine, rules: Sequence[Rule], given: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (text, what SQL makes of it, what Python makes of it) where they differ, the shortest first."""
    redacted = evaluate(engine, template_sql(rules), [text.encode() for text in given])
    triples = [(text, sql.decode(), apply(rules, text)) for text, sql in zip(given, redacted, strict=True)]
    return sorted((triple for triple in triples if triple[1] != triple[2]), key=lambda triple: len(triple[0]))


@pytest.mark.parametrize("name", EACH)
def test_each_rule_means_the_same_in_sql_and_in_python(chdb_store: Engine, name: str) -> None:
    given = [*VALUES, *surrounded(4000, seed=1), *mixed(2000, seed=2)]
    assert differences(chdb_store, (EACH[name],), given)[:3] == []


@pytest.mark.parametrize("rules", [SHIPPED, (*SHIPPED, OWN)], ids=["shipped", "with_own"])
def test_the_whole_chain_means_the_same_in_sql_and_in_python(chdb_store: Engine, rules: tuple[Rule, ...]) -> None:
    given = [*VALUES, *surrounded(6000, seed=3), *mixed(6000, seed=4), "EMP-123456", "emp-1 EMP-123456 bob@x.io"]
    assert differences(chdb_store, rules, given)[:3] == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(texts, min_size=30, max_size=60))
def test_the_chain_means_the_same_on_any_text(chdb_store: Engine, drawn: list[str]) -> None:
    assert differences(chdb_store, SHIPPED, drawn)[:3] == []


def test_the_gate_is_open_wherever_a_rule_changes_something(chdb_store: Engine) -> None:
    given = [*VALUES, *surrounded(6000, seed=5), *mixed(6000, seed=6)]
    changed = [text for text in given if apply(SHIPPED, text) != text]
    alone = evaluate(chdb_store, gate_sql(SHIPPED), [text.encode() for text in changed])
    among = evaluate(chdb_store, gate_sql(SHIPPED), [f"a span\n{text}\n\nname".encode() for text in changed])
    assert len(changed) > 3000
    assert [text for text, a, b in zip(changed, alone, among, strict=True) if (a, b) != (b"1", b"1")][:3] == []


def test_the_gate_is_shut_for_plain_words(chdb_store: Engine) -> None:
    plain = [b"", b"the answer cites three documents", b"took 12.5 ms", "größer als 3 — 😀".encode()]
    assert evaluate(chdb_store, gate_sql(SHIPPED), plain) == [b"0"] * len(plain)


HOSTILE = {
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\x80 bob@example.com \xc3",
    "half a character": "é".encode()[:1] + b"4111 1111 1111 1111",
    "NUL": b"\0bob@example.com\0",
    "lone surrogates in JSON escapes": b'{"a": "\\ud800 bob@example.com \\udfff 4111111111111111"}',
    "UTF-8 of a surrogate": b"\xed\xa0\x80 203.0.113.7",
    "every byte": bytes(range(256)) * 10,
    "1 MB of bytes that no text has": b"\xff" * MEGABYTE,
    "1 MB of digits": b"1" * MEGABYTE,
    "1 MB of single digits": b"1 " * (MEGABYTE // 2),
    "1 MB of cards": b"4111 1111 1111 1111 " * (MEGABYTE // 20),
    "1 MB of gapless cards": b"4111111111111111 " * (MEGABYTE // 17),
    "1 MB of accounts": b"DE89 3704 0044 0532 0130 00 " * (MEGABYTE // 28),
    "1 MB of addresses": b"a@b.co " * (MEGABYTE // 7),
    "1 MB of telephones": b"call 212-555-0143 " * (MEGABYTE // 18),
    "1 MB of passwords": b"password=hunter22! " * (MEGABYTE // 19),
    "1 MB of key starts": b"-----BEGIN PRIVATE KEY-----" * (MEGABYTE // 27),
    "1 MB of dotted numbers": b"1." * (MEGABYTE // 2),
    "1 MB of colons": b"2001:db8::" * (MEGABYTE // 10),
    "1 MB of backslashes": b"\\" * MEGABYTE,
    "1 MB of tokens": "⟦card⟧".encode() * (MEGABYTE // 10),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_makes_it_fail_or_slow(chdb_store: Engine, name: str) -> None:
    """An expression that throws fails a whole segment; one whose cost grows with the square stops the loader."""
    began = time.process_time()
    redacted, gate = (
        evaluate(chdb_store, expression, [HOSTILE[name]])[0]
        for expression in (template_sql(SHIPPED), gate_sql(SHIPPED))
    )
    assert time.process_time() - began < 8
    assert not (gate == b"0" and redacted != HOSTILE[name])
    for secret in (b"bob@", b"4111", b"203.0.113.7", b"DE89", b"a@b.co", b"hunter22", b"555-0143"):
        assert secret not in redacted
