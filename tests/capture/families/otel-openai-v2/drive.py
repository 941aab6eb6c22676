"""OpenTelemetry's former instrumentation of OpenAI's client: messages are log records."""

import openai
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from telemetry import Telemetry
from workload import exercise

with Telemetry("openai-v2") as telemetry:
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer, openai.OpenAI(), openai.BadRequestError)
