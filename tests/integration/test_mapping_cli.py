"""``spanwarden mapping check`` tries a file before it is used; a file that is wrong stops the start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """\
mappings:
  - name: acme
    scopes: [acme.llm]
    fields:
      - {field: operation, key: acme.op}
      - {field: input_tokens, key: acme.usage, form: json, path: tokens.in}
    operations: {ask: chat}
    examples:
      - scope: acme.llm
        attributes: {acme.op: ASK, acme.usage: '{"tokens": {"in": 12}}', acme.more: 1}
        expect: {dialect: acme, operation: chat, input_tokens: 12}
"""


def spanwarden(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "spanwarden", *arguments],
        cwd=folder, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_sound_file_shows_what_its_examples_become(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD)
    done = spanwarden("mapping", "check", "own.yaml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "operation = chat" in done.stdout
    assert "input_tokens = 12" in done.stdout
    assert "unmapped: acme.more" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("input_tokens: 12}", "input_tokens: 13}", "WRONG input_tokens: 12, not 13"),
        ("name: acme", "name: vllm", "own.yaml:2: name: vllm is shipped; take another name"),
        ("name: acme", "name: Acme!", "own.yaml:2: name: small letters"),
        ("form: json, path: tokens.in", "form: json", "own.yaml:6: path: form json needs a path"),
        ("field: input_tokens", "field: intput_tokens", "own.yaml:6: field: one of operation"),
        (
            "field: input_tokens, key: acme.usage, form: json, path: tokens.in",
            "field: operation, key: acme.op",
            "said twice",
        ),
        ("ask: chat", "ask: talk", "own.yaml:7: operations: ask: one of chat"),
        ("    scopes: [acme.llm]\n", "", "scopes or keys must say which spans it is of"),
        ("dialect: acme", "dialects: acme", "dialects is no column of llm_calls"),
        ("mappings:", "mapping:", "no such field; there are mappings"),
        ("acme.op: ASK", "acme.opp: ASK", "the span is no call"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    (tmp_path / "own.yaml").write_text(GOOD.replace(old, new, 1))
    done = spanwarden("mapping", "check", "own.yaml", folder=tmp_path)
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD.replace("form: json", "form: jsonn"))
    ports = {f"SPANWARDEN_{name}_PORT": "0" for name in ("GRPC", "HTTP", "WEB")}
    done = spanwarden("up", folder=tmp_path, SPANWARDEN_MAPPINGS_FILE="own.yaml", **ports)
    assert done.returncode == 78
    assert "own.yaml:6: form: one of plain" in done.stdout + done.stderr
