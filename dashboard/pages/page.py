"""What a page is, and what it is asked: one address, one moment, one viewer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.address import Address, Window
from dashboard.read.histories import Histories
from dashboard.services import Services
from dashboard.viewer import Viewer

NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone looks: at what, when, with which screen. ``values`` are the parts of the path that vary."""

    services: Services
    histories: Histories
    address: Address
    now: datetime
    viewer: Viewer
    path: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def window(self) -> Window:
        """The stretch of time in view."""
        return self.address.window(self.now)

    def href(self, path: str | None = None, **own: str) -> str:
        """Return a link that keeps the frame's choices, to this page or another."""
        return f"{path or self.path}{self.address.search(**own)}"

    def changed(self, **own: str) -> str:
        """Return a link to this page with some of its own parameters changed; an empty one is dropped."""
        return f"{self.path}{self.address.search(**{**self.address.own, **own})}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page ready to show: the window's title and the components."""

    title: str
    children: Any


# From what a browser sends (path, query, viewer) to a visit; for the callbacks of a page.
VisitOf = Callable[[object, object, object], Visit]


@dataclass(frozen=True, slots=True)
class Page:
    """One screen. ``path`` may hold ``{name}``; a page with an icon stands in the rail, where one that ``begins`` a
    group has a line above it.

    ``register`` adds the page's own callbacks; a page that is not ``live`` is not drawn again by new telemetry.
    """

    name: str
    path: str
    draw: Callable[[Visit], Drawn]
    icon: str = ""
    live: bool = True
    begins: bool = False
    register: Callable[[Any, VisitOf], None] | None = None

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the varying parts of ``path`` when it is this page's, else None."""
        pattern = NAME.sub(r"(?P<\1>[^/]{1,600})", self.path)
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None
