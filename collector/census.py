"""Counts what a request holds before memory is spent on it.

A body of 4 MB can hold 2,000,000 empty spans, so bytes alone bound nothing. A body too small to break a limit is not
counted; a larger one is walked item by item (0.2 us each), and only an item or a body large enough to break an
attribute limit is looked into.
"""

from __future__ import annotations

from typing import Any

from collector.errors import TooMany
from collector.layout import DATA, ITEMS, MESSAGES, PACKED
from collector.limits import MIB, Limits
from collector.schemas import arrays_view, counts_view
from collector.signal import LOGS, METRICS, TRACES, Signal
from collector.wire import count_elements, fields, packed_numbers

# The smallest element of a repeated field: its key and a length of 0.
SMALLEST_ELEMENT_BYTES = 2
# A larger item is counted where it lies instead of being parsed.
LARGEST_PARSED_ITEM_BYTES = MIB
# What a resource, a scope, a metric and its data are at most, for one item each.
MOST_ENVELOPES = {TRACES: 2, LOGS: 2, METRICS: 4}

COUNTS = {name: counts_view(item) for name, item in ITEMS.items()}
ARRAYS = {name: arrays_view(item) for name, item in ITEMS.items()}
# The fields of a counting view: of each kind of part, and whether it has attributes; of each packed array, its width.
PARTS = {name: [(f"parts_{n}", bool(inner)) for n, inner in item.parts.items()] for name, item in ITEMS.items()}
PACKED_FIELDS = {name: [(f"packed_{n}", width) for n, width in item.packed.items()] for name, item in ITEMS.items()}


def bound_counts(body: bytes, limits: Limits, signal: Signal = TRACES) -> None:
    """Raise TooMany when a well-formed request has more items, or items more attributes or parts, than they may."""
    if len(body) >= SMALLEST_ELEMENT_BYTES * limits.item_elements:
        _Census(body, limits, signal).take()


class _Census:
    """Counts of one request while it is walked."""

    def __init__(self, body: bytes, limits: Limits, signal: Signal) -> None:
        self.body = body
        self.limits = limits
        self.signal = signal
        self.items = 0
        self.envelopes = 0
        self.attributes = 0
        self.count_attributes = len(body) >= SMALLEST_ELEMENT_BYTES * limits.attributes
        # An item of at most so many bytes need not be looked into.
        self.small = 0 if self.count_attributes else SMALLEST_ELEMENT_BYTES * limits.item_elements

    def take(self) -> None:
        body = self.body
        for number, _, start, end in fields(body, 0, len(body)):
            if number == 1:
                self._envelope()
                self._of_resource(start, end)

    def _of_resource(self, start: int, end: int) -> None:
        take = self._metrics if self.signal is METRICS else self._of_scope
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 1 and self.count_attributes:
                self._elements("Resource", begin, stop)
            elif number == 2:
                self._envelope()
                take(begin, stop)

    def _of_scope(self, start: int, end: int) -> None:
        """Count the spans or log records of one scope."""
        name = "Span" if self.signal is TRACES else "LogRecord"
        items, most, small = self.items, self.limits.items, self.small
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 2:
                items += 1
                if items > most:
                    self._too_many_items()
                if stop - begin > small:
                    self._item(name, begin, stop)
            elif number == 1 and self.count_attributes:
                self._elements("Scope", begin, stop)
        self.items = items

    def _metrics(self, start: int, end: int) -> None:
        """Count the data points of one scope's metrics."""
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 2:
                self._envelope()
                self._metric(begin, stop)
            elif number == 1 and self.count_attributes:
                self._elements("Scope", begin, stop)

    def _metric(self, start: int, end: int) -> None:
        for number, _, begin, stop in fields(self.body, start, end):
            if number in DATA:
                self._envelope()
                self._points(MESSAGES[DATA[number]][1], begin, stop)
            elif number == 12 and self.count_attributes:
                self._add(1)
                self._elements("KeyValue", begin, stop)

    def _points(self, name: str, start: int, end: int) -> None:
        for number, _, begin, stop in fields(self.body, start, end):
            if number == 1:
                self.items += 1
                if self.items > self.limits.items:
                    self._too_many_items()
                if stop - begin > self.small:
                    self._item(name, begin, stop)

    def _item(self, name: str, start: int, end: int) -> None:
        """Look into one item: its attributes, its parts and its arrays, each within its own limit."""
        if name not in ITEMS or end - start > LARGEST_PARSED_ITEM_BYTES:
            return self._walk(name, start, end)
        body = self.body[start:end]
        counts: Any = COUNTS[name].FromString(body)
        held = len(counts.attributes)
        self._within_item(held)
        for part, inner in PARTS[name]:
            parts = getattr(counts, part)
            if parts:
                self._within_item(len(parts))
                if inner and self.count_attributes:
                    held += sum(len(one.attributes) for one in parts)
        for packed, width in PACKED_FIELDS[name]:
            held += self._packed(getattr(counts, packed), width)
        if self.count_attributes:
            self._add(held)
            self._add(_array_items(name, body))
        return None

    def _packed(self, arrays: list[bytes], width: int) -> int:
        numbers = sum(packed_numbers(array, 0, len(array), width) for array in arrays)
        self._within_item(numbers)
        return numbers

    def _walk(self, name: str, start: int, end: int) -> None:
        """Do as ``_item`` without parsing: for the few that are too large, or too deep, for a view."""
        counts = dict.fromkeys((*MESSAGES[name], *PACKED.get(name, {})), 0)
        for number, _, begin, stop in fields(self.body, start, end):
            if number not in counts:
                continue
            holds = MESSAGES[name].get(number)
            if holds == "Buckets":
                counts[number] += count_elements(self.body, holds, begin, stop, self.limits.item_elements)
            elif holds is None:
                counts[number] += packed_numbers(self.body, begin, stop, PACKED[name][number])
            else:
                counts[number] += 1
            self._within_item(counts[number])
        if self.count_attributes:
            self._elements(name, start, end)

    def _elements(self, message: str, start: int, end: int) -> None:
        left = self.limits.attributes - self.attributes
        self.attributes += count_elements(self.body, message, start, end, left)

    def _add(self, count: int) -> None:
        self.attributes += count
        if self.attributes > self.limits.attributes:
            raise TooMany(f"a request may hold {self.limits.attributes} attributes; send smaller batches")

    def _envelope(self) -> None:
        self.envelopes += 1
        if self.envelopes > MOST_ENVELOPES[self.signal] * self.limits.items:
            raise TooMany("a request may not hold so many resources and scopes; send smaller batches")

    def _too_many_items(self) -> None:
        raise TooMany(f"a request may hold {self.limits.items} {self.signal.items}; send smaller batches")

    def _within_item(self, count: int) -> None:
        if count > self.limits.item_elements:
            most = self.limits.item_elements
            raise TooMany(f"none of the {self.signal.items} may hold more than {most} attributes, or parts of one kind")


def _array_items(name: str, item: bytes) -> int:
    """Return how many items the arrays among an item's attributes, and its parts', have in all."""
    arrays: Any = ARRAYS[name].FromString(item)
    count = len(arrays.attributes.value.array_value.values)
    for part, inner in PARTS[name]:
        if inner:
            count += len(getattr(arrays, part).attributes.value.array_value.values)
    return count + (len(arrays.value.array_value.values) if ITEMS[name].value else 0)
