"""The API's own page, from local files: it works without the internet and tells nobody that it was read."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

routes = APIRouter(include_in_schema=False)
KINDS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
}
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Spanwarden API</title><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><main id="api"></main>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body>
</html>
"""


@routes.get("/api/docs")
async def page() -> HTMLResponse:
    """Return the page that draws the description."""
    return HTMLResponse(PAGE)


@routes.get("/api/openapi.json")
async def description(request: Request) -> JSONResponse:
    """Return the OpenAPI description."""
    return JSONResponse(request.app.openapi())


@routes.get("/api/docs/{name}")
def asset(name: str) -> Response:
    """Return one of the page's own files."""
    if name not in KINDS:
        raise HTTPException(404, "there is no such file")
    data = (files("dashboard") / "swagger" / name).read_bytes()
    return Response(data, media_type=KINDS[name], headers={"Cache-Control": "max-age=3600"})
