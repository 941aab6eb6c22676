"""Every failure as JSON: ``{"error": {"status": 404, "message": "..."}}``, with what to do about it."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dashboard.address import BadAddress
from storage.errors import StoreError, StoreUnavailable

log = logging.getLogger(__name__)


def failure(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the one shape that a failure has."""
    return JSONResponse({"error": {"status": status, "message": message}}, status, headers)


def handle_errors(api: FastAPI) -> None:
    """Register the handlers; what they do not know stays a 500 without a word of data."""
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(BadAddress, _bad_address)
    api.add_exception_handler(StoreError, _store)
    api.add_exception_handler(Exception, _unknown)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (the registration's type)
    return failure(error.status_code, str(error.detail))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = (f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors())
    return failure(422, "; ".join(problems))


async def _bad_address(_: Request, error: Exception) -> JSONResponse:
    return failure(400, str(error))


async def _store(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, StoreUnavailable):
        return failure(503, "the store does not answer now; ask again shortly", {"Retry-After": "2"})
    log.error("a query failed", extra={"code": getattr(error, "code", None)})
    return failure(500, "the store refused this query; the log says its code")


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    # The server's log gets the traceback; the guard does not see this answer, so it says nosniff itself.
    return failure(500, "this failed here; the log says why", {"X-Content-Type-Options": "nosniff"})
