"""OTLP/gRPC: the Export method of each signal's service over raw bytes.

No deserializer is registered: gRPC would turn its failure into INTERNAL, on which clients drop their data. Export is
served as a stream of one message (the same on the wire), since gRPC reads a stream's message only when it is asked to:
who has no token does not get its body into memory.
"""

from __future__ import annotations

import asyncio

import grpc
from grpc import aio

from collector.errors import Unavailable, Undecodable
from collector.limits import Budget
from collector.receive import Receiver
from collector.signal import SIGNALS, Signal
from collector.status import answer, status_of

DETAILS = "grpc-status-details-bin"
BODY_SECONDS = 30.0


def make_grpc_server(receiver: Receiver, budget: Budget) -> aio.Server:
    """Return a server without a port. A body over the limit is refused by gRPC itself, before it is in memory."""
    server = aio.server(
        options=[
            # Without this a second server would silently share the port.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", receiver.limits.grpc_body),
            ("grpc.max_concurrent_streams", 32),
            ("grpc.max_metadata_size", 16 * 1024),
        ]
    )
    for signal in SIGNALS:
        handler = grpc.stream_unary_rpc_method_handler(Export(signal, receiver, budget).export)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(signal.service, {"Export": handler}),))
    return server


class Export:
    """The handler of one signal: bytes in, bytes out, a typed status for every refusal."""

    def __init__(self, signal: Signal, receiver: Receiver, budget: Budget) -> None:
        self.signal = signal
        self.receiver = receiver
        self.budget = budget

    async def export(self, _: object, context: aio.ServicerContext[bytes, bytes]) -> bytes:
        """Store one request; abort with the refusal's code when it is not stored."""
        try:
            metadata = dict(context.invocation_metadata() or ())
            authorization = metadata.get("authorization")
            tenant = self.receiver.tokens.tenant(str(authorization) if authorization else None)
            with self.budget.admit() as admission:
                body = await _read(context)
                admission.grow(len(body))
                response = await self.receiver.take(self.signal, tenant, body)
        except Exception as error:  # noqa: BLE001 (an unforeseen failure must not become UNKNOWN)
            refusal = self.receiver.refuse(error)
            trailing = [(DETAILS, status_of(refusal).SerializeToString())]
            if isinstance(refusal, Unavailable):
                trailing.append(("grpc-retry-pushback-ms", str(int(refusal.retry_after_s * 1000))))
            await context.abort(answer(refusal).grpc, refusal.message, tuple(trailing))
        return response.SerializeToString()


async def _read(context: aio.ServicerContext[bytes, bytes]) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body: object = await context.read()
    except TimeoutError:
        raise Unavailable("the body did not arrive in time; send again", reason="stalled") from None
    if not isinstance(body, bytes):
        raise Undecodable("a call must carry one message")
    return body
