"""OpenInference's instrumentation of OpenAI's client."""

import openai
from openinference.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry
from workload import exercise

with Telemetry("openinference-openai") as telemetry:
    OpenAIInstrumentor().instrument(tracer_provider=telemetry.tracers)
    exercise(telemetry.tracer, openai.OpenAI(), openai.BadRequestError)
