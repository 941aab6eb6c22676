"""Decide what of a request can be stored, building no object an item beyond its ids.

shape (0.8 us a span) -> counts (0.3) -> ids (0.5) -> stored as it came
                                           └ a bad id, a nested value, an odd boolean, a field unknown -> mended (15)
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.census import bound_counts
from collector.identify import count_sound
from collector.limits import Limits
from collector.mend import Mended, mend
from collector.shape import has_nested, has_odd_truth, has_unknown, shape_of
from collector.signal import LOGS, TRACES, Signal

# The end of a value that is an array of nothing, as every encoder writes it, in an attribute and in a record's body.
# The engine could not tell it from no value. The same bytes elsewhere cost a needless mending.
EMPTY_ARRAY, EMPTY_BODY = b"\x12\x02\x2a\x00", b"\x2a\x02\x2a\x00"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be spooled: ``body`` is a serialized request of ``items`` items; ``rejected`` others were left out."""

    body: bytes
    items: int
    rejected: int = 0

    @property
    def message(self) -> str:
        """What to tell the client of the rejected spans, the only items that can be; empty when there are none."""
        if not self.rejected:
            return ""
        return (
            f"{self.rejected} of {self.rejected + self.items} spans were rejected: trace_id must have 16 bytes and"
            " span_id 8, not all zero, and parent_span_id 8 or none"
        )


def check(body: bytes, limits: Limits, signal: Signal = TRACES) -> Checked:
    """Check a serialized request. Raises Undecodable or TooMany; a bad span alone is left out and counted."""
    shape = shape_of(body, signal)
    bound_counts(body, limits, signal)
    unknown = has_unknown(shape)
    items, sound = count_sound(body, signal)
    as_it_is = sound and not unknown and not has_nested(shape) and EMPTY_ARRAY not in body
    if as_it_is and not (signal is LOGS and EMPTY_BODY in body) and not has_odd_truth(shape, body, signal):
        return Checked(body, items)
    mended: Mended = mend(body, limits, signal)
    return Checked(mended.body, mended.items, mended.rejected)
