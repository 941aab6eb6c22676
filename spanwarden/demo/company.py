"""The demo's smaller services, whose traces are deeper: agents that hand over, search, gateways, stacked libraries.

Each has a script in ``scenes``. Their models are none of the crowd's, so a fault planted there does not touch them.
"""

from __future__ import annotations

from spanwarden.demo.roles import LITELLM, OTEL, OTEL_EVENTS, TRACELOOP, VERCEL, Model, Step, Stream

GPT_5_MINI = Model("gpt-5-mini", "openai", "api.openai.com", 620.0, 7.0)
GPT_41_MINI = Model("gpt-4.1-mini", "openai", "api.openai.com", 360.0, 8.0)
GPT_41 = Model("gpt-4.1", "openai", "api.openai.com", 520.0, 12.0)
HAIKU = Model("claude-haiku-4-5", "anthropic", "api.anthropic.com", 430.0, 7.5)
GEMINI = Model("gemini-2.5-flash", "gcp.gemini", "generativelanguage.googleapis.com", 410.0, 5.5)
MISTRAL = Model("mistral-small-latest", "mistral_ai", "api.mistral.ai", 300.0, 9.0)
QWEN = Model("qwen3-32b", "sglang", "sglang.internal", 180.0, 16.0)
# No price list knows it.
ORCHARD = Model("orchard-legal-34b", "orchard", "llm.orchard.example", 700.0, 18.0)
EMBEDDER = Model("text-embedding-3-large", "openai", "api.openai.com", 85.0, 0.0, "embeddings")

REASONING_MODELS = (GPT_5_MINI.name, GEMINI.name)


def _chat(model: Model, agent: str = "", most: int = 700, error_rate: float = 0.008, repeats: bool = False) -> Step:
    return Step("chat", model.name, model, "conversation", 0.0, 0.25, error_rate, 1, most, agent, repeats)


def _tool(name: str, median_ms: float, agent: str, error_rate: float = 0.01) -> Step:
    return Step("execute_tool", name, median_ms=median_ms, spread=0.4, error_rate=error_rate, agent=agent)


def _agent(name: str) -> Step:
    return Step("invoke_agent", name, agent=name)


def _search(source: str, median_ms: float, agent: str = "") -> Step:
    return Step("retrieval", source, median_ms=median_ms, spread=0.4, error_rate=0.006, agent=agent)


FRONT, BILLING, SHIPPING, RETURNS, CARRIER = (
    "front-desk", "billing-specialist", "shipping-specialist", "returns-specialist", "carrier-liaison",
)  # fmt: skip

# The support desk: one agent answers, and hands over to a specialist.
FRONT_DESK, FRONT_CHAT = _agent(FRONT), _chat(GPT_5_MINI, FRONT, 420)
LOOK_UP_CUSTOMER = _tool("look_up_customer", 90.0, FRONT)
BILLING_DESK, BILLING_CHAT = _agent(BILLING), _chat(HAIKU, BILLING)
LOOK_UP_INVOICE, REFUND = _tool("look_up_invoice", 140.0, BILLING), _tool("refund_payment", 900.0, BILLING, 0.09)
SHIPPING_DESK, SHIPPING_CHAT = _agent(SHIPPING), _chat(HAIKU, SHIPPING)
TRACK_PARCEL = _tool("track_parcel", 650.0, SHIPPING, 0.03)
RETURNS_DESK, RETURNS_CHAT = _agent(RETURNS), _chat(GEMINI, RETURNS)
POLICIES, RETURN_LABEL = _search("policy-library", 95.0, RETURNS), _tool("create_return_label", 420.0, RETURNS)
# The carrier's agent answers from another service.
CARRIER_DESK, CARRIER_CHAT = _agent(CARRIER), _chat(GPT_41_MINI, CARRIER, 250)
ROUTE_STATUS = _tool("route_status", 310.0, CARRIER, 0.02)

