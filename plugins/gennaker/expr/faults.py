"""
Name the errors of this room: the project's expression errors, with the place where it happened.

``position`` counts characters from the start of the expression, or of the text around it, from 0.
"""

from __future__ import annotations

from gennaker.errors import ExpressionDenied, ExpressionError, ExpressionLimitError, ExpressionSyntaxError


class Fault(ExpressionError):
    """An expression failed at a known place."""

    def __init__(self, message: str, *, position: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.position = position


class SyntaxFault(Fault, ExpressionSyntaxError):
    """An expression does not parse."""


class LimitFault(Fault, ExpressionLimitError):
    """An expression costs too much."""


class DeniedFault(Fault, ExpressionDenied):
    """An expression names something outside the allow-list."""


def position_of(error: ExpressionError) -> int | None:
    """Return where an expression failed, if that is known."""
    return error.position if isinstance(error, Fault) else None


def did_you_mean(name: str, known: list[str]) -> str | None:
    """Return a hint that names what the author probably meant."""
    from difflib import get_close_matches

    close = get_close_matches(name[:50], known, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else None
