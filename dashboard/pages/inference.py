"""Inference: the servers that models run on, worker by worker: queues, caches, speed of tokens, speculation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dash import html

from dashboard.charts.graph import graph, legend
from dashboard.charts.lines import Line, Plot, line_chart
from dashboard.components.blocks import Child, bar, card, empty, grid, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import ago, count, duration, exact, percent
from dashboard.pages.listing import further_back
from dashboard.pages.page import Drawn, Visit
from dashboard.read.figures import step_seconds
from dashboard.read.inference import Worker, read_workers
from dashboard.read.inference_steps import Points, worker_steps
from dashboard.theme import series_colour

FULL, FILLING, POOR_HITS = 0.95, 0.85, 0.25
LINES = 6
CHARTS = (
    ("waiting", "Requests that wait", "requests"),
    ("kv_cache_use", "Use of the KV cache", "share"),
    ("ttft_ms", "Time to first token, mean", "ms"),
    ("itl_ms", "Time between tokens, mean", "ms"),
)
COLUMNS = (
    Column("worker", "Worker", main=True),
    Column("running", "Running", number=True, hidden_on_phone=True),
    Column("waiting", "Waiting, most", number=True),
    Column("kv", "KV cache, most", number=True),
    Column("ttft", "TTFT p50", number=True, hidden_on_phone=True),
    Column("ttft99", "p99", number=True, hidden_on_phone=True),
    Column("itl", "Inter-token p50", number=True, hidden_on_phone=True),
    Column("hits", "Prefix hits", number=True, hidden_on_phone=True),
    Column("accepted", "Drafts taken", number=True, hidden_on_phone=True),
    Column("preempted", "Preempted", number=True, hidden_on_phone=True),
    Column("requests", "Requests", number=True, hidden_on_phone=True),
    Column("last", "Last", number=True, hidden_on_phone=True),
)
SAMPLE = """\
receivers:
  prometheus:
    config:
      scrape_configs:
        - job_name: vllm
          scrape_interval: 15s
          static_configs: [{{targets: ["vllm-0:8000"]}}]
exporters:
  otlp: {{endpoint: "{endpoint}", tls: {{insecure: true}}}}
service:
  pipelines:
    metrics: {{receivers: [prometheus], exporters: [otlp]}}"""


def draw(visit: Visit) -> Drawn:
    """Draw every worker that told anything in this time."""
    engine, window, scope = visit.services.engine, visit.window, visit.address.scope
    workers = read_workers(engine, window, scope)
    if not workers:
        return Drawn("Inference", [page_head("No inference server told anything", visit.address.words()),
                                   grid(card("", _none(visit)))])  # fmt: skip
    steps = worker_steps(engine, window, scope, [measure for measure, _, _ in CHARTS])
    charts = [_chart(visit, steps.get(measure, {}), title, unit, measure) for measure, title, unit in CHARTS]
    engines = sorted({one.engine for one in workers})
    second = f"{visit.address.words()} · {len(workers)} workers of {', '.join(engines)}"
    return Drawn(
        "Inference",
        [
            page_head(_sentence(workers), second),
            grid(card("Workers", table(COLUMNS, [_row(visit, one) for one in workers], "Workers")), *charts),
        ],
    )


def most(one: Worker, measure: str) -> float | None:
    """Return the greatest value of a gauge, None when it was not told."""
    return one.gauges[measure].most if measure in one.gauges else None


def _sentence(workers: Sequence[Worker]) -> Child:
    full = max(workers, key=lambda one: most(one, "kv_cache_use") or 0.0)
    use = most(full, "kv_cache_use") or 0.0
    if use >= FULL:
        preempted = full.rises.get("preemptions", 0.0)
        more = f", {exact(preempted)} requests were preempted" if preempted else ""
        return [
            f"{_short(full)} ran out of cache: ",
            html.Span(f"{percent(use)} used", className="tone-critical"),
            more,
        ]
    poor = [one for one in workers if (share := one.prefix_hit_share) is not None and share < POOR_HITS]
    if poor:
        found = percent(poor[0].prefix_hit_share)
        return [f"{_short(poor[0])} finds only ", html.Span(f"{found} of prefixes", className="tone-warning")]
    return "Every worker has room"


def _short(one: Worker) -> str:
    return one.worker.partition(".")[0] or one.service


def _row(visit: Visit, one: Worker) -> dict[str, Child]:
    running, waiting = one.gauges.get("running"), most(one, "waiting")
    ttft, itl = one.times.get("ttft_ms"), one.times.get("itl_ms")
    preempted = one.rises.get("preemptions")
    hits = one.prefix_hit_share
    return {
        "worker": [
            html.Span(_short(one), className="strong", title=one.worker),
            html.Span(
                " · ".join(part for part in (one.engine, one.model, one.role) if part and part != "unified"),
                className="muted sub",
            ),
        ],
        "running": exact(running.now if running else None),
        "waiting": html.Span(exact(waiting), className="tone-warning" if waiting else ""),
        "kv": _share(most(one, "kv_cache_use"), FILLING, FULL),
        "ttft": duration(ttft.p50 if ttft else None),
        "ttft99": duration(ttft.p99 if ttft else None),
        "itl": duration(itl.p50 if itl else None),
        "hits": html.Span(percent(hits), className="tone-warning" if hits is not None and hits < POOR_HITS else ""),
        "accepted": percent(one.accepted_share),
        "preempted": html.Span(exact(preempted), className="tone-critical" if preempted else ""),
        "requests": count(one.rises.get("requests")),
        "last": ago(one.at, visit.now),
    }


def _share(share: float | None, much: float, too_much: float) -> Child:
    if share is None:
        return "–"
    tone = "critical" if share >= too_much else "warning" if share >= much else "accent"
    return [bar(share, tone), html.Span(percent(share), className="fixed" + (f" tone-{tone}" if share >= much else ""))]


def _chart(visit: Visit, by_worker: Mapping[str, Points], title: str, unit: str, measure: str) -> html.Section:
    plot = Plot(visit.window, timedelta(seconds=step_seconds(visit.window)), unit, 200)
    lines = [
        Line(worker.partition(".")[0], series_colour(visit.viewer.scheme, number), points)
        for number, (worker, points) in enumerate(sorted(by_worker.items())[:LINES])
    ]
    if not lines:
        return card(title, html.P("Not told by these servers.", className="muted"), wide=6)
    drawn = graph(f"inference-{measure}", line_chart(visit.viewer, plot, lines), f"{title}, by worker, over time")
    return card(title, legend(visit.viewer, lines), drawn, wide=6)


def _none(visit: Visit) -> Child:
    return empty(
        "Workers of vLLM, SGLang, TGI and Triton would be here: queues, caches, time to first token, speculation.",
        html.P("They come as metrics. An OpenTelemetry Collector beside the servers scrapes them and sends them on:"),
        code_sample(SAMPLE.format(endpoint=visit.services.otlp_grpc), "Configuration of the Collector"),
        further_back(visit),
    )
