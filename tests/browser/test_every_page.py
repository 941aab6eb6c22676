"""Every page on a desk and on a phone, light and dark: quiet console, no sideways scroll, accessible, from us alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.shown import Shown
from tests.browser.tab import Scheme, tab

pytestmark = pytest.mark.browser

# A report's preview is boxed in and lets nobody in, axe neither; reports have a test of their own.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "iframes": False}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


# Looked at once: they differ from their page by what is filled in.
ONCE = ("Home with its table", "Traces, none", "API")


def paths(site: Shown) -> dict[str, str]:
    incident = site.engine.query("SELECT id FROM incidents FINAL ORDER BY started_at DESC LIMIT 1").rows[0][0]
    longest = site.engine.query("SELECT TraceId FROM otel_traces GROUP BY 1 ORDER BY count() DESC, 1 LIMIT 1").rows
    masked = site.engine.query("SELECT TraceId FROM otel_traces WHERE notEmpty(Redactions) ORDER BY 1 LIMIT 1").rows
    talk = site.engine.query("SELECT max(session_id) FROM llm_calls WHERE service = 'support-desk'").rows[0][0]
    run = site.engine.query(
        "SELECT concat(trace_id, '.', span_id) FROM llm_calls WHERE agent_name = 'billing-specialist'"
        " AND operation = 'invoke_agent' ORDER BY timestamp DESC LIMIT 1"
    ).rows[0][0]
    return {
        "Home": "/",
        "Home with its table": "/?table=1&figure=cost",
        "Incidents": "/incidents?range=7d",
        "Incident": f"/incidents/{incident}",
        "Traces": "/traces",
        "Traces, none": "/traces?q=nothing-is-called-so",
        "Trace": f"/traces/{longest[0][0]}",
        "Trace, masked": f"/traces/{masked[0][0]}",
        "Sessions": "/sessions",
        "Session": f"/sessions/{talk}",
        "Models and cost": "/models",
        "Users": "/users",
        "User": "/users/u-0007",
        "Agents": "/agents",
        "Agent and a run": f"/agents?agent=billing-specialist&run={run}",
        "Retrieval": "/retrieval",
        "Inference": "/inference",
        "Policies": "/policies",
        "Reports": "/reports",
        "Nowhere": "/nowhere",
        "API": "/api/docs",
    }


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page(browser: Browser, site: Shown, width: int, scheme: Scheme) -> None:
    found: dict[str, list[str]] = {}
    with tab(browser, site.base, width, scheme) as one:
        for name, path in paths(site).items():
            if name in ONCE and (width, scheme) != (1440, "light"):
                continue
            if name == "API":
                one.page.goto(site.base + path)
                one.page.wait_for_selector("#api .info")
            else:
                one.open(path)
            one.wrong += flaws(one.page, accessible=name != "API")
            if one.wrong:
                found[name], one.wrong = one.wrong, []
    assert not found


def flaws(page: Page, *, accessible: bool) -> list[str]:
    page.evaluate("document.fonts.ready")
    over = page.evaluate(WIDE)
    wrong = [f"{over} px wider than the screen"] if over > 0 else []
    if accessible:
        for violation in Axe().run(page, options=RULES).response["violations"]:
            where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            wrong.append(f"{violation['id']}: {where}")
    return wrong
