"""Flags that several commands share; each has the name of its setting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Where everything is kept.  [default: ./data]"
)
policies_dir = click.option(
    "--policies-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder of your policy files (YAML)."
)


def serving(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags of commands that open ports."""
    for option in reversed(
        (
            data_dir,
            policies_dir,
            click.option("--grpc-port", type=int, help="OTLP/gRPC port.  [default: 4317]"),
            click.option("--http-port", type=int, help="OTLP/HTTP port.  [default: 4318]"),
            click.option("--web-port", type=int, help="Port of the web and the API.  [default: 8600]"),
            click.option(
                "--host", help="Address that OTLP listens on; beyond loopback it demands a token.  [default: 127.0.0.1]"
            ),
        )
    ):
        command = option(command)
    return command
