"""Reports: what runs when, what ran, whether its signature holds; one click runs one now."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, State, ctx, html, no_update

from dashboard.components.blocks import Child, badge, card, code, empty, facts, grid
from dashboard.components.table import Column, table
from dashboard.format import clock, moment, span
from dashboard.memo import Memo
from dashboard.pages.page import Drawn, Visit, VisitOf
from dashboard.pages.report_preview import preview_card
from dashboard.read.runs import run_files, runs
from dashboard.services import ScheduleView, Services, Signature
from dashboard.words import plural
from storage.control.models import ReportRun
from storage.errors import StoreError

log = logging.getLogger(__name__)
COLUMNS = (
    Column("report", "Report", main=True),
    Column("window", "Over"),
    Column("why", "Run by", hidden_on_phone=True),
    Column("at", "Started", hidden_on_phone=True),
    Column("took", "Took", number=True, hidden_on_phone=True),
    Column("state", "State"),
    Column("signature", "Signature", hidden_on_phone=True),
    Column("digest", "Digest", hidden_on_phone=True),
    Column("open", "Open", number=True),
)
NAMES = {"eu-ai-act": "EU AI Act and GDPR"}
STATUS = {
    "done": ("done", "good", "✓"),
    "ok": ("done", "good", "✓"),
    "succeeded": ("done", "good", "✓"),
    "failed": ("failed", "critical", "✗"),
    "running": ("running", "note", "◐"),
}
FILES = {"bundle.json": "Bundle", "public-key.txt": "Public key"}
CHECKED = Memo(30.0)
EXAMPLE = """\
[[schedules]]
id = "weekly"
report = "eu-ai-act"
cron = "0 6 * * 1"
timezone = "Europe/Berlin"
window = "week"
"""


def draw(visit: Visit) -> Drawn:
    """Draw schedules and history."""
    services = visit.services
    found, schedules = runs(services.control), services.schedules()
    rows = [_row(visit, one) for one in found]
    history = table(COLUMNS, rows, "Runs, newest first") if rows else _none()
    return Drawn(
        "Reports",
        [
            html.Header(
                [
                    html.H1(_sentence(visit, found, schedules), className="verdict"),
                    html.P(
                        "Each figure of a report comes from a query over what is stored, and names it.",
                        className="muted verdict-of",
                    ),
                ],
                className="page-head",
            ),
            grid(
                card(
                    "On a schedule",
                    html.Div([_schedule(visit, one) for one in schedules], className="schedules")
                    if schedules
                    else _no_schedule(),
                    wide=8,
                ),
                card("Run one now", _now(visit), wide=4),
                card("History", history),
                preview_card(visit, found),
            ),
        ],
    )


def register(app: Dash, visit_of: VisitOf) -> None:
    """Register running a report by hand."""

    @app.callback(
        Output("ran", "children"),
        Output("pulse", "data", allow_duplicate=True),
        Input({"type": "run", "report": "all"}, "n_clicks"),
        State("url", "search"),
        State("viewer", "data"),
        prevent_initial_call=True,
        running=[(Output({"type": "run", "report": "all"}, "disabled"), True, False)],
    )
    async def run_now(clicks: Any, search: Any, viewer: Any) -> Any:  # noqa: ANN401 (from a browser)
        if not isinstance(clicks, int) or clicks < 1 or ctx.triggered_id is None:
            return no_update, no_update
        visit = visit_of("/reports", search, viewer)
        said = await asyncio.to_thread(_run, visit, visit.services.reports[0])
        return said, f"ran {visit.now.isoformat()}"


def _run(visit: Visit, report: str) -> Child:
    if report not in visit.services.reports:
        return badge("there is no such report", "critical", "✗")
    try:
        visit.services.run_report(report, visit.window.start, visit.window.end)
    except (ValueError, NotImplementedError) as error:
        return badge(str(error), "critical", "✗")
    except (StoreError, OSError):
        log.exception("a report could not be run")
        return badge("the report could not be run; the log says why", "critical", "✗")
    return badge("done, see the history", "good", "✓")


def _sentence(visit: Visit, found: list[ReportRun], schedules: Any) -> str:  # noqa: ANN401 (a sequence)
    due = [one.next_due for one in schedules if one.next_due]
    last = next((one for one in found if one.finished_at), None)
    failed = last is not None and STATUS.get(last.status, ("", "", ""))[0] == "failed"
    first = "The last report failed" if failed else f"{plural(len(found), 'report')} kept" if found else "No report yet"
    return f"{first}, next {clock(min(due), visit.viewer.zone, visit.now)}" if due else first


def _schedule(visit: Visit, one: ScheduleView) -> html.Dl:
    due = (
        f"{moment(one.next_due, visit.viewer.zone)} (in {span(one.next_due - visit.now)})"
        if one.next_due
        else "not again"
    )
    pairs: list[tuple[str, Child]] = [
        ("Name", one.id),
        ("Report", NAMES.get(one.report, one.report)),
        ("When", html.Code(f"{one.cron}  {one.timezone}")),
        ("Over", f"the {one.window} before"),
        ("Next", due),
    ]
    return facts(*pairs)


def _now(visit: Visit) -> list[Child]:
    zone = visit.viewer.zone
    over = f"{moment(visit.window.start, zone)} to {moment(visit.window.end, zone)}"
    button = html.Button("Run it", id={"type": "run", "report": "all"}, className="button main", type="button")
    names = ", ".join(NAMES.get(name, name) for name in visit.services.reports)
    return [
        html.P([html.Strong(names), html.Span(f" over {visit.address.words()}", className="muted")]),
        html.P(over, className="muted key"),
        html.Div([button, html.Span(id="ran")], className="say"),
    ]


def _row(visit: Visit, one: ReportRun) -> dict[str, Child]:
    words, tone, glyph = STATUS.get(one.status, (one.status, "quiet", "•"))
    zone = visit.viewer.zone
    took = span(one.finished_at - one.started_at) if one.finished_at else ""
    state: Child = badge(words, tone, glyph)
    return {
        "report": [
            html.Strong(NAMES.get(one.report, one.report)),
            html.Span(one.error, className="muted sub") if one.error else None,
        ],
        "window": _over(one, zone),
        "why": one.schedule or "by hand",
        "at": html.Span(clock(one.started_at, zone, visit.now), title=one.started_at.isoformat()),
        "took": took,
        "state": state,
        "signature": _signature(visit.services, one),
        "digest": code(one.digest) if one.digest else "",
        "open": _files(visit, one),
    }


def _over(one: ReportRun, zone: ZoneInfo) -> str:
    """Both ends in the viewer's clock, with their dates: a report may span a week from hour to hour."""
    start, end = one.window_from.astimezone(zone), one.window_to.astimezone(zone)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end.day} {end:%b %H:%M}"
    return f"{start.day} {start:%b %H:%M} – {last}"


