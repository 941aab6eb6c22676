"""Has anything that a page shows changed? A cheap question asked every second and a half, so that the dear one is not.

Every insert makes a part, so the newest part's time and the number of rows change with every load; merges may change
the time alone, which costs one redraw.
"""

from __future__ import annotations

from datetime import datetime

from dashboard.read.sql import sql
from storage.control.store import Control
from storage.engine import Engine


def pulse(engine: Engine, now: datetime) -> str:
    """Return a text that changes when data were loaded or the minute turned."""
    row = engine.query(sql("pulse")).rows[0]
    return f"{row[0]}/{row[1]}/{row[2]}/{now:%Y%m%d%H%M}"


def human_pulse(control: Control) -> str:
    """Return a text that changes when a person or a schedule wrote to the control plane."""
    with control.sql.connect() as connection:
        states = connection.exec_driver_sql("SELECT count(*) FROM incident_states").scalar_one()
        runs = connection.exec_driver_sql("SELECT count(*), max(finished_at) FROM report_runs").one()
    return f"{states}/{runs[0]}/{runs[1]}"
