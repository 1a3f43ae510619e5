"""Find the commands and offer them to argparse and to Airflow's own command line."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import gennaker.cli
from gennaker.errors import GennakerError


class Command(Protocol):
    """What a module of this package offers."""

    __doc__: str | None

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work; return the exit status."""


def names() -> list[str]:
    """List the commands."""
    modules = (module.name for module in pkgutil.iter_modules(gennaker.cli.__path__))
    return sorted(name for name in modules if not name.startswith("_") and name != "main")


def load(name: str) -> Command:
    """Import one command."""
    return cast("Command", importlib.import_module(f"gennaker.cli.{name}"))


def summary(command: Command) -> str:
    """Return the first line of the command's docstring."""
    return (command.__doc__ or "").strip().partition("\n")[0]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command from a plain command line."""
    parser = argparse.ArgumentParser(prog="gennaker", description=gennaker.__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names():
        command = load(name)
        subparser = subparsers.add_parser(_spelled(name), help=summary(command), description=summary(command))
        command.configure(subparser)
        subparser.set_defaults(call=command.run)
    arguments = parser.parse_args(argv)
    return _guarded(arguments.call, arguments)


def airflow_commands() -> list[Any]:
    """Return the group that `airflow gennaker …` shows (named in the provider info)."""
    from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

    class Arguments(Arg):
        """All arguments of one command, declared by the command itself."""

        def __init__(self, command: Command) -> None:
            self.flags = ("command",)
            self.command = command

        def add_to_parser(self, parser: argparse.ArgumentParser) -> None:
            self.command.configure(parser)

    def action(name: str) -> ActionCommand:
        command = load(name)

        def call(arguments: argparse.Namespace) -> None:
            if status := _guarded(command.run, arguments):
                raise SystemExit(status)

        return ActionCommand(
            name=_spelled(name), help=summary(command), func=call, args=(Arguments(command),)
        )

    return [
        GroupCommand(
            name="gennaker",
            help="Run Spinnaker and CODING pipelines as DAGs",
            subcommands=[action(name) for name in names()],
        )
    ]


def _spelled(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    try:
        return run(arguments)
    except GennakerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
