"""Where an incident lies, as a scope of the roll-up and as links to its traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.address import Scope
from dashboard.pages.page import Visit
from dashboard.read.figures import Part
from dashboard.read.incidents import IncidentView


def scope_of(one: IncidentView) -> tuple[Scope, Part]:
    """Return the scope of an incident; one of another operation than a model call looks at every call."""
    scope = {name: str(value) for name, value in one["scope"].items()}
    operation = scope.get("operation", "")
    return (
        Scope(scope.get("tenant", ""), scope.get("service", ""), scope.get("model", "")),
        Part(operation, scope.get("region", ""), every=bool(operation)),
    )


def traces_href(visit: Visit, one: IncidentView) -> str:
    """Return a link to the traces of the incident's time and scope."""
    return _href(visit, one, scope_of(one)[0])


def slice_href(visit: Visit, one: IncidentView, piece: Mapping[str, Any]) -> str:
    """Return a link to the traces of one slice of it."""
    scope, _ = scope_of(one)
    told = {name: str(piece[name]) for name in ("service", "model", "tenant") if piece.get(name)}
    q = next((str(value) for name, value in piece.items() if name not in ("service", "model", "tenant")), "")
    return _href(visit, one, replace(scope, **told), q=q)


def _href(visit: Visit, one: IncidentView, scope: Scope, **own: str) -> str:
    around = visit.address.around(one.started, one.ended or visit.now)
    return "/traces" + replace(around, scope=scope).search(**own)
