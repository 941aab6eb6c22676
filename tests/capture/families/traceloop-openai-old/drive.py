"""Traceloop's instrumentation of OpenAI's client, as it was before 0.55."""

import openai
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry
from workload import exercise

with Telemetry("traceloop-openai-old") as telemetry:
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer, openai.OpenAI(), openai.BadRequestError)
