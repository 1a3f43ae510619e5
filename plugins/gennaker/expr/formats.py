"""Fill Java format strings: ``String.format("%05d of %s", 7, x)``."""

from __future__ import annotations

import re
from typing import Any

from gennaker.expr.convert import to_int
from gennaker.expr.faults import Fault
from gennaker.expr.limits import Budget
from gennaker.expr.text import java_text
from gennaker.expr.values import is_number, java_name

_SPECIFIER = re.compile(
    r"%(?:(?P<index>\d{1,2})\$|(?P<again><))?(?P<flags>[-#+ 0,(]*)(?P<width>\d{1,6})?"
    r"(?:\.(?P<precision>\d{1,4}))?(?P<kind>[a-zA-Z%])?"
)


def format_text(pattern: str, arguments: list[Any], budget: Budget) -> str:
    """Return the filled pattern."""
    parts: list[str] = []
    position = taken = 0
    last: int | None = None
    for match in _SPECIFIER.finditer(pattern):
        budget.step()
        parts.append(pattern[position : match.start()])
        position = match.end()
        kind = match["kind"]
        if kind is None:
            raise Fault(f"Unknown format {match.group()!r}")
        if kind in "%n":
            parts.append("%" if kind == "%" else "\n")
            continue
        if match["again"]:
            chosen = last
        elif match["index"]:
            chosen = int(match["index"]) - 1
        else:
            chosen, taken = taken, taken + 1
        if chosen is None or not 0 <= chosen < len(arguments):
            raise Fault(f"Format specifier {match.group()!r} has no argument")
        last = chosen
        parts.append(_field(match, arguments[chosen], budget))
    parts.append(pattern[position:])
    budget.text(sum(map(len, parts)))
    return "".join(parts)


def _field(match: re.Match[str], value: Any, budget: Budget) -> str:
    kind, flags = match["kind"], match["flags"]
    width = int(match["width"] or 0)
    budget.text(width)
    precision = None if match["precision"] is None else int(match["precision"])
    text = _convert(kind.lower(), flags, precision, value, budget)
    if kind.isupper():
        text = text.upper()
    if len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and kind.lower() in "dfexog":
        sign = text[:1] if text[:1] in {"-", "+", " "} else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _convert(kind: str, flags: str, precision: int | None, value: Any, budget: Budget) -> str:
    if kind == "s":
        return java_text(value, budget)[:precision]
    if kind == "b":
        return ("true" if value is True or (value is not None and value is not False) else "false")[
            :precision
        ]
    if value is None:
        return "null"
    if kind == "c":
        return value if isinstance(value, str) and len(value) == 1 else chr(to_int(value))
    if kind in "dxo":
        return _whole(kind, flags, value)
    if kind in "feg":
        return _real(kind, flags, 6 if precision is None else precision, value)
    raise Fault(f"The format %{kind} is not available")


def _whole(kind: str, flags: str, value: Any) -> str:
    if not is_number(value) or isinstance(value, float):
        raise Fault(f"The format %{kind} does not take {java_name(value)}")
    if kind != "d":
        bits = 32 if -(2**31) <= value < 2**31 else 64
        prefix = {"x": "0x", "o": "0"}[kind] if "#" in flags else ""
        return prefix + format(value % 2**bits, kind)
    return _signed(format(abs(value), "," if "," in flags else "d"), value < 0, flags)


def _real(kind: str, flags: str, precision: int, value: Any) -> str:
    if not isinstance(value, float):
        raise Fault(f"The format %{kind} does not take {java_name(value)}")
    digits = format(abs(value), f"{',' if ',' in flags else ''}.{min(precision, 100)}{kind}")
    return _signed(digits, value < 0, flags)


def _signed(digits: str, negative: bool, flags: str) -> str:
    if negative:
        return f"({digits})" if "(" in flags else f"-{digits}"
    return ("+" if "+" in flags else " " if " " in flags else "") + digits
