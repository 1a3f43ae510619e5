"""Offer the methods of Java's numbers and booleans."""

from __future__ import annotations

import math
from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.members import BOOLEAN, NUMBER, members_for
from gennaker.expr.operators import compare
from gennaker.expr.scope import Scope
from gennaker.expr.values import (
    INT_MAX,
    INT_MIN,
    LONG_MAX,
    LONG_MIN,
    Long,
    clamp,
    is_number,
    wrap_int,
    wrap_long,
)

members_for(int, float, Long)(NUMBER)
members_for(bool)(BOOLEAN)


@NUMBER.method("intValue")
def _int_value(scope: Scope, value: Any) -> int:
    return clamp(value, INT_MIN, INT_MAX) if isinstance(value, float) else wrap_int(value)


@NUMBER.method("longValue")
def _long_value(scope: Scope, value: Any) -> Long:
    return Long(clamp(value, LONG_MIN, LONG_MAX)) if isinstance(value, float) else wrap_long(value)


@NUMBER.method("shortValue")
def _short_value(scope: Scope, value: Any) -> int:
    return (_int_value(scope, value) + 2**15) % 2**16 - 2**15


@NUMBER.method("byteValue")
def _byte_value(scope: Scope, value: Any) -> int:
    return (_int_value(scope, value) + 2**7) % 2**8 - 2**7


@NUMBER.method("doubleValue", "floatValue")
def _double_value(scope: Scope, value: Any) -> float:
    return float(value)


@NUMBER.method("isNaN")
def _is_nan(scope: Scope, value: Any) -> bool:
    return math.isnan(value)


@NUMBER.method("isInfinite")
def _is_infinite(scope: Scope, value: Any) -> bool:
    return math.isinf(value)


@NUMBER.method("compareTo")
def _compare_to(scope: Scope, value: Any, other: Any) -> int:
    if not is_number(other):
        raise Fault("compareTo() needs a number")
    return compare(value, other)


@NUMBER.method("equals")
def _is_equal(scope: Scope, value: Any, other: Any) -> bool:
    return is_number(other) and isinstance(value, float) == isinstance(other, float) and bool(value == other)


@NUMBER.method("hashCode")
def _hash_code(scope: Scope, value: Any) -> int:
    return wrap_int(int(value))


@BOOLEAN.method("booleanValue")
def _boolean_value(scope: Scope, value: bool) -> bool:
    return value


@BOOLEAN.method("compareTo")
def _compare_booleans(scope: Scope, value: bool, other: Any) -> int:
    return compare(value, other)
