"""IP addresses: version 4 in four octets, version 6 in RFC 4291's forms.

Kept: loopback, ``0.0.0.0`` and netmasks, which name no host; four small numbers without a word that says address
(chapters, versions); versions (``Chrome/120.0.0.0``, ``==1.2.3.4``, ``lib-1.2.3.4``); longer dotted runs (OIDs). A
version 6 address is taken whole in any range, shortened (``::``) in the ranges in use; eight short groups are a
fingerprint.
"""

from __future__ import annotations

from policies.recognizers.context import LEFT, LEFT_OF_NUMBER
from policies.recognizers.rule import Recognizer, Rule, Verdict, holds, sql_text

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_FOUR = rf"^(?:{_OCTET}\.){{3}}{_OCTET}\z"
_NO_HOST = r"^(?:127\.|0\.0\.0\.0|255\.255\.)"
_SMALL = r"^(?:[0-9]|1[1-9]|[234][0-9])\.(?:[0-4]?[0-9]\.){2}[0-4]?[0-9]\z"  # all below 50, the first not 10
_ADDRESS = (
    r"(?i)(?:(?:\b|_|client|source|src|dst|remote|host|server|peer|user)ip(?:v4)?s?(?:\b|_)"
    r"|(?:\b|_)(?:source|src|dst|dest|from|ping|node)|addr|address|host|server|client|peer|remote|destination|gateway"
    r"|dns|subnet|connect|connected|connection|login|://)[^\n⟧]{0,12}\z"
)
# The first of a pair of versions belongs to what stands before the second, or neither would be seen as one.
_PAIR = r"(?i:\bver(?:sion)?s? v?)[0-9]+(?:\.[0-9]+)+ (?:to|and|or|-|->|→) v?"
# What says version whatever the numbers are.
_VERSION = (
    r"(?i)(?:\b(?:v|ver|version|versions|release|build|rev|revision|firmware|oid|sdk|jdk|chapter|section"
    r"|clause|figure|table|appendix)"
    r"(?:\\*[\"'])?[\s:=(\"'\\v#]{0,4}(?:to |from )?v?"
    r"|(?:assembly|file|product)version(?:\\*[\"'])?[\s:=(\"'\\]{0,4}"
    r"|(?:chrome|chromium|safari|firefox|edge?|edga?|opr|opera|brave|webview|version|headlesschrome|crios|samsungbrowser"
    r"|yabrowser|vivaldi|electron|applewebkit|mobile|gecko|trident|java|python|[a-z]+client)/"
    rf"|{_PAIR}|[=~<>!]=\s?|\^|(?:^|[^0-9.:])[0-9]{{1,4}}(?:\.(?:[0-9]{{1,4}}|x)){{1,2}} (?:to|and|or|-|->|→) )\z"
)
# What says it of small numbers, though an address may be spoken of: ``client-1.2.3.4.jar``.
_PERHAPS = (
    r"(?i)(?:\b(?:released|updated?|upgraded?|rule|schema|patch|driver)"
    r"(?:\\*[\"'])?[\s:=(\"'\\v#]{0,4}(?:to |from )?v?|[=~<>]\s?|[0-9A-Za-z_][-@])\z"
)
_EQUALS = r"(?i)(?:ip|addr|address|host|server|client|peer|remote|src|dst|source|from|gateway|dns)[\"']?\s?=\s?\z"


def _rewrite_v4(before: str, value: str, tok: str) -> str:
    if not holds(_FOUR, value) or holds(_NO_HOST, value) or holds(_VERSION, before):
        return value
    doubtful = not holds(_ADDRESS, before) or (holds(_PERHAPS, before) and not holds(_EQUALS, before))
    return value if doubtful and holds(_SMALL, value) else tok


_V4_SQL = (
    f"if(match(r_x, {sql_text(_FOUR)}) AND NOT match(r_x, {sql_text(_NO_HOST)})"
    f" AND NOT match(r_b, {sql_text(_VERSION)}) AND NOT (match(r_x, {sql_text(_SMALL)})"
    f" AND (NOT match(r_b, {sql_text(_ADDRESS)}) OR (match(r_b, {sql_text(_PERHAPS)})"
    f" AND NOT match(r_b, {sql_text(_EQUALS)})))), {{token}}, r_x)"
)


# Global 2000::/3, unique local, link-local, multicast.
_IN_USE = "^(?i:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff[0-9a-f]{2}):"


def _rewrite_v6(_: str, value: str, tok: str) -> str:
    gaps = value.count("::")
    groups = value.split(":")
    if gaps == 1:
        return tok if holds(_IN_USE, value) and sum(1 for group in groups if group) <= 7 else value
    long = sum(1 for group in groups if len(group) > 2)
    return tok if gaps == 0 and len(groups) == 8 and (holds(_IN_USE, value) or long >= 4) else value


_V6_SQL = (
    f"multiIf(countSubstrings(r_x, '::') = 1, if(match(r_x, {sql_text(_IN_USE)})"
    " AND arrayCount(r_c -> r_c != '', splitByChar(':', r_x)) <= 7, {token}, r_x),"
    " countSubstrings(r_x, '::') = 0 AND length(splitByChar(':', r_x)) = 8"
    f" AND (match(r_x, {sql_text(_IN_USE)}) OR arrayCount(r_c -> length(r_c) > 2, splitByChar(':', r_x)) >= 4),"
    " {token}, r_x)"
)


IP = Recognizer(
    kind="ip",
    title="IP address",
    rules=(
        Rule(
            kind="ip",
            prefilter=(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",),
            # What is glued to the last number belongs to the value, so that a version such as 1.2.3.4-beta is seen.
            pattern=rf"({_PAIR}|{LEFT_OF_NUMBER[1:]}"
            + r"([0-9]+(?:\.[0-9]+){3,}(?:[-+_]?[A-Za-z_]|[-+][0-9]+[A-Za-z])?)",
            verdict=Verdict(_V4_SQL, _rewrite_v4),
        ),
        Rule(
            kind="ip",
            prefilter=(
                r"(?i)(?:[23][0-9a-f]{3}|f[c-f][0-9a-f]{2}):(?::|[0-9a-f]{1,4}:)",
                r"(?i)[0-9a-f](?::[0-9a-f]{1,4}){6}:[0-9a-f]",
            ),
            pattern=LEFT + r"((?i:[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}\b)+(?:::)?|[0-9a-f]{4}::))",
            verdict=Verdict(_V6_SQL, _rewrite_v6),
        ),
    ),
)
