"""One engine's worth of schedules in a process of its own, to be killed: opens the stores, ticks once, says the runs.

python -m tests.integration.schedule_process DATA_DIR NOW [hang]    hang: never finish the first report
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

import spanwarden.reporting
from policies.load import load_policies
from spanwarden.settings import Settings, load_settings
from storage.control.models import ReportRun
from storage.control.store import Control, migrate_control, open_control
from storage.engine import Engine
from storage.schema import prepare

HOURLY = {"id": "hourly", "cron": "0 * * * *", "window": "hour"}


def settings_of(data: Path) -> Settings:
    """Return settings with one hourly schedule."""
    return load_settings(data_dir=data, schedules=(HOURLY,))


def told(control: Control) -> list[dict[str, str]]:
    """Return every run, the oldest first."""
    with control.session() as session:
        runs = session.scalars(select(ReportRun).order_by(ReportRun.started_at, ReportRun.status.desc()))
        return [{"status": run.status, "due": str(run.due_at), "path": run.path, "error": run.error} for run in runs]


def main(data: Path, now: datetime, hang: bool) -> None:
    """Tick once at ``now``."""
    settings = settings_of(data)
    migrate_control(settings.control)
    control = open_control(settings.control)
    engine = Engine.open(settings.store)
    prepare(engine)
    if hang:
        spanwarden.reporting.write_bundle = lambda *_: (print("midway", flush=True), time.sleep(600))  # noqa: T201
    spanwarden.reporting.Reporting(engine, control, load_policies(), settings, lambda: now).tick(now)
    print(json.dumps(told(control)), flush=True)  # noqa: T201
    engine.close()
    control.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), "hang" in sys.argv)
