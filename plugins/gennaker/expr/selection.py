"""Filter and transform lists and maps: ``.?[ ]``, ``.^[ ]``, ``.$[ ]`` and ``.![ ]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.limits import Budget
from gennaker.expr.nodes import SelectionKind
from gennaker.expr.values import Entry, ListValue, MapValue, is_list, is_map, java_name


def select(budget: Budget, target: Any, kind: SelectionKind, test: Callable[[Any], Any]) -> Any:
    """Return the elements that pass a test: all of them, the first or the last one."""
    items = reversed(list(_elements(target))) if kind == "last" else _elements(target)
    kept: list[Any] = []
    for item in items:
        if _passes(test(item)):
            budget.grow(1)
            kept.append(item)
            if kind != "all":
                break
    if is_map(target):
        return MapValue((entry.key, entry.value) for entry in kept) if kept or kind == "all" else None
    return ListValue(kept) if kind == "all" else (kept[0] if kept else None)


def project(budget: Budget, target: Any, transform: Callable[[Any], Any]) -> Any:
    """Return the transformed elements as a list."""
    result = ListValue()
    for item in _elements(target):
        budget.grow(1)
        result.append(transform(item))
    return result


def _elements(target: Any) -> Iterable[Any]:
    if is_map(target):
        return (Entry(key, target[key]) for key in target)
    if is_list(target):
        return target
    if target is None:
        raise Fault("null has no elements to choose from", hint="?. in front gives null instead")
    raise Fault(f"{java_name(target)} has no elements to choose from")


def _passes(outcome: Any) -> bool:
    if not isinstance(outcome, bool):
        raise Fault(f"The test of a selection must be true or false, not {java_name(outcome)}")
    return outcome
