"""Try each pipeline of a collection, print what came of it, and judge the whole."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from gennaker.cli._compiling import compile_file
from gennaker.cli._files import SpecFile, load_all
from gennaker.cli._output import count, print_json, print_table, say
from gennaker.cli.corpus.importing import import_all
from gennaker.cli.corpus.survival import lost
from gennaker.spec.problems import Severity


@dataclass(frozen=True)
class Trial:
    """
    What came of one file; None where a step makes no sense.

    An invalid pipeline does well when its errors say what is wrong with it.
    """

    file: SpecFile
    loads: bool = True
    survives: bool | None = None
    compiles: bool | None = None
    imports: bool | None = None
    reason: str = ""

    @property
    def valid(self) -> bool:
        """Return whether the file is a pipeline without errors."""
        return self.file.ok()

    @property
    def ok(self) -> bool:
        """Return whether the file was treated well."""
        steps = [self.loads, self.survives is not False]
        steps += [self.compiles is True, self.imports is True] if self.valid else [self._told()]
        return all(steps)

    def _told(self) -> bool:
        errors = [found for found in self.file.problems if found.severity is Severity.ERROR]
        return all(found.code and found.message and found.path.startswith("$") for found in errors)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON; `ok` says whether the file was treated well."""
        return {
            **self.file.to_dict(),
            "ok": self.ok,
            "valid": self.valid,
            "loads": self.loads,
            "round_trips": self.survives,
            "compiles": self.compiles,
            "imports": self.imports,
            "reason": self.reason,
        }


def judge(arguments: argparse.Namespace) -> int:
    """Try the files of a command line and print the table; return the exit status."""
    trials = [_trial(file) for file in load_all(arguments.files, templates=arguments.templates)]
    trials = _imported(trials)
    if arguments.output == "json":
        print_json([trial.to_dict() for trial in trials])
    else:
        _print(trials)
    return 0 if trials and all(trial.ok for trial in trials) else 1


def _trial(file: SpecFile) -> Trial:
    broken = [found for found in file.problems if found.code in ("internal-error", "unreadable-file")]
    if broken:
        return Trial(file, loads=False, reason=broken[0].message)
    if not _is_json(file):
        return Trial(file)
    loss = lost(file)
    trial = Trial(file, survives=loss is None, reason=loss or "")
    if not file.ok():
        return trial
    compiled, dag = compile_file(file)
    if dag is None:
        return replace(trial, compiles=False, reason=compiled.problems[-1].message)
    return replace(trial, compiles=True)


def _is_json(file: SpecFile) -> bool:
    try:
        json.loads(file.path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True


def _imported(trials: list[Trial]) -> list[Trial]:
    """Add what Airflow's DagBag makes of all files at once, the invalid ones among them."""
    reasons = import_all([trial.file.path for trial in trials if trial.loads])
    found = []
    for trial in trials:
        reason = reasons.get(trial.file.path)
        if trial.valid and trial.loads:
            found.append(replace(trial, imports=reason is None, reason=trial.reason or reason or ""))
        else:
            found.append(trial)
    return found


def _print(trials: list[Trial]) -> None:
    columns = ("file", "loads", "round-trips", "compiles", "imports", "errors", "warnings", "result")
    print_table(columns, [_row(trial) for trial in trials])
    for trial in trials:
        if not trial.ok:
            say(
                f"{trial.file.path.name}: {trial.reason or 'its errors do not say what is wrong'}", "bold red"
            )
    say()
    valid = [trial for trial in trials if trial.valid]
    told = f"{count(len(trials), 'pipeline')}: {sum(t.loads for t in trials)} load, "
    told += f"{sum(t.survives is True for t in trials)} round-trip, "
    told += f"{sum(t.compiles is True for t in trials)} of {len(valid)} valid ones compile, "
    told += f"{sum(t.imports is True for t in trials)} are imported by Airflow, "
    told += f"{len(trials) - len(valid)} are invalid and say why; {sum(not t.ok for t in trials)} mistreated"
    say(told, "bold red" if any(not t.ok for t in trials) else "bold green")


def _row(trial: Trial) -> tuple[object, ...]:
    numbers = Counter(str(found.severity) for found in trial.file.problems)
    steps = (trial.loads, trial.survives, trial.compiles, trial.imports)
    result = "mistreated" if not trial.ok else "ok" if trial.valid else "ok (invalid)"
    return (
        trial.file.path.name,
        *("-" if step is None else "yes" if step else "NO" for step in steps),
        numbers["error"],
        numbers["warning"],
        result,
    )
