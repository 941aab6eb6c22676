"""The web: pages, API and guard as one ASGI application.

    Guard ── FastAPI ── /api/v1/...  /healthz  /readyz  /api/docs
                 └───── Dash (every other path is a page)

One application a process: Dash keeps its registries per process, and the embedded store has one owner anyway.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import Dash
from fastapi import FastAPI

from dashboard.api import costs, dialects, docs, governance, health, incidents, inference, reports, structures, traces
from dashboard.api.errors import failure, handle_errors
from dashboard.guard import Guard, content_policy
from dashboard.router import register
from dashboard.services import Services
from dashboard.shell import INDEX, layout

ASSETS = Path(__file__).parent / "assets"
API = "/api/v1"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(services: Services) -> FastAPI:
    """Return the application; serve it with any ASGI server that sends lifespan events."""
    api = FastAPI(title="Spanwarden", version=services.version, docs_url=None, redoc_url=None, openapi_url=None)
    api.state.services = services
    handle_errors(api)
    for part in (incidents, governance, traces, structures, inference, dialects, costs, reports, health):
        api.include_router(part.routes, prefix=API)
    api.include_router(health.probes)
    api.include_router(docs.routes)
    _refuse_unknown(api)
    pages = _pages(api, services)
    api.add_middleware(Guard, policy=content_policy(pages.csp_hashes()), hosts=services.hosts)
    return api


def _refuse_unknown(api: FastAPI) -> None:
    """Dash answers any path with its page; below /api that would be a lie."""

    @api.api_route("/api", methods=METHODS, include_in_schema=False)
    @api.api_route("/api/{rest:path}", methods=METHODS, include_in_schema=False)
    async def unknown(rest: str = "") -> object:
        return failure(404, "there is no such path; /api/docs lists them all")


def _pages(api: FastAPI, services: Services) -> Dash:
    server: Any = api  # Dash's annotations know Flask only
    pages = Dash(
        "dashboard",
        server=server,
        backend="fastapi",
        assets_folder=str(ASSETS),
        assets_path_ignore=["early"],
        pages_folder="",
        use_pages=False,
        index_string=INDEX,
        title="Spanwarden",
        update_title="",
        suppress_callback_exceptions=True,
        add_log_handler=False,
        serve_locally=True,
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    pages.layout = layout
    register(pages, services)
    # Dash sets itself up on the first request for /, not for a page below it, which would then come without its assets.
    pages._setup_server()  # type: ignore[no-untyped-call]
    return pages
