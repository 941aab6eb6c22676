"""A report as it will be printed, in a frame of its own: it may neither run scripts nor act on this page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from dashboard.components.blocks import card
from dashboard.format import moment
from dashboard.pages.page import Visit
from dashboard.read.runs import run_files
from storage.control.models import ReportRun


def preview_card(visit: Visit, runs: Sequence[ReportRun]) -> html.Section | None:
    """Return the run of ``?run=``, else the newest that left a page; None when none did."""
    readable = {one.id: one for one in runs if page_of(visit, one)}
    if not readable:
        return None
    one = readable.get(visit.address.own.get("run", "")) or next(iter(readable.values()))
    frame = html.Iframe(
        src=page_of(visit, one), title="The report", sandbox="", className="preview", referrerPolicy="no-referrer"
    )
    return card("Preview", frame, aside=html.Span(f"run {moment(one.started_at, visit.viewer.zone)}"))


def page_of(visit: Visit, one: ReportRun) -> str:
    """Return the address of a run's page, empty when it left none."""
    pages = [path for path in run_files(one, visit.services.reports_dir) if path.suffix == ".html"]
    return f"/api/v1/reports/{quote(one.id)}/files/{quote(pages[0].name)}" if pages else ""
