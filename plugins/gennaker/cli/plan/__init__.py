"""Show what a run would do: which stages, in which order, with which values, and how it would end."""

from __future__ import annotations

import argparse

from gennaker.cli import _options


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help="a pipeline's JSON")
    parser.add_argument(
        "-p", "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter; repeatable"
    )
    parser.add_argument(
        "--trigger",
        metavar="FILE|JSON",
        help="the trigger, an object with a `type`; any other object is the payload of a webhook",
    )
    parser.add_argument(
        "--outcome",
        action="append",
        default=[],
        metavar="STAGE=STATUS",
        help="assume how a stage (its name or refId) ends: SUCCEEDED, FAILED, SKIPPED, …; repeatable",
    )
    parser.add_argument(
        "--judge",
        action="append",
        default=[],
        metavar="STAGE=INPUT",
        help="assume a judge's choice, or `continue`, or `stop`; repeatable",
    )
    parser.add_argument(
        "--outputs", metavar="FILE|JSON", help="assumed outputs: an object of stages (names or refIds)"
    )
    parser.add_argument(
        "--duration",
        action="append",
        default=[],
        metavar="STAGE=SECONDS",
        help="assume how long a stage takes (60 where nothing is known); repeatable",
    )
    parser.add_argument(
        "--expect",
        choices=("SUCCEEDED", "TERMINAL", "CANCELED"),
        help="fail unless the run ends like this",
    )
    parser.add_argument(
        "--unknown-succeed", action="store_true", help="assume that stages of unknown types succeed"
    )
    parser.add_argument("--all-inputs", action="store_true", help="show values without expressions too")
    _options.add_templates(parser)
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan a run; fail where it could not start, or would end otherwise than expected."""
    from gennaker.cli.plan.command import plan

    return plan(arguments)
