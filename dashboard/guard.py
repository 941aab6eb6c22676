"""The outermost ASGI layer: who may ask, and what every answer carries.

    request ── Host known? ── Origin ours? ── Sec-Fetch-Site same? ── app ── + security headers
                  │ 421          │ 403             │ 403

It is pure ASGI because a middleware of kind ``http`` does not see the WebSocket that Dash's callbacks can use. The
Host check stops DNS rebinding; the Origin check stops another site's page from posting to us (T34 of the threat
list: every route, by default).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({"same-origin", "none"})
REPEATED = re.compile("/{2,}")
MAX_BODY = 4 * 1024 * 1024


def content_policy(script_hashes: Sequence[str]) -> str:
    """Return the Content-Security-Policy: our own files, the inline scripts by hash, nobody's frame.

    Styles may be inline: Mantine, Plotly and AG Grid write them. Images may be data (Plotly's export).
    """
    scripts = " ".join(("'self'", *script_hashes))
    rules = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Guard:
    """Wraps ``app``; ``hosts`` are names beside loopback's that may appear in Host and Origin."""

    def __init__(self, app: ASGIApp, *, policy: str, hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on; lifespan passes untouched."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refuse(scope, receive, self._decorated(send), *refusal)
            return
        await self._app(_one_slash(scope), receive, self._decorated(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        if _host(headers.get("host", "")) not in self._hosts:
            return 421, "this Host name is not ours; open the address that `spanwarden up` prints"
        origin = headers.get("origin")
        if origin and not self._ours(origin, headers.get("host", "")):
            return 403, "this request comes from another site"
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes and headers.get("sec-fetch-site", "same-origin") not in SAME_SITE:
            return 403, "this request comes from another site"
        if changes and scope["type"] == "http":
            return _body_refusal(headers)
        return None

    def _ours(self, origin: str, host: str) -> bool:
        """Whether the page that asks was served by us: same name, same port."""
        try:
            return urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            return False

    def _decorated(self, send: Send) -> Send:
        async def decorated(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", ())}
                added = [pair for pair in self._headers if pair[0] not in present]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        return decorated


def _body_refusal(headers: dict[str, str]) -> tuple[int, str] | None:
    if "transfer-encoding" in headers:
        return 411, "say the body's length in Content-Length"
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return 413, f"a body has at most {MAX_BODY} bytes"
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if length != "0" and kind != "application/json":
        return 415, "send the body as application/json"
    return None


def _one_slash(scope: Scope) -> Scope:
    """Read ``//api`` as ``/api``, so that no route can be reached under a name that other rules do not know."""
    if "//" not in scope["path"]:
        return scope
    path = REPEATED.sub("/", scope["path"])
    return {**scope, "path": path, "raw_path": quote(path).encode()}


def _host(value: str) -> str:
    """Return the name in a Host header, without the port; empty when it is none."""
    try:
        return (urlsplit(f"//{value}").hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4003, "reason": message})
        return
    body = json.dumps({"error": {"status": status, "message": message}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
