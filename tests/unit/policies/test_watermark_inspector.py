"""Each output of a loaded segment gets the decision that its token ids, its declaration or its silence calls for."""

import json
import time

import pytest
from tokenizers import Tokenizer

from policies.language import Place
from policies.watermark.decide import decision_id
from policies.watermark.gumbel import GumbelConfig, verify
from policies.watermark.inspector import WatermarkInspector
from storage.outputs import MOST_IDS
from tests.unit.policies.marked import KEY, Span, decisions, load, marked_ids, policies, policy
from tests.unit.policies.test_watermark_tokenizer import write

KEYS = {"chat-eu": KEY}


def inspect(engine, folder, spans, *marking, keys=KEYS):
    path, batch = load(engine, folder, spans)
    WatermarkInspector(engine, policies(*marking), keys).inspect(path, batch)
    return decisions(engine)


def test_present_absent_and_inconclusive(engine, tmp_path):
    marked, bare = Span(marked_ids(1)[0]), Span(marked_ids(1, marked=False)[0])
    short, other_key = Span(marked_ids(1, 60, marked=False)[0]), Span(marked_ids(1, key=7)[0])
    found = inspect(engine, tmp_path, [marked, bare, short, other_key], policy())
    verdicts = [found[span.span_id]["verdict"] for span in (marked, bare, short, other_key)]
    assert verdicts == ["present", "absent", "inconclusive", "absent"]
    assert found[bare.span_id]["action"] == "flag"
    assert found[marked.span_id]["action"] == "allow"


def test_a_decision_says_what_it_rests_on_and_repeats_no_id(engine, tmp_path):
    span = Span(marked_ids(1)[0], version="2.1")
    rule = policy(context_width=4)
    found = inspect(engine, tmp_path, [span], rule)[span.span_id]
    score = verify(span.ids, KEY, GumbelConfig())
    assert found["decision_id"] == decision_id(("default", f"{span.number:032x}", span.span_id), rule)
    assert (found["score"], found["p_value"]) == pytest.approx((score.score, score.exact_p_value))
    assert found["tokens_scored"] == score.tokens_scored
    assert (found["policy_id"], found["digest"], found["service"], found["model"]) == (
        rule.id,
        rule.digest,
        "writer",
        "llama-8b",
    )
    evidence = json.loads(found["evidence"])
    assert (evidence["key"], evidence["service_version"], evidence["tokens"]) == ("chat-eu", "2.1", 300)
    assert ", ".join(map(str, span.ids[:4])) not in found["evidence"]
    assert str(KEY) not in found["evidence"]


def test_without_ids_a_mark_is_declared_or_unverifiable_and_never_absent(engine, tmp_path):
    silent, declares = Span(), Span(more={"spanwarden.output.mark": "c2pa"})
    found = inspect(engine, tmp_path, [silent, declares], policy())
    assert found[silent.span_id]["verdict"] == "unverifiable"
    assert "no token ids" in found[silent.span_id]["reason"]
    assert found[declares.span_id]["verdict"] == "declared"


def test_without_its_key_nothing_is_verified_and_the_setting_is_named(engine, tmp_path):
    span = Span(marked_ids(1)[0])
    found = inspect(engine, tmp_path, [span], policy(), keys={"another": 1})[span.span_id]
    assert found["verdict"] == "unverifiable"
    assert "SPANWARDEN_KEY_CHAT_EU" in found["reason"]
    assert "secrets/chat-eu.key" in found["reason"]


def test_key_zero_is_a_key(engine, tmp_path):
    span = Span(marked_ids(1, key=0)[0])
    assert inspect(engine, tmp_path, [span], policy(), keys={"chat-eu": 0})[span.span_id]["verdict"] == "present"


