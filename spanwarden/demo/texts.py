"""What is said: prompts and answers by service, long or short as their token counts ask for."""

from __future__ import annotations

import json
from functools import lru_cache

from spanwarden.demo.calls import Call
from spanwarden.demo.scene_texts import SCENE_ANSWERED, SCENE_ASKED, SCENE_TOOLS

LETTERS_A_TOKEN = 4
LONGEST_TOKENS = 400
POOL = 24
# Services whose answers belong to what was asked.
TALKS = ("support-desk", "logistics", "storefront")

ASKED = {
    "chat-assistant": (
        "Can you explain why my invoice went up this month?",
        "How do I change the language of the app?",
        "Write a short, friendly note that our office moves in June.",
        "What is the difference between the team and the business plan?",
        "My export stops half way. What can I try?",
        "Suggest three names for an internal newsletter about energy.",
    ),
    "rag-search": (
        "How many days of parental leave may be carried over?",
        "Which form is needed to expense a train ticket?",
        "What does the handbook say about working from abroad?",
        "Who approves a purchase above the usual limit?",
    ),
    "coding-agent": (
        "The test of the date parser fails on leap days. Find the cause and fix it.",
        "Add pagination to the list of orders and cover it with tests.",
        "Replace the hand-written retry loop by the shared one.",
        "Why does the build warn about an unused import? Remove it.",
    ),
    "batch-summarizer": (
        "Summarise the support conversation for the weekly digest.",
        "Write a neutral summary of this report for readers without a background in finance.",
    ),
    "contract-review": (
        "List the clauses that differ from our standard terms.",
        "Which notice periods apply to either side?",
    ),
    **SCENE_ASKED,
}
ANSWERED = {
    "chat-assistant": (
        "Here is what happened, step by step.",
        "Your plan was renewed at the start of the month, and two seats were added since.",
        "Open the settings, choose general, and pick the language at the top of the page.",
        "If that does not help, sign out once and try it again in a private window.",
        "A good first step is to split the export into smaller ranges of dates.",
        "Let me know which of these suits you, and I will draft the rest.",
    ),
    "rag-search": (
        "The handbook says that unused days may be carried over until the end of March.",
        "An approval by the head of the department is needed above the usual limit.",
        "The form is found under travel, and receipts are added as pictures.",
        "Working from abroad is possible for a few weeks a year after a short check.",
    ),
    "coding-agent": (
        "The parser takes every year that divides by four for a leap year.",
        "I will read the module first and then run its tests.",
        "The change is small: one condition, and a test for the century years.",
        "All tests pass now, and the warning is gone.",
    ),
    "batch-summarizer": (
        "The customer asked about a delayed delivery and was offered a new date.",
        "Sales rose in two regions and fell slightly in the third.",
        "Both sides agreed on the next steps, and no question stayed open.",
        "Costs followed the plan apart from energy, which rose with the season.",
    ),
    "contract-review": (
        "The liability clause goes further than our standard terms allow.",
        "Either side may end the agreement with three months' notice.",
        "The clause on data processing lacks a list of subprocessors.",
    ),
    **SCENE_ANSWERED,
}
PASSAGES = (
    "Leave that was not taken by the end of the year may be carried over until the end of March of the next year.",
    "Purchases above the limit of a team need an approval of the head of the department and of finance.",
    "Employees may work from abroad for up to four weeks a year once people operations has checked the country.",
    "Tickets of second class are refunded in full; first class is refunded on journeys of more than three hours.",
)
# The prompt that a service's calls are made with; a release of the service brings a version of it.
PROMPTS = {
    "chat-assistant": "assistant-system",
    "contract-review": "clause-check",
    "support-desk": "desk-instructions",
    "doc-search": "answer-with-citations",
}
FIRST_VERSION = 12
TOOL_CALLS = {
    "read_file": ('{"path": "src/dates/parser.py"}', "def parse(text):\n    ..."),
    "search_code": ('{"query": "is_leap_year", "folder": "src"}', "3 places: parser.py, calendar.py, test_parser.py"),
    "run_tests": ('{"selection": "tests/dates", "verbose": false}', "41 passed in 3.9 s"),
    **SCENE_TOOLS,
}


def prompt_version(call: Call) -> str:
    """Return the version of the prompt that the call's release of its service brought."""
    return str(FIRST_VERSION + call.version)


def tool_call(tool: str, number: int) -> tuple[str, str]:
    """Return arguments and result of a tool's call; the same conversation asks the same."""
    arguments, result = TOOL_CALLS[tool]
    return arguments.replace("#", str(4100 + number % 97)), result


def prompt(service: str, number: int) -> str:
    """Return what the user asks."""
    asked = ASKED[service]
    return asked[number % len(asked)]


def answer(service: str, number: int, tokens: int) -> str:
    """Return an answer of about ``tokens`` tokens, at most LONGEST_TOKENS; in a talk, the one to its turn."""
    if service in TALKS:
        return ANSWERED[service][number % len(ANSWERED[service])]
    return _answer(service, number % POOL, min(max(tokens, 8), LONGEST_TOKENS) // 40)


@lru_cache(maxsize=4096)
def _answer(service: str, number: int, forties: int) -> str:
    sentences = ANSWERED[service]
    letters = (forties + 1) * 40 * LETTERS_A_TOKEN
    text, place = "", number
    while len(text) < letters:
        text += sentences[place % len(sentences)] + " "
        place += 1
    return text[:letters].rstrip()


@lru_cache(maxsize=8192)
def input_messages(text: str) -> str:
    """Return the conversation's input as OpenTelemetry's JSON of messages."""
    return json.dumps([{"role": "user", "parts": [{"type": "text", "content": text}]}], ensure_ascii=False)


@lru_cache(maxsize=8192)
def output_messages(text: str, finish: str) -> str:
    """Return the model's answer as OpenTelemetry's JSON of messages."""
    message = {"role": "assistant", "parts": [{"type": "text", "content": text}], "finish_reason": finish}
    return json.dumps([message], ensure_ascii=False)
