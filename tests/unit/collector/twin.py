"""The OTLP/JSON twin of a protobuf request, made by protobuf's own converter."""

import base64

import orjson
from google.protobuf.json_format import MessageToDict

from collector.signal import TRACES

IDS = {"traceId", "spanId", "parentSpanId"}


def json_twin(body, signal=TRACES):
    """Return ``body`` as OTLP/JSON: protobuf's JSON with integer enums and hexadecimal ids."""
    message = signal.request.FromString(body)
    return orjson.dumps(_with_hex_ids(MessageToDict(message, use_integers_for_enums=True)))


def _with_hex_ids(node):
    if isinstance(node, list):
        return [_with_hex_ids(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: base64.b64decode(value).hex() if key in IDS and isinstance(value, str) else _with_hex_ids(value)
        for key, value in node.items()
    }