def _signature(services: Services, one: ReportRun) -> Child:
    if not one.path or STATUS.get(one.status, ("",))[0] != "done":
        return ""
    checked: Signature = CHECKED.get((one.id, one.path), lambda: services.verify(Path(one.path)))
    if checked.valid:
        return badge("holds", "good", "✓")
    return html.Span(badge("does not hold", "critical", "✗"), title=checked.reason)


def _files(visit: Visit, one: ReportRun) -> Child:
    links: list[Child] = []
    for path in run_files(one, visit.services.reports_dir):
        href = f"/api/v1/reports/{quote(one.id)}/files/{quote(path.name)}"
        words = FILES.get(path.name) or {".html": "View", ".json": path.stem.capitalize()}.get(path.suffix, path.name)
        links.append(
            html.A(
                words,
                href=href if path.suffix == ".html" else f"{href}?download=1",
                target="_blank",
                rel="noopener",
                className="link",
            )
        )
    return html.Span(links, className="file-links")


def _no_schedule() -> Child:
    return empty(
        "No report runs on a schedule.",
        html.P(["Add this to ", html.Code("spanwarden.toml"), " and start again:"], className="muted"),
        html.Pre(html.Code(EXAMPLE), tabIndex="0"),
    )


def _none() -> Child:
    return empty(
        "No report has run.",
        html.P("Run one above, or from a shell: spanwarden report run eu-ai-act", className="muted"),
    )
