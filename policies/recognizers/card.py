"""Payment cards: issuer prefix and length (ISO/IEC 7812, issuers' public ranges), Luhn, and how the digits stand.

The pattern takes a whole run of digit groups; windows on group boundaries are judged one by one, so a number before
the card hides nothing (``order 12345 4111 1111 1111 1111``). Groups as printed on a card (4-4-4-4, 4-6-5, ...) need no
more. Digits without gaps pass Luhn one time in ten whatever they are, so they need more:

    16 digits, or 15 of American Express    taken, unless what stands before says identifier, time, path, JSON number
    12 to 14 and 17 to 19 digits            taken only after a word that says card
"""

from __future__ import annotations

from dataclasses import dataclass

from policies.recognizers.context import LEFT_OF_NUMBER
from policies.recognizers.rule import Recognizer, Rule, Verdict, compiled, holds, sql_text

ISSUERS = (
    "^(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    "|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    "|3[47][0-9]{13}"  # American Express
    "|(?:30[0-5]|309|36[0-9]|3[89][0-9])[0-9]{11}(?:[0-9]{2})?"  # Diners Club
    "|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}"  # Discover
    "|(?:62[0-9]{2}|81[0-9]{2})[0-9]{12,15}"  # UnionPay
    "|35(?:2[89]|[3-8][0-9])[0-9]{12,15}|(?:1800|2131)[0-9]{11}"  # JCB
    "|(?:5018|5019|5020|5038|5[6-8][0-9]{2}|6304|6390|67[0-9]{2}|0604)[0-9]{8,15}"  # Maestro, Dankort
    r"|220[0-4][0-9]{12,15}|9792[0-9]{12}"  # Mir, Troy
    r"|(?:508[0-9]|60[0-9]{2}|82[0-9]{2}|63[7-9][0-9])[0-9]{12})\z"  # RuPay
)
_SAID = r"^[2-6][0-9]{15}\z"  # what a card word before it makes a card, whoever issued it
_CARD_WORD = (
    r"(?i)(?:card|credit|debit|visa|master\s?card|maestro|amex|american express|discover|diners|jcb|union\s?pay"
    r"|\bcc\b|\bcc\s?(?:num|no)|_cc\b|\bpan\b|karte|tarjeta|carte)[^0-9\n⟧]{0,40}\z"
)
_IDENTIFIER = (
    r"(?i)(?:(?:\b|_|[a-z])(?:id|ids|uid|uuid|guid|oid|pid|tid|rid|ts|ns|timestamp|time|nano|nanos|seconds|epoch|date"
    r"|_at|_us|_ms|seq|sequence|offset|nonce|hash|digest|sha|crc|commit|rev|revision|build|version|cursor|key|seed"
    r"|size|bytes|count|total|length|addr|ptr|port|line|row|page|block|height|step|order|orders|invoice|ref|reference"
    r"|tracking|ticket|case|receipt|serial|sku|isbn|ean|upc|imei|imsi|iccid|trace|span|request|req|session|transaction"
    r"|txn|tx|event|batch|job|task|product|item|lot|part|object|snowflake|tweet|parcel|shipment|policy|claim)"
    r"(?:[ _-]?(?:id|no|nr|num|number))?"
    r"(?:\\*[\"'])?\s?[.:=#(\[{<>,|/]{0,2}\s?(?:\\*[\"'])?\s?|[0-9A-Za-z][-/#]|[/#?&]|\\*\"\s?:\s?\[?|0x)\z"
)
_STRONG = r"^(?:[0-9]{16}|3[47][0-9]{13})\z"
_SHAPES = ("4,4,4,4", "4,6,5", "4,6,4", "4,4,4,4,3")
_UNEVEN = r"^(?:3|1800\z|2131\z)"  # whose cards are printed in three groups: American Express, Diners Club, JCB
_SIZES = (5, 4, 3, 1)
_GAPS = (" ", "-", "\u00a0")
# So many groups that no card has make a run a row of numbers: an expiry date and a code are three, but come after.
_ODD_GROUPS = 4


def luhn(digits: str) -> bool:
    """Return whether ASCII ``digits`` pass the check of ISO/IEC 7812-1, annex B."""
    values = [int(c) for c in reversed(digits)]
    return sum(v if i % 2 == 0 else v * 2 - 9 * (v > 4) for i, v in enumerate(values)) % 10 == 0


