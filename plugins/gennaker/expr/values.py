"""
Represent Java's values in Python.

===================  ==========================================================================
Java                 here
===================  ==========================================================================
null, boolean        None, bool
Integer              int within 32 bits
Long                 :class:`Long`, and every plain int beyond 32 bits
BigInteger           int beyond 64 bits
Double, Float        float
String, char         str
enum constants       :class:`Status`, :class:`EnumConstant`
List, Set, array     any Sequence; what an expression builds itself is a :class:`ListValue`
Map                  any Mapping; what an expression builds itself is a :class:`MapValue`
===================  ==========================================================================

The two container classes tell the values an expression made, which may hold Java values and may share
parts, from the data it was given, which is handed on untouched and never copied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class Long(int):
    """A whole number that Java would hold in 64 bits though it may fit into 32."""

    __slots__ = ()


class ListValue(list[Any]):
    """A list that an expression built."""

    __slots__ = ()


class MapValue(dict[Any, Any]):
    """A map that an expression built."""

    __slots__ = ()


class Status(str):
    """The status of a stage or an execution: a text with a few questions to ask."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a map, as selections and projections see it."""

    key: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Protected:
    """What ``#doNotEval`` returns: a value that ``#toJson`` may write although it contains ``${``."""

    value: Any


@dataclass(frozen=True, slots=True)
class EnumConstant:
    """A constant of a Java enum such as DayOfWeek.MONDAY."""

    enum: str
    name: str
    ordinal: int
    text: str


class View:
    """A bean with named properties over a Mapping; see :mod:`gennaker.expr.views`."""

    __slots__ = ("source",)

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Tell lists from texts, which Python calls sequences too."""
    return isinstance(value, list | tuple) or (
        isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)
    )


def is_map(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell maps."""
    return isinstance(value, dict | Mapping)


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell numbers from booleans, which Python calls integers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def wrap_int(value: int) -> int:
    """Wrap around as a Java int does."""
    return (value - INT_MIN) % 2**32 + INT_MIN


def wrap_long(value: int) -> Long:
    """Wrap around as a Java long does."""
    return Long((value - LONG_MIN) % 2**64 + LONG_MIN)


def clamp(value: float, low: int, high: int) -> int:
    """Cast a double to a whole number as Java does: cut the fraction, stop at the ends, NaN is 0."""
    if math.isnan(value):
        return 0
    return low if value <= low else high if value >= high else int(value)


def java_name(value: object) -> str:
    """Return the name of a value's type for messages."""
    for kind, name in _NAMES:
        if isinstance(value, kind):
            return name
    if is_map(value):
        return "Map"
    return "List" if is_list(value) else type(value).__name__


_NAMES: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (bool, "Boolean"),
    (int, "a whole number"),
    (float, "Double"),
    (Status, "ExecutionStatus"),
    (str, "String"),
)
