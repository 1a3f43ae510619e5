"""
Every error that Gennaker raises on purpose.

::

    GennakerError
    ├── SpecError            a pipeline's JSON cannot be used as it is (carries the problems)
    ├── ExpressionError      a ``${ }`` expression failed
    │   ├── ExpressionSyntaxError    it does not parse
    │   ├── ExpressionLimitError     it asks for more steps, depth, size or time than allowed
    │   └── ExpressionDenied         it names a type, method or function outside the allow-list
    ├── CompileError         a valid pipeline could not be turned into a DAG
    ├── StageFailed          a stage's work ended badly; trying again does not help
    ├── Temporary            a stage's work hit a passing fault; trying again may help
    ├── Denied               a policy of the administrator refuses (URL, operator, lock)
    ├── Conflict             somebody else changed the thing in the meantime, or has the name
    │   └── StaleRevision    a save was based on a revision that is no longer the latest (carries both sides)
    └── NotFound             the thing does not exist

``path`` is a JSON path (``$.stages[3].account``), ``hint`` says what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class GennakerError(Exception):
    """Say what went wrong, where, and what to do next."""

    retryable = False

    def __init__(self, message: str, *, path: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        """Return one line: place, message, hint."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        return f"{text} ({self.hint})" if self.hint else text


class SpecError(GennakerError):
    """A pipeline's JSON cannot be used as it is."""


class ExpressionError(GennakerError):
    """A ``${ }`` expression failed."""


class ExpressionSyntaxError(ExpressionError):
    """An expression does not parse."""


class ExpressionLimitError(ExpressionError):
    """An expression asks for more steps, depth, size or time than allowed."""


class ExpressionDenied(ExpressionError):
    """An expression names a type, a method or a function outside the allow-list."""


class CompileError(GennakerError):
    """A valid pipeline could not be turned into a DAG."""


class StageFailed(GennakerError):
    """A stage's work ended badly; trying again does not help."""


class Temporary(GennakerError):
    """A stage's work hit a passing fault; trying again may help."""

    retryable = True


class Denied(GennakerError):
    """A policy of the administrator refuses the request."""


class Conflict(GennakerError):
    """Somebody else changed the thing in the meantime, or has the name that was asked for."""


class StaleRevision(Conflict):
    """
    A save was based on a revision that is no longer the latest.

    :ivar base: the number of the revision that the save was based on.
    :ivar latest: the number of the newest revision.
    :ivar yours: what was to be saved, as JSON.
    :ivar theirs: what the newest revision holds, as JSON.
    """

    def __init__(
        self, *, base: int, latest: int, yours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> None:
        super().__init__(
            f"this is based on revision {base}, and the latest is {latest}",
            hint="compare both sides, and save again on top of the latest",
        )
        self.base = base
        self.latest = latest
        self.yours = yours
        self.theirs = theirs


class NotFound(GennakerError):
    """The thing does not exist."""
