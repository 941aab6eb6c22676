"""Remember an answer for a short while, so that ten open tabs cost one query."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")
Clock = Callable[[], float]


class Memo:
    """Answers by key, each kept ``seconds``; the oldest go when there are more than ``size``. Safe in threads.

    Two threads that miss at once may both compute: cheaper than making one wait on the other's query.
    """

    def __init__(self, seconds: float, size: int = 256, clock: Clock = time.monotonic) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._kept: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the remembered answer for ``key``, or make, remember and return it."""
        found = self.find(key)
        if found is None:
            found = (make(),)
            self.put(key, found[0])
        return found[0]  # type: ignore[return-value]

    def find(self, key: Hashable) -> tuple[object] | None:
        """Return the remembered answer in a tuple, or None when there is none or it is too old."""
        with self._guard:
            found = self._kept.get(key)
            return (found[1],) if found and self._clock() - found[0] < self._seconds else None

    def put(self, key: Hashable, answer: object) -> None:
        """Remember an answer."""
        with self._guard:
            self._kept[key] = (self._clock(), answer)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
