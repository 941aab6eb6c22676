"""LiteLLM's own spans, sent by its OpenTelemetry callback."""

import time

import litellm
from gateway import exercise
from telemetry import Telemetry

with Telemetry("litellm") as telemetry:
    litellm.callbacks = ["otel"]
    exercise(telemetry.tracer)
    time.sleep(2)  # its callbacks run in threads of their own
