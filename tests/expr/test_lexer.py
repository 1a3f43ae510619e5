"""Tokens: keywords by position, limits, and what is refused with its place."""

from __future__ import annotations

import pytest

from gennaker.errors import ExpressionLimitError, ExpressionSyntaxError
from gennaker.expr import Limits
from gennaker.expr.lexer import tokenize


def kinds(source: str) -> list[str]:
    return [token.kind for token in tokenize(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a and b", ["NAME", "AND", "NAME"]),
        ("a.and", ["NAME", "DOT", "NAME"]),
        ("{and: 1}", ["LBRACE", "NAME", "COLON", "INT", "RBRACE"]),
        ("#matches", ["HASH", "NAME"]),
        ("a MATCHES 'x'", ["NAME", "COMPARE", "STRING"]),
        ("not true", ["NOT", "TRUE"]),
        ("a.true", ["NAME", "DOT", "NAME"]),
        ("a ge 1 or b DIV 2", ["NAME", "COMPARE", "INT", "OR", "NAME", "MULTIPLY", "INT"]),
        ("T(x)", ["TYPE", "LPAR", "NAME", "RPAR"]),
        ("T", ["NAME"]),
        ("new X()", ["NEW", "NAME", "LPAR", "RPAR"]),
        ("[new]", ["LSQB", "NAME", "RSQB"]),
        ("a.?[b]", ["NAME", "DOT", "SELECT", "NAME", "RSQB"]),
        ("a.^[b]", ["NAME", "DOT", "SELECT", "NAME", "RSQB"]),
        ("a.$[b]", ["NAME", "DOT", "SELECT", "NAME", "RSQB"]),
        ("a.![b]", ["NAME", "DOT", "PROJECT", "NAME", "RSQB"]),
        ("a ?[1]:[2]", ["NAME", "QMARK", "LSQB", "INT", "RSQB", "COLON", "LSQB", "INT", "RSQB"]),
        ("2^[1]", ["INT", "POWER", "LSQB", "INT", "RSQB"]),
        ("1.5 2e3 7f 0x1F 3L", ["REAL", "REAL", "REAL", "HEX", "INT"]),
        ("parameters.版本", ["NAME", "DOT", "NAME"]),
        ("a?.b ?: c", ["NAME", "SAFE", "NAME", "ELVIS", "NAME"]),
    ],
)
def test_cuts(source: str, expected: list[str]) -> None:
    assert kinds(source) == expected


@pytest.mark.parametrize(
    ("source", "position", "words"),
    [
        ("a = 1", 2, "cannot assign"),
        ("@bean", 0, "beans"),
        ("a & b", 2, "&&"),
        ("a | b", 2, "||"),
        ("x + 'abc", 4, "not closed"),
        ('"abc', 0, "not closed"),
        ("a)", 1, "open"),
        ("(a]", 2, "close"),
        ("a ; b", 2, "Unexpected"),
        ("a\\b", 1, "Unexpected"),
        ("a $[b]", 2, "Unexpected"),
    ],
)
def test_refuses_with_the_place(source: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        tokenize(source)
    assert caught.value.position == position
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "limits"),
    [
        ("a" * 11, Limits(characters=10)),
        ("1+1+1", Limits(tokens=4)),
        ("((1))", Limits(nesting=1)),
        ("!!!true", Limits(nesting=2)),
        ("- - -1", Limits(nesting=2)),
    ],
)
def test_limits(source: str, limits: Limits) -> None:
    with pytest.raises(ExpressionLimitError):
        tokenize(source, limits)


def test_a_limit_is_inclusive() -> None:
    assert len(tokenize("((1))", Limits(nesting=2, tokens=5, characters=5))) == 5
