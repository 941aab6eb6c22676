"""LiteLLM's own spans over OpenInference's instrumentation of OpenAI's client, which LiteLLM calls."""

import time

import litellm
from gateway import exercise
from openinference.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry

with Telemetry("stacked-litellm") as telemetry:
    OpenAIInstrumentor().instrument(tracer_provider=telemetry.tracers)
    litellm.callbacks = ["otel"]
    exercise(telemetry.tracer)
    time.sleep(2)  # its callbacks run in threads of their own
