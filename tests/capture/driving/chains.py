"""What the drives of LangChain ask: the same six things, through its models, an agent and its embeddings."""

from __future__ import annotations

import contextlib
from typing import Any

import openai
import workload
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return workload.get_weather(city)


def said(text: str) -> list[tuple[str, str]]:
    return [("system", workload.SYSTEM), ("human", text)]


def exercise(tracer: Any) -> None:
    """All of it, in the order that the server's record will have."""
    model = ChatOpenAI(model=workload.CHAT_MODEL, temperature=0.2, stream_usage=True)
    agent = create_agent(
        ChatOpenAI(model=workload.TOOL_MODEL), [get_weather], system_prompt=workload.SYSTEM, name="guide"
    )
    # Without the check of lengths: it would fetch a tokenizer.
    embeddings = OpenAIEmbeddings(model=workload.EMBEDDING_MODEL, check_embedding_ctx_length=False)
    with tracer.start_as_current_span("answer"):
        model.invoke(said(workload.PLAIN))
        "".join(chunk.text for chunk in model.stream(said(workload.STREAMED)))
    with tracer.start_as_current_span("look up the weather"):
        agent.invoke({"messages": [("human", workload.WEATHER)]})
    with tracer.start_as_current_span("index"):
        embeddings.embed_query(workload.INDEXED)
    with tracer.start_as_current_span("meet trouble"):
        with contextlib.suppress(openai.BadRequestError):
            model.invoke(said(workload.REFUSED))
            raise AssertionError("the server did not refuse")
        model.invoke(said(workload.LIMITED))
