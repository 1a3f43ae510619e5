"""Offer java.lang.Math."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from gennaker.expr.convert import to_double, to_number
from gennaker.expr.faults import Fault
from gennaker.expr.members import JavaType
from gennaker.expr.operators import calculate
from gennaker.expr.scope import Scope
from gennaker.expr.values import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, Long, clamp

MATH = JavaType("java.lang.Math")
MATH.constants.update(PI=math.pi, E=math.e)

# Java answers NaN or an infinity where Python raises.
_ONE_DOUBLE: dict[str, Callable[[float], float]] = {
    "sqrt": math.sqrt, "cbrt": math.cbrt, "exp": math.exp, "expm1": math.expm1, "log1p": math.log1p,
    "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "toRadians": math.radians, "toDegrees": math.degrees,
}  # fmt: skip


def _register(name: str, compute: Callable[[float], float]) -> None:
    def wrapped(scope: Scope, value: Any) -> float:
        try:
            return compute(to_double(value))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    MATH.static(name)(wrapped)


for _name, _compute in _ONE_DOUBLE.items():
    _register(_name, _compute)


@MATH.static("log")
def _log(scope: Scope, value: Any) -> float:
    return _logarithm(math.log, to_double(value))


@MATH.static("log10")
def _log10(scope: Scope, value: Any) -> float:
    return _logarithm(math.log10, to_double(value))


def _logarithm(compute: Callable[[float], float], value: float) -> float:
    if value > 0:
        return compute(value)
    return -math.inf if value == 0 else math.nan


@MATH.static("abs")
def _absolute(scope: Scope, value: Any) -> Any:
    number = to_number(value)
    return calculate("-", 0 * number, number, scope.budget) if number < 0 else number


@MATH.static("max")
def _larger(scope: Scope, left: Any, right: Any) -> Any:
    return _either(max, left, right)


@MATH.static("min")
def _smaller(scope: Scope, left: Any, right: Any) -> Any:
    return _either(min, left, right)


def _either(choose: Callable[..., Any], left: Any, right: Any) -> Any:
    one, other = to_number(left), to_number(right)
    if isinstance(one, float) or isinstance(other, float):
        one, other = float(one), float(other)
        return math.nan if math.isnan(one) or math.isnan(other) else choose(one, other)
    chosen = choose(one, other)
    return Long(chosen) if isinstance(one, Long) or isinstance(other, Long) else chosen


@MATH.static("pow")
def _power(scope: Scope, left: Any, right: Any) -> Any:
    return calculate("^", to_double(left), to_double(right), scope.budget)


@MATH.static("ceil")
def _ceil(scope: Scope, value: Any) -> float:
    return _rounded(math.ceil, to_double(value))


@MATH.static("floor")
def _floor(scope: Scope, value: Any) -> float:
    return _rounded(math.floor, to_double(value))


@MATH.static("rint")
def _rint(scope: Scope, value: Any) -> float:
    return _rounded(round, to_double(value))


def _rounded(compute: Callable[[float], int], value: float) -> float:
    return float(compute(value)) if math.isfinite(value) else value


@MATH.static("round")
def _round_half_up(scope: Scope, value: Any) -> Long:
    number = to_double(value)
    return Long(clamp(_rounded(math.floor, number + 0.5), LONG_MIN, LONG_MAX))


@MATH.static("signum")
def _signum(scope: Scope, value: Any) -> float:
    number = to_double(value)
    return number if number == 0 or math.isnan(number) else math.copysign(1.0, number)


@MATH.static("random")
def _random_number(scope: Scope) -> float:
    return random.random()  # noqa: S311 - as weak as Java's, by contract


@MATH.static("hypot")
def _hypot(scope: Scope, left: Any, right: Any) -> float:
    return math.hypot(to_double(left), to_double(right))


@MATH.static("atan2")
def _atan2(scope: Scope, left: Any, right: Any) -> float:
    return math.atan2(to_double(left), to_double(right))


@MATH.static("floorDiv")
def _floor_div(scope: Scope, left: Any, right: Any) -> Any:
    one, other = _wholes(left, right)
    return type(one)(one // other)


@MATH.static("floorMod")
def _floor_mod(scope: Scope, left: Any, right: Any) -> Any:
    one, other = _wholes(left, right)
    return type(other)(one % other)


def _wholes(left: Any, right: Any) -> tuple[int, int]:
    one, other = to_number(left), to_number(right)
    if isinstance(one, float) or isinstance(other, float):
        raise Fault("Whole numbers are expected")
    if other == 0:
        raise Fault("/ by zero")
    return one, other


def _exact(name: str, operator: str, compute: Callable[[int, int], int]) -> None:
    def checked(scope: Scope, left: Any, right: Any) -> Any:
        one, other = to_number(left), to_number(right)
        result = calculate(operator, one, other, scope.budget)
        if result != compute(int(one), int(other)):
            raise Fault("integer overflow")
        return result

    MATH.static(name)(checked)


_exact("addExact", "+", int.__add__)
_exact("subtractExact", "-", int.__sub__)
_exact("multiplyExact", "*", int.__mul__)


@MATH.static("toIntExact")
def _to_int_exact(scope: Scope, value: Any) -> int:
    number = to_number(value)
    if not INT_MIN <= number <= INT_MAX:
        raise Fault("integer overflow")
    return int(number)
