"""``spanwarden up``: everything, from one command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spanwarden.commands.demo import run_demo
from spanwarden.commands.options import serving
from spanwarden.serve import serve
from spanwarden.settings import load_settings


@click.command()
@serving
@click.option("--demo", is_flag=True, help="Run on generated traffic, in ./demo-data; the same as `spanwarden demo`.")
def up(demo: bool, data_dir: Path | None, **flags: object) -> None:
    """Run everything here: OTLP in, store, detection, policies, web.

    Prints the address of the web and code that sends a first trace. Runs until Ctrl-C, which stores all that was
    acknowledged before it ends. Exits with 0 after that, with 78 when a port or a setting cannot be used,
    with 69 when another Spanwarden runs on the same data directory.
    """
    sys.exit(run_demo(data_dir, flags) if demo else serve(load_settings(data_dir=data_dir, **flags)))
