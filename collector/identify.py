"""How many items a request holds, and how many of them can be stored as they are: by views that see little else.

A span's ids must be whole, since its place in a trace hangs on them. A log record's are optional, an exemplar's too: a
bad one reads as none, in the load's SQL. A metric's data must be one message of one kind and its arrays whole numbers:
the engine, unlike protobuf, would take the points of two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from collector.layout import DATA, PACKED
from collector.schemas import View, view
from collector.signal import LOGS, METRICS, TRACES, Signal

NO_TRACE, NO_SPAN = bytes(16), bytes(8)
# A varint that ends in a needless zero, or is longer than 64 bits: protobuf's readers take it, the engine's does not.
LONG_SPELLING = re.compile(rb"[\x80-\xff]\x00|[\x80-\xff]{9}[\x02-\xff]")

_SPAN_IDS: View = {
    "Request": [("resource_spans", 1, True, "ResourceSpans")],
    "ResourceSpans": [("scope_spans", 2, True, "ScopeSpans")],
    "ScopeSpans": [("spans", 2, True, "Span")],
    "Span": [("trace_id", 1, False, ""), ("span_id", 2, False, ""), ("parent_span_id", 4, False, "")],
}
_RECORDS: View = {
    "Request": [("resource_logs", 1, True, "ResourceLogs")],
    "ResourceLogs": [("scope_logs", 2, True, "ScopeLogs")],
    "ScopeLogs": [("log_records", 2, True, "")],
}
_POINTS: View = {
    "Request": [("resource_metrics", 1, True, "ResourceMetrics")],
    "ResourceMetrics": [("scope_metrics", 2, True, "ScopeMetrics")],
    "ScopeMetrics": [("metrics", 2, True, "Metric")],
    "Metric": [(f"data_{number}", number, True, name) for number, name in DATA.items()],
    "Numbers": [("points", 1, True, "")],
    "Summary": [("points", 1, True, "")],
    "Histogram": [("points", 1, True, "HistogramPoint")],
    "Exponential": [("points", 1, True, "ExponentialPoint")],
    "HistogramPoint": [(f"packed_{number}", number, True, "") for number in PACKED["HistogramPoint"]],
    "ExponentialPoint": [("positive", 8, True, "Buckets"), ("negative", 9, True, "Buckets")],
    "Buckets": [("packed_2", 2, True, "")],
}
SpanIds = view("spanwarden_span_ids", _SPAN_IDS, "Request")
Records = view("spanwarden_records", _RECORDS, "Request")
Points = view("spanwarden_points", _POINTS, "Request")


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


def count_sound(body: bytes, signal: Signal = TRACES) -> tuple[int, bool]:
    """Return how many items a request has, and whether all can be stored as they are."""
    return _COUNTERS[signal](body)


def _spans(body: bytes) -> tuple[int, bool]:
    request: Any = SpanIds.FromString(body)
    spans = sound = 0
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            of_scope = scope_spans.spans
            spans += len(of_scope)
            sound += sum(is_sound(span) for span in of_scope)
    return spans, spans == sound


def _records(body: bytes) -> tuple[int, bool]:
    request: Any = Records.FromString(body)
    return sum(len(scope.log_records) for one in request.resource_logs for scope in one.scope_logs), True


def _points(body: bytes) -> tuple[int, bool]:
    request: Any = Points.FromString(body)
    points, sound = 0, True
    for resource_metrics in request.resource_metrics:
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                data = [one for name in _DATA_FIELDS for one in getattr(metric, name)]
                points += sum(len(one.points) for one in data)
                sound = sound and len(data) <= 1 and _is_whole(metric)
    return points, sound


_DATA_FIELDS = tuple(f"data_{number}" for number in DATA)


def _is_whole(metric: Any) -> bool:  # noqa: ANN401 (a message of a schema made here)
    """Whether the arrays of a metric's points are whole numbers, each array in one piece."""
    fixed = all(
        _is_fixed(point.packed_6) and _is_fixed(point.packed_7) for one in metric.data_9 for point in one.points
    )
    return fixed and all(
        _is_varints(buckets) for one in metric.data_10 for point in one.points for buckets in _sides(point)
    )


def _sides(point: Any) -> Iterable[Any]:  # noqa: ANN401 (a message of a schema made here)
    return (*point.positive, *point.negative)


def _is_fixed(arrays: list[bytes]) -> bool:
    return not arrays or (len(arrays) == 1 and len(arrays[0]) % 8 == 0)


def _is_varints(buckets: Any) -> bool:  # noqa: ANN401 (a message of a schema made here)
    """Whether each count is spelled as encoders do: in as few bytes as it takes, at most ten."""
    arrays = buckets.packed_2
    return not arrays or (len(arrays) == 1 and not arrays[0][-1:] > b"\x7f" and not LONG_SPELLING.search(arrays[0]))


_COUNTERS: dict[Signal, Callable[[bytes], tuple[int, bool]]] = {TRACES: _spans, LOGS: _records, METRICS: _points}
