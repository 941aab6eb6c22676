"""Home: the verdict first, then what it rests on."""

from __future__ import annotations

from dash import html

from dashboard.components.blocks import Child, card, grid, link
from dashboard.components.start import first_trace
from dashboard.format import percent
from dashboard.pages.home_cards import changes_card, incidents_card, policies_card
from dashboard.pages.home_chart import chart_card
from dashboard.pages.home_tiles import tiles
from dashboard.pages.page import Drawn, Visit
from dashboard.read.figures import FIGURES
from dashboard.read.home import Board, read_board
from dashboard.words import learning, plural


def draw(visit: Visit) -> Drawn:
    """Draw Home for one address."""
    figure = visit.address.own.get("figure", "p95")
    figure = figure if figure in FIGURES else "p95"
    board = read_board(visit.services, visit.histories, visit.window, visit.address.scope, figure)
    if board.newest is None:
        return Drawn("Home", _nothing_yet(visit))
    return Drawn(
        _title(board),
        [
            verdict(visit, board),
            grid(
                incidents_card(visit, board),
                policies_card(visit, board),
                *tiles(visit, board, figure),
                chart_card(visit, board, figure),
                changes_card(visit, board),
            ),
        ],
    )


def verdict(visit: Visit, board: Board) -> html.Header:
    """Return the page's one sentence, and what it speaks of."""
    parts = [_incidents(board), _policies(board)]
    calm = not board.open and not board.failing
    well = html.Span("All is well", className="tone-good")
    silent = html.Span("No traffic in this time", className="tone-quiet")
    said: list[Child] = [well if board.now.requests else silent, " · "] if calm else []
    said += [parts[0], " · ", parts[1], *_budget(visit)]
    speaks = f"{visit.address.words()}, compared with {board.was_name}"
    notice = learning(visit, board.learning_until)
    return html.Header(
        [
            html.H1(said, className="verdict"),
            html.P([speaks, *([" · ", notice] if notice else [])], className="muted verdict-of"),
        ],
        className="page-head",
    )


def _incidents(board: Board) -> html.Span:
    grave = any(one["severity"] == "critical" for one in board.open)
    tone = "critical" if grave else "warning" if board.open else "quiet"
    words = f"{plural(len(board.open), 'incident')} open" if board.open else "no incident open"
    return html.Span(words, className=f"tone-{tone}")


def _policies(board: Board) -> html.Span:
    if board.failing:
        words = f"{plural(len(board.failing), 'policy', 'policies')} failing"
        return html.Span(words, className="tone-policy")
    if not board.policies:
        return html.Span("no policy in force", className="tone-quiet")
    return html.Span("no policy failing", className="tone-quiet")


def _budget(visit: Visit) -> list[Child]:
    """What is left of the budget that has the least left; nothing where there is no budget."""
    standings = visit.services.budgets()
    if not standings:
        return []
    least = min(standings, key=lambda one: one.left_share)
    tone = {"exceeded": "critical", "at_risk": "warning"}.get(least.state, "quiet")
    left = f"{percent(least.left_share)} left" if least.left_share >= 0 else f"{least.budget.name} exceeded"
    return [" · ", link(f"budget {left}", visit.href("/models"), f"tone-{tone}")]


def _title(board: Board) -> str:
    return f"({len(board.open)}) Home" if board.open else "Home"


def _nothing_yet(visit: Visit) -> list[Child]:
    services = visit.services
    return [
        html.Header(
            [
                html.H1([html.Span(className="waiting"), "Waiting for the first span"], className="verdict"),
                html.P(
                    "Verdict, traffic, latency, failures, tokens and cost appear here within two seconds of it.",
                    className="muted verdict-of",
                ),
            ],
            className="page-head",
        ),
        grid(
            card("Send a first trace", first_trace(services.otlp_grpc), wide=8),
            card(
                "Or",
                html.P(["OTLP/HTTP goes to ", html.Code(f"{services.otlp_http}/v1/traces"), "."]),
                html.P(["A week of made-up traffic with faults to find: ", html.Code("spanwarden up --demo"), "."]),
                html.P(link("What the API offers", "/api/docs", refresh=True)),
                wide=4,
            ),
        ),
    ]
