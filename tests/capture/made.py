"""Spans of inference servers that cannot run here, made from the keys that their projects document. Not captured.

``python -m tests.capture.made`` writes ``tests/golden/dialects/made-*``: the bytes, and the rows that the same figures
ask for. Sources: vllm/tracing/utils.py and v1/engine/output_processor.py; sglang/srt/tracing and its RequestStage;
llm-d's router, pkg/sidecar/proxy; Triton's trace extension in OpenTelemetry mode; Dynamo's guide to tracing.
"""

from __future__ import annotations

from tests.capture.families import GOLDEN
from tests.capture.made_servers import DYNAMO, LLM_D, SGLANG, TRITON, VLLM
from tests.capture.made_spans import Stack, encoded
from tests.capture.writing import write_json

STACKS: tuple[Stack, ...] = (VLLM, SGLANG, DYNAMO, LLM_D, TRITON)


def main() -> None:
    """Write every stack's fixture."""
    for stack in STACKS:
        folder = GOLDEN / f"made-{stack.name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "traces.binpb").write_bytes(encoded(stack))
        rows = [{"span_name": made.name, "service": made.service} | made.row for made in stack.spans if made.row]
        write_json(folder / "expected.json", {"stack": stack.name, "made": "from documented keys", "rows": rows})


if __name__ == "__main__":
    main()
