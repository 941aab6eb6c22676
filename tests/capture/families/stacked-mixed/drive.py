"""OpenInference's instrumentation of LangChain over OpenTelemetry's of OpenAI's client: two dialects for each call."""

from chains import exercise
from openinference.instrumentation.langchain import LangChainInstrumentor
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from telemetry import Telemetry

with Telemetry("stacked-mixed") as telemetry:
    LangChainInstrumentor().instrument(tracer_provider=telemetry.tracers)
    OpenAIInstrumentor().instrument()
    exercise(telemetry.tracer)
