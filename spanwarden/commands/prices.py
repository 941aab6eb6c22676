"""``spanwarden prices``: what is wrong in a file of own prices, with line and field."""

from __future__ import annotations

from pathlib import Path

import click

from storage.lined import LinedError
from storage.prices.line import Line
from storage.prices.own import read_prices


@click.group()
def prices() -> None:
    """Check a file of own prices."""


@prices.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def check(file: Path) -> None:
    """Check FILE and print each price in it.

    Prints each mistake as file:line: field: what to do, and exits with 1; exits with 0 when FILE can be used as
    prices_file, with 2 when it is not there.
    """
    try:
        own = read_prices(file)
    except LinedError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    for price in own.prices:
        click.echo(f"{price.line.id.removeprefix(price.line.book).strip()}  {_units(price.line)}")
    for gpu in own.gpus:
        match = " ".join(f"{name}={pattern}" for name, pattern in gpu.match.items())
        click.echo(f"gpu {gpu.line.model} ({match})  {gpu.line.units['hour']:g} USD an hour of a call")
    click.echo(f"{len(own.prices)} prices and {len(own.gpus)} deployments on GPUs are sound")


def _units(line: Line) -> str:
    return " ".join(f"{unit} {price:g}" for unit, price in line.units.items())
