"""
Field types for JSON in which any value may be an expression.

Spinnaker evaluates ``${ }`` in every string, so a number may arrive as ``30``, ``"30"`` or
``"${ parameters.delay }"``. Stage models use these types instead of bare ``int`` and ``bool``; a field
that holds an expression keeps the text, and the stage sees the value when it starts.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

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

# Editors should not complain of "30", which the number beside it reads.
_NumberText: TypeAlias = Annotated[
    ExprText, WithJsonSchema({"type": "string", "pattern": r"\$\{|^\s*[-+]?[0-9.]+\s*$"})
]
_BoolText: TypeAlias = Annotated[
    ExprText, WithJsonSchema({"type": "string", "pattern": r"\$\{|^([Tt]rue|[Ff]alse|TRUE|FALSE)$"})
]

ExprInt: TypeAlias = int | _NumberText
"""A whole number, also as text, or an expression."""

ExprNumber: TypeAlias = int | float | _NumberText
"""A number, also as text, or an expression."""

ExprBool: TypeAlias = bool | _BoolText
"""True or false, also as text, or an expression."""

ExprStr: TypeAlias = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int | float | bool)]
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
