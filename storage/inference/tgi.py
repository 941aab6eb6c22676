"""Text Generation Inference: ``docs/source/reference/metrics.md``. It names no model and knows no first token; its
mean time a token includes the prefill. Tokens are histograms a request, whose sums count them."""

from __future__ import annotations

from storage.inference.measure import ONE, SECONDS, Metric

TGI = (
    Metric("tgi_batch_current_size", "running", "gauge"),
    Metric("tgi_queue_size", "waiting", "gauge"),
    Metric("tgi_request_queue_duration", "queue_ms", "histogram", SECONDS),
    Metric("tgi_request_mean_time_per_token_duration", "itl_ms", "histogram", SECONDS),
    Metric("tgi_request_duration", "e2e_ms", "histogram", SECONDS),
    Metric("tgi_request_input_length", "prompt_tokens", "counter", ONE, of="sum"),
    Metric("tgi_request_generated_tokens", "generation_tokens", "counter", ONE, of="sum"),
    Metric("tgi_request_skipped_tokens", "accepted_tokens", "counter", ONE, of="sum"),
    Metric("tgi_request_success", "requests", "counter"),
    Metric("tgi_request_failure", "failures", "counter"),
)
