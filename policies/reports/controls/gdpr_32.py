"""GDPR, Article 32: security of processing. Evidence: secrets are masked, doors and folders are closed.

What the store shows of secrets is joined with how the installation is set up when the report is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.reports.controls.gdpr_25 import masks
from policies.reports.controls.setting import Setting
from policies.reports.controls.stored_text import SECRETS, Residual, Stored, masked, residual, stored
from policies.reports.model import Condition, Control, Figure, Table
from policies.reports.words import count, listed, percent, plural


def security(setting: Setting) -> Control:
    """Judge what telemetry and set-up show of security."""
    kept = stored(setting)
    kinds = masked(setting)
    left = residual(setting, kept.covered.of)
    return Control(
        id="gdpr:32",
        name="GDPR Art. 32",
        title="Security of processing",
        duty="Processing has a level of security fit for its risk: confidentiality, integrity, resilience.",
        verdict=_verdict(setting, kept, left),
        conditions=_conditions(setting, kept, left),
        coverage=f"all {count(kept.covered.of)} spans by their digest, {count(left.spans.of)} scanned for secrets;"
        f" {plural(len(setting.seen.places), 'folder or file', 'folders and files')} and two doors",
        figures=_figures(setting, kept, kinds, left),
        tables=(_doors(setting), _places(setting)),
        not_proven=(
            "Encryption at rest: the disk, its backups and their keys are the operator's.",
            "Encryption on the way: OTLP is accepted without TLS; a proxy in front of it is not seen from here.",
            "Who read what: there is no log of access yet. Whoever has the owner's rights on the machine can read all.",
            "That the set-up was the same throughout the period: it is looked at when the report is made.",
        ),
        queries=setting.ask.queries("digests", "redacted", "residual"),
    )


def _conditions(setting: Setting, kept: Stored, left: Residual) -> tuple[Condition, ...]:
    seen = setting.seen
    asked = {kind for policy in setting.policies.privacy if policy.mode == "enforce" for kind in masks(policy)}
    unasked = [kind for kind in SECRETS if kind not in asked]
    open_places = [place.name for place in seen.places if not place.private]
    found = left.of(*SECRETS)
    return (
        Condition(
            "A policy masks keys, tokens and passwords", not unasked,
            "all four kinds" if not unasked else f"not masked: {listed(unasked)}", True,
        ),
        Condition(
            "OTLP is local, or demands a token", seen.otlp_loopback or seen.tokens > 0,
            f"{seen.otlp_host}, {plural(seen.tokens, 'token')}", True,
        ),
        Condition(
            "Every span was stored under an enforced policy",
            kept.covered.of > 0 and kept.covered.hits == kept.covered.of,
            f"{percent(kept.covered.value)} of {plural(kept.covered.of, 'span')}", queries=("digests",),
        ),
        Condition(
            "A back-scan of a sample finds no secret", found == 0 if left.spans.of else None,
            f"{plural(found, 'span')} of {count(left.spans.of)} sampled", queries=("residual",),
        ),
        Condition("The web and its API are local", seen.web_loopback, seen.web_host),
        Condition(
            "Data, spool and keys are closed to other users", not open_places if seen.places else None,
            listed(open_places) + " can be read by others" if open_places else "only their owner may enter",
        ),
    )  # fmt: skip


def _figures(setting: Setting, kept: Stored, kinds: Mapping[str, int], left: Residual) -> tuple[Figure, ...]:
    secrets = sum(kinds.get(kind, 0) for kind in SECRETS)
    return (
        Figure("secrets masked", count(secrets), "keys, tokens, passwords", ("redacted",)),
        Figure("secrets left", count(left.of(*SECRETS)), f"in {count(left.spans.of)} spans scanned", ("residual",)),
        Figure("stored masked", percent(kept.covered.value), queries=("digests",)),
        Figure("ingest tokens", count(setting.seen.tokens), f"OTLP listens on {setting.seen.otlp_host}"),
        Figure("store", setting.seen.store),
        Figure("open folders", count(sum(not place.private for place in setting.seen.places)), "that others can enter"),
    )


def _doors(setting: Setting) -> Table:
    seen = setting.seen
    rows = (
        (
            "OTLP in",
            seen.otlp_host,
            "this machine" if seen.otlp_loopback else "the network",
            plural(seen.tokens, "token"),
        ),
        ("Web and API", seen.web_host, "this machine" if seen.web_loopback else "the network", "no login yet"),
    )
    return Table("Doors", ("Door", "Address", "Reached from", "Asks for"), rows)


def _places(setting: Setting) -> Table:
    rows = tuple(
        (
            place.name,
            "not there" if place.mode is None else f"{place.mode:04o}",
            "closed" if place.private else "open to others",
        )
        for place in setting.seen.places
    )
    return Table("Folders and keys", ("Place", "Mode", "Others"), rows)


def _verdict(setting: Setting, kept: Stored, left: Residual) -> str:
    found = left.of(*SECRETS)
    secrets = (
        "no secret was found in the sample" if not found else f"secrets were found in {plural(found, 'sampled span')}"
    )
    opened = sum(not place.private for place in setting.seen.places)
    folders = "all folders are closed" if not opened else f"{plural(opened, 'place')} can be entered by others"
    if not kept.covered.of:
        return f"No span of this period is stored; {folders}."
    return f"{percent(kept.covered.value)} of spans were masked before storage, {secrets}, {folders}."
