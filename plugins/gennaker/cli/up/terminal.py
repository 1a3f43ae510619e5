"""Show a start and a run in the terminal: redrawn in place on a terminal, line by line in a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

_COLOURS = {
    "success": "32",
    "failed": "31",
    "upstream_failed": "31",
    "skipped": "35",
    "running": "36",
    "awaiting_input": "33",
    "deferred": "36",
}


@dataclass(frozen=True)
class Row:
    """One stage."""

    name: str
    state: str
    seconds: float | None = None
    outcome: str = ""


class Terminal:
    """Where the launcher writes."""

    def __init__(self, output: TextIO = sys.stdout, *, live: bool | None = None) -> None:
        self._output = output
        self._live = output.isatty() if live is None else live
        self._started = time.monotonic()
        self._drawn = 0
        self._states: dict[str, str] = {}

    def say(self, text: str = "") -> None:
        """Write a line below whatever is shown."""
        self._drawn = 0
        print(text, file=self._output, flush=True)

    def step(self, text: str) -> None:
        """Write what was reached, with the seconds since the start."""
        self.say(f"  {time.monotonic() - self._started:5.1f} s  {text}")

    def show(self, rows: Sequence[Row]) -> None:
        """Show the stages as they are now."""
        if self._live:
            self._redraw(rows)
            return
        for row in rows:
            if row.state != self._states.get(row.name):
                self._states[row.name] = row.state
                self.step(_line(row, width=_width(rows)).rstrip())

    def summary(self, rows: Sequence[Row]) -> None:
        """Show the stages once more, with their outcomes."""
        if self._live:
            self._redraw(rows)
        else:
            self.say()
            for row in rows:
                self.say(f"  {_line(row, width=_width(rows)).rstrip()}")

    def _redraw(self, rows: Sequence[Row]) -> None:
        if self._drawn:
            self._output.write(f"\x1b[{self._drawn}A")
        for row in rows:
            colour = _COLOURS.get(row.state, "2")
            self._output.write(f"\x1b[2K  \x1b[{colour}m{_line(row, width=_width(rows))}\x1b[0m\n")
        self._output.flush()
        self._drawn = len(rows)


def _width(rows: Sequence[Row]) -> int:
    return max((len(row.name) for row in rows), default=0)


def _line(row: Row, *, width: int) -> str:
    seconds = "" if row.seconds is None else f"{row.seconds:.1f} s"
    state = row.state.replace("_", " ")
    return f"{row.name:<{width}}  {state:<15} {seconds:>8}  {row.outcome}"
