"""The Model Context Protocol: OpenTelemetry's conventions and Traceloop's instrumentation.

Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
"""

from __future__ import annotations

from storage.dialects.fields import Dialect, arms

DIALECT = Dialect(
    name="mcp",
    title="Model Context Protocol",
    keys=("mcp.method.name", "mcp.session.id", "mcp.request.id"),
    scopes=("mcp", "opentelemetry.instrumentation.mcp", "fastmcp"),
    arms=(
        *arms("operation", "mcp.method.name", rank=6),
        *arms("mcp_method", "mcp.method.name"),
        *arms("mcp_session_id", "mcp.session.id"),
        *arms("error_type", "rpc.response.status_code", rank=6),
        *arms("data_source", "litellm.mcp.server.name", rank=5),
        *arms("data_source", "mcp.resource.uri", rank=6),
    ),
    content=("mcp.request.argument", "mcp.response.value"),
    known=("mcp.*", "jsonrpc.*", "network.transport"),
)
