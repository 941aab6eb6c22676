"""Whatever telemetry says is shown as text: no HTML, no Markdown, no component, no link, no control character acts."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.browser.sending import attributes, new_trace, send, span
from tests.browser.shown import Shown
from tests.browser.tab import Tab, tab

pytestmark = pytest.mark.browser

HTML = '<img src="http://evil.example/a.png" onerror="window.pwned=1"><script>window.pwned=2</script>'
MARKDOWN = "![pixel](http://evil.example/b.png) [press](javascript:window.pwned=3) <http://evil.example/c>"
COMPONENT = {
    "type": "Img",
    "namespace": "dash_html_components",
    "props": {"id": "owned", "src": "http://evil.example/d.png", "children": "owned by a component"},
}
TERMINAL = "\x1b[31mred\x1b]8;;http://evil.example\x07link\x1b[2J"
BIDI = "user\u202egnp.exe\u2066 and on\u200b"
SCRIPT = "javascript:window.pwned=4"
MODEL = '<a href="http://evil.example">gpt</a><b onclick="window.pwned=5">'
ACTING = """() => ({
  pwned: window.pwned ?? null,
  owned: document.querySelectorAll("#owned").length,
  script: document.querySelectorAll("#page :is(script, iframe, object, [onerror], [onclick])").length,
  away: [...document.querySelectorAll("#page a, #page img, #page image, #bar a")].flatMap(
    (one) => ["href", "src", "xlink:href"].map((name) => one.getAttribute(name) || "")
  ).filter((at) => at.startsWith("http") || at.startsWith("//") || at.toLowerCase().startsWith("javascript:")),
})"""
INERT = {"pwned": None, "owned": 0, "script": 0, "away": []}


@pytest.fixture(scope="module")
def hostile(site: Shown) -> str:
    """A trace with all of it in every place that takes text; returns its id."""
    trace = new_trace()
    messages = [
        {"role": "user", "parts": [{"type": "text", "content": said} for said in (HTML, MARKDOWN, TERMINAL, BIDI)]},
        {"role": HTML, "parts": [COMPONENT, {"type": "text", "content": COMPONENT}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "name": HTML, "arguments": COMPONENT, "id": "1"}]},
    ]
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": MODEL,
        "gen_ai.input.messages": json.dumps(messages),
        "gen_ai.output.messages": json.dumps([COMPONENT]),
        "gen_ai.conversation.id": SCRIPT,
        "user.id": HTML,
        "error.type": HTML,
        "note": json.dumps(COMPONENT),
        "nested": {"component": COMPONENT["props"]},
        HTML: MARKDOWN,
        "terminal": TERMINAL,
        "bidi": BIDI,
    }
    events = [{"timeUnixNano": "1", "name": HTML, "attributes": attributes({"exception.message": MARKDOWN})}]
    sent = span(
        HTML, trace, attributes=attributes(given), events=events, status={"code": 2, "message": f"{HTML} {SCRIPT}"}
    )
    send(site, [sent], {"service.name": HTML})
    return trace


def test_a_trace_shows_all_of_it_as_text(browser: Browser, site: Shown, hostile: str) -> None:
    with tab(browser, site.base) as one:
        page = one.open(f"/traces/{hostile}")
        said = page.locator("#panel-conversation").inner_text()
        for literal in (HTML, MARKDOWN, '"namespace": "dash_html_components"', "exe", "red"):
            assert literal in said
        assert page.locator("h1").inner_text() == HTML
        for panel in ("attributes", "events", "policy", "raw"):
            page.click(f"#tab-{panel}")
            assert page.locator(f"#panel-{panel}").is_visible()
        assert MARKDOWN in page.locator("#panel-attributes").text_content()
        assert MARKDOWN in page.locator("#panel-events").text_content()
        assert json.dumps(HTML)[1:-1] in page.locator("#panel-raw").text_content()
        _inert(one)


@pytest.mark.parametrize("path", ["/", "/traces", "/traces?q=javascript"])
def test_lists_and_charts_show_it_as_text(browser: Browser, site: Shown, hostile: str, path: str) -> None:
    chosen = urlencode({"model": MODEL})
    with tab(browser, site.base) as one:
        page = one.open(f"{path}{'&' if '?' in path else '?'}{chosen}")
        page.wait_for_timeout(500)  # a chart draws itself after its data
        if path.startswith("/traces"):
            assert HTML in page.locator("#page").inner_text()
        _inert(one)


def test_what_is_searched_for_is_text_too(browser: Browser, site: Shown) -> None:
    with tab(browser, site.base) as one:
        one.open("/traces?" + urlencode({"q": HTML, "service": SCRIPT, "before": HTML, "range": HTML}))
        one.open("/incidents/" + "%3Cscript%3Ewindow.pwned=6%3C%2Fscript%3E")
        one.open("/policies?" + urlencode({"policy": HTML, "verdict": HTML}))
        _inert(one)


def _inert(one: Tab) -> None:
    assert one.page.evaluate(ACTING) == INERT
    assert one.wrong == []
