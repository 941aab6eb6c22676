"""A digest names a policy's meaning: the same for another spelling, another for another meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.bundle import PolicySet, build_redaction
from policies.load import load_policies
from storage.redaction import NONE

OURS = """\
apiVersion: policy/v1
kind: privacy
metadata: {id: privacy.default, version: 1, title: T, owner: o, severity: warning, controls: [gdpr:25, gdpr:32]}
spec:
  mode: enforce
  entities: {email: mask, ip: mask}
  custom: [{kind: badge, pattern: "BADGE[0-9]+", words: [badge]}]
"""


def loaded(folder: Path, text: str) -> PolicySet:
    (folder / "p.yaml").write_text(text)
    return load_policies(folder)


def digest(folder: Path, text: str) -> str:
    (policy,) = loaded(folder, text).privacy
    return policy.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("apiVersion", "# why\napiVersion"),
        ("version: 1,", 'version: "1",'),
        ("{email: mask, ip: mask}", "{ip: mask, email: mask}"),
        ("{email: mask, ip: mask}", "{email: mask, ip: mask, card: keep}"),
        ("[gdpr:25, gdpr:32]", "[gdpr:32, gdpr:25]"),
        ("  mode: enforce\n", ""),
        ("spec:", "spec:  # mode is written out"),
    ],
)
def test_another_spelling_has_the_same_digest(tmp_path: Path, old: str, new: str) -> None:
    assert digest(tmp_path, OURS.replace(old, new)) == digest(tmp_path, OURS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1,", "version: 2,"),
        ("title: T", "title: U"),
        ("owner: o", "owner: p"),
        ("warning", "note"),
        ("gdpr:32", "gdpr:5"),
        ("ip: mask", "ip: keep"),
        ("mode: enforce", "mode: off"),
        ("BADGE[0-9]+", "BADGE[0-9]{4}"),
        ("kind: badge", "kind: pass"),
        ("words: [badge]", "words: [badge, card]"),
        ("privacy.default", "privacy.other"),
    ],
)
def test_another_meaning_has_another_digest(tmp_path: Path, old: str, new: str) -> None:
    before = digest(tmp_path, OURS)
    policies = loaded(tmp_path, OURS.replace(old, new))
    assert before not in {policy.digest for policy in policies.all()}
    assert policies.digest != loaded(tmp_path, OURS).digest


def test_the_redaction_cites_each_policy(tmp_path: Path) -> None:
    other = OURS.replace("privacy.default", "privacy.more").replace("ip: mask", "card: mask").replace("BADGE", "TAG")
    other = other.replace("kind: badge", "kind: tag")
    policies = loaded(tmp_path, f"{OURS}---\n{other}")
    redaction = build_redaction(policies)
    ours, more = policies.privacy
    assert redaction.policies == (
        f'[{{"id":"privacy.default","version":"1","digest":"{ours.digest}","kinds":["email","ip","badge"]}},'
        f'{{"id":"privacy.more","version":"1","digest":"{more.digest}","kinds":["email","card","tag"]}}]'
    )
    assert redaction.policy_id == "privacy.default+privacy.more"
    assert set(redaction.tokens) == {"email", "card", "ip", "badge", "tag"}
    assert redaction.digest != build_redaction(loaded(tmp_path, OURS)).digest


def test_a_policy_that_is_off_redacts_nothing(tmp_path: Path) -> None:
    assert build_redaction(loaded(tmp_path, OURS.replace("mode: enforce", "mode: off"))) == NONE
