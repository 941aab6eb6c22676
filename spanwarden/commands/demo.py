"""``spanwarden demo``: the product on generated traffic, with the key to what was planted in it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from spanwarden.commands.options import serving
from spanwarden.demo.run import DemoRun, demo_settings
from spanwarden.serve import serve

DEFAULT_SEED = 7
DEFAULT_DAYS = 7.0


@click.command()
@click.option("--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, show_default=True, help="Which demo.")
@click.option(
    "--days", type=click.FloatRange(0.5, 28), default=DEFAULT_DAYS, show_default=True, help="How long its history is."
)
@click.option("--live/--no-live", default=True, show_default=True, help="Go on with live traffic after the history.")
@serving
def demo(seed: int, days: float, live: bool, data_dir: Path | None, **flags: object) -> None:
    """Run it on generated traffic with planted faults and an answer key.

    A week of LLM, RAG and agent traffic is sent through the collector's own door, then goes on live. Faults, private
    data and unmarked outputs are planted at random; DATA_DIR/answer-key.json says where. Data lies in ./demo-data
    unless --data-dir says otherwise; a second start goes on with what is there.
    """
    sys.exit(run_demo(data_dir, flags, seed=seed, days=days, live=live))


def run_demo(
    data_dir: Path | None,
    flags: Mapping[str, object],
    *,
    seed: int = DEFAULT_SEED,
    days: float = DEFAULT_DAYS,
    live: bool = True,
) -> int:
    """Serve, and play the demo once all is ready; returns the exit code."""
    settings = demo_settings(data_dir or Path("demo-data"), **flags)
    run = DemoRun(settings, seed, days, live, click.echo)
    return serve(settings, run.start, run.stop)
