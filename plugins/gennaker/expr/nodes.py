"""
Describe a parsed expression: small immutable nodes, each knowing where it starts.

A chain such as ``#stage('x').context?.image[0]`` is one :class:`Path`: a head and its steps. A bare name is
a step too, taken from the :class:`Active` object: the root, or the element inside a selection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Node:
    """The common part: the offset of the first character."""

    position: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, a text, true, false or null."""

    value: object


@dataclass(frozen=True, slots=True)
class Active(Node):
    """The object that bare names belong to."""


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``#root``, ``#this`` or an unknown ``#name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A helper function: ``#name(...)``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Type(Node):
    """``T(java.lang.Math)``."""

    name: str


@dataclass(frozen=True, slots=True)
class New(Node):
    """``new java.util.Date(0)``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NewArray(Node):
    """``new String[2]``, ``new int[]{1, 2}``."""

    name: str
    size: Node | None
    items: InlineList | None


@dataclass(frozen=True, slots=True)
class InlineList(Node):
    """``{1, 2}``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InlineMap(Node):
    """``{name: 'x', 'other': 1}``."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-x``, ``+x``, ``!x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two operands; words and signs for the same operator share one spelling."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Ternary(Node):
    """``test ? yes : no``."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Elvis(Node):
    """``value ?: other``."""

    value: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One link of a chain; `safe` ones turn null into null instead of failing."""

    safe: bool


@dataclass(frozen=True, slots=True)
class Property(Step):
    """``.name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Method(Step):
    """``.name(...)``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Index(Step):
    """``[key]``."""

    key: Node


SelectionKind: TypeAlias = Choice["all", "first", "last"]


@dataclass(frozen=True, slots=True)
class Selection(Step):
    """``.?[test]``, ``.^[test]``, ``.$[test]``."""

    kind: SelectionKind
    test: Node


@dataclass(frozen=True, slots=True)
class Projection(Step):
    """``.![expression]``."""

    expression: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A head and the steps taken from it."""

    head: Node
    steps: tuple[Step, ...]


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below this one."""
    match node:
        case Path(head=head, steps=steps):
            return (head, *steps)
        case Call(arguments=items) | New(arguments=items) | Method(arguments=items) | InlineList(items=items):
            return items
        case InlineMap(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Binary(left=left, right=right) | Elvis(value=left, other=right):
            return (left, right)
        case Ternary(test=test, yes=yes, no=no):
            return (test, yes, no)
        case NewArray(size=size, items=array):
            return tuple(part for part in (size, array) if part is not None)
        case Unary(operand=only) | Index(key=only) | Selection(test=only) | Projection(expression=only):
            return (only,)
    return ()


def bare_name(node: Node) -> str | None:
    """Return the name of a node that is nothing but a name: maps take it as the key itself."""
    match node:
        case Path(head=Active(), steps=(Property(name=name),)):
            return name
    return None
