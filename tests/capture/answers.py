"""What the fake model server answers: drawn from a seed, in the shapes of OpenAI's API, a new id for every reply."""

from __future__ import annotations

import json
import random
import string
from dataclasses import dataclass, field
from typing import Any

# What the server says that it ran when it was asked for a model: a dated snapshot, as OpenAI does.
SNAPSHOTS = {"gpt-4o-mini": "gpt-4o-mini-2024-07-18", "gpt-4o": "gpt-4o-2024-08-06", "o4-mini": "o4-mini-2025-04-16"}
WORDS = tuple(
    "the harbour was quiet and a small boat came in before noon with fresh bread for all of us".split()  # noqa: SIM905
)
CREATED = 1_780_000_000
FAULTS = {
    400: ("invalid_request_error", "unsupported_value", "This prompt is refused by the test server."),
    429: ("rate_limit_exceeded", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", "internal_error", "The server had an error while processing your request."),
}

Json = dict[str, Any]


@dataclass(slots=True)
class Answer:
    """One reply and what it cost. ``parts`` are the pieces that a stream sends."""

    id: str
    model: str
    finish_reason: str = ""
    parts: list[str] = field(default_factory=list)
    tool_calls: list[Json] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    vectors: list[list[float]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)


class Replies:
    """Draws answers from a seed; equal seeds and equal requests give equal answers."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def id(self, prefix: str) -> str:
        return prefix + "".join(self._random.choices(string.ascii_letters + string.digits, k=24))

    def chat(self, request: Json) -> Answer:
        """A text, or calls of the tools that are offered when none has been answered yet."""
        model = SNAPSHOTS.get(request["model"], request["model"])
        answer = Answer(self.id("chatcmpl-"), model)
        offered = [tool["function"] for tool in request.get("tools") or []]
        if offered and not any(message["role"] == "tool" for message in request["messages"]):
            answer.finish_reason = "tool_calls"
            answer.tool_calls = [self._tool_call(offered[0])]
        else:
            answer.finish_reason = "stop"
            words = self._random.choices(WORDS, k=self._random.randint(6, 14))
            answer.parts = [word + " " for word in words[:-1]] + [words[-1] + "."]
        answer.input_tokens = self._random.randint(300, 900)
        answer.output_tokens = self._random.randint(40, 200)
        answer.cached_tokens = 128 * self._random.randint(1, 2)
        answer.reasoning_tokens = self._random.randint(8, 32)
        return answer

    def responses(self, request: Json) -> Answer:
        """A text; the newer API says no reason why it ended, but that it is completed."""
        answer = self.chat({"model": request["model"]})
        answer.id = self.id("resp_")
        return answer

    def embeddings(self, request: Json) -> Answer:
        """A short vector for each text."""
        texts = request["input"]
        count = len(texts) if isinstance(texts, list) and not isinstance(texts[0], int) else 1
        vectors = [[self._random.uniform(-1, 1) for _ in range(8)] for _ in range(count)]
        return Answer("", request["model"], input_tokens=self._random.randint(5, 40), vectors=vectors)

    def _tool_call(self, function: Json) -> Json:
        """A call with a text for each required parameter."""
        names = function.get("parameters", {}).get("required", [])
        arguments = json.dumps(dict.fromkeys(names, "Lisbon"))
        return {
            "id": self.id("call_"),
            "type": "function",
            "function": {"name": function["name"], "arguments": arguments},
        }
