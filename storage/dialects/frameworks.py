"""Agent frameworks that write spans of their own: Genkit, Google's ADK, LiveKit Agents, VoltAgent.

Sources: https://genkit.dev/docs/observability/ , https://google.github.io/adk-docs/ , https://docs.livekit.io/agents/
"""

from __future__ import annotations

from storage.dialects.fields import Dialect, arms

GENKIT = Dialect(
    name="genkit",
    title="Genkit",
    keys=("genkit:type", "genkit:name"),
    scopes=("genkit-tracer",),
    arms=(*arms("operation", "genkit:metadata:subtype", rank=5),),
    content=("genkit:input", "genkit:output"),
    known=("genkit:*",),
)

GOOGLE_ADK = Dialect(
    name="google_adk",
    title="Google ADK",
    keys=("gcp.vertex.agent.llm_request", "gcp.vertex.agent.invocation_id"),
    scopes=("gcp.vertex.agent",),
    arms=(*arms("session_id", "gcp.vertex.agent.session_id", rank=3),),
    content=(
        "gcp.vertex.agent.llm_request",
        "gcp.vertex.agent.llm_response",
        "gcp.vertex.agent.tool_call_args",
        "gcp.vertex.agent.tool_response",
    ),
    known=("gcp.vertex.agent.*",),
)

LIVEKIT = Dialect(
    name="livekit",
    title="LiveKit Agents",
    keys=("lk.response.text", "lk.user_transcript", "lk.chat_ctx", "lk.speech_id"),
    scopes=("livekit-agents", "livekit"),
    arms=(
        *arms("session_id", "lk.session_id", "lk.room_id", rank=3),
        *arms("tool_name", "lk.function_tool.name"),
        *arms("tool_call_id", "lk.function_tool.id"),
    ),
    content=(
        "lk.input_text",
        "lk.user_input",
        "lk.user_transcript",
        "lk.chat_ctx",
        "lk.response.text",
        "lk.function_tool.output",
    ),
    known=("lk.*",),
)

VOLTAGENT = Dialect(
    name="voltagent",
    title="VoltAgent",
    keys=("voltagent.conversation_id", "voltagent.operation_id"),
    scopes=("@voltagent/core", "voltagent"),
    arms=(*arms("session_id", "voltagent.conversation_id", rank=9),),
    content=("agent.messages", "llm.messages", "flue.turn.input", "flue.turn.output"),
    known=("voltagent.*", "flue.*"),
)
