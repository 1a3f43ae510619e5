"""Try a whole collection of pipelines: do they load, survive, compile, and become DAGs in Airflow?"""

from __future__ import annotations

import argparse

from gennaker.cli import _options


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _options.add_files(parser)
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Try the pipelines; fail if one is mistreated."""
    from gennaker.cli.corpus.trial import judge

    return judge(arguments)
