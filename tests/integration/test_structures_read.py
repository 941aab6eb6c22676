"""Sessions, users, agents, edges, tools and retrieval over the API, from spans that say what must come out."""

import time
from datetime import UTC, datetime

import httpx
import pytest

from analytics.traces.job import Structures
from dashboard.services import Services
from storage.control.store import migrate_control, open_control
from storage.schema import prepare
from tests.integration.traced import Told, agent, model, store, tool
from tests.serving import serving

BEGIN = time.time() - 1800


def talk(number):
    """One turn of a conversation: a planner that asks a model, searches, and hands over to a writer who loops."""
    trace, whose = f"t{number}", {"user": f"user/{number % 2} ü", "session": f"session {number // 2}"}
    at = number * 60_000
    yield Told(trace, "root", "", "POST /ask", at, 1000, "web", "server", "http")
    yield Told(trace, "out", "root", "POST", at + 10, 980, "web", "client", "http")
    yield Told(trace, "in", "out", "handle", at + 20, 900, "agents", "server", "http")
    yield Told(trace, "plan", "in", "plan", at + 25, 890, "agents", says=agent("planner"))
    yield Told(trace, "m1", "plan", "chat", at + 30, 100, "agents", "client", says=model(100, 10, **whose))
    found = {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "handbook"}
    yield Told(trace, "find", "plan", "search", at + 140, 50, "agents", "client", says=found)
    yield Told(trace, "write", "plan", "write", at + 200, 700, "agents", says=agent("writer"))
    for step in range(4):
        said = tool("look_up", '{"q": "same"}')
        failed = number == 0 and step == 0
        yield Told(trace, f"l{step}", "write", "look", at + 210 + 50 * step, 40, "agents", failed=failed, says=said)
    yield Told(trace, "m2", "write", "chat", at + 500, 300, "agents", "client", says=model(200, 50, **whose))


