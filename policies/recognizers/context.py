"""What stands before a value: the pieces of patterns that rules of several kinds share."""

from __future__ import annotations

# RE2's ``\\s`` written out: in a negated class, Vectorscan's has the vertical tab too and so takes less.
BLANK = r" \t\n\f\r"
# A value inside JSON text can follow an escape (``\n4111...``, ``\u003cbob@...``), whose last letter is no part of it.
ESCAPE = r"\\(?:[nrtbf]|u[0-9a-fA-F]{4})"
# Start of the text, a character that is no letter, digit or underscore, or an escape.
LEFT = rf"(^|[^0-9A-Za-z_]|{ESCAPE})"
# The same, for numbers: nor a point, behind which digits are a fraction or go on.
LEFT_OF_NUMBER = rf"(^|[^0-9A-Za-z_.]|{ESCAPE})"

_NAMED = (
    "order|invoice|ref|reference|ticket|case|part|sku|serial|tracking|isbn|item|model|id|no|nr|ver|version|policy|claim"
    "|account|acct|lot|batch|receipt"
)
# What is said before a number that names a thing, not a person; or the number goes on to the left.
NUMBERED = (
    rf"(?i)(?:{_NAMED})(?: (?:number|no|nr|id|code))?\.?"
    r"(?:\\*[\"'])?\s?[:=#(]?\s?(?:\\*[\"'])?(?:is )?\z|[0-9A-Za-z][-+#$/]\z"
)
