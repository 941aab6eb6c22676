"""docs/dialects.md says what the tables say, and its example is sound."""

from __future__ import annotations

import re
from pathlib import Path

from storage.dialects.fields import FORMS
from storage.dialects.own import parse_mappings
from storage.dialects.table import markdown
from storage.dialects.trial import try_mappings
from storage.engine import Engine

PAGE = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()


def test_the_page_holds_the_tables() -> None:
    assert markdown() in PAGE, "print them anew with python -m storage.dialects.table"
    for form, meaning in FORMS.items():
        assert f"| `{form}` | {meaning} |" in PAGE


def test_the_pages_mapping_becomes_what_it_expects(empty_engine: Engine) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    (outcome,) = try_mappings(empty_engine, parse_mappings(found[1], "dialects.md"))
    assert list(outcome.wrong) == []
    assert list(outcome.unmapped) == []
