"""Compiles rules to one SQL expression over the String ``t``, and says the same in Python.

    multiMatchAllIndices(t, prefilters)  ── none ──> t
              │ hits
              v
    rule 1 ──> rule 2 ──> ...     each: if its prefilter hit, rewrite what the rule before it left

A rule marks its matches with bytes that no UTF-8 text holds (FF), the text is cut at them, each match is judged, and
the pieces are joined again. Text that is no UTF-8 is made so first. Nothing here throws: regular expressions are RE2
and constant, conversions are the ``OrZero`` kind, array positions out of range give the empty value.
"""

from __future__ import annotations

from collections.abc import Sequence

import re2

from policies.recognizers.rule import Rule, compiled, holds, sql_text, token

CONTEXT_CHARACTERS = 64  # how much of what stands before a value its verdict sees
# Seven digits with at most three gap characters between two: what every number with a form of its own contains.
SEVEN_DIGITS = r"[0-9](?:[ ./()\x{A0}-]{0,3}[0-9]){6}"
_CUT = "\\xff"  # as ClickHouse's string literal spells the byte


def gate_sql(rules: Sequence[Rule]) -> str:
    """Return the condition over ``t`` that holds wherever a rule may change something.

    Two steps: a coarse scan, in which one pattern stands for all that needs seven digits, then the prefilters.
    """
    if not rules:
        return "false"
    return f"(multiMatchAny(t, {_coarse(rules)}) AND multiMatchAny(t, {_prefilters(rules)}))"


def template_sql(rules: Sequence[Rule]) -> str:
    """Return the expression over ``t`` that gives the redacted text."""
    if not rules:
        return "t"
    body = "if(isValidUTF8(t), t, toValidUTF8(t))"
    first = 1
    for number, rule in enumerate(rules):
        last = first + len(rule.prefilter)
        hit = " OR ".join(f"has(r_h, {index})" for index in range(first, last))
        body = f"arrayMap(r_t{number} -> if({hit}, {rule_sql(rule, f'r_t{number}')}, r_t{number}), [{body}])[1]"
        first = last
    return f"arrayMap(r_h -> if(empty(r_h), t, {body}), [multiMatchAllIndices(t, {_prefilters(rules)})])[1]"


def rule_sql(rule: Rule, text: str) -> str:
    """Return the expression that applies ``rule`` to the identifier ``text``."""
    if rule.verdict is None:
        after = "\\\\3" if rule.has_after else ""
        return f"replaceRegexpAll({text}, {_pattern(rule)}, '\\\\1{token(rule.kind)}{after}')"
    after = "\\\\3" if rule.has_after else ""
    marked = f"replaceRegexpAll({text}, {_pattern(rule)}, '{_CUT}\\\\1{_CUT}\\\\2{_CUT}{after}')"
    judged = rule.verdict.sql.replace("{token}", sql_text(token(rule.kind)))
    pieces = f"splitByString('{_CUT}', {marked})"
    return (
        f"arrayMap(r_s -> arrayStringConcat(arrayMap((r_x, r_b, r_n) -> if(r_n % 3 = 0, {judged}, r_x),"
        f" r_s, arrayPushFront(arrayMap(r_c -> rightUTF8(r_c, {CONTEXT_CHARACTERS}), arrayPopBack(r_s)), ''),"
        f" arrayEnumerate(r_s))), [{pieces}])[1]"
    )


def apply(rules: Sequence[Rule], text: str) -> str:
    """Return ``text`` redacted: the meaning of ``template_sql`` in Python."""
    original = text
    for rule in rules:
        if not rule.gated or any(holds(pattern, original) for pattern in rule.prefilter):
            text = _apply_one(rule, text)
    return text


def _apply_one(rule: Rule, text: str) -> str:
    mark = token(rule.kind)

    def rewrite(match: re2._Match) -> str:
        before, value = str(match.group(1)), str(match.group(2))
        after = str(match.group(3)) if rule.has_after else ""
        return (
            before + (rule.verdict.python(before[-CONTEXT_CHARACTERS:], value, mark) if rule.verdict else mark) + after
        )

    return str(compiled(rule.pattern).sub(rewrite, text))


def _pattern(rule: Rule) -> str:
    return sql_text(rule.pattern)


def _coarse(rules: Sequence[Rule]) -> str:
    patterns = [p for rule in rules if not rule.seven_digits for p in rule.prefilter]
    if any(rule.seven_digits for rule in rules):
        patterns.append(SEVEN_DIGITS)
    return "[" + ", ".join(map(sql_text, patterns)) + "]"


def _prefilters(rules: Sequence[Rule]) -> str:
    return "[" + ", ".join(sql_text(p) for rule in rules for p in rule.prefilter) + "]"
