"""Loads the policies in force: those that come with the package, then a folder's own, which replace them by id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from policies.bundle import PolicySet
from policies.errors import PolicyErrors, Problem
from policies.language import MarkingPolicy, Place, Policy, PrivacyPolicy
from policies.locate import Reader
from policies.recognizers.rule import holds, token
from policies.schema import read_policy

SHIPPED = Path(__file__).parent / "shipped"
LARGEST_FILE = 1 << 20
NOTHING = "tag:yaml.org,2002:null"  # a document between two --- without a word


def load_policies(folder: Path | None = None) -> PolicySet:
    """Return the shipped policies, with those of ``folder`` (its ``*.yaml`` and ``*.yml``) added or put in their place.

    An empty folder gives the shipped ones. Raises PolicyErrors with every mistake; a folder that is not there is one,
    or a wrong letter in its name would put other rules in force than the ones that were written.
    """
    shipped = _read_folder(SHIPPED)
    own = _read_folder(folder) if folder else []
    chosen = {policy.id: policy for policy in [*shipped, *own]}
    policies = sorted(chosen.values(), key=lambda policy: policy.id)
    if problems := [*_of_another_kind(shipped, own), *_token_takers(policies)]:
        raise PolicyErrors(problems)
    return PolicySet(
        privacy=tuple(p for p in policies if isinstance(p, PrivacyPolicy)),
        marking=tuple(p for p in policies if isinstance(p, MarkingPolicy)),
    )


def _read_folder(folder: Path) -> list[Policy]:
    problems: list[Problem] = []
    policies: list[Policy] = []
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "is not there"
        raise PolicyErrors([Problem(Place(str(folder)), what, "make the folder, or mend its name in policies_dir")])
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
        if not path.is_file():
            reader.problems.append(Problem(start, "is no file", "give it another ending than .yaml, or remove it"))
            return []
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
    read = [read_policy(reader, node) for node in nodes if node is not None and node.tag != NOTHING]
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


def _of_another_kind(shipped: Iterable[Policy], own: Iterable[Policy]) -> list[Problem]:
    """A marking policy with the id of the shipped privacy policy would switch off all redaction unseen."""
    kinds = {policy.id: type(policy) for policy in shipped}
    return [
        Problem(policy.place, f"id {policy.id!r} is a shipped policy's of another kind", "choose another id")
        for policy in own
        if type(policy) is not kinds.get(policy.id, type(policy))
    ]


def _token_takers(policies: Iterable[Policy]) -> list[Problem]:
    """A pattern of one policy must not match what another leaves behind: a masked value would be masked again."""
    privacy = [policy for policy in policies if isinstance(policy, PrivacyPolicy)]
    tokens = [token(kind) for kind in dict.fromkeys(rule.kind for policy in privacy for rule in policy.custom)]
    return [
        Problem(policy.place, f"pattern {rule.pattern!r} matches the token {taken}", "rename that kind, or narrow it")
        for policy in privacy
        for rule in policy.custom
        for taken in tokens
        if holds(rule.pattern, taken)
    ]
