"""Create the internal connection and the roles, and check the settings."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare no arguments: everything is in airflow.cfg."""


def run(arguments: argparse.Namespace) -> int:
    """Do it; fail when a setting must be changed first."""
    from gennaker.cli.init.run import initialize

    return 1 if initialize(report=print) else 0
