"""United States social security numbers: AAA-GG-SSSS in the ranges the administration may issue (20 CFR 422.110)."""

from __future__ import annotations

from policies.recognizers.context import ESCAPE, NUMBERED
from policies.recognizers.rule import Recognizer, Rule, Verdict, holds, sql_text

_WHOLE = (
    r"^(?:00[1-9]|0[1-9][0-9]|[1-5][0-9]{2}|6[0-57-9][0-9]|66[0-57-9]|[78][0-9]{2})"
    r"([ -])(?:0[1-9]|[1-9][0-9])[ -](?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})\z"
)


def _rewrite(before: str, value: str, tok: str) -> str:
    return tok if holds(_WHOLE, value) and not holds(NUMBERED, before) else value


_SQL = f"if(match(r_x, {sql_text(_WHOLE)}) AND NOT match(r_b, {sql_text(NUMBERED)}), {{token}}, r_x)"

SSN = Recognizer(
    kind="us_ssn",
    title="US social security number",
    rules=(
        Rule(
            kind="us_ssn",
            prefilter=(r"[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",),
            pattern=rf"(^|[^0-9A-Za-z_.+#$/-]|{ESCAPE})" + r"([0-9]+-[0-9]{2}-[0-9]+(?:[.-]?[0-9A-Za-z_]+)*)",
            verdict=Verdict(_SQL, _rewrite),
        ),
    ),
)
