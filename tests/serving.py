"""The real web application on a free port of this machine, until a block ends."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import uvicorn

from dashboard.app import create_app
from dashboard.services import Services


@contextlib.contextmanager
def serving(services: Services) -> Iterator[str]:
    """Serve the pages and the API; yields the address such as ``http://127.0.0.1:40123``."""
    config = uvicorn.Config(
        create_app(services), host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="web", daemon=True)
    thread.start()
    while thread.is_alive() and not server.started:
        thread.join(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
