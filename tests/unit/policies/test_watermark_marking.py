"""Decisions become findings: of unmarked models, never of marked ones, one an hour, the same when repeated."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import special

from policies.watermark.fleet import chance_if_marked, pooled_p_value
from policies.watermark.gumbel import GumbelConfig, verify
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.marking import evaluate_marking
from policies.watermark.verdict import VerdictRule, marked_moments
from tests.unit.policies.marked import KEY, Span, load, marked_ids, policies, policy

NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
HOUR = timedelta(hours=1)
DECLARED = {"spanwarden.output.mark": "c2pa"}


def ns(at):
    return int(at.timestamp()) * 10**9


def decide(engine, folder, spans, *marking):
    path, batch = load(engine, folder, spans)
    WatermarkInspector(engine, policies(*marking), {"chat-eu": KEY}).inspect(path, batch)


def findings(engine):
    rows = engine.query("SELECT * FROM findings FINAL ORDER BY at, id").dicts()
    return [{**row, "explanation": json.loads(row["explanation"])} for row in rows]


def test_an_unmarked_model_gets_one_finding_with_its_p_value(engine, tmp_path):
    bare = [Span(ids, at_ns=ns(NOW)) for ids in marked_ids(6, marked=False)]
    decide(engine, tmp_path, bare, policy())
    evaluate_marking(engine, policies(policy()), NOW)
    (found,) = findings(engine)
    assert (found["kind"], found["source"], found["signal"], found["version"]) == (
        "policy",
        "marking.llama",
        "marking",
        "1",
    )
    assert found["scope"] == {
        "policy": "marking.llama",
        "model": "llama-8b",
        "service": "writer",
        "service_version": "1.0",
    }
    scores = [verify(span.ids, KEY, GumbelConfig()) for span in bare]
    tokens, total = sum(score.tokens_scored for score in scores), sum(score.score for score in scores)
    assert found["p_value"] == pytest.approx(special.gammaincc(tokens, total), rel=1e-6)
    assert found["p_value"] > 1e-3
    assert (found["observed"], found["expected"]) == (0.0, 1.0)
    assert found["score"] > found["threshold"] == pytest.approx(3.0)
    told = found["explanation"]
    assert told["verdicts"] == {"absent": 6}
    assert told["chance_if_marked"] < 1e-6
    assert len(told["decisions"]) == 6
    assert found["span_id"] in {span.span_id for span in bare}


def test_one_long_unmarked_output_is_enough(engine, tmp_path):
    spans = [Span(ids, at_ns=ns(NOW)) for ids in [*marked_ids(8), *marked_ids(1, marked=False)]]
    decide(engine, tmp_path, spans, policy())
    evaluate_marking(engine, policies(policy()), NOW)
    (found,) = findings(engine)
    assert found["observed"] == pytest.approx(8 / 9)
    assert (found["trace_id"], found["span_id"]) == (f"{spans[-1].number:032x}", spans[-1].span_id)


def test_a_marked_model_gets_none_and_another_services_shortfall_is_not_its_own(engine, tmp_path):
    good = [Span(ids, at_ns=ns(NOW), service="good") for ids in marked_ids(30, 220)]
    bad = [Span(ids, at_ns=ns(NOW), service="bad") for ids in marked_ids(3, marked=False)]
    decide(engine, tmp_path, good + bad, policy())
    evaluate_marking(engine, policies(policy()), NOW)
    assert [found["scope"]["service"] for found in findings(engine)] == ["bad"]


def test_short_and_unverifiable_outputs_accuse_nobody(engine, tmp_path):
    short = [Span(ids, at_ns=ns(NOW)) for ids in marked_ids(40, 80, marked=False)]
    silent = [Span(at_ns=ns(NOW)) for _ in range(40)]
    decide(engine, tmp_path, short + silent, policy())
    evaluate_marking(engine, policies(policy()), NOW)
    assert findings(engine) == []


def test_the_release_that_forgets_to_mark_is_named_where_it_is_one(engine, tmp_path):
    marked = [Span(ids, at_ns=ns(NOW), version="1.7") for ids in marked_ids(4)]
    bare = [Span(ids, at_ns=ns(NOW), version="1.8") for ids in marked_ids(4, marked=False)]
    mixed = [Span(ids, at_ns=ns(NOW), service="mixed", version="2") for ids in marked_ids(2) + marked_ids(2, key=9)]
    decide(engine, tmp_path, marked + bare + mixed, policy())
    evaluate_marking(engine, policies(policy()), NOW)
    versions = {found["scope"]["service"]: found["scope"].get("service_version") for found in findings(engine)}
    assert versions == {"writer": "1.8", "mixed": None}


def test_shadow_and_off_raise_nothing(engine, tmp_path):
    for mode in ("shadow", "off"):
        decide(engine, tmp_path, [Span(ids) for ids in marked_ids(5, marked=False)], policy(mode=mode))
        evaluate_marking(engine, policies(policy(mode=mode)), NOW)
    assert findings(engine) == []


def test_each_hour_has_its_own_and_late_data_renews_it(engine, tmp_path):
    early, late = NOW - 30 * HOUR, NOW
    rule = policies(policy())
    decide(engine, tmp_path, [Span(ids, at_ns=ns(late)) for ids in marked_ids(4, marked=False)], policy())
    evaluate_marking(engine, rule, NOW)
    decide(engine, tmp_path, [Span(ids, at_ns=ns(early)) for ids in marked_ids(3, marked=False, seed=2)], policy())
    evaluate_marking(engine, rule, NOW + timedelta(minutes=1))
    assert [found["explanation"]["unmarked"] for found in findings(engine)] == [3, 4]
    first = findings(engine)
    decide(engine, tmp_path, [Span(ids, at_ns=ns(early)) for ids in marked_ids(2, seed=3)], policy())
    evaluate_marking(engine, rule, NOW + timedelta(minutes=2))
    renewed = findings(engine)
    assert [found["id"] for found in renewed] == [found["id"] for found in first]
    assert renewed[0]["version_ns"] > first[0]["version_ns"]
    assert renewed[0]["explanation"]["verdicts"] == {"absent": 3, "present": 2}


def test_running_again_and_after_a_restart_writes_nothing_new(engine, tmp_path):
    decide(engine, tmp_path, [Span(ids) for ids in marked_ids(4, marked=False)], policy())
    for minute in range(3):
        evaluate_marking(engine, policies(policy()), NOW + timedelta(minutes=minute))
    assert engine.query("SELECT count() FROM findings").rows == [(1,)]
    assert engine.query("SELECT count() FROM marks WHERE name = 'marking'").rows == [(1,)]


def test_old_hours_are_not_read_again(engine, tmp_path):
    decide(engine, tmp_path, [Span(ids) for ids in marked_ids(4, marked=False)], policy())
    evaluate_marking(engine, policies(policy()), NOW)
    engine.command("ALTER TABLE findings DELETE WHERE 1 SETTINGS mutations_sync = 2")
    engine.insert("marks", [["marking", NOW + HOUR, 2**63]], ["name", "at", "version_ns"], token="later")
    evaluate_marking(engine, policies(policy()), NOW + HOUR)
    assert findings(engine) == []


def test_a_declaration_that_is_missing_is_a_finding_without_a_p_value(engine, tmp_path):
    rule = policy(require="declared", key_name="")
    spans = [Span(at_ns=ns(NOW), more=DECLARED if number < 3 else {}) for number in range(4)]
    decide(engine, tmp_path, [*spans, Span(at_ns=ns(NOW), service="good", more=DECLARED)], rule)
    evaluate_marking(engine, policies(rule), NOW)
    (found,) = findings(engine)
    assert (found["observed"], found["p_value"], found["scope"]["service"]) == (0.75, None, "writer")
    assert found["span_id"] == spans[3].span_id


def test_no_decisions_no_mark(engine):
    evaluate_marking(engine, policies(policy()), NOW)
    assert engine.query("SELECT count() FROM marks").rows == [(0,)]


@pytest.mark.parametrize("bits", [0.75, 1.5])
def test_marked_fleets_are_accused_no_more_often_than_promised(bits):
    """The outputs of 4,000 windows of a model that marks, with the entropy that is assumed and with more."""
    rng = np.random.default_rng(8)
    config, rule = GumbelConfig(), VerdictRule()
    mean, variance = marked_moments(config, rule)
    critical = special.gammainccinv(200, rule.alpha)
    accused = 0
    for _ in range(4000):
        pairs = rng.exponential(size=(2, 12, 200))
        free = rng.random((12, 200)) < min(bits, 1.0)
        sums = np.where(free, pairs.max(axis=0), pairs[0]).sum(axis=1)
        absent = sums < critical
        if absent.any():
            lowest = float(((sums[absent] - 200 * mean) / np.sqrt(200 * variance)).min())
            accused += chance_if_marked(int(absent.sum()), 12, lowest, rule.power) <= rule.alpha
    assert accused <= 12


def test_pooled_scores_add_up():
    assert pooled_p_value(1000, 1010.0, GumbelConfig()) == pytest.approx(special.gammaincc(1000, 1010.0))
    dual = GumbelConfig("dual_key_gumbel", dual_alpha=0.5)
    assert pooled_p_value(1000, 1010.0, dual) == pytest.approx(special.gammaincc(2000, 2020.0))
