"""Traceloop's instrumentations of LangChain and of OpenAI's client together, as its SDK installs them."""

from chains import exercise
from opentelemetry.instrumentation.langchain import LangchainInstrumentor
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry

with Telemetry("stacked-traceloop") as telemetry:
    LangchainInstrumentor().instrument()
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer)
