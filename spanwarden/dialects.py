"""What the composition root makes of ``mappings_file``."""

from __future__ import annotations

from spanwarden.settings import Settings, SettingsError
from storage.dialects.own import NONE, OwnMappings, read_mappings
from storage.lined import LinedError


def own_mappings(settings: Settings) -> OwnMappings:
    """Return the mappings in the file. Raises SettingsError that names file, line and field of each mistake."""
    if settings.mappings_file is None:
        return NONE
    try:
        return read_mappings(settings.mappings_file)
    except LinedError as error:
        raise SettingsError(f"{error}\n(mappings_file; `spanwarden mapping check FILE` checks it)") from None
