"""Arithmetic, comparison and logic with Java's results."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gennaker.expr import evaluate_expression
from tests.expr.tables import FAILS, Fails, check

CONTEXT: dict[str, Any] = {
    "none": None,
    "m": {"x": "y", "n": None},
    "l": [1, 2, 3],
    "big": 2**40,
    "huge": 2**80,
    "half": 0.5,
    "zero": 0,
    "yes": "true",
    "no": "off",
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / -2", -3),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("7 % -3", 1),
        ("7 mod 3", 1),
        ("7 DIV 2", 3),
        ("7 / 2.0", 3.5),
        ("-7.5 % 2", -1.5),
        ("1 / 0", Fails("by zero")),
        ("1 % 0", Fails("by zero")),
        ("1.0 / 0", math.inf),
        ("-1.0 / 0", -math.inf),
        ("2147483647 + 1", -(2**31)),
        ("-2147483647 - 2", 2**31 - 1),
        ("2147483647 * 2", -2),
        ("2147483647L + 1", 2**31),
        ("9223372036854775807L + 1", -(2**63)),
        ("big + 1", 2**40 + 1),
        ("big * big", 2**80 % 2**64),
        ("huge + 1", 2**80 + 1),
        ("huge / 2", 2**79),
        ("-huge / 3", -(2**80 // 3)),
        ("2 ^ 10", 1024),
        ("2 ^ 31", 2**31),
        ("10 ^ 30", 2**63 - 1),
        ("2 ^ -1", 0),
        ("2.0 ^ 0.5", math.sqrt(2)),
        ("2L ^ 3", 8),
        ("huge ^ 2", 2**160),
        ("huge ^ 100", Fails("bits")),
        ("-(-5)", 5),
        ("+5", 5),
        ("--5", 5),
        ("2 - -2", 4),
        ("-2147483648L", -(2**31)),
        ("-'a'", FAILS),
        ("+'a'", FAILS),
        ("none + 1", FAILS),
        ("true + 1", FAILS),
        ("1 - 'a'", FAILS),
        ("1 + half", 1.5),
    ],
)
def test_arithmetic(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


def test_zero_by_zero_is_not_a_number() -> None:
    assert math.isnan(evaluate_expression("0.0 / 0", {}))
    assert math.isnan(evaluate_expression("1.0 % 0", {}))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a' + 1", "a1"),
        ("1 + 2 + 'a'", "3a"),
        ("'a' + 1 + 2", "a12"),
        ("'a' + none", "anull"),
        ("none + 'a'", "nulla"),
        ("'a' + true", "atrue"),
        ("'a' + 1.0", "a1.0"),
        ("'a' + m", "a{x=y, n=null}"),
        ("'a' + l", "a1,2,3"),
        ("'a' + {}", "a"),
        ("'ab' * 3", "ababab"),
        ("'ab' * 0", ""),
        ("'ab' * 1000", Fails("256")),
        ("'d' - 1", "c"),
        ("'ab' - 1", FAILS),
        ("none + none", FAILS),
    ],
)
def test_texts(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 == 1.0", True),
        ("1L == 1", True),
        ("1 == '1'", False),
        ("true == 'true'", False),
        ("true == 1", False),
        ("none == null", True),
        ("none != 1", True),
        ("'a' EQ 'a'", True),
        ("'a' ne 'b'", True),
        ("{1, 2} == {1, 2}", True),
        ("{1, 2} == {1, 3}", False),
        ("{a: {1}} == {a: {1}}", True),
        ("{a: 1} == {b: 1}", False),
        ("{1} == 1", False),
        ("{true} == {1}", False),
        ("l == {1, 2, 3}", True),
        ("1 < 2", True),
        ("2 <= 1", False),
        ("1 lt 1.5", True),
        ("2 GE 2", True),
        ("'abc' < 'abd'", True),
        ("'b' > 'abc'", True),
        ("none < 1", True),
        ("1 > none", True),
        ("none <= null", True),
        ("true > false", True),
        ("1 < 'a'", FAILS),
        ("l < 1", FAILS),
        ("5 between {1, 5}", True),
        ("6 between {1, 5}", False),
        ("'b' between {'a', 'c'}", True),
        ("5 between {1}", FAILS),
        ("5 between 1", FAILS),
        ("'1.2' matches '\\d+\\.\\d+'", True),
        ("'1.2x' matches '\\d+\\.\\d+'", False),
        ("12 matches '\\d+'", True),
        ("none matches 'a'", FAILS),
        ("'a' matches 1", FAILS),
        ("'a' matches '('", FAILS),
        ("'a' instanceof T(String)", True),
        ("1 instanceof T(Integer)", True),
        ("1L instanceof T(Integer)", False),
        ("1L instanceof T(Long)", True),
        ("big instanceof T(Long)", True),
        ("1.5 instanceof T(Double)", True),
        ("true instanceof T(Boolean)", True),
        ("none instanceof T(String)", False),
        ("'a' instanceof 'b'", FAILS),
    ],
)
def test_comparison(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true && false", False),
        ("true and not false", True),
        ("false || true", True),
        ("!true", False),
        ("not yes", False),
        ("yes && true", True),
        ("no || false", False),
        ("false && none.x", False),
        ("true || none.x", True),
        ("true && none", FAILS),
        ("'maybe' || true", FAILS),
        ("1 && true", FAILS),
        ("!none", FAILS),
        ("true ? 1 : 2", 1),
        ("yes ? 1 : 2", 1),
        ("none ? 1 : 2", FAILS),
        ("none ?: 5", 5),
        ("'' ?: 5", 5),
        ("' ' ?: 5", " "),
        ("zero ?: 5", 0),
        ("false ?: 5", False),
        ("{} ?: 5", []),
        ("none ?: none ?: 'x'", "x"),
        ("true ? false ? 1 : 2 : 3", 2),
    ],
)
def test_logic(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


def test_the_place_is_the_operators() -> None:
    check("1 + (2 - 'a')", Fails("'-'"))
    from gennaker.expr.faults import Fault

    with pytest.raises(Fault) as caught:
        evaluate_expression("1 + (2 - 'a')", {})
    assert caught.value.position == 7
