"""Say how faithfully pipelines will run here: stages, expressions, triggers, and what behaves differently."""

from __future__ import annotations

import argparse

from gennaker.cli import _options


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _options.add_files(parser)
    _options.add_output(parser, choices=("table", "json", "markdown"))


def run(arguments: argparse.Namespace) -> int:
    """Report on the files; fail if one has an error."""
    from gennaker.cli._files import load_all
    from gennaker.cli._output import print_json
    from gennaker.cli.report.build import build

    files = list(load_all(arguments.files, templates=arguments.templates))
    reports = [build(file) for file in files]
    if arguments.output == "json":
        print_json(reports)
    elif arguments.output == "markdown":
        from gennaker.cli.report.markdown import document

        print(document(reports))
    else:
        from gennaker.cli.report.show import show

        show(reports)
    return 0 if all(file.ok() for file in files) else 1
