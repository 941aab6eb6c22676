"""What stands before a value: the pieces of patterns that rules of several kinds share."""

from __future__ import annotations

# A value inside JSON text can follow an escape (``\n4111...``, ``\u003cbob@...``), whose last letter is no part of it.
ESCAPE = r"\\(?:[nrtbf]|u[0-9a-fA-F]{4})"
# Start of the text, a character that is no letter, digit or underscore, or an escape.
LEFT = rf"(^|[^0-9A-Za-z_]|{ESCAPE})"
# All that stands before a value and is no digit: the value's context.
CONTEXT = r"((?:[^0-9\\]|\\[^u0-9]|\\u[0-9a-fA-F]{4}|\\u)*)"
# What a context ends with when a value may start after it.
OPEN_END = rf"(?:^|[^0-9A-Za-z_.]|{ESCAPE})\z"

_NAMED = (
    "order|invoice|ref|reference|ticket|case|part|sku|serial|tracking|isbn|item|model|id|no|nr|ver|version|policy|claim"
    "|account|acct|lot|batch|receipt"
)
# What is said before a number that names a thing, not a person; or the number goes on to the left.
NUMBERED = (
    rf"(?i)(?:{_NAMED})(?: (?:number|no|nr|id|code))?\.?"
    r"(?:\\?[\"'])?\s?[:=#(]?\s?(?:\\?[\"'])?(?:is )?\z|^[.-]\z"
)
