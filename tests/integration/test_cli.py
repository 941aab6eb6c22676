"""The real command, as a newcomer and a scheduler meet it: texts, exit codes, where a setting is taken from."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
import requests

from tests.integration.accepting import METHOD, PROTOBUF, accepting, free_ports
from tests.integration.killing import count_store
from tests.integration.upright import up
from tests.unit.collector.requests import request

TOKEN = "correct-horse-battery-staple"
KEY = "6d61726b2d6b6579"

pytestmark = pytest.mark.slow


def environment(**settings):
    """Ours alone: no setting of this machine's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    return inherited | {f"SPANWARDEN_{name.upper()}": value for name, value in settings.items()}


def spanwarden(folder, *arguments, seconds=60, **settings):
    """Run the command to its end."""
    command = [sys.executable, "-m", "spanwarden", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(**settings), capture_output=True, text=True, timeout=seconds
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A Spanwarden that demands a token."""
    ports = dict(zip(("grpc_port", "http_port", "web_port"), map(str, free_ports(3)), strict=True))
    folder = tmp_path_factory.mktemp("running")
    with up(folder, ingest_tokens=json.dumps({"acme": TOKEN}), key_shop=KEY, **ports) as running:
        yield running


def port_of(address):
    return address.removesuffix("/v1/traces").rpartition(":")[2]


@pytest.mark.parametrize(("door", "flag"), [("grpc", "grpc-port"), ("http", "http-port"), ("web", "web-port")])
def test_a_port_in_use_is_named_with_its_holder_and_the_remedy(running, tmp_path, door, flag):
    port = port_of(getattr(running, door))
    others = [text for name in ("grpc", "http", "web") if name != door for text in (f"--{name}-port", "0")]
    answer = spanwarden(tmp_path, "up", f"--{flag}", port, *others)
    assert answer.returncode == 78
    assert f"port {port}," in answer.stderr
    assert "is in use by python" in answer.stderr
    assert f"--{flag} or SPANWARDEN_{flag.replace('-', '_').upper()}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_of_another_program_is_named_too(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        answer = spanwarden(tmp_path, "up", "--http-port", port, "--grpc-port", "0", "--web-port", "0")
    assert answer.returncode == 78
    assert f"in use by {Path('/proc/self/comm').read_text().strip()} (process {os.getpid()})" in answer.stderr


def test_a_second_start_on_the_same_data_says_who_is_there_and_harms_nothing(running, tmp_path):
    before = time.monotonic()
    flags = ("--data-dir", str(running.data_dir), "--grpc-port", "0", "--http-port", "0", "--web-port", "0")
    answer = spanwarden(tmp_path, "up", *flags)
    assert answer.returncode == 69
    assert f"process {running.pid}" in answer.stderr
    assert "choose another data directory" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert time.monotonic() - before < 30
    authorized = {**PROTOBUF, "authorization": f"Bearer {TOKEN}"}
    assert requests.post(running.http, request(1), headers=authorized, timeout=10).status_code == 200
    assert requests.get(f"{running.web}/readyz", timeout=10).ok


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"])
def test_without_the_token_nobody_gets_in(running, given):
    headers = {"authorization": given} if given else {}
    answer = requests.post(running.http, request(1), headers={**PROTOBUF, **headers}, timeout=10)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    with grpc.insecure_channel(running.grpc) as channel, pytest.raises(grpc.RpcError) as refusal:
        channel.unary_unary(METHOD)(request(1), timeout=10, metadata=list(headers.items()))
    assert refusal.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_the_token_decides_the_tenant_and_is_told_to_nobody(running):
    stored = running.stats()["spans_stored"]
    for scheme in ("Bearer", "bearer"):
        with grpc.insecure_channel(running.grpc) as channel:
            metadata = [("authorization", f"{scheme} {TOKEN}"), ("x-tenant", "other")]
            channel.unary_unary(METHOD)(request(2), timeout=10, metadata=metadata)
    until = time.monotonic() + 30
    while running.stats()["spans_stored"] < stored + 4:
        assert time.monotonic() < until
        time.sleep(0.2)
    said = running.log.read_text() + running.get("/api/v1/stats") + running.get("/")
    for note in running.data_dir.glob("*.json"):
        said += note.read_text()
    for process in (running.pid, json.loads((running.data_dir / "acceptor.json").read_text())["pid"]):
        said += Path(f"/proc/{process}/cmdline").read_text()
    assert TOKEN not in said
    assert KEY not in said


def test_doctor_finds_a_running_one_in_order(running, tmp_path):
    answer = spanwarden(tmp_path, "doctor", "--data-dir", str(running.data_dir), "--json")
    checks = {check["name"]: check for check in json.loads(answer.stdout)}
    assert answer.returncode == 0, answer.stdout
    assert checks["engine"]["state"] == checks["acceptor"]["state"] == "good"
    assert TOKEN not in answer.stdout


def test_doctor_says_what_is_bad_and_ends_with_1(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        others = {"http_port": "0", "web_port": "0", "spool_min_free_bytes": "0"}
        answer = spanwarden(tmp_path, "doctor", grpc_port=port, **others)
    assert answer.returncode == 1
    assert f"FAIL  ports     port {port}, for OTLP/gRPC, is in use" in answer.stdout
    good = spanwarden(tmp_path, "doctor", grpc_port="0", **others)
    assert (good.returncode, good.stderr) == (0, "")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "mine.yaml").write_text("id: mine\nkind: nonsense\n")
    bad = spanwarden(tmp_path, "doctor", "--policies-dir", "policies", grpc_port="0", **others)
    assert bad.returncode == 1
    assert "policies" in bad.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "policies"], "doctor changes nothing"


def test_where_a_setting_is_taken_from(tmp_path):
    """flag > environment > spanwarden.toml > default, seen by the real command."""

    def folder(*flags, **settings):
        answer = spanwarden(tmp_path, "doctor", "--json", *flags, grpc_port="0", **settings)
        (text,) = [check["text"] for check in json.loads(answer.stdout) if check["name"] == "data"]
        return text.split()[0]

    assert folder() == str(tmp_path / "data")
    (tmp_path / "spanwarden.toml").write_text('data_dir = "from-file"\n')
    assert folder() == str(tmp_path / "from-file")
    assert folder(data_dir="from-environment") == str(tmp_path / "from-environment")
    assert folder("--data-dir", "from-flag", data_dir="from-environment") == str(tmp_path / "from-flag")
    (tmp_path / "other.toml").write_text('data_dir = "from-other"\n')
    assert folder(config=str(tmp_path / "other.toml")) == str(tmp_path / "from-other")


@pytest.mark.parametrize(
    ("toml", "settings", "said"),
    [
        ("webport = 1\n", {}, "webport is no setting"),
        ("web_port = \n", {}, "spanwarden.toml: "),
        ("", {"host": "0.0.0.0"}, "OTLP on 0.0.0.0 can be reached by others, so it demands a token"),
        ("", {"web_host": "0.0.0.0"}, "it binds a loopback address only"),
        ("", {"ingest_tokens": "hunter2"}, "ingest_tokens: SPANWARDEN_INGEST_TOKENS must be JSON"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, toml, settings, said):
    (tmp_path / "spanwarden.toml").write_text(toml)
    answer = spanwarden(tmp_path, "up", **settings)
    assert answer.returncode == 78, answer.stderr
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "hunter2" not in answer.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "spanwarden.toml"]


@pytest.mark.parametrize("arguments", [("nonsense",), ("up", "--nonsense"), ("up", "--web-port", "x"), ("policy",)])
def test_a_command_used_wrongly_ends_with_2(tmp_path, arguments):
    answer = spanwarden(tmp_path, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Usage: spanwarden" in answer.stderr


@pytest.mark.parametrize("command", ["up", "demo", "doctor", "policy", "report", "verify"])
def test_every_command_explains_itself(tmp_path, command):
    answer = spanwarden(tmp_path, command, "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"Usage: spanwarden {command}")


def test_a_wrong_policy_stops_the_start_with_its_place(tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "mine.yaml").write_text("id: mine\nkind: nonsense\n")
    ports = {"grpc_port": "0", "http_port": "0", "web_port": "0"}
    answer = spanwarden(tmp_path, "up", "--policies-dir", "policies", **ports)
    assert answer.returncode == 78
    assert "mine.yaml:2:" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_acceptor_answers_within_a_second_and_a_half(tmp_path):
    """Its start is work for one core, so its CPU time is what it takes on a machine that does nothing else."""
    with accepting(tmp_path) as acceptor:
        costs = [acceptor.cpu_seconds()]
        for _ in range(2):
            acceptor.kill()
            acceptor.start()
            costs.append(acceptor.cpu_seconds())
    assert min(costs) < 1.5, costs


def test_being_told_to_stop_at_once_stores_what_was_acknowledged(tmp_path):
    """Also when the engine has only begun to start: nothing that was acknowledged waits for the next start."""
    ports = dict(zip(("grpc_port", "http_port", "web_port"), map(str, free_ports(3)), strict=True))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "spanwarden", "up"],
            cwd=tmp_path,
            env=environment(spool_min_free_bytes="0", **ports),
            stdout=log,
            stderr=log,
        )
    url, until = f"http://127.0.0.1:{ports['http_port']}/v1/traces", time.monotonic() + 30
    while True:
        try:
            assert requests.post(url, request(5), headers=PROTOBUF, timeout=2).status_code == 200
            break
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(90) == 0, (tmp_path / "log").read_text()
    assert "Everything that was acknowledged is stored." in (tmp_path / "log").read_text()
    totals = count_store(tmp_path / "data")["totals"]
    assert {sum(by_service.values()) for by_service in totals.values()} == {5}
