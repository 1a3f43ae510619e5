"""Say, without evaluating it, whether an expression asks for something that does not exist here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gennaker.errors import ExpressionError
from gennaker.expr import evaluator as _evaluator  # noqa: F401 - importing it fills the tables of methods
from gennaker.expr import function_names, members, nodes, parse


@dataclass(frozen=True)
class Refusal:
    """Why an expression cannot work; `position` counts the text's characters from 0."""

    reason: str
    position: int | None


def refusal(source: str, *, offset: int = 0) -> Refusal | None:
    """Return why a bare expression is refused, or None where it is understood."""
    try:
        for node in walk(parse(source)):
            _check(node)
    except ExpressionError as fault:
        position = getattr(fault, "position", None)
        return Refusal(str(fault), None if position is None else position + offset)
    except _Unknown as unknown:
        return Refusal(unknown.reason, unknown.position + offset)
    return None


def walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Yield a node and everything below it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(nodes.children(node))


class _Unknown(Exception):
    """A name is in none of the tables."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def _check(node: nodes.Node) -> None:
    if isinstance(node, nodes.Call) and node.name not in function_names():
        raise _Unknown(f"there is no function #{node.name}()", node.position)
    if isinstance(node, nodes.Type | nodes.New):
        kind = _type(node.name, node.position)
        if isinstance(node, nodes.New) and kind.constructor is None:
            raise _Unknown(f"{kind.simple} has no constructor", node.position)
    if isinstance(node, nodes.Path):
        _check_steps(node)


def _check_steps(path: nodes.Path) -> None:
    steps = path.steps
    if isinstance(path.head, nodes.Type) and steps:
        kind = _type(path.head.name, path.head.position)
        if isinstance(steps[0], nodes.Method):
            try:
                kind.find(steps[0].name)
            except ExpressionError as fault:
                raise _Unknown(str(fault), steps[0].position) from None
        steps = steps[1:]
    for step in steps:
        if isinstance(step, nodes.Method) and not _known(step.name):
            raise _Unknown(f"no value has a method {step.name}()", step.position)


def _type(name: str, position: int) -> members.JavaType:
    try:
        return members.find_type(name)
    except ExpressionError as fault:
        raise _Unknown(str(fault), position) from None


def _known(name: str) -> bool:
    """Return whether any kind of value has a method; a bean's getters are made when they are asked for."""
    getter = any(name.startswith(prefix) and name[len(prefix) :][:1].isupper() for prefix in ("get", "is"))
    return getter or name in _methods()


@cache
def _methods() -> frozenset[str]:
    # Which kind of value a name is asked of is known only in a run; what no kind has is wrong anywhere.
    return frozenset(name for kind in members._BY_TYPE.values() for name in kind.names())
