"""Files that must survive a power cut: written whole, synced, then named."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone can enter, and so each folder above it that is missing."""
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    with contextlib.suppress(OSError):  # a read-only disk; `spanwarden doctor` tells of an open folder
        folder.chmod(0o700)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all. Raises OSError."""
    draft = path.with_name(f"{path.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, content)
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(draft, path)
    sync_folder(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte; a short write is gone on with. Raises OSError."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
