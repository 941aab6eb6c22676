"""Retrieval: where applications search, how often nothing is found, how well it fits, how long it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dash import html

from dashboard.charts.graph import graph
from dashboard.charts.histogram import histogram
from dashboard.charts.lines import Line, Plot, line_chart
from dashboard.components.blocks import Child, bar, card, empty, grid, link, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import ago, clock, duration, exact, percent
from dashboard.pages.agent_cards import failed_cell
from dashboard.pages.listing import further_back
from dashboard.pages.page import Drawn, Visit
from dashboard.read.figures import step_seconds
from dashboard.read.retrieval import (
    RetrievalExample,
    RetrievalStep,
    SourceRow,
    list_sources,
    retrieval_examples,
    retrieval_steps,
)
from dashboard.read.retrieval_scores import SCORE_STEPS, top_scores
from dashboard.theme import TOKENS, series_colour

SOURCES = (
    Column("source", "Source", main=True),
    Column("calls", "Searches", number=True),
    Column("empty", "Found nothing", number=True),
    Column("documents", "Documents each", number=True, hidden_on_phone=True),
    Column("scores", "Top score 0 … 1", hidden_on_phone=True),
    Column("score", "Mean", number=True, hidden_on_phone=True),
    Column("failed", "Failed", number=True, hidden_on_phone=True),
    Column("p50", "p50", number=True, hidden_on_phone=True),
    Column("p95", "p95", number=True, hidden_on_phone=True),
    Column("last", "Last", number=True, hidden_on_phone=True),
)
EXAMPLES = (
    Column("at", "At"),
    Column("source", "Source", main=True),
    Column("service", "Service", hidden_on_phone=True),
    Column("documents", "Documents", number=True, hidden_on_phone=True),
    Column("duration", "Took", number=True),
)
KINDS = {"empty": "Found nothing", "slow": "Slowest", "failed": "Failed"}
MANY_EMPTY, SOME_EMPTY, WEIGHTY = 0.2, 0.08, 20
SAMPLE = """\
with tracer.start_as_current_span("retrieval handbook") as span:
    span.set_attribute("gen_ai.operation.name", "retrieval")
    span.set_attribute("gen_ai.data_source.id", "handbook")
    documents = index.search(query)
    span.set_attribute("gen_ai.retrieval.documents", json.dumps([{"id": d.id, "score": d.score} for d in documents]))"""


def draw(visit: Visit) -> Drawn:
    """Draw the sources; ``?source=`` and ``?kind=`` choose the examples below."""
    engine, window, scope = visit.services.engine, visit.window, visit.address.scope
    sources = list_sources(engine, window, scope)
    if not sources:
        return Drawn("Retrieval", [page_head("No search", visit.address.words()), grid(card("", _none(visit)))])
    searches = sum(one.calls for one in sources)
    steps = retrieval_steps(engine, window, scope)
    scores = top_scores(engine, window, scope)
    return Drawn(
        "Retrieval",
        [
            page_head(_sentence(sources), f"{visit.address.words()} · {exact(searches)} searches"),
            grid(
                card("Sources", _sources(visit, sources, scores)),
                card("Share that found nothing", _empty_chart(visit, steps), wide=6, aside="drag to choose time"),
                card("How long a search took", _latency_chart(visit, steps), wide=6),
                _examples_card(visit),
            ),
        ],
    )


def empty_share(one: SourceRow | RetrievalStep) -> float | None:
    """Return the share of searches that found nothing, of those that say what they found."""
    return one.empty / one.known if one.known else None


def _sentence(sources: Sequence[SourceRow]) -> Child:
    shares = [(share, one) for one in sources if one.known >= WEIGHTY and (share := empty_share(one)) is not None]
    share, worst = max(shares, key=lambda pair: pair[0], default=(0.0, sources[0]))
    if share < SOME_EMPTY:
        return "Searches find what they look for"
    tone = "critical" if share >= MANY_EMPTY else "warning"
    return [
        f"{worst.source} found nothing in ",
        html.Span(f"{percent(share)} of its searches", className=f"tone-{tone}"),
    ]


def _sources(visit: Visit, sources: Sequence[SourceRow], scores: Mapping[str, Sequence[int]]) -> Child:
    rows = [_source(visit, one, scores.get(one.source, ())) for one in sources]
    return table(SOURCES, rows, "Sources of documents, most searches first", "linked")


def _source(visit: Visit, one: SourceRow, scores: Sequence[int]) -> dict[str, Child]:
    here = visit.address.own.get("source") == one.source
    share = empty_share(one)
    tone = "quiet" if share is None or share < SOME_EMPTY else "critical" if share >= MANY_EMPTY else "warning"
    nothing: Child = html.Span("not said", className="muted")
    if share is not None:
        nothing = [bar(share, tone), html.Span(percent(share), className=f"fixed tone-{tone}")]
    drawn: Child = ""
    if any(scores):
        told = f"Top scores of {one.source} in {SCORE_STEPS} steps from 0 to 1"
        drawn = html.Img(src=histogram(visit.viewer.scheme, scores), alt=told, className="mini-histogram")
    return {
        "kind": "here" if here else "",
        "source": [
            link(one.source, visit.changed(source="" if here else one.source), "row-link"),
            html.Span(", ".join(one.services), className="muted sub"),
        ],
        "calls": exact(one.calls),
        "empty": nothing,
        "documents": "–" if one.mean_documents is None else f"{one.mean_documents:.1f}",
        "scores": drawn,
        "score": "–" if one.mean_top_score is None else f"{one.mean_top_score:.2f}",
        "failed": failed_cell(one.calls, one.errors),
        "p50": duration(one.p50_ms),
        "p95": duration(one.p95_ms),
        "last": ago(one.last_at, visit.now),
    }


def _plot(visit: Visit, unit: str) -> Plot:
    return Plot(visit.window, timedelta(seconds=step_seconds(visit.window)), unit, 180)


def _empty_chart(visit: Visit, steps: Sequence[RetrievalStep]) -> Child:
    points = [(one.at, share) for one in steps if (share := empty_share(one)) is not None]
    line = Line("found nothing", TOKENS[visit.viewer.scheme]["critical"], points)
    drawn = line_chart(visit.viewer, _plot(visit, "share"), [line])
    return graph("retrieval-empty", drawn, "Share of searches that found nothing, over time")


def _latency_chart(visit: Visit, steps: Sequence[RetrievalStep]) -> Child:
    lines = [
        Line("p95", series_colour(visit.viewer.scheme, 0), [(one.at, one.p95_ms) for one in steps]),
        Line("p50", series_colour(visit.viewer.scheme, 4), [(one.at, one.p50_ms) for one in steps]),
    ]
    return graph("retrieval-time", line_chart(visit.viewer, _plot(visit, "ms"), lines), "p50 and p95 of searches")


def _examples_card(visit: Visit) -> html.Section:
    own = visit.address.own
    kind, source = own["kind"] if own.get("kind") in KINDS else "empty", own.get("source", "")
    found = retrieval_examples(visit.services.engine, visit.window, visit.address.scope, source=source, kind=kind)
    chips = html.Div(
        [
            link(words, visit.changed(kind="" if name == "empty" else name), "chip here" if name == kind else "chip")
            for name, words in KINDS.items()
        ],
        className="chips",
    )
    rows = [_example(visit, one) for one in found]
    body: Child = html.P("None in this time.", className="muted")
    if rows:
        body = table(EXAMPLES, rows, f"Searches: {KINDS[kind].lower()}", "linked")
    return card(f"Examples of {source}" if source else "Examples", chips, body)


def _example(visit: Visit, one: RetrievalExample) -> dict[str, Child]:
    marks = html.Span(" ✗ failed", className="tone-critical") if one.failed else None
    return {
        "at": clock(one.at, visit.viewer.zone, visit.now),
        "source": [link(one.source, visit.href(f"/traces/{one.trace_id}", span=one.span_id), "row-link"), marks],
        "service": one.service,
        "documents": exact(one.documents),
        "duration": duration(one.duration_ms),
    }


def _none(visit: Visit) -> Child:
    return empty(
        "Searches in indexes and databases would be here, by source.",
        html.P("A search is a span that says so, and what it found:"),
        code_sample(SAMPLE),
        further_back(visit),
    )
