"""The checks behind ``spanwarden doctor``: each looks at one thing and says what it saw and what to do."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from collector.errors import PortTaken
from collector.ports import reserve
from policies.errors import PolicyErrors
from policies.load import load_policies
from spanwarden.governance import keys_of
from spanwarden.notes import ACCEPTOR, STALE_SECONDS, age_seconds, read_note
from spanwarden.running import RunningEngine, find_engine
from spanwarden.settings import Settings, SettingsError
from storage.errors import StoreError

GIB = 1024**3
PACKAGES = ("spanwarden", "dashboard", "collector", "analytics", "policies", "storage")
HERE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Check:
    """What one check saw; ``text`` holds the remedy too when ``state`` is not ``good``."""

    name: str
    state: Literal["good", "warning", "bad"]
    text: str


def run_checks(settings: Settings) -> list[Check]:
    """Run every check; none of them changes anything."""
    engine = find_engine(settings.data_dir)
    looks: tuple[Callable[[], Iterator[Check]], ...] = (
        _python,
        _packages,
        lambda: _folder(settings),
        lambda: _disk(settings),
        lambda: _policies(settings),
        lambda: _running(engine, settings) if engine else _ports(settings),
    )
    return [check for look in looks for check in look()]


def _python() -> Iterator[Check]:
    yield Check(
        "python",
        "good",
        f"Python {platform.python_version()}, Spanwarden {version('spanwarden')}, chDB {version('chdb')}",
    )


def _packages() -> Iterator[Check]:
    """Our packages have everyday names; another distribution's ``analytics`` would stand before ours."""
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        if found is None or not found.origin or Path(found.origin).parent.parent != HERE:
            where = found.origin if found else "nowhere"
            yield Check(
                "packages", "bad", f"{name} is found at {where}; install Spanwarden into an environment of its own"
            )
            return
    yield Check("packages", "good", "all six packages are Spanwarden's own")


def _folder(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir
    if not folder.exists():
        parent = next(place for place in folder.parents if place.exists())
        fits = os.access(parent, os.W_OK)
        text = f"{folder} is made at the first start" if fits else f"{parent} cannot be written; set another --data-dir"
        yield Check("data", "good" if fits else "bad", text)
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Check("data", "bad", f"{folder} cannot be written; give its owner the rights back, or set --data-dir")
        return
    spool = settings.spool_dir
    if spool.exists() and stat.S_IMODE(spool.stat().st_mode) & 0o077:
        yield Check("data", "bad", f"{spool} holds unredacted text and others can enter it; chmod 700 it")
        return
    waiting = len(list((spool / "quarantine").glob("*"))) if spool.exists() else 0
    if waiting:
        yield Check("data", "warning", f"{waiting} files lie in {spool / 'quarantine'}; each has its reason beside it")
    yield Check("data", "good", f"{folder} can be written, and its spool is closed to others")


def _disk(settings: Settings) -> Iterator[Check]:
    place = next(place for place in (settings.data_dir, *settings.data_dir.parents) if place.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / GIB:.1f} GiB free"
    if free < settings.spool_min_free_bytes:
        yield Check("disk", "bad", f"{text}; below {settings.spool_min_free_bytes / GIB:.1f} GiB OTLP is refused")
    elif free < 5 * settings.spool_min_free_bytes:
        yield Check("disk", "warning", f"{text}; make room before it is less than spool_min_free_bytes")
    else:
        yield Check("disk", "good", text)


def _policies(settings: Settings) -> Iterator[Check]:
    try:
        policies = load_policies(settings.policies_dir)
        keys = keys_of(policies, settings)
    except PolicyErrors as errors:
        yield Check("policies", "bad", f"{len(errors.problems)} mistakes; see `spanwarden policy check`")
        return
    except SettingsError as error:
        yield Check("policies", "bad", str(error))
        return
    missing = sorted({policy.key_name for policy in policies.marking if policy.key_name} - keys.keys())
    if missing:
        yield Check("policies", "warning", f"no watermark key named {', '.join(missing)}; set SPANWARDEN_KEY_<NAME>")
    yield Check("policies", "good", f"{len(policies.all())} policies are sound; together {policies.digest[:12]}")


def _running(engine: RunningEngine, settings: Settings) -> Iterator[Check]:
    try:
        stats = engine.get("/stats").json()
    except StoreError as error:
        yield Check("engine", "bad", str(error))
        return
    spool = stats["spool"]
    text = f"process {engine.pid} at {engine.address}; {stats['spans_stored']} spans stored"
    yield Check("engine", "good", f"{text}, {spool['segments']} segments wait")
    if stats["quarantined"]:
        yield Check("engine", "warning", f"{stats['quarantined']} spans are quarantined; see data/spool/quarantine")
    accepting = age_seconds(settings.data_dir / ACCEPTOR) < STALE_SECONDS
    note = read_note(settings.data_dir / ACCEPTOR)
    if accepting and note.get("accepting"):
        yield Check("acceptor", "good", f"OTLP/gRPC on {note['grpc_port']}, OTLP/HTTP on {note['http_port']}")
    else:
        yield Check("acceptor", "bad", "it does not accept; its log says why (the terminal that runs `spanwarden up`)")


def _ports(settings: Settings) -> Iterator[Check]:
    doors = (
        (settings.host, settings.grpc_port, "OTLP/gRPC", "grpc_port"),
        (settings.host, settings.http_port, "OTLP/HTTP", "http_port"),
        (settings.web_host, settings.web_port, "the web", "web_port"),
    )
    for host, port, what, setting in doors:
        try:
            reserve(host, port, what, setting)
        except PortTaken as error:
            yield Check("ports", "bad", str(error))
        else:
            yield Check("ports", "good", f"{port} is free for {what}")
