"""pydantic-ai's own spans over OpenTelemetry's instrumentation of OpenAI's client: an agent, and two spans a call."""

from agents import exercise
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from pydantic_ai import Agent, Embedder
from telemetry import Telemetry

with Telemetry("stacked-pydantic-ai") as telemetry:
    Agent.instrument_all()
    Embedder.instrument_all()
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer)
