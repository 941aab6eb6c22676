"""What ``up`` and ``demo`` share: supervise both processes, say where they answer, drain on Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable

import click
import requests

from collector.spool import waiting_segments
from dashboard.first_trace import snippet
from policies.load import load_policies
from spanwarden.logs import set_up_logs
from spanwarden.notes import ACCEPTOR, read_note
from spanwarden.running import RunningEngine, find_engine
from spanwarden.settings import Settings
from spanwarden.supervisor import Supervisor

PROBE_SECONDS = 2.0


def serve(
    settings: Settings,
    when_ready: Callable[[RunningEngine, str], None] = lambda engine, otlp: None,
    before_drain: Callable[[], None] = lambda: None,
) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit code. Raises PolicyErrors before anything is started.

    ``when_ready`` is called once both processes are, with the engine and the OTLP/gRPC address such as
    ``127.0.0.1:4317``; it must not block. ``before_drain`` is called once it is to end, while all still answers.
    """
    set_up_logs("supervisor")
    load_policies(settings.policies_dir)  # what a person must mend is said before anything is started
    supervisor = Supervisor(settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, supervisor.stop)

    def announce() -> None:
        engine = find_engine(settings.data_dir)
        if engine is not None:
            otlp = f"{settings.host}:{read_note(settings.data_dir / ACCEPTOR)['grpc_port']}"
            _greet(engine.address, otlp, read_note(settings.data_dir / ACCEPTOR)["http_port"])
            when_ready(engine, otlp)

    code = supervisor.run(lambda: _ready(settings), announce, before_drain)
    if code == 0:
        click.echo(_farewell(waiting_segments(settings.spool_dir)))
    return code


def _farewell(left: int) -> str:
    if not left:
        return "Everything that was acknowledged is stored. Bye."
    return f"{left} segments of what was acknowledged wait in the spool; the next start stores them."


def _ready(settings: Settings) -> bool:
    engine = find_engine(settings.data_dir)
    if engine is None:
        return False
    try:
        return requests.get(f"{engine.address}/readyz", timeout=PROBE_SECONDS).ok
    except requests.RequestException:
        return False


def _greet(web: str, otlp: str, http_port: int) -> None:
    host = otlp.rpartition(":")[0]
    click.echo(f"\nSpanwarden is ready:  {web}\n")
    click.echo(f"  OTLP/gRPC {otlp}   OTLP/HTTP http://{host}:{http_port}/v1/traces   API {web}/api/docs")
    click.echo("  Ctrl-C stops it; everything acknowledged is stored first.\n")
    click.echo("Send a first trace with this Python:\n")
    click.echo("\n".join(f"    {line}" for line in snippet(f"http://{otlp}").splitlines()) + "\n")
