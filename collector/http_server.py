"""OTLP/HTTP: ``POST /v1/traces``, ``/v1/logs`` and ``/v1/metrics`` as a bare ASGI app, in protobuf and in JSON.

A reply comes in the request's own encoding; a refusal's body is a ``google.rpc.Status`` (OTLP specification 1.9,
"OTLP/HTTP Response").
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from collector.decompress import gunzip
from collector.errors import (
    TooLarge,
    Unauthenticated,
    Unavailable,
    Undecodable,
    UnknownPath,
    UnsupportedMedia,
    WrongMethod,
)
from collector.limits import Admission, Budget
from collector.otlp_json import request_from_json
from collector.receive import Receiver
from collector.signal import SIGNALS
from collector.status import answer, status_of

PATHS = {signal.path: signal for signal in SIGNALS}
REJECTED = {"rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"}
PROTOBUF, JSON = "application/x-protobuf", "application/json"
# A client that sends nothing for so long does not keep its share of the budget.
SILENT_SECONDS = 10.0
# A body up to this size is unpacked at once; a larger one aside, for the event loop serves others too.
SMALL_BYTES = 4096

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Disconnected(Exception):
    """The client went away before its body was whole; there is nobody to answer."""


class OtlpHttp:
    """The ASGI app."""

    def __init__(self, receiver: Receiver, budget: Budget) -> None:
        self.receiver = receiver
        self.budget = budget

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP is turned away."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            reply: Message = await self._export(scope, headers, media, receive)
            code, extra = 200, []
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 (an unforeseen failure must not become a 500)
            refusal = self.receiver.refuse(error)
            reply, code, extra = status_of(refusal), answer(refusal).http, _headers(refusal)
        body = _encode(reply, media)
        start = [(b"content-type", (JSON if media == JSON else PROTOBUF).encode()), *extra]
        start.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": code, "headers": start})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _export(self, scope: Scope, headers: dict[str, str], media: str, receive: Receive) -> Message:
        signal = PATHS.get(scope["path"])
        if signal is None:
            raise UnknownPath(f"OTLP goes to POST {', '.join(PATHS)}")
        if scope["method"] != "POST":
            raise WrongMethod(f"{signal.path} takes POST only")
        tenant = self.receiver.tokens.tenant(headers.get("authorization"))
        if media not in (PROTOBUF, JSON):
            raise UnsupportedMedia(f"content-type must be {PROTOBUF} or {JSON}")
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", ""):
            raise UnsupportedMedia("content-encoding must be gzip or identity")
        with self.budget.admit() as admission:
            body = await self._read(headers, receive, admission)
            if encoding == "gzip":
                body = await self._unpack(gunzip, body, self.receiver.limits.http_body)
                admission.grow(len(body))
            if media == JSON:
                from_json = partial(request_from_json, signal=signal)
                body = await self._unpack(from_json, body, self.receiver.limits.json_values)
            return await self.receiver.take(signal, tenant, body)

    async def _unpack(self, work: Callable[[bytes, int], bytes], body: bytes, limit: int) -> bytes:
        if len(body) <= SMALL_BYTES:
            return work(body, limit)
        return await self.receiver.aside(work, body, limit)

    async def _read(self, headers: dict[str, str], receive: Receive, admission: Admission) -> bytes:
        """Collect the body; stop at the limit, whatever the client declared."""
        limit = self.receiver.limits.http_body
        declared = headers.get("content-length", "0")
        if not declared.isdecimal():
            raise Undecodable("content-length must be a number")
        if int(declared) > limit:
            raise TooLarge(f"a body may have {limit} bytes; send smaller batches")
        # One growing block, not many small pieces: the pieces of large requests would stay in memory after them.
        body = bytearray()
        while True:
            event = await _next(receive)
            if event["type"] == "http.disconnect":
                raise Disconnected
            part: bytes = event.get("body", b"")
            admission.grow(len(part))
            if len(body) + len(part) > limit:
                raise TooLarge(f"a body may have {limit} bytes; send smaller batches")
            body += part
            if not event.get("more_body", False):
                return bytes(body)


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await receive()
    except TimeoutError:
        raise Unavailable("the body did not arrive in time; send again", reason="stalled") from None


def _headers(refusal: Exception) -> list[tuple[bytes, bytes]]:
    if isinstance(refusal, Unavailable):
        retry = (b"retry-after", str(max(1, round(refusal.retry_after_s))).encode())
        return [retry, (b"connection", b"close")] if refusal.reason == "stalled" else [retry]
    if isinstance(refusal, Unauthenticated):
        return [(b"www-authenticate", b"Bearer")]
    if isinstance(refusal, WrongMethod):
        return [(b"allow", b"POST")]
    return []


def _encode(message: Message, media: str) -> bytes:
    if media != JSON:
        return message.SerializeToString()
    content = MessageToDict(message)
    # What was rejected is an int64: protobuf's JSON writes it as a string, which OTLP allows; a number reads better.
    partly = content.get("partialSuccess", {})
    for name in partly.keys() & REJECTED:
        partly[name] = int(partly[name])
    return orjson.dumps(content)
