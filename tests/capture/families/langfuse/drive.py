"""Langfuse's wrapper of OpenAI's client."""

import openai
from langfuse import Langfuse
from telemetry import Telemetry
from workload import exercise

with Telemetry("langfuse") as telemetry:
    Langfuse(public_key="pk-lf-capture", secret_key="none", tracer_provider=telemetry.tracers)
    from langfuse.openai import OpenAI

    exercise(telemetry.tracer, OpenAI(), openai.BadRequestError)
