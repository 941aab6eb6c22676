"""Latency: is the mean of log-duration, given the output's length, above what is normal here?

Windows of 5 minutes to 4 hours are tested against the baseline: a short one sees a spike, a long one a small shift of
level. The onset and the end are the most likely change points (Page 1954; maximum of the cumulative log-likelihood).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from analytics.baseline import CELL, DAY, HOUR, LEARNING, LEAST_CALLS, MEMORY, Level, cells, kept, level
from analytics.changepoint import best_end, best_start
from analytics.detection import Detection, Verdict
from analytics.length import fit_slope
from analytics.season import recurs
from analytics.walk import Checkpoint, Walk
from analytics.windows import MINUTE, Floats, Series, rolling

# window in minutes -> how many deviations begin an episode; a longer window is looked at less often anew
WINDOWS = {5: 6.0, 15: 5.5, 60: 5.0, 240: 5.0}
# An effect smaller than this is of no concern, however certain.
LEAST_FACTOR = 1.25
LEAST_WINDOW_CALLS = 5
# And it must stand out of the window's own scatter: one call that took an hour raises the mean, and its deviation alike
# (Student 1908: one far value among n gives t = 1, whatever its size).
LEAST_T = 2.5
PERSISTENCE, PERSISTENCE_OF = 2, 3
CALM_MINUTES, CALM_DEVIATIONS = 5, 1.5
# Whether it is over, or as it always is at this hour, is read off the shortest of these that holds so many calls.
CALM_WINDOWS, CALM_CALLS = (15, 60, 240), 10
ONSET_WITHIN = 2 * HOUR
LONGEST = DAY
SEASON_SHARE = 0.75
SILENCE = 3 * HOUR
# What these take is what their steps take, and longer answers of a step make them longer: the steps are judged.
COMPOSITE = frozenset({"invoke_agent", "invoke_workflow", "chain", "create_agent"})


@dataclass(frozen=True, slots=True)
class _Sums:
    """Calls, ln(ms), ln length and squares by minute, of the calls that the series is judged by."""

    n: Floats
    y: Floats
    yy: Floats
    x: Floats
    xx: Floats
    xy: Floats

    @classmethod
    def of(cls, series: Series) -> _Sums:
        """Take the calls of known length where they are the most, else all calls without regard to length."""
        if series.known.sum() >= series.plain.sum():
            return cls(series.known, series.y, series.yy, series.x, series.xx, series.xy)
        none = np.zeros_like(series.n)
        return cls(
            series.known + series.plain, series.y + series.plain_y, series.yy + series.plain_yy, none, none, none
        )


class LatencyDetector:
    """Level shifts and spikes of the duration of calls that went well."""

    name = "latency-windows"
    version = "1"
    signal = "latency"

    def detect(self, series: Series, resume: Checkpoint | None = None) -> Verdict:
        """Judge every minute; see the module."""
        sums = _Sums.of(series)
        active = np.flatnonzero(sums.n)
        if not len(active) or series.key.operation in COMPOSITE:
            return Verdict([], None, "insufficient")
        return _Walk(series, sums, int(active[0])).run(resume)


class _Walk(Walk):
    """One pass over a series, an hour at a time."""

    KNOWN = (*Walk.KNOWN, "slope", "slope_day", "began_level", "began_score", "hits", "calm_window")

    def __init__(self, series: Series, sums: _Sums, first: int) -> None:
        super().__init__(len(sums.n), first)
        self.series, self.sums = series, sums
        every = (sums.n, sums.y, sums.x, sums.yy, sums.xy, sums.xx)
        self.windows = {w: tuple(rolling(v, w) for v in every) for w in WINDOWS}
        self.slope, self.slope_day = 0.0, -1
        self.began_level = Level(0.0, 1.0, 1.0)
        self.began_score = (0.0, 0.0)
        self.hits: list[bool] = []
        self.calm_window = CALM_WINDOWS[0]

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

    def _usual(self, hour: int) -> Level | None:
        begin = max(0, hour - MEMORY) // CELL * CELL
        if hour - self.first < LEARNING:
            return None
        keep = kept(self.flagged, begin, hour)
        n, y, x = (cells(v, begin, hour)[keep] for v in (self.sums.n, self.sums.y, self.sums.x))
        some = n > 0
        if n.sum() < LEAST_CALLS or some.sum() < CELL:
            return None
        n, y, x = n[some], y[some], x[some]
        if hour // DAY != self.slope_day:
            self.slope_day = hour // DAY
            self.slope = fit_slope(x / n, y / n, n) if self.sums.x.any() else 0.0
        yy, xx, xy = (cells(v, begin, hour)[keep][some] for v in (self.sums.yy, self.sums.xx, self.sums.xy))
        mean = (y - self.slope * x) / n
        squares = np.maximum(0.0, yy - 2 * self.slope * xy + self.slope**2 * xx - n * mean**2)
        return level(n, mean, squares)

    def _watch(self, begin: int, end: int, usual: Level) -> int:
        score, fired, enter = self._enter(begin, end, usual)
        called = np.flatnonzero(self.sums.n[begin:end])
        for at in called:
            self.hits = [*self.hits[1 - PERSISTENCE_OF :], bool(enter[at])]
            minute = begin + int(at)
            surely = enter[at] and sum(self.hits) >= PERSISTENCE
            if surely and not self._usual_now(minute, usual, int(fired[at])):
                self.begun, self.quiet, self.last_call, self.hits = minute, 0, minute, []
                self.calm_window = self._telling(minute)
                self.began_level, self.began_score = usual, (float(score[at]), WINDOWS[int(fired[at])])
                self.flagged[self._onset(minute) : minute + 1] = True
                return minute + 1
        return end

    def _usual_now(self, minute: int, usual: Level, fired: int) -> bool:
        """Whether most of the shift has been there at this time of day before."""
        calls, y, x = self.windows[max(fired, self._telling(minute))][:3]
        residual = y - self.slope * x
        shift = float(residual[minute] / calls[minute]) - usual.centre
        return recurs(calls, residual, minute, self.first, usual.centre + SEASON_SHARE * shift)

    def _telling(self, minute: int) -> int:
        return next((w for w in CALM_WINDOWS if self.windows[w][0][minute] >= CALM_CALLS), CALM_WINDOWS[-1])

    def _follow(self, begin: int, end: int) -> int:
        usual = self.began_level
        begun = self.begun or 0
        calls, y, x = (v[begin:end] for v in self.windows[self.calm_window][:3])
        shift = (y - self.slope * x) / np.maximum(calls, 1) - usual.centre
        calm = (shift < np.log(LEAST_FACTOR) / 2) | (shift < CALM_DEVIATIONS * usual.deviation(calls))
        for minute in range(begin, end):
            self.flagged[minute] = True
            if self.sums.n[minute]:
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

    def _enter(self, begin: int, end: int, usual: Level) -> tuple[Floats, NDArray[np.int_], NDArray[np.bool_]]:
        """Return the score by minute, the window that gave it, and whether it is high enough."""
        score = np.zeros(end - begin)
        threshold = np.full(end - begin, min(WINDOWS.values()))
        fired = np.full(end - begin, max(WINDOWS))
        enter = np.zeros(end - begin, dtype=bool)
        for window, least in WINDOWS.items():
            calls, y, x = (v[begin:end] for v in self.windows[window][:3])
            mean = (y - self.slope * x) / np.maximum(calls, 1)
            shift = mean - usual.centre
            z = np.where(calls >= LEAST_WINDOW_CALLS, shift / usual.deviation(calls), 0.0)
            # A window that reaches back into an episode that is over would begin it anew.
            fresh = (np.arange(begin, end) - window >= self.last_end - 1) | (self.last_end == self.first)
            hit = (z >= least) & (shift >= np.log(LEAST_FACTOR)) & fresh
            hit &= shift >= LEAST_T * self._scatter(window, begin, end, mean)
            better = hit & (z / least > score / threshold)
            score, threshold = np.where(better, z, score), np.where(better, least, threshold)
            fired[better] = window
            enter |= hit
        return score, fired, enter

    def _scatter(self, window: int, begin: int, end: int, mean: Floats) -> Floats:
        """Standard error of a window's mean residual by the residuals within it."""
        calls, _, _, yy, xy, xx = (v[begin:end] for v in self.windows[window])
        squares = np.maximum(0.0, yy - 2 * self.slope * xy + self.slope**2 * xx - calls * mean**2)
        error: Floats = np.sqrt(squares / np.maximum(calls - 1, 1) / np.maximum(calls, 1))
        return error

    def _gain(self, begin: int, end: int) -> Floats:
        """Log-likelihood by minute of the episode's shift against none, up to a constant factor."""
        n = self.sums.n[begin:end]
        residual = self.sums.y[begin:end] - self.slope * self.sums.x[begin:end] - n * self.began_level.centre
        shift = max(np.log(LEAST_FACTOR), float(residual.sum() / max(n.sum(), 1)))
        gain: Floats = residual * shift - n * shift**2 / 2
        return gain

    def _onset(self, minute: int) -> int:
        begin = max(self.last_end, minute - max(ONSET_WITHIN, self._telling(minute)))
        window = max(begin, minute - min(WINDOWS) * 3)
        n = self.sums.n[window : minute + 1]
        residual = self.sums.y[window : minute + 1] - self.slope * self.sums.x[window : minute + 1]
        shift = max(np.log(LEAST_FACTOR), float(residual.sum() / max(n.sum(), 1)) - self.began_level.centre)
        n = self.sums.n[begin : minute + 1]
        residual = self.sums.y[begin : minute + 1] - self.slope * self.sums.x[begin : minute + 1]
        gain = (residual - n * self.began_level.centre) * shift - n * shift**2 / 2
        return begin + best_start(gain)

    def tell(self, begun: int, end: int | None, seen: int) -> None:
        """Add the episode that was noticed in minute ``begun``."""
        onset = self._onset(begun)
        stop = onset + best_end(self._gain(onset, seen)) if end is not None else seen
        stop = max(stop, begun + 1)
        n = self.sums.n[onset:stop]
        residual = self.sums.y[onset:stop] - self.slope * self.sums.x[onset:stop] - n * self.began_level.centre
        calls, y, x = (v[begun:stop] for v in self.windows[5][:3])
        worst = np.where(calls >= 1, (y - self.slope * x) / np.maximum(calls, 1), -np.inf)
        score, threshold = self.began_score
        self.found.append(
            Detection(
                key=self.series.key,
                signal="latency",
                detector=LatencyDetector.name,
                version=LatencyDetector.version,
                onset=self.series.minute(onset),
                detected=self.series.minute(begun) + MINUTE,
                peak=self.series.minute(begun + int(np.argmax(worst))),
                end=None if end is None else self.series.minute(stop),
                observed=float(np.exp(residual.sum() / max(n.sum(), 1.0))),
                expected=1.0,
                score=score,
                threshold=threshold,
                p_value=float(norm.sf(score)),
                calls=int(n.sum()),
            )
        )
