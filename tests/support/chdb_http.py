"""A test server: so much of ClickHouse's HTTP interface over chDB as ``clickhouse_connect`` speaks.

python -m tests.support.chdb_http <path> <user> <password>       prints the port it listens on, then serves

It is no ClickHouse server; it makes the client's path run where none is installed. What it does in another way than
a server: a dictionary reads without a login (chDB has no users), ``input(structure)`` reads the request's body from a
file (chDB takes no body), a table that is sent along is a temporary one, and statements run one after the other.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
import tempfile
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit

import chdb
import lz4.frame

UNPACK = {
    "gzip": gzip.decompress,
    "lz4": lz4.frame.decompress,
}
# What a request says of itself rather than of the query.
NO_SETTINGS = {
    "query",
    "database",
    "session_id",
    "session_timeout",
    "client_protocol_version",
    "compress",
    "query_id",
    "quota_key",
    "wait_end_of_query",
    "send_progress_in_http_headers",
    "http_headers_progress_interval_ms",
    "cancel_http_readonly_queries_on_client_close",
}
CODE = re.compile(r"Code: (\d+)|\(([A-Z_]+)\)\s*$")
INPUT = re.compile(r"\binput\(('(?:[^'\\]|\\.)*')\)")
LOGIN = re.compile(r" USER '[^']*' PASSWORD '[^']*'")
FORMAT = re.compile(rb"\bFORMAT\s+(\w+)[ \t]*(?:\n|$)", re.IGNORECASE)


def literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Failed(Exception):
    """The engine refused; ``code`` is its number."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        found = CODE.search(message)
        self.code = found[1] if found and found[1] else "1002"


class Store:
    """The engine behind the server."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.one = Lock()
        self.kept = chdb.connect(path)

    def run(self, query: bytes, body: bytes, given: dict[str, str], tables: dict[str, tuple[str, str, bytes]]) -> bytes:
        """Run one statement under its own settings, on a connection of its own."""
        with self.one, tempfile.TemporaryDirectory() as folder:
            connection = chdb.connect(self.path)
            try:
                if database := given.get("database"):
                    connection.query(f"USE `{database}`")
                for name, value in given.items():
                    if name not in NO_SETTINGS and not name.startswith("param_"):
                        connection.query(f"SET {name} = {literal(value)}")
                for name, (kind, structure, data) in tables.items():
                    file = _written(folder, name, data)
                    source = f"file({literal(file)}, {literal(kind)}, {literal(structure)})"
                    connection.query(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {source}")
                sql = _with_body(query, body, folder)
                parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
                return connection.query(sql, "TabSeparated", params=parameters).bytes() or b""
            except RuntimeError as error:
                raise Failed(str(error)) from None
            finally:
                connection.close()


def _with_body(query: bytes, body: bytes, folder: str) -> str:
    """Make what a server reads from the request's body be read from a file."""
    if not query:
        found = FORMAT.search(body)
        query, body = (body[: found.end()], body[found.end() :]) if found else (body, b"")
    if not body:
        return LOGIN.sub("", query.decode())
    found = FORMAT.search(query.rstrip() + b"\n")
    assert found, "a body without a format"
    head, kind, file = query[: found.start()].decode(), found[1].decode(), _written(folder, "body", body)
    source = INPUT.search(head)
    if source:
        return head[: source.start()] + f"file({literal(file)}, {literal(kind)}, {source[1]})" + head[source.end() :]
    return f"{head} FROM INFILE {literal(file)} FORMAT {kind}"


def _written(folder: str, name: str, data: bytes) -> str:
    path = Path(folder) / name
    path.write_bytes(data)
    return str(path)


class Handler(BaseHTTPRequestHandler):
    """One request: settings and parameters in the address, the query there or in the body."""

    protocol_version = "HTTP/1.1"
    store: Store
    login: tuple[str, str]

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        given = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query, True).items()}
        body = self._body()
        tables: dict[str, tuple[str, str, bytes]] = {}
        if "multipart/form-data" in (self.headers.get("Content-Type") or ""):
            body = self._parts(body, given, tables)
        if not self._known():
            return self._reply(403, b"Code: 516. DB::Exception: Authentication failed", code="516")
        try:
            reply = self.store.run(given.get("query", "").encode(), body, given, tables)
        except Failed as failed:
            return self._reply(500, f"Code: {failed.code}. DB::Exception: {failed}".encode(), code=failed.code)
        return self._reply(200, reply)

    def _known(self) -> bool:
        authorization = self.headers.get("Authorization") or ""
        if authorization.startswith("Basic "):
            return tuple(base64.b64decode(authorization[6:]).decode().split(":", 1)) == self.login
        return (self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")) == self.login

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(parts)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        unpack = UNPACK.get(self.headers.get("Content-Encoding") or "")
        return unpack(body) if unpack and body else body

    def _parts(self, body: bytes, given: dict[str, str], tables: dict[str, tuple[str, str, bytes]]) -> bytes:
        """Read a form: fields that count as of the address, and files that are tables."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        query = b""
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True) or b""
            if part.get_filename():
                tables[name] = (given.pop(f"{name}_format"), given.pop(f"{name}_structure"), content)
            elif name == "query":
                query = content
            else:
                given[name] = content.decode()
        return query

    def _reply(self, status: int, body: bytes, code: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Summary", json.dumps({"written_rows": "0"}))
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


def main(path: str, user: str, password: str) -> None:
    Handler.store, Handler.login = Store(path), (user, password)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
