"""What a person sees while a pipeline runs, and the service that the demo deploys to."""

from __future__ import annotations

import io

import httpx
import pytest

from gennaker.cli.up import ports
from gennaker.cli.up.health import wait_for
from gennaker.cli.up.launch import _parameters
from gennaker.cli.up.target import serve
from gennaker.cli.up.terminal import Row, Terminal
from gennaker.errors import GennakerError

RUNNING = [Row("Deploy", "running", 1.0), Row("Tell the team", "waiting")]
DONE = [Row("Deploy", "success", 2.0, "SUCCEEDED"), Row("Tell the team", "awaiting_input", 0.1)]


def test_a_file_gets_a_line_for_each_change() -> None:
    output = io.StringIO()
    terminal = Terminal(output)

    terminal.show(RUNNING)
    terminal.show(RUNNING)
    terminal.show(DONE)

    lines = [line.split(" s  ", 1)[1].split() for line in output.getvalue().splitlines()]
    assert lines == [
        ["Deploy", "running", "1.0", "s"],
        ["Tell", "the", "team", "waiting"],
        ["Deploy", "success", "2.0", "s", "SUCCEEDED"],
        ["Tell", "the", "team", "awaiting", "input", "0.1", "s"],
    ]


def test_a_terminal_is_redrawn_in_place() -> None:
    output = io.StringIO()
    terminal = Terminal(output, live=True)

    terminal.show(RUNNING)
    terminal.show(DONE)
    terminal.say("a line of its own")
    terminal.show(DONE)

    assert output.getvalue().count("\x1b[2A") == 1


def test_parameters_are_split_as_a_shell_would() -> None:
    assert _parameters("version=1.2 note='two words' empty= url=http://x/?a=b") == {
        "version": "1.2",
        "note": "two words",
        "empty": "",
        "url": "http://x/?a=b",
    }


def test_a_parameter_without_a_value_is_named() -> None:
    with pytest.raises(GennakerError, match="got 'version' as a parameter"):
        _parameters("version 1.2")


def test_the_demo_service_finishes_a_deployment() -> None:
    with serve(ports.choose()) as service, httpx.Client(trust_env=False) as http:
        started = http.post(service.url, json={"image": "shop:1"})
        assert started.status_code == 201
        assert started.json()["status"] == "RUNNING"
        assert started.json()["request"] == {"image": "shop:1"}

        status_url = started.json()["statusUrl"]
        wait_for(lambda: http.get(status_url).json()["status"] == "SUCCEEDED", timeout=30, what="the end")

        assert http.get(f"{service.url}/7").status_code == 404
        assert http.post(service.url, content=b"{").status_code == 400
