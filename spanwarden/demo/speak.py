"""A call as its service's instrumentation tells it: one entry a dialect."""

from __future__ import annotations

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.cast import OPENINFERENCE, STREAMS
from spanwarden.demo.faults import ERROR_TYPES
from spanwarden.demo.spans import Extras, Span
from spanwarden.demo.speak_genai import genai
from spanwarden.demo.speak_openinference import openinference


def describe(call: Call, extras: Extras) -> Span:
    """Return the span of ``call`` in its service's dialect."""
    stream = STREAMS[call.stream]
    error = ERROR_TYPES[call.error] if call.error != NONE else ""
    if stream.dialect == OPENINFERENCE:
        return openinference(call, stream, error)
    return genai(call, stream, error, extras)
