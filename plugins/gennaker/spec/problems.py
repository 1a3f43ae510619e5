"""What is wrong with a pipeline, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from gennaker.errors import SpecError
from gennaker.spec.codes import CODES, Severity

__all__ = ["InvalidPipeline", "Severity", "SpecProblem", "errors_in", "json_path", "problem"]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class SpecProblem:
    """One thing that is wrong."""

    path: str
    code: str
    severity: Severity
    message: str
    hint: str | None = None
    stage: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one line: place, message, hint."""
        place = f"{self.path} '{self.stage}'" if self.stage else self.path
        return f"{place}: {self.message} ({self.hint})" if self.hint else f"{place}: {self.message}"


class InvalidPipeline(SpecError):
    """A pipeline has errors; ``problems`` lists them."""

    def __init__(self, problems: Iterable[SpecProblem]) -> None:
        self.problems = tuple(problems)
        first, *others = self.problems
        more = f", and {len(others)} more" if others else ""
        super().__init__(f"{first.message}{more}", path=first.path, hint=first.hint)


def errors_in(problems: Iterable[SpecProblem]) -> tuple[SpecProblem, ...]:
    """Return those that keep a pipeline from running."""
    return tuple(found for found in problems if found.severity is Severity.ERROR)


def problem(
    code: str,
    *,
    path: str,
    message: str,
    hint: str | None = None,
    stage: str | None = None,
    severity: Severity | None = None,
) -> SpecProblem:
    """Return a problem; severity and hint come from the code unless given."""
    known = CODES[code]
    return SpecProblem(
        path=path,
        code=code,
        severity=severity or known.severity,
        message=message,
        hint=hint or known.advice,
        stage=stage,
    )


def json_path(base: str, *steps: str | int) -> str:
    """
    Return the JSON path of a value below another.

    >>> json_path("$", "stages", 3, "a key")
    "$.stages[3]['a key']"
    """
    return base + "".join(map(_step, steps))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_KEY.fullmatch(step):
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"
