"""Home: its figures equal plain SQL over the spans as they were sent; the URL holds what is chosen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.format import percent
from tests.browser.shown import Shown
from tests.browser.tab import tab

pytestmark = pytest.mark.browser

# What a model call is and carries, in the dialects that the demo speaks; nothing of ours is asked. A call right
# inside a call is the same one, told by another library.
RAW = """
WITH called AS (
    SELECT * FROM otel_traces
    WHERE SpanAttributes['gen_ai.operation.name'] IN ('chat', 'embeddings')
       OR SpanAttributes['openinference.span.kind'] IN ('LLM', 'EMBEDDING')
       OR SpanAttributes['ai.operationId'] = 'ai.streamText.doStream'
)
SELECT
    count() AS requests,
    countIf(StatusCode = 'Error') AS failed,
    quantileExact(0.95)(Duration / 1e6) AS p95,
    sum(toUInt64OrZero(SpanAttributes['gen_ai.usage.input_tokens']) + toUInt64OrZero(SpanAttributes['gen_ai.usage.output_tokens'])
        + toUInt64OrZero(SpanAttributes['llm.token_count.prompt']) + toUInt64OrZero(SpanAttributes['llm.token_count.completion'])) AS tokens
FROM called
WHERE Timestamp >= {start:DateTime64(9)} AND Timestamp < {end:DateTime64(9)}
  AND ParentSpanId NOT IN (SELECT SpanId FROM called)
"""  # noqa: E501
# Prices and first tokens come from several attributes and events, which the typed rows have put together.
TYPED = """
SELECT sum(cost_usd), quantileExactIf(0.95)(assumeNotNull(ttft_ms), ttft_ms IS NOT NULL) FROM llm_calls
WHERE is_llm_call AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
"""
SCALES = {"k": 1e3, "M": 1e6, "ms": 1.0, "s": 1e3, "": 1.0}


def shown(page: Page, label: str) -> str:
    """Read what a tile shows as its number."""
    tile = page.locator(".tile", has=page.locator(f".tile-label:text-matches('^{label}')"))
    return tile.locator(".tile-number").inner_text()


def number(page: Page, label: str) -> float:
    """Read a tile's number; times in ms."""
    text = shown(page, label)
    found = re.fullmatch(r"\$?([\d.,]+)\s*(k|M|ms|s|)", text)
    assert found, text
    return float(found[1].replace(",", "")) * SCALES[found[2]]


def test_the_figures_equal_sql_on_the_raw_spans(browser: Browser, site: Shown) -> None:
    start = (site.now - timedelta(hours=9)).replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(hours=8)
    bounds = {"start": start, "end": end}
    raw = site.engine.query(RAW, bounds).dicts()[0]
    cost, first = site.engine.query(TYPED, bounds).rows[0]
    assert raw["requests"] > 1000
    assert raw["failed"]
    with tab(browser, site.base) as one:
        page = one.open(f"/?from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}")
        told = {name: number(page, name) for name in ("Requests", "p95 latency", "Tokens", "Cost")}
        share = shown(page, "Failures")
        ttft = number(page, "p95 first")
        failed = page.locator(".tile", has_text="Failures").locator(".tile-change").inner_text()
        assert one.wrong == []
    rounded = 0.006  # three digits are shown
    assert told["Requests"] == pytest.approx(raw["requests"], rel=rounded)
    assert share == percent(raw["failed"] / raw["requests"])
    assert failed.startswith(f"{raw['failed']:,} calls")
    assert told["Tokens"] == pytest.approx(raw["tokens"], rel=rounded)
    assert told["Cost"] == pytest.approx(cost, rel=rounded)
    assert number_near(told["p95 latency"], raw["p95"])
    assert number_near(ttft, first)


def number_near(shown: float, exact: float) -> bool:
    """A sketch is within one per cent of a quantile's value, and three digits are shown."""
    return abs(shown - exact) <= 0.02 * exact


def test_home_says_the_verdict_first(browser: Browser, site: Shown) -> None:
    going_on = site.engine.query("SELECT countIf(state != 'resolved') FROM incidents FINAL").rows[0][0]
    assert going_on
    with tab(browser, site.base) as one:
        page = one.open("/")
        expect(page.locator("h1")).to_contain_text(f"{going_on} incident")
        assert page.locator("h1").bounding_box()["y"] < 140  # type: ignore[index]
        page.locator(".rows .row").first.click()
        page.wait_for_url(re.compile("/incidents/[0-9a-f-]{36}"))
        expect(page.locator("h1")).to_contain_text("normal")
        expect(page.locator(".causes li")).not_to_have_count(0)
        assert one.wrong == []


def test_what_is_chosen_is_in_the_url(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base) as one:
        page = one.open("/")
        page.get_by_role("link", name="6h", exact=True).click()
        page.wait_for_url("**/?range=6h")
        expect(page.locator(".verdict-of")).to_contain_text("last 6 hours")
        one.ready()
        page.locator(".tile", has_text="Cost").click()
        page.wait_for_url("**/?range=6h&figure=cost")
        expect(page.locator(".card-title", has_text="Cost by model")).to_be_visible()
        page.reload()
        one.ready()
        expect(page.locator(".card-title", has_text="Cost by model")).to_be_visible()
        expect(page.locator(".range.here")).to_have_text("6h")
        page.go_back()
        page.wait_for_url("**/?range=6h")
        expect(page.locator(".card-title", has_text="p95 latency by model")).to_be_visible()
        page.locator(".rail-link", has_text="Traces").click()
        page.wait_for_url("**/traces?range=6h")
        assert one.wrong == []


def test_times_are_the_viewers(browser: Browser, site: Shown) -> None:
    at = datetime.now(UTC)
    moments = {}
    for zone in ("UTC", "Asia/Kolkata"):  # half an hour off, so that no hour-based shortcut passes
        with tab(browser, site.base, zone=zone) as one:
            page = one.open(f"/traces?from={at - timedelta(hours=6):%Y-%m-%dT%H:00:00Z}&to={at:%Y-%m-%dT%H:00:00Z}")
            moments[zone] = page.locator("tbody td").first.inner_text()[-5:]
    minutes = {zone: int(text[:2]) * 60 + int(text[3:]) for zone, text in moments.items()}
    assert (minutes["Asia/Kolkata"] - minutes["UTC"]) % 1440 == 330


def test_light_and_dark_stay_chosen(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base, scheme="light") as one:
        page = one.open("/")
        bright = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator("#theme").click()
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
        page.reload()
        one.ready()
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != bright
        assert one.wrong == []
