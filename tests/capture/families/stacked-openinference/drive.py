"""OpenInference's instrumentation of LangChain over its instrumentation of OpenAI's client: two spans a call."""

from chains import exercise
from openinference.instrumentation.langchain import LangChainInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from telemetry import Telemetry

with Telemetry("stacked-openinference") as telemetry:
    LangChainInstrumentor().instrument(tracer_provider=telemetry.tracers)
    OpenAIInstrumentor().instrument(tracer_provider=telemetry.tracers)
    exercise(telemetry.tracer)
