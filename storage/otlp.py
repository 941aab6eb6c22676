"""How ClickHouse reads a spool segment: the message text and the column structure that it decodes into.

A segment holds one signal. What the signals share (values, attributes, resources, scopes) is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from storage.literals import literal

SCALARS = (
    "string_value Nullable(String), bool_value Nullable(UInt8),"
    " int_value Nullable(Int64), double_value Nullable(Float64)"
)
# Nullable tells a value that is absent from one that is 0, false or empty.
ANY_VALUE = f"Tuple({SCALARS}, array_value Tuple(values Array(Tuple({SCALARS}))))"
KEY_VALUES = f"Array(Tuple(key String, value {ANY_VALUE}))"
EVENTS = f"Array(Tuple(time_unix_nano UInt64, name String, attributes {KEY_VALUES}))"
LINKS = f"Array(Tuple(trace_id String, span_id String, trace_state String, attributes {KEY_VALUES}))"
SPAN = (
    "Tuple(trace_id String, span_id String, trace_state String, parent_span_id String, name String, kind Int32,"
    f" start_time_unix_nano UInt64, end_time_unix_nano UInt64, attributes {KEY_VALUES},"
    f" dropped_attributes_count UInt32, events {EVENTS}, dropped_events_count UInt32, links {LINKS},"
    " dropped_links_count UInt32, status Tuple(message String, code Int32), flags UInt32)"
)
LOG_RECORD = (
    "Tuple(time_unix_nano UInt64, observed_time_unix_nano UInt64, severity_number Int32, severity_text String,"
    f" body {ANY_VALUE}, attributes {KEY_VALUES}, dropped_attributes_count UInt32, flags UInt32, trace_id String,"
    " span_id String, event_name String)"
)
NUMBER = "as_double Nullable(Float64), as_int Nullable(Int64)"
EXEMPLARS = (
    f"Array(Tuple(filtered_attributes {KEY_VALUES}, time_unix_nano UInt64, {NUMBER}, span_id String, trace_id String))"
)
_POINT = f"attributes {KEY_VALUES}, start_time_unix_nano UInt64, time_unix_nano UInt64, flags UInt32"
_COUNT = f"{_POINT}, count UInt64, sum Float64"
NUMBER_POINT = f"Tuple({_POINT}, {NUMBER}, exemplars {EXEMPLARS})"
HISTOGRAM_POINT = (
    f"Tuple({_COUNT}, min Float64, max Float64, bucket_counts Array(UInt64), explicit_bounds Array(Float64),"
    f" exemplars {EXEMPLARS})"
)
_BUCKETS = "Tuple(offset Int32, bucket_counts Array(UInt64))"
EXPONENTIAL_POINT = (
    f"Tuple({_COUNT}, min Float64, max Float64, scale Int32, zero_count UInt64, zero_threshold Float64,"
    f" positive {_BUCKETS}, negative {_BUCKETS}, exemplars {EXEMPLARS})"
)
QUANTILES = "Array(Tuple(quantile Float64, value Float64))"
SUMMARY_POINT = f"Tuple({_COUNT}, quantile_values {QUANTILES})"
# A point of any kind, as the load of metrics brings all into one form.
ANY_POINT = (
    f"Tuple(kind String, attributes {KEY_VALUES}, start UInt64, time UInt64, flags UInt32, exemplars {EXEMPLARS},"
    " value Float64, count UInt64, sum Float64, bucket_counts Array(UInt64), bounds Array(Float64), scale Int32,"
    " zero_count UInt64, zero_threshold Float64, positive_offset Int32, positive_counts Array(UInt64),"
    f" negative_offset Int32, negative_counts Array(UInt64), quantiles {QUANTILES}, min Float64, max Float64,"
    " temporality Int32, monotonic UInt64)"
)
METRIC = (
    "Tuple(name String, description String, unit String,"
    f" gauge Tuple(data_points Array({NUMBER_POINT})),"
    f" sum Tuple(data_points Array({NUMBER_POINT}), aggregation_temporality Int32, is_monotonic UInt64),"
    f" histogram Tuple(data_points Array({HISTOGRAM_POINT}), aggregation_temporality Int32),"
    f" exponential_histogram Tuple(data_points Array({EXPONENTIAL_POINT}), aggregation_temporality Int32),"
    f" summary Tuple(data_points Array({SUMMARY_POINT})))"
)
SCOPE = f"Tuple(name String, version String, attributes {KEY_VALUES})"
SCOPE_DROPPED = f"Tuple(name String, version String, attributes {KEY_VALUES}, dropped_attributes_count UInt32)"


def _request(kind: str, scope: str, items: str, item: str) -> str:
    return (
        f"Tuple(resource_{kind} Array(Tuple(resource Tuple(attributes {KEY_VALUES}),"
        f" scope_{kind} Array(Tuple(scope {scope}, {items} Array({item}), schema_url String)), schema_url String)))"
    )


def _record(request: str) -> str:
    return f"seq UInt64, tenant String, received_unix_nano UInt64, request {request}"


def _message(file: str) -> str:
    return files("storage").joinpath("sql", "otlp", file).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Wire:
    """How the segments of one signal are read: ``structure`` of a row, and the text of the messages in it."""

    structure: str
    messages: str

    def settings(self) -> dict[str, str]:
        """Return the settings under which a segment can be read."""
        message = " ".join(line for line in self.messages.splitlines() if not line.lstrip().startswith("//"))
        return {
            "format_schema_source": "string",
            "format_schema_message_name": "SpoolRecord",
            "format_schema": message,
        }

    def clause(self) -> str:
        """Return ``settings`` as a SETTINGS clause, without the word."""
        return ", ".join(f"{name} = {literal(value)}" for name, value in self.settings().items())


VALUES = _message("values.proto")
TRACES = Wire(_record(_request("spans", SCOPE, "spans", SPAN)), VALUES + _message("traces.proto"))
LOGS = Wire(_record(_request("logs", SCOPE, "log_records", LOG_RECORD)), VALUES + _message("logs.proto"))
METRICS = Wire(_record(_request("metrics", SCOPE_DROPPED, "metrics", METRIC)), VALUES + _message("metrics.proto"))
SEGMENT = TRACES.structure


def segment_source(path: Path, structure: str = SEGMENT) -> str:
    """Return the table function that decodes the segment at ``path`` in the engine of this process."""
    return f"file({literal(str(path))}, 'Protobuf', {literal(structure)})"


def decoding() -> dict[str, str]:
    """Return the settings under which a segment of traces can be read."""
    return TRACES.settings()


def decode_settings() -> str:
    """Return ``decoding`` as a SETTINGS clause, without the word."""
    return TRACES.clause()
