"""Nodes: precedence, chains, and errors with a position."""

from __future__ import annotations

import dataclasses

import pytest

from gennaker.errors import ExpressionSyntaxError
from gennaker.expr import parse
from gennaker.expr.nodes import (
    Active,
    Binary,
    Call,
    Constant,
    Elvis,
    Index,
    InlineMap,
    Method,
    New,
    NewArray,
    Path,
    Property,
    Selection,
    Ternary,
    Type,
    Unary,
    children,
)
from gennaker.expr.values import Long


def test_a_name_is_a_step_from_the_active_object() -> None:
    assert parse("a.b") == Path(0, Active(0), (Property(0, False, "a"), Property(2, False, "b")))


def test_a_chain_is_flat() -> None:
    tree = parse("#stage('x')?.context['y'].get(1)")
    assert isinstance(tree, Path)
    assert isinstance(tree.head, Call)
    assert [type(step) for step in tree.steps] == [Property, Index, Method]
    assert [step.safe for step in tree.steps] == [True, False, False]


def test_brackets_keep_a_name_from_being_a_key() -> None:
    plain, grouped = parse("m[a]"), parse("m[(a)]")
    assert isinstance(plain, Path)
    assert isinstance(grouped, Path)
    assert plain.steps[1] != grouped.steps[1]


@pytest.mark.parametrize(
    ("source", "operator"),
    [
        ("1 + 2 * 3", "+"),
        ("1 == 2 && 3 == 4", "&&"),
        ("a && b || c", "||"),
        ("a or b and c", "||"),
        ("1 + 2 < 4", "<"),
        ("2 * 3 ^ 2", "*"),
        ("-2 ^ 2", "^"),
        ("1 - 2 - 3", "-"),
    ],
)
def test_precedence(source: str, operator: str) -> None:
    tree = parse(source)
    assert isinstance(tree, Binary)
    assert tree.operator == operator


def test_subtraction_leans_left() -> None:
    tree = parse("1 - 2 - 3")
    assert isinstance(tree, Binary)
    assert isinstance(tree.left, Binary)
    assert tree.right == Constant(8, 3)


def test_ternary_and_elvis_lean_right() -> None:
    tree = parse("a ? b : c ? d : e")
    assert isinstance(tree, Ternary)
    assert isinstance(tree.no, Ternary)
    assert isinstance(parse("a ?: b ?: c"), Elvis)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1", 1),
        ("1L", Long(1)),
        ("0x1F", 31),
        ("0xFFL", Long(255)),
        ("1.5", 1.5),
        ("1.5f", 1.5),
        ("2d", 2.0),
        ("1e3", 1000.0),
        ("'it''s'", "it's"),
        ('"say ""hi"""', 'say "hi"'),
        ("'a\\n'", "a\\n"),
        ("TRUE", True),
        ("False", False),
        ("NULL", None),
        ("2147483647", 2**31 - 1),
        ("9223372036854775807L", Long(2**63 - 1)),
    ],
)
def test_literals(source: str, value: object) -> None:
    tree = parse(source)
    assert isinstance(tree, Constant)
    assert tree.value == value
    assert type(tree.value) is type(value)


def test_types_and_constructors() -> None:
    assert parse("T(java.lang.Math)") == Type(0, "java.lang.Math")
    assert parse("new Integer('1')") == New(0, "Integer", (Constant(12, "1"),))
    array = parse("new String[2]{'a', 'b'}[0]")
    assert isinstance(array, Path)
    assert isinstance(array.head, NewArray)


def test_maps_and_lists() -> None:
    tree = parse("{a: 1, 'b': {1, {2}}, (c): {:}, d: {}}")
    assert isinstance(tree, InlineMap)
    assert len(tree.entries) == 4


def test_a_chain_may_start_with_a_selection_or_an_index() -> None:
    tree = parse("?[true]")
    assert isinstance(tree, Path)
    assert isinstance(tree.steps[0], Selection)
    assert isinstance(parse("['a']"), Path)
    assert isinstance(parse("!a"), Unary)


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("", 0),
        ("  ", 0),
        ("1 +", 3),
        ("(a", 2),
        ("a b", 2),
        ("a..b", 2),
        ("1 == 2 == 3", 7),
        ("new Foo", 7),
        ("a.", 2),
        ("#f(,)", 3),
        ("{a: 1, b}", 8),
        ("T(String[])", 0),
        ("2147483648", 0),
        ("1 + 9223372036854775808L", 4),
        ("a ? b", 5),
        ("#", 1),
        ("1.2.3", 4),
    ],
)
def test_errors_have_a_position(source: str, position: int) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(source)
    assert caught.value.position == position


def test_nodes_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse("1").position = 3  # type: ignore[misc]


def test_the_same_text_is_parsed_once() -> None:
    assert parse("cached + 1") is parse("cached + 1")


def test_children_reach_every_node() -> None:
    waiting, seen = [parse("#f({a: b}.![x ? -y : (z ?: new int[q]{1})], new W(v)[0].?[t].m(T(U)))")], set()
    while waiting:
        node = waiting.pop()
        seen.add(type(node).__name__)
        waiting.extend(children(node))
    assert {
        "Call",
        "Projection",
        "Ternary",
        "Unary",
        "Elvis",
        "NewArray",
        "New",
        "Index",
        "Selection",
    } <= seen
    assert {"Method", "Type", "InlineMap", "InlineList", "Constant", "Active", "Property"} <= seen
