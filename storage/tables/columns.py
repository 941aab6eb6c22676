"""What a list of a table's columns is: name -> type as the database describes it, in the table's order."""

from __future__ import annotations

from collections.abc import Mapping

Columns = Mapping[str, str]
