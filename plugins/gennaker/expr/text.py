"""
Write values as Java does: ``toString()``, and JSON for ``#toJson``.

Values may share parts many times over, so every written piece is paid for before it is added.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from gennaker.expr.faults import Fault, LimitFault
from gennaker.expr.limits import Budget
from gennaker.expr.values import Entry, EnumConstant, Protected, View, is_list, is_map

_MAX_NESTING = 100

Writer = Callable[[Any], str]
_WRITERS: dict[type, Writer] = {EnumConstant: lambda constant: str(constant.text)}


def writes(kind: type) -> Callable[[Writer], Writer]:
    """Register how the values of a Java type are written."""

    def register(writer: Writer) -> Writer:
        _WRITERS[kind] = writer
        return writer

    return register


def java_text(value: Any, budget: Budget) -> str:
    """Return what Java's ``String.valueOf`` would."""
    if isinstance(value, str):
        return str(value)
    simple = _scalar_text(value)
    if simple is not None:
        return simple
    return _collect(_pieces(value, 0), budget)


def joined_text(value: Any, budget: Budget) -> str:
    """
    Return what Spring makes of a value that becomes part of a text.

    A list is joined with commas there, without brackets; a map has no text.
    """
    if is_list(value):
        if any(is_map(item) for item in value):
            raise Fault("A list of maps cannot become text", hint="write #toJson(...)")
        return _collect((piece for piece in _comma_separated(value, "", ",")), budget)
    if is_map(value):
        raise Fault("A map cannot become text", hint="write #toJson(...) or name one of its keys")
    return java_text(value, budget)


def _collect(pieces: Iterator[str], budget: Budget) -> str:
    parts, size = [], 0
    for piece in pieces:
        budget.step()
        size += len(piece)
        if size > budget.limits.text:
            budget.text(size)
        parts.append(piece)
    budget.text(size)
    return "".join(parts)


def _scalar_text(value: Any) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return double_text(value)
    writer = _WRITERS.get(type(value))
    return writer(value) if writer else None


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if depth > _MAX_NESTING:
        raise LimitFault(f"The value is nested deeper than {_MAX_NESTING} levels")
    if isinstance(value, str):
        yield value
    elif isinstance(value, Entry):
        yield from _pieces(value.key, depth + 1)
        yield "="
        yield from _pieces(value.value, depth + 1)
    elif isinstance(value, View):
        yield from _pieces(value.source, depth)
    elif isinstance(value, Protected):
        yield from _pieces(value.value, depth)
    elif is_map(value):
        entries = (Entry(key, value[key]) for key in value)
        yield "{"
        yield from _comma_separated(entries, "", ", ", depth)
        yield "}"
    elif is_list(value):
        yield "["
        yield from _comma_separated(value, "", ", ", depth)
        yield "]"
    else:
        yield _scalar_text(value) or type(value).__name__


def _comma_separated(items: Any, separator: str, following: str, depth: int = 0) -> Iterator[str]:
    for item in items:
        yield separator
        yield from _pieces(item, depth + 1)
        separator = following


def double_text(value: float) -> str:
    """Write a number as Java's ``Double.toString`` does."""
    if math.isnan(value):
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return _positional(value)
    mantissa, _, exponent = f"{value!r}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.16e}".partition("e")
        mantissa = _shortest_mantissa(value, int(exponent))
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def _positional(value: float) -> str:
    text = repr(value)
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text


def _shortest_mantissa(value: float, exponent: int) -> str:
    """Return the digits of the shortest spelling, with the point behind the first."""
    sign = "-" if value < 0 else ""
    digits = repr(abs(value)).replace(".", "").strip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}"


def json_text(value: Any, budget: Budget) -> str:
    """Write a value as compact JSON; what JSON does not know is written as text."""
    return json.dumps(_json_value(value, budget, 0), ensure_ascii=False, separators=(",", ":"))


def _json_value(value: Any, budget: Budget, depth: int) -> Any:
    budget.step()
    if depth > _MAX_NESTING:
        raise LimitFault(f"The value is nested deeper than {_MAX_NESTING} levels")
    if isinstance(value, View):
        value = value.source
    if isinstance(value, str):
        budget.text(len(value))
        return value
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Entry):
        return {java_text(value.key, budget): _json_value(value.value, budget, depth + 1)}
    if is_map(value):
        return {java_text(key, budget): _json_value(value[key], budget, depth + 1) for key in value}
    if is_list(value):
        return [_json_value(item, budget, depth + 1) for item in value]
    return java_text(value, budget)
