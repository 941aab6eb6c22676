"""The controls of each report, in the order of its pages. A new control is one file and one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from policies.reports.controls.article_12 import record_keeping
from policies.reports.controls.article_15 import robustness
from policies.reports.controls.article_19 import logs_kept
from policies.reports.controls.article_50 import marking
from policies.reports.controls.gdpr_25 import by_design
from policies.reports.controls.gdpr_32 import security
from policies.reports.controls.setting import Setting
from policies.reports.model import Control


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that can be made: its title, and its controls."""

    title: str
    controls: tuple[Callable[[Setting], Control], ...]


REPORTS: Mapping[str, ReportKind] = {
    "eu-ai-act": ReportKind(
        "EU AI Act and GDPR: evidence from telemetry",
        (record_keeping, robustness, logs_kept, marking, by_design, security),
    ),
}
