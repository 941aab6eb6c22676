"""LangSmith's tracing of LangChain, sent as OpenTelemetry spans."""

from telemetry import Telemetry

with Telemetry("langsmith") as telemetry:
    from chains import exercise
    from langchain_core.tracers.langchain import wait_for_all_tracers

    exercise(telemetry.tracer)
    wait_for_all_tracers()
