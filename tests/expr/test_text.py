"""Java's toString and JSON."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gennaker.errors import ExpressionError, ExpressionLimitError
from gennaker.expr import DEFAULT_LIMITS, Limits
from gennaker.expr.limits import Budget
from gennaker.expr.text import double_text, java_text, joined_text, json_text
from gennaker.expr.values import Entry, Long, Status


def budget() -> Budget:
    return Budget(DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (100.0, "100.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (0.00012345, "1.2345E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (-1.5e10, "-1.5E10"),
        (1e100, "1.0E100"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (5e-324, "5.0E-324"),
        (0.1 + 0.2, "0.30000000000000004"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_doubles(value: float, text: str) -> None:
    assert double_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (Long(5), "5"),
        ("a", "a"),
        (Status("RUNNING"), "RUNNING"),
        ([], "[]"),
        ([1, "a", None, [True]], "[1, a, null, [true]]"),
        ({}, "{}"),
        ({"a": 1, "b": {"c": [2.0]}}, "{a=1, b={c=[2.0]}}"),
        (Entry("k", 1), "k=1"),
    ],
)
def test_java_text(value: Any, text: str) -> None:
    assert java_text(value, budget()) == text


def test_a_list_inside_a_text_is_joined() -> None:
    assert joined_text([1, "b", None], budget()) == "1,b,null"
    assert joined_text([], budget()) == ""


@pytest.mark.parametrize("value", [{"a": 1}, [{"a": 1}]])
def test_a_map_cannot_become_part_of_a_text(value: Any) -> None:
    with pytest.raises(ExpressionError, match="toJson"):
        joined_text(value, budget())


def test_json() -> None:
    value = {"a": [1, 2.5, None, True, 'é"'], 1: Status("X"), "e": Entry("k", Long(3))}
    assert json_text(value, budget()) == '{"a":[1,2.5,null,true,"é\\""],"1":"X","e":{"k":3}}'


def test_shared_parts_are_paid_for_every_time() -> None:
    value: Any = ["x" * 100]
    for _ in range(30):
        value = [value, value]
    for write in (java_text, json_text):
        patient = Budget(Limits(seconds=60, total_seconds=60))
        with pytest.raises(ExpressionLimitError):
            write(value, patient)


def test_deep_values_are_refused() -> None:
    value: Any = 1
    for _ in range(1_000):
        value = [value]
    for write in (java_text, json_text):
        with pytest.raises(ExpressionLimitError):
            write(value, Budget(DEFAULT_LIMITS))
