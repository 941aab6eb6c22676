"""What the engine process says of itself and of the acceptor: counters, readiness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.runner import Runner
from collector.load import Loader
from dashboard.services import Ready
from spanwarden.notes import ACCEPTOR, STALE_SECONDS, age_seconds, read_note
from spanwarden.settings import Settings
from storage.engine import Engine
from storage.tables.metrics import METRIC_TABLES


class State:
    """Reads the parts when it is asked; keeps nothing."""

    def __init__(self, engine: Engine, settings: Settings, loader: Loader, runner: Runner) -> None:
        self.engine = engine
        self.loader = loader
        self.runner = runner
        self.note = settings.data_dir / ACCEPTOR

    def ready(self) -> Ready:
        """Ready is accepting and loading."""
        loading = self.loader.stats()
        return Ready({"accepting": self._accepting(), "loading": loading.running and not loading.failing})

    def stats(self) -> Mapping[str, Any]:
        """Return the API's ``stats`` shape."""
        loader = self.loader.stats()
        counters = read_note(self.note).get("counters", {})
        fresh = loader.freshness or (None, None)
        looked = self.runner.status()
        return {
            "spans_stored": self._stored("otel_traces"),
            "logs_stored": self._stored("otel_logs"),
            "metric_points_stored": sum(self._stored(table) for table in METRIC_TABLES),
            "acknowledged": counters.get("spans", 0),
            "logs_acknowledged": counters.get("log_records", 0),
            "metric_points_acknowledged": counters.get("metric_points", 0),
            "quarantined": loader.quarantined,
            "not_inspected": loader.not_inspected,
            "refused": counters.get("refused", {}),
            "redacted": self._redacted(),
            "spool": {
                "segments": loader.waiting_segments,
                "bytes": loader.waiting_bytes,
                "oldest_seconds": round(loader.oldest_seconds, 3),
            },
            "freshness_seconds": {"p50": fresh[0], "p99": fresh[1]},
            "learning_until": looked.learning_until,
            "looked_at": looked.looked_at.isoformat().replace("+00:00", "Z") if looked.looked_at else None,
        }

    def _accepting(self) -> bool:
        return age_seconds(self.note) < STALE_SECONDS and read_note(self.note).get("accepting") is True

    def _stored(self, table: str) -> int:
        rows = self.engine.query("SELECT count() FROM {table:Identifier}", {"table": table}).rows
        return int(rows[0][0])

    def _redacted(self) -> dict[str, int]:
        rows = self.engine.query("SELECT kind, sum(redacted) FROM redactions_1m GROUP BY kind ORDER BY kind").rows
        return {str(kind): int(count) for kind, count in rows}
