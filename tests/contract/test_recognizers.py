"""What every recognizer owes: a name for people, rules that name its kind, cases, its line in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from policies.load import SHIPPED, load_policies
from policies.recognizers.registry import BY_KIND, KINDS, RECOGNIZERS
from policies.recognizers.rule import Recognizer
from tests.unit.policies.test_recognizers import TAKEN

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
each = pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda recognizer: recognizer.kind)


@each
def test_it_has_a_title_and_rules_of_its_kind(recognizer: Recognizer) -> None:
    assert recognizer.title
    assert {rule.kind for rule in recognizer.rules} == {recognizer.kind}
    assert all(rule.prefilter for rule in recognizer.rules)


@each
def test_its_kind_can_stand_in_a_policy(recognizer: Recognizer) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]*", recognizer.kind)
    assert KINDS.count(recognizer.kind) == 1
    assert BY_KIND[recognizer.kind] is recognizer


@each
def test_it_has_cases(recognizer: Recognizer) -> None:
    assert "«" in TAKEN[recognizer.kind]


@each
def test_it_is_documented(recognizer: Recognizer) -> None:
    assert re.search(rf"^\| `{recognizer.kind}` \| .{{20,}} \| .+ \|$", DOCUMENT, re.MULTILINE)


def test_no_other_kind_is_documented() -> None:
    table = DOCUMENT.split("## Kinds")[1].split("## Where")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KINDS)


def test_the_shipped_policy_masks_every_kind() -> None:
    (shipped,) = load_policies().privacy
    assert shipped.entities == KINDS


def test_the_example_of_the_documents_is_sound(tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[0])
    (policy,) = load_policies(tmp_path).privacy
    assert policy.kinds == (
        "private_key",
        "jwt",
        "api_key",
        "password",
        "email",
        "iban",
        "card",
        "phone",
        "employee_id",
    )


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.name)
def test_every_field_of_the_shipped_files_is_documented(path: Path) -> None:
    written = yaml.safe_load(path.read_text())
    names = [f"{part}.{name}" for part in ("metadata", "spec") for name in written[part]]
    assert [name for name in names if f"`{name}`" not in DOCUMENT] == []
