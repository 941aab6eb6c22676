"""Every screen, in the rail's order: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.pages import (
    agents,
    dialects,
    home,
    incident,
    incidents,
    inference,
    models,
    policies,
    reports,
    retrieval,
    session,
    sessions,
    trace,
    traces,
    user,
    users,
)
from dashboard.pages.page import Page

PAGES: tuple[Page, ...] = (
    Page("Home", "/", home.draw, icon="home"),
    Page("Incidents", "/incidents", incidents.draw, icon="incidents"),
    Page("Incident", "/incidents/{incident_id}", incident.draw, register=incident.register),
    Page("Traces", "/traces", traces.draw, icon="traces", begins=True),
    Page("Trace", "/traces/{trace_id}", trace.draw, live=False, register=trace.register),
    Page("Sessions", "/sessions", sessions.draw, icon="sessions"),
    Page("Session", "/sessions/{session_id}", session.draw),
    Page("Users", "/users", users.draw, icon="users"),
    Page("User", "/users/{user_id}", user.draw),
    Page("Agents", "/agents", agents.draw, icon="agents"),
    Page("Models and cost", "/models", models.draw, icon="model"),
    Page("Retrieval", "/retrieval", retrieval.draw, icon="retrieval"),
    Page("Inference", "/inference", inference.draw, icon="inference"),
    Page("Dialects", "/dialects", dialects.draw, icon="dialects"),
    Page("Policies", "/policies", policies.draw, icon="policies", begins=True),
    Page("Reports", "/reports", reports.draw, icon="reports", live=False, register=reports.register),
)


def find_page(path: str) -> tuple[Page, Mapping[str, str]] | None:
    """Return the page of ``path`` with the parts of it that vary, or None when there is none."""
    for page in PAGES:
        values = page.match(path.rstrip("/") or "/")
        if values is not None:
            return page, values
    return None
