"""All policies in force, their common digest, and the redaction that they ask of the loader."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from policies.compile_sql import gate_sql, template_sql
from policies.language import MarkingPolicy, Policy, PrivacyPolicy, content_digest
from policies.recognizers.custom import custom_rule
from policies.recognizers.registry import RECOGNIZERS
from policies.recognizers.rule import Rule, token
from storage.redaction import NONE, Redaction


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Policies by kind, each sorted by id."""

    privacy: tuple[PrivacyPolicy, ...] = ()
    marking: tuple[MarkingPolicy, ...] = ()

    def all(self) -> tuple[Policy, ...]:
        """Return every policy, those switched off too, sorted by id."""
        return tuple(sorted((*self.privacy, *self.marking), key=lambda policy: policy.id))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the policies' ids and digests: one value names everything in force."""
        return content_digest({policy.id: policy.digest for policy in self.all()})


def privacy_rules(policies: PolicySet) -> tuple[Rule, ...]:
    """Return the rules that the privacy policies in force ask for, in the order they run."""
    enforced = [policy for policy in policies.privacy if policy.mode == "enforce"]
    kinds = {kind for policy in enforced for kind in policy.entities}
    built_in = (rule for recognizer in RECOGNIZERS if recognizer.kind in kinds for rule in recognizer.rules)
    own = (custom_rule(custom) for policy in enforced for custom in policy.custom)
    return (*built_in, *own)


def build_redaction(policies: PolicySet) -> Redaction:
    """Compile the privacy policies in force for the loader; without one nothing is redacted.

    The digest is of the policies and of the compiled text, so another release's recognizers have another one.
    """
    rules = privacy_rules(policies)
    if not rules:
        return NONE
    enforced = [policy for policy in policies.privacy if policy.mode == "enforce"]
    template = template_sql(rules)
    cited = [
        {"id": policy.id, "version": policy.version, "digest": policy.digest, "kinds": policy.kinds}
        for policy in enforced
    ]
    digest = content_digest({policy.id: policy.digest for policy in enforced})
    return Redaction(
        policy_id="+".join(policy.id for policy in enforced),
        policies=json.dumps(cited, separators=(",", ":")),
        digest=hashlib.sha256(f"{digest}\n{template}".encode()).hexdigest(),
        template=template,
        gate=gate_sql(rules),
        tokens={rule.kind: token(rule.kind) for rule in rules},
    )
