"""YAML and properties that nobody vouches for."""

from __future__ import annotations

import pytest

from gennaker.errors import ExpressionError, ExpressionLimitError
from gennaker.expr import DEFAULT_LIMITS, Limits
from gennaker.expr.documents import parse_properties, parse_yaml
from gennaker.expr.limits import Budget


def budget() -> Budget:
    return Budget(Limits(seconds=10, total_seconds=10))


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []),
        ("a: 1", [{"a": 1}]),
        ("---\na: [1, 2.5, yes, ~, 'x']", [{"a": [1, 2.5, True, None, "x"]}]),
        ("a: 1\n---\n- b", [{"a": 1}, ["b"]]),
        ("d: 2024-01-31", [{"d": "2024-01-31"}]),
        ("a: &x [1]\nb: *x", [{"a": [1], "b": [1]}]),
        ("a: &x 1\nb: *x", [{"a": 1, "b": 1}]),
        ("a: !!str 1", [{"a": "1"}]),
    ],
)
def test_yaml(text: str, documents: list[object]) -> None:
    assert parse_yaml(text, budget()) == documents


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]",
        "a: *nothing",
        "[" * 50_000,
        "- " * 50_000,
        "!!python/object/apply:os.system [ls]",
        "!custom x",
        "a: [",
        "a: b: c",
        "\t\x00",
        "x" * 300_000,
        "a: !!int x",
    ],
    ids=range(12),
)
def test_hostile_yaml(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_yaml(text, Budget(DEFAULT_LIMITS))


def test_the_size_of_yaml_is_what_it_expands_to() -> None:
    with pytest.raises(ExpressionLimitError, match="expands"):
        parse_yaml(BOMB, budget())


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", {}),
        ("a=1\nb:2\nc 3", {"a": "1", "b": "2", "c": "3"}),
        ("  a  =  1 ", {"a": "1 "}),
        ("# no\n! no\n\na=1", {"a": "1"}),
        ("a=1 \\\n   2", {"a": "1 2"}),
        ("a=x\\\\\nb=y", {"a": "x\\", "b": "y"}),
        ("a\\ b\\=c=\\u0041\\t\\q", {"a b=c": "A\tq"}),
        ("empty\nsame=1\nsame=2", {"empty": "", "same": "2"}),
        ("a=b=c", {"a": "b=c"}),
    ],
)
def test_properties(text: str, entries: dict[str, str]) -> None:
    assert parse_properties(text, budget()) == entries
