"""Logs of every process: one line an entry on standard error, with the role's name. Never a payload or a secret."""

from __future__ import annotations

import logging
import sys


def set_up_logs(role: str, level: int = logging.INFO) -> None:
    """Send everything at ``level`` and above to standard error as ``time level role logger: message``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s %(levelname)s {role} %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("apscheduler", "httpx", "uvicorn", "alembic", "clickhouse_connect"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