def is_card(digits: str, *, said: bool = False) -> bool:
    """Return whether ``digits`` pass Luhn and have an issuer's prefix and length, or 16 digits when it is ``said``."""
    return (holds(ISSUERS, digits) or (said and holds(_SAID, digits))) and luhn(digits)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of digit groups: ``gaps[i]`` stands before ``groups[i]``; one more gap may end the run.

    ``said``: a card word stands before it. ``named``: an identifier's name does. ``odd``: how many groups no card has.
    """

    groups: list[str]
    gaps: list[str]
    said: bool
    named: bool
    odd: int

    @classmethod
    def read(cls, before: str, run: str) -> _Run:
        groups, said = compiled("[0-9]+").findall(run), holds(_CARD_WORD, before)
        odd = sum(1 for group in groups if not 4 <= len(group) <= 6)
        gaps = ["", *compiled("[^0-9]+").findall(run)]
        return cls(groups, gaps, said, holds(_IDENTIFIER, before), odd)

    def gap(self, i: int) -> str:
        return self.gaps[i] if i < len(self.gaps) else ""

    def is_window(self, i: int, size: int) -> bool:
        if size == 1:
            return self._alone(i)
        lengths = ",".join(str(len(group)) for group in self.groups[i : i + size])
        in_row = self.odd >= _ODD_GROUPS or (self.odd == _ODD_GROUPS - 1 and i >= 2)
        if lengths not in _SHAPES or (in_row and not self.said):
            return False
        inner = self.gaps[i + 1 : i + size]
        uniform = len(set(inner)) == 1 and inner[0] in _GAPS
        apart = inner[0] != "-" or "-" not in (self.gap(i), self.gap(i + size))
        issuer = size > 3 or holds(_UNEVEN, self.groups[i])
        return uniform and apart and issuer and is_card("".join(self.groups[i : i + size]), said=self.said)

    def _alone(self, i: int) -> bool:
        digits, after = self.groups[i], self.gap(i + 1)
        if self.gap(i) not in ("", " ", "\u00a0") or after not in ("", *_GAPS):
            return False
        if self.said:
            return is_card(digits, said=True)
        return is_card(digits) and holds(_STRONG, digits) and (i > 0 or not self.named)


def rewrite_run(before: str, run: str, tok: str) -> str:
    """Replace the cards in a run of digit groups; overlapping cards become one token."""
    parts = _Run.read(before, run)
    count = len(parts.groups)
    sizes = [next((k for k in _SIZES if i + k <= count and parts.is_window(i, k)), 0) for i in range(count)]
    out = []
    for i, group in enumerate(parts.groups):
        if any(i >= d and sizes[i - d] > d for d in range(1, 5)):
            continue
        out.append(parts.gap(i) + (tok if sizes[i] else group))
    return "".join(out) + parts.gap(count)


_LUHN_SQL = """arraySum((r_c, r_n) -> if(r_n % 2 = 1, r_c, if(r_c > 4, r_c * 2 - 9, r_c * 2)),
  arrayMap(r_c -> toInt16(reinterpretAsUInt8(r_c)) - 48, splitByString('', reverse(r_d))),
  range(1, length(r_d) + 1)) % 10 = 0"""

_GAPS_SQL = f"({', '.join(sql_text(gap) for gap in _GAPS)})"
_ISSUED_SQL = f"match(r_d, {sql_text(ISSUERS)})"
_SAID_SQL = f"match(r_d, {sql_text(_SAID)})"

# r_g1..r_g5: a group and those after it; r_l1: the gap before it, r_l2..r_l6: those after each; r_i: its number.
# Each is an array of its own, one element a group: a lambda that captured all groups would copy them for each.
_SHAPES_SQL = {
    5: "length(r_g1) = 4 AND length(r_g2) = 4 AND length(r_g3) = 4 AND length(r_g4) = 4 AND length(r_g5) = 3",
    4: "length(r_g1) = 4 AND length(r_g2) = 4 AND length(r_g3) = 4 AND length(r_g4) = 4",
    3: f"length(r_g1) = 4 AND length(r_g2) = 6 AND length(r_g3) IN (4, 5) AND match(r_g1, {sql_text(_UNEVEN)})",
}


def _grouped_sql(size: int) -> str:
    inner = " AND ".join(f"r_l{i} = r_l2" for i in range(3, size + 1))
    digits = ", ".join(f"r_g{i}" for i in range(1, size + 1))
    return f"""{_SHAPES_SQL[size]} AND NOT (r_f[3] OR (r_f[4] AND r_i > 2)) AND r_l2 IN {_GAPS_SQL} AND {inner}
  AND (r_l2 != '-' OR (r_l1 != '-' AND r_l{size + 1} != '-'))
  AND arrayExists(r_d -> ({_ISSUED_SQL} OR (r_f[1] AND {_SAID_SQL})) AND {_LUHN_SQL}, [concat({digits})])"""


_ALONE_SQL = f"""length(r_g1) BETWEEN 12 AND 19
  AND r_l1 IN ('', ' ', {sql_text(_GAPS[2])}) AND r_l2 IN ('', {_GAPS_SQL[1:]}
  AND arrayExists(r_d -> if(r_f[1], {_ISSUED_SQL} OR {_SAID_SQL},
    (r_i > 1 OR NOT r_f[2]) AND match(r_d, {sql_text(_STRONG)}) AND {_ISSUED_SQL}) AND {_LUHN_SQL}, [r_g1])"""

_SIZE_SQL = f"""multiIf({_grouped_sql(5)}, 5, {_grouped_sql(4)}, 4, {_grouped_sql(3)}, 3, {_ALONE_SQL}, 1, 0)"""


def _after(array: str, places: int) -> str:
    """Return ``array`` moved so many places to the left, as long as there are groups."""
    return f"arrayResize(arraySlice({array}, {places + 1}), length(r_g), '')"


def _before(array: str, places: int) -> str:
    """Return ``array`` of sizes moved so many places to the right, as long as there are groups."""
    return f"arraySlice(arrayConcat([{', '.join('0' * places)}], {array}), 1, length(r_g))"


# r_g: groups; r_l: the gap before each, then what ends the run; r_f: whether the run follows a card word, an
# identifier's name, is a row of a table, is nearly one; r_w: how many groups the card that starts there has, or 0.
_SQL = f"""arrayMap((r_g, r_l, r_b1, r_b2) -> arrayMap(r_f -> arrayMap(r_w ->
    concat(arrayStringConcat(arrayMap((r_c, r_m, r_w0, r_w1, r_w2, r_w3, r_w4) ->
      multiIf(r_w1 > 1 OR r_w2 > 2 OR r_w3 > 3 OR r_w4 > 4, '', r_w0 > 0, concat(r_m, {{token}}), concat(r_m, r_c)),
      r_g, {_after("r_l", 0)}, r_w, {", ".join(_before("r_w", places) for places in range(1, 5))})),
      r_l[length(r_g) + 1]),
    [arrayMap((r_g1, r_g2, r_g3, r_g4, r_g5, r_l1, r_l2, r_l3, r_l4, r_l5, r_l6, r_i) -> {_SIZE_SQL},
      r_g, {", ".join(_after("r_g", places) for places in range(1, 5))},
      {", ".join(_after("r_l", places) for places in range(6))}, arrayEnumerate(r_g))])[1],
    arrayMap(r_o -> [r_b1, r_b2, NOT r_b1 AND r_o >= {_ODD_GROUPS}, NOT r_b1 AND r_o = {_ODD_GROUPS - 1}],
      [arrayCount(r_c -> length(r_c) NOT BETWEEN 4 AND 6, r_g)]))[1],
  [extractAll(r_x, '[0-9]+')], [arrayPushFront(extractAll(r_x, '[^0-9]+'), '')],
  [match(r_b, {sql_text(_CARD_WORD)})], [match(r_b, {sql_text(_IDENTIFIER)})])[1]"""

_FIRST = "(?:[2-6]|1800|81|82|97|06)"

CARD = Recognizer(
    kind="card",
    title="Payment card",
    rules=(
        Rule(
            kind="card",
            prefilter=(rf"(?:\b|[_ -]|\\[nrtbf]|\\u[0-9a-fA-F]{{4}}){_FIRST}(?:[ \x{{A0}}-]?[0-9]){{10}}",),
            pattern=LEFT_OF_NUMBER + r"([0-9](?:[ .\x{A0}-]?[0-9]){11,}[A-Za-z_]?)",
            verdict=Verdict(_SQL, rewrite_run),
        ),
    ),
)
