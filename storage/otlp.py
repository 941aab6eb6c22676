"""How ClickHouse reads a spool segment: the message text and the column structure that it decodes into."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

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
SCOPE = f"Tuple(name String, version String, attributes {KEY_VALUES})"
REQUEST = (
    f"Tuple(resource_spans Array(Tuple(resource Tuple(attributes {KEY_VALUES}),"
    f" scope_spans Array(Tuple(scope {SCOPE}, spans Array({SPAN}), schema_url String)), schema_url String)))"
)
SEGMENT = f"seq UInt64, tenant String, received_unix_nano UInt64, request {REQUEST}"

MESSAGE = files("storage").joinpath("sql", "otlp.proto").read_text("utf-8")


def literal(text: str) -> str:
    """Write ``text`` as a ClickHouse string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def segment_source(path: Path, structure: str = SEGMENT) -> str:
    """Return the table function that decodes the segment at ``path`` in the engine of this process."""
    return f"file({literal(str(path))}, 'Protobuf', {literal(structure)})"


def decoding() -> dict[str, str]:
    """Return the settings under which a segment can be read."""
    message = " ".join(line for line in MESSAGE.splitlines() if not line.lstrip().startswith("//"))
    return {
        "format_schema_source": "string",
        "format_schema_message_name": "SpoolRecord",
        "format_schema": message,
    }


def decode_settings() -> str:
    """Return ``decoding`` as a SETTINGS clause, without the word."""
    return ", ".join(f"{name} = {literal(value)}" for name, value in decoding().items())
