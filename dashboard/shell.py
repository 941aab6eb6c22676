"""The frame around every page: rail, top bar, the stores that say who looks, the place where a page is drawn."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.blocks import Child, extra, icon, link
from dashboard.pages.page import Page, Visit
from dashboard.pages.registry import PAGES
from dashboard.theme import mantine_theme

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="/assets/icons/mark.svg" type="image/svg+xml">
<script src="/assets/early/scheme.js"></script>
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""
RANGES = ("15m", "1h", "6h", "24h", "7d", "30d")


def layout() -> dmc.MantineProvider:
    """Return what is there before any figure: the frame and the skeleton of a page."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="viewer"),
            dcc.Store(id="pulse"),
            dcc.Store(id="fresh"),
            dcc.Store(id="title"),
            html.A("Skip to content", href="#page", className="skip"),
            html.Div(
                [
                    html.Nav(rail("/"), id="rail", className="rail", **extra(aria_label="Pages")),
                    html.Div(className="veil", id="veil"),
                    html.Div(
                        [
                            html.Div(id="bar", className="topbar", role="banner"),
                            html.Main(skeleton(), id="page", className="page", tabIndex="-1"),
                        ],
                        className="stage",
                    ),
                ],
                className="frame",
            ),
        ],
        id="mantine",
        theme=mantine_theme(),
        defaultColorScheme="auto",
    )


def rail(path: str, search: str = "") -> list[Child]:
    """Return the rail with the page of ``path`` marked; its links keep the time range and the scope."""
    entries = [_entry(page, path, search) for page in PAGES if page.icon]
    mark = html.Span([html.Span(className="mark"), html.Span("Spanwarden", className="word")], className="brand")
    fold = html.Button(icon("fold"), className="fold", id="fold", type="button", **extra(aria_label="Fold the rail"))
    return [mark, html.Ul(entries, className="rail-list"), html.Div([_api(), fold], className="rail-foot")]


def _entry(page: Page, path: str, search: str) -> html.Li:
    here = path == page.path or (page.path != "/" and path.startswith(f"{page.path}/"))
    shown = [icon(page.icon), html.Span(page.name, className="word")]
    current = extra(aria_current="page") if here else {}
    inner = dcc.Link(
        shown, href=page.path + search, className="rail-link here" if here else "rail-link", title=page.name
    )
    return html.Li(html.Span(inner, **current), className="begins" if page.begins else "")


def _api() -> html.A:
    return html.A(
        [icon("api"), html.Span("API", className="word")], href="/api/docs", className="rail-link", title="API"
    )


def topbar(visit: Visit, services: list[str], models: list[str], tenants: list[str]) -> list[Child]:
    """Return the bar: scope, search, time range, live, theme."""
    scope = visit.address.scope
    chosen = [
        _select("service", "All services", services, scope.service),
        _select("model", "All models", models, scope.model),
        *([_select("tenant", "All tenants", tenants, scope.tenant)] if len(tenants) > 1 or scope.tenant else []),
    ]
    return [
        html.Button(icon("menu"), className="menu", id="menu", type="button", **extra(aria_label="Open the pages")),
        html.Div(chosen, className="scopes"),
        _search(visit),
        html.Div(ranges(visit), className="ranges", role="group", **extra(aria_label="Time range")),
        _live(visit),
        html.Button(
            [icon("sun"), icon("moon")], className="theme", id="theme", type="button", title="Light or dark",
            **extra(aria_label="Switch between light and dark"),
        ),
    ]  # fmt: skip


def ranges(visit: Visit) -> list[Child]:
    """Return the moving windows as links, or the fixed one with the way back."""
    here = visit.address
    own = dict(here.own)
    links: list[Child] = []
    for name in RANGES:
        at = type(here)(name, None, here.scope, here.live, own)
        kind = "range here" if not here.fixed and here.range == name else "range"
        links.append(link(name, f"{visit.path}{at.search(**own)}", kind))
    if here.fixed:
        zone = visit.viewer.zone
        start, end = here.fixed.start.astimezone(zone), here.fixed.end.astimezone(zone)
        words = (
            f"{start:%-d %b %H:%M} – {end:%-d %b %H:%M}"
            if start.date() != end.date()
            else f"{start:%-d %b %H:%M} – {end:%H:%M}"
        )
        links.append(html.Span(words, className="range here fixed"))
    return links


def skeleton() -> html.Div:
    """Return the shape of a page that is on its way."""
    cards = [html.Div(className=f"card bone wide-{wide}") for wide in (7, 5, 2, 2, 2, 2, 2, 2, 8, 4)]
    return html.Div(
        [html.Div(className="bone line"), html.Div(cards, className="grid")],
        **extra(aria_busy="true", aria_label="Loading"),
    )


def _select(name: str, every: str, options: list[str], value: str) -> dmc.Select:
    known = sorted({*options, *([value] if value else [])})
    return dmc.Select(
        id={"type": "scope", "of": name},
        data=known,
        value=value or None,
        placeholder=every,
        clearable=True,
        searchable=True,
        size="xs",
        nothingFoundMessage="nothing of that name",
        className="scope",
        comboboxProps={"withinPortal": True},
        **extra(aria_label=every.replace("All ", "Choose among ")),
    )


def _search(visit: Visit) -> html.Div:
    return html.Div(
        [
            icon("search"),
            dcc.Input(
                id="search", type="text", value=visit.address.own.get("q", ""), placeholder="Search traces",
                debounce=True, maxLength=200, className="search-input", autoComplete="off",
            ),
            html.Kbd("/"),
        ],
        className="search",
    )  # fmt: skip


def _live(visit: Visit) -> dcc.Link:
    on = visit.address.live and not visit.address.fixed
    at = type(visit.address)(visit.address.range, None, visit.address.scope, not on, visit.address.own)
    return link(
        [html.Span(className="live-dot"), html.Span("live" if on else "paused", className="live-word")],
        f"{visit.path}{at.search(**visit.address.own)}",
        "live on" if on else "live",
        title="Follows new data; click to pause" if on else "Stands still; click to follow new data",
    )
