"""Who plays in the demo: services, the models and tools they call, where, how often, and how fast.

A stream is one kind of request of one service in one region. Its trace is a root span (an agent or a workflow; none
for a plain chat) over steps that follow each other. An agent takes turns: it calls its model, then a tool, and again.
"""

from __future__ import annotations

from dataclasses import dataclass

OTEL, OPENINFERENCE = "otel", "openinference"


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
    """A leaf span: a call of a model, a tool or a data source."""

    operation: str
    target: str
    model: Model | None = None
    tokens: str = ""
    median_ms: float = 0.0
    spread: float = 0.25
    error_rate: float = 0.01
    least_output: int = 1
    most_output: int = 4000

    @property
    def tool_name(self) -> str:
        """The tool, for a tool call."""
        return self.target if self.operation == "execute_tool" else ""


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests of one service in one region; ``busy`` is its requests a minute at the day's top.

    ``turns`` is the share of traces that take 0, 1, 2... tool turns after the steps.
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

GPT_4O = Model("gpt-4o", "openai", "api.openai.com", 480.0, 14.0)
GPT_4O_MINI = Model("gpt-4o-mini", "openai", "api.openai.com", 340.0, 8.5)
CLAUDE = Model("claude-sonnet-4-5", "anthropic", "api.anthropic.com", 780.0, 15.0)
LLAMA = Model("llama-3.1-70b", "vllm", "vllm.internal", 260.0, 24.0)
EMBEDDER = Model("text-embedding-3-small", "openai", "api.openai.com", 70.0, 0.0, "embeddings")

# The model whose server marks its output and sends the token ids, and the release of its service that forgets to.
MARKED_MODEL = LLAMA.name
MARKED_SERVICE = "batch-summarizer"
UNMARKED_VERSION = "1.8.0"
# A service with so little traffic that one failure says nothing.
SPARSE_SERVICE = "contract-review"


def _chat(model: Model, tokens: str, error_rate: float = 0.01, least: int = 1, most: int = 4000) -> Step:
    return Step("chat", model.name, model, tokens, 0.0, 0.22, error_rate, least, most)


def _tool(name: str, median_ms: float) -> Step:
    return Step("execute_tool", name, median_ms=median_ms, spread=0.45, error_rate=0.015)


_EMBED = Step("embeddings", EMBEDDER.name, EMBEDDER, "conversation", spread=0.3, error_rate=0.003)
_RETRIEVE = Step("retrieval", "handbook-index", median_ms=130.0, spread=0.35, error_rate=0.004)
_TOOLS = (
    (_tool("read_file", 45.0), 0.15),
    (_tool("search_code", 320.0), 0.15),
    (_tool("run_tests", 4200.0), 0.7),
)
_CHAT_VERSIONS = (("4.2.0", 0.6), ("4.3.0", 0.4))
_AGENT_VERSIONS = (("0.9.4", 0.8), ("0.10.0", 0.2))


def _assistant(region: str, model: Model, busy: float) -> Stream:
    steps = (_chat(model, "conversation"),)
    return Stream("chat-assistant", region, busy, steps, versions=_CHAT_VERSIONS, content_share=0.12)


def _search(region: str, busy: float) -> Stream:
    steps = (_EMBED, _RETRIEVE, _chat(CLAUDE, "conversation"))
    versions = (("1.12.1", 1.0),)
    root = ("chain", "answer-with-sources")
    return Stream("rag-search", region, busy, steps, *root, versions=versions, dialect=OPENINFERENCE, content_share=0.5)


def _coder(region: str, busy: float) -> Stream:
    return Stream(
        "coding-agent",
        region,
        busy,
        (_chat(CLAUDE, "code"),),
        "invoke_agent",
        "code-fixer",
        turns=(0.15, 0.3, 0.3, 0.15, 0.1),
        tools=_TOOLS,
        versions=_AGENT_VERSIONS,
        content_share=0.3,
        arrivals="code",
    )


STREAMS = (
    _assistant("eu-west-1", GPT_4O_MINI, 20.0),
    _assistant("us-east-1", GPT_4O_MINI, 4.5),
    _assistant("ap-southeast-1", GPT_4O_MINI, 1.5),
    _assistant("eu-west-1", GPT_4O, 2.5),
    _search("eu-west-1", 1.0),
    _search("us-east-1", 1.0),
    _coder("eu-west-1", 0.7),
    _coder("us-east-1", 0.7),
    Stream(
        MARKED_SERVICE,
        "us-east-1",
        0.17,
        (_chat(LLAMA, "long", error_rate=0.005, least=90, most=420),),
        versions=(("1.7.2", 1.0), (UNMARKED_VERSION, 0.0)),
        day_and_night=False,
    ),
    Stream(SPARSE_SERVICE, "eu-west-1", 0.15, (_chat(GPT_4O, "long", error_rate=0.0),), versions=(("2.1.0", 1.0),)),
)
STEPS: tuple[Step, ...] = tuple(
    dict.fromkeys(step for stream in STREAMS for step in (*stream.steps, *(tool for tool, _ in stream.tools)))
)
