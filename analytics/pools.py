"""Series summed over services and regions, so that a fault spread thin over many of them is seen.

One failing provider gives each of its many callers a failure or two, too few to say anything of any of them; together
they are plain. Only failures are judged so: shares of failures add up, whereas a sum of latencies moves with the mix of
what is summed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from analytics.windows import VALUES, Key, Series

# What is kept of a series' key by each pool; the rest is summed over.
POOLS: tuple[Callable[[Key], Key], ...] = (
    lambda key: replace(key, service="", region="", target="", pooled=True),
    lambda key: replace(key, model="", region="", target="", pooled=True),
)


def pools(series: Iterable[Series]) -> Iterator[Series]:
    """Yield the sums over all series that share a model, or a service, where two series at least do.

    Calls without a model (tools, wrappers) are summed by service and operation only.
    """
    members: dict[Key, list[Series]] = {}
    for one in series:
        for place, pool in enumerate(POOLS):
            if one.key.model or place:
                members.setdefault(pool(one.key), []).append(one)
    for key, parts in members.items():
        if len(parts) > 1:
            yield _sum(key, parts)


def _sum(key: Key, parts: list[Series]) -> Series:
    values = {name: np.sum([getattr(part, name) for part in parts], axis=0) for name in VALUES}
    return Series(key, parts[0].start, **values)
