"""A call as its service's instrumentation tells it: one entry a dialect."""

from __future__ import annotations

from spanwarden.demo.calls import NONE, ROOT, Call
from spanwarden.demo.cast import STEPS, STREAMS
from spanwarden.demo.faults import ERRORS
from spanwarden.demo.roles import LITELLM, OPENINFERENCE, TRACELOOP, VERCEL
from spanwarden.demo.spans import Extras, Span
from spanwarden.demo.speak_genai import genai
from spanwarden.demo.speak_litellm import litellm
from spanwarden.demo.speak_openinference import openinference
from spanwarden.demo.speak_traceloop import traceloop
from spanwarden.demo.speak_vercel import vercel

SPEAKERS = {OPENINFERENCE: openinference, LITELLM: litellm, TRACELOOP: traceloop, VERCEL: vercel}


def describe(call: Call, extras: Extras) -> Span:
    """Return the span of ``call`` in its service's dialect; what repeats another span speaks as the client library."""
    stream = STREAMS[call.stream]
    error = ERRORS[call.error] if call.error != NONE else ""
    repeats = call.step != ROOT and STEPS[call.step].repeats
    if repeats or stream.dialect not in SPEAKERS:
        return genai(call, stream, error, extras)
    return SPEAKERS[stream.dialect](call, stream, error)
