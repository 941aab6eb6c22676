"""Loads the policies in force: those that come with the package, then a folder's own, which replace them by id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from policies.bundle import PolicySet
from policies.errors import PolicyErrors, Problem
from policies.language import MarkingPolicy, Place, Policy, PrivacyPolicy
from policies.locate import Reader
from policies.schema import read_policy

SHIPPED = Path(__file__).parent / "shipped"
LARGEST_FILE = 1 << 20


def load_policies(folder: Path | None = None) -> PolicySet:
    """Return the shipped policies, with those of ``folder`` (its ``*.yaml`` and ``*.yml``) added or put in their place.

    A folder that is not there, or is empty, gives the shipped ones. Raises PolicyErrors with every mistake in it.
    """
    own = _read_folder(folder) if folder else []
    chosen = {policy.id: policy for policy in [*_read_folder(SHIPPED), *own]}
    policies = sorted(chosen.values(), key=lambda policy: policy.id)
    return PolicySet(
        privacy=tuple(p for p in policies if isinstance(p, PrivacyPolicy)),
        marking=tuple(p for p in policies if isinstance(p, MarkingPolicy)),
    )


def _read_folder(folder: Path) -> list[Policy]:
    problems: list[Problem] = []
    policies: list[Policy] = []
    for path in sorted(p for pattern in ("*.yaml", "*.yml") for p in folder.glob(pattern)):
        reader = Reader(str(path))
        policies += read_file(reader, path)
        problems += reader.problems
    problems += _doubled(policies)
    if problems:
        raise PolicyErrors(problems)
    return policies


def read_file(reader: Reader, path: Path) -> list[Policy]:
    """Return the policies of one file, a document each; mistakes go to ``reader``."""
    start = Place(reader.file)
    try:
        if path.stat().st_size > LARGEST_FILE:
            reader.problems.append(Problem(start, "the file is larger than 1 MiB", "split it"))
            return []
        nodes = list(yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))
    except OSError as error:
        reader.problems.append(Problem(start, f"cannot be read ({error.strerror})", "check the file's permissions"))
        return []
    except UnicodeDecodeError:
        reader.problems.append(Problem(start, "is not UTF-8", "save it as UTF-8"))
        return []
    except yaml.YAMLError as error:
        reader.problems.append(_syntax(start, error))
        return []
    except RecursionError:
        reader.problems.append(Problem(start, "is nested too deeply", "write fields flat"))
        return []
    read = [read_policy(reader, node) for node in nodes if node is not None]
    return [policy for policy in read if policy]


def _syntax(start: Place, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = Place(start.file, mark.line + 1, mark.column + 1) if mark else start
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return Problem(place, f"no YAML: {what}", "mend the indentation, the quotes or the colon there")


def _doubled(policies: Iterable[Policy]) -> list[Problem]:
    first: dict[str, Policy] = {}
    problems = []
    for policy in policies:
        other = first.setdefault(policy.id, policy)
        if other is not policy:
            problems.append(Problem(policy.place, f"id {policy.id!r} is taken by {other.place}", "choose another id"))
    return problems
