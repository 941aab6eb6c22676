"""The mapping that the page Dialects offers is one that the check takes, whatever the attributes are called."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.pages.dialects import mapping_snippet
from dashboard.read.unmapped import Unmapped
from storage.dialects.own import parse_mappings


@pytest.mark.parametrize("scopes", [("acme's scope",), ()])
@pytest.mark.parametrize("dialects", [("genai",), ()])
@pytest.mark.parametrize("key", ["acme.tag", "it's: {odd}", "#no", "yes"])
def test_the_snippet_is_well_formed(key: str, scopes: tuple[str, ...], dialects: tuple[str, ...]) -> None:
    own = [Unmapped(name, "", dialects, ("shop",), scopes, 3, datetime.now(UTC)) for name in (key, "acme.other")]
    (found,) = parse_mappings(mapping_snippet(own), "snippet.yaml").dialects
    assert [arm.key for arm in found.arms] == [key, "acme.other"]
    assert (found.scopes, found.keys) == ((scopes, ()) if scopes and not dialects else ((), (key,)))
