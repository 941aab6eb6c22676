"""Dialects: which ways of writing spans arrive, from where, and which attributes nobody here understands."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.blocks import Child, card, empty, grid, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import ago, exact
from dashboard.pages.page import Drawn, Visit
from dashboard.read.unmapped import Arrival, Understanding, Unmapped, read_understanding

ARRIVALS = (
    Column("dialect", "Dialect", main=True),
    Column("service", "Service"),
    Column("scope", "Instrumentation", hidden_on_phone=True),
    Column("spans", "Spans", number=True),
    Column("unmapped", "Unmapped attributes", number=True, hidden_on_phone=True),
    Column("last", "Last", number=True, hidden_on_phone=True),
)
UNMAPPED = (
    Column("key", "Attribute", main=True),
    Column("from", "From"),
    Column("scope", "Instrumentation", hidden_on_phone=True),
    Column("spans", "Spans", number=True),
    Column("last", "Last", number=True, hidden_on_phone=True),
)
# What is shown at once; the API gives the rest.
MOST = 60
# What the fields of a mapping to start from are for.
FIELDS = ("operation", "request_model", "input_tokens", "output_tokens")


def draw(visit: Visit) -> Drawn:
    """Draw what arrives and what is not understood of it, on the days in view."""
    services = visit.services
    found = read_understanding(services.engine, visit.window, visit.address.scope, services.dialects)
    titles = {dialect.name: dialect.title for dialect in services.dialects}
    if not found.arrivals:
        return Drawn("Dialects", [page_head("No spans counted yet", _days(visit)), grid(card("", _none()))])
    own = [one for one in found.unmapped if not one.namespace]
    standard = [one for one in found.unmapped if one.namespace]
    return Drawn(
        "Dialects",
        [
            page_head(_sentence(found, own), _days(visit)),
            grid(
                card("What arrives", _arrivals(visit, found.arrivals, titles)),
                card("Attributes that no dialect knows", _strange(visit, own, titles)),
                *_snippet(own),
                *([card("Of other conventions", _strange(visit, standard, titles))] if standard else []),
            ),
        ],
    )


def _days(visit: Visit) -> str:
    return f"whole days of {visit.address.words()}, without the last minutes · names and counts, never values"


def _sentence(found: Understanding, own: Sequence[Unmapped]) -> str:
    dialects = {one.dialect for one in found.arrivals if one.dialect}
    many = "1 dialect is" if len(dialects) == 1 else f"{len(dialects)} dialects are"
    if not own:
        return f"{many} spoken here, and all of it is understood"
    return f"{many} spoken here; {exact(len(own))} attribute{'s are' if len(own) > 1 else ' is'} not understood"


def _arrivals(visit: Visit, arrivals: Sequence[Arrival], titles: dict[str, str]) -> Child:
    rows = [
        {
            "dialect": titles.get(one.dialect, one.dialect)
            if one.dialect
            else html.Span("not about models", className="muted"),
            "service": one.service or "–",
            "scope": one.scope or "–",
            "spans": exact(one.spans),
            "unmapped": exact(one.unmapped),
            "last": ago(one.last_at, visit.now),
        }
        for one in arrivals[:MOST]
    ]
    return table(ARRIVALS, rows, "Dialects by service and instrumentation, most spans first")


def _strange(visit: Visit, found: Sequence[Unmapped], titles: dict[str, str]) -> Child:
    if not found:
        return html.P("Every attribute is known.", className="muted")
    rows = [
        {
            "key": one.key,
            "from": [
                ", ".join(one.services) or "–",
                html.Span(", ".join(titles.get(name, name) for name in one.dialects), className="muted sub"),
            ],
            "scope": ", ".join(one.scopes) or "–",
            "spans": exact(one.spans),
            "last": ago(one.last_at, visit.now),
        }
        for one in found[:MOST]
    ]
    return table(UNMAPPED, rows, "Unmapped attributes, most spans first")


def _snippet(own: Sequence[Unmapped]) -> list[Child]:
    """A mapping to start from, with the most frequent attributes that a field could be made of."""
    named = [one for one in own if ".N" not in one.key]
    if not named:
        return []
    told: list[Child] = [
        "Say what they mean in a file of your own; ",
        html.Code("spanwarden mapping check"),
        " tries it.",
    ]
    shown = code_sample(mapping_snippet(named), "mappings.yaml", "A mapping to start from")
    return [card("A mapping to start from", html.P(told, className="muted"), shown)]


def mapping_snippet(own: Sequence[Unmapped]) -> str:
    """Return a file of mappings that is well formed: of the first attribute's scope, or of the attribute itself where
    its spans are of a dialect already.
    """
    scopes = own[0].scopes[:1]
    keys = [one.key for one in own if one.scopes[:1] == scopes][: len(FIELDS)]
    mark = f"scopes: [{quoted(scopes[0])}]" if scopes and not own[0].dialects else f"keys: [{quoted(keys[0])}]"
    pairs = zip(FIELDS, keys, strict=False)
    fields = "\n".join(f"      - {{field: {field}, key: {quoted(key)}}}" for field, key in pairs)
    return f"mappings:\n  - name: ours\n    {mark}\n    fields:\n{fields}\n"


def quoted(text: str) -> str:
    """Return a text in YAML's single quotes."""
    return "'" + text.replace("'", "''") + "'"


def _none() -> Child:
    return empty(
        "The ways in which spans are written would be here, and what of them is not understood.",
        html.P("Spans are counted a minute or two after they arrive.", className="muted"),
    )
