"""Help the tables of expressions and results."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.errors import ExpressionError
from gennaker.expr import evaluate_expression


class Fails:
    """The expected outcome of an expression that must raise; `words` are part of the message."""

    def __init__(self, words: str = "") -> None:
        self.words = words

    def __repr__(self) -> str:
        return f"Fails({self.words!r})"


FAILS = Fails()


def check(expression: str, expected: Any, context: dict[str, Any] | None = None, **options: Any) -> None:
    """Assert an expression's value and its exact type, or its failure."""
    if isinstance(expected, Fails):
        with pytest.raises(ExpressionError) as caught:
            evaluate_expression(expression, context or {}, **options)
        assert expected.words in str(caught.value)
        return
    value = evaluate_expression(expression, context or {}, **options)
    assert value == expected
    assert type(value) is type(expected)
