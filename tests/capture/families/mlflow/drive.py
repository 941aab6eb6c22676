"""MLflow's tracing of OpenAI's client, sent as OpenTelemetry spans."""

import mlflow
import openai
from workload import exercise


class Tracer:
    """MLflow's spans are made current by MLflow alone."""

    start_as_current_span = staticmethod(mlflow.start_span)


mlflow.openai.autolog()
exercise(Tracer, openai.OpenAI(), openai.BadRequestError)
mlflow.flush_trace_async_logging()
