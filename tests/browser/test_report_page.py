"""A report in a real browser: fetches nothing, fits a phone and a desk, is accessible, prints on A4."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from policies.reports.make import make_report, report_files
from policies.reports.model import Period
from spanwarden.circumstances import look
from spanwarden.reporting import page_fonts
from storage.control.store import migrate_control, open_control
from tests.integration.evidenced import END, NOW, START, evidenced

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def page_file(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("SPANWARDEN_CONFIG", "/dev/null")
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    migrate_control(url)
    control = open_control(url)
    house = evidenced(engine, control, tmp_path)
    house.fill()
    silent = int((START + timedelta(days=2)).timestamp())
    engine.command(
        f"ALTER TABLE otel_traces DELETE WHERE toUnixTimestamp(Timestamp) BETWEEN {silent} AND {silent + 7199}",
        settings={"mutations_sync": 2},
    )
    period = Period(START, END, NOW)
    seen = look(engine, control, house.policies, house.settings, period)
    report = make_report("eu-ai-act", "run", engine, house.policies, seen, period, lambda: NOW)
    control.close()
    path = tmp_path / "report.html"
    path.write_bytes(report_files(report, page_fonts())["report.html"])
    return path


def test_a_report_on_screens_and_on_paper(page_file, tmp_path, browser):
    for width in (390, 1440):
        page = browser.new_page(viewport={"width": width, "height": 1200})
        said, asked = [], []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(page_file.as_uri())
        outside = [url for url in asked if url != page_file.as_uri() and not url.startswith("data:")]
        assert (said, outside) == ([], [])
        assert page.evaluate(SIDEWAYS) <= 0
        assert page.evaluate("document.fonts.check('12px Inter')")
        assert [one["id"] for one in Axe().run(page, options=RULES).response["violations"]] == []
        assert page.locator("svg .flag").first.text_content() == "silent"
        page.close()
    paper = browser.new_page()
    paper.goto(page_file.as_uri())
    pdf = paper.pdf(prefer_css_page_size=True, path=tmp_path / "report.pdf")
    paper.close()
    boxes = [tuple(map(float, box)) for box in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)]
    assert len(boxes) >= 7
    assert {(round(width), round(height)) for width, height in boxes} <= {(595, 842), (596, 842), (594, 841)}
