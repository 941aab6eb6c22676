"""The one table that turns a refusal into its gRPC and HTTP answers.

Only UNAVAILABLE and 503 make an OTLP client try again; every other code makes it drop its data, so nothing else may
stand for a failure of ours. See "Failures" in the OTLP specification 1.9 (OTLP/gRPC and OTLP/HTTP response).
"""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from collector.errors import (
    Forbidden,
    Refused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Undecodable,
    UnknownPath,
    UnsupportedMedia,
    WrongMethod,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The codes that one kind of refusal has on each transport."""

    grpc: grpc.StatusCode
    http: int


ANSWERS: dict[type[Refused], Answer] = {
    Undecodable: Answer(grpc.StatusCode.INVALID_ARGUMENT, 400),
    Unauthenticated: Answer(grpc.StatusCode.UNAUTHENTICATED, 401),
    Forbidden: Answer(grpc.StatusCode.PERMISSION_DENIED, 403),
    UnknownPath: Answer(grpc.StatusCode.UNIMPLEMENTED, 404),
    WrongMethod: Answer(grpc.StatusCode.UNIMPLEMENTED, 405),
    TooLarge: Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, 413),
    TooMany: Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, 413),
    UnsupportedMedia: Answer(grpc.StatusCode.UNIMPLEMENTED, 415),
    Unavailable: Answer(grpc.StatusCode.UNAVAILABLE, 503),
}


def answer(refusal: Refused) -> Answer:
    """Return the codes of a refusal, of its own kind or else of the nearest kind above it."""
    for kind in type(refusal).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return ANSWERS[Unavailable]


def status_of(refusal: Refused) -> Status:
    """Return the ``google.rpc.Status`` that an OTLP client gets with a refusal."""
    status = Status(code=answer(refusal).grpc.value[0], message=refusal.message)
    if isinstance(refusal, Undecodable):
        violation = BadRequest.FieldViolation(field="body", description=refusal.message)
        status.details.append(_packed(BadRequest(field_violations=[violation])))
    if isinstance(refusal, Unavailable):
        status.details.append(_packed(retry_info(refusal)))
    return status


def retry_info(refusal: Unavailable) -> RetryInfo:
    """Return when to try again, as gRPC clients read it."""
    delay = Duration()
    delay.FromNanoseconds(int(refusal.retry_after_s * 1e9))
    return RetryInfo(retry_delay=delay)


def _packed(detail: Message) -> Any:
    packed = Any()
    packed.Pack(detail)
    return packed
