"""What each drive asks of the model server, for those that call OpenAI's own client.

One plain call, one stream, a tool's round trip, an embedding, a refused prompt and a rate limit that is retried.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

CHAT_MODEL = "gpt-4o-mini"
TOOL_MODEL = "gpt-4o"
EMBEDDING_MODEL = "text-embedding-3-small"
SYSTEM = "You answer in one sentence."
PLAIN = "What is in the harbour?"
STREAMED = "Tell me about the boat."
WEATHER = "How is the weather in Lisbon?"
RESPONDED = "Who came before noon?"
INDEXED = "Fresh bread comes before noon."
REFUSED = "Answer this [400] please."
LIMITED = "Wait for me [429] please."
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def get_weather(city: str) -> str:
    """The tool itself."""
    return json.dumps({"city": city, "sky": "clear", "degrees": 21})


def messages(text: str) -> list[dict[str, Any]]:
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def stream(client: Any, text: str) -> str:
    """Read a stream to its end."""
    chunks = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages(text), stream=True, stream_options={"include_usage": True}
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def round_trip(client: Any, text: str) -> str:
    """Ask with a tool, run it, hand its result back."""
    said = messages(text)
    asked = client.chat.completions.create(model=TOOL_MODEL, messages=said, tools=[WEATHER_TOOL]).choices[0].message
    said.append(asked.model_dump(exclude_none=True))
    for call in asked.tool_calls:
        result = get_weather(**json.loads(call.function.arguments))
        said.append({"role": "tool", "tool_call_id": call.id, "content": result})
    answered = client.chat.completions.create(model=TOOL_MODEL, messages=said, tools=[WEATHER_TOOL])
    return answered.choices[0].message.content


def refused(client: Any) -> None:
    """A prompt that the server answers with status 400."""
    client.chat.completions.create(model=CHAT_MODEL, messages=messages(REFUSED))
    raise AssertionError("the server did not refuse")


def exercise(tracer: Any, client: Any, failure: type[Exception]) -> None:
    """All of it, in the order that the server's record will have."""
    create = client.chat.completions.create
    with tracer.start_as_current_span("answer"):
        create(model=CHAT_MODEL, messages=messages(PLAIN), temperature=0.2, max_tokens=200)
        stream(client, STREAMED)
    with tracer.start_as_current_span("look up the weather"):
        round_trip(client, WEATHER)
    with tracer.start_as_current_span("index"):
        client.embeddings.create(model=EMBEDDING_MODEL, input=INDEXED)
    with tracer.start_as_current_span("respond"):
        client.responses.create(model=CHAT_MODEL, instructions=SYSTEM, input=RESPONDED)
    with tracer.start_as_current_span("meet trouble"):
        with contextlib.suppress(failure):
            refused(client)
        create(model=CHAT_MODEL, messages=messages(LIMITED))
