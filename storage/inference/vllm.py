"""vLLM: ``vllm/v1/metrics/loggers.py``, and the names of its first engine (V0). Labels: model_name, engine."""

from __future__ import annotations

from storage.inference.measure import SECONDS, Metric

VLLM = (
    Metric("vllm_num_requests_running", "running", "gauge"),
    Metric("vllm_num_requests_waiting", "waiting", "gauge"),
    Metric("vllm_kv_cache_usage_perc", "kv_cache_use", "gauge"),
    Metric("vllm_gpu_cache_usage_perc", "kv_cache_use", "gauge"),
    Metric("vllm_prefix_cache_queries", "prefix_queries", "counter"),
    Metric("vllm_prefix_cache_hits", "prefix_hits", "counter"),
    Metric("vllm_gpu_prefix_cache_queries", "prefix_queries", "counter"),
    Metric("vllm_gpu_prefix_cache_hits", "prefix_hits", "counter"),
    Metric("vllm_gpu_prefix_cache_hit_rate", "prefix_hit_share", "gauge"),
    Metric("vllm_spec_decode_num_draft_tokens", "drafted_tokens", "counter"),
    Metric("vllm_spec_decode_num_accepted_tokens", "accepted_tokens", "counter"),
    Metric("vllm_spec_decode_draft_acceptance_rate", "accepted_share", "gauge"),
    Metric("vllm_num_preemptions", "preemptions", "counter"),
    Metric("vllm_prompt_tokens", "prompt_tokens", "counter"),
    Metric("vllm_generation_tokens", "generation_tokens", "counter"),
    Metric("vllm_request_success", "requests", "counter"),
    Metric("vllm_request_queue_time_seconds", "queue_ms", "histogram", SECONDS),
    Metric("vllm_request_prefill_time_seconds", "prefill_ms", "histogram", SECONDS),
    Metric("vllm_request_decode_time_seconds", "decode_ms", "histogram", SECONDS),
    Metric("vllm_time_to_first_token_seconds", "ttft_ms", "histogram", SECONDS),
    Metric("vllm_inter_token_latency_seconds", "itl_ms", "histogram", SECONDS),
    Metric("vllm_time_per_output_token_seconds", "itl_ms", "histogram", SECONDS),
    Metric("vllm_e2e_request_latency_seconds", "e2e_ms", "histogram", SECONDS),
)
