"""``spanwarden mapping``: what a file of mappings makes of its own examples, before it is used."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from storage.dialects.own import read_mappings
from storage.dialects.trial import Outcome, try_mappings
from storage.engine import Engine
from storage.errors import StoreRejected
from storage.lined import LinedError


@click.group()
def mapping() -> None:
    """Check a file of mappings for your own dialect of spans."""


@mapping.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def check(file: Path) -> None:
    """Check FILE: compile it, run its examples in the engine and print what each span becomes.

    Prints each mistake as file:line: field: what to do, and each example that becomes something else than it expects,
    and exits with 1; exits with 0 when FILE can be used as mappings_file, with 2 when it is not there.
    """
    try:
        own = read_mappings(file)
        with tempfile.TemporaryDirectory(prefix="spanwarden-mapping-") as folder:
            engine = Engine.open(f"chdb://{folder}/chdb")
            try:
                outcomes = try_mappings(engine, own)
            finally:
                engine.close()
    except LinedError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    except StoreRejected as error:
        click.echo(f"{file}: the mappings cannot be compiled: {str(error)[:500]}", err=True)
        raise SystemExit(1) from None
    for number, outcome in enumerate(outcomes, 1):
        _print(number, outcome)
    wrong = sum(bool(outcome.wrong) for outcome in outcomes)
    click.echo(f"{len(own.dialects)} mappings, {len(outcomes)} examples, {wrong} of them wrong")
    if wrong:
        raise SystemExit(1)


def _print(number: int, outcome: Outcome) -> None:
    example = outcome.example
    click.echo(f"{example.mapping}, example {number}{f' ({example.name})' if example.name else ''}:")
    for column, value in outcome.row.items():
        click.echo(f"  {column} = {value}")
    for key in outcome.unmapped:
        click.echo(f"  unmapped: {key}")
    for text in outcome.wrong:
        click.echo(f"  WRONG {text}")
