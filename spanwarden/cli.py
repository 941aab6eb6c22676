"""The command line. A command's module is imported only when it runs, so that ``--help`` answers at once.

Exit codes: 0 done; 1 the answer is no (a policy is wrong, a signature does not hold, a check failed); 2 the command was
used wrongly; 69 what is needed does not answer; 78 a setting cannot be used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version

import click

from collector.errors import PortTaken
from policies.errors import PolicyErrors
from spanwarden.settings import SettingsError
from storage.errors import StoreError, StoreLocked, StoreUnavailable

NO, UNAVAILABLE, CONFIGURATION = 1, 69, 78

# name -> (module:attribute, what it does)
COMMANDS = {
    "up": ("spanwarden.commands.up:up", "Run everything here: OTLP in, store, detection, policies, web."),
    "demo": ("spanwarden.commands.demo:demo", "Run it on generated traffic with planted faults and an answer key."),
    "doctor": ("spanwarden.commands.doctor:doctor", "Check this machine, the settings and what is running."),
    "policy": ("spanwarden.commands.policy:policy", "Check policy files."),
    "mapping": ("spanwarden.commands.mapping:mapping", "Check a file of mappings for your own dialect of spans."),
    "prices": ("spanwarden.commands.prices:prices", "Check a file of own prices."),
    "reprice": ("spanwarden.commands.reprice:reprice", "Price stored calls again; shows the difference first."),
    "report": ("spanwarden.commands.report:report", "Make a compliance report."),
    "verify": ("spanwarden.commands.verify:verify", "Check the signature of a report, offline."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and one line, and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("spanwarden"), prog_name="spanwarden")
def spanwarden() -> None:
    """See and govern every prompt of your LLM apps.

    `spanwarden up` receives OpenTelemetry traces, stores them, watches them and shows them at http://127.0.0.1:8600.
    Every setting is taken from a flag, else from the environment (SPANWARDEN_WEB_PORT), else from spanwarden.toml.
    """


def main() -> None:
    """Run the command line; an expected failure is one clear text and an exit code, never a traceback."""
    try:
        spanwarden(prog_name="spanwarden")
    except (SettingsError, PortTaken, PolicyErrors) as error:
        _fail(str(error), CONFIGURATION)
    except StoreLocked as error:
        _fail(str(error), UNAVAILABLE)
    except StoreUnavailable as error:
        _fail(f"{error}\nTry again, or run `spanwarden doctor`.", UNAVAILABLE)
    except StoreError as error:
        _fail(str(error), NO)


def _fail(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)