# The search over three sources of documents: one slow, one that often holds nothing.
WIKI, TICKETS, CONTRACTS = _search("wiki", 70.0), _search("tickets", 480.0), _search("contracts-archive", 160.0)
SOURCES = (WIKI, TICKETS, CONTRACTS)
EMPTY_SHARE = {WIKI.target: 0.02, TICKETS.target: 0.06, CONTRACTS.target: 0.34, POLICIES.target: 0.04}
SEARCH_RUN = Step("invoke_workflow", "search-and-answer")
SEARCH_EMBED = Step("embeddings", EMBEDDER.name, EMBEDDER, "conversation", spread=0.3, error_rate=0.003)
SEARCH_CHAT = _chat(QWEN, most=600)

# The gateway's own span; OpenAI's client library inside it tells the call once more, the others' does not.
GATEWAY_CALLS: tuple[tuple[Step, Step | None, float], ...] = (
    (_chat(GPT_41_MINI), _chat(GPT_41_MINI, repeats=True), 0.46),
    (_chat(GEMINI), None, 0.24),
    (_chat(MISTRAL), None, 0.18),
    (_chat(ORCHARD), None, 0.12),
)

# The shop's helper: the AI SDK's outer span is no call of a model.
SHOP_RUN, SHOP_CHAT = Step("invoke_agent", "shop-helper", agent="shop-helper"), _chat(GEMINI, "shop-helper", 350)
FIND_PRODUCTS = _tool("find_products", 210.0, "shop-helper")
ADD_TO_CART = _tool("add_to_cart", 130.0, "shop-helper", 0.05)

# The report writer: a framework's spans around those of the client library.
REPORT_RUN, REPORT_TASK = Step("invoke_workflow", "weekly-report"), Step("chain", "summarise_section")
REPORT_CHAT, REPORT_CHAT_AGAIN = _chat(GPT_41, most=900), _chat(GPT_41, most=900, repeats=True)

_DESK_STEPS = (
    FRONT_DESK, FRONT_CHAT, LOOK_UP_CUSTOMER, BILLING_DESK, BILLING_CHAT, LOOK_UP_INVOICE, REFUND, SHIPPING_DESK,
    SHIPPING_CHAT, TRACK_PARCEL, RETURNS_DESK, RETURNS_CHAT, POLICIES, RETURN_LABEL,
)  # fmt: skip
_SEARCH_STEPS = (SEARCH_RUN, SEARCH_EMBED, *SOURCES, SEARCH_CHAT)
_GATEWAY_STEPS = tuple(step for outer, inner, _ in GATEWAY_CALLS for step in (outer, inner) if step)


def _scene(
    name: str, service: str, region: str, busy: float, steps: tuple[Step, ...], dialect: str, content: float, *two: str
) -> Stream:
    """``two`` are the service's releases: most of the traffic runs the first."""
    versions = tuple(zip(two, (0.75, 0.25) if len(two) > 1 else (1.0,), strict=True))
    return Stream(
        service, region, busy, steps, versions=versions, dialect=dialect, content_share=content, scene=name
    )  # fmt: skip


# Its agent is called in the support desk's traces.
LOGISTICS = _scene(
    "guest", "logistics", "eu-west-1", 0.0, (CARRIER_DESK, CARRIER_CHAT, ROUTE_STATUS), OTEL, 1.0, "3.4.1"
)
SCENES = (
    _scene("desk", "support-desk", "eu-west-1", 0.22, _DESK_STEPS, OTEL, 1.0, "2.6.0", "2.7.0"),
    LOGISTICS,
    _scene("search", "doc-search", "us-east-1", 0.45, _SEARCH_STEPS, OTEL_EVENTS, 0.4, "0.8.2"),
    _scene("gateway", "llm-gateway", "eu-west-1", 1.0, _GATEWAY_STEPS, LITELLM, 0.1, "1.83.0"),
    _scene("shop", "storefront", "us-east-1", 0.35, (SHOP_RUN, SHOP_CHAT, FIND_PRODUCTS, ADD_TO_CART), VERCEL, 0.3,
           "5.1.0", "5.2.0"),
    _scene("report", "report-writer", "eu-west-1", 0.08,
           (REPORT_RUN, REPORT_TASK, REPORT_CHAT, REPORT_CHAT_AGAIN), TRACELOOP, 0.5, "1.0.3"),
)  # fmt: skip
