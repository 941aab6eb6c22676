"""Decide what of a request can be stored, building no object a span beyond its ids.

shape (0.8 us a span) -> counts (0.3) -> ids (0.5) -> stored as it came
                                           └ a bad id, a nested value, an odd boolean, a field unknown -> mended (15)
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.census import bound_counts
from collector.limits import Limits
from collector.mend import Mended, is_sound, mend
from collector.shape import Ids, has_nested, has_odd_truth, has_unknown, shape_of

# The end of an attribute whose value is an array of nothing, as every encoder writes it. The engine could not tell it
# from no value. The same bytes elsewhere cost a needless mending.
EMPTY_ARRAY = b"\x12\x02\x2a\x00"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be spooled: ``body`` is a serialized request of ``spans`` spans; ``rejected`` others were left out."""

    body: bytes
    spans: int
    rejected: int = 0

    @property
    def message(self) -> str:
        """What to tell the client of the rejected spans; empty when there are none."""
        if not self.rejected:
            return ""
        return (
            f"{self.rejected} of {self.rejected + self.spans} spans were rejected: trace_id must have 16 bytes and"
            " span_id 8, not all zero, and parent_span_id 8 or none"
        )


def check(body: bytes, limits: Limits) -> Checked:
    """Check a serialized request. Raises Undecodable or TooMany; a bad span alone is left out and counted."""
    shape = shape_of(body)
    bound_counts(body, limits)
    unknown = has_unknown(shape)
    spans, sound = _count_sound(body)
    as_it_is = sound == spans and not unknown and not has_nested(shape) and EMPTY_ARRAY not in body
    if as_it_is and not has_odd_truth(shape, body):
        return Checked(body, spans)
    mended: Mended = mend(body, limits)
    return Checked(mended.body, mended.spans, mended.rejected)


def _count_sound(body: bytes) -> tuple[int, int]:
    """Return how many spans a request has and how many of them can be stored as they are."""
    spans = sound = 0
    for resource_spans in Ids.FromString(body).resource_spans:  # type: ignore[attr-defined]
        for scope_spans in resource_spans.scope_spans:
            of_scope = scope_spans.spans
            spans += len(of_scope)
            sound += sum(is_sound(span) for span in of_scope)
    return spans, sound
