"""``spanwarden verify``: whether a report is what was signed. Needs no engine, no network and no store."""

from __future__ import annotations

from pathlib import Path

import click

from policies.reports.bundle import verify_bundle


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The signer's public key, had from elsewhere. Without it, the key that lies in the report is used: that"
    " shows that nothing was changed, not who signed.",
)
def verify(path: Path, public_key: Path | None) -> None:
    """Check the signature and every digest of a report (its folder or its bundle.json), offline.

    Exits with 0 when it is exactly what was signed, with 1 and the reason when it is not, or is no report.
    """
    verification = verify_bundle(path, public_key=public_key)
    click.echo(verification.reason, err=not verification.valid)
    raise SystemExit(0 if verification.valid else 1)