def test_failed_calls_tool_calls_and_embeddings_are_no_outputs(engine, tmp_path):
    ids = marked_ids(1)[0]
    spans = [
        Span(ids, failed=True),
        Span(ids, operation="execute_tool"),
        Span(ids, operation="embeddings"),
        Span(ids, finish="tool_calls"),
        Span(ids, model="gpt-4o"),
        Span(ids, service="other"),
    ]
    assert inspect(engine, tmp_path, spans, policy(services=("writ*",))) == {}


def test_a_policy_that_is_off_decides_nothing_and_one_in_shadow_flags_nothing(engine, tmp_path):
    span = Span(marked_ids(1, marked=False)[0])
    found = inspect(engine, tmp_path, [span], policy(mode="off"), policy(id="marking.shadow", mode="shadow"))
    assert found[span.span_id]["policy_id"] == "marking.shadow"
    assert (found[span.span_id]["verdict"], found[span.span_id]["action"]) == ("absent", "allow")


def test_inspecting_again_changes_nothing(engine, tmp_path):
    path, batch = load(engine, tmp_path, [Span(ids) for ids in marked_ids(5)] + [Span()])
    for _ in range(2):
        WatermarkInspector(engine, policies(policy()), KEYS).inspect(path, batch)
    assert engine.query("SELECT count() FROM policy_decisions").rows == [(6,)]


def test_two_policies_decide_on_one_output(engine, tmp_path):
    path, batch = load(engine, tmp_path, [Span(marked_ids(1)[0])])
    both = policies(policy(), policy(id="marking.second", require="declared", key_name=""))
    WatermarkInspector(engine, both, KEYS).inspect(path, batch)
    found = engine.query("SELECT policy_id, verdict FROM policy_decisions ORDER BY policy_id").rows
    assert found == [("marking.llama", "present"), ("marking.second", "absent")]


HOSTILE = {
    "negative": ([-1] * 300, "a token id is"),
    "too large": ([2**32] * 300, "a token id is"),
    "largest integer": ([2**63 - 1] * 300, "a token id is"),
    "text": ("1, 2, 3", "no array"),
    "one number": (7, "no array"),
    "texts": (["a"] * 300, "a token id is"),
    "floats": ([1.5] * 300, "a token id is"),
    "mixed": ([1, "x", 2.5], "a token id is"),
    "empty": ("[]", "no array"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_token_ids_is_not_evaluated(engine, tmp_path, name):
    ids, reason = HOSTILE[name]
    bad, good = Span(ids), Span(marked_ids(1)[0])
    found = inspect(engine, tmp_path, [bad, good], policy())
    assert found[bad.span_id]["verdict"] == "not_evaluated"
    assert reason in found[bad.span_id]["reason"]
    assert found[good.span_id]["verdict"] == "present"


def test_ids_given_twice_are_not_evaluated(engine, tmp_path):
    ids = marked_ids(1)[0]
    attribute, span = Span(ids, twice=True), Span(ids)
    found = inspect(engine, tmp_path, [attribute, span, span], policy())
    assert {row["verdict"] for row in found.values()} == {"not_evaluated"}
    assert "more than once" in found[attribute.span_id]["reason"]
    assert "more than once" in found[span.span_id]["reason"]


def test_a_million_ids_are_refused_at_once(engine, tmp_path):
    huge, largest = Span([5] * 1_000_000), Span(list(range(MOST_IDS)))
    path, batch = load(engine, tmp_path, [huge, largest])
    inspector = WatermarkInspector(engine, policies(policy()), KEYS)
    began = time.perf_counter()
    inspector.inspect(path, batch)
    assert time.perf_counter() - began < 5
    found = decisions(engine)
    assert found[huge.span_id]["verdict"] == "not_evaluated"
    assert json.loads(found[huge.span_id]["evidence"])["tokens"] == 1_000_000
    assert found[largest.span_id]["verdict"] == "absent"


def test_declared_is_enough_where_the_policy_says_so(engine, tmp_path):
    declares, silent = Span(more={"spanwarden.output.mark": "c2pa"}), Span()
    short, short_declares = Span(tokens=199), Span(tokens=10, more={"spanwarden.output.mark": "c2pa"})
    unknown, marked = Span(tokens=None), Span(marked_ids(1)[0])
    rule = policy(require="declared", key_name="")
    spans = [declares, silent, short, short_declares, unknown, marked, Span(failed=True)]
    found = inspect(engine, tmp_path, spans, rule)
    verdicts = {span_id: row["verdict"] for span_id, row in found.items()}
    assert verdicts == {
        declares.span_id: "declared",
        silent.span_id: "absent",
        short_declares.span_id: "declared",
        unknown.span_id: "not_evaluated",
        marked.span_id: "absent",
    }
    assert found[silent.span_id]["decision_id"] == decision_id(
        ("default", f"{silent.number:032x}", silent.span_id), rule
    )
    assert json.loads(found[silent.span_id]["evidence"])["service_version"] == "1.0"


def test_models_match_by_either_name_and_without_regard_to_case(engine, tmp_path):
    asked = Span(model="Llama-8B")
    answered = Span(model="router", more={"gen_ai.response.model": "llama-70b"})
    literal = Span(model="llamaXb")
    found = inspect(engine, tmp_path, [asked, answered, literal], policy(models=("llama-?b", "llama-70*", "a.b(")))
    assert set(found) == {asked.span_id, answered.span_id}


TEXT = "The cat sat on the mat and the cat was calm, so the mat stayed flat. " * 12


@pytest.fixture
def tokenizer(tmp_path):
    write(tmp_path / "tokenizer.json")
    return Tokenizer.from_file(str(tmp_path / "tokenizer.json"))


def by_text(tmp_path, **changes):
    return policy(tokenizer="tokenizer.json", place=Place(str(tmp_path / "p.yaml")), **changes)


MESSAGES = {"gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": TEXT}]}])}


