"""Convert operands and arguments to the type that Java expects, as Spring's conversion service does."""

from __future__ import annotations

from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.limits import Budget
from gennaker.expr.text import joined_text
from gennaker.expr.values import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, is_number, java_name

_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0"})


def to_boolean(value: Any) -> bool:
    """Return a condition's value: a boolean, or a text that spells one."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise Fault(f"{_quoted(value)} is neither true nor false")
    raise Fault(f"{java_name(value)} cannot be used as a condition")


def to_text(value: Any, budget: Budget) -> str:
    """Return a String argument; null is refused."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        raise Fault("null cannot be used where a text is expected")
    return joined_text(value, budget)


def to_int(value: Any) -> int:
    """Return an int argument."""
    return _whole(value, INT_MIN, INT_MAX, "an int")


def to_long(value: Any) -> int:
    """Return a long argument."""
    return _whole(value, LONG_MIN, LONG_MAX, "a long")


def to_double(value: Any) -> float:
    """Return a double argument."""
    if is_number(value):
        return float(value)
    if isinstance(value, str):
        return parse_double(value)
    raise Fault(f"{java_name(value)} cannot be used where a number is expected")


def to_number(value: Any) -> int | float:
    """Return a number argument of any kind."""
    if is_number(value):
        return value
    if isinstance(value, str):
        return (
            parse_whole(value, 10, LONG_MIN, LONG_MAX)
            if value.lstrip("+-").isdigit()
            else parse_double(value)
        )
    raise Fault(f"{java_name(value)} cannot be used where a number is expected")


def _whole(value: Any, low: int, high: int, kind: str) -> int:
    if isinstance(value, str):
        return parse_whole(value.strip(), 10, low, high)
    if not is_number(value):
        raise Fault(f"{java_name(value)} cannot be used where {kind} is expected")
    if not low <= value <= high:
        raise Fault(f"The number does not fit into {kind}")
    return int(value)


def parse_whole(text: str, radix: int, low: int, high: int) -> int:
    """Parse a text as ``Integer.parseInt`` does: a sign, digits, nothing else."""
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if 2 <= radix <= 36 and 0 < len(digits) <= 70 and digits.isascii() and digits.isalnum():
        try:
            value = int(digits, radix)
        except ValueError:
            pass
        else:
            value = -value if text[0] == "-" else value
            if low <= value <= high:
                return int(value)
    raise Fault(f"For input string: {_quoted(text)}", hint="a whole number is expected")


def parse_double(text: str) -> float:
    """Parse a text as ``Double.parseDouble`` does."""
    plain = text.strip()
    if plain in {"NaN", "Infinity", "+Infinity", "-Infinity"}:
        return float(plain)
    body = plain[:-1] if plain[-1:] in set("fFdD") else plain
    # float() alone would accept "nan", "1_000" and digits of other scripts.
    if len(body) <= 400 and body.isascii() and body.strip("+-0123456789.eE") == "":
        try:
            return float(body)
        except ValueError:
            pass
    raise Fault(f"For input string: {_quoted(text)}", hint="a number is expected")


def _quoted(text: str) -> str:
    return f'"{text[:60]}{"..." if len(text) > 60 else ""}"'
