"""Where scenes are played: spans inside spans, one clock a trace, one script's chance for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.cast import STEPS, STREAMS
from spanwarden.demo.faults import ERROR_TYPES, TOOL_ERROR
from spanwarden.demo.roles import REGIONS, Step, Stream
from spanwarden.demo.workload import load_workload

MS = 1_000_000
# The outer of two spans about one call begins and ends so much (ms) before and after the inner.
AROUND_MS = (2.0, 9.0)
_NUMBERS = {step: number for number, step in enumerate(STEPS)}


class Stage:
    """Plays one trace after another; ``told`` are the spans, each after those inside it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.told: list[Call] = []
        self.clock_ns = 0
        self._stream, self._version, self._user, self._session, self._content = 0, 0, 0, NONE, NONE
        self._trace = (0, 0)
        self._parents: list[int] = [0]
        self._error = NONE

    def begin(self, stream: Stream, at_ns: int, user: int, session: int = NONE, content: int = NONE) -> None:
        """Begin a trace of ``stream`` at ``at_ns``."""
        self._stream, self.clock_ns = STREAMS.index(stream), at_ns
        self._version = self.pick([share for _, share in stream.versions])
        self._user, self._session, self._content = user, session, content
        self._trace = (self._id(), self._id())
        self._parents = [0]

    def pick(self, shares: list[float]) -> int:
        """Return the number of one of these, each as likely as its share."""
        return int(np.searchsorted(np.cumsum(shares), self.rng.random() * sum(shares), side="right"))

    def chance(self, share: float) -> bool:
        """Return True with this probability."""
        return bool(self.rng.random() < share)

    def pause(self, least_ms: float, most_ms: float) -> None:
        """Let time go by."""
        self.clock_ns += int(self.rng.uniform(least_ms, most_ms) * MS)

    @contextmanager
    def within(self, step: Step, stream: Stream | None = None) -> Iterator[None]:
        """Play what follows inside a span of ``step``, and in another service's ``stream`` if one is named.

        It fails when its script gives up: see ``give_up``.
        """
        outer, span, began = (self._stream, self._version, self._error), self._id(), self.clock_ns
        if stream is not None:
            self._stream, self._version = STREAMS.index(stream), 0
        self.pause(2.0, 8.0)
        self._parents.append(span)
        self._error = NONE
        yield
        self._parents.pop()
        self.pause(1.0, 5.0)
        self._tell(step, span, began, error=self._error)
        self._stream, self._version, self._error = outer

    def give_up(self) -> None:
        """Let the span around fail as the last step did."""
        self._error = self.told[-1].error

    def call(self, step: Step, again: Step | None = None) -> bool:
        """Play a call; whether it went well. ``again`` is the same call as told by the library inside."""
        span, began = self._id(), self.clock_ns
        around = self.rng.uniform(*AROUND_MS, 2) if again else (0.0, 0.0)
        self.clock_ns += int(around[0] * MS)
        tokens = self._tokens(step)
        ttft_ms, took_ms = self._pace(step, tokens[1])
        error = self._fail(step)
        if error != NONE:
            took_ms, ttft_ms, tokens = took_ms * self.rng.uniform(0.05, 1.0), np.nan, (tokens[0], 0, 0)
        inner_began, self.clock_ns = self.clock_ns, self.clock_ns + int(took_ms * MS)
        if again:
            self._tell(again, self._id(), inner_began, span, ttft_ms, tokens, error)
            self.clock_ns += int(around[1] * MS)
        self._tell(step, span, began, None, ttft_ms, tokens, error)
        self.pause(3.0, 25.0)
        return error == NONE

    def _tell(
        self,
        step: Step,
        span: int,
        began_ns: int,
        parent: int | None = None,
        ttft_ms: float = np.nan,
        tokens: tuple[int, int, int] = (0, 0, 0),
        error: int = NONE,
    ) -> None:
        self.told.append(
            Call(
                self._stream, _NUMBERS[step], self._version, began_ns, self.clock_ns, float(ttft_ms), *tokens, error,
                self._user, self._session, self._content, *self._trace, span,
                self._parents[-1] if parent is None else parent,
            )
        )  # fmt: skip

    def _tokens(self, step: Step) -> tuple[int, int, int]:
        """Return (input, output, cached) tokens."""
        if not step.tokens:
            return 0, 0, 0
        asked, given = load_workload()[step.tokens].draw(self.rng, 1)[0].tolist()
        if step.operation == "embeddings":
            return min(asked, 300), 0, 0
        cached = asked // 2 if self.chance(0.4) else 0
        return asked, max(step.least_output, min(given, step.most_output)), cached

    def _pace(self, step: Step, outputs: int) -> tuple[float, float]:
        """Return (time to first token, whole duration) in ms."""
        noise = float(self.rng.lognormal(0.0, step.spread))
        if step.model is None:
            return np.nan, step.median_ms * noise
        noise *= REGIONS[STREAMS[self._stream].region].slowness
        first = step.model.ttft_ms * noise * float(self.rng.lognormal(0.0, 0.2))
        return first if step.operation == "chat" else np.nan, first + outputs * step.model.token_ms * noise

    def _fail(self, step: Step) -> int:
        if not self.chance(step.error_rate):
            return NONE
        return TOOL_ERROR if step.operation == "execute_tool" else int(self.rng.integers(len(ERROR_TYPES)))

    def _id(self) -> int:
        return int(self.rng.integers(1, 2**63))
