"""Compiles rules to one SQL expression over the String ``t``, and says the same in Python.

    multiMatchAllIndices(t, prefilters)  ── none ──> t
              │ hits
              v
    rule 1 ──> rule 2 ──> ...     each: if its prefilter hit, rewrite what the rule before it left

A rule marks its matches with bytes that no UTF-8 text holds (FF), the text is cut at them, each match is judged, and
the pieces are joined again. Text that is no UTF-8 is made so first, or Vectorscan would skip what stands beside a wrong
byte. Nothing here throws: regular expressions are RE2 and constant, conversions are the ``OrZero`` kind, array
positions out of range give the empty value.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from policies.recognizers.rule import Rule, compiled, runs_on, sql_text, token

CONTEXT_CHARACTERS = 64  # how much of what stands before a value its verdict sees
_CUT = "\\xff"  # as ClickHouse's string literal spells the byte


def gate_sql(rules: Sequence[Rule]) -> str:
    """Return the condition over ``t`` that holds wherever a rule may change something.

    It is as fine as the prefilters: a coarser one costs 2 us a span less to scan and sends most spans on, since
    dated names of models and ids hold seven digits (docs/adr/0004-steps-of-the-load.md).
    """
    if not rules:
        return "false"
    return f"(NOT isValidUTF8(t) OR multiMatchAny(t, {_array(p for rule in rules for p in rule.prefilter)}))"


def template_sql(rules: Sequence[Rule]) -> str:
    """Return the expression over ``t`` that gives the redacted text."""
    if not rules:
        return "t"
    prefilters = _array(p for rule in rules for p in rule.prefilter)
    hits = f"[multiMatchAllIndices(r_u, {prefilters})]"
    return (
        f"arrayMap(r_u -> arrayMap(r_h -> if(empty(r_h), t, {_chain(_numbered(rules), 'r_u')}), {hits})[1],"
        " [if(isValidUTF8(t), t, toValidUTF8(t))])[1]"
    )


def _numbered(rules: Sequence[Rule]) -> list[tuple[Rule, list[int]]]:
    """Return each rule with the numbers, from 1, of its prefilters among those of all."""
    numbers = itertools.count(1)
    return [(rule, list(itertools.islice(numbers, len(rule.prefilter)))) for rule in rules]


def _chain(rules: Sequence[tuple[Rule, list[int]]], text: str) -> str:
    """Return ``rules`` applied to ``text`` one after another."""
    for rule, numbers in rules:
        name = f"r_t{numbers[0]}"
        text = f"arrayMap({name} -> if(hasAny(r_h, {numbers}), {rule_sql(rule, name)}, {name}), [{text}])[1]"
    return text


def rule_sql(rule: Rule, text: str) -> str:
    """Return the expression that applies ``rule`` to the identifier ``text``."""
    after = "\\\\3" if rule.has_after else ""
    if rule.verdict is None:
        return f"replaceRegexpAll({text}, {sql_text(rule.pattern)}, '\\\\1{token(rule.kind)}{after}')"
    marked = f"replaceRegexpAll({text}, {sql_text(rule.pattern)}, '{_CUT}\\\\1{_CUT}\\\\2{_CUT}{after}')"
    judged = rule.verdict.sql.replace("{token}", sql_text(token(rule.kind)))
    pieces = f"splitByString('{_CUT}', {marked})"
    return (
        f"arrayMap(r_s -> arrayStringConcat(arrayMap((r_x, r_p, r_q, r_n) -> if(r_n % 3 = 0,"
        f" arrayMap(r_b -> {judged}, [concat(rightUTF8(r_q, {CONTEXT_CHARACTERS}), r_p)])[1], r_x),"
        f" r_s, arraySlice(arrayPushFront(r_s, ''), 1, length(r_s)),"
        f" arraySlice(arrayConcat(['', ''], r_s), 1, length(r_s)),"
        f" arrayEnumerate(r_s))), [{pieces}])[1]"
    )


def apply(rules: Sequence[Rule], text: str) -> str:
    """Return ``text`` redacted: the meaning of ``template_sql`` in Python."""
    for rule in [rule for rule in rules if runs_on(rule, text)]:
        text = _apply_one(rule, text)
    return text


def _apply_one(rule: Rule, text: str) -> str:
    mark = token(rule.kind)
    redacted, done = "", 0
    for match in compiled(rule.pattern).finditer(text):
        between, before, value = text[done : match.start()], str(match.group(1)), str(match.group(2))
        context = between[-CONTEXT_CHARACTERS:] + before
        redacted += between + before + (rule.verdict.python(context, value, mark) if rule.verdict else mark)
        done = match.end(2)
    return redacted + text[done:]


def _array(patterns: Iterable[str]) -> str:
    return "[" + ", ".join(map(sql_text, patterns)) + "]"
