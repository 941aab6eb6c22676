import json
import os

import pytest

from spanwarden.settings import SettingsError, load_settings

TOKENS = {"acme": "correct-horse", "other": 'battery, "staple"'}


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No setting of this machine's, and a working directory without a file."""
    for name in [name for name in os.environ if name.startswith("SPANWARDEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_flag_before_environment_before_file_before_default(tmp_path, monkeypatch):
    assert load_settings().web_port == 8600
    (tmp_path / "spanwarden.toml").write_text("web_port = 1\ngrpc_port = 1\nhttp_port = 1\n")
    monkeypatch.setenv("SPANWARDEN_WEB_PORT", "2")
    monkeypatch.setenv("SPANWARDEN_GRPC_PORT", "2")
    settings = load_settings(web_port=3, grpc_port=None)
    assert (settings.web_port, settings.grpc_port, settings.http_port) == (3, 2, 1)
    assert settings.retention_days == 365


def test_another_file_can_be_named(tmp_path, monkeypatch):
    (tmp_path / "spanwarden.toml").write_text("web_port = 1\n")
    (tmp_path / "other.toml").write_text("web_port = 2\n")
    monkeypatch.setenv("SPANWARDEN_CONFIG", str(tmp_path / "other.toml"))
    assert load_settings().web_port == 2


@pytest.mark.parametrize(
    ("toml", "variables", "said"),
    [
        ("webport = 1", {}, "webport is no setting"),
        ("[colour]\nred = 1", {}, "colour is no setting"),
        ("web_port = 'x'", {}, "web_port: .*flag --web-port, SPANWARDEN_WEB_PORT or spanwarden.toml"),
        ("web_port = ", {}, "spanwarden.toml: "),
        ("web_port = 70000", {}, "web_port: .*65535"),
        ("max_body_mib = 65", {}, "max_body_mib: .*64"),
        ("", {"GRPC_PORT": "-1"}, "grpc_port: "),
        ("", {"HOST": "0.0.0.0"}, "demands a token"),
        ("", {"HOST": "::"}, "demands a token"),
        ("", {"HOST": "collector.example"}, "demands a token"),
        ("", {"WEB_HOST": "0.0.0.0"}, "loopback address only"),
        ("", {"WEB_HOST": "::", "INGEST_TOKENS": '{"a": "b"}'}, "loopback address only"),
        ("", {"INGEST_TOKENS": "hunter2"}, "INGEST_TOKENS must be JSON"),
        ("", {"INGEST_TOKENS": '["hunter2"]'}, "ingest_tokens: "),
        ("[[schedules]]\nid = 'x'\ncron = '61 * * * *'", {}, "schedules.0"),
        ("[[schedules]]\nid = 'x'\ncron = '* * * * *'\ncolour = 'red'", {}, "schedules.0.colour"),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_is(tmp_path, monkeypatch, toml, variables, said):
    (tmp_path / "spanwarden.toml").write_text(toml)
    for name, value in variables.items():
        monkeypatch.setenv(f"SPANWARDEN_{name}", value)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_every_mistake_is_told_at_once(tmp_path):
    (tmp_path / "spanwarden.toml").write_text("web_port = 'x'\nretention_days = 0\nwebport = 1\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert len(str(caught.value).splitlines()) == 3


def test_with_a_token_otlp_may_listen_for_others(monkeypatch):
    monkeypatch.setenv("SPANWARDEN_INGEST_TOKENS", json.dumps(TOKENS))
    assert load_settings(host="0.0.0.0").host == "0.0.0.0"
    assert load_settings(host="127.0.0.2").host == "127.0.0.2"


def test_a_child_process_gets_exactly_these_settings(tmp_path, monkeypatch):
    (tmp_path / "spanwarden.toml").write_text(
        "web_port = 1\n[[schedules]]\nid = 'nightly'\ncron = '0 3 * * *'\ntimezone = 'Europe/Berlin'\n"
    )
    monkeypatch.setenv("SPANWARDEN_INGEST_TOKENS", json.dumps(TOKENS))
    monkeypatch.setenv("SPANWARDEN_KEY_SHOP", "6d61726b")
    given = load_settings(data_dir="here", host="0.0.0.0")
    environment = given.child_environment()
    for name in [name for name in os.environ if name.startswith("SPANWARDEN_")]:
        monkeypatch.delenv(name)
    (tmp_path / "spanwarden.toml").write_text("web_port = 2\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given
    assert os.environ["SPANWARDEN_KEY_SHOP"] == "6d61726b"


def test_secrets_are_not_in_what_is_printed(monkeypatch):
    monkeypatch.setenv("SPANWARDEN_INGEST_TOKENS", json.dumps(TOKENS))
    settings = load_settings()
    assert "correct-horse" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_paths_hold_wherever_a_process_works(tmp_path, monkeypatch):
    monkeypatch.setenv("SPANWARDEN_CONTROL_URL", "sqlite:///control.sqlite")
    settings = load_settings(data_dir="here", policies_dir="rules")
    assert (settings.data_dir, settings.policies_dir) == (tmp_path / "here", tmp_path / "rules")
    assert settings.control == f"sqlite:///{tmp_path / 'control.sqlite'}"
    monkeypatch.setenv("SPANWARDEN_CONTROL_URL", "postgresql+psycopg://app@db/spanwarden")
    assert load_settings().control == "postgresql+psycopg://app@db/spanwarden"
