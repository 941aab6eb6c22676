"""How much a client may ask for, counted before memory is spent on it.

A body of 4 MB can hold 2,000,000 empty spans, so bytes alone bound nothing. A body too small to break a limit is not
counted; a larger one is walked span by span (0.2 us each), and only a span or a body large enough to break an
attribute limit is looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from collector.errors import TooMany, Unavailable
from collector.shape import Counts
from collector.wire import fields

MIB = 1024 * 1024
# The smallest element of a repeated field: its key and a length of 0.
SMALLEST_ELEMENT_BYTES = 2
# A larger span is counted where it lies instead of being parsed.
LARGEST_PARSED_SPAN_BYTES = MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes; counts a request or, where named so, a span. ``in_flight`` is over all requests at work."""

    grpc_body: int = 16 * MIB
    http_body: int = 20 * MIB
    spans: int = 50_000
    attributes: int = 500_000
    span_elements: int = 1_024
    in_flight_bytes: int = 256 * MIB
    in_flight_requests: int = 256


class Budget:
    """The bytes and requests at work at one time; used from the event loop alone."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.bytes = 0
        self.requests = 0

    @contextmanager
    def admit(self, size: int = 0) -> Iterator[Admission]:
        """Hold room for one request of ``size`` bytes. Raises Unavailable when there is none."""
        if self.requests >= self.limits.in_flight_requests:
            raise Unavailable("too many requests at work; try again", reason="busy")
        self.requests += 1
        admission = Admission(self)
        try:
            admission.grow(size)
            yield admission
        finally:
            self.requests -= 1
            self.bytes -= admission.held


class Admission:
    """One request's share of the budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.held = 0

    def grow(self, size: int) -> None:
        """Hold ``size`` bytes more. Raises Unavailable when they are not to be had."""
        if self.budget.bytes + size > self.budget.limits.in_flight_bytes:
            raise Unavailable("too many bytes at work; try again", reason="busy")
        self.budget.bytes += size
        self.held += size


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
                self._attributes(begin, stop, 1)
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
                self._attributes(begin, stop, 3)
        self.spans = spans

    def _span(self, start: int, end: int) -> None:
        if end - start > LARGEST_PARSED_SPAN_BYTES:
            return self._large_span(start, end)
        span = Counts.FromString(self.body[start:end])
        attributes, events, links = span.attributes, span.events, span.links  # type: ignore[attr-defined]
        for count in (len(attributes), len(events), len(links)):
            self._within_span(count)
        if self.count_attributes:
            self._add(len(attributes) + sum(len(part.attributes) for parts in (events, links) for part in parts))
        return None

    def _large_span(self, start: int, end: int) -> None:
        counts = {9: 0, 11: 0, 13: 0}
        for number, _, begin, stop in fields(self.body, start, end):
            if number in counts:
                counts[number] += 1
                self._within_span(counts[number])
                if number == 9:
                    self._add(1)
                else:
                    self._attributes(begin, stop, 3 if number == 11 else 4)

    def _attributes(self, start: int, end: int, wanted: int) -> None:
        for number, _, _, _ in fields(self.body, start, end):
            if number == wanted:
                self._add(1)

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
