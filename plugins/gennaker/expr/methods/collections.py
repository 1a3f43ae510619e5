"""Offer the methods of Java's List, Map and Map.Entry; the data itself is never changed."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_int, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.members import ENTRY, LIST, MAP, members_for, members_where
from gennaker.expr.operators import equals
from gennaker.expr.scope import Scope
from gennaker.expr.text import joined_text
from gennaker.expr.values import Entry, ListValue, MapValue, is_list, is_map

members_for(list, tuple, ListValue)(LIST)
members_for(dict, MapValue)(MAP)
members_for(Entry)(ENTRY)
members_where(is_map, MAP)
members_where(is_list, LIST)


def _pay(scope: Scope, items: Any) -> None:
    """Pay for looking at every element."""
    scope.budget.step(1 + len(items) // 5)


@LIST.method("size", "length")
def _size(scope: Scope, items: Any) -> int:
    return len(items)


@LIST.method("isEmpty")
def _is_empty(scope: Scope, items: Any) -> bool:
    return len(items) == 0


@LIST.method("get")
def _get(scope: Scope, items: Any, index: Any) -> Any:
    position = to_int(index)
    if not 0 <= position < len(items):
        raise Fault(f"Index {position} is outside a list of {len(items)} elements")
    return items[position]


@LIST.method("getFirst")
def _get_first(scope: Scope, items: Any) -> Any:
    return _get(scope, items, 0)


@LIST.method("getLast")
def _get_last(scope: Scope, items: Any) -> Any:
    return _get(scope, items, len(items) - 1)


@LIST.method("contains")
def _contains(scope: Scope, items: Any, wanted: Any) -> bool:
    _pay(scope, items)
    return any(equals(item, wanted, scope.budget) for item in items)


@LIST.method("containsAll")
def _contains_all(scope: Scope, items: Any, wanted: Any) -> bool:
    if not is_list(wanted):
        raise Fault("containsAll() needs a list")
    return all(_contains(scope, items, one) for one in wanted)


@LIST.method("indexOf")
def _index_of(scope: Scope, items: Any, wanted: Any) -> int:
    _pay(scope, items)
    return next((index for index, item in enumerate(items) if equals(item, wanted, scope.budget)), -1)


@LIST.method("lastIndexOf")
def _last_index_of(scope: Scope, items: Any, wanted: Any) -> int:
    _pay(scope, items)
    hits = [index for index, item in enumerate(items) if equals(item, wanted, scope.budget)]
    return hits[-1] if hits else -1


@LIST.method("subList")
def _sub_list(scope: Scope, items: Any, start: Any, end: Any) -> ListValue:
    first, last = to_int(start), to_int(end)
    if not 0 <= first <= last <= len(items):
        raise Fault(f"{first} to {last} is outside a list of {len(items)} elements")
    scope.budget.grow(last - first)
    return ListValue(items[first:last])


@LIST.method("join")
def _join(scope: Scope, items: Any, separator: Any = ",") -> str:
    _pay(scope, items)
    glue = to_text(separator, scope.budget)
    parts = [joined_text(item, scope.budget) for item in items]
    scope.budget.text(sum(map(len, parts)) + len(glue) * max(len(parts) - 1, 0))
    return glue.join(parts)


@MAP.method("size")
def _map_size(scope: Scope, values: Any) -> int:
    return len(values)


@MAP.method("isEmpty")
def _map_is_empty(scope: Scope, values: Any) -> bool:
    return len(values) == 0


@MAP.method("get")
def _map_get(scope: Scope, values: Any, key: Any) -> Any:
    return scope.dressed(values.get(_key(key)))


@MAP.method("getOrDefault")
def _get_or_default(scope: Scope, values: Any, key: Any, other: Any) -> Any:
    return scope.dressed(values[_key(key)]) if _key(key) in values else other


@MAP.method("containsKey")
def _contains_key(scope: Scope, values: Any, key: Any) -> bool:
    return _key(key) in values


@MAP.method("containsValue")
def _contains_value(scope: Scope, values: Any, wanted: Any) -> bool:
    _pay(scope, values)
    return any(equals(values[key], wanted, scope.budget) for key in values)


@MAP.method("keySet")
def _key_set(scope: Scope, values: Any) -> ListValue:
    scope.budget.grow(len(values))
    return ListValue(values)


@MAP.method("values")
def _map_values(scope: Scope, values: Any) -> ListValue:
    scope.budget.grow(len(values))
    return ListValue(values[key] for key in values)


@MAP.method("entrySet")
def _entry_set(scope: Scope, values: Any) -> ListValue:
    scope.budget.grow(len(values))
    return ListValue(Entry(key, values[key]) for key in values)


def _key(key: Any) -> Any:
    if is_map(key) or is_list(key):
        raise Fault("A map or a list cannot be a key")
    return key


@ENTRY.method("getKey")
def _entry_key(scope: Scope, entry: Entry) -> Any:
    return entry.key


@ENTRY.method("getValue")
def _entry_value(scope: Scope, entry: Entry) -> Any:
    return entry.value
