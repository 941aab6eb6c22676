"""E-mail addresses: RFC 5321's mailbox in practice, letters of every script, and the escaped spellings of ``@``.

``@`` is also found as ``\\u0040`` (JSON), ``%40`` (URL) and ``&#64;`` (HTML). Kept: names of files (``logo@2x.png``),
code (``q@self.keys``) and the login of a git remote (``git@github.com``).
"""

from __future__ import annotations

from policies.recognizers.context import ESCAPE
from policies.recognizers.rule import Recognizer, Rule, unless

# Letters beyond ASCII by block: the property class \p{L} makes a program a hundred times as large.
_LETTERS = r"A-Za-z\x{C0}-\x{24F}\x{370}-\x{1FFF}\x{3041}-\x{D7FF}"
_AT = r"(?:@|＠|\\+u0040|%40|&#64;)"
_NOT_MAIL = (
    r"(?i)^git@|@(?:[0-9]x|self|this|cls)\."
    r"|\.(?:png|jpe?g|gif|svg|webp|ico|css|js|mjs|ts|tsx|jsx|json|html?|jar|exe|dll|so|log|txt|xml|ya?ml|toml|lock"
    r"|shape|size|dtype|keys|values|items|get|append|weight|grad|data|tolist|astype|reshape|transpose)\z"
)

EMAIL = Recognizer(
    kind="email",
    title="E-mail address",
    rules=(
        Rule(
            kind="email",
            prefilter=(r"[^\s@](?:@|＠|\\u0040|%40|&#64;)[^\s@]+\.[^\s@]",),
            pattern=rf"((?:{ESCAPE})?)([0-9{_LETTERS}_%+'.-]+{_AT}(?:[0-9{_LETTERS}-]+\.)+[{_LETTERS}]{{2,24}})",
            verdict=unless(_NOT_MAIL),
        ),
    ),
)
