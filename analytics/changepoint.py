"""The most likely start and end of a change, from the log-likelihood gained by each minute if it is changed."""

from __future__ import annotations

import numpy as np

from analytics.windows import Floats


def best_start(gain: Floats) -> int:
    """Return the index from which the gains up to the last one sum to the most (Page 1954)."""
    tail = np.cumsum(gain[::-1])[::-1]
    return int(np.argmax(tail))


def best_end(gain: Floats) -> int:
    """Return how many gains from the first one on sum to the most; at least one."""
    return int(np.argmax(np.cumsum(gain))) + 1 if len(gain) else 1
