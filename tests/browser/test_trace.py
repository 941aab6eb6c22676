"""The trace page: one selection, the keyboard, long traces, traces that carry nothing."""

from __future__ import annotations

import re
import time

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.planted import AGENT, LONG, NAKED, agent_trace, long_trace, naked_trace
from tests.browser.shown import Shown
from tests.browser.tab import tab

pytestmark = pytest.mark.browser

SPANS = 10_000


@pytest.fixture(scope="module", autouse=True)
def planted(site: Shown) -> None:
    """Send three traces by OTLP/HTTP and wait until they are stored."""
    before = site.engine.query("SELECT count() FROM otel_traces").rows[0][0]
    now = time.time_ns()
    sent = [*long_trace(now, SPANS), naked_trace(now), agent_trace(now)]
    for body in sent:
        answer = requests.post(site.collector.http, json=body, timeout=20)
        assert answer.status_code == 200, answer.text
    spans = sum(len(scope["spans"]) for body in sent for one in body["resourceSpans"] for scope in one["scopeSpans"])
    until = time.monotonic() + 60
    while site.engine.query("SELECT count() FROM otel_traces").rows[0][0] < before + spans:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_keyboard_moves_finds_and_jumps_to_errors(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base) as one:
        page = one.open(f"/traces/{AGENT}")
        rows = page.locator("#rows [role=option]")
        chosen = page.locator("#rows [aria-selected=true]")
        first = rows.first.get_attribute("data-span")
        rows.first.click()
        expect(page.locator(".detail-title")).to_have_text("agent")
        page.keyboard.press("j")
        expect(chosen).not_to_have_attribute("data-span", first or "")
        expect(page).to_have_url(re.compile("span="))
        page.keyboard.press("k")
        expect(chosen).to_have_attribute("data-span", first or "")
        page.keyboard.press("e")
        expect(chosen).to_have_attribute("data-failed", "1")
        page.keyboard.press("f")
        page.keyboard.type("sql")
        page.keyboard.press("Enter")
        page.wait_for_url("**find=sql**")
        expect(rows).to_have_count(1)
        page.reload()
        one.ready()
        expect(rows).to_have_count(1)
        assert one.wrong == []


def test_ten_thousand_spans_open_a_page_at_a_time(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base) as one:
        page = one.open("/traces")
        took = opening(page, LONG, "a long job")
        expect(page.locator(".fact", has_text="Spans")).to_contain_text("10,000")
        expect(page.locator(".more")).to_contain_text("Spans 1 to 400 of 10,000")
        page.get_by_role("link", name="After").click()
        expect(page.locator(".more")).to_contain_text("Spans 401 to 800")
        assert one.wrong == []
    assert took < 10, "it hangs; on a quiet machine it takes about a second"


def opening(page: Page, trace: str, title: str) -> float:
    """Go to a trace from within the app; return the seconds until its rows stand there."""
    began = time.monotonic()
    page.evaluate("path => window.dash_clientside.set_props('url', { pathname: path, search: '' })", f"/traces/{trace}")
    page.wait_for_selector(f"h1:text-is('{title}')")
    page.wait_for_selector("#rows [role=option]")
    return time.monotonic() - began


def test_a_trace_with_none_of_the_attributes(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base) as one:
        page = one.open(f"/traces/{NAKED}")
        expect(page.locator("h1")).to_have_text("unnamed trace")
        expect(page.locator(".panel-conversation")).to_contain_text("nothing was said")
        assert one.wrong == []


def test_an_empty_conversation_names_the_setting(browser: Browser, site: Shown) -> None:
    silent = site.engine.query(
        "SELECT TraceId, SpanId FROM otel_traces WHERE SpanAttributes['gen_ai.operation.name'] = 'chat'"
        " AND NOT mapContains(SpanAttributes, 'gen_ai.input.messages') AND Events.Name = [] LIMIT 1"
    ).rows
    assert silent
    with tab(browser, site.base) as one:
        page = one.open(f"/traces/{silent[0][0]}?span={silent[0][1]}")
        expect(page.locator(".panel-conversation")).to_contain_text(
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
        )


def test_a_deep_link_chooses_its_span(browser: Browser, site: Shown) -> None:
    span = site.engine.query(
        "SELECT SpanId FROM otel_traces WHERE TraceId = {trace:String} AND SpanName = 'chat'", {"trace": AGENT}
    ).rows[0][0]
    with tab(browser, site.base) as one:
        page = one.open(f"/traces/{AGENT}?span={span}")
        expect(page.locator("#rows [aria-selected=true]")).to_have_attribute("data-span", span)
        expect(page.locator(".detail-title")).to_have_text("chat")
        one.open(f"/traces/{'0' * 32}")
        expect(page.locator("h1")).to_have_text("This trace is not stored")
