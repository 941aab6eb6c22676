"""The INSERT of one segment as data: what a store writes, a journal keeps, and a retry runs again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

# The parameter that says where the segment lies; a retry after its folder was moved gives it anew.
SEGMENT_PARAMETER = "segment"


class Statement(Protocol):
    """An INSERT whose every part can be written as JSON. ``digest`` names the policy that it redacts by."""

    @property
    def sql(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def settings(self) -> Mapping[str, str | int]: ...  # noqa: D102
    @property
    def digest(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class LoadStatement:
    """A statement as the store has just written it."""

    sql: str
    parameters: Mapping[str, str]
    settings: Mapping[str, str | int] = field(default_factory=dict)
    digest: str = ""
