"""Text without personal data that looks like it: what a privacy policy must leave alone.

Four parts of equal size, the same for the same seed: service logs, JSON with identifiers and times, tables of
measurements, and the source of the Python standard library (which does hold some real addresses; they are told apart).
"""

from __future__ import annotations

import json
import random
import re
import sysconfig
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

TEXT_BYTES = 1500
_START_NS = 1_761_000_000_000_000_000
_SERVICES = ("checkout", "search", "billing", "chat-api", "retriever", "rerank", "scheduler", "gateway")
_VERBS = ("called", "reached", "loaded", "contacted", "dialed", "resolved", "posted", "queued", "text embedded by")


def negatives(megabytes: float, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (source, text) with texts of about 1.5 kB, ``megabytes`` in all."""
    each = int(megabytes * 1e6 / 4)
    for source, line in (("logs", _log_line), ("json", _json_line), ("tables", _table_line)):
        yield from _texts(source, line, random.Random(f"{seed} {source}"), each)
    yield from _library(each)


def _texts(
    source: str, line: Callable[[random.Random], str], chance: random.Random, size: int
) -> Iterator[tuple[str, str]]:
    done = 0
    while done < size:
        text = ""
        while len(text) < TEXT_BYTES:
            text += line(chance) + "\n"
        text = text if chance.random() < 0.5 else json.dumps([{"role": "tool", "content": text}])
        done += len(text.encode())
        yield source, text


def _nanos(chance: random.Random) -> int:
    return _START_NS + chance.randrange(10**16)


def _hex(chance: random.Random, digits: int) -> str:
    return f"{chance.getrandbits(digits * 4):0{digits}x}"


def _number(chance: random.Random, digits: int) -> str:
    return str(chance.randrange(10 ** (digits - 1), 10**digits))


def _version(chance: random.Random, majors: int = 30) -> str:
    return ".".join(str(chance.randrange(n)) for n in (majors, *[30] * chance.choice((2, 3))))


def _iso(chance: random.Random) -> str:
    return f"202{chance.randrange(7)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"


def _log_line(chance: random.Random) -> str:
    service, verb, number = chance.choice(_SERVICES), chance.choice(_VERBS), partial(_number, chance)
    browser = f"Chrome/{chance.randrange(90, 150)}.0.{number(4)}.{chance.randrange(255)}"
    lines = (
        f"{_iso(chance)}T12:{chance.randrange(60):02}:07.{number(9)}Z INFO {service} trace_id={_hex(chance, 32)}",
        f"span_id={_hex(chance, 16)} took {chance.random() * 900:.6f} ms",
        f"{_nanos(chance)} DEBUG {service} {verb} shard {chance.randrange(4096)} of 4096",
        f"[{_nanos(chance) // 10**6}] order {number(16)} shipped, invoice {number(12)}",
        f'time={_nanos(chance) // 1000} level=warn msg="retry" request_id={uuid.UUID(int=chance.getrandbits(128))}',
        f"GET /v1/orders/{number(16)}?cursor={number(19)} 200 {number(6)} bytes",
        f"upgraded {service} from version {_version(chance)} to {_version(chance)}, build {number(10)}",
        f"snowflake id {number(19)} on partition {chance.randrange(64)}, offset {number(14)}",
        f"commit {_hex(chance, 40)} sha256:{_hex(chance, 64)} size={number(13)}",
        f"pip install torch=={_version(chance)} --index https://download.pytorch.org/whl/cu121",
        f"call {number(4)} took {chance.random() * 1e3:.8f}s; call {number(13)} queued",
        f"user agent Mozilla/5.0 (X11; Linux x86_64) {browser}",
        f"order no {number(3)}-{number(3)}-{number(4)} ref {number(3)}-{number(2)}-{number(4)}",
    )
    return chance.choice(lines)


def _json_line(chance: random.Random) -> str:
    number = partial(_number, chance)
    chapter = f"chapter {_version(chance)}, table {chance.randrange(99)}, {number(3)} {number(3)} units"
    return json.dumps(
        {
            "id": int(number(chance.choice((16, 17, 18, 19)))),
            "order_id": number(chance.choice((13, 15, 16, 19))),
            "created_ns": _nanos(chance),
            "updated_at": _nanos(chance) // 10**6,
            "trace_id": _hex(chance, 32),
            "uuid": str(uuid.UUID(int=chance.getrandbits(128))),
            "tool_call_id": f"call_{number(16)}",
            "message_id": int(number(12)),
            "version": _version(chance),
            "score": chance.random(),
            "seed": chance.getrandbits(63),
            "embedding": [round(chance.uniform(-1, 1), chance.choice((6, 8, 16))) for _ in range(4)],
            "tracking": f"1Z{number(16)}",
            "sku": f"{number(4)}-{number(4)}-{number(4)}",
            "usage": {"input_tokens": chance.randrange(10**7), "cached_tokens": chance.randrange(10**8)},
            "text": chapter,
        }
    )


def _table_line(chance: random.Random) -> str:
    service, number = chance.choice(_SERVICES), partial(_number, chance)
    # Where nothing says version, 10.1.2.3 is an address to any reader, so these versions start below 10.
    book = f"978-{chance.randrange(10)}-{number(4)}-{number(4)}-{chance.randrange(10)}"
    lines = (
        ",".join(str(chance.uniform(-1e6, 1e6)) for _ in range(6)),
        " ".join(number(chance.choice((2, 3, 4, 5, 6))) for _ in range(10)),
        "\t".join([_iso(chance), number(9), f"{chance.random():.12f}", number(17), _version(chance, 10)]),
        f"{_nanos(chance)};{_nanos(chance)};{chance.randrange(10**9)};+{chance.random():.5f};-{number(7)}",
        "[" + ", ".join(number(chance.choice((4, 5, 6))) for _ in range(12)) + "]",
        f"ISBN {book}, EAN {number(13)}",
        f"| {service} | {number(6)} | {chance.random() * 100:.2f} % | {_iso(chance)} 12:00:00+00:00 |",
        f"{_hex(chance, 8)}: {' '.join(_hex(chance, 4) for _ in range(8))}",
    )
    return chance.choice(lines)


def _library(size: int) -> Iterator[tuple[str, str]]:
    """Yield pieces of the standard library's modules, in order of name."""
    done = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        parts = path.parts
        if "site-packages" in parts or "dist-packages" in parts or re.search("test|idlelib", str(path)):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        for start in range(0, len(text), TEXT_BYTES):
            piece = text[start : start + TEXT_BYTES]
            done += len(piece.encode())
            yield "code", piece
            if done >= size:
                return
