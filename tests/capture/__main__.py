"""``python -m tests.capture [--expect] [FAMILY ...]``: drive real instrumentations and write their golden fixtures.

With ``--expect`` nothing is driven: the expected rows are made again from the server's records that are there.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from tests.capture.expect import expected
from tests.capture.families import DRIVING, ROOT, Family, captured
from tests.capture.server import FakeServer
from tests.capture.sink import Sink
from tests.capture.writing import write_json

SECONDS = 180


def environment(family: Family, server: FakeServer, sink: Sink, home: str) -> dict[str, str]:
    """All that a drive knows: nothing of this machine but how to find programs."""
    endpoint = {} if family.facts.get("traces_only") else {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url}
    return {
        **endpoint,
        "PATH": os.environ["PATH"],
        "HOME": home,
        "PYTHONPATH": str(DRIVING),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": server.url,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{sink.url}/v1/traces",  # MLflow sends when it sees this one
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=capture",
        **family.facts.get("environ", {}),
    }


def without_this_machine(data: bytes) -> bytes:
    """Put neutral text of the same length, so that the messages stay valid, where paths of this machine stand."""
    for path in (str(ROOT), sys.base_prefix, str(Path(sys.base_prefix).resolve())):
        data = data.replace(path.encode(), b"/app".ljust(len(path), b"_"))
    # Two or three letters may stand in any id, so a host of a short name cannot be looked for.
    for secret in (socket.gethostname(), str(Path.home()) + "/"):
        if len(secret) > 4 and secret.encode() in data:
            raise SystemExit(f"the capture holds {secret!r} of this machine")
    return data


def capture(family: Family) -> None:
    """One family: drive it, then write its bytes, the server's record and the rows that follow from the record."""
    command = family.install()
    server, sink = FakeServer(zlib.crc32(family.name.encode())), Sink()
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command,
            env=environment(family, server, sink, home),
            cwd=home,
            timeout=SECONDS,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"{family.name} failed\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    if not any(signal == "traces" for signal, _, _ in sink.requests):
        raise SystemExit(f"{family.name} sent no span\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    family.golden.mkdir(parents=True, exist_ok=True)
    sink.write(family.golden)
    for path in family.golden.glob("*.binpb"):
        path.write_bytes(without_this_machine(path.read_bytes()))
    for path in family.golden.glob("*s.json"):
        path.write_bytes(without_this_machine(path.read_bytes()))
    record = server.record.exchanges
    write_json(family.golden / "server.json", record)
    write_json(family.golden / "expected.json", expected(family, record))
    sizes = ", ".join(f"{path.name} {path.stat().st_size:,}" for path in sorted(family.golden.iterdir()))
    print(f"{family.name}: {len(record)} requests; {sizes}")  # noqa: T201


def expect(family: Family) -> None:
    """Make the expected rows again from the record of the last capture."""
    record = json.loads((family.golden / "server.json").read_text())
    write_json(family.golden / "expected.json", expected(family, record))


def main() -> None:
    """Capture the families that are named, or all."""
    wanted = [name for name in sys.argv[1:] if name != "--expect"]
    for family in captured():
        if not wanted or family.name in wanted:
            (expect if "--expect" in sys.argv else capture)(family)


if __name__ == "__main__":
    main()
