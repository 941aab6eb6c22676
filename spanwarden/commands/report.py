"""``spanwarden report``: a compliance report now, through the running engine or, when there is none, from the store."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from policies.errors import PolicyErrors
from policies.load import load_policies
from policies.reports.bundle import verify_bundle
from policies.reports.controls.registry import REPORTS
from policies.reports.signing import SigningKeyError
from spanwarden.commands.options import data_dir, policies_dir
from spanwarden.governance import remember_policies
from spanwarden.own import prepare_own
from spanwarden.reporting import Reporting
from spanwarden.running import RunningEngine, find_engine
from spanwarden.settings import Settings, SettingsError, load_settings
from spanwarden.times import FORMS, read_moment
from storage.control.store import migrate_control, open_control
from storage.engine import Engine, Target
from storage.errors import StoreRejected

MINUTE = timedelta(minutes=1)
Files = Mapping[str, bytes]


@click.group()
def report() -> None:
    """Make a compliance report."""


@report.command()
@click.argument("name", type=click.Choice(sorted(REPORTS)), metavar="REPORT")
@click.option("--from", "start", default="-7d", show_default=True, help=f"Where its time begins: {FORMS}.")
@click.option(
    "--to", "end", default="now", show_default=True, help="Where its time ends, exclusive; in the same forms."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to put it in: a new or an empty one; nothing is overwritten.  [default: ./reports/<id of the run>]",
)
@data_dir
@policies_dir
def run(name: str, start: str, end: str, out: Path | None, data_dir: Path | None, policies_dir: Path | None) -> None:
    """Make REPORT from what is stored, and sign it.

    REPORT is eu-ai-act: evidence on the AI Act's articles 12, 15, 19 and 50(2) and on the GDPR's articles 25 and 32. It
    is a folder with report.html (open it in a browser, or print it), evidence.json (its figures and queries) and
    bundle.json (digests and signature; `spanwarden verify FOLDER` checks them offline). It is kept under the data
    directory too, and listed on the Reports page.

    While `spanwarden up` runs on the data directory, the report comes from it; else the store is opened here.

    Exits with 0 when the report is made, whatever it says; 2 for a time or a folder that cannot be used; 69 when the
    store or the engine does not answer; 78 for a setting that cannot be used.

    \b
    spanwarden report run eu-ai-act --from 2026-11-01 --to 2026-12-01 --out november
    spanwarden report run eu-ai-act --from -30d
    """
    period = _period(start, end, datetime.now(UTC))
    if out is not None:
        _must_be_free(out)
    settings = load_settings(data_dir=data_dir, policies_dir=policies_dir)
    engine = find_engine(settings.data_dir)
    run_id, files = _ask(engine, name, *period) if engine else _make(settings, name, *period)
    folder = out or Path("reports") / run_id
    _put(folder, files)
    _tell(folder)


def _period(start: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    times = [_moment(text, now, option) for text, option in ((start, "--from"), (end, "--to"))]
    if times[1] - times[0] < MINUTE:
        raise click.BadParameter("it comes after --from, by a minute at least", param_hint="--to")
    if times[0] > now:
        raise click.BadParameter("it lies in the future", param_hint="--from")
    return times[0], times[1]


def _moment(text: str, now: datetime, option: str) -> datetime:
    try:
        return read_moment(text, now)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _must_be_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise click.BadParameter(
            f"{out} is not empty, and nothing is overwritten; give a new folder", param_hint="--out"
        )


def _ask(engine: RunningEngine, name: str, start: datetime, end: datetime) -> tuple[str, Files]:
    """Have the running engine make it, and fetch its files."""
    made = engine.post("/reports", {"report": name, "from": start.isoformat(), "to": end.isoformat()}).json()
    if made["status"] != "done":
        raise StoreRejected(f"the engine could not make the report: {made['error'] or made['status']}")
    return made["id"], {file: engine.get(f"/reports/{made['id']}/files/{file}").content for file in made["files"]}


def _make(settings: Settings, name: str, start: datetime, end: datetime) -> tuple[str, Files]:
    """Open the store, which nobody has open, and make it here."""
    if settings.embedded and not (path := Target.parse(settings.store).path or Path()).exists():
        raise SettingsError(f"nothing is stored in {path}: start `spanwarden up`, or name its folder with --data-dir")
    with _reporting(settings) as reporting:
        run_id = reporting.run_now(name, start, end)
        folder = settings.reports_dir / run_id
        return run_id, {path.name: path.read_bytes() for path in folder.iterdir()}


@contextlib.contextmanager
def _reporting(settings: Settings) -> Iterator[Reporting]:
    """Open both stores for the time of one report. Raises SettingsError for policies or a key that cannot be used."""
    try:
        policies = load_policies(settings.policies_dir)
        migrate_control(settings.control)
        control = open_control(settings.control)
        try:
            engine = Engine.open(settings.store)
            try:
                prepare_own(engine, settings)
                remember_policies(control, policies, datetime.now(UTC))
                yield Reporting(engine, control, policies, settings)
            finally:
                engine.close()
        finally:
            control.close()
    except (PolicyErrors, SigningKeyError) as error:
        raise SettingsError(str(error)) from None


def _put(folder: Path, files: Files) -> None:
    """Write the files beside, then name the folder: it is there whole or not at all."""
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        for name, data in files.items():
            (draft / name).write_bytes(data)
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise click.BadParameter(f"{folder} cannot be written: {error.strerror}", param_hint="--out") from None


def _tell(folder: Path) -> None:
    """Say what the report found and where it is; a report that does not verify is a failure."""
    verification = verify_bundle(folder)
    if not verification.valid:
        raise StoreRejected(f"the report does not verify: {verification.reason}")
    evidence = json.loads((folder / "evidence.json").read_bytes())
    for control in evidence["controls"]:
        click.echo(f"{control['name']:<18} {control['label'] + ' evidenced':<17} {control['verdict']}")
    click.echo(f"\nOpen {folder / 'report.html'}; check it with: spanwarden verify {folder}")
