"""OpenInference's instrumentation of LangChain."""

from chains import exercise
from openinference.instrumentation.langchain import LangChainInstrumentor
from telemetry import Telemetry

with Telemetry("openinference-langchain") as telemetry:
    LangChainInstrumentor().instrument(tracer_provider=telemetry.tracers)
    exercise(telemetry.tracer)
