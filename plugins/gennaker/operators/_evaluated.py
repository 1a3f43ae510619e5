"""What the expressions of a stage gave, apart from the evaluator: many stages never need to load that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gennaker.expr import ExpressionProblem


@dataclass(frozen=True, slots=True)
class Evaluated:
    """
    A value whose expressions have been evaluated.

    :ivar problems: the expressions that could not be evaluated, and stand in the value as they were written.
    """

    value: Any
    problems: tuple[ExpressionProblem, ...] = ()


def has_expressions(value: Any) -> bool:
    """Return whether there may be an expression in JSON-like data."""
    if isinstance(value, str):
        return "${" in value
    try:
        return "${" in json.dumps(value, default=_inside)
    except (TypeError, ValueError, RecursionError):
        # No JSON after all; the evaluator knows what to do with it.
        return True


def _inside(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
