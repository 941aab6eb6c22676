"""What becomes of a segment that the store refuses: it is halved until the refused record stands alone.

A halving survives a crash at any step. Halves are written beside, the whole is removed, then the halves are named: a
half whose whole still exists is thrown away at the next start and made again.
"""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path

from collector.files import make_private, sync_folder, write_synced
from collector.segment import SUFFIX, read_segment, segment_id
from collector.signal import UUID_LENGTH

logger = logging.getLogger(__name__)


class Poison:
    """Halves segments and sets single records aside."""

    def __init__(self, spool: Path) -> None:
        self.closed = spool / "closed"
        self.halves = spool / "halves"
        self.quarantine = spool / "quarantine"
        for folder in (self.closed, self.halves, self.quarantine):
            make_private(folder)

    def resume(self) -> None:
        """Finish or undo what a crash interrupted."""
        for half in sorted(self.halves.iterdir()):
            whole, _, name = half.name.partition("~")
            if not name or (self.closed / f"{whole}{SUFFIX}").exists():
                half.unlink()
            else:
                os.replace(half, self.closed / name)
        sync_folder(self.closed)

    def separate(self, path: Path, reason: str) -> int:
        """Halve the segment, or quarantine it when it is one record; return how many items went to quarantine."""
        data = path.read_bytes()
        records = read_segment(data).records
        if len(records) < 2:
            return self._set_aside(path, sum(record.items for record in records), reason)
        middle = len(records) // 2
        written = []
        for part in (records[:middle], records[middle:]):
            name = f"{segment_id(time.time_ns())}{path.name[UUID_LENGTH:]}"
            half = self.halves / f"{path.stem}~{name}"
            write_synced(half, b"".join(data[record.start : record.end] for record in part))
            written.append((half, name))
        path.unlink()
        sync_folder(self.closed)
        for half, name in written:
            os.replace(half, self.closed / name)
        sync_folder(self.closed)
        return 0

    def _set_aside(self, path: Path, items: int, reason: str) -> int:
        note = {"reason": reason, "items": items, "at_unix_s": int(time.time())}
        write_synced(self.quarantine / f"{path.stem}.json", json.dumps(note).encode())
        os.replace(path, self.quarantine / path.name)
        sync_folder(self.quarantine)
        sync_folder(self.closed)
        logger.error("segment %s: one record of %d items was put into quarantine: %s", path.stem, items, reason)
        return items


def quarantined(spool: Path) -> tuple[int, dict[str, int]]:
    """Return how many items lie in quarantine, and how many by reason. Damaged bytes count as one."""
    reasons: dict[str, int] = {}
    for path in (spool / "quarantine").glob("*.json"):
        try:
            note = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        reasons[str(note.get("reason"))] = reasons.get(str(note.get("reason")), 0) + int(
            note.get("items") or note.get("spans") or 1
        )
    return sum(reasons.values()), reasons
