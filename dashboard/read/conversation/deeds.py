"""What a span that is no talk with a model says: a tool's arguments and result, a search and what it found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dashboard.read.conversation.turns import Attributes, Json, Part, Turn, as_json, as_text

NAMES = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name")
ARGUMENTS = ("gen_ai.tool.call.arguments", "tool.parameters", "ai.toolCall.args", "tool_arguments",
             "gcp.vertex.agent.tool_call_args")  # fmt: skip
RESULTS = ("gen_ai.tool.call.result", "ai.toolCall.result", "tool_response", "gcp.vertex.agent.tool_response")
QUERIES = ("gen_ai.retrieval.query.text", "reranker.query", "input.value")
DOCUMENT = re.compile(r"^(?:retrieval\.documents|reranker\.output_documents)\.(\d+)\.document\.(content|score|id)$")
EMBEDDED = re.compile(r"^embedding\.embeddings\.(\d+)\.embedding\.text$")


def tool_turns(attributes: Attributes) -> Iterator[Turn]:
    """Yield a tool's call and its answer; what a framework wraps around either is left off."""
    name, arguments = _first(attributes, NAMES), _first(attributes, ARGUMENTS)
    result = _first(attributes, RESULTS)
    if arguments:
        yield Turn("tool", [Part("tool_call", _bare(arguments, "input_str"), name)])
    elif result and (given := attributes.get("input.value")):
        yield Turn("tool", [Part("tool_call", given, name)])
    if not result and arguments:
        result = attributes.get("output.value", "")
    if result:
        yield Turn("tool", [Part("tool_result", _bare(result, "output"), name)], "out")


def document_turns(attributes: Attributes) -> Iterator[Turn]:
    """Yield the question and the documents that were found for it."""
    documents: dict[int, dict[str, str]] = {}
    for key, value in attributes.items():
        if matched := DOCUMENT.match(key):
            documents.setdefault(int(matched[1]), {})[matched[2]] = value
    told = attributes.get("gen_ai.retrieval.documents") or attributes.get("ai.ranking") or ""
    found = as_json(told) if told else []
    for number, one in enumerate(found if isinstance(found, list) else [found]):
        fields = one if isinstance(one, dict) else {"content": one}
        documents[number] = {key: as_text(value) for key, value in fields.items()}
    if documents:
        if query := _first(attributes, QUERIES):
            yield Turn("query", [Part("text", query)])
        yield Turn("documents", list(_document_parts(documents.items())), "out")


def embedded_turns(attributes: Attributes) -> Iterator[Turn]:
    """Yield the texts that were embedded."""
    texts = {int(matched[1]): value for key, value in attributes.items() if (matched := EMBEDDED.match(key))}
    if texts:
        yield Turn("input", [Part("text", text) for _, text in sorted(texts.items())])


def _document_parts(documents: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[Part]:
    for _number, fields in sorted(documents, key=lambda one: one[0]):
        name = " · ".join(fields[key] for key in ("id", "score") if fields.get(key))
        yield Part("document", fields.get("content", ""), name)


def _bare(text: str, key: str) -> str:
    """Return what lies inside a framework's wrapping: LangChain's run of a tool, and its message of the answer."""
    found: Json = as_json(text)
    if isinstance(found, dict) and key in found and found.keys() & {"tags", "metadata", "kwargs"}:
        found = found[key]
        if isinstance(found, dict) and isinstance(inner := found.get("kwargs"), dict):
            found = inner.get("content", inner)
        return as_text(found)
    return text


def _first(attributes: Attributes, keys: Iterable[str]) -> str:
    return next((attributes[key] for key in keys if attributes.get(key)), "")
