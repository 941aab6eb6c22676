"""Traceloop's instrumentation of LangChain."""

from chains import exercise
from opentelemetry.instrumentation.langchain import LangchainInstrumentor
from telemetry import Telemetry

with Telemetry("traceloop-langchain") as telemetry:
    LangchainInstrumentor().instrument()
    exercise(telemetry.tracer)
