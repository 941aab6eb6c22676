"""Fills a protobuf message from a JSON object, by a table: lowerCamelCase key -> what puts its value into the message.

Unknown keys and null are passed over (OTLP specification 1.9, "JSON Protobuf Encoding"). A Misfit tells its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message

from collector.json_values import Misfit

Json = Any
Put = Callable[[Message, Json], None]
Puts = Mapping[str, Put]


def fill(message: Message, content: Json, puts: Puts) -> None:
    """Put each known key of ``content`` into ``message``. Raises Misfit."""
    if not isinstance(content, dict):
        raise Misfit("must be an object")
    for key, value in content.items():
        if value is not None and (put := puts.get(key)) is not None:
            try:
                put(message, value)
            except Misfit as misfit:
                raise misfit.within(key) from None


def value(name: str, read: Callable[[Json], object]) -> Put:
    """Return what sets the field ``name`` to what ``read`` makes of the JSON."""

    def put(message: Message, value: Json) -> None:
        setattr(message, name, read(value))

    return put


def numbers(name: str, read: Callable[[Json], object]) -> Put:
    """Return what fills the repeated field ``name`` of numbers."""

    def put(message: Message, value: Json) -> None:
        add = getattr(message, name).append
        for number, item in enumerate(_array(value)):
            try:
                add(read(item))
            except Misfit as misfit:
                raise misfit.within(number) from None

    return put


def one(name: str, puts: Puts) -> Put:
    """Return what fills the message field ``name`` by ``puts``."""

    def put(message: Message, value: Json) -> None:
        inner = getattr(message, name)
        inner.SetInParent()
        fill(inner, value, puts)

    return put


def many(name: str, puts: Puts) -> Put:
    """Return what fills the repeated message field ``name`` by ``puts``."""

    def put(message: Message, value: Json) -> None:
        add = getattr(message, name).add
        for number, item in enumerate(_array(value)):
            try:
                fill(add(), item, puts)
            except Misfit as misfit:
                raise misfit.within(number) from None

    return put


def key_values(name: str, puts: Puts) -> Put:
    """Do as ``many``, at once where an attribute is a plain string: most of them are."""

    def put(message: Message, value: Json) -> None:
        add = getattr(message, name).add
        for number, item in enumerate(_array(value)):
            attribute = add()
            try:
                key, text = item["key"], item["value"]["stringValue"]
                plain = len(item) == 2 and len(item["value"]) == 1 and type(key) is str and type(text) is str
            except (KeyError, TypeError):
                plain = False
            if plain:
                attribute.key = key
                attribute.value.string_value = text
                continue
            try:
                fill(attribute, item, puts)
            except Misfit as misfit:
                raise misfit.within(number) from None

    return put


def _array(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise Misfit("must be an array")
    return value
