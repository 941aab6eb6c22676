"""The figures of one case as text."""

from __future__ import annotations

from typing import Any


def table(case: str, found: dict[str, Any]) -> str:
    """Return the table of one case: Spanwarden beside its floor, then where the CPU, the memory and the disk go."""
    own, floor = found["spanwarden"], found.get("floor", {})
    lines = [f"{case}: {own['spans']:,} spans of {own['bytes_a_span_sent']:,} B", ""]
    lines.append(f"{'':<34}{'spanwarden':>12}{'floor':>12}{'ratio':>8}")
    for name, label in (
        ("acked_spans_per_s", "acknowledged spans/s"),
        ("stored_spans_per_s", "stored and queryable spans/s"),
        ("stored_mb_per_s", "MB/s"),
        ("cpu_us_per_span", "CPU us a span, merges included"),
    ):
        ratio = found.get("ratio_to_floor", {}).get(name, "")
        lines.append(f"{label:<34}{own[name]:>12,}{floor.get(name, ''):>12,}{ratio:>8}" if name in floor else
                     f"{label:<34}{own[name]:>12,}{'':>12}{'':>8}")  # fmt: skip
    lines += _group("CPU us a span by process", own["cpu_us_per_span_by_step"])
    lines += _group("inside the engine's load, alone in a process", found.get("steps_inside", {}))
    lines += _group("sender, apart", {"CPU us a span": own["sender_cpu_us_per_span"]})
    lines += _group("memory at its peak, MB", own["rss_mb_by_process"])
    lines += _group("bytes a span on the disk", own["bytes_a_span_on_disk"])
    lines += _group("seconds from export to queryable", own.get("freshness_s", {}))
    lines += _group("share of a core while idle (jobs, web)", {"all processes": own["idle_cpu_share"]})
    return "\n".join(lines) + "\n"


def _group(title: str, figures: dict[str, Any]) -> list[str]:
    if not figures:
        return []
    return [f"{title}:", *(f"    {name:<30}{value:>12,}" for name, value in figures.items())]
