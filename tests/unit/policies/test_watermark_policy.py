"""A marking policy may name a tokenizer: checked when the policy is loaded, and part of its digest."""

import re
from pathlib import Path

import pytest

from policies.bundle import PolicySet
from policies.errors import PolicyErrors
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from policies.watermark.profile import Profile, pattern
from tests.unit.policies.marked import policy
from tests.unit.policies.test_watermark_tokenizer import write

POLICY = """\
apiVersion: policy/v1
kind: marking
metadata: {id: marking.mine, version: 1, title: t, owner: o}
spec:
  models: ["llama*"]
  key: chat-eu
  tokenizer: tok/tokenizer.json
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tok").mkdir()
    (tmp_path / "mine.yaml").write_text(POLICY)
    return tmp_path


def mine(folder):
    return next(policy for policy in load_policies(folder).marking if policy.id == "marking.mine")


def test_its_path_is_relative_to_the_policy_and_its_content_decides_the_digest(folder):
    written = write(folder / "tok" / "tokenizer.json")
    first = mine(folder)
    assert (first.tokenizer, first.tokenizer_sha256) == ("tok/tokenizer.json", written.sha256)
    assert Profile.of(first, {}).tokenizer.sha256 == written.sha256
    file = folder / "tok" / "tokenizer.json"
    file.write_text(file.read_text() + "\n")
    assert mine(folder).digest != first.digest


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"{}", "tokenizer.json is no tokenizer.json"),
        (b"\xff\xfe\x00", "tokenizer.json is no tokenizer.json"),
        (b"", "tokenizer.json is no tokenizer.json"),
    ],
)
def test_a_wrong_file_is_a_mistake_in_the_policy_with_its_place(folder, content, said):
    if content is not None:
        (folder / "tok" / "tokenizer.json").write_bytes(content)
    with pytest.raises(PolicyErrors) as raised:
        load_policies(folder)
    (problem,) = raised.value.problems
    assert str(problem).startswith(f"{folder / 'mine.yaml'}:7:14: tokenizer 'tok/tokenizer.json' ")
    assert said in str(problem)


def test_the_shipped_policies_need_no_tokenizer_and_no_key():
    assert all(not policy.tokenizer and not policy.key_name for policy in load_policies().marking)


def test_the_documented_policy_loads(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "watermark.md").read_text()
    (tmp_path / "mine.yaml").write_text(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    (documented,) = (policy for policy in load_policies(tmp_path).marking if policy.id == "marking.chat")
    assert (documented.key_name, documented.min_tokens, documented.alpha) == ("chat-eu", 200, 0.001)


def test_an_inspector_without_policies_asks_the_store_nothing(tmp_path):
    WatermarkInspector(None, PolicySet(), {}).inspect(tmp_path / "none.seg", "none")


@pytest.mark.parametrize(
    ("glob", "name", "matches"),
    [
        ("llama*", "llama-8b", True),
        ("llama*", "my-llama", False),
        ("gpt-4?", "gpt-4o", True),
        ("gpt-4?", "gpt-4", False),
        ("a.b", "axb", False),
        ("(x|y)", "x", False),
        ("*", "", True),
        ("*", "two\nlines", True),
        ("Llama*", "lLAMA", True),
    ],
)
def test_globs_match_whole_names(engine, glob, name, matches):
    sql = "SELECT match({name:String}, {pattern:String})"
    assert engine.query(sql, {"name": name, "pattern": pattern([glob])}).rows == [(int(matches),)]
    assert Profile(policy(models=(glob,))).speaks_of("service", name) is matches
