"""Who sends: the tenant follows from the ingest token alone, never from a header or an attribute."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from collector.errors import Unauthenticated

DEFAULT_TENANT = "default"
PREFIX = "bearer "


class Tokens:
    """The ingest tokens, tenant -> secret. Without any, everyone who can connect is the default tenant."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._digests = {tenant: _digest(secret) for tenant, secret in tokens.items()}

    def tenant(self, authorization: str | None) -> str:
        """Return the tenant that an ``authorization`` header belongs to. Raises Unauthenticated."""
        if not self._digests:
            return DEFAULT_TENANT
        if not authorization or not authorization.lower().startswith(PREFIX):
            raise Unauthenticated("send the header 'authorization: Bearer <ingest token>'")
        given = _digest(authorization[len(PREFIX) :].strip())
        found = None
        for tenant, digest in self._digests.items():
            # Every token is compared, so that the time taken tells nothing.
            if hmac.compare_digest(digest, given):
                found = tenant
        if found is None:
            raise Unauthenticated("the ingest token is not known here")
        return found


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
