"""Measures the shipped privacy policy: what it finds, what it takes wrongly, what it costs.

    python -m bench.privacy [--data texts.json] [--negatives-mb 10] [--out bench/out/privacy.json]

``--data`` is a JSON list of ``{"text", "spans": [{"type", "start", "end"}]}``; without it the sample in tests/data. A
value counts as found when neither half of it is left in the redacted text. Redaction runs in the engine, in SQL.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.negatives import negatives
from policies.bundle import build_redaction
from policies.load import load_policies
from policies.recognizers.card import is_card
from policies.recognizers.iban import is_iban
from storage.engine import Engine
from storage.redaction import Redaction

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "pii_sample.json"
KINDS = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip",
    "US_SSN": "us_ssn",
}
TOKEN = re.compile("⟦([a-z0-9_]+)⟧")


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Print the table and return it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=SAMPLE, help="labelled texts (default: the sample in tests/data)")
    parser.add_argument("--negatives-mb", type=float, default=10.0, help="megabytes of text without personal data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the figures as JSON here")
    chosen = parser.parse_args(arguments)
    redaction = build_redaction(load_policies())
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(f"chdb://{folder}/chdb")
        try:
            figures = {
                "digest": redaction.digest,
                "recall": recall(engine, redaction, json.loads(chosen.data.read_text())),
                "false": false_redactions(engine, redaction, negatives(chosen.negatives_mb, chosen.seed)),
                "cost": cost(engine, redaction),
            }
        finally:
            engine.close()
    print(table(figures))
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(figures, indent=1))
    return figures


def redact(engine: Engine, redaction: Redaction, texts: Sequence[str]) -> list[str]:
    """Return each text as the loader would store it."""
    sql = f"SELECT arrayMap(t -> if({redaction.gate}, {redaction.template}, t), {{texts:Array(String)}}) AS redacted"
    redacted: list[str] = []
    for start in range(0, len(texts), 500):
        redacted += engine.query(sql, {"texts": list(texts[start : start + 500])}).rows[0][0]
    return redacted


def recall(engine: Engine, redaction: Redaction, labelled: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return per kind: labelled values, those with the form of their kind, found of each, extra tokens."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item, after in zip(labelled, redact(engine, redaction, [item["text"] for item in labelled]), strict=True):
        expected: Counter[str] = Counter()
        for span in item["spans"]:
            kind = KINDS.get(span["type"])
            if kind:
                expected[kind] += 1
                _count(counts[kind], kind, item["text"][span["start"] : span["end"]], after)
        for kind, extra in (Counter(TOKEN.findall(after)) - expected).items():
            counts[kind]["extra"] += extra
    return {kind: _shares(count) for kind, count in sorted(counts.items())}


def _count(count: Counter[str], kind: str, value: str, after: str) -> None:
    half = len(value) // 2
    found = value[:half] not in after and value[half:] not in after
    formed = {"card": _formed_card, "iban": is_iban}.get(kind, lambda _: True)(value)
    count["labelled"] += 1
    count["found"] += found
    count["formed"] += formed
    count["found_formed"] += found and formed


def _formed_card(value: str) -> bool:
    return is_card(re.sub("[^0-9]", "", value), said=True)


def _shares(count: Counter[str]) -> dict[str, Any]:
    shares = {name: count[name] for name in ("labelled", "found", "formed", "found_formed", "extra")}
    return {**shares, "recall": _ratio(count["found"], count["labelled"]),
            "recall_formed": _ratio(count["found_formed"], count["formed"])}  # fmt: skip


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def false_redactions(engine: Engine, redaction: Redaction, texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return tokens by source and kind, and per 10 MB; e-mail in code is real, so it is told apart."""
    pairs = list(texts)
    megabytes = sum(len(text.encode()) for _, text in pairs) / 1e6
    counts: Counter[str] = Counter()
    for (source, text), after in zip(pairs, redact(engine, redaction, [text for _, text in pairs]), strict=True):
        if text != after:
            counts.update(f"{source} {kind}" for kind in TOKEN.findall(after))
    real = counts.pop("code email", 0)
    return {
        "megabytes": round(megabytes, 2),
        "by_source_and_kind": dict(counts),
        "real_addresses_in_code": real,
        "per_10_mb": round(sum(counts.values()) / megabytes * 10, 2),
    }


def cost(engine: Engine, redaction: Redaction, count: int = 10_000) -> dict[str, float]:
    """Return CPU microseconds a text of 1.5 kB and MB/s of one core: clean, and with six values in each."""
    words = "the answer cites three documents about travel in spring and says which of them is newer than the rest "
    plain = (words * 15)[:1500]
    mails = plain[:700] + " a@example.com b@example.org c@example.net d@example.com e@example.org f@example.net "
    mixed = (
        plain[:700]
        + " a@b.example, 4111 1111 1111 1111, +44 20 7946 0958, 192.0.2.17, 212-555-0143, GB82WEST12345698765432 "
    )
    texts = {"clean": plain, "six_emails": (mails + plain)[:1500], "six_kinds": (mixed + plain)[:1500]}
    return {
        f"{name}_{unit}": figure
        for name, text in texts.items()
        for unit, figure in _timed(engine, redaction, text, count).items()
    }


def _timed(engine: Engine, redaction: Redaction, text: str, count: int) -> dict[str, float]:
    source = "(SELECT concat({text:String}, toString(number % 7)) AS t FROM numbers({count:UInt64}))"
    bare = f"SELECT sum(length(t)) AS n FROM {source}"
    full = f"SELECT sum(length(if({redaction.gate}, {redaction.template}, t))) AS n FROM {source}"
    none = {"text": text, "count": 0}
    bound = {"text": text, "count": count}
    seconds = (_cpu(engine, full, bound) - _cpu(engine, full, none)) - (
        _cpu(engine, bare, bound) - _cpu(engine, bare, none)
    )
    return {"us": round(seconds / count * 1e6, 2), "mb_per_s": round(len(text) * count / seconds / 1e6, 1)}


def _cpu(engine: Engine, sql: str, bound: dict[str, object]) -> float:
    """Return the least CPU seconds of three runs on one thread."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF)
        engine.query(sql, bound, {"max_threads": 1})
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def table(figures: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"{'kind':<10}{'labelled':>9}{'found':>7}{'recall':>8}{'formed':>8}{'recall':>8}{'extra':>7}"]
    for kind, r in figures["recall"].items():
        lines.append(
            f"{kind:<10}{r['labelled']:>9}{r['found']:>7}{r['recall'] if r['recall'] is not None else '-':>8}"
            f"{r['formed']:>8}{r['recall_formed'] if r['recall_formed'] is not None else '-':>8}{r['extra']:>7}"
        )
    false = figures["false"]
    lines.append(
        f"false redactions: {false['per_10_mb']} per 10 MB of {false['megabytes']} MB {false['by_source_and_kind']}"
    )
    lines.append(f"real e-mail addresses in the library's source: {false['real_addresses_in_code']}")
    lines += [f"{name}: {value}" for name, value in figures["cost"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
