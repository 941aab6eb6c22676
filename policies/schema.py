"""The fields of each kind of policy, and how a document becomes one.

apiVersion: policy/v1
kind: privacy | marking
metadata: {id, version, title, owner, severity, controls}
spec: {mode, ...}
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from policies.language import API_VERSION, SCHEMES, CustomRule, MarkingPolicy, Policy, PrivacyPolicy, policy_digest
from policies.locate import Fields, Reader
from policies.recognizers.custom import why_not
from policies.recognizers.registry import KINDS
from policies.watermark.tokenizer import TextTokenizer

_METADATA = ("id", "version", "title", "owner", "severity", "controls")
_ID = r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+){0,8}"
_KIND = r"[a-z][a-z0-9_]{1,30}"
_GLOB = r"[^\s\[\]{}]{1,200}"
_KEY = r"[a-z][a-z0-9-]{0,40}"
_MARKING = (
    "mode", "models", "services", "require", "scheme", "key", "context_width", "dual_alpha", "min_tokens", "alpha",
    "tokenizer",
)  # fmt: skip


def read_policy(reader: Reader, node: yaml.Node) -> Policy | None:
    """Return the policy of one document; None when the reader has found a mistake in it."""
    before = len(reader.problems)
    top = reader.fields(node, ("apiVersion", "kind", "metadata", "spec"), ("apiVersion", "kind", "metadata", "spec"))
    reader.choice(top, "apiVersion", (API_VERSION,), API_VERSION)
    kind = reader.choice(top, "kind", ("privacy", "marking"), "")
    if not kind or "metadata" not in top or "spec" not in top:
        return None
    common = _metadata(reader, reader.fields(top["metadata"], _METADATA, ("id", "version", "title", "owner")))
    common["place"] = reader.place(node)
    policy = (_privacy if kind == "privacy" else _marking)(reader, top["spec"], common)
    return replace(policy, digest=policy_digest(policy)) if len(reader.problems) == before else None


def _metadata(reader: Reader, fields: Fields) -> dict[str, Any]:
    return {
        "id": reader.text(fields, "id", form=_ID, example="privacy.prompts"),
        "version": reader.text(fields, "version", form=r"[0-9A-Za-z][0-9A-Za-z.-]{0,31}", example="1"),
        "title": reader.text(fields, "title", example="No direct identifiers are stored"),
        "owner": reader.text(fields, "owner", example="privacy@example.com"),
        "severity": reader.choice(fields, "severity", ("note", "warning", "critical"), "critical"),
        "controls": reader.texts(fields, "controls", form=r"[a-z0-9-]+:[0-9A-Za-z.()-]+", example="gdpr:25"),
    }


def _mode(reader: Reader, fields: Fields) -> Any:  # noqa: ANN401  (one of language.Mode)
    return reader.choice(fields, "mode", ("off", "shadow", "enforce"), "enforce")


def _privacy_mode(reader: Reader, fields: Fields) -> Any:  # noqa: ANN401  (one of language.Mode)
    """Read a mode; there is no shadow, since what is only looked at has been stored."""
    node = fields.get("mode")
    if isinstance(node, yaml.ScalarNode) and node.value == "shadow":
        reader.wrong(
            node, "a privacy policy has no shadow: what it did not mask would be stored", "write enforce or off"
        )
        return "off"
    return reader.choice(fields, "mode", ("off", "enforce"), "enforce")


def _privacy(reader: Reader, spec: yaml.Node, common: dict[str, Any]) -> PrivacyPolicy:
    fields = reader.fields(spec, ("mode", "entities", "custom"), ("entities",))
    return PrivacyPolicy(
        mode=_privacy_mode(reader, fields),
        entities=_entities(reader, fields["entities"]) if "entities" in fields else (),
        custom=_custom(reader, fields["custom"]) if "custom" in fields else (),
        **common,
    )


def _entities(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    """Read ``{email: mask, ip: keep}``; the order is the registry's."""
    fields = reader.fields(node, KINDS)
    actions = {kind: reader.choice(fields, kind, ("mask", "keep"), "mask") for kind in fields}
    return tuple(kind for kind in KINDS if actions.get(kind) == "mask")


