"""``spanwarden policy``: what is wrong in policy files, with file, line and column."""

from __future__ import annotations

from pathlib import Path

import click

from policies.errors import PolicyErrors
from policies.load import load_policies
from spanwarden.commands.options import policies_dir
from spanwarden.settings import SettingsError, load_settings


@click.group()
def policy() -> None:
    """Check policy files."""


@policy.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@policies_dir
def check(folder: Path | None, policies_dir: Path | None) -> None:
    """Check every policy in FOLDER (default: the folder of the settings, else the shipped policies).

    Prints each mistake as file:line:column and what to do, and exits with 1; exits with 0 when all can be used, with
    2 when FOLDER is not there, with 78 when the folder of the settings is not.
    """
    try:
        policies = load_policies(folder or _folder_of_settings(policies_dir))
    except PolicyErrors as errors:
        click.echo(str(errors), err=True)
        raise SystemExit(1) from None
    for each in policies.all():
        click.echo(f"{each.id}  version {each.version}  {each.mode}  {each.digest[:12]}")
    click.echo(f"{len(policies.all())} policies are sound; together {policies.digest[:12]}")


def _folder_of_settings(flag: Path | None) -> Path | None:
    folder = load_settings(policies_dir=flag).policies_dir
    if folder is not None and not folder.is_dir():
        raise SettingsError(
            f"policies_dir: {folder} is no folder; make it, or mend the name"
            " (flag --policies-dir, SPANWARDEN_POLICIES_DIR or spanwarden.toml)"
        )
    return folder
