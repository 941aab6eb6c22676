"""The engine process: it alone owns the embedded store; it loads segments, runs the jobs and serves the web.

python -m spanwarden.engine          settings come from the environment, as the supervisor gives them
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator

import uvicorn

from collector.errors import PortTaken
from collector.ports import reserve
from policies.errors import PolicyErrors
from spanwarden.logs import set_up_logs
from spanwarden.notes import ENGINE, write_note
from spanwarden.orphan import watch_supervisor
from spanwarden.settings import Settings, SettingsError, load_settings, supervisor_pid
from spanwarden.signals import STOP, let_through
from spanwarden.wiring import Running, assemble
from storage.errors import StoreError, StoreLocked, StoreUnavailable

logger = logging.getLogger(__name__)

CANNOT_START, TRY_AGAIN = 78, 75
DRAIN_SECONDS = 45.0


def main() -> int:
    """Run until told to stop. Returns 0 after a clean drain, 75 when the store may answer later, 78 when never."""
    set_up_logs("engine")
    try:
        settings = load_settings()
        return _run(settings)
    except StoreUnavailable as error:
        logger.error("%s", error)
        return TRY_AGAIN
    except (SettingsError, StoreLocked, StoreError, PolicyErrors, PortTaken) as error:
        logger.error("%s", error)
        return CANNOT_START


def _run(settings: Settings) -> int:
    stopping = threading.Event()
    for number in STOP:
        signal.signal(number, lambda *_: stopping.set())
    let_through()
    watch_supervisor(supervisor_pid(), stopping.set)
    reserve(settings.web_host, settings.web_port, "the web", "web_port")
    running = assemble(settings)
    try:
        running.loader.start()
        with _web(running, settings):
            running.jobs.start()
            while not stopping.wait(0.2):
                pass
            running.jobs.stop()
            drained = running.loader.drain(DRAIN_SECONDS)
        if not drained:
            logger.warning("not everything was loaded in %.0f s; the spool is kept", DRAIN_SECONDS)
        return 0
    finally:
        running.close()
        (settings.data_dir / ENGINE).unlink(missing_ok=True)


@contextlib.contextmanager
def _web(running: Running, settings: Settings) -> Iterator[None]:
    """Serve the web from a thread; write the engine's note once it answers."""
    config = uvicorn.Config(
        running.app,
        host=settings.web_host,
        port=settings.web_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="web", daemon=True)
    thread.start()
    while thread.is_alive() and not server.started:
        thread.join(0.02)
    if not server.started:
        raise SettingsError(f"the web cannot listen on {settings.web_host}:{settings.web_port}")
    port = server.servers[0].sockets[0].getsockname()[1]
    address = f"http://{settings.web_host}:{port}"
    write_note(settings.data_dir / ENGINE, {"pid": os.getpid(), "address": address})
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5.0)


if __name__ == "__main__":
    sys.exit(main())
