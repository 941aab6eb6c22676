"""Telephone numbers: ITU-T E.164 and North American numbers by form, other local numbers beside a word.

    +44 20 7946 0958      by form: + and 8 to 15 digits (10 when they stand without a gap)
    (212) 555-0143        by form: North American numbering plan, area and exchange 2 to 9
    056 590 36 33         after a word (call, phone, fax, mobile, ...) or before one (office, fax, mobile)

Kept: dates, versions, decimals, identifiers that say so (``order 234-567-8901``), longer hyphenated numbers.
"""

from __future__ import annotations

from policies.recognizers.context import ESCAPE, LEFT_OF_NUMBER, NUMBERED
from policies.recognizers.rule import Recognizer, Rule, Verdict, holds, sql_text, unless

_EXTENSION = r"(?:[ ,]{0,2}(?:x|ext\.?) ?[0-9]{1,6})?"
_PLUS = r"\+[1-9](?:[ .()/-]{0,3}[0-9]){7,14}"
_NANP = r"(?:(?:\+?|00)1[ .-]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}(?:[.-]|\) ?))[2-9][0-9]{2}[.-][0-9]{4}"
_AFTER_WORDS = r"(?i:office|fax|mobile|cell|landline|phone|work|home|desk)"
_GAP = r"(?:[ ./-]|\)[ .]?-?| ?\()?"
_LOCAL = rf"[0-9](?:{_GAP}[0-9]){{6,14}}[0-9]*"

_DATE = (
    r"^(?:19|20)[0-9]{2}[./-][01]?[0-9][./-][0-3]?[0-9]\b|^[0-3]?[0-9][./-][0-3]?[0-9][./-](?:19|20)?[0-9]{2}\b"
    r"|^(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2}\z|^[0-9]+[.][0-9]+\z|^(?:[0-9]{1,3}\.){3}[0-9]{1,3}\z"
)
_NOT_PLUS = (
    r"^\+[0-9]{1,9}\z|^\+1[0-9]{9}\z|^\+1[0-9]{11,}\z|^\+1[0-9]{4,9}[^0-9]|^\+[0-9]+[.][0-9]+\z"
    r"|^\+(?:19|20)[0-9]{2}[./-][01][0-9][./-]"
)
_NANP_WHOLE = rf"^{_NANP}{_EXTENSION}(?:-{_AFTER_WORDS})?\z"
_WORD = (
    r"(?:tele)?phones?|telefono|teléfono|telefon|téléphone|rufnummer|mobile|mobil|móvil|portable|handy|whatsapp|fax"
    r"|landline|hotline|pager|voicemail"
)
_SHORT = r"tel|tél|cell|ph|mob|desk"
_WEAK = (
    r"call(?:ed|ing)?|dial(?:l?ed|l?ing)?|ring|reach(?:ed|able)?|text(?:ed|ing)?|sms|messages? to|contact(?:ed)?"
    r"|answering|direct line|(?:my|his|her|your|our|their|new|old) number|number to"
)
_START = r"(?:\b|\\[nrt])"
# A token holds such a word itself (``⟦phone⟧``), so what ends or begins one never stands between word and number.
# What follows a word of this list is a number of its kind even without gaps.
_GAPLESS_BEFORE = (
    rf"(?i)(?:{_WORD}|{_START}(?:{_SHORT}))(?:s|number|no)?[^0-9A-Za-z⟧]{{0,6}}"
    r"(?:(?:is|at|on|number|no|nr)[^0-9A-Za-z]{0,3}){0,2}\z"
    r"|(?i)\b(?:call|ring|reach|text|message|contact)(?:ed|ing)? (?:me|us|him|her|them|you)(?: back)? (?:on|at):? \z"
    r"|(?i)\banswering (?:on|at) \z"
)
_GROUPED_BEFORE = (
    rf"(?i)(?:(?:{_WORD}|{_START}(?:{_SHORT}))(?:\b|[_s])[^0-9⟧]{{0,24}}"
    rf"|{_START}(?:{_WEAK})\b[^0-9\n{{}}\[\]=_]{{0,24}})\z"
)

