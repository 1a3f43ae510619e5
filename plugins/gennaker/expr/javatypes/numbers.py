"""Offer java.lang.Integer, Long, Double and Byte."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gennaker.expr.convert import parse_double, parse_whole, to_double, to_int, to_long
from gennaker.expr.faults import Fault
from gennaker.expr.members import JavaType
from gennaker.expr.operators import compare
from gennaker.expr.scope import Scope
from gennaker.expr.text import double_text
from gennaker.expr.values import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, Long, wrap_int, wrap_long


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool | Long) and INT_MIN <= value <= INT_MAX


def _is_long(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and not _is_int(value)


INTEGER = JavaType("java.lang.Integer", holds=_is_int)
LONG = JavaType("java.lang.Long", holds=_is_long)
DOUBLE = JavaType("java.lang.Double", holds=lambda value: isinstance(value, float))
BYTE = JavaType("java.lang.Byte")

INTEGER.constants.update(MAX_VALUE=INT_MAX, MIN_VALUE=INT_MIN, SIZE=32, BYTES=4)
LONG.constants.update(MAX_VALUE=Long(LONG_MAX), MIN_VALUE=Long(LONG_MIN), SIZE=64, BYTES=8)
BYTE.constants.update(MAX_VALUE=127, MIN_VALUE=-128, SIZE=8, BYTES=1)
DOUBLE.constants.update(
    MAX_VALUE=1.7976931348623157e308,
    MIN_VALUE=5e-324,
    NaN=math.nan,
    POSITIVE_INFINITY=math.inf,
    NEGATIVE_INFINITY=-math.inf,
)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("A text is expected")
    return value


@INTEGER.construct
def _new_integer(scope: Scope, value: Any) -> int:
    return _value_of_int(scope, value)


@INTEGER.static("parseInt")
def _parse_int(scope: Scope, text: Any, radix: Any = 10) -> int:
    return parse_whole(_text(text), to_int(radix), INT_MIN, INT_MAX)


@INTEGER.static("valueOf")
def _value_of_int(scope: Scope, value: Any, radix: Any = 10) -> int:
    return _parse_int(scope, value, radix) if isinstance(value, str) else to_int(value)


@INTEGER.static("decode")
def _decode_int(scope: Scope, text: Any) -> int:
    return _decode(_text(text), INT_MIN, INT_MAX)


@LONG.construct
def _new_long(scope: Scope, value: Any) -> Long:
    return _value_of_long(scope, value)


@LONG.static("parseLong")
def _parse_long(scope: Scope, text: Any, radix: Any = 10) -> Long:
    return Long(parse_whole(_text(text), to_int(radix), LONG_MIN, LONG_MAX))


@LONG.static("valueOf")
def _value_of_long(scope: Scope, value: Any, radix: Any = 10) -> Long:
    return _parse_long(scope, value, radix) if isinstance(value, str) else Long(to_long(value))


@LONG.static("decode")
def _decode_long(scope: Scope, text: Any) -> Long:
    return Long(_decode(_text(text), LONG_MIN, LONG_MAX))


@BYTE.construct
def _new_byte(scope: Scope, value: Any) -> int:
    return _parse_byte(scope, value)


@BYTE.static("parseByte", "valueOf")
def _parse_byte(scope: Scope, value: Any, radix: Any = 10) -> int:
    if isinstance(value, str):
        return parse_whole(value, to_int(radix), -128, 127)
    number = to_int(value)
    if not -128 <= number <= 127:
        raise Fault("The number does not fit into a byte")
    return number


@DOUBLE.construct
def _new_double(scope: Scope, value: Any) -> float:
    return to_double(value)


@DOUBLE.static("parseDouble")
def _parse_double_text(scope: Scope, text: Any) -> float:
    return parse_double(_text(text))


@DOUBLE.static("valueOf")
def _value_of_double(scope: Scope, value: Any) -> float:
    return to_double(value)


@DOUBLE.static("toString")
def _double_to_string(scope: Scope, value: Any) -> str:
    return double_text(to_double(value))


@DOUBLE.static("isNaN")
def _is_nan(scope: Scope, value: Any) -> bool:
    return math.isnan(to_double(value))


@DOUBLE.static("isInfinite")
def _is_infinite(scope: Scope, value: Any) -> bool:
    return math.isinf(to_double(value))


@DOUBLE.static("compare")
def _compare_doubles(scope: Scope, left: Any, right: Any) -> int:
    return compare(to_double(left), to_double(right))


@DOUBLE.static("max")
def _max_double(scope: Scope, left: Any, right: Any) -> float:
    return max(to_double(left), to_double(right))


@DOUBLE.static("min")
def _min_double(scope: Scope, left: Any, right: Any) -> float:
    return min(to_double(left), to_double(right))


@DOUBLE.static("sum")
def _sum_double(scope: Scope, left: Any, right: Any) -> float:
    return to_double(left) + to_double(right)


def _decode(text: str, low: int, high: int) -> int:
    sign = text[:1] if text[:1] in {"+", "-"} else ""
    digits = text[len(sign) :]
    for prefix, radix in (("0x", 16), ("0X", 16), ("#", 16), ("0", 8)):
        if digits.startswith(prefix) and len(digits) > len(prefix):
            return parse_whole(sign + digits[len(prefix) :], radix, low, high)
    return parse_whole(text, 10, low, high)


def _in_radix(value: int, radix: int) -> str:
    if value < 0:
        return "-" + _in_radix(-value, radix)
    digits = ""
    while value >= radix:
        value, digit = divmod(value, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "0123456789abcdefghijklmnopqrstuvwxyz"[value] + digits


def _unary(convert: Callable[[Any], int], compute: Callable[[int], Any]) -> Callable[[Scope, Any], Any]:
    return lambda scope, value: compute(convert(value))


def _binary(
    convert: Callable[[Any], int], combine: Callable[[int, int], int]
) -> Callable[[Scope, Any, Any], int]:
    return lambda scope, left, right: combine(convert(left), convert(right))


def _share(kind: JavaType, convert: Callable[[Any], int], wrap: Callable[[int], int], bits: int) -> None:
    """Register the static methods that Integer and Long have in common."""
    of_one: dict[str, Callable[[int], Any]] = {
        "toHexString": lambda value: format(value % 2**bits, "x"),
        "toOctalString": lambda value: format(value % 2**bits, "o"),
        "toBinaryString": lambda value: format(value % 2**bits, "b"),
        "signum": lambda value: compare(value, 0),
        "bitCount": lambda value: (value % 2**bits).bit_count(),
    }
    of_two: dict[str, Callable[[int, int], int]] = {
        "max": lambda left, right: wrap(max(left, right)),
        "min": lambda left, right: wrap(min(left, right)),
        "sum": lambda left, right: wrap(left + right),
        "compare": compare,
    }
    for name, compute in of_one.items():
        kind.static(name)(_unary(convert, compute))
    for name, combine in of_two.items():
        kind.static(name)(_binary(convert, combine))

    @kind.static("toString")
    def number_to_string(scope: Scope, value: Any, radix: Any = 10) -> str:
        base = to_int(radix)
        return _in_radix(convert(value), base if 2 <= base <= 36 else 10)


_share(INTEGER, to_int, wrap_int, 32)
_share(LONG, to_long, wrap_long, 64)
