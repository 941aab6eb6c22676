"""``spanwarden doctor``: what of this machine, the settings and a running Spanwarden is not as it should be."""

from __future__ import annotations

import json
from pathlib import Path

import click

from spanwarden.checks import Check, run_checks
from spanwarden.commands.options import data_dir, policies_dir
from spanwarden.settings import load_settings

MARKS = {"good": "ok  ", "warning": "warn", "bad": "FAIL"}


@click.command()
@data_dir
@policies_dir
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(data_dir: Path | None, policies_dir: Path | None, as_json: bool) -> None:
    """Check this machine, the settings and what is running.

    Prints a line a check, and what to do about each that is not good. Exits with 0 when nothing is bad (a warning is
    not), with 1 when something is, with 78 when the settings cannot be read.
    """
    checks = run_checks(load_settings(data_dir=data_dir, policies_dir=policies_dir))
    if as_json:
        click.echo(json.dumps([{"name": c.name, "state": c.state, "text": c.text} for c in checks], indent=2))
    else:
        click.echo("\n".join(_line(check) for check in checks))
    raise SystemExit(1 if any(check.state == "bad" for check in checks) else 0)


def _line(check: Check) -> str:
    return f"{MARKS[check.state]}  {check.name:<9} {check.text}"
