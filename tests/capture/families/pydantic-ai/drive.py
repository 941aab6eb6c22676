"""pydantic-ai's own spans: an agent's run, its model requests, its tools."""

from agents import exercise
from pydantic_ai import Agent, Embedder
from telemetry import Telemetry

with Telemetry("pydantic-ai") as telemetry:
    Agent.instrument_all()
    Embedder.instrument_all()
    exercise(telemetry.tracer)
