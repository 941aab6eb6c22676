"""International bank account numbers: length by country (SWIFT IBAN registry, release 99) and ISO 7064 mod 97-10.

Each country's exact length is in the pattern, so the words after an account number are never taken for its part.
"""

from __future__ import annotations

from collections import defaultdict

from policies.recognizers.context import ESCAPE, LEFT
from policies.recognizers.rule import Recognizer, Rule, Verdict

LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
# Countries whose account numbers are of digits alone: without this, one hex id in some thousand would pass.
DIGITS_ALONE = {
    "AE", "AT", "BA", "BE", "CR", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "GL", "HR", "HU", "IL", "IS", "LT", "ME",
    "MR", "NO", "PL", "PT", "RS", "SE", "SI", "SK", "TN", "VA", "XK",
}  # fmt: skip
_GAP = r"(?:[ \x{A0}-]|\\u00[aA]0)?"


def _pattern() -> str:
    by_shape: dict[tuple[int, str], list[str]] = defaultdict(list)
    for country, length in LENGTHS.items():
        by_shape[length, "[0-9]" if country in DIGITS_ALONE else "[0-9A-Za-z]"].append(country)
    shapes = (_shape(countries, *shape) for shape, countries in sorted(by_shape.items()))
    return LEFT + "(" + "|".join(shapes) + ")"


def _shape(countries: list[str], length: int, character: str) -> str:
    fours, rest = divmod(length - 4, 4)
    tail = f"{_GAP}{character}{{{rest}}}" if rest else ""
    either_case = ("".join(f"[{letter}{letter.lower()}]" for letter in country) for country in countries)
    return f"(?:{'|'.join(either_case)})[0-9]{{2}}(?:{_GAP}{character}{{4}}){{{fours}}}{tail}\\b"


def _prefilter() -> str:
    """A country's code, two digits, and what the shortest number has behind them: few hex ids look so far alike."""
    seconds: dict[str, str] = defaultdict(str)
    for country in sorted(LENGTHS):
        seconds[country[0]] += country[1] + country[1].lower()
    codes = "|".join(f"[{first}{first.lower()}][{letters}]" for first, letters in seconds.items())
    shortest = min(LENGTHS.values()) - 4
    return rf"(?:\b|{ESCAPE})(?:{codes})[0-9]{{2}}(?:{_GAP}[A-Za-z0-9]){{{shortest}}}"


def is_iban(value: str) -> bool:
    """Return whether the check digits of ``value``, gaps left out, are right (ISO 7064 mod 97-10)."""
    account = "".join(c for c in value.replace("\\u00a0", "").replace("\\u00A0", "") if c.isascii() and c.isalnum())
    digits = "".join(str(int(c, 36)) for c in account[4:] + account[:4])
    return int(digits) % 97 == 1


# The digits of 34 characters are at most 68, and UInt256 holds 77.
_SQL = r"""if(toUInt256OrZero(arrayStringConcat(arrayMap(
  r_c -> if(r_c >= 'A', toString(reinterpretAsUInt8(r_c) - 55), r_c),
  arrayRotateLeft(splitByString('', upper(replaceRegexpAll(r_x, '\\\\u00[aA]0|[^0-9A-Za-z]', ''))), 4)))) % 97 = 1,
 {token}, r_x)"""

IBAN = Recognizer(
    kind="iban",
    title="Bank account (IBAN)",
    rules=(
        Rule(
            kind="iban",
            prefilter=(_prefilter(),),
            pattern=_pattern(),
            verdict=Verdict(_SQL, lambda _, x, tok: tok if is_iban(x) else x),
        ),
    ),
)
