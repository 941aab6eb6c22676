"""Names for the parts of a page, so that new data can change one card and leave the others as they are."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components.blocks import Child


def name_parts(children: Child) -> Child:
    """Give an id to each part of a page that has none: what stands at the top, and each card of a grid."""
    for at, part in enumerate(_listed(children)):
        _name(part, f"part-{at}")
        inner = _listed(getattr(part, "children", None)) if _is_grid(part) else []
        for number, one in enumerate(inner):
            _name(one, f"part-{at}-{number}")
    return children


def _listed(children: Any) -> list[Any]:  # noqa: ANN401 (components, texts, or lists of them)
    return list(children) if isinstance(children, list | tuple) else [children]


def _is_grid(part: Any) -> bool:  # noqa: ANN401
    return getattr(part, "className", "") == "grid"


def _name(part: Any, name: str) -> None:  # noqa: ANN401
    if isinstance(part, Component) and getattr(part, "id", None) is None:
        part.id = name  # type: ignore[attr-defined]
