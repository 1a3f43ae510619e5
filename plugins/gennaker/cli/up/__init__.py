"""Start Airflow in this folder, run a pipeline in it and keep it up (`make run`)."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; `make run` gives them through the environment, where no shell mangles them."""
    given = os.environ.get
    parser.add_argument(
        "--pipeline", metavar="FILE", default=given("GENNAKER_PIPELINE", ""), help="run this pipeline's JSON"
    )
    parser.add_argument(
        "--params", metavar="'K=V …'", default=given("GENNAKER_PARAMS", ""), help="parameters of the run"
    )
    parser.add_argument(
        "--judge",
        choices=("", "continue", "stop"),
        default=given("GENNAKER_JUDGE", ""),
        help="answer judgments; without it they are left to you (the demo's are answered with continue)",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        default=given("GENNAKER_ONCE", "") not in {"", "0"},
        help="end after the run, with status 0 only if it succeeded",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=int(given("GENNAKER_PORT") or 8080),
        help="port of the API server, if free",
    )
    parser.add_argument("--home", type=Path, default=Path(".airflow"), help="the AIRFLOW_HOME to use")


def run(arguments: argparse.Namespace) -> int:
    """Start, run, stay up; return the status for the shell."""
    from gennaker.cli.up.launch import launch

    return launch(arguments)
