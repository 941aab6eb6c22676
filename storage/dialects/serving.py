"""Inference servers: vLLM, SGLang, NVIDIA Dynamo and Triton, llm-d. One span a request, written when it is done.

Sources: https://docs.vllm.ai/en/latest/examples/online_serving/opentelemetry/ , https://docs.sglang.io/ , the
router of llm-d, https://docs.nvidia.com/dynamo/ ,
https://docs.nvidia.com/deeplearning/triton-inference-server/
"""

from __future__ import annotations

from storage.dialects.fields import Dialect, arms

VLLM = Dialect(
    name="vllm",
    title="vLLM",
    keys=("gen_ai.latency.time_in_model_inference", "gen_ai.usage.num_sequences"),
    scopes=("vllm",),
    arms=(
        *arms("response_id", "gen_ai.request.id", rank=3),
        *arms("queue_ms", "gen_ai.latency.time_in_queue", form="seconds"),
        *arms("prefill_ms", "gen_ai.latency.time_in_model_prefill", form="seconds"),
        *arms("decode_ms", "gen_ai.latency.time_in_model_decode", form="seconds"),
        *arms("inference_ms", "gen_ai.latency.time_in_model_inference", form="seconds"),
        *arms("e2e_ms", "gen_ai.latency.e2e", form="seconds"),
    ),
    known=("gen_ai.latency.*", "gen_ai.usage.num_sequences"),
)

SGLANG = Dialect(
    name="sglang",
    title="SGLang",
    keys=("bootstrap_room", "tp_rank", "gen_ai.usage.cached_tokens"),
    scopes=("sglang server", "sglang"),
    arms=(
        *arms("response_id", "rid", rank=4),
        *arms("cache_read_tokens", "gen_ai.usage.cached_tokens"),
    ),
    known=("bootstrap_room", "tp_rank", "dp_rank", "pp_rank", "host_id", "pid", "thread_label"),
)

DYNAMO = Dialect(
    name="dynamo",
    title="NVIDIA Dynamo",
    keys=("x_request_id", "x_dynamo_request_id"),
    scopes=("dynamo", "dynamo_runtime", "dynamo_llm"),
    arms=(
        *arms("request_model", "model", rank=9),
        *arms("response_id", "x_request_id", "x_dynamo_request_id", rank=7),
    ),
    known=("busy_ns", "idle_ns", "code.*", "thread.*", "target", "component", "endpoint", "namespace", "instance_id"),
)

LLM_D = Dialect(
    name="llm_d",
    title="llm-d",
    keys=("llm_d.epp.pd.disaggregation_used", "llm_d.kv_cache.block_hit_ratio", "llm_d.pd_proxy.total_duration_ms"),
    scopes=("llm-d-router/",),
    arms=(
        *arms("prefill_ms", "llm_d.pd_proxy.prefill_duration_ms"),
        *arms("decode_ms", "llm_d.pd_proxy.decode_duration_ms"),
        *arms("e2e_ms", "llm_d.pd_proxy.total_duration_ms"),
    ),
    known=("llm_d.*",),
)

TRITON = Dialect(
    name="triton",
    title="NVIDIA Triton",
    keys=("triton.request_id", "triton.model_name", "triton.trace_id"),
    scopes=("triton-server",),
    arms=(
        *arms("request_model", "triton.model_name", rank=8),
        *arms("response_id", "triton.request_id", rank=6),
    ),
    known=("triton.*",),
)
