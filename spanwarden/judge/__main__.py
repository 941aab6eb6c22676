"""``python -m spanwarden.judge``: how good the detectors are on demos whose answer is known.

Each seed is a week of traffic with planted faults and decoys. One goes through the collector's own door, the others are
loaded straight into the engine. Beside them, in the same run: a fixed threshold on each service, and weeks without any
fault. Prints the table and writes ``bench/out/judge.json``.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from spanwarden.demo.generate import Demo, generate
from spanwarden.judge.door import through_the_door
from spanwarden.judge.found import leaf_calls, straight
from spanwarden.judge.score import Score, Told, score
from spanwarden.judge.table import Tally, decoys_hit, render, summary
from spanwarden.judge.threshold import alarms
from storage.control.store import Control, migrate_control, open_control
from storage.engine import Engine

OUT = Path("bench/out/judge.json")


@click.command()
@click.option("--seeds", default=20, show_default=True, help="How many demos with faults.")
@click.option("--first-seed", default=100, show_default=True, help="The first seed; the others follow it.")
@click.option("--quiet-weeks", default=3, show_default=True, help="How many demos without a fault.")
@click.option("--days", default=7.0, show_default=True, help="How long each demo is.")
@click.option("--door/--no-door", default=True, show_default=True, help="Send the first through the collector's door.")
def main(seeds: int, first_seed: int, quiet_weeks: int, days: float, door: bool) -> None:
    """Judge the detectors on generated demos with a known answer."""
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    ours, rival, quiet = Tally("spanwarden"), Tally("fixed threshold"), Tally("spanwarden, no faults")
    with _store() as (store, control):
        for seed in range(first_seed, first_seed + seeds):
            demo = generate(seed, start=end - timedelta(days=days), days=days)
            by_door = door and seed == first_seed
            began = time.monotonic()
            found = through_the_door(demo) if by_door else straight(store, control, demo, f"judge_{seed}")
            _judge(demo, found, ours, rival)
            click.echo(f"seed {seed}{' (door)' if by_door else ''}: {ours.last} in {time.monotonic() - began:.0f} s")
        for seed in range(first_seed, first_seed + quiet_weeks):
            demo = generate(seed, start=end - timedelta(days=days), days=days, faults=False)
            found = straight(store, control, demo, f"quiet_{seed}")
            quiet.add(Score([], found, len(found)), decoys_hit(demo.key, found))
            click.echo(f"seed {seed} without faults: {quiet.last}")
    click.echo("\n" + render(ours, rival, quiet))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(summary(ours, rival, quiet), indent=2) + "\n")


def _judge(demo: Demo, found: list[Told], ours: Tally, rival: Tally) -> None:
    frame = leaf_calls(demo)
    for tally, said in ((ours, found), (rival, alarms(frame, demo.start))):
        result = score(demo.key, said, frame)
        tally.add(result, decoys_hit(demo.key, result.false))


@contextmanager
def _store() -> Iterator[tuple[Engine, Control]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/control.sqlite"
        migrate_control(url)
        control = open_control(url)
        store = Engine.open(f"chdb://{folder}/store")
        try:
            yield store, control
        finally:
            store.close()
            control.close()


if __name__ == "__main__":
    main()
