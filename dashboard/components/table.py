"""Tables: 32-pixel rows, numbers to the right, one link a row; on a phone each row folds into two lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard.components.blocks import extra


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its cells, its head (with the unit), and how it is set."""

    key: str
    head: str
    number: bool = False
    main: bool = False  # stays in full on a phone
    hidden_on_phone: bool = False

    @property
    def kind(self) -> str:
        """Its classes."""
        marks = (("number", self.number), ("main", self.main), ("wide-only", self.hidden_on_phone))
        return " ".join(name for name, on in marks if on)


def table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], caption: str, kind: str = "") -> html.Div:
    """Return the table; a cell is a string or a component, never what telemetry shaped."""
    head = html.Tr([html.Th(column.head, className=column.kind, scope="col") for column in columns])
    body = [html.Tr([_cell(column, row) for column in columns], className=row.get("kind", "")) for row in rows]
    return html.Div(
        html.Table(
            [html.Caption(caption, className="unseen"), html.Thead(head), html.Tbody(body)],
            className=f"table {kind}".strip(),
        ),
        className="table-frame",
        tabIndex="0",
        role="region",
        **extra(aria_label=caption),
    )


def _cell(column: Column, row: Mapping[str, Any]) -> html.Td:
    return html.Td(row.get(column.key, ""), className=column.kind, **extra(data_head=column.head))
