"""The text of a model's answer, out of the attributes in which instrumentations keep it.

gen_ai.output.messages                      [{"role": "assistant", "parts": [{"type": "text", "content": "..."}]}]
llm.output_messages.0.message.content       OpenInference, a key each message
output.value                                OpenInference, when it is text and no JSON
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

HALF = re.compile("[\ud800-\udfff]")  # JSON can say what no encoding can
LONGEST_TEXT = 400_000  # characters; a longer answer is not tokenised


def answer(attributes: Mapping[str, str]) -> str:
    """Return the text of the first answer, '' when there is none. Raises ValueError when it cannot be read."""
    if messages := attributes.get("gen_ai.output.messages"):
        text = _of_messages(messages)
    else:
        first = attributes.get("llm.output_messages.0.message.content", "")
        text = _checked(first or _plain(attributes.get("output.value", "")))
    if HALF.search(text):
        raise ValueError("the output's text holds half a character")
    return text


def _of_messages(text: str) -> str:
    _checked(text)
    try:
        messages = json.loads(text)
    except (ValueError, RecursionError):  # a number of 5,000 digits is a bare ValueError
        raise ValueError("the output's messages are no JSON") from None
    first = messages[0] if isinstance(messages, list) and messages else messages
    parts = first.get("parts") if isinstance(first, dict) else None
    if not isinstance(parts, list):
        raise ValueError("the output's messages have no parts")
    written = [part.get("content") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(content for content in written if isinstance(content, str))


def _plain(value: str) -> str:
    return "" if value.lstrip()[:1] in ("{", "[") else value


def _checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the output is longer than {LONGEST_TEXT} characters")
    return text
