"""What fills ``llm_calls.sql``: the parts of the view that come from the dialect tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storage.dialects.compile import Plan
from storage.dialects.detect import SERVING, dialect_name, enum, model_region, provider, written
from storage.dialects.enums import FINISH_REASONS, MODEL_CALLS, OPERATIONS
from storage.dialects.fields import FIELDS, Dialect
from storage.dialects.forms import FAILURE, array
from storage.otlp import literal

# Span events that hold a part of the conversation: before 1.36, of Traceloop, and as they are since.
CONTENT_EVENTS = (
    "gen_ai.client.inference.operation.details",
    "gen_ai.content.prompt",
    "gen_ai.content.completion",
    "gen_ai.system.message",
    "gen_ai.user.message",
    "gen_ai.assistant.message",
    "gen_ai.tool.message",
    "gen_ai.choice",
)
# Documents written as keys of their own are counted by their numbers.
DOCUMENTS = (
    "nullIf(length(arrayDistinct(arrayFilter(n -> n != '', arrayMap(k ->"
    r" extract(toString(k), '^(?:retrieval\\.documents|reranker\\.output_documents)\\.([0-9]+)\\.'),"
    " mapKeys(SpanAttributes))))), 0)"
)


def call_parts(dialects: Sequence[Dialect]) -> dict[str, str]:
    """Return the template's names and their SQL."""
    plan, models = Plan.build(dialects=dialects), Plan.build(("request_model", "response_model"), dialects)
    return {
        "hits": plan.hits(),
        "opened": plan.opened(),
        "fields": ",\n".join(f"            {plan.field(name)} AS f_{name}" for name in FIELDS),
        "model_hits": models.hits(),
        "model_opened": models.opened(),
        "request_model": models.field("request_model"),
        "response_model": models.field("response_model"),
        "written": written(),
        "operation": _operation(),
        "provider": provider(),
        "finish_reason": enum("f_finish_reason", FINISH_REASONS, default="other"),
        "dialect": dialect_name(dialects),
        "serving": _in(SERVING),
        "model_calls": _in(MODEL_CALLS),
        "model_region": model_region("f_server_address"),
        "documents": DOCUMENTS,
        "named_failure": literal(FAILURE),
        "has_content": plan.has_content(),
        "content_events": array(CONTENT_EVENTS),
        "first_token_events": _in(event for dialect in dialects for event in dialect.first_token_events),
    }


def _operation() -> str:
    """The canonical operation; a method of the Model Context Protocol that is none of ours is ``mcp``."""
    known = _in(value for values in OPERATIONS.values() for value in values if "/" in value)
    other = f"f_mcp_method != '' AND lower(f_mcp_method) = lower(written_) AND lower(written_) NOT IN {known}"
    return f"if({other}, 'mcp', {enum('written_', OPERATIONS)})"


def _in(values: Iterable[str]) -> str:
    return "(" + ", ".join(map(literal, values)) + ")"
