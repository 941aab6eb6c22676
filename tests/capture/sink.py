"""An OTLP/HTTP receiver that keeps the bytes of every request as they came."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SIGNALS = ("traces", "logs", "metrics")


class Handler(BaseHTTPRequestHandler):
    """One export request; what is not OTLP is answered and forgotten."""

    protocol_version = "HTTP/1.1"
    server: Sink

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self._body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        kind = self.headers.get("Content-Type", "")
        signal = self.path.removeprefix("/v1/")
        if signal in SIGNALS:
            with self.server.lock:
                self.server.requests.append((signal, "json" if "json" in kind else "binpb", body))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        reply = b"{}" if "json" in kind else b""
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def _body(self) -> bytes:
        """The bytes of a request of known length or in chunks, as JavaScript's exporters send them."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)


class Sink(ThreadingHTTPServer):
    """The receiver on a free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, str, bytes]] = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def write(self, folder: Path) -> None:
        """One file a signal. Protobuf messages put one after another are one message with all that they hold; JSON
        requests are put into one list of resources."""
        for signal in SIGNALS:
            binary = [body for name, kind, body in self.requests if (name, kind) == (signal, "binpb")]
            texts = [json.loads(body) for name, kind, body in self.requests if (name, kind) == (signal, "json")]
            for ending, data in (("binpb", b"".join(binary)), ("json", _merged(texts))):
                (folder / f"{signal}.{ending}").unlink(missing_ok=True)
                if data:
                    (folder / f"{signal}.{ending}").write_bytes(data)


def _merged(requests: list[dict[str, list[Any]]]) -> bytes:
    if not requests:
        return b""
    (key,) = requests[0]
    return json.dumps({key: [resource for request in requests for resource in request[key]]}).encode()
