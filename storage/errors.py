"""Failures of the store, in the two kinds that a caller can act on.

ClickHouse names a failure by a number (``src/Common/ErrorCodes.cpp``); which kind it is depends on
whether the same statement can succeed later without anyone changing it.
"""

from __future__ import annotations

# The disk is full, memory is short, too many parts, a replica or the network is away: time heals these.
RETRYABLE_CODES = frozenset({3, 159, 164, 201, 202, 203, 209, 210, 225, 241, 242, 243, 252, 285, 286, 319, 425, 999})
# A table or a column is missing or of another type: a person heals it, and no data may be thrown away meanwhile.
SCHEMA_CODES = frozenset({10, 16, 47, 53, 60, 81})


class StoreError(Exception):
    """A statement failed; ``code`` is ClickHouse's error number, None when there was no answer."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class StoreUnavailable(StoreError):
    """The store cannot do this now; the same statement may succeed later. Retry it."""


class StoreRejected(StoreError):
    """The store will never accept this statement as it is. Change the statement or its data."""


class StoreLocked(StoreError):
    """Another process owns this embedded store. Ask that process, or stop it first."""


def store_error(message: str, code: int | None) -> StoreError:
    """Return the error of the kind that ``code`` calls for; no code means that no answer came."""
    kind = StoreUnavailable if code is None or code in RETRYABLE_CODES else StoreRejected
    return kind(message, code)
