"""The spans of MCP's Python SDK: a client and a server in one process, with tools, a resource and a prompt."""

import asyncio
import contextlib

import workload
from mcp.client.client import Client
from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError
from telemetry import Telemetry

server = MCPServer("guide")
server.tool()(workload.get_weather)


@server.tool()
def close_harbour() -> str:
    """Fails each time."""
    raise ValueError("the harbour stays open")


@server.resource("guide://boats")
def boats() -> str:
    """The boats of today."""
    return "one small boat"


@server.prompt()
def greet(name: str) -> str:
    """A greeting."""
    return f"Greet {name}."


async def exercise() -> None:
    """Calls of each kind; two fail."""
    async with Client(server) as client:
        await client.list_tools()
        await client.call_tool("get_weather", {"city": "Lisbon"})
        await client.call_tool("close_harbour", {})
        await client.read_resource("guide://boats")
        await client.get_prompt("greet", {"name": "Ana"})
        with contextlib.suppress(MCPError):
            await client.get_prompt("unknown", {})


with Telemetry("mcp") as telemetry, telemetry.tracer.start_as_current_span("use a server"):
    asyncio.run(exercise())
