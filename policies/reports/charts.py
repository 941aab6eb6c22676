"""The charts of a report: columns over time, lines over time, shares of a whole. Each returns one SVG element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.reports.svg import ACCENT, HAIRLINE, INK, MUTED, PALE, TOP, Paper, ceiling, date_ticks, short

HEIGHT = 112.0
STYLES = ((INK, 1.5, ""), (ACCENT, 1.5, "5 3"), (MUTED, 1.0, "1.5 2.5"))
ROW = 24.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One column that begins at ``at``: its height, and why it is marked (``flagged``), when it is."""

    at: datetime
    value: float
    flagged: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its name; None is a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A whole of ``parts`` (in the order of the legend), with its name and a word at its end."""

    name: str
    parts: Sequence[float]
    note: str = ""


def columns(bars: Sequence[Bar], *, label: str, limit: float | None = None, limit_name: str = "") -> str:
    """Draw columns from zero; a flagged one is a hatched strip over the whole height."""
    paper = Paper(HEIGHT, label)
    if not any(bar.value or bar.flagged for bar in bars):
        return _nothing(paper)
    top = ceiling(max([bar.value for bar in bars] + [limit or 0.0]))
    y = _y_axis(paper, top, short)
    width = (paper.right_edge - paper.left) / len(bars)
    gap = min(1.5, width * 0.2)
    for place, bar in enumerate(bars):
        x = paper.left + place * width
        if bar.flagged:
            paper.rect(x, TOP, width - gap, paper.floor - TOP, "url(#hatch)")
        paper.rect(x, y(bar.value), width - gap, paper.floor - y(bar.value), ACCENT)
    for place in _first_of_runs(bars):
        paper.text(paper.left + (place + 0.5) * width, TOP - 5, bars[place].flagged, _anchor(place, len(bars)), "flag")
    if limit:
        paper.line(paper.left, y(limit), paper.right_edge, y(limit), INK, "4 3")
        paper.text(paper.right_edge, y(limit) - 4, limit_name, "end", "flag")
    _x_axis(paper, [bar.at for bar in bars])
    return paper.svg()


def lines(times: Sequence[datetime], drawn: Sequence[Line], *, label: str, words: Callable[[float], str]) -> str:
    """Draw lines from zero over equal steps of time, each told by its dash and its name at the end."""
    paper = Paper(HEIGHT, label)
    known = [value for line in drawn for value in line.values if value is not None]
    if not times or not known:
        return _nothing(paper)
    y = _y_axis(paper, ceiling(max(known)), words)
    step = (paper.right_edge - 46 - paper.left) / len(times)
    for line, (stroke, width, dash) in zip(drawn, STYLES, strict=False):
        stretches: list[list[tuple[float, float]]] = [[]]
        for place, value in enumerate(line.values):
            if value is None:
                stretches.append([])
            else:
                stretches[-1].append((paper.left + (place + 0.5) * step, y(value)))
        kept = [stretch for stretch in stretches if stretch]
        paper.path(kept, stroke, width, dash)
        if kept:
            paper.text(kept[-1][-1][0] + 6, kept[-1][-1][1] + 3.5, line.name, "start", "direct")
    _x_axis(paper, times, step)
    return paper.svg()


def shares(rows: Sequence[Row], legend: Sequence[str], *, label: str) -> str:
    """Draw each row as one bar that is cut into its parts: solid, hatched, empty."""
    fills = ((ACCENT, "none"), ("url(#hatch)", INK), ("#fff", MUTED), (PALE, "none"))
    paper = Paper(TOP + 14 + ROW * max(1, len(rows)) + 4, label, left=176.0, bottom=4)
    if not rows:
        return _nothing(paper)
    x = paper.left
    for name, (fill, stroke) in zip(legend, fills, strict=False):
        paper.rect(x, 4, 10, 10, fill, stroke)
        paper.text(x + 15, 13, name, "start", "direct")
        x += 28 + 6.4 * len(name)
    room = paper.right_edge - 78 - paper.left
    for place, row in enumerate(rows):
        y = TOP + 14 + place * ROW
        whole = sum(row.parts) or 1.0
        paper.text(paper.left - 8, y + 10.5, _cut(row.name, 28), "end", "direct")
        x = paper.left
        for part, (fill, stroke) in zip(row.parts, fills, strict=False):
            paper.rect(x, y, room * part / whole, 14, fill, stroke if part else "none")
            x += room * part / whole
        paper.text(paper.left + room + 8, y + 10.5, row.note, "start", "direct")
    return paper.svg()


def _y_axis(paper: Paper, top: float, words: Callable[[float], str]) -> Callable[[float], float]:
    def y(value: float) -> float:
        return paper.floor - (paper.floor - TOP) * min(value, top) / top

    for share in (0.0, 0.5, 1.0):
        at = y(top * share)
        paper.line(paper.left, at, paper.right_edge, at, INK if share == 0 else HAIRLINE)
        paper.text(paper.left - 6, at + 3.5, words(top * share), "end")
    return y


def _x_axis(paper: Paper, times: Sequence[datetime], step: float | None = None) -> None:
    if len(times) < 2:
        paper.text(paper.left, paper.floor + 15, f"{times[0].day} {times[0]:%b}", "start")
        return
    width = step or (paper.right_edge - paper.left) / len(times)
    every = times[1] - times[0]
    for at, words in date_ticks(times[0], times[-1] + every):
        x = paper.left + (at - times[0]) / every * width
        paper.line(x, paper.floor, x, paper.floor + 4, INK)
        paper.text(x, paper.floor + 15, words, "start" if x < paper.left + 20 else "middle")


def _first_of_runs(bars: Sequence[Bar]) -> list[int]:
    """Return where to write why columns are marked: once a run of neighbours, and not on top of each other."""
    places: list[int] = []
    for place, bar in enumerate(bars):
        starts = bar.flagged and (place == 0 or not bars[place - 1].flagged)
        if starts and (not places or (place - places[-1]) / len(bars) > 0.12):
            places.append(place)
    return places


def _anchor(place: int, of: int) -> str:
    return "start" if place < of * 0.1 else "end" if place > of * 0.9 else "middle"


def _nothing(paper: Paper) -> str:
    paper.text(paper.width / 2, paper.height / 2, "nothing of this kind is stored for the period", "middle", "direct")
    return paper.svg()


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
