"""
Calculate and compare as Java does.

Integer, Long, BigInteger and Double are ranks: two operands meet at the higher one, and the result wraps
around, saturates or becomes infinite as it would there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gennaker.expr.faults import Fault, LimitFault
from gennaker.expr.limits import Budget
from gennaker.expr.text import java_text, joined_text
from gennaker.expr.values import (
    INT_MAX,
    INT_MIN,
    LONG_MAX,
    LONG_MIN,
    Entry,
    EnumConstant,
    Long,
    View,
    clamp,
    is_list,
    is_map,
    is_number,
    java_name,
    wrap_int,
    wrap_long,
)

_INT, _LONG, _BIG, _DOUBLE = range(4)
_MAX_REPEATED_TEXT = 256

Number = int | float


def _rank(value: Number) -> int:
    if isinstance(value, float):
        return _DOUBLE
    if isinstance(value, Long):
        return _LONG
    if INT_MIN <= value <= INT_MAX:
        return _INT
    return _LONG if LONG_MIN <= value <= LONG_MAX else _BIG


def calculate(operator: str, left: Any, right: Any, budget: Budget) -> Any:
    """Apply ``+ - * / % ^`` to two values."""
    if is_number(left) and is_number(right):
        rank = max(_rank(left), _rank(right))
        if rank == _DOUBLE:
            return _DOUBLES[operator](float(left), float(right))
        if rank == _BIG:
            _refuse_giants(operator, left, right, budget)
        return _fit(_WHOLES[operator](int(left), int(right), rank), rank)
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        return _concatenate(left, right, budget)
    if operator == "*" and isinstance(left, str) and is_number(right):
        return _repeat(left, int(right), budget)
    if operator == "-" and isinstance(left, str) and len(left) == 1 and is_number(right):
        return chr((ord(left) - int(right)) % 0x10000)
    raise Fault(f"The operator {operator!r} does not work for {java_name(left)} and {java_name(right)}")


def negate(value: Any) -> Number:
    """Apply the unary minus."""
    if not is_number(value):
        raise Fault(f"The operator '-' does not work for {java_name(value)}")
    rank = _rank(value)
    return -value if rank == _DOUBLE else _fit(-int(value), rank)


def _fit(value: int, rank: int) -> int:
    # A power of ints may already be a Long: Java widens it instead of wrapping around.
    if isinstance(value, Long) or rank == _BIG:
        return value
    return wrap_int(value) if rank == _INT else wrap_long(value)


def _divide_whole(left: int, right: int, _rank: int) -> int:
    if right == 0:
        raise Fault("/ by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder_whole(left: int, right: int, rank: int) -> int:
    return left - right * _divide_whole(left, right, rank)


def _power_whole(left: int, right: int, rank: int) -> int:
    if rank == _BIG:
        return int(left**right)
    power = _power_double(float(left), float(right))
    if rank == _LONG or power > INT_MAX:
        return Long(clamp(power, LONG_MIN, LONG_MAX))
    return clamp(power, INT_MIN, INT_MAX)


def _divide_double(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder_double(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


def _power_double(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf
    except ValueError:
        if left == 0:
            return math.copysign(math.inf, left) if right % 2 == 1 else math.inf
        return math.nan


def _multiply_double(left: float, right: float) -> float:
    return left * right


_WHOLES: dict[str, Callable[[int, int, int], int]] = {
    "+": lambda left, right, _: left + right,
    "-": lambda left, right, _: left - right,
    "*": lambda left, right, _: left * right,
    "/": _divide_whole,
    "%": _remainder_whole,
    "^": _power_whole,
}
_DOUBLES: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide_double,
    "%": _remainder_double,
    "^": _power_double,
}


def _refuse_giants(operator: str, left: Number, right: Number, budget: Budget) -> None:
    """Estimate the size of a result beyond 64 bits before it exists."""
    bits = int(left).bit_length()
    if operator == "^":
        if right < 0:
            raise Fault("Negative exponent")
        size = bits * right
    else:
        size = bits + int(right).bit_length() if operator == "*" else max(bits, int(right).bit_length())
    if size > budget.limits.bits:
        raise LimitFault(f"The number is larger than {budget.limits.bits:,} bits")


def _concatenate(left: Any, right: Any, budget: Budget) -> str:
    first, second = _operand_text(left, budget), _operand_text(right, budget)
    budget.text(len(first) + len(second))
    return first + second


def _operand_text(value: Any, budget: Budget) -> str:
    return java_text(value, budget) if is_map(value) else joined_text(value, budget)


def _repeat(text: str, count: int, budget: Budget) -> str:
    if count < 0:
        raise Fault("A text cannot be repeated a negative number of times")
    if len(text) * count > _MAX_REPEATED_TEXT:
        raise LimitFault(f"A repeated text may not be longer than {_MAX_REPEATED_TEXT} characters")
    budget.text(len(text) * count)
    return text * count


def equals(left: Any, right: Any, budget: Budget) -> bool:
    """Apply ``==``: numbers by value, texts by content, containers element by element."""
    if is_number(left) and is_number(right):
        return bool(left == right)
    if isinstance(left, str) and isinstance(right, str):
        return str(left) == str(right)
    if isinstance(left, EnumConstant) and isinstance(right, str):
        return left.name == right
    if isinstance(right, EnumConstant) and isinstance(left, str):
        return right.name == left
    return _deep_equals(left, right, budget, 0)


def _deep_equals(left: Any, right: Any, budget: Budget, depth: int) -> bool:
    budget.step()
    if depth > 100:
        raise LimitFault("The values are nested too deeply to compare")
    left, right = _plain(left), _plain(right)
    if is_map(left) and is_map(right):
        return _same_map(left, right, budget, depth)
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(
            _deep_equals(one, other, budget, depth + 1) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) or is_number(right):
        return is_number(left) and is_number(right) and bool(left == right)
    if is_map(left) or is_map(right) or is_list(left) or is_list(right):
        return False
    return bool(left == right)


def _plain(value: Any) -> Any:
    if isinstance(value, View):
        return value.source
    return (value.key, value.value) if isinstance(value, Entry) else value


def _same_map(left: Any, right: Any, budget: Budget, depth: int) -> bool:
    if left is right:
        return True
    return len(left) == len(right) and all(
        key in right and _deep_equals(left[key], right[key], budget, depth + 1) for key in left
    )


def compare(left: Any, right: Any) -> int:
    """Return a negative, zero or positive number; null comes before everything else."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if is_number(left) and is_number(right):
        return int(left > right) - int(left < right)
    if isinstance(left, str) and isinstance(right, str):
        return int(left > right) - int(left < right)
    if isinstance(left, bool) and isinstance(right, bool):
        return int(left) - int(right)
    if isinstance(left, EnumConstant) and isinstance(right, EnumConstant) and left.enum == right.enum:
        return left.ordinal - right.ordinal
    if type(left) is type(right) and type(left) in _ORDERED:
        return int(left > right) - int(left < right)
    raise Fault(f"Cannot compare {java_name(left)} with {java_name(right)}")


_ORDERED: set[type] = set()


def ordered(kind: type) -> type:
    """Declare that the values of a Java type can be compared with ``<``."""
    _ORDERED.add(kind)
    return kind


def compare_texts(left: str, right: str) -> int:
    """Compare as ``String.compareTo`` does."""
    shorter = min(len(left), len(right))
    same, different = 0, shorter + 1
    # The common prefix, by halving: comparing slices is far faster than comparing characters.
    while different - same > 1:
        middle = (same + different) // 2
        if left[:middle] == right[:middle]:
            same = middle
        else:
            different = middle
    return len(left) - len(right) if same == shorter else ord(left[same]) - ord(right[same])
