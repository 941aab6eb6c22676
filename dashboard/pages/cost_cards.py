"""The cards beside the table of costs: budgets, models without a price, reported beside computed."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from analytics.budgets.standing import Standing
from dashboard.components.blocks import Child, badge, bar, card, empty
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import ago, count, exact, money, percent
from dashboard.pages.page import Visit
from dashboard.read.costs import Cost, Unpriced

BUDGETS = (
    Column("name", "Budget", main=True),
    Column("spent", "Spent this month", number=True),
    Column("limit", "Of", number=True, hidden_on_phone=True),
    Column("forecast", "Month's end, forecast", number=True, hidden_on_phone=True),
    Column("state", "State"),
)
UNPRICED = (
    Column("model", "Model", main=True),
    Column("calls", "Calls", number=True),
    Column("tokens", "Tokens", number=True),
    Column("share", "Of all tokens", number=True, hidden_on_phone=True),
    Column("last", "Last seen", number=True, hidden_on_phone=True),
)
# State of a budget -> word, tone, glyph.
STATES = {
    "ok": ("within", "good", "✓"),
    "at_risk": ("at risk", "warning", "!"),
    "exceeded": ("exceeded", "critical", "✗"),
    "insufficient_data": ("too few days to forecast", "quiet", "…"),
}
BUDGET_SAMPLE = """\
# budgets.yaml, named by budgets_file in spanwarden.toml or SPANWARDEN_BUDGETS_FILE
budgets:
  - name: everything
    usd_per_month: 2000
  - name: assistant
    usd_per_month: 400
    match: {service: chat-assistant}"""


def budgets_card(standings: Sequence[Standing]) -> html.Section:
    """Return where each budget stands, or how to have one."""
    if not standings:
        none = empty(
            "Monthly budgets would stand here, each with its forecast.",
            html.P("For a service, a team, a key, a model, or everything:"),
            code_sample(BUDGET_SAMPLE, "YAML"),
        )
        return card("Budgets", none, wide=6)
    return card("Budgets", table(BUDGETS, [_budget(one) for one in standings], "Budgets of this month"), wide=6)


def _budget(one: Standing) -> dict[str, Child]:
    word, tone, glyph = STATES[one.state]
    ahead: Child = html.Span("–", className="muted")
    if one.forecast is not None:
        between = f"{money(one.forecast.low)} to {money(one.forecast.high)}"
        ahead = [money(one.forecast.usd), html.Span(between, className="muted sub", title="holds four months in five")]
    return {
        "name": one.budget.name,
        "spent": [bar(one.spent_usd / one.budget.usd_per_month, tone), html.Span(money(one.spent_usd))],
        "limit": money(one.budget.usd_per_month),
        "forecast": ahead,
        "state": badge(word, tone, glyph),
    }


def unpriced_card(visit: Visit, found: Sequence[Unpriced]) -> html.Section:
    """Return the models that no price list knows, with what they took."""
    title = "Models without a price"
    if not found:
        return card(title, html.P("Every call with tokens has a price.", className="muted"), wide=6)
    note = html.P(
        "Their cost is unknown, not zero. Prices of your own go into prices_file; spanwarden reprice prices these.",
        className="muted",
    )
    return card(title, table(UNPRICED, [_unpriced(visit, one) for one in found], title), note, wide=6)


def _unpriced(visit: Visit, one: Unpriced) -> dict[str, Child]:
    return {
        "model": [one.model or "no name", html.Span(one.provider, className="muted sub")],
        "calls": exact(one.calls),
        "tokens": count(one.tokens),
        "share": percent(one.share),
        "last": ago(one.last_seen, visit.now),
    }


def compared_words(rows: Sequence[Cost]) -> str:
    """Return how what callers reported compares with what Spanwarden computes; empty where nothing can be compared."""
    calls = sum(one.compared for one in rows)
    if not calls:
        return ""
    reported, computed = sum(one.reported for one in rows), sum(one.computed for one in rows)
    return (
        f"{exact(calls)} calls report their cost: {money(reported)}, by the price list {money(computed)}. "
        "What is reported counts."
    )
