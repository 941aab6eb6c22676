"""SGLang: ``sglang/srt/observability/metrics_collector.py``. Its retractions are preemptions. Labels: model_name,
engine_type (unified, prefill, decode), tp_rank, dp_rank."""

from __future__ import annotations

from storage.inference.measure import SECONDS, Metric

SGLANG = (
    Metric("sglang_num_running_reqs", "running", "gauge"),
    Metric("sglang_num_queue_reqs", "waiting", "gauge"),
    Metric("sglang_token_usage", "kv_cache_use", "gauge"),
    Metric("sglang_cache_hit_rate", "prefix_hit_share", "gauge"),
    Metric("sglang_cached_tokens", "prefix_hits", "counter"),
    Metric("sglang_spec_accept_rate", "accepted_share", "gauge"),
    Metric("sglang_num_retracted_requests", "preemptions", "counter"),
    Metric("sglang_num_retracted_reqs", "preemptions", "counter"),
    Metric("sglang_prompt_tokens", "prompt_tokens", "counter"),
    # Every token of a prompt is looked for in the cache.
    Metric("sglang_prompt_tokens", "prefix_queries", "counter"),
    Metric("sglang_generation_tokens", "generation_tokens", "counter"),
    Metric("sglang_gen_throughput", "generation_rate", "gauge"),
    Metric("sglang_num_requests", "requests", "counter"),
    Metric("sglang_num_aborted_requests", "failures", "counter"),
    Metric("sglang_queue_time_seconds", "queue_ms", "histogram", SECONDS),
    Metric("sglang_time_to_first_token_seconds", "ttft_ms", "histogram", SECONDS),
    Metric("sglang_inter_token_latency_seconds", "itl_ms", "histogram", SECONDS),
    Metric("sglang_time_per_output_token_seconds", "itl_ms", "histogram", SECONDS),
    Metric("sglang_e2e_request_latency_seconds", "e2e_ms", "histogram", SECONDS),
)
