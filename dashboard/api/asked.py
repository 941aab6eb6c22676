"""What every list of the API takes: a time range, a scope, a page size, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from dashboard.address import Scope, Window, read_address
from dashboard.read.cursor import Cursor, read_cursor
from dashboard.services import Services


def services_of(request: Request) -> Services:
    """Return what the composition root gave to the app."""
    services: Services = request.app.state.services
    return services


Given = Annotated[Services, Depends(services_of)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A list's parameters, read."""

    window: Window
    scope: Scope
    cursor: Cursor
    limit: int


def asked(
    request: Request,
    services: Given,
    range: Annotated[str, Query(description="A window that ends now: 15m, 1h, 6h, 24h, 7d or 30d.")] = "24h",
    from_: Annotated[str, Query(alias="from", description="RFC 3339; with `to`, instead of `range`.")] = "",
    to: Annotated[str, Query(description="RFC 3339, exclusive.")] = "",
    tenant: str = "",
    service: str = "",
    model: str = "",
    cursor: Annotated[str, Query(description="The `next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Asked:
    """Read the parameters; raises BadAddress (400) with what to write instead."""
    address = read_address(request.url.query)
    return Asked(address.window(services.clock()), Scope(tenant, service, model), read_cursor(cursor), limit)


List = Annotated[Asked, Depends(asked)]
