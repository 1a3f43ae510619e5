"""Check pipeline files and list everything that would go wrong in a run."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gennaker.cli import _options

if TYPE_CHECKING:
    from gennaker.cli._files import SpecFile


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _options.add_files(parser)
    parser.add_argument("--strict", action="store_true", help="fail on warnings too")
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the files; fail if one has an error."""
    from gennaker.cli import _files, _output

    files = list(_files.load_all(arguments.files, templates=arguments.templates))
    strict = arguments.strict
    if arguments.output == "json":
        _output.print_json([file.to_dict(strict=strict) for file in files])
    else:
        _print(files, strict=strict)
    return 0 if all(file.ok(strict=strict) for file in files) else 1


def _print(files: Sequence[SpecFile], *, strict: bool) -> None:
    from gennaker.cli._output import count, print_problems, say

    for file in files:
        say(f"{file.path}: {_verdict(file)}", style="green" if file.ok(strict=strict) else "bold red")
        print_problems(file.problems)
        if file.problems:
            say()
    bad = sum(not file.ok(strict=strict) for file in files)
    say(
        f"{count(len(files), 'file')} checked, {count(bad, 'file')} with {'problems' if strict else 'errors'}"
    )


def _verdict(file: SpecFile) -> str:
    from gennaker.cli._output import count

    found = Counter(str(problem.severity) for problem in file.problems)
    nouns = {"error": "error", "warning": "warning", "info": "note"}
    told = [count(found[severity], noun) for severity, noun in nouns.items() if found[severity]]
    return ", ".join(told) or "ok"
