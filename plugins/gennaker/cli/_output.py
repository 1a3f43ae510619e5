"""Print tables for people and JSON for programs, whatever the data holds."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from gennaker.spec.problems import SpecProblem

#: As wide as Airflow's own tables where there is no terminal.
_WIDTH = 200

_STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "dim",
    "ok": "green",
    "SUCCEEDED": "green",
    "SKIPPED": "dim",
    "NOT_STARTED": "dim",
    "TERMINAL": "bold red",
    "STOPPED": "red",
    "CANCELED": "yellow",
    "FAILED_CONTINUE": "yellow",
    "exact": "green",
    "approximated": "yellow",
    "unsupported": "bold red",
}


def print_json(value: Any) -> None:
    """Print a value as JSON; what the terminal cannot show is escaped."""
    value = _finite(value)
    text = json.dumps(value, indent=2, ensure_ascii=False, default=_plain)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2, default=_plain)
    print(text)


def _finite(value: Any) -> Any:
    """Return a value in which infinity and the like, which JSON does not know, are texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _plain(value: Any) -> Any:
    """Return what JSON does not know: lazy mappings and lists, and text for the rest."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    return str(value)


def compact(value: Any, limit: int = 160) -> str:
    """Return a value on one line, cut to a length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text: object) -> str:
    """Return text that is safe on any terminal: control characters and half characters are replaced."""
    readable = str(text).encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in readable)


def say(text: object = "", style: str = "") -> None:
    """Print a line; long lines are left to the terminal."""
    _console().print(_text(text, style), soft_wrap=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table in the manner of Airflow's; words such as ``error`` have their colour."""
    from rich.box import ASCII_DOUBLE_HEAD
    from rich.table import Table

    table = Table(box=ASCII_DOUBLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_text("" if cell is None else cell, _STYLES.get(str(cell), "")) for cell in row))
    _console().print(table)


def print_problems(problems: Iterable[SpecProblem]) -> None:
    """Print problems as a table: how bad, where, what, and what to do, the same advice only once."""
    rows, told = [], set()
    for problem in problems:
        hint = problem.hint if problem.hint not in told else None
        told.add(problem.hint)
        what = f"{problem.message}\n{hint}" if hint else problem.message
        rows.append((str(problem.severity), problem.code, _place(problem), what))
    if rows:
        print_table(("severity", "code", "where", "problem"), rows)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 error`` or ``2 errors``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _place(problem: SpecProblem) -> str:
    return f"{problem.path}\n'{problem.stage}'" if problem.stage else problem.path


def _text(content: object, style: str) -> Any:
    from rich.text import Text

    return Text(clean(content), style=style)


def _console() -> Console:
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=_WIDTH)
