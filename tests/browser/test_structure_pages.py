"""Sessions, users, agents, retrieval and inference: what they show equals SQL over the spans and points as sent."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from dashboard.format import money
from tests.browser.shown import Shown
from tests.browser.tab import tab

pytestmark = pytest.mark.browser

RANGE = "?range=7d"
KEYS = ("gen_ai.conversation.id", "session.id", "ai.telemetry.metadata.sessionId",
        "traceloop.association.properties.session_id")  # fmt: skip


def row(page: Page, caption: str, name: str) -> list[str]:
    """The cells of the table's row that begins with a name."""
    found = page.locator(f"table:has(caption:text-is('{caption}')) tbody tr").filter(has_text=re.compile(name))
    return [cell.strip() for cell in found.first.locator("td").all_inner_texts()]


def test_sessions_are_as_many_as_the_spans_name(browser: Browser, site: Shown) -> None:
    named = ", ".join(f"SpanAttributes['{key}']" for key in KEYS)
    sessions = f"arrayFirst(value -> value != '', [{named}])"
    amount = site.engine.query(f"SELECT uniqExact({sessions}) FROM otel_traces WHERE {sessions} != ''").rows[0][0]
    with tab(browser, site.base) as one:
        page = one.open(f"/sessions{RANGE}")
        said = page.locator("h1").inner_text()
        page.locator("tbody .row-link").first.click()
        page.wait_for_selector(".talk-turn")
        assert one.wrong == []
    assert said.startswith(f"{amount:,} sessions of ")


def test_a_talk_shows_what_was_said_in_the_order_it_was_said(browser: Browser, site: Shown) -> None:
    session, turns = site.engine.query(
        "SELECT SpanAttributes['gen_ai.conversation.id'] AS session, uniqExact(TraceId) AS turns FROM otel_traces"
        " WHERE ServiceName = 'support-desk' AND SpanAttributes['gen_ai.input.messages'] != ''"
        " GROUP BY session ORDER BY turns DESC, session LIMIT 1"
    ).rows[0]
    asked = [
        text for (text,) in site.engine.query(
            "SELECT JSONExtractString(SpanAttributes['gen_ai.input.messages'], 1, 'parts', 1, 'content')"
            " FROM otel_traces WHERE SpanAttributes['gen_ai.conversation.id'] = {session:String}"
            " AND ParentSpanId = '' ORDER BY Timestamp", {"session": session},
        ).rows
    ]  # fmt: skip
    assert turns == len(asked) > 2
    with tab(browser, site.base) as one:
        page = one.open(f"/sessions/{session}{RANGE}")
        shown = page.locator(".talk .role-user .said").all_inner_texts()
        answers = page.locator(".talk .role-assistant .said").count()
        assert one.wrong == []
    assert shown == asked
    assert answers >= 1


def test_a_users_traces_are_counted_as_sql_counts_them(browser: Browser, site: Shown) -> None:
    named = "', '".join(("user.id", "ai.telemetry.metadata.userId", "metadata.user_api_key_end_user_id",
                         "traceloop.association.properties.user_id"))  # fmt: skip
    found = f"arrayExists(key -> SpanAttributes[key] = 'u-0003', ['{named}'])"
    traces = site.engine.query(f"SELECT uniqExact(TraceId) FROM otel_traces WHERE {found}").rows[0][0]
    with tab(browser, site.base) as one:
        page = one.open(f"/users/u-0003{RANGE}")
        told = page.locator(".fact", has=page.locator("dt:text-is('Traces')")).locator("dd").inner_text()
        assert one.wrong == []
    assert told == f"{traces:,}"


def test_agents_run_as_often_as_their_spans_and_a_click_shows_the_runs(browser: Browser, site: Shown) -> None:
    agent = "shipping-specialist"
    runs, tracks = site.engine.query(
        "SELECT countIf(SpanName = 'invoke_agent shipping-specialist'), countIf(SpanName = 'execute_tool track_parcel')"
        " FROM otel_traces"
    ).rows[0]
    with tab(browser, site.base) as one:
        page = one.open(f"/agents{RANGE}")
        cells = row(page, "Agents, most runs first", f"^{agent}")
        page.locator(f".node-agent:has-text('{agent}')").click()
        page.wait_for_url("**agent=shipping-specialist**")
        page.wait_for_selector(".card-title:has-text('Runs of')")
        edge = row(page, "Edges of the graph, most calls first", "track_parcel")
        page.locator("table:has(caption:has-text('Runs of')) .row-link").first.click()
        page.wait_for_selector(".steps .step")
        assert page.locator(".step .span-name").first.inner_text() == f"invoke_agent {agent}"
        assert one.wrong == []
    assert cells[1] == f"{runs:,}"
    assert edge[1] == f"{tracks:,}"


def test_searches_that_found_nothing_are_counted(browser: Browser, site: Shown) -> None:
    calls, empty = site.engine.query(
        "SELECT count(), countIf(SpanAttributes['gen_ai.retrieval.documents'] = '[]') FROM otel_traces"
        " WHERE SpanAttributes['gen_ai.data_source.id'] = 'contracts-archive'"
    ).rows[0]
    assert 0 < empty < calls
    with tab(browser, site.base) as one:
        page = one.open(f"/retrieval{RANGE}&source=contracts-archive")
        cells = row(page, "Sources of documents, most searches first", "^contracts-archive")
        examples = page.locator("table:has(caption:has-text('Searches:')) tbody tr").count()
        assert one.wrong == []
    assert cells[1] == f"{calls:,}"
    assert examples == min(empty, 20)


def test_the_fullest_cache_is_the_one_that_was_measured(browser: Browser, site: Shown) -> None:
    most = site.engine.query(
        "SELECT ResourceAttributes['service.instance.id'] AS worker, max(Value) AS most FROM otel_metrics_gauge"
        " WHERE MetricName IN ('vllm:kv_cache_usage_perc', 'sglang:token_usage') GROUP BY worker ORDER BY worker"
    ).rows
    assert len(most) == 4
    with tab(browser, site.base) as one:
        page = one.open(f"/inference{RANGE}")
        told = {worker: row(page, "Workers", f"^{worker.partition('.')[0]}")[3] for worker, _ in most}
        assert page.locator(".chart-place").count() == 4
        assert one.wrong == []
    assert all(abs(float(told[worker].split()[0]) - 100 * value) < 0.6 for worker, value in most), (told, most)


def test_a_models_cost_and_calls_are_those_of_its_counted_calls(browser: Browser, site: Shown) -> None:
    model, calls, cost = site.engine.query(
        "SELECT model, count() AS calls, sum(cost_usd) AS cost FROM llm_calls WHERE is_llm_call"
        " GROUP BY model ORDER BY sum(ifNull(cost_usd, 0)) DESC LIMIT 1"
    ).rows[0]
    with tab(browser, site.base) as one:
        page = one.open(f"/models{RANGE}")
        cells = row(page, "Cost by model", f"^{re.escape(model)}")
        page.get_by_role("link", name="Team", exact=True).click()
        page.wait_for_selector("caption:text-is('Cost by team')", state="attached")
        assert one.wrong == []
    assert (cells[1], cells[3]) == (money(float(cost)), f"{calls:,}")
