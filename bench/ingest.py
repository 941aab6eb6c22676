"""Measures ingest end to end: OTLP/gRPC into the real processes until spans can be queried.

    make bench                                    every case: 1.5 kB spans and workload-shaped ones, with the shipped
                                                  policies and without
    make bench ARGS="--spans 200000 --only even-off"

Each case starts ``spanwarden up`` (acceptor and engine, embedded store) on a directory of its own, sends a burst as
fast as it is acknowledged, waits until all of it can be queried and the engine is quiet, then sends a steady stream to
measure freshness; then the same rows go into the same tables from ClickHouse's Native format: the floor. Prints tables
and writes bench/out/ingest.json. Cases are named shape-policies; the JSON's ``spanwarden`` and ``floor`` are those of
even-shipped, ``cases`` has all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.burst import Plan, measure
from bench.processes import Service
from bench.sender import TEMPLATES
from bench.spans import SPANS
from bench.tables import table

OUT = Path(__file__).parent / "out" / "ingest.json"
CASES = ("even-shipped", "even-off", "workload-shipped", "workload-off")
HEADLINE = "even-shipped"
WORKLOAD_SHARE = 5  # a workload's span is some seven times as large, so fewer are sent


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Run the cases, print the tables, write the JSON and return it."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n", 1)[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--spans", type=int, default=1_000_000, help="in the burst of 1.5 kB spans")
    parser.add_argument("--steady", type=float, default=20.0, help="seconds of the steady stream; 0 for none")
    parser.add_argument("--only", action="append", choices=CASES, help="a case to run; may be given again")
    parser.add_argument("--no-floor", action="store_true", help="leave out the floor and the steps inside the engine")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args(arguments)
    cases = {}
    for case in chosen.only or CASES:
        print(f"{case} ...", file=sys.stderr, flush=True)
        cases[case] = run_case(case, chosen.spans, chosen.steady, with_floor=not chosen.no_floor)
        print(table(case, cases[case]), flush=True)
    headline = cases.get(HEADLINE) or next(iter(cases.values()))
    result = {"machine": machine(), **headline, "cases": cases}
    print(f"{result['machine']}")
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(result, indent=1))
    return result


def run_case(case: str, spans: int, steady: float, *, with_floor: bool) -> dict[str, Any]:
    """Return ``{"spanwarden": figures, "floor": figures, "steps_inside": microseconds, "ratio_to_floor": ratios}``."""
    shape, policies = case.split("-")
    requests = max(TEMPLATES[shape], spans // SPANS // (WORKLOAD_SHARE if shape == "workload" else 1))
    service = Service(policies == "shipped")
    try:
        with service:
            figures = measure(service, Plan(shape, requests, steady))
        figures["bytes_a_span_on_disk"] = _child("bench.disk", f"chdb://{service.data_dir / 'chdb'}")
    finally:
        service.remove()
    found: dict[str, Any] = {"spanwarden": figures}
    if with_floor:
        inside = _child("bench.inside", f"--shape={shape}", f"--policies={policies}")
        found |= {"floor": inside["floor"], "steps_inside": inside["steps"]}
        found["ratio_to_floor"] = {
            name: round(figures[name] / inside["floor"][name], 2) for name in ("stored_spans_per_s", "cpu_us_per_span")
        }
    return found


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    model = "unknown"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "cpu": model,
        "memory_gb": round(memory / 1e9, 1),
        "load_average_at_end": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def _child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module that prints JSON; an embedded store belongs to one process."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
