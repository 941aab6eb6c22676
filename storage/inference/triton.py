"""Triton: ``docs/user_guide/metrics.md`` of triton-inference-server, and its TensorRT-LLM backend. Labels: model,
version. Latencies are sums since the start, but for the first response, which is a chunk, not a token."""

from __future__ import annotations

from storage.inference.measure import MICROSECONDS, MILLISECONDS, Metric

TRITON = (
    Metric("nv_inference_pending_request_count", "waiting", "gauge"),
    Metric("nv_inference_request_success", "requests", "counter"),
    Metric("nv_inference_request_failure", "failures", "counter"),
    Metric("nv_inference_request_duration_us", "e2e_total_ms", "counter", MICROSECONDS),
    Metric("nv_inference_queue_duration_us", "queue_total_ms", "counter", MICROSECONDS),
    Metric("nv_inference_first_response_histogram_ms", "ttft_ms", "histogram", MILLISECONDS),
    Metric("nv_trt_llm_request_metrics", "running", "gauge", label="request_type=scheduled"),
    Metric("nv_trt_llm_request_metrics", "waiting", "gauge", label="request_type=waiting"),
    Metric("nv_trt_llm_kv_cache_block_metrics", "kv_cache_use", "gauge", label="kv_cache_block_type=fraction"),
)
