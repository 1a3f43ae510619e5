"""
Walk the nodes of an expression and compute its value.

One function a kind of node, found by a table. ``active`` is the object that bare names belong to: the
root, or the element inside a selection or projection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gennaker.expr import (
    javatypes,  # noqa: F401 - importing it fills the tables of types
    methods,  # noqa: F401 - importing it fills the tables of methods
    nodes,
)
from gennaker.expr.access import read_index, read_property
from gennaker.expr.convert import to_boolean, to_int, to_text
from gennaker.expr.faults import Fault, LimitFault
from gennaker.expr.functions import call_function
from gennaker.expr.members import JavaType, call_method, find_type
from gennaker.expr.operators import calculate, compare, equals, negate
from gennaker.expr.patterns import full_match
from gennaker.expr.scope import Scope
from gennaker.expr.selection import project, select
from gennaker.expr.values import ListValue, MapValue, View, is_list, is_map, is_number, java_name


class Evaluator:
    """Compute nodes against one root object and one budget."""

    __slots__ = ("_depth", "_depth_limit", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._depth = 0
        self._depth_limit = scope.budget.limits.depth

    def evaluate(self, node: nodes.Node, active: Any) -> Any:
        """Return the value of a node."""
        self._scope.budget.step()
        self._depth += 1
        try:
            if self._depth > self._depth_limit:
                raise LimitFault(f"The expression is nested deeper than {self._depth_limit} levels")
            return _NODES[type(node)](self, node, active)
        except Fault as fault:
            if fault.position is None:
                fault.position = node.position
            raise
        finally:
            self._depth -= 1

    def _constant(self, node: nodes.Constant, _active: Any) -> Any:
        return node.value

    def _active(self, _node: nodes.Active, active: Any) -> Any:
        return active

    def _variable(self, node: nodes.Variable, active: Any) -> Any:
        if node.name == "root":
            return self._scope.root
        return active if node.name == "this" else None

    def _call(self, node: nodes.Call, active: Any) -> Any:
        return call_function(self._scope, node.name, self._all(node.arguments, active))

    def _type(self, node: nodes.Type, _active: Any) -> Any:
        return find_type(node.name)

    def _new(self, node: nodes.New, active: Any) -> Any:
        kind = find_type(node.name)
        if kind.constructor is None:
            raise Fault(f"{kind.simple} has no constructor")
        return kind.constructor(self._scope, arguments=self._all(node.arguments, active))

    def _new_array(self, node: nodes.NewArray, active: Any) -> Any:
        convert = _ARRAYS.get(node.name)
        if convert is None:
            raise Fault(f"Arrays of {node.name[:40]} are not available")
        size = None if node.size is None else to_int(self.evaluate(node.size, active))
        if node.items is not None:
            items = ListValue(convert(item) for item in self._all(node.items.items, active))
            if size is not None and size != len(items):
                raise Fault(f"The array has {len(items)} elements, not {size}")
            return items
        if size is None or size < 0:
            raise Fault("An array needs a size or its elements")
        self._scope.budget.grow(size)
        return ListValue([None if node.name == "String" else convert(0)] * size)

    def _list(self, node: nodes.InlineList, active: Any) -> Any:
        return ListValue(self._all(node.items, active))

    def _map(self, node: nodes.InlineMap, active: Any) -> Any:
        self._scope.budget.grow(len(node.entries))
        result = MapValue()
        for key, value in node.entries:
            name = nodes.bare_name(key)
            computed = self.evaluate(key, active) if name is None else name
            if is_list(computed) or is_map(computed) or isinstance(computed, View):
                raise Fault(f"{java_name(computed)} cannot be a key", position=key.position)
            result[computed] = self.evaluate(value, active)
        return result

    def _unary(self, node: nodes.Unary, active: Any) -> Any:
        value = self.evaluate(node.operand, active)
        if node.operator == "!":
            return not to_boolean(value)
        if node.operator == "-":
            return negate(value)
        if not is_number(value):
            raise Fault(f"The operator '+' does not work for {java_name(value)}")
        return value

    def _binary(self, node: nodes.Binary, active: Any) -> Any:
        # A long sum is a deep tree leaning left; walking down its spine in a loop keeps Python's stack flat.
        spine = [node]
        while isinstance(spine[-1].left, nodes.Binary):
            spine.append(spine[-1].left)
        value = self.evaluate(spine[-1].left, active)
        for operation in reversed(spine):
            try:
                value = self._apply(operation, value, active)
            except Fault as fault:
                if fault.position is None:
                    fault.position = operation.position
                raise
        return value

    def _apply(self, node: nodes.Binary, left: Any, active: Any) -> Any:
        self._scope.budget.step()
        if node.operator in {"&&", "||"}:
            decided = to_boolean(left)
            if decided == (node.operator == "||"):
                return decided
            return to_boolean(self.evaluate(node.right, active))
        right = self.evaluate(node.right, active)
        relation = _RELATIONS.get(node.operator)
        if relation is not None:
            return relation(self._scope, left, right)
        return calculate(node.operator, left, right, self._scope.budget)

    def _ternary(self, node: nodes.Ternary, active: Any) -> Any:
        return self.evaluate(node.yes if to_boolean(self.evaluate(node.test, active)) else node.no, active)

    def _elvis(self, node: nodes.Elvis, active: Any) -> Any:
        value = self.evaluate(node.value, active)
        is_missing = value is None or (isinstance(value, str) and not value)
        return self.evaluate(node.other, active) if is_missing else value

    def _path(self, node: nodes.Path, active: Any) -> Any:
        value = self.evaluate(node.head, active)
        for step in node.steps:
            self._scope.budget.step()
            if value is None and step.safe:
                continue
            try:
                value = _STEPS[type(step)](self, step, value, active)
            except Fault as fault:
                if fault.position is None:
                    fault.position = step.position
                raise
        return value

    def _property_step(self, step: nodes.Property, target: Any, _active: Any) -> Any:
        return read_property(self._scope, target, step.name)

    def _method_step(self, step: nodes.Method, target: Any, active: Any) -> Any:
        arguments = self._all(step.arguments, active)
        if target is None:
            raise Fault(
                f"{step.name[:80]}() cannot be called on null",
                hint=f"?.{step.name[:80]}() gives null instead",
            )
        return call_method(self._scope, target, step.name, arguments)

    def _index_step(self, step: nodes.Index, target: Any, _active: Any) -> Any:
        name = nodes.bare_name(step.key) if is_map(target) else None
        # Spring computes an index against the root, also inside a selection.
        key = self.evaluate(step.key, self._scope.root) if name is None else name
        if key is None:
            raise Fault("null cannot be an index")
        return read_index(self._scope, target, key)

    def _selection_step(self, step: nodes.Selection, target: Any, _active: Any) -> Any:
        return select(self._scope.budget, target, step.kind, lambda item: self.evaluate(step.test, item))

    def _projection_step(self, step: nodes.Projection, target: Any, _active: Any) -> Any:
        return project(self._scope.budget, target, lambda item: self.evaluate(step.expression, item))

    def _all(self, items: tuple[nodes.Node, ...], active: Any) -> list[Any]:
        self._scope.budget.grow(len(items))
        return [self.evaluate(item, active) for item in items]


def _between(scope: Scope, value: Any, ends: Any) -> bool:
    if not is_list(ends) or len(ends) != 2:
        raise Fault("between needs a list of two values")
    return compare(value, ends[0]) >= 0 and compare(value, ends[1]) <= 0


def _instance_of(scope: Scope, value: Any, kind: Any) -> bool:
    if not isinstance(kind, JavaType):
        raise Fault("instanceof needs a type", hint="write T(String)")
    return kind.holds(value)


def _matches(scope: Scope, value: Any, pattern: Any) -> bool:
    if not isinstance(pattern, str):
        raise Fault(f"matches needs a regular expression, not {java_name(pattern)}")
    return full_match(pattern, to_text(value, scope.budget), scope.budget)


_RELATIONS: dict[str, Callable[[Scope, Any, Any], bool]] = {
    "==": lambda scope, left, right: equals(left, right, scope.budget),
    "!=": lambda scope, left, right: not equals(left, right, scope.budget),
    "<": lambda scope, left, right: compare(left, right) < 0,
    "<=": lambda scope, left, right: compare(left, right) <= 0,
    ">": lambda scope, left, right: compare(left, right) > 0,
    ">=": lambda scope, left, right: compare(left, right) >= 0,
    "between": _between,
    "instanceof": _instance_of,
    "matches": _matches,
}

_ARRAYS: dict[str, Callable[[Any], Any]] = {
    "String": lambda value: value,
    "int": to_int,
    "long": lambda value: value,
    "double": float,
    "boolean": bool,
}

_NODES: dict[type[nodes.Node], Callable[[Evaluator, Any, Any], Any]] = {
    nodes.Constant: Evaluator._constant,
    nodes.Active: Evaluator._active,
    nodes.Variable: Evaluator._variable,
    nodes.Call: Evaluator._call,
    nodes.Type: Evaluator._type,
    nodes.New: Evaluator._new,
    nodes.NewArray: Evaluator._new_array,
    nodes.InlineList: Evaluator._list,
    nodes.InlineMap: Evaluator._map,
    nodes.Unary: Evaluator._unary,
    nodes.Binary: Evaluator._binary,
    nodes.Ternary: Evaluator._ternary,
    nodes.Elvis: Evaluator._elvis,
    nodes.Path: Evaluator._path,
}

_STEPS: dict[type[nodes.Step], Callable[[Evaluator, Any, Any, Any], Any]] = {
    nodes.Property: Evaluator._property_step,
    nodes.Method: Evaluator._method_step,
    nodes.Index: Evaluator._index_step,
    nodes.Selection: Evaluator._selection_step,
    nodes.Projection: Evaluator._projection_step,
}
