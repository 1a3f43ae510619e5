"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def add_files(parser: argparse.ArgumentParser) -> None:
    """Declare the files, and the templates that they may use."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a pipeline's JSON, or a folder: every *.json below it, without its schema/ and templates/",
    )
    add_templates(parser)


def add_templates(parser: argparse.ArgumentParser) -> None:
    """Declare the folder of templates."""
    parser.add_argument(
        "--templates", metavar="FOLDER", help="folder of pipeline templates (MPTv2) to expand"
    )


def add_output(parser: argparse.ArgumentParser, *, choices: Sequence[str] = ("table", "json")) -> None:
    """Declare the format of what is printed."""
    parser.add_argument(
        "-o", "--output", choices=choices, default="table", help="format; the default is table"
    )
