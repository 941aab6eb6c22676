"""Models and cost: what is spent, on what, by whom; what has no price; what is left of the budgets."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.charts.bars import Stack, bar_chart
from dashboard.charts.graph import graph
from dashboard.charts.lines import Plot
from dashboard.components.blocks import Child, card, empty, extra, grid, link, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import count, duration, exact, money, percent
from dashboard.pages.agent_cards import failed_cell
from dashboard.pages.cost_cards import budgets_card, compared_words, unpriced_card
from dashboard.pages.listing import cost_cell
from dashboard.pages.page import Drawn, Visit
from dashboard.read.costs import DIMENSIONS, Cost, costs_by, spend, unpriced_models
from dashboard.theme import series_colour
from dashboard.words import plural

CHIPS = ("model", "service", "team", "api_key", "user", "provider")
CHART_MODELS, MOST_ROWS = 6, 100
COLUMNS = (
    Column("value", "Model", main=True),
    Column("cost", "Cost", number=True),
    Column("thousand", "Per 1k calls", number=True, hidden_on_phone=True),
    Column("calls", "Calls", number=True),
    Column("tokens_in", "Tokens in", number=True, hidden_on_phone=True),
    Column("cached", "Cached", number=True, hidden_on_phone=True),
    Column("tokens_out", "Tokens out", number=True, hidden_on_phone=True),
    Column("failed", "Failed", number=True, hidden_on_phone=True),
    Column("p95", "p95", number=True, hidden_on_phone=True),
    Column("price", "Price used", hidden_on_phone=True),
)
UNSAID = {"team": "no team said", "api_key": "no key said", "user": "no user said", "model": "no model said"}
SAMPLE = """\
span.set_attribute("gen_ai.request.model", "gpt-4o-mini")
span.set_attribute("gen_ai.usage.input_tokens", 1200)
span.set_attribute("gen_ai.usage.output_tokens", 300)"""


def draw(visit: Visit) -> Drawn:
    """Draw the costs; ``?by=`` chooses the dimension of the table."""
    engine, window, scope = visit.services.engine, visit.window, visit.address.scope
    by = visit.address.own.get("by", "model")
    by = by if by in CHIPS else "model"
    models = costs_by(engine, window, scope, "model", MOST_ROWS)
    if not models:
        return Drawn(
            "Models and cost", [page_head("No model was called", visit.address.words()), grid(card("", _none()))]
        )
    rows = models if by == "model" else costs_by(engine, window, scope, by, MOST_ROWS)
    body = html.Div(_table(visit, rows, by))
    return Drawn(
        "Models and cost",
        [
            page_head(_sentence(models), _second_sentence(visit, models)),
            grid(
                _chart_card(visit, models),
                card("Who spends what", _chips(visit, by), body),
                budgets_card(visit.services.budgets()),
                unpriced_card(visit, unpriced_models(engine, window, scope, 12)),
            ),
        ],
    )


def _sentence(models: Sequence[Cost]) -> str:
    total = sum(one.cost for one in models)
    if not total:
        return f"{plural(sum(one.calls for one in models), 'call')} without a known cost"
    first = models[0]
    return f"{money(total)} spent, {percent(first.cost / total)} of it on {first.value or 'a model without a name'}"


def _second_sentence(visit: Visit, models: Sequence[Cost]) -> str:
    parts = [visit.address.words(), plural(sum(one.calls for one in models), "call")]
    if missing := sum(one.unpriced for one in models):
        parts.append(f"{exact(missing)} without a price")
    if words := compared_words(models):
        parts.append(words)
    return " · ".join(parts)


def _chart_card(visit: Visit, models: Sequence[Cost]) -> html.Section:
    names = [one.value for one in models[:CHART_MODELS] if one.cost]
    found = spend(visit.services.engine, visit.window, visit.address.scope, names)
    scheme = visit.viewer.scheme
    stacks = [Stack(name, series_colour(scheme, place), found.models[name]) for place, name in enumerate(names)]
    if any(value for _, value in found.models[""]):
        stacks.append(Stack("all others", series_colour(scheme, 99), found.models[""]))
    drawn = bar_chart(visit.viewer, Plot(visit.window, found.step, "USD", 220), stacks)
    legend = html.Div(
        [html.Span([html.Span(className="swatch", style={"background": one.colour}), one.name]) for one in stacks],
        className="legend",
    )
    title = "Spend by the hour" if found.step.total_seconds() < 86_400 else "Spend by the day"
    return card(title, legend, graph("spend", drawn, f"{title}, stacked by model"), aside="drag to choose time")


def _chips(visit: Visit, by: str) -> html.Div:
    chips = [
        link(
            DIMENSIONS[name],
            visit.changed(by="" if name == "model" else name),
            "chip here" if name == by else "chip",
        )
        for name in CHIPS
    ]
    return html.Div(chips, className="chips filters", role="group", **extra(aria_label="By what"))


def _table(visit: Visit, rows: Sequence[Cost], by: str) -> Child:
    total = sum(one.cost for one in rows)
    columns = (Column("value", DIMENSIONS[by], main=True), *COLUMNS[1:])
    return table(columns, [_row(visit, one, by, total) for one in rows], f"Cost by {DIMENSIONS[by].lower()}")


def _row(visit: Visit, one: Cost, by: str, total: float) -> dict[str, Child]:
    name: Child = one.value or html.Span(UNSAID.get(by, "not said"), className="muted")
    cost: Child = html.Span("no price" if one.unpriced else "–", className="muted")
    if one.cost:
        cost = cost_cell(one.cost, total)
    return {
        "value": [name, html.Span(one.some_provider, className="muted sub")] if by == "model" else name,
        "cost": cost,
        "thousand": money(one.per_thousand) if one.cost else "–",
        "calls": exact(one.calls),
        "tokens_in": count(one.tokens_in),
        "cached": percent(one.cached_share) if one.cached_share else "–",
        "tokens_out": count(one.tokens_out),
        "failed": failed_cell(one.calls, one.failed),
        "p95": duration(one.p95_ms),
        "price": html.Span(_price_words(one.price), className="muted", title=one.price),
    }


def _price_words(price: str) -> str:
    """Return a price line's id without the model, which stands in the row, and without its digest."""
    words = price.rsplit(" #", 1)[0].split(" ")
    return " ".join(word for word in words if "/" not in word) or "–"


def _none() -> Child:
    return empty(
        "What models cost would be drawn here, by model, service, team, key and user.",
        html.P("A call is priced when it names its model and counts its tokens:"),
        code_sample(SAMPLE),
    )
