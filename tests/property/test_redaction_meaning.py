"""Properties of what the rules mean, in Python; that SQL means the same is shown beside this."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.bundle import privacy_rules
from policies.compile_sql import apply
from policies.load import load_policies
from policies.recognizers.registry import KINDS, RECOGNIZERS
from policies.recognizers.rule import Rule, compiled, runs_on, token
from tests.property.hostile import VALUES, mixed, surrounded, texts

SHIPPED = privacy_rules(load_policies())
EACH = [rule for recognizer in RECOGNIZERS for rule in recognizer.rules]
APART = st.sampled_from([" and ", "\n", "; ", " | ", ", then "])


@settings(max_examples=300, deadline=None)
@given(texts)
def test_it_is_total_and_gives_text(text: str) -> None:
    apply(SHIPPED, text).encode()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(VALUES), st.text("abc xyz.,", max_size=12)), max_size=6), APART)
def test_what_stands_apart_is_redacted_once_and_for_all(parts: list[str], between: str) -> None:
    once = apply(SHIPPED, between.join(parts))
    assert apply(SHIPPED, once) == once


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(KINDS), texts)
def test_a_token_is_never_taken_apart(before: str, kind: str, after: str) -> None:
    """A private key may hold anything, so it may hold a token; nothing else may."""
    if "PRIVATE KEY" not in before:
        assert token(kind) in apply(SHIPPED, f"{before} {token(kind)} {after}")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["{}", "x{}y", "{0}{0}", "phone: {}", "card {}", "password={}", "Bearer {}", '"{}"'])
def test_no_rule_matches_a_token(kind: str, form: str) -> None:
    text = form.format(token(kind))
    assert apply(SHIPPED, text) == text


@pytest.mark.parametrize("rule", EACH, ids=lambda rule: rule.kind)
def test_prefilters_leave_nothing_out(rule: Rule) -> None:
    """A text that no prefilter matches has no match that the verdict takes."""
    everywhere = Rule(rule.kind, ("",), rule.pattern, rule.verdict, has_after=rule.has_after)
    given = [*VALUES, *surrounded(3000, seed=7), *mixed(3000, seed=8)]
    missed = [text for text in given if not runs_on(rule, text) and apply((everywhere,), text) != text]
    assert missed[:3] == []


@pytest.mark.parametrize("rule", EACH, ids=lambda rule: rule.kind)
def test_a_pattern_has_the_groups_that_it_says(rule: Rule) -> None:
    assert compiled(rule.pattern).groups == (3 if rule.has_after else 2)
