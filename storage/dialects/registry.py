"""Every dialect, in the order of precedence. The next one is a module beside this one and a line here."""

from __future__ import annotations

from storage.dialects import genai, openinference
from storage.dialects.fields import Arm, Dialect

DIALECTS: tuple[Dialect, ...] = (genai.DIALECT, openinference.DIALECT)


def arms_of(field: str) -> tuple[Arm, ...]:
    """Return a field's arms over all dialects, the first to be asked first."""
    return tuple(arm for dialect in DIALECTS for arm in dialect.arms if arm.field == field)
