"""The demo's log records as OTLP: the content of one service's calls as GenAI events, and what applications log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from spanwarden.demo.calls import NONE, ROOT, Call, Calls
from spanwarden.demo.cast import STEPS, STREAMS
from spanwarden.demo.faults import ERRORS
from spanwarden.demo.otlp import any_value, resource_attributes, span_id, trace_id
from spanwarden.demo.roles import OTEL_EVENTS
from spanwarden.demo.spans import ERROR_MESSAGES, response_id, session
from spanwarden.demo.texts import answer, prompt

DETAILS = "gen_ai.client.inference.operation.details"
RECORDS_A_REQUEST = 500
EVENT_SCOPE = "opentelemetry.util.genai.handler"
# The services that log; what the crowd's would say adds nothing.
LOGGING = ("support-desk", "logistics", "doc-search")
INFO, WARN, ERROR = (
    SeverityNumber.SEVERITY_NUMBER_INFO, SeverityNumber.SEVERITY_NUMBER_WARN, SeverityNumber.SEVERITY_NUMBER_ERROR,
)  # fmt: skip
NAMES = {INFO: "INFO", WARN: "WARN", ERROR: "ERROR"}


class Record(NamedTuple):
    """A log record: of which call, in which scope, and the message."""

    call: Call
    scope: str
    message: LogRecord


def log_requests(calls: Calls) -> Iterator[bytes]:
    """Yield serialized ExportLogsServiceRequest messages, records in the order in which their calls end."""
    records = [record for call in _logged(calls).each() for record in records_of(call)]
    for first in range(0, len(records), RECORDS_A_REQUEST):
        yield log_request(records[first : first + RECORDS_A_REQUEST])


def count_records(calls: Calls) -> int:
    """Return how many records ``log_requests`` tells."""
    return sum(len(records_of(call)) for call in _logged(calls).each())


def records_of(call: Call) -> list[Record]:
    """Return what is logged about a call."""
    stream = STREAMS[call.stream]
    if stream.service not in LOGGING or call.step == ROOT:
        return []
    found = []
    if stream.dialect == OTEL_EVENTS and call.content != NONE and STEPS[call.step].operation == "chat":
        found.append(Record(call, EVENT_SCOPE, _details(call, stream.service)))
    if said := _said(call):
        severity, text = said
        message = _record(call, severity)
        message.body.string_value = text
        message.attributes.extend(_pairs({"session.id": session(call), "code.function.name": "handle"}))
        found.append(Record(call, f"{stream.service}.app", message))
    return found


def _logged(calls: Calls) -> Calls:
    logging = np.array([stream.service in LOGGING for stream in STREAMS])
    return calls.at(np.flatnonzero(logging[calls.stream]))


def _said(call: Call) -> tuple[SeverityNumber.ValueType, str] | None:
    """What the application logs: each failure, and each turn of the desk."""
    step = STEPS[call.step]
    if call.error != NONE:
        error = ERRORS[call.error]
        severity = WARN if step.operation == "execute_tool" else ERROR
        return severity, f"{step.target} failed: {ERROR_MESSAGES[error]}"
    if step.operation == "invoke_agent":
        took = (call.end_ns - call.start_ns) / 1e9
        return INFO, f"{step.target} finished a turn in {took:.1f} s"
    return None


def _details(call: Call, service: str) -> LogRecord:
    """The event that ``opentelemetry-util-genai`` emits: its messages are structured, not JSON text."""
    record = _record(call, INFO)
    record.event_name = DETAILS
    step = STEPS[call.step]
    record.attributes.extend(
        _pairs({"gen_ai.operation.name": "chat", "gen_ai.request.model": step.target, "event.name": DETAILS})
    )
    record.attributes.append(_messages("gen_ai.input.messages", "user", prompt(service, call.content)))
    if call.error == NONE:
        text = answer(service, call.content, call.output_tokens)
        record.attributes.append(_messages("gen_ai.output.messages", "assistant", text))
        record.attributes.extend(_pairs({"gen_ai.response.id": response_id(call)}))
    return record


def _record(call: Call, severity: SeverityNumber.ValueType) -> LogRecord:
    return LogRecord(
        time_unix_nano=call.end_ns,
        observed_time_unix_nano=call.end_ns,
        severity_number=severity,
        severity_text=NAMES[severity],
        trace_id=trace_id(call),
        span_id=span_id(call.span),
        flags=1,
    )


def _messages(key: str, role: str, text: str) -> KeyValue:
    part = _object({"type": any_value("text"), "content": any_value(text)})
    parts = AnyValue(array_value=ArrayValue(values=[part]))
    message = _object({"role": any_value(role), "parts": parts})
    return KeyValue(key=key, value=AnyValue(array_value=ArrayValue(values=[message])))


def _object(values: Mapping[str, AnyValue]) -> AnyValue:
    return AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key=key, value=one) for key, one in values.items()]))


def _pairs(values: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def log_request(records: Sequence[Record]) -> bytes:
    """Return these records as one request, grouped by resource and scope."""
    message = ExportLogsServiceRequest()
    resources: dict[tuple[int, int], ResourceLogs] = {}
    scopes: dict[tuple[int, int, str], ScopeLogs] = {}
    for call, scope, record in records:
        origin = (call.stream, call.version)
        if origin not in resources:
            resources[origin] = message.resource_logs.add(resource=_resource(*origin))
        if (*origin, scope) not in scopes:
            named = InstrumentationScope(name=scope, version="1.3.0")
            scopes[*origin, scope] = resources[origin].scope_logs.add(scope=named)
        scopes[*origin, scope].log_records.append(record)
    return bytes(message.SerializeToString())


@lru_cache(maxsize=64)
def _resource(stream: int, version: int) -> Resource:
    return Resource(attributes=_pairs(resource_attributes(stream, version)))
