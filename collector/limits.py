"""How much a client may ask for at once, and how much is at work for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from collector.errors import Unavailable

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, counts a request; ``in_flight`` is over all requests at work.

    ``items`` bounds the spans, the log records or the data points. ``attributes`` counts those of resources, scopes,
    items and their parts (events, links, exemplars), what arrays hold, and the buckets of histograms.
    ``item_elements`` bounds the attributes, and each kind of part, of one item, each for itself.
    ``json_values`` bounds the objects, arrays and values of a JSON body.
    """

    grpc_body: int = 16 * MIB
    http_body: int = 20 * MIB
    items: int = 50_000
    attributes: int = 500_000
    item_elements: int = 1_024
    json_values: int = 1_000_000
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
