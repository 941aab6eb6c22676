"""The benchmark sends what it says: spans that parse, of the size named, none sent twice."""

import numpy as np
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.spans import EVEN_BYTES, TRACE, even_templates, workload_templates
from collector.limits import Limits
from collector.validate import check

NOW = 1_790_000_000_000_000_000


def spans_of(body):
    return list(ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans)


@pytest.mark.parametrize("build", [even_templates, workload_templates])
def test_fresh_requests_share_no_id_and_are_accepted_as_they_are(build):
    (template,) = build(1, spans=32)
    bodies = [template.fresh(number, NOW) for number in range(50)]
    spans = [span for body in bodies for span in spans_of(body)]
    assert len({span.span_id for span in spans}) == len(spans) == 50 * 32
    assert len({span.trace_id for span in spans}) <= len(spans) // TRACE + 1
    checked = check(bodies[7], Limits())
    assert (checked.items, checked.rejected, checked.body) == (32, 0, bodies[7])
    assert {span.end_time_unix_nano for span in spans} == {NOW}
    assert all(0 < span.end_time_unix_nano - span.start_time_unix_nano < 600e9 for span in spans)


def test_patching_changes_ids_and_times_alone():
    (template,) = even_templates(1, spans=32)
    first, second = (np.frombuffer(template.fresh(number, NOW), dtype=np.uint8) for number in (1, 2))
    changed = np.flatnonzero(first != second)
    places = np.concatenate([template.traces, template.traces + 8, template.ids, template.parents])
    assert len(first) == len(template.body)
    assert set(changed) <= {int(place) + byte for place in places for byte in range(8)}


def test_even_spans_have_the_size_they_are_named_for():
    (template,) = even_templates(1)
    sizes = [span.ByteSize() for span in spans_of(template.fresh(0, NOW))]
    assert abs(np.mean(sizes) - EVEN_BYTES) < 30
    assert max(sizes) < EVEN_BYTES + 100
