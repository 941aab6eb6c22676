"""Every dialect, in the order of precedence. The next one is a module beside this one and a line here."""

from __future__ import annotations

from collections.abc import Sequence

from storage.dialects import (
    genai,
    langfuse,
    langsmith,
    litellm,
    mcp,
    mlflow,
    openinference,
    pydantic_ai,
    traceloop,
    vercel,
)
from storage.dialects.fields import Arm, Dialect
from storage.dialects.frameworks import GENKIT, GOOGLE_ADK, LIVEKIT, VOLTAGENT
from storage.dialects.serving import DYNAMO, LLM_D, SGLANG, TRITON, VLLM

SHIPPED: tuple[Dialect, ...] = (
    genai.DIALECT,
    openinference.DIALECT,
    traceloop.DIALECT,
    vercel.DIALECT,
    langfuse.DIALECT,
    mlflow.DIALECT,
    pydantic_ai.DIALECT,
    litellm.DIALECT,
    langsmith.DIALECT,
    mcp.DIALECT,
    VLLM,
    SGLANG,
    DYNAMO,
    LLM_D,
    TRITON,
    GENKIT,
    GOOGLE_ADK,
    LIVEKIT,
    VOLTAGENT,
)


def placed_arms(field: str, dialects: Sequence[Dialect] = SHIPPED) -> list[tuple[str, Arm]]:
    """Return a field's arms over the dialects, each with its dialect's name, the first to be asked first."""
    found = [(dialect.name, arm) for dialect in dialects for arm in dialect.arms if arm.field == field]
    return sorted(found, key=lambda placed: placed[1].rank)
