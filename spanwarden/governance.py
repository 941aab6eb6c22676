"""What the composition root makes of the policies: their keys, their record, their look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboard.services import PolicyView
from policies.bundle import PolicySet
from policies.language import MarkingPolicy, Policy, PrivacyPolicy
from policies.watermark.keys import key_variable, parse_key
from spanwarden.settings import Settings, SettingsError, environment_secret
from storage.control.models import PolicyVersion
from storage.control.store import Control


def keys_of(policies: PolicySet, settings: Settings) -> dict[str, int]:
    """Return the watermark keys that the policies name and that are configured, by name.

    Raises SettingsError for one that is there and cannot be read; the message never repeats it.
    """
    names = {policy.key_name for policy in policies.marking if policy.key_name}
    found = {name: _key(name, settings.secrets_dir) for name in sorted(names)}
    return {name: key for name, key in found.items() if key is not None}


def remember_policies(control: Control, policies: PolicySet, now: datetime) -> None:
    """Keep the bundle in force, and each policy, under their digests, so that a decision's digest can be looked up."""
    bundles = {policies.digest: [_plain(policy) for policy in policies.all()]}
    bundles.update({policy.digest: [_plain(policy)] for policy in policies.all()})
    with control.begin() as session:
        for digest, content in bundles.items():
            if session.get(PolicyVersion, digest) is None:
                text = json.dumps(content, sort_keys=True, ensure_ascii=False)
                session.add(PolicyVersion(digest=digest, policies=text, loaded_at=now))


def policy_views(policies: PolicySet) -> list[PolicyView]:
    """Return the policies as pages and the API show them."""
    return [
        PolicyView(
            id=policy.id,
            title=policy.title,
            kind="privacy" if isinstance(policy, PrivacyPolicy) else "watermark",
            mode=policy.mode,
            version=policy.version,
            digest=policy.digest,
            severity=policy.severity,
            owner=policy.owner,
            summary=_summary(policy),
            controls=policy.controls,
            models=policy.models if isinstance(policy, MarkingPolicy) else (),
        )
        for policy in policies.all()
    ]


def _key(name: str, secrets: Path) -> int | None:
    variable = key_variable(name)
    file = secrets / f"{name}.key"
    text = environment_secret(variable)
    try:
        content = text.encode() if text is not None else file.read_bytes() if file.exists() else None
        return None if content is None else parse_key(content)
    except ValueError as error:
        raise SettingsError(f"{variable if text is not None else file}: {error}") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}); check its permissions") from None


def _summary(policy: Policy) -> str:
    if isinstance(policy, PrivacyPolicy):
        kinds = [*policy.entities, *(rule.kind for rule in policy.custom)]
        return f"masks {', '.join(kinds)}" if kinds else "masks nothing"
    of = f"outputs of {', '.join(policy.models)} from {policy.min_tokens} tokens on"
    if policy.require == "declared":
        return f"{of} declare that a machine made them"
    return f"{of} carry the watermark of key {policy.key_name} ({policy.scheme}, false positives {policy.alpha:g})"


def _plain(policy: Policy) -> Mapping[str, Any]:
    named = {one.name: getattr(policy, one.name) for one in fields(policy) if one.name != "place"}
    return json.loads(json.dumps({"kind": type(policy).__name__, **named}, default=_as_dict))  # type: ignore[no-any-return]


def _as_dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 (a nested frozen value of a policy)
    return {one.name: getattr(value, one.name) for one in fields(value)}
