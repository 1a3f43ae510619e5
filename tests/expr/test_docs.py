"""The page on expressions names every function and type, and the limits that hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from gennaker.expr import DEFAULT_LIMITS, function_names
from gennaker.expr.members import TYPES
from gennaker.expr.templates import prepare

PAGE = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text(encoding="utf-8")

prepare()


@pytest.mark.parametrize("name", sorted(function_names()))
def test_every_function_is_described(name: str) -> None:
    assert f"`#{name}(" in PAGE


@pytest.mark.parametrize("kind", sorted({kind.name for kind in TYPES.values()}))
def test_every_type_is_named(kind: str) -> None:
    assert f"`{kind.removeprefix('java.lang.')}`" in PAGE


@pytest.mark.parametrize(
    "number",
    [
        DEFAULT_LIMITS.characters,
        DEFAULT_LIMITS.tokens,
        DEFAULT_LIMITS.nesting,
        DEFAULT_LIMITS.steps,
        DEFAULT_LIMITS.text,
        DEFAULT_LIMITS.growth,
        DEFAULT_LIMITS.pattern,
    ],
)
def test_the_limits_are_the_documented_ones(number: int) -> None:
    assert f"{number:,}" in PAGE
