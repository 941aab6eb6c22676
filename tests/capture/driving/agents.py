"""What the drives of pydantic-ai ask: the same six things, through agents and its embedder."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import workload
from pydantic_ai import Agent, Embedder
from pydantic_ai.exceptions import ModelHTTPError


async def stream(agent: Agent, text: str) -> str:
    """Read a stream to its end."""
    async with agent.run_stream(text) as result:
        return await result.get_output()


async def _exercise(tracer: Any) -> None:
    plain = Agent(f"openai-chat:{workload.CHAT_MODEL}", name="reporter", instructions=workload.SYSTEM)
    guide = Agent(f"openai-chat:{workload.TOOL_MODEL}", name="guide", instructions=workload.SYSTEM)
    guide.tool_plain(workload.get_weather)
    with tracer.start_as_current_span("answer"):
        await plain.run(workload.PLAIN, model_settings={"temperature": 0.2, "max_tokens": 200})
        await stream(plain, workload.STREAMED)
    with tracer.start_as_current_span("look up the weather"):
        await guide.run(workload.WEATHER)
    with tracer.start_as_current_span("index"):
        await Embedder(f"openai:{workload.EMBEDDING_MODEL}").embed_query(workload.INDEXED)
    with tracer.start_as_current_span("meet trouble"):
        with contextlib.suppress(ModelHTTPError):
            await plain.run(workload.REFUSED)
            raise AssertionError("the server did not refuse")
        await plain.run(workload.LIMITED)


def exercise(tracer: Any) -> None:
    """All of it, in the order that the server's record will have."""
    asyncio.run(_exercise(tracer))
