"""From an address to a page: finds the page, asks it in a thread, shows what failed in its place."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from dashboard.address import Address, lenient_address
from dashboard.components.blocks import Child, failure, link
from dashboard.components.parts import name_parts
from dashboard.memo import Memo
from dashboard.pages.page import Drawn, Page, Visit
from dashboard.pages.registry import PAGES, find_page
from dashboard.read.figures import scopes
from dashboard.read.histories import Histories
from dashboard.services import Services
from dashboard.shell import rail, topbar
from dashboard.viewer import read_viewer
from storage.errors import StoreError, StoreUnavailable

log = logging.getLogger(__name__)
SCOPE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Router:
    """Draws pages; each call of ``draw`` and ``bar`` blocks, so it belongs into a thread."""

    services: Services
    histories: Histories
    scopes: Memo

    def visit(self, path: object, search: object, viewer: object) -> Visit:
        """Read what the browser sent; what is no text counts as nothing."""
        address = lenient_address(search if isinstance(search, str) else "")
        where = path if isinstance(path, str) and path.startswith("/") else "/"
        found = find_page(where)
        values = found[1] if found else {}
        now = self.services.clock()
        return Visit(self.services, self.histories, address, now, read_viewer(viewer), where, values)

    def draw(self, visit: Visit) -> Drawn:
        """Return the page of a visit; a failing store is said in its place."""
        found = find_page(visit.path)
        if found is None:
            return Drawn("Not found", _not_found(visit))
        try:
            return found[0].draw(visit)
        except StoreError as error:
            log.warning("a page could not be drawn", extra={"page": found[0].name, "code": error.code})
            return Drawn(found[0].name, _failed(found[0], error))
        except Exception:  # what is left would leave the skeleton standing for ever
            log.exception("a page could not be drawn", extra={"page": found[0].name})
            return Drawn(found[0].name, _broken(found[0]))

    def bar(self, visit: Visit) -> list[Child]:
        """Return the top bar; without the store it only lacks the names to choose from."""
        window = visit.window
        key = (visit.address.range, visit.address.fixed)
        try:
            tenants, services, models = self.scopes.get(key, lambda: scopes(self.services.engine, window))
        except StoreError:
            tenants, services, models = [], [], []
        return topbar(visit, services, models, tenants)


def register(app: Dash, services: Services) -> None:
    """Register the callbacks that every page shares."""
    router = Router(services, Histories(services.engine), Memo(SCOPE_SECONDS))
    _draw_pages(app, router)
    for page in PAGES:
        if page.register:
            page.register(app, router.visit)
    client: Any = app.clientside_callback
    client(ClientsideFunction("spanwarden", "viewer"), Output("viewer", "data"), Input("url", "pathname"))
    client(ClientsideFunction("spanwarden", "title"), Input("title", "data"))
    client(
        ClientsideFunction("spanwarden", "patch"),
        Output("page", "children", allow_duplicate=True),
        Input("fresh", "data"),
        State("page", "children"),
        prevent_initial_call=True,
    )
    client(ClientsideFunction("spanwarden", "brush"), Input({"type": "time", "of": ALL}, "relayoutData"))
    client(ClientsideFunction("spanwarden", "scope"), Input({"type": "scope", "of": ALL}, "value"))
    client(ClientsideFunction("spanwarden", "search"), Input("search", "value"))


def _draw_pages(app: Dash, router: Router) -> None:
    @app.callback(
        Output("page", "children"),
        Output("title", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("viewer", "data"),
    )
    async def page(path: Any, search: Any, viewer: Any) -> Any:  # noqa: ANN401 (whatever a browser sends)
        if viewer is None:
            raise PreventUpdate
        drawn = await asyncio.to_thread(router.draw, router.visit(path, search, viewer))
        return name_parts(drawn.children), drawn.title

    @app.callback(
        Output("fresh", "data"),
        Input("pulse", "data"),
        State("url", "pathname"),
        State("url", "search"),
        State("viewer", "data"),
        prevent_initial_call=True,
    )
    async def fresh(beat: Any, path: Any, search: Any, viewer: Any) -> Any:  # noqa: ANN401
        visit = router.visit(path, search, viewer)
        if viewer is None or not _follows(visit.address, visit.path, beat):
            return {"path": path}
        drawn = await asyncio.to_thread(router.draw, visit)
        return {"path": path, "title": drawn.title, "page": name_parts(drawn.children)}

    @app.callback(
        Output("bar", "children"),
        Output("rail", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("viewer", "data"),
    )
    async def frame(path: Any, search: Any, viewer: Any) -> Any:  # noqa: ANN401
        if viewer is None:
            raise PreventUpdate
        visit = router.visit(path, search, viewer)
        bar = await asyncio.to_thread(router.bar, visit)
        return bar, rail(visit.path, visit.address.search())


def _follows(address: Address, path: str, beat: object) -> bool:
    """Whether new data draw a page again: telemetry on a live page, what people and schedules did on every page."""
    found = find_page(path)
    if isinstance(beat, str) and not beat.startswith("spans "):
        return True
    return bool(address.live and not address.fixed and found and found[0].live)


def _not_found(visit: Visit) -> Child:
    home, all_traces = link("Home", visit.href("/")), link("all traces", visit.href("/traces"))
    said = html.P(["Nothing is at ", html.Code(visit.path[:80]), ". Go to ", home, " or to ", all_traces, "."])
    return html.Header([html.H1("There is no such page", className="verdict"), said], className="page-head")


def _broken(page: Page) -> Child:
    return failure(
        f"{page.name} cannot be shown: something here failed, and the log says what.",
        "Traces are still accepted, and the other pages work. A shorter time range may avoid it.",
    )


def _failed(page: Page, error: StoreError) -> Child:
    if isinstance(error, StoreUnavailable):
        return failure(
            f"{page.name} cannot be shown: the store does not answer.",
            "Traces are still accepted and kept. This page comes back by itself once the store answers.",
        )
    return failure(
        f"{page.name} cannot be shown: the store refused the query (code {error.code}).",
        "Traces are still accepted. The engine's log has the details; a shorter time range may help.",
    )
