"""What a policy is: frozen values, each with the digest of its meaning.

A policy comes from a YAML file (``policies.load``) and never changes afterwards. Its digest is the SHA-256 of the
canonical JSON of everything that decides what it does, so two files that differ only in comments, order or layout
have one digest, and every decision can cite what decided it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

API_VERSION = "policy/v1"

Mode = Literal["off", "shadow", "enforce"]
Severity = Literal["note", "warning", "critical"]
Requirement = Literal["verified", "declared"]
Scheme = Literal["gumbel", "dual_key_gumbel"]
SCHEMES: tuple[Scheme, ...] = ("gumbel", "dual_key_gumbel")


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of ``content`` as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy was written: file name, line and column, each from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class CustomRule:
    """A pattern of the user's own: ``kind`` names its token, ``pattern`` is RE2.

    It runs on texts that hold one of ``words``, without regard to the case of ASCII letters; others stay.
    """

    kind: str
    pattern: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """Which kinds of personal data and secrets are masked before a span is stored.

    ``entities`` are recognizer kinds in the registry's order.
    """

    id: str
    version: str
    title: str
    owner: str
    entities: tuple[str, ...]
    custom: tuple[CustomRule, ...] = ()
    severity: Severity = "critical"
    mode: Mode = "enforce"
    controls: tuple[str, ...] = ()
    digest: str = ""
    place: Place = field(default=Place("policy.yaml"), compare=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that it masks, those of its own patterns too."""
        return (*self.entities, *dict.fromkeys(rule.kind for rule in self.custom))


@dataclass(frozen=True, slots=True)
class MarkingPolicy:
    """Outputs of some models must carry a mark that says a machine wrote them.

    ``models`` and ``services`` are globs (``*`` and ``?``). ``require`` is ``verified`` (a keyed detector must find
    the mark) or ``declared`` (the emitter's statement is enough). ``scheme`` names the detector (``gumbel``,
    ``dual_key_gumbel``). ``key_name`` is the name of the key, such as ``chat-eu``, never the key: it is read from
    ``SPANWARDEN_KEY_CHAT_EU`` or from ``secrets/chat-eu.key``; empty when only a declaration is required.
    ``min_tokens`` is the shortest output that is judged, ``alpha`` the false-positive rate of one judgement.
    ``tokenizer`` is the model's ``tokenizer.json``, relative to the policy's file, by which text is scored where a
    span has no token ids; ``tokenizer_sha256`` says which one it was.
    """

    id: str
    version: str
    title: str
    owner: str
    models: tuple[str, ...]
    services: tuple[str, ...] = ("*",)
    require: Requirement = "verified"
    scheme: str = "gumbel"
    key_name: str = ""
    context_width: int = 4
    dual_alpha: float = 0.2
    min_tokens: int = 200
    alpha: float = 1e-3
    tokenizer: str = ""
    tokenizer_sha256: str = ""
    severity: Severity = "critical"
    mode: Mode = "enforce"
    controls: tuple[str, ...] = ()
    digest: str = ""
    place: Place = field(default=Place("policy.yaml"), compare=False)


Policy = PrivacyPolicy | MarkingPolicy


_UNORDERED = {"controls", "models", "services"}


def policy_digest(policy: Policy) -> str:
    """Return the digest of everything in ``policy`` but the digest itself and where it was written."""
    content = {f.name: _plain(getattr(policy, f.name)) for f in fields(policy) if f.name not in ("digest", "place")}
    content.update({name: sorted(content[name]) for name in _UNORDERED & content.keys()})
    return content_digest({"apiVersion": API_VERSION, "kind": type(policy).__name__, **content})


def _plain(value: Any) -> Any:  # noqa: ANN401  (JSON has no narrower type)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, CustomRule):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value
