"""``/api/v1/reports``: what ran, run one now, fetch its files."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dashboard.address import read_time
from dashboard.api.asked import Given
from dashboard.format import rfc3339
from dashboard.read.runs import SERVED, run, run_file, runs, shape
from dashboard.services import Services
from storage.control.models import ReportRun

routes = APIRouter(tags=["reports"])
# A report carries its own styles and drawings and no script; it may not act on us, so it is boxed in.
PAPER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-downloads"
)


class Order(BaseModel):
    """Which report to run over which time, RFC 3339, ``to`` exclusive."""

    model_config = ConfigDict(extra="forbid")

    report: str = "eu-ai-act"
    start: str = Field(alias="from")
    end: str = Field(alias="to")

    def times(self) -> tuple[datetime, datetime]:
        """Return both times in UTC; raises BadAddress that names the one that is wrong."""
        return read_time(self.start, "from"), read_time(self.end, "to")


@routes.get("/reports")
def list_reports(services: Given) -> dict[str, Any]:
    """Return the newest runs, newest first, the reports that can be run, and the schedules."""
    return {
        "reports": [shape(one, services.reports_dir) for one in runs(services.control)],
        "available": list(services.reports),
        "schedules": [
            {
                "id": one.id,
                "report": one.report,
                "cron": one.cron,
                "timezone": one.timezone,
                "window": one.window,
                "next_due": rfc3339(one.next_due),
            }
            for one in services.schedules()
        ],
        "next": None,
    }


@routes.post("/reports", status_code=201)
def run_report(services: Given, order: Order) -> dict[str, Any]:
    """Run a report now and return its run once it is finished; ``files`` can then be fetched."""
    start, end = order.times()
    if end - start < timedelta(minutes=1):
        raise HTTPException(400, "to comes after from, by a minute at least")
    if order.report not in services.reports:
        raise HTTPException(404, f"report is one of {', '.join(services.reports)}, not {order.report[:40]!r}")
    try:
        run_id = services.run_report(order.report, start, end)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    return one_report(services, run_id)


@routes.get("/reports/{run_id}")
def one_report(services: Given, run_id: str) -> dict[str, Any]:
    """Return one run, and whether its signature holds."""
    found = _found(services, run_id)
    checked = services.verify(Path(found.path)) if found.path else None
    signature = {"valid": checked.valid, "reason": checked.reason} if checked else None
    return {**shape(found, services.reports_dir), "signature": signature}


@routes.get("/reports/{run_id}/files/{name}")
def report_file(services: Given, run_id: str, name: str, request: Request) -> Response:
    """Return one file of a run as it lies, boxed in by a policy of its own."""
    path = run_file(_found(services, run_id), services.reports_dir, name)
    if path is None:
        raise HTTPException(404, "this run has no such file")
    headers = {"Content-Security-Policy": PAPER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    if "download" in request.query_params:
        headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return Response(path.read_bytes(), media_type=SERVED[path.suffix], headers=headers)


def _found(services: Services, run_id: str) -> ReportRun:
    found = run(services.control, run_id)
    if found is None:
        raise HTTPException(404, f"there is no run {run_id[:40]!r}")
    return found
