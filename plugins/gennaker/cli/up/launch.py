"""What ``make run`` does, from the first line in the terminal to the end of the last process."""

from __future__ import annotations

import argparse
import shlex
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from gennaker import __version__
from gennaker.cli.up import ports, store
from gennaker.cli.up.follow import Follower
from gennaker.cli.up.stack import Stack
from gennaker.cli.up.target import serve
from gennaker.cli.up.terminal import Terminal
from gennaker.errors import GennakerError

DEMO = "demo.release"
# The default of the demo's parameter `service`, so that it can be started again in the browser.
_SERVICE_PORT = 8199
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def launch(arguments: argparse.Namespace) -> int:
    """Start everything, run the pipeline, stay up until Ctrl-C."""
    terminal = Terminal()
    terminal.say(f"Gennaker {__version__} starts Airflow in {arguments.home}")
    parameters = _parameters(arguments.params)
    given = Path(arguments.pipeline) if arguments.pipeline else None
    if given:
        store.read(given)  # a mistake in it is told before anything starts
    is_demo = given is None
    stack = Stack(
        arguments.home,
        dags=Path("dags"),
        managed=True,
        # Only the demo calls something on this machine.
        extra={("gennaker", "allow_loopback"): str(is_demo)},
        port=arguments.port,
        report=terminal.step,
    )
    judge = arguments.judge or ("continue" if is_demo else "")
    with _interruptible(), serve(ports.choose(_SERVICE_PORT)) as service:
        if is_demo:
            parameters.setdefault("service", service.url)
        try:
            with stack, _uninterrupted_end():
                dag_id = _fill(stack, terminal, given)
                _introduce(stack, terminal)
                state = _run(stack, terminal, dag_id=dag_id, parameters=parameters, judge=judge)
                if not arguments.once:
                    _stay(stack, terminal)
        except KeyboardInterrupt:
            terminal.say("Everything has ended.")
            return 0 if not arguments.once else 130
    return 0 if state == "success" else 1


def _parameters(text: str) -> dict[str, str]:
    found = {}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if not equals:
            raise GennakerError(f"got {word!r} as a parameter", hint="write PARAMS='name=value other=value'")
        found[name] = value
    return found


def _fill(stack: Stack, terminal: Terminal, given: Path | None) -> str:
    """Put pipelines into the store; return the DAG id of the one to run."""
    api = stack.api("pipeline-admin")
    try:
        made = store.fill(api, Path("pipeline_specs"))
        terminal.step(f"{made} new pipelines" if made else "pipelines")
        return store.put(api, given) if given else DEMO
    finally:
        api.close()


def _introduce(stack: Stack, terminal: Terminal) -> None:
    terminal.say(f"\nAirflow is up: {stack.base_url}\n")
    for login in stack.logins.values():
        terminal.say(f"  {login.name:<15} {login.password:<18} {login.role}")
    terminal.say()


def _run(stack: Stack, terminal: Terminal, *, dag_id: str, parameters: dict[str, str], judge: str) -> str:
    api = stack.api("deployer")
    try:
        api.wait_dag(dag_id, timeout=90)
        run_id = api.trigger(dag_id, parameters)
        terminal.say(f"Pipeline {dag_id}: {stack.base_url}/dags/{dag_id}/runs/{run_id}\n")
        follower = Follower(api, terminal, dag_id=dag_id, run_id=run_id, judge=judge)
        state = follower.follow(check=stack.processes.check)
    finally:
        api.close()
    terminal.say(f"\nThe pipeline ended: {state}")
    return state


def _stay(stack: Stack, terminal: Terminal) -> None:
    terminal.say(f"\nAirflow stays up at {stack.base_url} until Ctrl-C.")
    while True:
        stack.processes.check()
        time.sleep(1)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the signals that end a terminal or a job end us in order, and only the first of them."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)
    yield


@contextmanager
def _uninterrupted_end() -> Iterator[None]:
    """Ignore signals from the end of this block on, while what runs is being ended."""
    try:
        yield
    finally:
        _ignore_signals()


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
