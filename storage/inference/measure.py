"""What an inference server measures, whatever it is called: the canonical measures and one line of the mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["gauge", "counter", "histogram"]
# Of a histogram that counts tokens a request its sum is a counter of tokens.
SUM_OF_HISTOGRAM = "sum"

SECONDS, MICROSECONDS, MILLISECONDS, ONE, PERCENT = 1000.0, 0.001, 1.0, 1.0, 0.01

# measure -> its unit. Times are milliseconds, shares are 0 to 1, all else is counted.
MEASURES = {
    "running": "requests",
    "waiting": "requests",
    "queue_ms": "ms",
    "prefill_ms": "ms",
    "decode_ms": "ms",
    "ttft_ms": "ms",
    "itl_ms": "ms",
    "e2e_ms": "ms",
    "queue_total_ms": "ms",
    "e2e_total_ms": "ms",
    "kv_cache_use": "share",
    "prefix_queries": "tokens",
    "prefix_hits": "tokens",
    "prefix_hit_share": "share",
    "drafted_tokens": "tokens",
    "accepted_tokens": "tokens",
    "accepted_share": "share",
    "preemptions": "requests",
    "prompt_tokens": "tokens",
    "generation_tokens": "tokens",
    "generation_rate": "tokens/s",
    "requests": "requests",
    "failures": "requests",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a server.

    ``name`` is as Prometheus shows it, without ``_total``, a colon written as ``_``: so it is found whether or not
    the way here kept either. ``label`` picks one of the series that share a name, as ``key=value``. ``factor`` brings
    its unit to the measure's; ``of`` is ``sum`` where a histogram's sum is what counts.
    """

    name: str
    measure: str
    kind: Kind
    factor: float = ONE
    label: str = ""
    of: Literal["", "sum"] = ""
