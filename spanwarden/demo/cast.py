"""Who plays in the demo: services, the models and tools they call, where, how often, and how fast.

A stream is one kind of request of one service in one region. Its trace is a root span (an agent or a workflow; none
for a plain chat) over steps that follow each other. An agent takes turns: it calls its model, then a tool, and again.
The scenes, whose traces are deeper, are in ``company``.
"""

from __future__ import annotations

from spanwarden.demo.company import SCENES
from spanwarden.demo.roles import OPENINFERENCE, Model, Step, Stream

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


_CROWD = (
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
# The scenes come last, so that the numbers of the others, which chance is drawn by, stay what they are.
STREAMS: tuple[Stream, ...] = (*_CROWD, *SCENES)
STEPS: tuple[Step, ...] = tuple(
    dict.fromkeys(step for stream in STREAMS for step in (*stream.steps, *(tool for tool, _ in stream.tools)))
)
