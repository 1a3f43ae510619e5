"""Texts around expressions, cut as Spring cuts them."""

from __future__ import annotations

import pytest

from gennaker.errors import ExpressionLimitError, ExpressionSyntaxError
from gennaker.expr import Expression, Literal, has_expression, parse_template


def sources(text: str) -> list[str]:
    return [
        part.source if isinstance(part, Expression) else f"<{part.text}>" for part in parse_template(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["<>"]),
        ("plain $ text }", ["<plain $ text }>"]),
        ("${a}", ["a"]),
        ("${ a }", [" a "]),
        ("x${a}y${b}z", ["<x>", "a", "<y>", "b", "<z>"]),
        ("$${a}", ["<$>", "a"]),
        ("${ {a: {b: 1}} }", [" {a: {b: 1}} "]),
        ("${'}'}", ["'}'"]),
        ('${"${x}"}', ['"${x}"']),
        ("${'it''s'}}", ["'it''s'", "<}>"]),
        ("${a[b(c)]}", ["a[b(c)]"]),
        ("a.${'${ESCAPED}'}.b", ["<a.>", "'${ESCAPED}'", "<.b>"]),
    ],
)
def test_parts(text: str, expected: list[str]) -> None:
    assert sources(text) == expected


def test_offsets() -> None:
    literal, expression = parse_template("ab${ c }")
    assert literal == Literal("ab")
    assert expression == Expression(" c ", 2, 8)
    assert isinstance(expression, Expression)
    assert expression.offset == 4


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("x${a", 1),
        ("${}", 0),
        ("${  }", 0),
        ("${a)}", 3),
        ("${(a}", 4),
        ("${'a}", 2),
        ("ok ${a} ${", 8),
        ("${[}]", 3),
    ],
)
def test_what_is_not_closed_raises(text: str, position: int) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse_template(text)
    assert caught.value.position == position


def test_an_endless_expression_is_given_up_early() -> None:
    with pytest.raises(ExpressionLimitError):
        parse_template("${" + "a" * 1_000_000)


def test_a_text_holds_a_thousand_expressions_at_most() -> None:
    with pytest.raises(ExpressionLimitError):
        parse_template("${a}-" * 1_100)


def test_has_expression() -> None:
    assert has_expression("a ${b}")
    assert not has_expression("a $b {c}")
