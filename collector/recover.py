"""After a crash: closes the segments that were open, keeping every record that is whole.

A torn tail was never acknowledged and is cut off. Damage inside a segment (a bad disk) costs the damaged bytes alone;
they are put into quarantine with the reason, and what lies behind them is kept.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from collector.files import sync_folder, write_synced
from collector.resend import Resends, digest_of
from collector.segment import SUFFIX, Reading, read_segment, requests_of
from collector.signal import Signal, signal_of

logger = logging.getLogger(__name__)


def recover(folder: Path, resends: Resends) -> int:
    """Close every segment that a crash left open; return how many items they hold."""
    items = 0
    for path in sorted((folder / "open").iterdir()):
        if path.suffix != SUFFIX:
            path.unlink()
            continue
        signal = signal_of(path)
        if signal is None:
            logger.error("segment %s is of no signal that this release knows; it is left where it is", path.stem)
            continue
        try:
            items += _recover_one(path, signal, folder, resends)
        except OSError as error:
            # It stays where it is for the next start; new requests are taken meanwhile.
            logger.error("segment %s cannot be recovered yet: %s", path.stem, error.strerror)
    if items:
        logger.info("recovered %d items that a crash had left in open segments", items)
    sync_folder(folder / "open")
    return items


def _recover_one(path: Path, signal: Signal, folder: Path, resends: Resends) -> int:
    """Close one segment; return how many items it holds. Raises OSError; its requests are known all the same."""
    data = path.read_bytes()
    reading = read_segment(data)
    digests = [digest_of(signal, record.tenant, request) for record, request in requests_of(data, reading.records)]
    resends.add(digests)
    _set_aside(folder / "quarantine", path.stem, data, reading)
    if not reading.records:
        path.unlink()
        return 0
    resends.keep(path.stem, digests)
    _close(path, folder / "closed" / path.name, data, reading)
    return reading.items


def keep_sound_records(path: Path, quarantine: Path) -> Reading:
    """Read a closed segment; when it is damaged, set the damage aside and rewrite it with what is sound."""
    data = path.read_bytes()
    reading = read_segment(data)
    if reading.damaged:
        _set_aside(quarantine, path.stem, data, reading, tail=True)
        write_synced(path, b"".join(data[record.start : record.end] for record in reading.records))
    return reading


def _close(path: Path, closed: Path, data: bytes, reading: Reading) -> None:
    if reading.damaged:
        write_synced(closed, b"".join(data[record.start : record.end] for record in reading.records))
        path.unlink()
    else:
        # What is readable may still be only in the page cache.
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        os.fdatasync(descriptor)
        os.close(descriptor)
        os.replace(path, closed)
        sync_folder(closed.parent)


def _set_aside(quarantine: Path, segment: str, data: bytes, reading: Reading, *, tail: bool = False) -> None:
    """Keep damaged bytes; in a segment that was open those at the end are a torn tail, which nobody was promised."""
    inner = [(start, end) for start, end in reading.damaged if tail or end < len(data)]
    for number, (start, end) in enumerate(inner):
        name = quarantine / f"{segment}-{number}"
        write_synced(name.with_suffix(".bad"), data[start:end])
        reason = {"reason": "damaged on the disk", "bytes": end - start, "items": None}
        write_synced(name.with_suffix(".json"), json.dumps(reason).encode())
        logger.error("segment %s is damaged: %d bytes were put into quarantine", segment, end - start)
