"""The inference servers' spans and the rows that their figures ask for, in the canonical fields."""

from __future__ import annotations

from tests.capture.answers import Json
from tests.capture.made_spans import Made, Stack


def request(prompt: int, completion: int, request_id: str, **latency: float) -> Json:
    """Return the keys that vLLM and SGLang share; latencies in seconds."""
    return {
        "gen_ai.request.id": request_id,
        "gen_ai.request.max_tokens": 256,
        "gen_ai.request.temperature": 0.7,
        "gen_ai.request.top_p": 0.95,
        "gen_ai.request.n": 1,
        "gen_ai.usage.prompt_tokens": prompt,
        "gen_ai.usage.completion_tokens": completion,
        **{f"gen_ai.latency.{name}": value for name, value in latency.items()},
    }


def counted(prompt: int, completion: int, request_id: str, **others: object) -> Json:
    """Return the row of a model call that a server saw."""
    return {
        "operation": "chat",
        "vantage": "server",
        "input_tokens": prompt,
        "output_tokens": completion,
        "response_id": request_id,
        **others,
    }


# Seconds in the span, milliseconds in the row.
_VLLM_TIMES = {
    "time_in_queue": 0.125,
    "time_to_first_token": 0.25,
    "time_in_model_prefill": 0.125,
    "time_in_model_decode": 0.75,
    "time_in_model_inference": 0.875,
    "e2e": 1.0,
}
_VLLM_ROW: Json = {
    "queue_ms": 125.0,
    "ttft_ms": 250.0,
    "ttft_source": "server",
    "prefill_ms": 125.0,
    "decode_ms": 750.0,
    "inference_ms": 875.0,
    "e2e_ms": 1000.0,
}

VLLM = Stack(
    "vllm",
    (
        Made(
            "llm_request",
            (0, 1000),
            "vllm",
            "vllm.llm_engine",
            request(512, 96, "chatcmpl-vllm-1", **_VLLM_TIMES) | {"gen_ai.usage.num_sequences": 1},
            server=True,
            row={"dialect": "vllm", "is_llm_call": 1} | counted(512, 96, "chatcmpl-vllm-1", **_VLLM_ROW),
        ),
    ),
)

SGLANG = Stack(
    "sglang",
    (
        Made(
            "Req 7f3a",
            (0, 900),
            "sglang",
            "sglang server",
            request(700, 64, "7f3a", time_in_queue=0.05, time_to_first_token=0.2, e2e=0.9)
            | {
                "gen_ai.usage.cached_tokens": 512,
                "gen_ai.response.model": "Qwen/Qwen3-8B",
                "gen_ai.response.finish_reasons": ["stop"],
                "rid": "7f3a",
            },
            server=True,
            row={"dialect": "sglang", "is_llm_call": 1}
            | counted(
                700,
                64,
                "7f3a",
                response_model="Qwen/Qwen3-8B",
                cache_read_tokens=512,
                finish_reason="stop",
                queue_ms=50.0,
                ttft_ms=200.0,
                e2e_ms=900.0,
            ),
        ),
        Made("scheduler", (10, 890), "sglang", "sglang server", {"tp_rank": 0, "pid": 7}, parent="Req 7f3a"),
        Made("prefill_waiting", (10, 60), "sglang", "sglang server", parent="scheduler"),
        Made("prefill_forward", (60, 200), "sglang", "sglang server", parent="scheduler"),
        Made("decode_loop", (200, 890), "sglang", "sglang server", parent="scheduler"),
    ),
)

DYNAMO = Stack(
    "dynamo",
    (
        Made(
            "http-request",
            (0, 600),
            "dynamo-frontend",
            "dynamo",
            {"x_request_id": "req-41", "method": "POST", "uri": "/v1/chat/completions", "busy_ns": 81_000},
            server=True,
        ),
        Made(
            "handle_payload",
            (20, 590),
            "dynamo-decode",
            "dynamo",
            {"x_request_id": "req-41", "component": "backend", "endpoint": "generate", "namespace": "dynamo"},
            parent="http-request",
        ),
    ),
)

_ROUTER, _PROXY = "llm-d-router/pkg/epp/handlers", "llm-d-router/pkg/sidecar/proxy"

LLM_D = Stack(
    "llm-d",
    (
        Made("gateway.request", (0, 1400), "llm-d-router", _ROUTER, {"gen_ai.request.model": "Qwen/Qwen3-32B"}),
        Made(
            "prepare_disaggregation",
            (2, 6),
            "llm-d-router",
            _ROUTER,
            {"llm_d.epp.pd.disaggregation_used": True, "llm_d.epp.pd.reason": "long uncached prompt"},
            parent="gateway.request",
        ),
        Made("forward_request", (10, 1395), "llm-d-router", _ROUTER, parent="gateway.request"),
        Made("prefill", (20, 320), "llm-d-sidecar", _PROXY, parent="forward_request"),
        Made(
            "llm_request",
            (22, 318),
            "vllm-prefill",
            "vllm.llm_engine",
            request(4096, 1, "cmpl-pd-9", time_to_first_token=0.29, e2e=0.296),
            parent="prefill",
            server=True,
            leaf=True,
            row={"dialect": "vllm", "pd_role": "prefill"} | counted(4096, 1, "cmpl-pd-9", ttft_ms=290.0, e2e_ms=296.0),
        ),
        Made(
            "decode",
            (330, 1390),
            "llm-d-sidecar",
            _PROXY,
            {
                "llm_d.pd_proxy.prefill_duration_ms": 300.0,
                "llm_d.pd_proxy.decode_duration_ms": 1060.0,
                "llm_d.pd_proxy.coordinator_overhead_ms": 10.0,
                "llm_d.pd_proxy.true_ttft_ms": 310.0,  # ends when decode begins: no time to first token
                "llm_d.pd_proxy.total_duration_ms": 1370.0,
            },
            parent="forward_request",
        ),
        Made(
            "llm_request",
            (332, 1388),
            "vllm-decode",
            "vllm.llm_engine",
            request(4096, 128, "cmpl-pd-9", time_to_first_token=0.02, e2e=1.056),
            parent="decode",
            server=True,
            leaf=True,
            row={"dialect": "vllm", "pd_role": "decode"} | counted(4096, 128, "cmpl-pd-9", ttft_ms=20.0, e2e_ms=1056.0),
        ),
    ),
)

TRITON = Stack(
    "triton",
    (
        Made(
            "InferRequest",
            (0, 80),
            "triton-inference-server",
            "triton-server",
            {"triton.model_name": "llama_ensemble", "triton.model_version": 1, "triton.request_id": "t-5"},
            server=True,
            events={
                "REQUEST_START": 0.5,
                "QUEUE_START": 1,
                "COMPUTE_START": 13.5,
                "COMPUTE_END": 78,
                "REQUEST_END": 79,
            },
        ),
    ),
)
