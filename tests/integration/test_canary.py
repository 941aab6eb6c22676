"""Secrets in every place of spans, log records and data points, through the real processes; then none is anywhere."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import grpc
import pytest
import re2
import requests
from google.protobuf.message import Message

from collector.signal import LOGS, METRICS, TRACES, Signal
from policies.recognizers.registry import KINDS
from tests.integration.secrets_sown import HARMLESS, Sower, request
from tests.integration.signals_sown import POINTS, RECORDS, log_request, metric_request
from tests.integration.upright import Up, up
from tests.unit.collector.twin import json_twin

TOKEN_ID = "815000001"
WINDOW = "range=1h"


def send_grpc(running: Up, sent: Message, signal: Signal = TRACES) -> None:
    with grpc.insecure_channel(running.grpc) as channel:
        assert channel.unary_unary(f"/{signal.service}/Export")(sent.SerializeToString(), timeout=30) == b""


def send_protobuf(running: Up, sent: Message, signal: Signal = TRACES) -> None:
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    body = gzip.compress(sent.SerializeToString(), mtime=0)
    assert requests.post(address(running, signal), data=body, headers=headers, timeout=30).status_code == 200


def send_json(running: Up, sent: Message, signal: Signal = TRACES) -> None:
    body = json_twin(sent.SerializeToString(), signal)
    headers = {"Content-Type": "application/json"}
    assert requests.post(address(running, signal), data=body, headers=headers, timeout=30).status_code == 200


def address(running: Up, signal: Signal) -> str:
    return running.http.removesuffix(TRACES.path) + signal.path


SENDERS = {"grpc": send_grpc, "protobuf": send_protobuf, "json": send_json}


def answers(running: Up, traces: Iterable[str]) -> dict[str, bytes]:
    """Return what the API and the pages say of everything stored, by address."""
    lists = ("traces", "findings", "decisions", "incidents", "policies", "reports", "stats", "inference")
    said = {f"/api/v1/{name}": running.get(f"/api/v1/{name}?{WINDOW}&limit=500") for name in lists}
    for path in ("/", "/traces", "/incidents", "/policies", "/reports", *(f"/traces/{trace}" for trace in traces)):
        said[f"page {path}"] = running.page(path, "?range=1h") + running.get(path)
    for trace in traces:
        body = said[f"/api/v1/traces/{trace}"] = running.get(f"/api/v1/traces/{trace}")
        for span in json.loads(body)["spans"]:
            said[f"page {trace} {span['span_id']}"] = running.page(f"/traces/{trace}", f"?span={span['span_id']}")
    return {name: text.encode() for name, text in said.items()}


def stored_text(data_dir: Path) -> bytes:
    """Return every value of every table of the store."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.integration.store_text", str(data_dir / "chdb")],
        capture_output=True, timeout=120, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert told.returncode == 0, told.stderr.decode()[-2000:]
    return told.stdout


def file_text(folder: Path) -> dict[str, bytes]:
    """Return each file below ``folder`` as it lies there, and its name."""
    return {str(path): bytes(path) + path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(needles: Iterable[tuple[str, str]], haystacks: Mapping[str, bytes]) -> list[str]:
    """Return what was found where."""
    what = {needle.encode(): said for needle, said in needles}
    options = re2.Options()
    options.max_mem = 1 << 30
    any_of_them = re2.compile("|".join(map(re2.escape, map(bytes.decode, what))), options)
    return [
        f"{name}: {what[match.group()]}" for name, text in haystacks.items() for match in any_of_them.finditer(text)
    ]


def spelled(needles: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the needles with those whose digits can be written without gaps added so.

    Without its gaps a phone's part is eight digits, which stand in some hash of the store: it is sought whole.
    """
    needles = list(needles)
    gapless = [(needle.replace(" ", ""), what) for needle, what in needles if needle[:4].isdigit()]
    return needles + [(f"4420{needle}" if len(needle) == 8 else needle, what) for needle, what in gapless]


@pytest.mark.slow
def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    sowers = {name: Sower(name, 320 * i) for i, name in enumerate(SENDERS)}
    traces = {name: bytes([i + 1]) * 16 for i, name in enumerate(SENDERS)}
    with up(tmp_path) as running:
        for name, send in SENDERS.items():
            send(running, request(sowers[name], traces[name]))
            send(running, log_request(sowers[name], traces[name]), LOGS)
            send(running, metric_request(sowers[name]), METRICS)
        running.await_stored(4 * len(SENDERS))
        running.await_count("logs_stored", RECORDS * len(SENDERS))
        running.await_count("metric_points_stored", POINTS * len(SENDERS))
        said = answers(running, [trace.hex() for trace in traces.values()])
        meanwhile = file_text(running.data_dir)
        counted = running.stats()["redacted"]
    needles = spelled(needle for sower in sowers.values() for needle in sower.needles())
    haystacks = {**said, **meanwhile, **file_text(tmp_path), "the store's tables": stored_text(tmp_path / "data")}
    assert len(needles) > 2000
    assert found(needles, haystacks)[:20] == []
    assert found([(TOKEN_ID, "a token id")], haystacks) == []
    ids = [trace.hex() for trace in traces.values()]
    looked_at = [
        "the store's tables",
        *(f"/api/v1/traces/{one}" for one in ids),
        *(f"page /traces/{one}" for one in ids),
    ]
    assert all(HARMLESS.encode() in haystacks[name] and b"email" in haystacks[name] for name in looked_at)
    assert set(counted) == set(KINDS)
    places = sum(len(sower.places) for sower in sowers.values())
    assert all(amount >= places * 0.9 for amount in counted.values()), (counted, places)


POLICY = """
apiVersion: policy/v1
kind: privacy
metadata: {id: privacy.default, version: 7, title: Ours, owner: us@example.com}
spec:
  entities: {email: mask, ip: keep}
  custom:
    - {kind: employee_id, pattern: "EMP-[0-9]{6}", words: ["EMP-"]}
"""


@pytest.mark.slow
def test_a_policy_of_ones_own_decides(tmp_path: Path) -> None:
    """What it keeps is stored, so the search does find what is there; what it adds is masked; decisions cite it."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ours.yaml").write_text(POLICY)
    sower = Sower("grpc", 0)
    sent = request(sower, b"\1" * 16)
    sent.resource_spans[0].scope_spans[0].spans[0].name = "lookup of EMP-123456"
    with up(tmp_path, policies_dir=str(tmp_path / "policies")) as running:
        send_grpc(running, sent)
        running.await_stored(4)
        said = answers(running, [(b"\1" * 16).hex()])
        decisions = json.loads(said["/api/v1/decisions"])["decisions"]
        policies = {policy["id"]: policy for policy in json.loads(said["/api/v1/policies"])["policies"]}
    tables = stored_text(tmp_path / "data")
    kinds = {
        what.split(" in ")[0] for what in (line.split(": ", 1)[1] for line in found(sower.needles(), {"t": tables}))
    }
    assert kinds == set(KINDS) - {"email"}
    assert found([("EMP-123456", "an employee")], {**said, "tables": tables}) == []
    assert "lookup of ⟦employee_id⟧".encode() in tables
    ours = [decision for decision in decisions if decision["policy"] == "privacy.default"]
    assert len(ours) == 4
    assert {decision["version"] for decision in ours} == {"7"}
    assert {decision["trace_id"] for decision in ours} == {(b"\1" * 16).hex()}
    assert policies["privacy.default"]["version"] == "7"
    assert {entity for decision in ours for entity in decision["entities"]} == {"email", "employee_id"}
