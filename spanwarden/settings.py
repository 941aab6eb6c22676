"""All settings in one typed, frozen object. This is the one place that reads the environment.

A setting is taken from the command's flag, else from the environment (``SPANWARDEN_WEB_PORT``), else from
``spanwarden.toml`` in the working directory (or the file that ``SPANWARDEN_CONFIG`` names), else from its default.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as SourceError

from spanwarden.cron import Cron

CONFIG_FILE = "spanwarden.toml"
PREFIX = "SPANWARDEN_"
# What else is read from the environment: which file, secrets that policies name, who supervises us; and for the tests.
NOT_SETTINGS = ("CONFIG", "KEY_", "SUPERVISOR_PID", "TEST_")


class SettingsError(Exception):
    """A setting cannot be used; the message names it, where it can be set, and what it takes."""


class Schedule(BaseModel):
    """A report on a schedule: ``[[schedules]]`` in ``spanwarden.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    report: str = "eu-ai-act"
    cron: str
    timezone: str = "UTC"
    window: Literal["hour", "day", "week", "month"] = "day"

    @model_validator(mode="after")
    def _can_fire(self) -> Schedule:
        Cron.parse(self.cron, self.timezone)
        return self


class Settings(BaseSettings):
    """What a running Spanwarden needs to know. Ports 0 mean any free port (for tests)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_nested_delimiter="__")

    data_dir: Path = Path("data")
    store_url: str = Field("", repr=False)  # an address can hold a password
    control_url: str = Field("", repr=False)
    host: str = "127.0.0.1"
    grpc_port: int = Field(4317, ge=0, le=65535)
    http_port: int = Field(4318, ge=0, le=65535)
    web_port: int = Field(8600, ge=0, le=65535)
    web_host: str = "127.0.0.1"
    ingest_tokens: dict[str, SecretStr] = Field(default_factory=dict)
    policies_dir: Path | None = None
    prices_file: Path | None = None
    mappings_file: Path | None = None
    budgets_file: Path | None = None
    schedules: tuple[Schedule, ...] = ()
    retention_days: int = Field(365, ge=1)
    spool_max_bytes: int = Field(20 * 1024**3, ge=64 * 1024**2)
    spool_min_free_bytes: int = Field(1024**3, ge=0)
    max_body_mib: int = Field(20, ge=1, le=64)

    @field_validator("data_dir", "policies_dir", "prices_file", "mappings_file", "budgets_file", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @field_validator("control_url", mode="after")
    @classmethod
    def _absolute_file(cls, value: str) -> str:
        """The processes work in another folder than the command."""
        path = value.removeprefix("sqlite:///")
        return f"sqlite:///{Path(path).absolute()}" if path != value and path and path != ":memory:" else value

    @field_validator("web_host")
    @classmethod
    def _loopback_only(cls, value: str) -> str:
        if not is_loopback(value):
            raise ValueError("the web has no login yet, so it binds a loopback address only, such as 127.0.0.1")
        return value

    @field_validator("ingest_tokens")
    @classmethod
    def _not_empty(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if any(not token.get_secret_value().strip() for token in value.values()):
            raise ValueError("a token must not be empty")
        return value

    @model_validator(mode="after")
    def _others_need_a_token(self) -> Settings:
        if not is_loopback(self.host) and not self.ingest_tokens:
            raise ValueError(
                f"OTLP on {self.host} can be reached by others, so it demands a token: set ingest_tokens, such as"
                ' SPANWARDEN_INGEST_TOKENS=\'{"default": "a long random text"}\''
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flag, then environment, then file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    @property
    def spool_dir(self) -> Path:
        """Where accepted requests wait for the engine."""
        return self.data_dir / "spool"

    @property
    def reports_dir(self) -> Path:
        """Where report runs are kept."""
        return self.data_dir / "reports"

    @property
    def secrets_dir(self) -> Path:
        """Where keys made at first run lie, readable by the owner alone."""
        return self.data_dir / "secrets"

    @property
    def store(self) -> str:
        """The telemetry store's address; embedded under the data directory unless one is set."""
        return self.store_url or f"chdb://{self.data_dir / 'chdb'}"

    @property
    def control(self) -> str:
        """The control plane's address; SQLite under the data directory unless one is set."""
        return self.control_url or f"sqlite:///{self.data_dir / 'control.sqlite'}"

    @property
    def embedded(self) -> bool:
        """Whether the engine runs in our own process."""
        return urlsplit(self.store).scheme == "chdb"

    def child_environment(self) -> dict[str, str]:
        """The environment that gives a child process exactly these settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
        secrets = {name: value for name, value in os.environ.items() if name.startswith("SPANWARDEN_KEY_")}
        given = self.model_dump(mode="json", exclude={"ingest_tokens"}, exclude_none=True)
        tokens = {tenant: token.get_secret_value() for tenant, token in self.ingest_tokens.items()}
        texts = {
            f"SPANWARDEN_{name.upper()}": _text(value) for name, value in {**given, "ingest_tokens": tokens}.items()
        }
        return {**inherited, **secrets, **texts, "SPANWARDEN_CONFIG": os.devnull}


def load_settings(**flags: object) -> Settings:
    """Read all sources; a flag that is None was not given. Raises SettingsError with every problem at once."""
    given = {name: value for name, value in flags.items() if value is not None}
    if strangers := _unknown_names():
        raise SettingsError("\n".join(f"{name} is no setting; see docs/configuration.md" for name in strangers))
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(problem) for problem in error.errors())) from None
    except SourceError as error:
        # Its text may be chained to the value itself, which may be a secret.
        raise SettingsError(_explain_source(str(error))) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config_file()}: {error}") from None


def _unknown_names() -> list[str]:
    """Return the names in the environment that look like settings and are none, most often misspelled ones."""
    fields = {name.upper() for name in Settings.model_fields}
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    return [
        name
        for name in names
        if name.removeprefix(PREFIX).partition("__")[0] not in fields
        and not name.removeprefix(PREFIX).startswith(NOT_SETTINGS)
    ]


def environment_secret(name: str) -> str | None:
    """Return a secret that a policy names with ``from_env``; None when it is not set."""
    return os.environ.get(name)


def supervisor_pid() -> int | None:
    """The process that started us and that we end with; None when nobody supervises us."""
    text = os.environ.get("SPANWARDEN_SUPERVISOR_PID", "")
    return int(text) if text.isdigit() else None


def config_file() -> Path:
    """The TOML file in use; it need not exist."""
    return Path(os.environ.get("SPANWARDEN_CONFIG", CONFIG_FILE))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explain(problem: Any) -> str:  # noqa: ANN401 (pydantic's mapping)
    name = ".".join(str(part) for part in problem["loc"])
    message = re.sub(r"^Value error, ", "", problem["msg"])
    if not name:
        return message
    if problem["type"] == "extra_forbidden":
        return f"{name} is no setting; see docs/configuration.md"
    root = str(problem["loc"][0])
    return f"{name}: {message} (flag --{root.replace('_', '-')}, SPANWARDEN_{root.upper()} or {config_file().name})"


def _explain_source(message: str) -> str:
    found = re.search(r'field "(\w+)"', message)
    if found is None:
        return "a setting of the environment cannot be read"
    return f"{found[1]}: SPANWARDEN_{found[1].upper()} must be JSON"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
