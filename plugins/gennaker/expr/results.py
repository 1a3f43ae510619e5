"""
Hand results out as plain data.

What an expression built is copied and loses its Java types; data that was there before is handed on as
it is, so that nothing is loaded or copied that nobody reads.
"""

from __future__ import annotations

from typing import Any

from gennaker.expr.faults import LimitFault
from gennaker.expr.limits import Budget
from gennaker.expr.text import java_text
from gennaker.expr.values import Entry, Long, Protected, Status, View, is_list, is_map
from gennaker.expr.views import StageData

_MAX_NESTING = 100


def plain(value: Any, budget: Budget, depth: int = 0) -> Any:
    """Return a result as JSON-like data."""
    budget.step()
    if depth > _MAX_NESTING:
        raise LimitFault(f"The result is nested deeper than {_MAX_NESTING} levels")
    simple = type(value)
    if value is None or simple in _AS_THEY_ARE:
        return value
    if isinstance(value, View | StageData | Protected):
        return plain(_inside(value), budget, depth + 1)
    if isinstance(value, Long):
        return int(value)
    if isinstance(value, Status):
        return str(value)
    if isinstance(value, Entry):
        return {_key(value.key, budget): plain(value.value, budget, depth + 1)}
    if is_map(value):
        return _plain_map(value, budget, depth)
    if is_list(value):
        return [plain(item, budget, depth + 1) for item in value]
    return value if isinstance(value, str | int | float) else java_text(value, budget)


# Plain containers among them are data of the context: an expression's own are MapValue and ListValue.
_AS_THEY_ARE = frozenset({bool, int, float, str, dict, list, tuple})


def _inside(value: View | StageData | Protected) -> Any:
    if isinstance(value, View):
        return value.source
    return value.own if isinstance(value, StageData) else value.value


def _plain_map(value: Any, budget: Budget, depth: int) -> dict[Any, Any]:
    return {_key(key, budget): plain(value[key], budget, depth + 1) for key in value}


def _key(key: Any, budget: Budget) -> Any:
    return str(key) if isinstance(key, str) else java_text(key, budget)
