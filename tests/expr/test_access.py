"""Properties, elements and null-safe steps."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from gennaker.expr import Services, evaluate_expression
from tests.expr.tables import FAILS, Fails, check

CONTEXT: dict[str, Any] = {
    "a": 1,
    "s": "hello",
    "none": None,
    "key": "x",
    "l": [1, [2, 3]],
    "m": {"x": "y", "d": {"e": 5}, "with-dash": 1, "a.b": 2, "key": "literal", 7: "seven"},
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", 1),
        ("m.d.e", 5),
        ("m['x']", "y"),
        ('m["with-dash"]', 1),
        ("m['a.b']", 2),
        ("m[key]", "literal"),
        ("m[(key)]", "y"),
        ("m[#root.key]", "y"),
        ("m['k' + 'ey']", "literal"),
        ("m[7]", "seven"),
        ("m['missing']", None),
        ("m.missing", None),
        ("m[none.x]", FAILS),
        ("m[(none)]", Fails("null cannot be an index")),
        ("m[(l)]", Fails("key")),
        ("l[0]", 1),
        ("l[1][1]", 3),
        ("l['1'][0]", 2),
        ("l[2]", Fails("2 elements")),
        ("l[-1]", FAILS),
        ("l['x']", FAILS),
        ("s[1]", "e"),
        ("s[9]", FAILS),
        ("s.length", FAILS),
        ("l.length", 2),
        ("s.bytes.length", 5),
        ("s.empty", False),
        ("s.class", FAILS),
        ("a.b", FAILS),
        ("none.x", Fails("null")),
        ("none[0]", Fails("null")),
        ("none.trim()", Fails("null")),
        ("none?.x", None),
        ("none?.trim()", None),
        ("none?.[0]", None),
        ("l?.[0]", 1),
        ("m?.missing?.deeper", None),
        ("m?.missing.deeper", Fails("null")),
        ("none?.?[true]", None),
        ("none?.![x]", None),
        ("['a']", 1),
        ("#root['a']", 1),
        ("#root.m.x", "y"),
        ("#this.a", 1),
        ("#unknown", None),
        ("get('a')", 1),
        ("containsKey('a')", True),
        ("true.x", FAILS),
    ],
)
def test_steps(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


def test_unknown_keys_can_be_errors() -> None:
    check("missing", Fails("'missing'"), {"present": 1}, allow_unknown_keys=False)
    check("m.presen", Fails("did you mean present?"), {"m": {"present": 1}}, allow_unknown_keys=False)
    check("m['missing']", None, {"m": {}}, allow_unknown_keys=False)
    check("m.none", None, {"m": {"none": None}}, allow_unknown_keys=False)


class Foreign(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, **values: Any) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Items(Sequence[Any]):
    """A sequence that is no list."""

    def __init__(self, *values: Any) -> None:
        self._values = values

    def __getitem__(self, index: Any) -> Any:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m.x", 1),
        ("m['x']", 1),
        ("m.size()", 2),
        ("m.keySet()", ["x", "items"]),
        ("m.items[1].x", 2),
        ("m.items.?[x > 1].size()", 1),
        ("m.items.![x]", [1, 2]),
        ("m.items.size()", 2),
        ("#toJson(m.items)", '[{"x":1},{"x":2}]'),
        ("m.items.toString()", "[{x=1}, {x=2}]"),
        ("m.items == {{x: 1}, {x: 2}}", True),
        ("m", {"x": 1, "items": [{"x": 1}, {"x": 2}]}),
    ],
)
def test_any_mapping_and_sequence_will_do(expression: str, expected: Any) -> None:
    check(expression, expected, {"m": Foreign(x=1, items=Items(Foreign(x=1), Foreign(x=2)))})


def test_a_stored_artifact_opens_when_a_property_is_read() -> None:
    content = base64.b64encode(b'{"name": "foo"}').decode()
    services = Services(fetch_reference=lambda reference: content)
    context = {"manifest": {"type": "remote/map/base64", "reference": "ref://app/1"}}
    assert evaluate_expression("manifest.name", context, services=services) == "foo"
    assert evaluate_expression("manifest.reference", context, services=services) == "ref://app/1"
    assert evaluate_expression("manifest.name", context) is None
