"""A marking policy made ready to judge by: its models and services as patterns, its key, its scheme, its tokenizer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from policies.language import SCHEMES, MarkingPolicy
from policies.watermark.gumbel import GumbelConfig
from policies.watermark.keys import key_variable
from policies.watermark.tokenizer import TextTokenizer
from policies.watermark.verdict import VerdictRule


@dataclass(frozen=True)
class Profile:
    """One marking policy in force. ``key`` is None where it is not configured, ``tokenizer`` where none is named."""

    policy: MarkingPolicy
    key: int | None = None
    tokenizer: TextTokenizer | None = None

    @classmethod
    def of(cls, policy: MarkingPolicy, keys: Mapping[str, int]) -> Profile:
        """Make the profile of ``policy``. Raises ValueError or OSError when its tokenizer cannot be read."""
        tokenizer = TextTokenizer(tokenizer_path(policy)) if policy.tokenizer else None
        return cls(policy, keys.get(policy.key_name) if policy.key_name else None, tokenizer)

    @cached_property
    def config(self) -> GumbelConfig:
        """How the mark is written."""
        scheme = next(scheme for scheme in SCHEMES if scheme == self.policy.scheme)
        return GumbelConfig(scheme, self.policy.context_width, self.policy.dual_alpha)

    @cached_property
    def rule(self) -> VerdictRule:
        """When a score is called present or absent."""
        return VerdictRule(alpha=self.policy.alpha)

    @cached_property
    def models(self) -> str:
        """RE2 (and Python) pattern of the models' names."""
        return pattern(self.policy.models)

    @cached_property
    def services(self) -> str:
        """RE2 (and Python) pattern of the services' names."""
        return pattern(self.policy.services)

    def speaks_of(self, service: str, *models: str) -> bool:
        """Whether the policy is about a service and one of the names of a model."""
        return bool(re.search(self.services, service)) and any(re.search(self.models, model) for model in models)

    @property
    def why_no_key(self) -> str:
        """What to do so that the key is there."""
        name = self.policy.key_name
        return f"key {name} is not configured: set {key_variable(name)} or put it into secrets/{name}.key"


def tokenizer_path(policy: MarkingPolicy) -> Path:
    """Return where the tokenizer of a policy lies: its name is relative to the policy's file."""
    return Path(policy.place.file).parent / policy.tokenizer


def pattern(globs: Iterable[str]) -> str:
    """Return one pattern for globs (``*``, ``?``) that match a whole name, without regard to case."""
    written = ("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in glob) for glob in globs)
    return f"(?is)^(?:{'|'.join(written)})$"
