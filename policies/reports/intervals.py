"""Exact 95 % intervals of a share, after Clopper and Pearson (Biometrika 26, 1934)."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``; ``low`` and ``high`` bound the share it was drawn from. ``of`` 0 knows nothing: [0, 1]."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share itself; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float:
        """The lower end."""
        if self.hits == 0:
            return 0.0
        return float(stats.beta.ppf((1 - LEVEL) / 2, self.hits, self.of - self.hits + 1))

    @property
    def high(self) -> float:
        """The upper end."""
        if self.hits == self.of:
            return 1.0
        return float(stats.beta.ppf((1 + LEVEL) / 2, self.hits + 1, self.of - self.hits))
