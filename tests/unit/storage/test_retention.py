from datetime import UTC, datetime, timedelta

from storage.retention import AGED, keep_days


def test_rows_past_their_time_go_and_others_stay(engine):
    keep_days(engine, 30)
    now = datetime.now(UTC).replace(microsecond=0)
    for age in (1, 29, 45):
        engine.insert(
            "spans_1m",
            [["default", now - timedelta(days=age), "chat", "Client", "Ok", 1]],
            ["tenant", "minute", "service", "span_kind", "status", "spans"],
            token=f"t{age}",
        )
    engine.command("OPTIMIZE TABLE spans_1m FINAL")
    kept = engine.query("SELECT dateDiff('day', minute, now()) FROM spans_1m ORDER BY 1").rows
    assert [row[0] for row in kept] == [1, 29]


def test_every_table_of_telemetry_says_how_long_it_keeps(engine):
    keep_days(engine, 30)
    keep_days(engine, 90)
    for table in AGED:
        text = engine.query(
            "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {t:String}",
            {"t": table},
        ).rows[0][0]
        assert "toIntervalDay(90)" in text
        assert "toIntervalDay(30)" not in text
