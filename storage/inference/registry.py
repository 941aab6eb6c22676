"""Every inference server that is understood, and what the mapping is in SQL. A new server is a file and a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.inference.measure import Metric
from storage.inference.sglang import SGLANG
from storage.inference.tgi import TGI
from storage.inference.triton import TRITON
from storage.inference.vllm import VLLM
from storage.literals import literal

ENGINES: Mapping[str, Sequence[Metric]] = {"vllm": VLLM, "sglang": SGLANG, "tgi": TGI, "triton": TRITON}


def mapping() -> dict[str, str]:
    """Return what ``sql/views/inference.sql`` is filled in with.

    ``inference_names`` are the names that are wanted; ``inference_lines`` is one tuple a metric: name, label's key,
    label's value, engine, measure, kind, factor, of.
    """
    lines = [(engine, metric) for engine, metrics in ENGINES.items() for metric in metrics]
    return {
        "inference_names": "["
        + ", ".join(literal(name) for name in sorted({metric.name for _, metric in lines}))
        + "]",
        "inference_lines": "[" + ", ".join(_line(engine, metric) for engine, metric in lines) + "]",
    }


def _line(engine: str, metric: Metric) -> str:
    key, _, value = metric.label.partition("=")
    texts = (metric.name, key, value, engine, metric.measure, metric.kind)
    return f"({', '.join(literal(text) for text in texts)}, {metric.factor}, {literal(metric.of)})"
