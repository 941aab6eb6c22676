"""OpenTelemetry's own instrumentation of OpenAI's client, with content on spans and in events."""

import openai
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from telemetry import Telemetry
from workload import exercise

with Telemetry("genai-openai") as telemetry:
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer, openai.OpenAI(), openai.BadRequestError)