@pytest.fixture(scope="module")
def api(chdb_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("structures")
    migrate_control(f"sqlite:///{folder / 'control.sqlite'}")
    engine, control = chdb_store.sibling("structures_read"), open_control(f"sqlite:///{folder / 'control.sqlite'}")
    prepare(engine)
    store(engine, folder, [span for number in range(6) for span in talk(number)], BEGIN)
    Structures(engine).settle(datetime.now(UTC))
    with serving(Services(engine=engine, control=control)) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client
    engine.close()
    control.close()
    chdb_store.command("DROP DATABASE structures_read SYNC")


def get(api, path, **asked):
    answer = api.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sessions(api):
    found = get(api, "sessions")
    assert [one["session_id"] for one in found["sessions"]] == ["session 2", "session 1", "session 0"]
    last = found["sessions"][-1]
    assert (last["traces"], last["turns"], last["model_calls"], last["tool_calls"], last["users"]) == (2, 2, 4, 8, 2)
    assert (last["tokens_in"], last["tokens_out"], last["errors"], last["failed_traces"]) == (600, 120, 1, 1)
    assert last["duration_ms"] == pytest.approx(61_000)
    assert get(api, "sessions", errors=True)["sessions"] == [last]
    assert get(api, "sessions", user="user/0 ü", sort="cost")["sessions"][0]["users"] == 2


@pytest.mark.parametrize("sort", ["last", "cost", "tokens", "traces", "errors", "duration"])
def test_a_list_goes_on_where_it_ended(api, sort):
    one, seen = get(api, "sessions", sort=sort, limit=1), []
    while True:
        seen += [row["session_id"] for row in one["sessions"]]
        if one["next"] is None:
            break
        one = get(api, "sessions", sort=sort, limit=1, cursor=one["next"])
    assert seen == [row["session_id"] for row in get(api, "sessions", sort=sort)["sessions"]]
    assert len(seen) == 3


def test_one_session_has_its_traces(api):
    found = get(api, "sessions/session 1")
    assert [row["root_name"] for row in found["trace_rows"]] == ["POST /ask"] * 2
    row = found["trace_rows"][0]
    assert (row["spans"], row["depth"], row["roots"], row["complete"]) == (12, 6, 1, True)
    assert row["services"] == ["agents", "web"]
    assert row["agents"] == ["planner", "writer"]
    assert row["critical_ms"] == pytest.approx(1000)
    assert (row["critical_model_ms"], row["critical_tool_ms"], row["critical_retrieval_ms"]) == (400, 160, 50)
    assert api.get("/api/v1/sessions/nobody").status_code == 404


def test_users(api):
    found = get(api, "users", sort="errors")["users"]
    assert [(one["user_id"], one["sessions"], one["traces"], one["errors"]) for one in found] == [
        ("user/0 ü", 3, 3, 1),
        ("user/1 ü", 3, 3, 0),
    ]
    assert len(get(api, "users/user/1 ü")["session_rows"]) == 3
    assert [one["user_id"] for one in get(api, "users", q="/1")["users"]] == ["user/1 ü"]


def test_agents_and_their_graph(api):
    found = get(api, "agents")
    rows = {one["agent"]: one for one in found["agents"]}
    planner, writer = rows["planner"], rows["writer"]
    assert (planner["runs"], planner["model_calls"], planner["retrievals"], planner["tool_calls"]) == (6, 6, 6, 0)
    assert (planner["handoffs_out"], planner["handoffs_in"], writer["handoffs_in"]) == (6, 0, 6)
    assert (writer["tokens_in"], writer["tool_calls"], writer["loops"]) == (1200, 24, 6)
    edges = {
        (one["source"], one["target"]): (one["kind"], one["calls"], one["errors"]) for one in found["graph"]["edges"]
    }
    assert edges == {
        ("agent:planner", "agent:writer"): ("handoff", 6, 0),
        ("agent:planner", "model:gpt-4o"): ("model", 6, 0),
        ("agent:planner", "retrieval:handbook"): ("retrieval", 6, 0),
        ("agent:writer", "model:gpt-4o"): ("model", 6, 0),
        ("agent:writer", "tool:look_up"): ("tool", 24, 1),
    }
    nodes = {one["id"]: one["calls"] for one in found["graph"]["nodes"]}
    assert (nodes["model:gpt-4o"], nodes["agent:writer"]) == (12, 6)


def test_runs_of_an_agent(api):
    first = get(api, "agents/writer/runs", limit=4)
    rest = get(api, "agents/writer/runs", limit=4, cursor=first["next"])
    runs = first["runs"] + rest["runs"]
    assert len({run["span_id"] for run in runs}) == 6
    assert {(run["parent_agent"], run["loop_tool"], run["loop_calls"], run["steps"]) for run in runs} == {
        ("planner", "look_up", 4, 5)
    }
    assert get(api, "agents/planner/runs", loops=True)["runs"] == []


def test_edges_between_services_and_to_models(api):
    found = {(one["caller"], one["callee"]): one for one in get(api, "edges")["edges"]}
    served = found["web", "agents"]
    assert (served["kind"], served["calls"], served["client_mean_ms"], served["server_mean_ms"]) == (
        "call",
        6,
        980,
        900,
    )
    assert (found["agents", "openai"]["calls"], found["agents", "openai"]["server_mean_ms"]) == (12, None)
    assert found["agents", "handbook"]["kind"] == "retrieval"


def test_tools_and_retrieval(api):
    (row,) = get(api, "tools")["tools"]
    assert (row["tool"], row["calls"], row["errors"], row["agents"]) == ("look_up", 24, 1, {"writer": 24})
    assert row["p50_ms"] == pytest.approx(40, rel=0.02)
    assert get(api, "tools", agent="planner")["tools"] == []
    found = get(api, "retrieval", examples="slow")
    assert [(one["source"], one["calls"]) for one in found["retrieval"]] == [("handbook", 6)]
    assert len(found["examples"]) == 6
    assert sum(step["calls"] for step in found["steps"]) == 6


def test_a_wrong_order_is_refused_with_what_there_is(api):
    answer = api.get("/api/v1/users", params={"sort": "age"})
    assert answer.status_code == 400
    assert "cost, tokens" in answer.json()["error"]["message"]
