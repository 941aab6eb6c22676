"""A fake model server that speaks OpenAI's API and writes down what it was asked and what it answered.

The last text of a request chooses a fault: ``[400]`` and ``[500]`` fail each time, ``[429]`` the first time only.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.capture import bodies
from tests.capture.answers import FAULTS, Answer, Json, Replies

REFUSAL_SECONDS = 0.5  # long enough for LangSmith to have told that the call began before it fails, as real calls are
PIECE_SECONDS = 0.002  # between the pieces of a stream, so that a first token has a time of its own
PATHS = {"chat": "chat/completions", "responses": "responses", "embeddings": "embeddings"}
OPERATIONS = {"chat": "chat", "responses": "chat", "embeddings": "embeddings"}


@dataclass(slots=True)
class Record:
    """Every exchange, in the order of arrival."""

    exchanges: list[Json] = field(default_factory=list)
    limited: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write_down(self, api: str, request: Json, attempt: int, status: int, answer: Answer | None) -> None:
        asked = {
            "operation": OPERATIONS[api],
            "api": api,
            "model": request["model"],
            "stream": bool(request.get("stream")),
            "attempt": attempt,
            "text": last_text(request),
            "tools_offered": [tool["function"]["name"] for tool in request.get("tools") or []],
            "tool_results": [m["tool_call_id"] for m in request.get("messages", []) if m["role"] == "tool"],
        }
        answered: Json = {"status": status, "error": FAULTS[status][0] if status in FAULTS else ""}
        if answer:
            answered |= {
                "id": answer.id,
                "model": answer.model,
                "finish_reason": answer.finish_reason,
                "text": answer.text,
                "tool_calls": [{"id": c["id"], "name": c["function"]["name"]} for c in answer.tool_calls],
                "usage": {
                    "input_tokens": answer.input_tokens,
                    "output_tokens": answer.output_tokens,
                    "cached_tokens": answer.cached_tokens,
                    "reasoning_tokens": answer.reasoning_tokens,
                    "sent": not asked["stream"] or wants_usage(request),
                },
            }
        self.exchanges.append({"asked": asked, "answered": answered})


def wants_usage(request: Json) -> bool:
    return bool((request.get("stream_options") or {}).get("include_usage"))


def last_text(request: Json) -> str:
    """The last text that a person wrote in this request."""
    if "input" in request:
        texts = request["input"]
        return texts if isinstance(texts, str) else json.dumps(texts)
    content = [m["content"] for m in request["messages"] if m["role"] == "user"][-1]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


class Handler(BaseHTTPRequestHandler):
    """One request; the server object carries the seed's replies and the record."""

    protocol_version = "HTTP/1.1"
    server: FakeServer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the record tells it all."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        attempt = int(self.headers.get("x-stainless-retry-count", 0))
        api = next(api for api in OPERATIONS if self.path.endswith(f"/{PATHS[api]}"))
        with self.server.record.lock:
            status = self._status(last_text(request))
            answer = getattr(self.server.replies, api)(request) if status == 200 else None
            self.server.record.write_down(api, request, attempt, status, answer)
        if answer is None:
            time.sleep(REFUSAL_SECONDS)
            self._send_json(status, bodies.error_body(status))
        elif api == "responses":
            self._send_json(status, bodies.responses_body(answer))
        elif api == "embeddings":
            self._send_json(status, bodies.embeddings_body(answer, request.get("encoding_format") == "base64"))
        elif request.get("stream"):
            self._send_stream(answer, wants_usage(request))
        else:
            self._send_json(status, bodies.chat_body(answer))

    def _status(self, text: str) -> int:
        for status in FAULTS:
            if f"[{status}]" in text and not (status == 429 and text in self.server.record.limited):
                self.server.record.limited.add(text)
                return status
        return 200

    def _send_json(self, status: int, body: Json) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 429:
            self.send_header("Retry-After", "1")
            self.send_header("retry-after-ms", "50")
        self.end_headers()
        self.wfile.write(data)

    def _send_stream(self, answer: Answer, with_usage: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in bodies.chat_events(answer, with_usage):
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
            time.sleep(PIECE_SECONDS)
        self.wfile.write(b"0\r\n\r\n")


class FakeServer(ThreadingHTTPServer):
    """The model server on a free port of this machine."""

    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = Replies(seed)
        self.record = Record()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"
