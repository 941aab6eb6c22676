"""Each kind of mistake in a policy file is said with its file, line and column, and with what to do."""

from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path

import pytest

from policies.errors import PolicyErrors
from policies.load import load_policies

HEAD = """\
apiVersion: policy/v1
kind: {kind}
metadata: {{id: {id}, version: 1, title: T, owner: o@example.com}}
spec:
"""
PRIVACY = HEAD.format(kind="privacy", id="privacy.ours")
MARKING = HEAD.format(kind="marking", id="marking.ours")
CUSTOM = PRIVACY + "  entities: {email: mask}\n  custom:\n"


def load(folder: Path, text: str | bytes, name: str = "p.yaml") -> list[str]:
    """Return the mistakes of a folder with one file, each as the user reads it, without the folder."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        load_policies(folder)
    except PolicyErrors as errors:
        return [str(problem).replace(f"{folder}/", "") for problem in errors.problems]
    return []


MISTAKES = {
    "unknown field": (
        PRIVACY + "  entites: {email: mask}\n",
        ["p.yaml:5:3: 'entities' is missing; add entities: ...",
         "p.yaml:5:3: unknown field 'entites'; did you mean 'entities'?"],
    ),
    "field of no likeness": (
        "zzz: 1\n" + PRIVACY + "  entities: {email: mask}\n",
        ["p.yaml:1:1: unknown field 'zzz'; remove it, or known here: apiVersion, kind, metadata, spec"],
    ),
    "unknown kind of data": (
        PRIVACY + "  entities:\n    emial: mask\n",
        ["p.yaml:6:5: unknown field 'emial'; did you mean 'email'?"],
    ),
    "unknown action": (
        PRIVACY + "  entities:\n    email: hide\n",
        ["p.yaml:6:12: email 'hide' is not known; write one of mask, keep"],
    ),
    "unknown kind of policy": (
        PRIVACY.replace("kind: privacy", "kind: privcy") + "  entities: {email: mask}\n",
        ["p.yaml:2:7: kind 'privcy' is not known; write one of privacy, marking"],
    ),
    "other language version": (
        PRIVACY.replace("policy/v1", "policy/v2") + "  entities: {email: mask}\n",
        ["p.yaml:1:13: apiVersion 'policy/v2' is not known; write one of policy/v1"],
    ),
    "no owner": (
        PRIVACY.replace(", owner: o@example.com", "") + "  entities: {email: mask}\n",
        ["p.yaml:3:11: 'owner' is missing; add owner: ..."],
    ),
    "field twice": (
        PRIVACY + "  entities: {email: mask}\n  entities: {ip: mask}\n",
        ["p.yaml:6:3: 'entities' stands here twice; keep one of them"],
    ),
    "id of a wrong form": (
        PRIVACY.replace("privacy.ours", "Privacy ours") + "  entities: {email: mask}\n",
        ["p.yaml:3:16: id 'Privacy ours' cannot be used; write it like 'privacy.prompts'"],
    ),
    "empty value": (
        PRIVACY.replace("title: T", "title: ''") + "  entities: {email: mask}\n",
        ["p.yaml:3:49: title is empty; write a text such as 'No direct identifiers are stored'"],
    ),
    "no value": (
        PRIVACY + "  entities:\n",
        ["p.yaml:5:12: empty where fields are expected; write name: value lines"],
    ),
    "list for fields": (
        PRIVACY + "  entities: [email]\n",
        ["p.yaml:5:13: a list where fields are expected; write name: value lines"],
    ),
    "mode of no meaning": (
        PRIVACY + "  mode: on\n  entities: {email: mask}\n",
        ["p.yaml:5:9: mode 'on' is not known; write one of off, enforce"],
    ),
    "privacy in shadow": (
        PRIVACY + "  mode: shadow\n  entities: {email: mask}\n",
        ["p.yaml:5:9: a privacy policy has no shadow: what it did not mask would be stored; write enforce or off"],
    ),
    "control of a wrong form": (
        PRIVACY.replace("owner:", "controls: [GDPR 25], owner:") + "  entities: {email: mask}\n",
        ["p.yaml:3:63: 'GDPR 25' cannot stand in controls; write it like 'gdpr:25'"],
    ),
    "pattern that RE2 refuses": (
        CUSTOM + "    - {kind: badge, pattern: '(?<=x)[0-9]+', words: [badge]}\n",
        ["p.yaml:7:30: pattern '(?<=x)[0-9]+': RE2 refuses it (invalid perl operator: (?<=);"
         " write an RE2 pattern of what to mask"],
    ),
    "pattern of nothing": (
        CUSTOM + "    - {kind: badge, pattern: 'B*', words: [badge]}\n",
        ["p.yaml:7:30: pattern 'B*': it matches nothing at all, so it would match everywhere;"
         " write an RE2 pattern of what to mask"],
    ),
    "pattern of a token": (
        CUSTOM + "    - {kind: badge, pattern: '[a-z_]+', words: [badge]}\n",
        ["p.yaml:7:30: pattern '[a-z_]+': it matches the token of a masked value, such as ⟦private_key⟧;"
         " write an RE2 pattern of what to mask"],
    ),
    "pattern of half a character": (
        CUSTOM + "    - {kind: badge, pattern: 'B\\C', words: [badge]}\n",
        ["p.yaml:7:30: pattern 'B\\\\C': \\C matches a part of a character; write an RE2 pattern of what to mask"],
    ),
    "pattern of another's token": (
        CUSTOM + "    - {kind: badge, pattern: 'BADGE[0-9]+', words: [badge]}\n"
        "    - {kind: name, pattern: 'badge|mister', words: [mister]}\n",
        ["p.yaml:1:1: pattern 'badge|mister' matches the token ⟦badge⟧; rename that kind, or narrow it"],
    ),
    "built-in kind": (
        CUSTOM + "    - {kind: email, pattern: 'X[0-9]', words: [xx]}\n",
        ["p.yaml:7:14: 'email' is a built-in kind; choose another name"],
    ),
    "no words": (
        CUSTOM + "    - {kind: badge, pattern: 'B[0-9]'}\n",
        ["p.yaml:7:7: 'words' is missing; add words: ..."],
    ),
    "words of a wrong form": (
        CUSTOM + "    - {kind: badge, pattern: 'B[0-9]', words: [b]}\n",
        ["p.yaml:7:48: 'b' cannot stand in words; write it like 'EMP-'"],
    ),
    "custom is no list": (
        PRIVACY + "  entities: {email: mask}\n  custom: {kind: badge}\n",
        ["p.yaml:6:11: custom is no list; write one '- kind: ...' entry a pattern"],
    ),
    "verified without a key": (
        MARKING + "  models: ['*']\n",
        ["p.yaml:5:3: a verified mark needs a key; add key: <name>, or require: declared"],
    ),
    "no models": (
        MARKING + "  models: []\n  key: chat-eu\n",
        ["p.yaml:5:11: models is an empty list; write a list such as models: ['gpt-4o*']"],
    ),
    "model twice": (
        MARKING + "  models: [a, a]\n  key: chat-eu\n",
        ["p.yaml:5:11: models names one thing twice; keep one of them"],
    ),
    "no number": (
        MARKING + "  models: [a]\n  key: chat-eu\n  alpha: often\n",
        ["p.yaml:7:10: alpha 'often' cannot be used; write a number from 1e-12 to 0.5"],
    ),
    "number out of range": (
        MARKING + "  models: [a]\n  key: chat-eu\n  alpha: .nan\n",
        ["p.yaml:7:10: alpha '.nan' cannot be used; write a number from 1e-12 to 0.5"],
    ),
    "no whole number": (
        MARKING + "  models: [a]\n  key: chat-eu\n  min_tokens: 1.5\n",
        ["p.yaml:7:15: min_tokens 1.5 is no whole number; write one from 1 to 1000000"],
    ),
    "the key itself": (
        MARKING + "  models: [a]\n  key: 0xDEADBEEF00112233\n",
        ["p.yaml:6:8: key must be the name of a key, never the key;"
         " write key: chat-eu and set SPANWARDEN_KEY_CHAT_EU, or put the key into secrets/chat-eu.key"],
    ),
    "tab": (
        PRIVACY + "\tentities: {email: mask}\n",
        ["p.yaml:5:1: no YAML: found character '\\t' that cannot start any token;"
         " mend the indentation, the quotes or the colon there"],
    ),
    "open bracket": (
        PRIVACY + "  entities: {email: mask\n",
        ["p.yaml:6:1: no YAML: expected ',' or '}', but got '<stream end>';"
         " mend the indentation, the quotes or the colon there"],
    ),
    "unknown alias": (
        PRIVACY + "  entities: *there\n",
        ["p.yaml:5:13: no YAML: found undefined alias 'there'; mend the indentation, the quotes or the colon there"],
    ),
    "plain text": ("hello\n", ["p.yaml:1:1: a single value where fields are expected; write name: value lines"]),
    "not UTF-8": (PRIVACY.encode() + b"  # caf\xe9\n", ["p.yaml:1:1: is not UTF-8; save it as UTF-8"]),
    "UTF-16": (PRIVACY.encode("utf-16"), ["p.yaml:1:1: is not UTF-8; save it as UTF-8"]),
    "NUL": (PRIVACY + "\0", ["p.yaml:1:1: no YAML: special characters are not allowed;"
                             " mend the indentation, the quotes or the colon there"]),
    "huge": (b"#" * (1 << 20) + b"\n", ["p.yaml:1:1: the file is larger than 1 MiB; split it"]),
    "shipped id of another kind": (
        MARKING.replace("marking.ours", "privacy.default") + "  models: [a]\n  require: declared\n",
        ["p.yaml:1:1: id 'privacy.default' is a shipped policy's of another kind; choose another id"],
    ),
    "two ids in one file": (
        (PRIVACY + "  entities: {email: mask}\n") + "---\n" + (PRIVACY + "  entities: {ip: mask}\n"),
        ["p.yaml:7:1: id 'privacy.ours' is taken by p.yaml:1:1; choose another id"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_with_its_place_and_remedy(tmp_path: Path, name: str) -> None:
    text, said = MISTAKES[name]
    assert sorted(load(tmp_path, text)) == sorted(said)


def test_required_fields_are_all_named_at_once(tmp_path: Path) -> None:
    said = load(tmp_path, "apiVersion: policy/v1\nkind: privacy\nmetadata: {id: a.b}\nspec: {}\n")
    assert [line.split(": ", 1)[1].split(";")[0] for line in said] == [
        *(f"'{name}' is missing" for name in ("version", "title", "owner")), "'entities' is missing",
    ]  # fmt: skip


def test_mistakes_of_all_files_come_together_in_order(tmp_path: Path) -> None:
    load(tmp_path, PRIVACY + "  entities: {emial: mask}\n", "b.yml")
    said = load(tmp_path, PRIVACY + "  entities: {email: hide}\n", "a.yaml")
    assert [line.split(":")[0] for line in said] == ["a.yaml", "b.yml"]


def test_an_id_is_taken_across_files(tmp_path: Path) -> None:
    load(tmp_path, PRIVACY + "  entities: {email: mask}\n", "a.yaml")
    said = load(tmp_path, PRIVACY + "  entities: {ip: mask}\n", "b.yaml")
    assert said[0].startswith("b.yaml:1:1: id 'privacy.ours' is taken by ")


def test_aliases_are_read_and_bombs_cost_nothing(tmp_path: Path) -> None:
    """Nodes are read as they are written, never copied, so doubling by alias doubles nothing."""
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    began = time.process_time()
    said = load(tmp_path, bomb + "recursive: &r [*r]\n" + PRIVACY + "  entities: *a59\n")
    assert time.process_time() - began < 2
    assert "p.yaml:1:1: unknown field 'a0'; remove it, or known here: apiVersion, kind, metadata, spec" in said
    assert load(tmp_path, MARKING + "  models: &m [a]\n  services: *m\n  key: chat-eu\n") == []


@pytest.mark.parametrize("depth", [500, 100_000])
def test_depth_is_bounded(tmp_path: Path, depth: int) -> None:
    said = load(tmp_path, PRIVACY + "  entities: " + "[" * depth + "]" * depth + "\n")
    assert len(said) == 1
    assert said[0].startswith("p.yaml:")


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    said = load(tmp_path, "")
    assert [line.split(";")[0] for line in said] == [
        "folder.yaml:1:1: is no file", "gone.yaml:1:1: is no file", "pipe.yaml:1:1: is no file",
    ]  # fmt: skip


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors, match=r"polices:1:1: is not there; make the folder, or mend its name"):
        load_policies(tmp_path / "polices")
    (tmp_path / "file").touch()
    with pytest.raises(PolicyErrors, match="is no folder"):
        load_policies(tmp_path / "file")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n---\n", "\ufeff# with a mark\n"])
def test_a_folder_that_says_nothing_gives_the_shipped_policies(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text) == []
    assert load_policies(tmp_path) == load_policies()
    assert {policy.id for policy in load_policies().all()} == {"privacy.default", "marking.declared"}


def test_ones_own_policy_takes_the_shipped_ones_place(tmp_path: Path) -> None:
    ours = textwrap.dedent("""\
        # a comment
        kind: privacy
        spec: {entities: {ip: mask, email: mask, card: keep}, mode: enforce}
        metadata: {owner: us, id: privacy.default, title: Ours, version: 1.10}
        apiVersion: policy/v1
        """)
    assert load(tmp_path, ours) == []
    policies = load_policies(tmp_path)
    assert [(p.id, p.version, p.entities) for p in policies.privacy] == [("privacy.default", "1.10", ("email", "ip"))]
    assert [p.id for p in policies.marking] == ["marking.declared"]
