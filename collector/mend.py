"""The rare path: rewrite a request of which something cannot be stored as it came.

Spans with bad ids are left out, an all-zero parent id is cleared (it means a root), nested values become text, and
fields that our schema does not know are dropped: ClickHouse's reader fails on a known field of another type.

The full schema is used here, so a large request is rewritten in pieces, each with its resource and scope: one piece's
objects are gone before the next is parsed. The onion is the same for every signal (``collector.signal``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

from collector.errors import TooLarge, Undecodable
from collector.identify import NO_SPAN, count_sound, is_identified
from collector.limits import MIB, Limits
from collector.nested import flatten
from collector.shape import value_paths
from collector.signal import TRACES, Signal
from collector.wire import count_elements, delimited, fields

PIECE_BYTES = MIB


@dataclass(slots=True)
class Mended:
    """A request that can be stored, and how many items were left out of it."""

    body: bytes = b""
    items: int = 0
    rejected: int = 0


def mend(body: bytes, limits: Limits, signal: Signal = TRACES) -> Mended:
    """Rewrite a well-formed, counted request. Raises TooMany when one piece holds too many values."""
    whole = Mended()
    out = bytearray()
    for piece in [body] if len(body) <= PIECE_BYTES else _pieces(body):
        if len(piece) > PIECE_BYTES:
            count_elements(piece, signal.name, 0, len(piece), limits.attributes)
        part = _mend_piece(piece, signal)
        whole.items += part.items
        whole.rejected += part.rejected
        out += part.body
        if len(out) > 2 * limits.http_body:
            raise TooLarge("the request is too large once its nested values are text; send smaller batches")
    whole.body = bytes(out)
    return whole


def _pieces(body: bytes) -> Iterator[bytes]:
    """Cut a request into requests of about ``PIECE_BYTES``, each with the resource and scope of its items."""
    for number, _, start, end in fields(body, 0, len(body)):
        if number == 1:
            for head, scope, items in _runs(body, start, end):
                yield delimited(1, head + delimited(2, scope + items))


def _runs(body: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield ``(resource fields, scope fields, item fields)`` of each run of items of one resource."""
    parts = list(fields(body, start, end))
    head = b"".join(body[begin:stop] for number, begin, _, stop in parts if number != 2)
    for number, _, content, stop in parts:
        if number == 2:
            items = list(fields(body, content, stop))
            scope = b"".join(body[begin:last] for number, begin, _, last in items if number != 2)
            for run in _grouped((begin, last) for number, begin, _, last in items if number == 2):
                yield head, scope, b"".join(body[begin:last] for begin, last in run)


def _grouped(ranges: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    run: list[tuple[int, int]] = []
    size = 0
    for begin, end in ranges:
        if run and size + end - begin > PIECE_BYTES:
            yield run
            run, size = [], 0
        run.append((begin, end))
        size += end - begin
    if run:
        yield run


def _mend_piece(body: bytes, signal: Signal) -> Mended:
    try:
        request = signal.request.FromString(body)
    except DecodeError:
        raise Undecodable(f"the body is not a valid {signal.request.DESCRIPTOR.name}") from None
    request.DiscardUnknownFields()
    rejected = 0
    if isinstance(request, ExportTraceServiceRequest):
        rejected = sum(_mend_spans(scope) for resource in request.resource_spans for scope in resource.scope_spans)
    for path in value_paths(request.DESCRIPTOR):
        _flatten_all(request, path)
    mended = request.SerializeToString()
    return Mended(mended, count_sound(mended, signal)[0], rejected)


def _mend_spans(scope_spans: ScopeSpans) -> int:
    """Leave out the spans that have no place in a trace, and clear parent ids of zeros; return how many were left."""
    kept = [span for span in scope_spans.spans if is_identified(span)]
    rejected = len(scope_spans.spans) - len(kept)
    if rejected:
        kept = [Span.FromString(span.SerializeToString()) for span in kept]
        del scope_spans.spans[:]
        scope_spans.spans.extend(kept)
    for span in scope_spans.spans:
        if span.parent_span_id == NO_SPAN:
            span.parent_span_id = b""
    return rejected


def _flatten_all(message: Any, path: Sequence[str]) -> None:  # noqa: ANN401 (a message of any schema)
    """Flatten each value that lies at ``path``; what is not there is not made."""
    if not path:
        flatten(message)
        return
    inner = getattr(message, path[0])
    for one in inner if hasattr(inner, "add") else (inner,) if message.HasField(path[0]) else ():
        _flatten_all(one, path[1:])