@pytest.mark.parametrize(
    "attributes", [MESSAGES, {"llm.output_messages.0.message.content": TEXT}, {"output.value": TEXT}]
)
def test_text_is_scored_by_the_models_tokenizer(engine, tmp_path, tokenizer, attributes):
    span, with_ids = Span(more=attributes), Span(marked_ids(1)[0], more=attributes)
    found = inspect(engine, tmp_path, [span, with_ids], by_text(tmp_path))
    ids = tokenizer.encode(TEXT, add_special_tokens=False).ids
    score = verify(ids, KEY, GumbelConfig())
    assert found[span.span_id]["score"] == pytest.approx(score.score)
    assert found[span.span_id]["verdict"] in ("inconclusive", "absent")
    evidence = json.loads(found[span.span_id]["evidence"])
    assert (evidence["retokenised"], evidence["mismatch"], evidence["tokens"]) == (True, 0.0, len(ids))
    assert "cat" not in found[span.span_id]["evidence"]
    assert found[with_ids.span_id]["verdict"] == "present"
    assert "retokenised" not in json.loads(found[with_ids.span_id]["evidence"])


@pytest.mark.parametrize(
    "messages",
    [
        "[",
        "[" * 5000,
        '"x"',
        "[]",
        "[1]",
        '[{"parts": 3}]',
        "x" * 500_000,
        '[{"parts": ' + "9" * 5000 + "}]",
        '[{"parts": [{"type": "text", "content": "\\ud800"}]}]',
    ],
)
def test_messages_that_cannot_be_read_are_not_evaluated(engine, tmp_path, tokenizer, messages):
    span = Span(more={"gen_ai.output.messages": messages})
    found = inspect(engine, tmp_path, [span], by_text(tmp_path))[span.span_id]
    assert found["verdict"] == "not_evaluated"
    assert "cat" not in found["reason"]


def test_an_output_without_text_is_unverifiable(engine, tmp_path, tokenizer):
    span = Span(more={"output.value": '{"id": 1}'})
    found = inspect(engine, tmp_path, [span], by_text(tmp_path))[span.span_id]
    assert (found["verdict"], found["reason"]) == ("unverifiable", "the span has neither token ids nor text")
