"""The rare path: rewrite a request of which something cannot be stored as it came.

Spans with bad ids are left out, an all-zero parent id is cleared (it means a root), nested values become text, and
fields that our schema does not know are dropped: ClickHouse's reader fails on a known field of another type.

The full schema is used here, so a large request is rewritten in pieces, each with its resource and scope: one piece's
objects are gone before the next is parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

from collector.errors import TooLarge, Undecodable
from collector.limits import MIB, Limits
from collector.nested import flatten
from collector.wire import count_elements, delimited, fields

PIECE_BYTES = MIB
NO_TRACE, NO_SPAN = bytes(16), bytes(8)


@dataclass(slots=True)
class Mended:
    """A request that can be stored, and how many spans were left out of it."""

    body: bytes = b""
    spans: int = 0
    rejected: int = 0


class HasIds(Protocol):
    """A span in any schema."""

    trace_id: bytes
    span_id: bytes
    parent_span_id: bytes


def is_identified(span: HasIds) -> bool:
    """Whether the ids are of OTLP's form, where a root's parent may be empty or all zero."""
    trace_id, span_id = span.trace_id, span.span_id
    return (
        len(trace_id) == 16
        and len(span_id) == 8
        and trace_id != NO_TRACE
        and span_id != NO_SPAN
        and len(span.parent_span_id) in (0, 8)
    )


def is_sound(span: HasIds) -> bool:
    """Whether the span's ids can be stored as they are."""
    return is_identified(span) and span.parent_span_id != NO_SPAN


def mend(body: bytes, limits: Limits) -> Mended:
    """Rewrite a well-formed, counted request. Raises TooMany when one piece holds too many values."""
    whole = Mended()
    out = bytearray()
    for piece in [body] if len(body) <= PIECE_BYTES else _pieces(body):
        if len(piece) > PIECE_BYTES:
            count_elements(piece, "Request", 0, len(piece), limits.attributes)
        part = _mend_piece(piece)
        whole.spans += part.spans
        whole.rejected += part.rejected
        out += part.body
        if len(out) > 2 * limits.http_body:
            raise TooLarge("the request is too large once its nested values are text; send smaller batches")
    whole.body = bytes(out)
    return whole


def _pieces(body: bytes) -> Iterator[bytes]:
    """Cut a request into requests of about ``PIECE_BYTES``, each with the resource and scope of its spans."""
    for number, _, start, end in fields(body, 0, len(body)):
        if number == 1:
            for head, scope, spans in _runs(body, start, end):
                yield delimited(1, head + delimited(2, scope + spans))


def _runs(body: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield ``(resource fields, scope fields, span fields)`` of each run of spans in one ``ResourceSpans``."""
    parts = list(fields(body, start, end))
    head = b"".join(body[begin:stop] for number, begin, _, stop in parts if number != 2)
    for number, _, content, stop in parts:
        if number == 2:
            spans = list(fields(body, content, stop))
            scope = b"".join(body[begin:last] for number, begin, _, last in spans if number != 2)
            for run in _grouped((begin, last) for number, begin, _, last in spans if number == 2):
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


def _mend_piece(body: bytes) -> Mended:
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise Undecodable("the body is not a valid ExportTraceServiceRequest") from None
    request.DiscardUnknownFields()
    spans = rejected = 0
    for resource_spans in request.resource_spans:
        _flatten_all(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            rejected += _leave_out_unidentified(scope_spans)
            _flatten_all(scope_spans.scope.attributes)
            for span in scope_spans.spans:
                _mend_span(span)
            spans += len(scope_spans.spans)
    return Mended(request.SerializeToString(), spans, rejected)


def _leave_out_unidentified(scope_spans: ScopeSpans) -> int:
    kept = [span for span in scope_spans.spans if is_identified(span)]
    rejected = len(scope_spans.spans) - len(kept)
    if rejected:
        kept = [Span.FromString(span.SerializeToString()) for span in kept]
        del scope_spans.spans[:]
        scope_spans.spans.extend(kept)
    return rejected


def _mend_span(span: Span) -> None:
    if span.parent_span_id == NO_SPAN:
        span.parent_span_id = b""
    _flatten_all(span.attributes)
    for event in span.events:
        _flatten_all(event.attributes)
    for link in span.links:
        _flatten_all(link.attributes)


def _flatten_all(attributes: Iterable[KeyValue]) -> None:
    for attribute in attributes:
        flatten(attribute.value)
