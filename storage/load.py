"""The statement that turns one closed segment into rows, and its verification.

    segment -> decode -> text -> redact -> otel_traces -> (materialized views) -> llm_calls, roll-ups, decisions
                                           otel_logs
                                           metric_points (keeps nothing) -> (views) -> otel_metrics_*

The statement carries its token, so running it twice changes nothing, roll-ups included; the loader journals it whole
and a retry runs what was journalled.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import ClassVar

from storage.engine import Engine
from storage.literals import array, literal
from storage.otlp import ANY_POINT, EXEMPLARS, LOGS, METRICS, QUANTILES, TRACES, Wire
from storage.redaction import NONE, Redaction
from storage.statement import SEGMENT_PARAMETER, LoadStatement, Statement
from storage.tables.columns import Columns
from storage.tables.logs import OTEL_LOGS
from storage.tables.metrics import METRIC_POINTS, METRIC_TABLES
from storage.tables.traces import OTEL_TRACES

# How many tokens of each kind a redaction has added to what was there.
REDACTIONS = """CAST(arrayFilter(k -> k.2 > 0, arrayMap(k -> (k, toUInt32(greatest(0,
    toInt64(countEqual(found, k)) - toInt64(countEqual(given, k))))), if(hit, $kinds, []))),
    'Map(LowCardinality(String), UInt32)')"""

DAY_NS = 86_400 * 10**9
# One INSERT may touch 100 day partitions; a span outside of this window is moved to its time of receipt, marked so.
BEFORE_DAYS, AFTER_DAYS = 95, 1

# The output again in another spelling, vectors nobody reads, and copied process environments.
DROPPED = """k IN ('spanwarden.output.token_ids', 'ai.embedding', 'ai.embeddings')
    OR (startsWith(k, 'embedding.') AND endsWith(k, '.vector'))
    OR startsWith(k, 'langsmith.metadata.LANGSMITH_')"""

# One thread and one block a statement: a retry must cut its blocks as the first run did, or their tokens differ.
STEADY = {
    "max_threads": 1,
    "max_insert_threads": 1,
    "max_block_size": 1_048_576,
    "max_insert_block_size": 1_048_576,
    "min_insert_block_size_rows": 1_048_576,
    "min_insert_block_size_bytes": 0,
    "input_format_max_block_size_bytes": 16_000_000,
    "query_plan_merge_expressions": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "materialized_views_ignore_errors": 0,
    "short_circuit_function_evaluation": "'force_enable'",
    "output_format_json_escape_forward_slashes": 0,
    "async_insert": 0,
    "max_execution_time": 0,
}


class SegmentLoad:
    """Loads the segments of one signal under one redaction."""

    wire: ClassVar[Wire]
    file: ClassVar[str]
    columns: ClassVar[Columns]
    tables: ClassVar[tuple[str, ...]]

    def __init__(self, engine: Engine, redaction: Redaction = NONE) -> None:
        self.engine = engine
        self.redaction = redaction
        # What is shared holds names of its own. The redaction is laid around what gathers a signal's words.
        begins, ends = _sql("redacted.sql").split("$strings")
        shared = {"shared": _sql("shared.sql"), "redactions": REDACTIONS, "redacted_from": begins, "redacted_to": ends}
        whole = Template(_sql(self.file)).safe_substitute(shared)
        self._body = Template(whole).safe_substitute(_parts(redaction), columns=_listed(self.columns))

    def statement(self, path: Path, batch_id: str, token: str) -> LoadStatement:
        """Return the INSERT of the segment at ``path``; ``token`` is what a repeated run is recognised by.

        The engine of this process opens the file. A server is sent it: ``input()`` reads the request's body.
        """
        settings = ", ".join(f"{name} = {value}" for name, value in STEADY.items())
        structure = literal(self.wire.structure)
        local = self.engine.embedded
        sql = Template(self._body).safe_substitute(
            source=f"file({{segment:String}}, 'Protobuf', {structure})" if local else f"input({structure})",
            settings=f"{settings}, insert_deduplication_token = {literal(token)}, {self.wire.clause()}",
        )
        parameters = {
            SEGMENT_PARAMETER: str(path),
            "batch_id": batch_id,
            "policy_id": self.redaction.policy_id,
            "policy_digest": self.redaction.digest,
            "policies": self.redaction.policies,
        }
        if local:
            return LoadStatement(sql, parameters, {}, self.redaction.digest)
        return LoadStatement(f"{sql} FORMAT Protobuf", parameters, self.wire.settings(), self.redaction.digest)

    def execute(self, statement: Statement) -> None:
        """Run the INSERT. Raises StoreUnavailable when it may succeed later, StoreRejected when never."""
        parameters = dict(statement.parameters)
        if self.engine.embedded:
            return self.engine.command(statement.sql, parameters, statement.settings)
        segment = Path(parameters.pop(SEGMENT_PARAMETER)).read_bytes()
        return self.engine.send(_bound(statement.sql, parameters), statement.settings, segment)

    def count(self, batch_id: str) -> int:
        """Return how many rows of the signal's tables came from the batch."""
        return sum(self._count(table, batch_id) for table in self.tables)

    def _count(self, table: str, batch_id: str) -> int:
        asked = {"table": table, "batch": batch_id}
        rows = self.engine.query("SELECT count() FROM {table:Identifier} WHERE BatchId = {batch:String}", asked).rows
        return int(rows[0][0])


class TraceLoad(SegmentLoad):
    """Loads spans into ``otel_traces``."""

    wire, file, columns, tables = TRACES, "traces.sql", OTEL_TRACES, ("otel_traces",)


class MetricLoad(SegmentLoad):
    """Loads data points into the table of their kind, by way of ``metric_points``."""

    wire, file, columns, tables = METRICS, "metrics.sql", METRIC_POINTS, tuple(METRIC_TABLES)


class LogLoad(SegmentLoad):
    """Loads log records into ``otel_logs``."""

    wire, file, columns, tables = LOGS, "logs.sql", OTEL_LOGS, ("otel_logs",)


def _bound(sql: str, parameters: Mapping[str, str]) -> str:
    """Return ``sql`` with its texts as literals: the client binds none where a body goes along."""
    for name, value in parameters.items():
        sql = sql.replace(f"{{{name}:String}}", literal(value))
    return sql


def _parts(redaction: Redaction) -> dict[str, str]:
    kinds = sorted(redaction.tokens)
    return {
        "template": f"({redaction.template})",
        "gate": f"({redaction.gate})",
        "kinds": array(kinds) if kinds else "CAST([], 'Array(String)')",
        "token_pattern": literal(token_pattern(redaction)),
        "dropped": DROPPED,
        "point": literal(ANY_POINT)[1:-1],
        "points": literal(f"Array({ANY_POINT})"),
        "exemplars": literal(EXEMPLARS),
        "quantiles": literal(QUANTILES),
        "before_ns": f"toUInt64({BEFORE_DAYS * DAY_NS})",
        "after_ns": f"toUInt64({AFTER_DAYS * DAY_NS})",
    }


def _sql(file: str) -> str:
    return files("storage").joinpath("sql", "load", file).read_text("utf-8")


def _listed(columns: Columns) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def token_pattern(redaction: Redaction) -> str:
    """Return an RE2 pattern whose one group is the kind of each token in a text."""
    kinds = "|".join(sorted(redaction.tokens)) or "none"
    return f"⟦({kinds})⟧"
