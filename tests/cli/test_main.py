"""How commands are found, and both ways to call them."""

from __future__ import annotations

import argparse

import pytest

from gennaker.cli import main
from gennaker.errors import GennakerError


@pytest.mark.parametrize("name", main.names())
def test_every_command_says_in_one_line_what_it_does(name: str) -> None:
    command = main.load(name)
    parser = argparse.ArgumentParser()

    command.configure(parser)

    assert main.summary(command).endswith((".", "?", "(`make run`)."))
    assert callable(command.run)


def test_both_command_lines_offer_the_same() -> None:
    (group,) = main.airflow_commands()

    assert [command.name for command in group.subcommands] == [n.rstrip("_") for n in main.names()]


def test_airflow_parses_our_arguments() -> None:
    from airflow.cli import cli_parser

    parser = argparse.ArgumentParser()
    groups = parser.add_subparsers()
    for group in main.airflow_commands():
        cli_parser._add_command(groups, group)

    parsed = parser.parse_args(["gennaker", "up", "--once", "--params", "a=b"])

    assert parsed.once is True
    assert parsed.params == "a=b"


def test_an_error_of_ours_is_one_line_and_a_status(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        raise GennakerError("no", path="$.stages", hint="do this")

    assert main._guarded(fail, argparse.Namespace()) == 1
    assert capsys.readouterr().err == "error: $.stages: no (do this)\n"
