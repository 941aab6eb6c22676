"""OTLP's messages as far as they must be counted: which field holds which message (opentelemetry-proto 1.x).

Three signals, three roots, named as the signals are; the rest they share. What is bounded or counted anywhere in the
collector is read off these tables, so that a signal is a few lines here and not code of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# message -> field number -> message that the field holds; the way to all values of a request
MESSAGES: Mapping[str, Mapping[int, str]] = {
    "traces": {1: "ResourceSpans"},
    "ResourceSpans": {1: "Resource", 2: "ScopeSpans"},
    "ScopeSpans": {1: "Scope", 2: "Span"},
    "Span": {9: "KeyValue", 11: "Event", 13: "Link"},
    "Event": {3: "KeyValue"},
    "Link": {4: "KeyValue"},
    "logs": {1: "ResourceLogs"},
    "ResourceLogs": {1: "Resource", 2: "ScopeLogs"},
    "ScopeLogs": {1: "Scope", 2: "LogRecord"},
    "LogRecord": {5: "AnyValue", 6: "KeyValue"},
    "metrics": {1: "ResourceMetrics"},
    "ResourceMetrics": {1: "Resource", 2: "ScopeMetrics"},
    "ScopeMetrics": {1: "Scope", 2: "Metric"},
    "Metric": {5: "Numbers", 7: "Numbers", 9: "Histogram", 10: "Exponential", 11: "Summary", 12: "KeyValue"},
    "Numbers": {1: "NumberPoint"},
    "Histogram": {1: "HistogramPoint"},
    "Exponential": {1: "ExponentialPoint"},
    "Summary": {1: "SummaryPoint"},
    "NumberPoint": {5: "Exemplar", 7: "KeyValue"},
    "HistogramPoint": {8: "Exemplar", 9: "KeyValue"},
    "ExponentialPoint": {1: "KeyValue", 8: "Buckets", 9: "Buckets", 11: "Exemplar"},
    "SummaryPoint": {6: "Quantile", 7: "KeyValue"},
    "Exemplar": {7: "KeyValue"},
    "Buckets": {},
    "Quantile": {},
    "Resource": {1: "KeyValue"},
    "Scope": {3: "KeyValue"},
    "KeyValue": {2: "AnyValue"},
    "AnyValue": {5: "ArrayValue", 6: "KeyValueList"},
    "ArrayValue": {1: "AnyValue"},
    "KeyValueList": {1: "KeyValue"},
}
# message -> field number of a packed array -> bytes of each number in it; 0 where each says its own length
PACKED: Mapping[str, Mapping[int, int]] = {"HistogramPoint": {6: 8, 7: 8}, "Buckets": {2: 0}}
# field of a Metric -> what holds its data points
DATA: Mapping[int, str] = {number: name for number, name in MESSAGES["Metric"].items() if name != "KeyValue"}


@dataclass(frozen=True, slots=True)
class Item:
    """How an item is counted at once, without a walk: the attributes of its own, and of what it holds many of.

    ``attributes`` is a field number; ``parts`` is the field of each kind of part -> the field of its attributes, 0
    where it has none; ``packed`` are arrays of fixed numbers; ``value`` is a field that holds one AnyValue.
    """

    name: str
    attributes: int
    parts: Mapping[int, int] = field(default_factory=dict)
    packed: Mapping[int, int] = field(default_factory=dict)
    value: int = 0


SPAN = Item("Span", 9, {11: 3, 13: 4})
LOG_RECORD = Item("LogRecord", 6, value=5)
NUMBER = Item("NumberPoint", 7, {5: 7})
HISTOGRAM = Item("HistogramPoint", 9, {8: 7}, PACKED["HistogramPoint"])
SUMMARY = Item("SummaryPoint", 7, {6: 0})
# Those that are counted at once; an exponential histogram, whose buckets lie a message deeper, is walked.
ITEMS: Mapping[str, Item] = {item.name: item for item in (SPAN, LOG_RECORD, NUMBER, HISTOGRAM, SUMMARY)}
