"""The parts that can be played in the demo: a model, a step of a trace, a stream of requests, a region."""

from __future__ import annotations

from dataclasses import dataclass

# How a service's instrumentation speaks. OTEL_EVENTS is OTEL with the content in log records.
OTEL, OTEL_EVENTS, OPENINFERENCE = "otel", "otel-events", "openinference"
TRACELOOP, VERCEL, LITELLM = "traceloop", "vercel", "litellm"


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its pace. Times are medians for an idle server in the reference region."""

    name: str
    provider: str
    server: str
    ttft_ms: float
    token_ms: float
    operation: str = "chat"


@dataclass(frozen=True, slots=True)
class Step:
    """A span: a call of a model, a tool or a data source, or the run of an agent or a workflow around others.

    ``agent`` takes the step, where the stream does not say so for all. A step that ``repeats`` is the call of the span
    around it, told once more by another instrumentation.
    """

    operation: str
    target: str
    model: Model | None = None
    tokens: str = ""
    median_ms: float = 0.0
    spread: float = 0.25
    error_rate: float = 0.01
    least_output: int = 1
    most_output: int = 4000
    agent: str = ""
    repeats: bool = False

    @property
    def tool_name(self) -> str:
        """The tool, for a tool call."""
        return self.target if self.operation == "execute_tool" else ""


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests of one service in one region; ``busy`` is its requests a minute at the day's top.

    ``turns`` is the share of traces that take 0, 1, 2... tool turns after the steps. A stream with a ``scene`` is not
    played so, but by that scene's script: its steps are then all that its service may take.
    """

    service: str
    region: str
    busy: float
    steps: tuple[Step, ...]
    root: str = ""
    root_name: str = ""
    turns: tuple[float, ...] = (1.0,)
    tools: tuple[tuple[Step, float], ...] = ()
    versions: tuple[tuple[str, float], ...] = (("1.0.0", 1.0),)
    dialect: str = OTEL
    content_share: float = 1.0
    day_and_night: bool = True
    arrivals: str = "conversation"
    scene: str = ""

    @property
    def agent_name(self) -> str:
        """The agent that all spans of the trace belong to."""
        return self.root_name if self.root == "invoke_agent" else ""


@dataclass(frozen=True, slots=True)
class Region:
    """A region: hours ahead of UTC, and how slow its models are against the reference."""

    hours: float
    slowness: float


REGIONS = {
    "eu-west-1": Region(1.0, 1.0),
    "us-east-1": Region(-5.0, 0.9),
    "ap-southeast-1": Region(8.0, 1.25),
}
