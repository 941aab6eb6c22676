"""A pattern of the user's own, made a rule; what makes one unusable."""

from __future__ import annotations

import re2

from policies.language import CustomRule
from policies.recognizers.registry import KINDS
from policies.recognizers.rule import Rule, compiled, holds, token


def custom_rule(custom: CustomRule) -> Rule:
    """Return the rule. It runs on texts that hold one of its words, letters of ASCII in any case."""
    return Rule(kind=custom.kind, prefilter=tuple(map(_any_case, custom.words)), pattern=f"()({custom.pattern})")


def why_not(custom: CustomRule) -> str:
    """Return why the pattern cannot be used; empty when it can."""
    if "\\C" in custom.pattern:
        return "\\C matches a part of a character"
    try:
        compiled(custom.pattern)
        compiled(custom_rule(custom).pattern)
    except re2.error as error:
        return f"RE2 refuses it ({_words(error)})"
    if holds(custom.pattern, ""):
        return "it matches nothing at all, so it would match everywhere"
    tokens = [token(kind) for kind in (*KINDS, custom.kind)]
    if any(holds(custom.pattern, each) for each in tokens):
        return f"it matches the token of a masked value, such as {tokens[0]}"
    return ""


def _words(error: re2.error) -> str:
    """Return what RE2 says, which is bytes."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _any_case(word: str) -> str:
    """Spell out both cases: Vectorscan and RE2 fold some letters beyond ASCII differently."""
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c if c.isalnum() else f"[{c}]" for c in word)
