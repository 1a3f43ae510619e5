"""Filters and projections over lists and maps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expr.tables import FAILS, Fails, check

CONTEXT: dict[str, Any] = {
    "l": [1, 2, 3, 4],
    "limit": 2,
    "name": "root",
    "empty": [],
    "m": {"a": 1, "b": 2, "c": 3},
    "stages": [{"name": "one", "v": 1, "tags": ["x"]}, {"name": "two", "v": 2, "tags": ["y", "x"]}],
    "none": None,
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("l.?[#this > 2]", [3, 4]),
        ("l.?[#this > #root.limit]", [3, 4]),
        ("l.^[#this > 2]", 3),
        ("l.$[#this > 2]", 4),
        ("l.^[#this > 9]", None),
        ("l.$[#this > 9]", None),
        ("l.?[#this > 9]", []),
        ("empty.?[true]", []),
        ("l.![#this * 2]", [2, 4, 6, 8]),
        ("l.?[#this > 1].![#this + 1].^[true]", 3),
        ("m.?[value > 1]", {"b": 2, "c": 3}),
        ("m.?[key == 'a']", {"a": 1}),
        ("m.^[value > 1]", {"b": 2}),
        ("m.$[value > 1]", {"c": 3}),
        ("m.^[value > 9]", None),
        ("m.?[value > 9]", {}),
        ("m.![key + value]", ["a1", "b2", "c3"]),
        ("m.![#this.toString()]", ["a=1", "b=2", "c=3"]),
        ("stages.?[name == 'two'][0].v", 2),
        ("stages.^[name == 'two'].v", 2),
        ("stages.?[tags.contains('y')].![name]", ["two"]),
        ("stages.?[tags.?[#this == 'y'].size() > 0].![name]", ["two"]),
        ("stages.![tags[0]]", ["x", "y"]),
        ("stages.?[name == #root.name]", []),
        ("stages.![{name: v}]", [{"name": 1}, {"name": 2}]),
        ("stages.?[missing == null].size()", 2),
        ("l.?[#this]", Fails("true or false")),
        ("l.?['true']", FAILS),
        ("none.?[true]", Fails("null")),
        ("limit.?[true]", FAILS),
        ("name.![#this]", FAILS),
    ],
)
def test_selection(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


def test_an_index_inside_is_computed_against_the_root() -> None:
    check("stages.![#root.l[limit]]", [3, 3], CONTEXT)
