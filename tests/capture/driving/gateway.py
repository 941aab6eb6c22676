"""What the drives of LiteLLM ask: the same six things, through its library."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import litellm
import workload


def stream(text: str) -> str:
    """Read a stream to its end."""
    chunks = litellm.completion(
        model=f"openai/{workload.CHAT_MODEL}",
        messages=workload.messages(text),
        stream=True,
        stream_options={"include_usage": True},
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def round_trip(text: str) -> str:
    """Ask with a tool, run it, hand its result back."""
    said, model, tools = workload.messages(text), f"openai/{workload.TOOL_MODEL}", [workload.WEATHER_TOOL]
    asked = litellm.completion(model=model, messages=said, tools=tools).choices[0].message
    said.append(asked.model_dump(exclude_none=True))
    for call in asked.tool_calls:
        result = workload.get_weather(**json.loads(call.function.arguments))
        said.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return litellm.completion(model=model, messages=said, tools=tools).choices[0].message.content


def exercise(tracer: Any) -> None:
    """All of it, in the order that the server's record will have."""
    model = f"openai/{workload.CHAT_MODEL}"
    with tracer.start_as_current_span("answer"):
        litellm.completion(model=model, messages=workload.messages(workload.PLAIN), temperature=0.2, max_tokens=200)
        stream(workload.STREAMED)
    with tracer.start_as_current_span("look up the weather"):
        round_trip(workload.WEATHER)
    with tracer.start_as_current_span("index"):
        litellm.embedding(model=f"openai/{workload.EMBEDDING_MODEL}", input=[workload.INDEXED])
    with tracer.start_as_current_span("meet trouble"):
        with contextlib.suppress(litellm.BadRequestError):
            litellm.completion(model=model, messages=workload.messages(workload.REFUSED))
            raise AssertionError("the server did not refuse")
        litellm.completion(model=model, messages=workload.messages(workload.LIMITED), max_retries=2)
