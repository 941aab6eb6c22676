"""Derive the demo's small sample of real LLM workloads from the public traces.

    python -m spanwarden.demo.derive azure_2023_conv.csv azure_2023_code.csv mooncake_conversation.jsonl workload.csv

It keeps a contiguous stretch of each trace: the time between two requests as a ratio to the stretch's mean (two
decimals, at most 8), and the (input, output) tokens of each request (rounded to three significant digits).
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path

ROWS = 3000
LONGEST_GAP = 8.0
TIMESTAMP_LENGTH = 26  # the trace writes 100 ns; datetime reads microseconds

NOTICE = """\
# Derived sample of public LLM inference traces, for the demo: gap (ratio to the mean gap), input and output tokens.
# conversation, code: Azure LLM inference trace 2023, https://github.com/Azure/AzurePublicDataset, CC-BY 4.0,
#   (c) Microsoft; cite Patel et al., "Splitwise: Efficient generative LLM inference using phase splitting", ISCA 2024.
# long: Mooncake conversation trace, https://github.com/kvcache-ai/Mooncake, Apache-2.0, (c) the Mooncake authors;
#   Qin et al., "Mooncake", FAST 2025. Its times are too coarse, so its gaps are left at 1.
# Changed: a stretch of 3,000 requests each, times made relative and quantised, tokens rounded; see derive.py.
"""

Request = tuple[float, int, int]


def main(arguments: list[str]) -> int:
    """Write the sample; returns 0, or 2 when the four paths are missing."""
    if len(arguments) != 4:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    conversation, code, long, out = map(Path, arguments)
    traces = {"conversation": _azure(conversation), "code": _azure(code), "long": _mooncake(long)}
    out.write_text(NOTICE + "".join(_lines(traces)), "utf-8")
    return 0


def _lines(traces: Mapping[str, Iterable[Request]]) -> Iterator[str]:
    yield "trace,gap,input_tokens,output_tokens\n"
    for name, requests in traces.items():
        taken = [request for request in islice(requests, ROWS + 1) if request[1] > 0 and request[2] > 0]
        gaps = _ratios([later[0] - earlier[0] for earlier, later in pairwise(taken)]) if name != "long" else None
        for row, (_, tokens_in, tokens_out) in enumerate(taken[1:]):
            gap = gaps[row] if gaps else 1.0
            yield f"{name},{gap:g},{_rounded(tokens_in)},{_rounded(tokens_out)}\n"


def _ratios(gaps: list[float]) -> list[float]:
    mean = sum(gaps) / len(gaps)
    return [round(min(gap / mean, LONGEST_GAP), 2) for gap in gaps]


def _rounded(tokens: int) -> int:
    return int(float(f"{tokens:.3g}"))


def _azure(path: Path) -> Iterator[Request]:
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row["TIMESTAMP"][:TIMESTAMP_LENGTH])
            yield at.timestamp(), int(row["ContextTokens"]), int(row["GeneratedTokens"])


def _mooncake(path: Path) -> Iterator[Request]:
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["timestamp"] / 1000, row["input_length"], row["output_length"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
