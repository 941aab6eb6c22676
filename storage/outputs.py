"""What models wrote in a batch: the calls from their table, token ids and text from the segment that is still there.

A segment holds what a client sent, unredacted; so whatever is kept of an output (service, model, time) comes from
``llm_calls``, and from the segment only what is looked at and thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from clickhouse_connect.driver.external import ExternalData

from storage.engine import Engine, Result
from storage.literals import literal
from storage.load import STEADY
from storage.otlp import decode_settings, decoding, segment_source
from storage.tables.governance import POLICY_DECISIONS

FOLDER = files("storage").joinpath("sql", "marking")
SPEAKERS, OUTPUTS, DECLARED, TOKEN_IDS, TEXTS = (
    FOLDER.joinpath(name + ".sql").read_text("utf-8")
    for name in ("speakers", "outputs", "declared", "token_ids", "texts")
)

# The name of the table that a segment is for a server.
SENT = "segment"

# A longer output is not scored: no model answers with more, and a client must not keep the loader busy.
MOST_IDS = 131_072
TOKEN_IDS_KEY = b"spanwarden.output.token_ids"
IS_TEXT = (
    "a.key IN ('gen_ai.output.messages', 'output.value')"
    " OR (startsWith(a.key, 'llm.output_messages.') AND endsWith(a.key, '.message.content'))"
)

# Only what is read is decoded: the reader skips the fields that a structure does not name.
_IDS = "Tuple(array_value Tuple(values Array(Tuple(int_value Nullable(Int64)))))"
_TEXT = "Tuple(string_value Nullable(String))"
_SPAN = "Tuple(trace_id String, span_id String, attributes Array(Tuple(key String, value {value})))"
_REQUEST = f"Tuple(resource_spans Array(Tuple(scope_spans Array(Tuple(spans Array({_SPAN}))))))"
_SEGMENT = f"tenant String, request {_REQUEST}"
IDS_STRUCTURE, TEXTS_STRUCTURE = _SEGMENT.format(value=_IDS), _SEGMENT.format(value=_TEXT)

Key = tuple[str, str, str]  # tenant, trace id, span id


@dataclass(frozen=True, slots=True)
class Output:
    """One answer of a model. ``output_tokens`` is what the emitter counted, None where it says nothing."""

    tenant: str
    trace_id: str
    span_id: str
    at: datetime
    service: str
    service_version: str
    model: str
    output_tokens: int | None
    declared_mark: str

    @property
    def key(self) -> Key:
        """Which span it is."""
        return self.tenant, self.trace_id, self.span_id


@dataclass(frozen=True, slots=True)
class TokenIds:
    """The ids of one output, or ``trouble``: why they cannot be scored. ``amount`` is how many were sent."""

    ids: Sequence[int]
    amount: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Outputs of one batch whose model and service match (RE2)."""

    batch_id: str
    models: str
    services: str

    @property
    def parameters(self) -> dict[str, object]:
        """The values that ``outputs.sql`` binds."""
        return {"batch": self.batch_id, "models": self.models, "services": self.services}


def speakers(engine: Engine, batch_id: str) -> list[tuple[str, str, str]]:
    """Return (service, model, model asked for) of the answers in a batch, each once."""
    return [(row[0], row[1], row[2]) for row in engine.query(SPEAKERS, {"batch": batch_id}).rows]


def outputs(engine: Engine, selection: Selection) -> list[Output]:
    """Return the selected outputs, each span once."""
    found = (Output(*row) for row in engine.query(OUTPUTS, selection.parameters).rows)
    return list({output.key: output for output in found}.values())


def token_ids(engine: Engine, path: Path, selection: Selection) -> dict[Key, TokenIds]:
    """Return the token ids that the segment at ``path`` holds for the selected outputs.

    Decoding costs some 7 us a span, finding out that there is nothing to decode 0.5.
    """
    if TOKEN_IDS_KEY not in path.read_bytes():
        return {}
    parameters = {**selection.parameters, "most_ids": MOST_IDS}
    rows = _over_segment(engine, TOKEN_IDS, path, IDS_STRUCTURE, parameters).rows
    found: dict[Key, TokenIds] = {}
    for tenant, trace_id, span_id, trouble, amount, ids in rows:
        key = (tenant, trace_id, span_id)
        doubled = "the span was sent more than once" if key in found else ""
        found[key] = TokenIds(() if doubled else ids, int(amount), doubled or trouble)
    return found


def texts(engine: Engine, path: Path, selection: Selection) -> dict[Key, Mapping[str, str]]:
    """Return the attributes that hold the text of the selected outputs, as the segment at ``path`` has them."""
    rows = _over_segment(engine, TEXTS, path, TEXTS_STRUCTURE, selection.parameters).rows
    return {(row[0], row[1], row[2]): dict(zip(row[3], row[4], strict=True)) for row in rows}


def decide_declared(engine: Engine, selection: Selection, policy: Mapping[str, object], token: str) -> None:
    """Store what a policy that asks for declarations decides on the selected outputs; the engine does it all.

    ``policy`` holds what ``declared.sql`` binds: policy, version, digest, severity, action, min_tokens, version_ns.
    """
    settings = ", ".join(f"{name} = {value}" for name, value in STEADY.items())
    sql = Template(DECLARED).substitute(
        columns=", ".join(POLICY_DECISIONS),
        outputs=OUTPUTS,
        settings=f"{settings}, insert_deduplication_token = {literal(token)}",
    )
    engine.command(sql, {**selection.parameters, **policy})


def _over_segment(engine: Engine, sql: str, path: Path, structure: str, parameters: Mapping[str, object]) -> Result:
    """Run a query over a segment: the engine of this process opens the file, a server is sent it as a table."""
    table = segment_source(path, structure) if engine.embedded else SENT
    text = Template(sql).substitute(
        source=table,
        outputs=OUTPUTS,
        is_text=f"({IS_TEXT})",
        settings=f"max_threads = 1, {decode_settings()}",
    )
    if engine.embedded:
        return engine.query(text, parameters)
    sent = ExternalData(file_name=SENT, data=path.read_bytes(), fmt="Protobuf", structure=structure)
    return engine.query(text, parameters, decoding(), sent)
