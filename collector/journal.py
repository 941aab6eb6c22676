"""The loader's memory over crashes: one small synced file a segment, written before its INSERT is run.

It keeps the whole statement. A retry, even by a newer release or under a changed policy, runs what was journalled: the
same rows in the same blocks under the same token, which the store recognises.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from collector.files import make_private, sync_folder, write_synced
from storage.statement import SEGMENT_PARAMETER, Statement


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be run for a segment, and how many rows it must leave."""

    sql: str
    parameters: Mapping[str, str]
    settings: Mapping[str, str | int]
    digest: str
    rows: int

    def at(self, path: Path) -> Planned:
        """Return the same plan for the segment at ``path``: a data directory may have been moved since."""
        return replace(self, parameters={**self.parameters, SEGMENT_PARAMETER: str(path)})


class Journal:
    """``<spool>/journal``: one file a segment that is being loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_private(folder)

    def read(self, segment: str) -> Planned | None:
        """Return what an earlier attempt planned; None when there was none."""
        try:
            content = json.loads(self._path(segment).read_bytes())
            if "spans" in content:  # as the first release wrote it
                content["rows"] = content.pop("spans")
            return Planned(**content)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def plan(self, segment: str, statement: Statement, rows: int) -> Planned:
        """Write down what will be run; it is on the disk when this returns. Raises OSError."""
        planned = Planned(statement.sql, dict(statement.parameters), dict(statement.settings), statement.digest, rows)
        write_synced(self._path(segment), json.dumps(asdict(planned)).encode())
        return planned

    def forget(self, segment: str) -> None:
        """Remove a segment's plan once the segment itself is gone."""
        self._path(segment).unlink(missing_ok=True)

    def sweep(self, closed: Path) -> None:
        """Remove plans whose segment a crash removed just before them."""
        for path in self.folder.glob("*.json"):
            if not (closed / f"{path.stem}.seg").exists():
                path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _path(self, segment: str) -> Path:
        return self.folder / f"{segment}.json"
