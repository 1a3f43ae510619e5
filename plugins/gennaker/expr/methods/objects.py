"""Offer what every Java object can do, and enum constants."""

from __future__ import annotations

from typing import Any

from gennaker.expr.members import ENUM, OBJECT, members_for
from gennaker.expr.operators import compare, equals
from gennaker.expr.scope import Scope
from gennaker.expr.text import java_text
from gennaker.expr.values import EnumConstant

members_for(EnumConstant)(ENUM)


@OBJECT.method("toString")
def _to_string(scope: Scope, value: Any) -> str:
    return java_text(value, scope.budget)


@OBJECT.method("equals")
def _is_equal(scope: Scope, value: Any, other: Any) -> bool:
    return equals(value, other, scope.budget)


@OBJECT.method("hashCode")
def _hash_code(scope: Scope, value: Any) -> int:
    return string_hash(java_text(value, scope.budget))


@ENUM.method("name")
def _enum_name(scope: Scope, constant: EnumConstant) -> str:
    return constant.name


@ENUM.method("ordinal")
def _enum_ordinal(scope: Scope, constant: EnumConstant) -> int:
    return constant.ordinal


@ENUM.method("compareTo")
def _enum_compare(scope: Scope, constant: EnumConstant, other: Any) -> int:
    return compare(constant, other)


def string_hash(text: str) -> int:
    """Return what ``String.hashCode`` does, over UTF-16 units."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for index in range(0, len(units), 2):
        value = (31 * value + (units[index] << 8) + units[index + 1]) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value
