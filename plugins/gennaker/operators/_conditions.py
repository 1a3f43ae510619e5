"""Whether a stage runs at all: its condition and its start time expiry. A dry run asks the same questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from gennaker.errors import ExpressionError


class Evaluates(Protocol):
    """What is needed of a try of a stage."""

    def evaluate(self, value: Any) -> Any:
        """Evaluate the ``${ }`` of a value."""

    def evaluate_bare(self, expression: str) -> Any:
        """Evaluate an expression written without ``${ }``."""


def why_skipped(raw: Mapping[str, Any], run: Evaluates, *, now: datetime) -> str | None:
    """Return why a stage does not run, or None where it does."""
    if (reason := _disabled(raw, run)) is not None:
        return reason
    if (expiry := raw.get("startTimeExpiry")) and now.timestamp() * 1000 > float(expiry):
        return "the stage was reached after its start time expiry"
    return None


def value_of(expression: str, run: Evaluates) -> Any:
    """Return what a condition gives, written with ``${ }`` or without; raises ExpressionError without."""
    return run.evaluate(expression).value if "${" in expression else run.evaluate_bare(expression)


def _disabled(raw: Mapping[str, Any], run: Evaluates) -> str | None:
    condition = raw.get("stageEnabled")
    if not isinstance(condition, Mapping) or condition.get("type", "expression") != "expression":
        return None
    expression = str(condition.get("expression") or "").strip()
    if not expression:
        return None
    try:
        value = value_of(expression, run)
    except ExpressionError as error:
        # Orca skips here too, with no more than a log line.
        return f"the condition {expression!r} could not be evaluated: {error}"
    if str(value).lower() == "true":
        return None
    if str(value).lower() == "false":
        return f"the condition {expression!r} is false"
    return f"the condition {expression!r} gave {value!r}, which is neither true nor false"
