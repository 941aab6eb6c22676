"""What the loader does to a span's text before it is stored, as SQL that a policy compiler has written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Redaction:
    """Two SQL expressions over the String identifier ``t``, and what they leave behind.

    ``gate``      a cheap superset: true when any rule may change ``t``. It is asked once a span, of all its strings.
    ``template``  the redacted ``t``; total: it never throws, whatever ``t`` holds.
    ``tokens``    kind -> the token that stands in the redacted text, such as ``email`` -> ``⟦email⟧``. No rule may
                  match a token.
    ``policies``  the policies that asked for it, as JSON ``[{"id", "version", "digest", "kinds"}]``.
    ``digest``    names the policies together with what they were compiled to.
    """

    policy_id: str = ""
    policies: str = "[]"
    digest: str = ""
    template: str = "t"
    gate: str = "false"
    tokens: Mapping[str, str] = field(default_factory=dict)


NONE = Redaction()
