"""Counts what a request holds before memory is spent on it.

A body of 4 MB can hold 2,000,000 empty spans, so bytes alone bound nothing. A body too small to break a limit is not
counted; a larger one is walked span by span (0.2 us each), and only a span or a body large enough to break an
attribute limit is looked into.
"""

from __future__ import annotations

from typing import Any

from collector.errors import TooMany
from collector.limits import MIB, Limits
from collector.shape import Counts, Items
from collector.wire import count_elements, fields

# The smallest element of a repeated field: its key and a length of 0.
SMALLEST_ELEMENT_BYTES = 2
# A larger span is counted where it lies instead of being parsed.
LARGEST_PARSED_SPAN_BYTES = MIB


def bound_counts(body: bytes, limits: Limits) -> None:
    """Raise TooMany when a well-formed request has more spans, attributes, events or links than it may."""
    if len(body) >= SMALLEST_ELEMENT_BYTES * limits.span_elements:
        _Census(body, limits).take()


class _Census:
    """Counts of one request while it is walked."""

    def __init__(self, body: bytes, limits: Limits) -> None:
        self.body = body
        self.limits = limits
        self.spans = 0
        self.envelopes = 0
        self.attributes = 0
        self.count_attributes = len(body) >= SMALLEST_ELEMENT_BYTES * limits.attributes
        self.looked_into = SMALLEST_ELEMENT_BYTES * limits.span_elements

    def take(self) -> None:
        body = self.body
        for number, _, start, end in fields(body, 0, len(body)):
            if number == 1:
                self._envelope()
                self._resource_spans(start, end)

    def _resource_spans(self, start: int, end: int) -> None:
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 1 and self.count_attributes:
                self._elements("Resource", begin, stop)
            elif number == 2:
                self._envelope()
                self._scope_spans(begin, stop)

    def _scope_spans(self, start: int, end: int) -> None:
        smallest = 0 if self.count_attributes else self.looked_into
        spans, most = self.spans, self.limits.spans
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 2:
                spans += 1
                if spans > most:
                    raise TooMany(f"a request may hold {most} spans; send smaller batches")
                if stop - begin > smallest:
                    self._span(begin, stop)
            elif number == 1 and self.count_attributes:
                self._elements("Scope", begin, stop)
        self.spans = spans

    def _span(self, start: int, end: int) -> None:
        if end - start > LARGEST_PARSED_SPAN_BYTES:
            return self._large_span(start, end)
        body = self.body[start:end]
        span = Counts.FromString(body)
        attributes, events, links = span.attributes, span.events, span.links  # type: ignore[attr-defined]
        for count in (len(attributes), len(events), len(links)):
            self._within_span(count)
        if self.count_attributes:
            self._add(len(attributes) + sum(len(part.attributes) for parts in (events, links) for part in parts))
            self._add(_array_items(body))
        return None

    def _large_span(self, start: int, end: int) -> None:
        counts = {9: 0, 11: 0, 13: 0}
        for number, _, _, _ in fields(self.body, start, end):
            if number in counts:
                counts[number] += 1
                self._within_span(counts[number])
        self._elements("Span", start, end)

    def _elements(self, message: str, start: int, end: int) -> None:
        left = self.limits.attributes - self.attributes
        self.attributes += count_elements(self.body, message, start, end, left)

    def _add(self, count: int) -> None:
        self.attributes += count
        if self.attributes > self.limits.attributes:
            raise TooMany(f"a request may hold {self.limits.attributes} attributes; send smaller batches")

    def _envelope(self) -> None:
        self.envelopes += 1
        if self.envelopes > 2 * self.limits.spans:
            raise TooMany("a request may not hold so many resources and scopes; send smaller batches")

    def _within_span(self, count: int) -> None:
        if count > self.limits.span_elements:
            raise TooMany(f"a span may hold {self.limits.span_elements} attributes, events or links each")


def _array_items(span: bytes) -> int:
    """Return how many items the arrays among a span's attributes, and its events' and links', have in all."""
    items: Any = Items.FromString(span)
    holders = (items, items.events, items.links)
    return sum(len(holder.attributes.value.array_value.values) for holder in holders)