def _custom(reader: Reader, node: yaml.Node) -> tuple[CustomRule, ...]:
    if not isinstance(node, yaml.SequenceNode):
        reader.wrong(node, "custom is no list", "write one '- kind: ...' entry a pattern")
        return ()
    rules = [_custom_rule(reader, item) for item in node.value]
    return tuple(rule for rule in rules if rule)


def _custom_rule(reader: Reader, node: yaml.Node) -> CustomRule | None:
    before = len(reader.problems)
    fields = reader.fields(node, ("kind", "pattern", "words"), ("kind", "pattern", "words"))
    rule = CustomRule(
        kind=reader.text(fields, "kind", form=_KIND, example="employee_id"),
        pattern=reader.text(fields, "pattern", example="EMP-[0-9]{6}"),
        words=reader.texts(fields, "words", form=r"[0-9A-Za-z_.@:/ -]{2,40}", example="EMP-"),
    )
    if len(reader.problems) == before and rule.kind in KINDS:
        reader.wrong(fields["kind"], f"{rule.kind!r} is a built-in kind", "choose another name")
    reason = why_not(rule) if len(reader.problems) == before else ""
    if reason:
        reader.wrong(fields["pattern"], f"pattern {rule.pattern!r}: {reason}", "write an RE2 pattern of what to mask")
    return rule if len(reader.problems) == before else None


def _marking(reader: Reader, spec: yaml.Node, common: dict[str, Any]) -> MarkingPolicy:
    fields = reader.fields(spec, _MARKING, ("models",))
    require: Any = reader.choice(fields, "require", ("verified", "declared"), "verified")
    if require == "verified" and "key" not in fields:
        reader.wrong(spec, "a verified mark needs a key", "add key: <name>, or require: declared")
    tokenizer, sha256 = _tokenizer(reader, fields)
    return MarkingPolicy(
        mode=_mode(reader, fields),
        models=reader.texts(fields, "models", form=_GLOB, example="gpt-4o*"),
        services=reader.texts(fields, "services", ("*",), form=_GLOB, example="chat-*"),
        require=require,
        scheme=reader.choice(fields, "scheme", SCHEMES, SCHEMES[0]),
        key_name=_key_name(reader, fields),
        context_width=reader.integer(fields, "context_width", 4, low=1, high=64),
        dual_alpha=reader.number(fields, "dual_alpha", 0.2, low=0.0, high=1.0),
        min_tokens=reader.integer(fields, "min_tokens", 200, low=1, high=1_000_000),
        alpha=reader.number(fields, "alpha", 1e-3, low=1e-12, high=0.5),
        tokenizer=tokenizer,
        tokenizer_sha256=sha256,
        **common,
    )


def _tokenizer(reader: Reader, fields: Fields) -> tuple[str, str]:
    """Return the name and the SHA-256 of a tokenizer's file, which must be one; empty where none is named."""
    name = reader.text(fields, "tokenizer", example="tokenizer.json") if "tokenizer" in fields else ""
    if not name:
        return "", ""
    try:
        return name, TextTokenizer(Path(reader.file).parent / name).sha256
    except OSError as error:
        wrong, remedy = f"cannot be read ({error.strerror})", "write its path from this file's folder"
    except ValueError as error:
        wrong, remedy = "cannot be used", str(error)
    reader.wrong(fields["tokenizer"], f"tokenizer {name!r} {wrong}", remedy)
    return "", ""


def _key_name(reader: Reader, fields: Fields) -> str:
    """Read the name of a key; a value that looks like the key itself is refused without being repeated."""
    node = fields.get("key")
    if node is None:
        return ""
    quiet = Reader(reader.file)
    name = quiet.text(fields, "key", form=_KEY, example="chat-eu")
    if quiet.problems:
        reader.wrong(
            node,
            "key must be the name of a key, never the key",
            "write key: chat-eu and set SPANWARDEN_KEY_CHAT_EU, or put the key into secrets/chat-eu.key",
        )
    return name
