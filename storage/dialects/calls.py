"""What fills ``llm_calls.sql``: the parts of the view that come from the dialect tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from storage.dialects.compile import Plan
from storage.dialects.detect import SERVING, dialect_name, enum, model_region, provider, scope_number, written
from storage.dialects.enums import FINISH_REASONS, MODEL_CALLS, OPERATIONS
from storage.dialects.fields import FIELDS, Dialect
from storage.dialects.forms import failure
from storage.literals import array, listed

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
# What the view reads of a span: every step carries its columns, and each is resolved anew.
COLUMNS = (
    "Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName,"
    " SpanAttributes, Duration, StatusCode, StatusMessage, `Events.Timestamp`, `Events.Name`, `Events.Attributes`,"
    " Tenant, BatchId, IngestedAt, Redactions"
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
        "columns": COLUMNS,
        "look_up": plan.look_up(),
        "pick": plan.pick(),
        "fill": plan.fill(),
        "fields": ",\n".join(f"            {plan.field(name)} AS f_{name}" for name in FIELDS),
        "model_look_up": models.look_up(),
        "model_pick": models.pick(),
        "model_fill": models.fill(),
        "request_model": models.field("request_model"),
        "response_model": models.field("response_model"),
        "written": written(),
        "operation": _operation(_merged(dialect.operations for dialect in dialects)),
        "provider": provider(_merged(dialect.providers for dialect in dialects)),
        "finish_reason": enum(
            "f_finish_reason", FINISH_REASONS, _merged(each.finish_reasons for each in dialects), default="other"
        ),
        "scope": scope_number(dialects),
        "dialect": dialect_name(dialects),
        "serving": listed(SERVING),
        "model_calls": listed(MODEL_CALLS),
        "model_region": model_region("f_server_address"),
        "documents": DOCUMENTS,
        "named_failure": failure("StatusMessage"),
        "content_events": array(CONTENT_EVENTS),
        "first_token_events": listed(event for dialect in dialects for event in dialect.first_token_events),
    }


def _merged(tables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """One table of several, of which the first that has a value counts."""
    return {written: meant for table in reversed(list(tables)) for written, meant in table.items()}


def _operation(more: Mapping[str, str]) -> str:
    """The canonical operation; a method of the Model Context Protocol that is none of ours is ``mcp``."""
    known = listed(value for values in OPERATIONS.values() for value in values if "/" in value)
    other = f"f_mcp_method != '' AND lower(f_mcp_method) = lower(written_) AND lower(written_) NOT IN {known}"
    return f"if({other}, 'mcp', {enum('written_', OPERATIONS, more)})"