_DIGITS_SQL = "length(replaceRegexpAll(r_x, '[^0-9]', ''))"
_PLAIN_SQL = f"({_DIGITS_SQL} BETWEEN 7 AND 20 AND NOT match(r_x, {sql_text(_DATE)}))"


def _digits(value: str) -> int:
    return sum(1 for c in value if "0" <= c <= "9")


def _is_plain(value: str) -> bool:
    return 7 <= _digits(value) <= 20 and not holds(_DATE, value)


def _rewrite_nanp(before: str, value: str, tok: str) -> str:
    fits = holds(_NANP_WHOLE, value)
    return tok if fits and not holds(NUMBERED, before) else value


def _rewrite_local(before: str, value: str, tok: str) -> str:
    if not _is_plain(value):
        return value
    gapless = holds(r"^\+?[0-9]+\z", value)
    said = holds(_GAPLESS_BEFORE, before) and 7 <= _digits(value) <= 15 if gapless else holds(_GROUPED_BEFORE, before)
    return tok if said else value


_NANP_SQL = f"if(match(r_x, {sql_text(_NANP_WHOLE)}) AND NOT match(r_b, {sql_text(NUMBERED)}), {{token}}, r_x)"
_LOCAL_SQL = (
    rf"if({_PLAIN_SQL} AND if(match(r_x, '^\\+?[0-9]+\\z'), {_DIGITS_SQL} BETWEEN 7 AND 15"
    f" AND match(r_b, {sql_text(_GAPLESS_BEFORE)}), match(r_b, {sql_text(_GROUPED_BEFORE)})), {{token}}, r_x)"
)
_AFTER_SQL = f"if({_PLAIN_SQL}, {{token}}, r_x)"

PHONE = Recognizer(
    kind="phone",
    title="Telephone number",
    rules=(
        Rule(
            kind="phone",
            prefilter=(r"\+[1-9](?:[ .()/-]{0,3}[0-9]){7}",),
            pattern=rf"(^|[^0-9A-Za-z_.+)^*/-]|{ESCAPE})({_PLUS}{_EXTENSION})\b",
            verdict=unless(_NOT_PLUS),
        ),
        Rule(
            kind="phone",
            prefilter=(r"[2-9][0-9]{2}(?:[.-]|\) ?)[2-9][0-9]{2}[.-][0-9]{4}",),
            pattern=LEFT_OF_NUMBER + rf"({_NANP}{_EXTENSION}(?:[.-]?[0-9A-Za-z_]+)*)",
            verdict=Verdict(_NANP_SQL, _rewrite_nanp),
        ),
        Rule(
            kind="phone",
            prefilter=(rf"(?i:{_WORD}|{_SHORT}|{_WEAK})[^0-9]{{1,40}}[0-9](?:[ ./()-]{{0,3}}[0-9]){{6}}",),
            pattern=LEFT_OF_NUMBER + rf"([+(]{{0,2}}{_LOCAL}{_EXTENSION}\b)",
            verdict=Verdict(_LOCAL_SQL, _rewrite_local),
        ),
        Rule(
            kind="phone",
            prefilter=(rf"[0-9](?:[ ./()-]{{0,3}}[0-9]){{6}}[^0-9A-Za-z⟦]{{1,3}}{_AFTER_WORDS}",),
            pattern=rf"(^|[^0-9A-Za-z_.+-]|{ESCAPE})([+(]{{0,2}}{_LOCAL})([^0-9A-Za-z⟦]{{1,3}}{_AFTER_WORDS}\b)",
            verdict=Verdict(_AFTER_SQL, lambda _, x, tok: tok if _is_plain(x) else x),
            has_after=True,
        ),
    ),
)
