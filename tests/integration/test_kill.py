"""Kill -9 both real processes at random moments under the load of real SDKs: what was acknowledged counts once."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from collector.spool import waiting_segments
from tests.integration.accepting import free_ports
from tests.integration.killing import (
    Batch,
    batches,
    children,
    count_store,
    gaps,
    kill,
    sending,
    supervisor_of,
)
from tests.integration.upright import up

KILLS = 22


def run(folder: Path, seed: int, kills: int) -> tuple[Path, list[Batch], list[tuple[str, float]]]:
    """Run, send, kill; return the data directory of the stopped Spanwarden, the batches, and when what was killed."""
    source = random.Random(seed)
    grpc, http, web = free_ports(3)
    killed = []
    with up(folder, GRPC_PORT=str(grpc), HTTP_PORT=str(http), WEB_PORT=str(web)) as running:
        supervisor = supervisor_of(running.data_dir)
        doors = {"grpc": running.grpc, "http": running.http}
        with sending(folder, doors, each=2) as logs:
            time.sleep(2)
            for role, pause in gaps(source, kills):
                time.sleep(pause)
                killed.append((role, kill(supervisor, role)))
            time.sleep(2)
        data_dir = running.data_dir
        # What came while no engine was up is many small segments of three signals, each with its own statement.
        until = time.monotonic() + 150
        while waiting_segments(data_dir / "spool") and time.monotonic() < until:
            time.sleep(0.2)
    return data_dir, batches(logs), killed


@pytest.mark.slow
def test_every_acknowledged_item_of_each_signal_counts_once_whatever_is_killed(tmp_path: Path) -> None:
    seed = int(os.environ.get("SPANWARDEN_TEST_SEED", "0")) or random.randrange(1, 1 << 30)
    print(f"seed {seed}")  # noqa: T201 (pytest shows it when the test fails)
    data_dir, sent, killed = run(tmp_path, seed, KILLS)
    acked = [batch for batch in sent if batch.acked]
    assert len(killed) >= 20
    assert len(acked) > 500
    assert {Path(log).stem for log in tmp_path.glob("*.log")} >= {"grpc-0", "grpc-1", "http-0", "http-1"}
    assert not list((data_dir / "spool" / "closed").iterdir())
    assert not list((data_dir / "spool" / "quarantine").iterdir())

    counted = count_store(data_dir)
    for kind, tables in counted["items"].items():
        assert sum(batch.signal == kind for batch in acked) > 50
        for table, stored in tables.items():
            for batch in (batch for batch in sent if batch.signal == kind):
                once = [batch.items, batch.items]
                allowed = [once] if batch.acked else [[0, 0], once]
                assert stored.get(batch.name, [0, 0]) in allowed, (seed, table, batch)
    totals = counted["totals"]
    assert totals["llm_calls"] == totals["calls_1m"] == totals["spans_1m"] == totals["otel_traces"]
    items = {kind: sum(batch.items for batch in acked if batch.signal == kind) for kind in counted["items"]}
    _acknowledged_while_the_engine_was_down(acked, killed)
    print(f"{len(killed)} kills; acknowledged {items} of {sum(b.items for b in sent)} items sent")  # noqa: T201


def _acknowledged_while_the_engine_was_down(acked: list[Batch], killed: list[tuple[str, float]]) -> None:
    """No engine is back within a second of its kill; the acceptor answers in that second unless it was killed too."""
    windows = 0
    for role, at in killed:
        if role == "engine" and not any(r == "acceptor" and at - 4 < when < at + 1 for r, when in killed):
            windows += 1
            assert any(at < batch.at < at + 1 for batch in acked), (at, killed)
    assert windows, "no engine was killed while the acceptor was up: choose another seed"


@pytest.mark.slow
def test_a_stopped_engine_does_not_stop_acknowledgements(tmp_path: Path) -> None:
    grpc, http, web = free_ports(3)
    with up(tmp_path, GRPC_PORT=str(grpc), HTTP_PORT=str(http), WEB_PORT=str(web)) as running:
        engine = children(supervisor_of(running.data_dir))["engine"]
        with sending(tmp_path, {"grpc": running.grpc, "http": running.http}) as logs:
            time.sleep(3)
            os.kill(engine, signal.SIGSTOP)
            stopped = time.time()
            try:
                time.sleep(5)
            finally:
                os.kill(engine, signal.SIGCONT)
            going = time.time()
        sent = batches(logs)
        meanwhile = sorted(batch.seconds for batch in sent if stopped + 0.5 < batch.at < going)
        assert len(meanwhile) > 50
        assert meanwhile[len(meanwhile) // 2] < 0.25
        assert all(batch.acked for batch in sent)
        spans = sum(batch.items for batch in sent if batch.signal == "traces")
        running.await_stored(spans, 60)
    totals = count_store(running.data_dir)["totals"]
    assert {sum(by_service.values()) for by_service in totals.values()} == {spans}
