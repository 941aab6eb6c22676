"""``spanwarden reprice``: stored calls by today's prices, through the running engine or else on the store itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from spanwarden.commands.options import data_dir
from spanwarden.money import Money
from spanwarden.own import budgets, own_prices, prepare_own
from spanwarden.running import RunningEngine, find_engine
from spanwarden.settings import Settings, SettingsError, load_settings
from spanwarden.times import FORMS, read_moment
from storage.engine import Engine, Target
from storage.reprice import Difference


@click.command()
@click.option("--from", "start", required=True, help=f"Where the time begins: {FORMS}.")
@click.option("--to", "end", default="now", show_default=True, help="Where it ends, exclusive; in the same forms.")
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--prices-file", type=click.Path(path_type=Path, dir_okay=False), help="Your own prices (YAML).")
@data_dir
def reprice(start: str, end: str, dry_run: bool, prices_file: Path | None, data_dir: Path | None) -> None:
    """Price stored calls again by the prices as they are now, each by its own time.

    A stored cost never changes by itself. This shows, by model, what it would be by the installed price book and your
    own prices, and unless it is a dry run changes it: once, even when it is killed meanwhile; the next start then
    finishes it. Costs that the caller reported are never changed, and a call that has no price today keeps its cost.

    While `spanwarden up` runs on the data directory, its prices are used, and --prices-file is of no effect.

    \b
    spanwarden reprice --from 2026-11-01 --dry-run
    spanwarden reprice --from 2026-11-01 --to 2026-11-15
    """
    now = datetime.now(UTC)
    times = _moment(start, now, "--from"), _moment(end, now, "--to")
    if times[0] >= times[1]:
        raise click.BadParameter("it comes after --from", param_hint="--to")
    settings = load_settings(data_dir=data_dir, prices_file=prices_file)
    engine = find_engine(settings.data_dir)
    found = _ask(engine, *times, dry_run) if engine else _change(settings, *times, dry_run)
    _tell(found, dry_run)


def _moment(text: str, now: datetime, option: str) -> datetime:
    try:
        return read_moment(text, now)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _ask(engine: RunningEngine, start: datetime, end: datetime, dry_run: bool) -> Sequence[Difference]:
    body = {"from": start.isoformat(), "to": end.isoformat(), "dry_run": dry_run}
    return [Difference(**each) for each in engine.post("/reprice", body).json()["differences"]]


def _change(settings: Settings, start: datetime, end: datetime, dry_run: bool) -> Sequence[Difference]:
    if settings.embedded and not (path := Target.parse(settings.store).path or Path()).exists():
        raise SettingsError(f"nothing is stored in {path}: start `spanwarden up`, or name its folder with --data-dir")
    own = own_prices(settings)
    engine = Engine.open(settings.store)
    try:
        prepare_own(engine, settings)
        return Money(engine, own, budgets(settings)).reprice(start, end, dry_run)
    finally:
        engine.close()


def _tell(found: Sequence[Difference], dry_run: bool) -> None:
    if not found:
        click.echo("Nothing differs: every call in this time costs what today's prices make it.")
        return
    click.echo(f"{'model':<44}{'calls':>12}{'old USD':>16}{'new USD':>16}{'difference':>16}")
    for each in found:
        name = f"{each.provider}/{each.model}" if each.provider else each.model
        _row(name, each.calls, each.old_usd, each.new_usd)
        if each.unpriced_before:
            click.echo(f"  {each.unpriced_before:,} of them had no price")
    _row("together", *(sum(getattr(each, name) for each in found) for name in ("calls", "old_usd", "new_usd")))
    click.echo("Nothing was changed (dry run)." if dry_run else "Calls and their sums were changed.")


def _row(name: str, calls: int, old: float, new: float) -> None:
    click.echo(f"{name:<44}{calls:>12,}{old:>16,.6f}{new:>16,.6f}{new - old:>+16,.6f}")
