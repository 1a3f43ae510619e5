"""
Find what expressions refer to, without evaluating them.

Saving a pipeline uses this to check names, and the editor to list them. Names inside a selection or a
projection belong to its elements and are not counted as roots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gennaker.errors import ExpressionError
from gennaker.expr import nodes
from gennaker.expr.faults import position_of
from gennaker.expr.limits import DEFAULT_LIMITS
from gennaker.expr.parser import parse
from gennaker.expr.paths import member
from gennaker.expr.template import Expression, has_expression, parse_template
from gennaker.expr.values import is_list, is_map


@dataclass(frozen=True, slots=True)
class References:
    """The names that expressions use, as far as they are written out."""

    parameters: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    """Names or ids that ``#stage``, ``#stageExists`` and other helpers are given."""
    ref_ids: frozenset[str] = frozenset()
    judgments: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    """Bare names read from the root object."""
    syntax_errors: tuple[tuple[str, str, int], ...] = ()
    """(path within the value, message, offset in the text) of what does not parse."""


@dataclass(slots=True)
class _Found:
    parameters: set[str] = field(default_factory=set)
    stages: set[str] = field(default_factory=set)
    ref_ids: set[str] = field(default_factory=set)
    judgments: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    errors: list[tuple[str, str, int]] = field(default_factory=list)

    def freeze(self) -> References:
        return References(
            frozenset(self.parameters),
            frozenset(self.stages),
            frozenset(self.ref_ids),
            frozenset(self.judgments),
            frozenset(self.functions),
            frozenset(self.roots),
            tuple(self.errors),
        )


def references(value: Any) -> References:
    """Return what the expressions in a template refer to."""
    found = _Found()
    for path, text in _texts(value, "", 0):
        try:
            parts = parse_template(text)
        except ExpressionError as error:
            found.errors.append((path, error.message, position_of(error) or 0))
            continue
        for part in parts:
            if isinstance(part, Expression):
                _inspect(part.source, found, path, part.offset)
    return found.freeze()


def references_in_expression(expression: str) -> References:
    """Return what a bare expression refers to."""
    found = _Found()
    _inspect(expression, found, "", 0)
    return found.freeze()


def _texts(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield every text and key that holds an expression, with its path."""
    if isinstance(value, str):
        if has_expression(value):
            yield path, value
    elif depth >= DEFAULT_LIMITS.nesting:
        return
    elif is_map(value):
        for key in value:
            inner = member(path, key)
            if isinstance(key, str) and has_expression(key):
                yield inner, key
            yield from _texts(value[key], inner, depth + 1)
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _texts(item, member(path, index), depth + 1)


def _inspect(source: str, found: _Found, path: str, offset: int) -> None:
    try:
        tree = parse(source)
    except ExpressionError as error:
        found.errors.append((path, str(error), (position_of(error) or 0) + offset))
        return
    waiting: list[tuple[nodes.Node, bool]] = [(tree, True)]
    while waiting:
        node, at_root = waiting.pop()
        if isinstance(node, nodes.Call):
            _note_call(node, found)
        elif isinstance(node, nodes.Path):
            _note_path(node, found, at_root=at_root)
        waiting.extend(_below(node, at_root=at_root))


def _below(node: nodes.Node, *, at_root: bool) -> Iterator[tuple[nodes.Node, bool]]:
    if isinstance(node, nodes.InlineMap):
        # A bare name as a key is the key itself.
        yield from ((value, at_root) for _, value in node.entries)
        yield from ((key, at_root) for key, _ in node.entries if nodes.bare_name(key) is None)
    elif isinstance(node, nodes.Index):
        if nodes.bare_name(node.key) is None:
            yield node.key, True
    else:
        inside = isinstance(node, nodes.Selection | nodes.Projection)
        yield from ((child, at_root and not inside) for child in nodes.children(node))


def _note_call(node: nodes.Call, found: _Found) -> None:
    found.functions.add(node.name)
    collect = _NAMING_FUNCTIONS.get(node.name)
    if collect is None:
        return
    count = None if node.name == "deployedServerGroups" else 1
    names = (argument.value for argument in node.arguments[:count] if isinstance(argument, nodes.Constant))
    collect(found).update(name for name in names if isinstance(name, str))


_NAMING_FUNCTIONS: dict[str, Callable[[_Found], set[str]]] = {
    "stage": lambda found: found.stages,
    "stageExists": lambda found: found.stages,
    "deployedServerGroups": lambda found: found.stages,
    "manifestLabelValue": lambda found: found.stages,
    "stageByRefId": lambda found: found.ref_ids,
    "judgment": lambda found: found.judgments,
    "judgement": lambda found: found.judgments,
}


def _note_path(node: nodes.Path, found: _Found, *, at_root: bool) -> None:
    names = _names(node, at_root=at_root)
    first = next(names, None)
    if first is None:
        return
    found.roots.add(first)
    if first == "execution":
        first = next(names, None)
    if first == "trigger":
        first = next(names, None)
    if first == "parameters" and (name := next(names, None)) is not None:
        found.parameters.add(name)


def _names(node: nodes.Path, *, at_root: bool) -> Iterator[str]:
    """Yield the names along a chain that starts at the root, as long as they are written out."""
    is_root = isinstance(node.head, nodes.Variable) and node.head.name == "root"
    if not is_root and not (at_root and isinstance(node.head, nodes.Active)):
        return
    for step in node.steps:
        name = _step_name(step)
        if name is None:
            return
        yield name


def _step_name(step: nodes.Step) -> str | None:
    match step:
        case nodes.Property(name=name):
            return name
        case nodes.Index(key=nodes.Constant(value=str() as name)):
            return name
        case nodes.Index(key=key):
            return nodes.bare_name(key)
        case nodes.Method(name="get" | "getOrDefault", arguments=(nodes.Constant(value=str() as name), *_)):
            return name
    return None
