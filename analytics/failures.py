"""Failures: does the share of failed calls exceed what is normal here, judged by count?

The log-likelihood ratio of a beta-binomial with a multiple of the usual share against the usual one is summed since it
was last zero (Page 1954); with a bound h, a series of normal minutes crosses it once in e^h minutes on average or
less often (Lorden 1971). Several multiples run side by side. Small numbers cannot cross: each call adds at most
ln(multiple).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import betabinom

from analytics.baseline import CELL, DAY, HOUR, LEARNING, LEAST_CALLS, MEMORY, Share, cells, kept, share
from analytics.changepoint import best_end, best_start
from analytics.detection import Detection, Verdict
from analytics.season import DAYS, recurs
from analytics.walk import Checkpoint, Walk
from analytics.windows import MINUTE, Floats, Series, rolling

MULTIPLES = np.array((2.0, 3.0, 5.0, 10.0, 20.0, 40.0))
HIGHEST_SHARE = 0.95
# One false alarm in so many minutes of a series, over all multiples.
PATIENCE_MINUTES = 2e6
THRESHOLD = math.log(PATIENCE_MINUTES * len(MULTIPLES))
LEAST_FACTOR, LEAST_RISE, LEAST_FAILURES = 1.5, 0.01, 5
CALM_WINDOW, CALM_MINUTES, CALM_P = 15, 5, 0.05
LONGEST = DAY
SEASON_SHARE = 0.5
SILENCE = 3 * HOUR


class FailureDetector:
    """A rise of the share of failed calls."""

    name = "failures-betabinomial"
    version = "1"
    signal = "failures"

    def detect(self, series: Series, resume: Checkpoint | None = None) -> Verdict:
        """Judge every minute; see the module."""
        active = np.flatnonzero(series.n)
        if not len(active):
            return Verdict([], None, "insufficient")
        return _Walk(series, int(active[0])).run(resume)


class _Walk(Walk):
    """One pass over a series, an hour at a time."""

    KNOWN = (*Walk.KNOWN, "carry", "began")

    def __init__(self, series: Series, first: int) -> None:
        super().__init__(len(series.n), first)
        self.series = series
        self.recent = (rolling(series.n, CALM_WINDOW), rolling(series.failed, CALM_WINDOW))
        self.carry = np.zeros(len(MULTIPLES))
        self.began = (0.0, Share(0.01, 1e-4), 0)

    def hour(self, begin: int, end: int) -> None:
        """Judge an hour by the baseline that its start has."""
        usual = self._usual(begin)
        if usual is None:
            return
        if self.ready is None:
            self.ready = begin
        at = begin
        while at < end:
            at = self._watch(at, end, usual) if self.begun is None else self._follow(at, end)

    def _usual(self, hour: int) -> Share | None:
        if hour - self.first < LEARNING:
            return None
        begin = max(0, hour - MEMORY) // CELL * CELL
        keep = kept(self.flagged, begin, hour)
        n, failed = (cells(v, begin, hour)[keep] for v in (self.series.n, self.series.failed))
        if n.sum() < LEAST_CALLS:
            return None
        each, bad = (v[begin:hour][np.repeat(keep, CELL)] for v in (self.series.n, self.series.failed))
        return share(n[n > 0], failed[n > 0], (each[each > 0], bad[each > 0]))

    def _watch(self, begin: int, end: int, usual: Share) -> int:
        n, failed = self.series.n[begin:end], self.series.failed[begin:end]
        gain = np.cumsum(log_ratios(n, failed, usual), axis=1)
        lowest = np.minimum.accumulate(np.minimum(gain, 0.0), axis=1)
        summed = np.maximum(self.carry[:, None] + gain, gain - lowest)
        summed = np.maximum(summed, 0.0)
        best = summed.max(axis=0)
        for at in np.flatnonzero((best >= THRESHOLD) & (n > 0)):
            minute = begin + int(at)
            onset = self._onset(minute, usual, int(np.argmax(summed[:, at])))
            if not self._matters(onset, minute + 1, usual):
                continue
            self.carry[:] = 0.0
            if not self._usual_now(onset, minute, usual):
                self.begun, self.quiet, self.last_call = minute, 0, minute
                self.began = (float(best[at]), usual, onset)
                self.flagged[onset : minute + 1] = True
            return minute + 1
        self.carry = np.minimum(summed[:, -1], 2 * THRESHOLD)
        return end

    def _matters(self, begin: int, end: int, usual: Share) -> bool:
        calls, failed = self.series.n[begin:end].sum(), self.series.failed[begin:end].sum()
        rate = failed / max(calls, 1.0)
        return bool(failed >= LEAST_FAILURES and rate >= max(LEAST_FACTOR * usual.p, usual.p + LEAST_RISE))

    def _usual_now(self, onset: int, minute: int, usual: Share) -> bool:
        """Whether most of the rise has been there at this time of day before; judged over as long as it lasts."""
        size = max(CALM_WINDOW, minute + 1 - onset)
        reach = slice(max(0, minute - (DAYS + 1) * DAY), minute + 1)
        calls, failed = (rolling(v[reach], size) for v in (self.series.n, self.series.failed))
        last = len(calls) - 1
        rise = float(failed[last] / max(calls[last], 1.0)) - usual.p
        # One failure alone could be chance: it takes two for a day to count.
        failed = np.where(failed >= 2, failed, 0.0)
        return recurs(calls, failed, last, max(0, self.first - reach.start), usual.p + SEASON_SHARE * rise)

    def _follow(self, begin: int, end: int) -> int:
        _, usual, _ = self.began
        begun = self.begun or 0
        calls, failed = (v[begin:end] for v in self.recent)
        calm: NDArray[np.bool_] = np.greater(betabinom.sf(failed - 1, np.maximum(calls, 1), *usual.shape), CALM_P)
        for minute in range(begin, end):
            self.flagged[minute] = True
            if self.series.n[minute]:
                self.last_call = minute
                self.quiet = self.quiet + 1 if calm[minute - begin] else 0
            over = self.quiet >= CALM_MINUTES or minute - self.last_call >= SILENCE
            if over or minute - begun >= LONGEST:
                self.tell(begun, minute + 1, minute + 1)
                if minute - begun >= LONGEST:
                    self.flagged[begun : minute + 1] = False
                self.begun, self.last_end = None, minute + 1
                return minute + 1
        return end

    def _onset(self, minute: int, usual: Share, multiple: int) -> int:
        begin = max(self.last_end, minute - 3 * HOUR)
        stretch = slice(begin, minute + 1)
        return begin + best_start(log_ratios(self.series.n[stretch], self.series.failed[stretch], usual)[multiple])

    def tell(self, begun: int, end: int | None, seen: int) -> None:
        """Add the episode that was noticed in minute ``begun``."""
        score, usual, onset = self.began
        stretch = slice(onset, seen)
        gain = log_ratios(self.series.n[stretch], self.series.failed[stretch], usual)
        best = int(np.argmax(np.cumsum(gain, axis=1).max(axis=1)))
        stop = onset + best_end(gain[best]) if end is not None else seen
        stop = max(stop, begun + 1)
        calls, failed = self.series.n[onset:stop].sum(), self.series.failed[onset:stop].sum()
        recent_calls, recent_failed = (v[begun:stop] for v in self.recent)
        worst = recent_failed / np.maximum(recent_calls, 1)
        self.found.append(
            Detection(
                key=self.series.key,
                signal="failures",
                detector=FailureDetector.name,
                version=FailureDetector.version,
                onset=self.series.minute(onset),
                detected=self.series.minute(begun) + MINUTE,
                peak=self.series.minute(begun + int(np.argmax(worst))),
                end=None if end is None else self.series.minute(stop),
                observed=float(failed / max(calls, 1.0)),
                expected=usual.p,
                score=score,
                threshold=THRESHOLD,
                p_value=float(betabinom.sf(failed - 1, calls, *usual.shape)),
                calls=int(calls),
            )
        )


def log_ratios(n: Floats, failed: Floats, usual: Share) -> NDArray[np.float64]:
    """Return ln of the likelihood at each multiple of the usual share over that at the usual: [multiples, minutes]."""
    out = np.zeros((len(MULTIPLES), len(n)))
    some = n > 0
    if some.any():
        calls, bad = n[some], failed[some]
        normal = _log_likelihood(calls, bad, *usual.shape)
        for row, multiple in enumerate(MULTIPLES):
            raised = Share(min(HIGHEST_SHARE, usual.p * multiple), usual.rho)
            out[row, some] = _log_likelihood(calls, bad, *raised.shape) - normal
    return out


def _log_likelihood(n: Floats, failed: Floats, a: float, b: float) -> Floats:
    """ln of the beta-binomial probability without the binomial coefficient, which cancels in a ratio."""
    value: Floats = (
        gammaln(failed + a) + gammaln(n - failed + b) - gammaln(n + a + b) - gammaln(a) - gammaln(b) + gammaln(a + b)
    )
    return value
