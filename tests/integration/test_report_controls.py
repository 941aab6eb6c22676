"""Each control is fully evidenced by a sound store, and its label falls when its evidence is taken away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.bundle import PolicySet
from policies.reports.make import make_report, report_files
from policies.reports.model import Period
from spanwarden.circumstances import look
from storage.control.models import IncidentState
from storage.control.store import migrate_control, open_control
from storage.retention import keep_days
from storage.tables.governance import INCIDENTS
from tests.integration.evidenced import A_MINUTE, END, NOW, START, evidenced, unmarked

CONTROLS = ("eu-ai-act:12", "eu-ai-act:15", "eu-ai-act:19", "eu-ai-act:50.2", "gdpr:25", "gdpr:32")
HOUR = timedelta(hours=1)
SILENT = START + timedelta(days=2, hours=7)


@pytest.fixture
def control(tmp_path):
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    migrate_control(url)
    opened = open_control(url)
    yield opened
    opened.close()


@pytest.fixture
def house(engine, control, tmp_path, monkeypatch):
    monkeypatch.setenv("SPANWARDEN_CONFIG", "/dev/null")
    made = evidenced(engine, control, tmp_path)
    made.fill()
    return made


def made(house, start=START, end=END):
    period = Period(start, end, NOW)
    seen = look(house.engine, house.control, house.policies, house.settings, period)
    return make_report("eu-ai-act", "run", house.engine, house.policies, seen, period, lambda: NOW)


def control_of(house, control_id, **period):
    return next(one for one in made(house, **period).controls if one.id == control_id)


def failing(control):
    return [one.text for one in control.conditions if one.holds is not True]


def delete(house, table, condition):
    house.engine.command(f"ALTER TABLE {table} DELETE WHERE {condition}", settings={"mutations_sync": 2})


def the_hour(column, at):
    return f"{column} >= toDateTime({int(at.timestamp())}) AND {column} < toDateTime({int((at + HOUR).timestamp())})"


def test_a_sound_store_is_fully_evidenced_and_its_page_holds_no_prompt(house):
    report = made(house)
    assert {one.id: (one.label, failing(one)) for one in report.controls} == {name: ("fully", []) for name in CONTROLS}
    page = report_files(report)["report.html"].decode()
    assert "lovelace" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    for one in report.controls:
        known = {query.id for query in one.queries}
        cited = {name for thing in (*one.conditions, *one.figures, *one.charts, *one.tables) for name in thing.queries}
        assert cited <= known
        assert known
    assert [one.id for one in report.controls if not any(one.traces.values())] == ["eu-ai-act:19", "gdpr:32"]


def test_record_keeping_falls_with_a_deleted_hour(house):
    delete(house, "otel_traces", the_hour("Timestamp", SILENT))
    found = control_of(house, "eu-ai-act:12")
    assert found.label == "partly"
    assert failing(found) == [
        "No hour is silent in which records were expected",
        "Every record that was counted on its way in is still stored",
    ]
    assert found.traces["around silence"]
    # Without its count the hour is still missed: its like on other days, and its neighbours, had records.
    delete(house, "spans_1m", the_hour("minute", SILENT))
    assert failing(control_of(house, "eu-ai-act:12"))[0] == "No hour is silent in which records were expected"


def test_record_keeping_falls_with_what_was_promised_or_set_aside(house):
    house.sent += 7
    house.load([house.request(NOW - timedelta(hours=1))])
    assert failing(control_of(house, "eu-ai-act:12")) == ["Every span that was acknowledged is accounted for"]
    quarantine = house.settings.spool_dir / "quarantine"
    (quarantine / "x.json").write_text('{"reason": "refused", "spans": 7}')
    as_now = look(house.engine, house.control, house.policies, house.settings, Period(START, NOW + HOUR, NOW))
    assert (as_now.quarantined, as_now.quarantined_in_period) == ({"refused": 7}, 7)


def test_record_keeping_and_robustness_are_not_evidenced_without_records(house):
    empty = made(house, start=START - timedelta(days=20), end=START - timedelta(days=15))
    labels = {one.id: one.label for one in empty.controls}
    assert labels["eu-ai-act:12"] == labels["eu-ai-act:15"] == labels["eu-ai-act:50.2"] == labels["gdpr:25"] == "not"
    assert "nothing of this kind is stored" in report_files(empty)["report.html"].decode()


def test_robustness_falls_with_its_detectors_and_its_evaluations(house):
    house.engine.command("TRUNCATE TABLE marks")
    assert failing(control_of(house, "eu-ai-act:15")) == ["The detectors have looked at every call of the period"]
    delete(house, "otel_traces", "has(`Events.Name`, 'gen_ai.evaluation.result')")
    assert "Accuracy is measured: results of evaluations are recorded" in failing(control_of(house, "eu-ai-act:15"))


def test_robustness_falls_with_a_critical_incident_that_nobody_took_up(house):
    at = END - timedelta(hours=5)
    title = "<script>alert(1)</script> gpt-4o fails"
    row = ["i1", "default", "open", "critical", "failures", title, {}, at, at + A_MINUTE, at, None, "{}", 0, 1]
    house.engine.insert("incidents", [row], list(INCIDENTS), token="one")
    report = made(house)
    found = report.controls[1]
    assert (found.label, len(failing(found))) == ("partly", 1)
    page = report_files(report)["report.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; gpt-4o fails" in page
    with house.control.begin() as session:
        session.add(IncidentState(incident_id="i1", state="acknowledged", at=NOW))
    assert control_of(house, "eu-ai-act:15").label == "fully"


def test_kept_logs_fall_with_a_short_retention_and_with_deleted_days(house):
    delete(house, "otel_traces", f"toDate(Timestamp) <= '{(START + timedelta(days=1)).date()}'")
    found = control_of(house, "eu-ai-act:19")
    assert found.label == "partly"
    assert failing(found) == [
        "The oldest log is six months old, or as old as the system",
        "No row of the last six months was lost or deleted",
        "The store knows of no statement that deleted rows",
    ]
    keep_days(house.engine, 30)
    found = control_of(house, "eu-ai-act:19")
    assert found.label == "not"
    assert "30 days" in found.verdict


def test_marking_falls_when_it_is_off_and_with_unmarked_outputs(house):
    house.load([house.request(END - 3 * HOUR + n * A_MINUTE, ids=ids) for n, ids in enumerate(unmarked(40))])
    # The job that raises findings has not run again: the shortfall alone says it, once it is beyond chance.
    delete(house, "policy_decisions", f"verdict = 'present' AND at < toDateTime({int((END - 4 * HOUR).timestamp())})")
    found = control_of(house, "eu-ai-act:50.2", start=END - 4 * HOUR)
    assert found.label == "partly"
    assert failing(found) == ["No more outputs lack a mark than a detector misses"]
    assert "40 lack it" in next(one.observed for one in found.conditions if one.holds is False)
    assert len(found.traces["without a mark"]) == 3
    assert "Every output that should be judged was judged" in failing(control_of(house, "eu-ai-act:50.2"))
    house.policies = PolicySet(privacy=house.policies.privacy)
    found = control_of(house, "eu-ai-act:50.2")
    assert (found.label, found.verdict) == ("not", "No marking policy is in force.")


def test_data_protection_and_security_fall_with_unredacted_spans(house):
    house.load([house.request(END - HOUR + n * A_MINUTE) for n in range(20)], redacted=False)
    found, secure = control_of(house, "gdpr:25"), control_of(house, "gdpr:32")
    assert (found.label, secure.label) == ("partly", "partly")
    assert failing(found) == [
        "Every span was masked in the statement that stored it",
        "A back-scan of a sample finds nothing left to mask",
    ]
    assert "20 spans of" in found.conditions[-1].observed
    kinds = {row[0]: row[3] for row in found.tables[0].rows}
    assert (kinds["email"], kinds["api_key"], kinds["iban"]) == ("20", "20", "0")
    assert len(found.traces["left by the scan"]) == 3
    assert failing(secure) == [
        "Every span was stored under an enforced policy",
        "A back-scan of a sample finds no secret",
    ]


def test_data_protection_and_security_are_not_evidenced_with_redaction_off(house):
    off = PolicySet(tuple(replace(one, mode="off") for one in house.policies.privacy), house.policies.marking)
    house.policies = off
    labels = {one.id: one.label for one in made(house).controls}
    assert (labels["gdpr:25"], labels["gdpr:32"]) == ("not", "not")


def test_security_falls_with_an_open_spool(house):
    house.settings.spool_dir.chmod(0o755)
    found = control_of(house, "gdpr:32")
    assert (found.label, failing(found)) == ("partly", ["Data, spool and keys are closed to other users"])
    assert found.conditions[-1].observed == "spool can be read by others"


def test_a_sample_is_scanned_of_a_large_store(house, monkeypatch):
    monkeypatch.setattr("policies.reports.controls.stored_text.SAMPLE", 200)
    found = control_of(house, "gdpr:25")
    scanned = next(one for one in found.figures if one.name == "scanned again")
    assert 120 < int(scanned.value) < 300
    assert found.label == "fully"
