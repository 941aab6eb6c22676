"""Why a request was not stored, in the two kinds that a client can act on.

    Refused ── Permanent    the same request will never be taken: the client drops it
            │   ├ Undecodable, TooLarge, TooMany
            │   ├ Unauthenticated, Forbidden
            │   └ UnsupportedMedia, UnknownPath, WrongMethod
            └─ Unavailable  the same request may be taken soon: the client keeps it and retries

``collector.status`` maps each of them to its gRPC and HTTP code. A message is shown to the client and may be
logged, so it never carries a key or any part of what was sent.
"""

from __future__ import annotations


class Refused(Exception):
    """A request was not stored; ``reason`` is a short slug to count by."""

    reason = "refused"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reason is not None:
            self.reason = reason


class Permanent(Refused):
    """The same request will never be accepted."""

    reason = "permanent"


class Undecodable(Permanent):
    """The body is not the OTLP message that it claims to be. Send an OTLP export request."""

    reason = "undecodable"


class TooLarge(Permanent):
    """The body has too many bytes, before or after decompression. Send smaller batches."""

    reason = "too_large"


class TooMany(Permanent):
    """The request has too many items, attributes or parts of items. Send smaller batches."""

    reason = "too_many"


class Unauthenticated(Permanent):
    """No ingest token, or a wrong one. Send ``authorization: Bearer <token>``."""

    reason = "unauthenticated"


class Forbidden(Permanent):
    """The token is known and may not do this."""

    reason = "forbidden"


class UnsupportedMedia(Permanent):
    """The content type or encoding is not one of OTLP/HTTP."""

    reason = "unsupported_media"


class UnknownPath(Permanent):
    """Nothing is served at this path. OTLP goes to ``/v1/traces``, ``/v1/logs`` and ``/v1/metrics``."""

    reason = "unknown_path"


class WrongMethod(Permanent):
    """The path takes POST only."""

    reason = "wrong_method"


class Unavailable(Refused):
    """Not now: full, draining, or failing. The same request may be accepted after ``retry_after_s`` seconds."""

    reason = "unavailable"

    def __init__(self, message: str, *, reason: str | None = None, retry_after_s: float = 1.0) -> None:
        super().__init__(message, reason=reason)
        self.retry_after_s = retry_after_s


class PortTaken(Exception):
    """A port cannot be listened on; the message says which, by whom it is held, and how to choose another."""
