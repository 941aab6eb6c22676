"""Traceloop's instrumentation of OpenAI's client."""

import openai
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry
from workload import exercise

with Telemetry("traceloop-openai") as telemetry:
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer, openai.OpenAI(), openai.BadRequestError)
