"""
Field types for JSON in which any value may be an expression.

Spinnaker evaluates ``${ }`` in every string, so a number may arrive as ``30``, ``"30"`` or
``"${ parameters.delay }"``. Stage models use these types instead of bare ``int`` and ``bool``; a field
that holds an expression keeps the text, and the stage sees the value when it starts.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints

T = TypeVar("T")

EXPRESSION_MARK = "${"


def has_expression(value: object) -> bool:
    """Return whether a value is text with an expression in it."""
    return isinstance(value, str) and EXPRESSION_MARK in value


def _text(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _items(value: Any) -> Any:
    """Read ``null`` as no items and a single value as a list of one."""
    if type(value) is list:
        return value
    if value is None:
        return ()
    if isinstance(value, str | int | float | dict):
        return (value,)
    return value


ExprText: TypeAlias = Annotated[str, StringConstraints(pattern=r"\$\{")]
"""Text that holds an expression."""

ExprInt: TypeAlias = int | ExprText
"""A whole number, also as text, or an expression."""

ExprNumber: TypeAlias = int | float | ExprText
"""A number, also as text, or an expression."""

ExprBool: TypeAlias = bool | ExprText
"""True or false, also as text, or an expression."""

ExprStr: TypeAlias = Annotated[str, BeforeValidator(_text)]
"""Text; numbers and booleans are written out."""

ExprMap: TypeAlias = dict[str, Any] | ExprText
"""An object, or an expression that gives one."""

Seconds: TypeAlias = Annotated[ExprNumber, Field(json_schema_extra={"unit": "seconds"})]
"""A duration in seconds, or an expression."""

Milliseconds: TypeAlias = Annotated[ExprNumber, Field(json_schema_extra={"unit": "milliseconds"})]
"""A duration in milliseconds, or an expression."""

Duration: TypeAlias = Seconds

Items: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_items)]
"""A list; ``null`` means no items, and a single value is a list of one."""

ExprItems: TypeAlias = ExprText | Items[T]
"""A list as :data:`Items`, or an expression that gives one."""

ExprStrs: TypeAlias = ExprItems[ExprStr]
"""A list of texts, or an expression that gives one."""
