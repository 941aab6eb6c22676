"""The acceptor process: OTLP in, spool out. It loads no engine, so it starts at once and stays small.

python -m spanwarden.acceptor        settings come from the environment, as the supervisor gives them
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import sys
from pathlib import Path

from collector.acceptor import Acceptor, AcceptorConfig
from collector.errors import PortTaken
from collector.limits import MIB, Limits
from collector.spool import Spool, SpoolConfig
from spanwarden.logs import set_up_logs
from spanwarden.notes import ACCEPTOR, read_note, write_note
from spanwarden.orphan import watch_supervisor
from spanwarden.settings import Settings, SettingsError, load_settings, supervisor_pid
from spanwarden.signals import STOP, let_through
from storage.errors import StoreLocked

logger = logging.getLogger(__name__)

CANNOT_START = 78
NOTE_SECONDS = 1.0
GRACE_SECONDS = 5.0
M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES = -3, 1024 * 1024


def main() -> int:
    """Accept until told to stop. Returns 0 after a clean drain, 78 when a setting or a port forbids to start."""
    set_up_logs("acceptor")
    _give_large_blocks_back()
    try:
        settings = load_settings()
        return asyncio.run(_serve(settings))
    except (SettingsError, PortTaken, StoreLocked) as error:
        logger.error("%s", error)
        return CANNOT_START


async def _serve(settings: Settings) -> int:
    spool = Spool(settings.spool_dir, _spool_config(settings))
    acceptor = Acceptor(_config(settings), spool)
    note = settings.data_dir / ACCEPTOR
    earlier = read_note(note).get("counters", {})
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP:
        loop.add_signal_handler(number, stopping.set)
    let_through()
    watch_supervisor(supervisor_pid(), lambda: _tell_loop(loop, stopping))
    try:
        await acceptor.start()
        while not stopping.is_set():
            _tell(note, acceptor, earlier)
            try:
                await asyncio.wait_for(stopping.wait(), NOTE_SECONDS)
            except TimeoutError:
                continue
        await acceptor.stop(GRACE_SECONDS)
    finally:
        await asyncio.to_thread(spool.close)
    _tell(note, acceptor, earlier, accepting=False)
    return 0


def _give_large_blocks_back() -> None:
    """Let large requests live in blocks of their own, which the system gets back at once (mallopt(3), glibc).

    By itself glibc keeps what was large once, in pieces that fit nothing else: a burst then stays in memory.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def _tell(note: Path, acceptor: Acceptor, earlier: dict[str, object], *, accepting: bool = True) -> None:
    """Write our counters, added to those of earlier runs, so that the totals belong to the data directory."""
    content = {
        "pid": os.getpid(),
        "accepting": accepting,
        "grpc_port": acceptor.grpc_port,
        "http_port": acceptor.http_port,
        "counters": acceptor.counters.added_to(earlier),
    }
    try:
        write_note(note, content)
    except OSError as error:
        logger.warning("cannot write %s: %s", note.name, error.strerror)


def _config(settings: Settings) -> AcceptorConfig:
    tokens = {tenant: token.get_secret_value() for tenant, token in settings.ingest_tokens.items()}
    limits = Limits(grpc_body=min(16, settings.max_body_mib) * MIB, http_body=settings.max_body_mib * MIB)
    return AcceptorConfig(settings.host, settings.grpc_port, settings.http_port, tokens, limits)


def _spool_config(settings: Settings) -> SpoolConfig:
    return SpoolConfig(max_bytes=settings.spool_max_bytes, min_free_bytes=settings.spool_min_free_bytes)


def _tell_loop(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    loop.call_soon_threadsafe(stopping.set)


if __name__ == "__main__":
    sys.exit(main())
