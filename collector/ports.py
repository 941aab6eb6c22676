"""Who holds a port, so that a start that fails for one says what to do."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from collector.errors import PortTaken

LISTEN = "0A"


def reserve(host: str, port: int, what: str, setting: str) -> None:
    """Raise PortTaken when ``port`` cannot be listened on; 0 always can."""
    if port == 0:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        # A port that only waits out its old connections is free to us.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(_explain(host, port, what, setting, error)) from None


def holder(port: int) -> str | None:
    """Return ``name (process N)`` of who listens on a local port; None when it cannot be seen."""
    inodes = _listening(port)
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for link in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(link) in inodes:
                        name = (process / "comm").read_text().strip()
                        return f"{name} (process {process.name})"
    return None


def _listening(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                parts = line.split()
                if parts[3] == LISTEN and int(parts[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{parts[9]}]")
    return found


def _explain(host: str, port: int, what: str, setting: str, error: OSError) -> str:
    flag = setting.replace("_", "-")
    remedy = f"stop it, or choose another with --{flag} or SPANWARDEN_{setting.upper()}"
    if error.errno == 98:
        by = holder(port)
        return f"port {port}, for {what}, is in use{f' by {by}' if by else ''}; {remedy}"
    return f"cannot listen on {host}:{port}, for {what} ({error.strerror}); {remedy}"
