"""Passwords and secrets that what stands before them gives away: logins in URLs, ``password=...``, ``secret: ...``.

A value counts when it looks chosen: letters with digits or signs. Kept: names in code (``password=get_password()``),
placeholders (``${PASSWORD}``, ``***``), types (``"password": "string"``).
"""

from __future__ import annotations

from policies.recognizers.context import BLANK
from policies.recognizers.rule import Recognizer, Rule, Verdict, holds, sql_text, unless

_PLACEHOLDER = (
    r"(?i)^(?:[$<{%\[*].*|[*x.]+|password|passwd|pass|pwd|secret|token|changeme|your[-_].*|.*\$\{.*|.*%[sd])\z"
)
_LOOKS_CHOSEN = r"^.*(?:[0-9].*[A-Za-z]|[A-Za-z].*[0-9]|[A-Za-z].*[!@#$%^&*?~].*)"
_CODE = r"^[A-Za-z_][0-9A-Za-z_]*(?:\.[A-Za-z_][0-9A-Za-z_]*)+\z|^[./~]|^[A-Za-z]+[0-9]?\z|://|^0x"
_LONG = r"^.{16,}\z"
_IDENTIFIER = r"^_?[a-z]+[0-9]{0,2}[a-z]*(?:_[a-z]+[0-9]{0,2}[a-z]*)+\z"  # signature = zpk2sos_signature


def _verdict(extra: str, code: str = _CODE) -> Verdict:
    def rewrite(before: str, value: str, tok: str) -> str:
        chosen = holds(_LOOKS_CHOSEN, value) and not holds(_PLACEHOLDER, value) and not holds(code, value)
        return tok if chosen and holds(extra, value) else value

    return Verdict(
        f"if(match(r_x, {sql_text(_LOOKS_CHOSEN)}) AND NOT match(r_x, {sql_text(_PLACEHOLDER)})"
        f" AND NOT match(r_x, {sql_text(code)}) AND match(r_x, {sql_text(extra)}), {{token}}, r_x)",
        rewrite,
    )


_ASSIGN = r"(?:\\*[\"'])?\s{0,4}(?:=>|:=|=|:|\sis\s)\s{0,4}(?:\\*[\"'])?"
_VALUE = rf"[^{BLANK}\"'\\,;&<>(){{}}\[\]⟦⟧|`]"
_LOGIN_WORD = r"(?i:password|passwd|passphrase|pwd|passcode)"
_KEY_WORD = (
    r"(?i:secret|(?:api|access|secret|account|private|shared[_-]?access)[_-]?key|client[_-]?secret|credential|signature"
    r"|(?:access|auth|refresh|bearer|api|bot|session|id)[_-]?token)"
)

PASSWORD = Recognizer(
    kind="password",
    title="Password or secret",
    rules=(
        Rule(
            kind="password",
            prefilter=(rf"//[^{BLANK}:/@\"'\\]*:[^{BLANK}/@\"'\\]+@",),
            pattern=rf"(//[^{BLANK}:/@\"'\\⟦⟧]*:)([^{BLANK}/@\"'\\⟦⟧]+)(@)",
            verdict=unless(_PLACEHOLDER),
            has_after=True,
        ),
        Rule(
            kind="password",
            prefilter=(rf"{_LOGIN_WORD}[A-Za-z0-9_]{{0,16}}{_ASSIGN}{_VALUE}{{5}}",),
            pattern=rf"({_LOGIN_WORD}[A-Za-z0-9_]{{0,16}}{_ASSIGN})({_VALUE}{{6,}})",
            verdict=_verdict("."),
        ),
        Rule(
            kind="password",
            prefilter=(rf"{_KEY_WORD}[A-Za-z0-9_]{{0,16}}{_ASSIGN}{_VALUE}{{12}}",),
            pattern=rf"({_KEY_WORD}[A-Za-z0-9_]{{0,16}}{_ASSIGN})({_VALUE}{{16,}})",
            verdict=_verdict(_LONG, f"{_CODE}|{_IDENTIFIER}"),
        ),
    ),
)
