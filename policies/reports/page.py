"""Draws a report as one HTML page for paper: no script, nothing fetched, every text escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from policies.reports.model import RULE, Chart, Label, Report
from policies.reports.svg import HATCH
from policies.reports.words import day, moment

PAPER = files("policies") / "reports" / "paper"
WORDS: Mapping[Label, str] = {"fully": "Fully evidenced", "partly": "Partly evidenced", "not": "Not evidenced"}


def render(report: Report, fonts: Mapping[str, bytes] | None = None) -> str:
    """Return the page. ``fonts`` (family -> WOFF2) are put into it, so that it looks the same everywhere."""
    queries = list({query.id: query for control in report.controls for query in control.queries}.values())
    when = {query.id: query.as_of for query in queries}
    environment = Environment(
        loader=FunctionLoader(lambda name: (PAPER / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        queries=queries,
        numbers={query.id: f"Q{number}" for number, query in enumerate(queries, 1)},
        summary=summary(report),
        rule=RULE,
        WORDS=WORDS,
        css=Markup((PAPER / "report.css").read_text("utf-8")),  # noqa: S704 (our own file)
        fonts=Markup(_faces(fonts or {})),  # noqa: S704 (base64 of our own files)
        hatch=Markup(HATCH),  # noqa: S704 (a constant)
        drawn=_drawn,
        as_of=lambda names: stamp(max(when[name] for name in names)),
        stamp=stamp,
        anchor=lambda control_id: control_id.replace(":", "-").replace(".", "-"),
        day=day,
        moment=moment,
    )


def summary(report: Report) -> str:
    """Return the first page's sentence: how many controls are evidenced how far."""
    labels = [control.label for control in report.controls]
    parts: Sequence[tuple[Label, str]] = (("fully", "fully"), ("partly", "partly"), ("not", "not"))
    said = [f"{labels.count(label)} {word}" for label, word in parts if labels.count(label)]
    joined = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]
    return f"Of {len(labels)} controls, {joined} evidenced by what is stored."


def stamp(at: datetime) -> str:
    """Return a time to the second, UTC, as the small print has it."""
    return f"{at:%Y-%m-%d %H:%M:%S}Z"


def _drawn(chart: Chart) -> Markup:
    return Markup(chart.svg)  # noqa: S704 (made by svg.py, which escapes every text)


def _faces(fonts: Mapping[str, bytes]) -> str:
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:100 900;font-display:block;'
        f'src:url("data:font/woff2;base64,{base64.b64encode(data).decode()}") format("woff2")}}\n'
        for family, data in fonts.items()
    )
