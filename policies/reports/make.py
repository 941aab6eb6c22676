"""Makes a report: asks the store for each control's evidence, and turns the whole into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from policies.bundle import PolicySet
from policies.reports.asking import Asker
from policies.reports.canonical import canonical
from policies.reports.circumstances import Circumstances
from policies.reports.controls.registry import REPORTS
from policies.reports.controls.setting import Setting
from policies.reports.model import RULE, Control, Period, Query, Report, rfc3339
from policies.reports.page import render
from storage.engine import Engine

__all__ = ["REPORTS", "make_report", "report_files"]
MINUTE = timedelta(minutes=1)


def make_report(
    name: str,
    run_id: str,
    engine: Engine,
    policies: PolicySet,
    seen: Circumstances,
    period: Period,
    clock: Callable[[], datetime],
) -> Report:
    """Compute the report ``name`` over ``period``, taken to whole minutes as the roll-ups have them.

    Raises KeyError for a report there is none of, StoreError when the store fails.
    """
    kind = REPORTS[name]
    whole = Period(_floor(period.start), _ceiling(period.end), period.as_of)
    setting = Setting(Asker(engine, whole, clock), policies, seen)
    about = {"release": seen.release, "policy_digest": seen.policy_digest, "store": seen.store}
    return Report(run_id, name, kind.title, whole, tuple(control(setting) for control in kind.controls), about)


def report_files(report: Report, fonts: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the files of a report, without its signature: name -> bytes. ``fonts`` are as ``render`` takes them."""
    return {"report.html": render(report, fonts).encode("utf-8"), "evidence.json": canonical(evidence(report))}


def evidence(report: Report) -> dict[str, Any]:
    """Return everything the report rests on in JSON's types: what the page shows, and each query with its answer."""
    queries = {query.id: query for control in report.controls for query in control.queries}
    return {
        "report": report.said(),
        "rule": RULE,
        "controls": [_control(control) for control in report.controls],
        "queries": {name: _query(query) for name, query in queries.items()},
    }


def _control(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "name": control.name,
        "title": control.title,
        "label": control.label,
        "verdict": control.verdict,
        "coverage": control.coverage,
        "conditions": [asdict(one) for one in control.conditions],
        "figures": [asdict(one) for one in control.figures],
        "traces": {what: list(ids) for what, ids in control.traces.items()},
        "not_proven": list(control.not_proven),
        "queries": [query.id for query in control.queries],
    }


def _query(query: Query) -> dict[str, Any]:
    return {
        "asks": query.asks,
        "sql": query.sql,
        "parameters": dict(query.parameters),
        "columns": list(query.columns),
        "rows": [list(row) for row in query.rows],
        "row_count": query.row_count,
        "as_of": rfc3339(query.as_of),
    }


def _floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _ceiling(at: datetime) -> datetime:
    return at if at == _floor(at) else _floor(at) + MINUTE
