"""MLflow's tracing: its own attributes are JSON texts, and OpenTelemetry's names where that is switched on.

Source: https://mlflow.org/docs/latest/genai/tracing/opentelemetry/
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, bag

SCOPE = "mlflow.tracing.provider"
REASONING = (
    "usage.completion_tokens_details.reasoning_tokens",
    "usage.output_tokens_details.reasoning_tokens",
)

DIALECT = Dialect(
    name="mlflow",
    title="MLflow",
    keys=("mlflow.spanType", "mlflow.traceRequestId"),
    scopes=(SCOPE,),
    first_token_events=("mlflow.chunk.item.0",),
    arms=(
        Arm("operation", "mlflow.spanType", "quoted", rank=3),
        Arm("provider", "mlflow.llm.provider", "quoted", rank=3),
        # The application's argument; OpenTelemetry's names, if on, repeat the answer's model there.
        Arm("request_model", "model", "quoted", scope=SCOPE, rank=-1),
        Arm("request_model", "mlflow.llm.model", "quoted", rank=3),
        *bag("mlflow.spanOutputs", rank=8, response_model="model", response_id="id"),
        *bag("mlflow.spanOutputs", rank=8, finish_reason="choices.[1].finish_reason"),
        *bag(
            "mlflow.chat.tokenUsage",
            rank=5,
            input_tokens="input_tokens",
            output_tokens="output_tokens",
            total_tokens="total_tokens",
            cache_read_tokens="cache_read_input_tokens",
            cache_write_tokens="cache_creation_input_tokens",
        ),
        *bag("mlflow.spanOutputs", rank=8, reasoning_tokens=REASONING),
        *bag(
            "mlflow.llm.cost", rank=3, cost_usd="total_cost", cost_input_usd="input_cost", cost_output_usd="output_cost"
        ),
        *bag("mlflow.spanOutputs", rank=8, service_tier="service_tier", system_fingerprint="system_fingerprint"),
        Arm("is_stream", "stream", scope=SCOPE),
        Arm("session_id", "mlflow.trace.session", "quoted", rank=2),
        Arm("user_id", "mlflow.trace.user", "quoted", rank=2),
    ),
    content=("mlflow.spanInputs", "mlflow.spanOutputs"),
    known=("mlflow.*",),
)
