"""Offer java.time.Instant, java.util.Date and java.text.SimpleDateFormat; zones are UTC."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gennaker.expr.convert import to_int, to_long, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.javatypes.date_formats import format_date, parse_date
from gennaker.expr.javatypes.days import MONTHS, NANOS, unit_name
from gennaker.expr.javatypes.local_dates import parse_date_time, seconds_text
from gennaker.expr.javatypes.moments import EPOCH, Date, Instant
from gennaker.expr.javatypes.spans import between
from gennaker.expr.members import OBJECT, JavaType, Members, members_for
from gennaker.expr.operators import ordered
from gennaker.expr.scope import Scope
from gennaker.expr.text import writes
from gennaker.expr.values import Long

_SECOND = 10**9
_MILLI = 10**6


@dataclass(frozen=True, slots=True)
class SimpleDateFormat:
    """A pattern for dates."""

    pattern: str


INSTANT = JavaType("java.time.Instant", holds=lambda value: isinstance(value, Instant))
DATE = JavaType("java.util.Date", holds=lambda value: isinstance(value, Date))
FORMAT = JavaType("java.text.SimpleDateFormat", holds=lambda value: isinstance(value, SimpleDateFormat))
INSTANT.constants["EPOCH"] = Instant(0)

_INSTANT = members_for(Instant)(Members("Instant", OBJECT))
_DATE = members_for(Date)(Members("Date", OBJECT))
_FORMAT = members_for(SimpleDateFormat)(Members("SimpleDateFormat", OBJECT))
ordered(Instant)
ordered(Date)


@writes(Instant)
def instant_text(value: Instant) -> str:
    """Write ``2024-03-05T10:15:30.123Z``."""
    nano = value.nanos % _SECOND
    moment = value.moment
    return f"{moment:%Y-%m-%dT%H:%M}{seconds_text(moment.second, nano, always=True)}Z"


@writes(Date)
def date_text(value: Date) -> str:
    """Write ``Tue Mar 05 10:15:30 UTC 2024``."""
    return format_date("EEE MMM dd HH:mm:ss z yyyy", value.moment)


writes(SimpleDateFormat)(lambda value: str(value.pattern))


@INSTANT.static("now")
def _instant_now(scope: Scope) -> Instant:
    return Instant(time.time_ns() // 1_000 * 1_000)


@INSTANT.static("ofEpochMilli")
def _of_epoch_milli(scope: Scope, millis: Any) -> Instant:
    return Instant(to_long(millis) * _MILLI)


@INSTANT.static("ofEpochSecond")
def _of_epoch_second(scope: Scope, seconds: Any, nanos: Any = 0) -> Instant:
    return Instant(to_long(seconds) * _SECOND + to_long(nanos))


@INSTANT.static("parse")
def _parse_instant(scope: Scope, text: Any) -> Instant:
    source = to_text(text, scope.budget)
    if not source.endswith("Z"):
        raise Fault(
            f"Text '{source[:40]}' could not be parsed", hint="an instant looks like 2024-03-05T10:15:30Z"
        )
    moment = parse_date_time(scope, source[:-1])
    fraction = re.search(r"\.(\d+)Z$", source)
    nano = int(fraction[1].ljust(9, "0")) if fraction else 0
    seconds = (moment.replace(microsecond=0) - EPOCH) // timedelta(seconds=1)
    return Instant(seconds * _SECOND + nano)


@_INSTANT.method("toEpochMilli")
def _to_epoch_milli(scope: Scope, value: Instant) -> Long:
    return Long(value.nanos // _MILLI)


@_INSTANT.method("getEpochSecond")
def _get_epoch_second(scope: Scope, value: Instant) -> Long:
    return Long(value.nanos // _SECOND)


@_INSTANT.method("getNano")
def _get_nano(scope: Scope, value: Instant) -> int:
    return value.nanos % _SECOND


@_INSTANT.method("plus")
def _plus(scope: Scope, value: Instant, count: Any, unit: Any) -> Instant:
    return Instant(value.nanos + to_long(count) * _nanos(unit))


@_INSTANT.method("minus")
def _minus(scope: Scope, value: Instant, count: Any, unit: Any) -> Instant:
    return Instant(value.nanos - to_long(count) * _nanos(unit))


def _nanos(unit: Any) -> int:
    name = unit_name(unit)
    if name in MONTHS or name == "WEEKS":
        raise Fault(f"Unsupported unit: {name.title()}")
    return NANOS[name]


def _shift(suffix: str, size: int) -> None:
    def later(scope: Scope, value: Instant, count: Any) -> Instant:
        return Instant(value.nanos + to_long(count) * size)

    def earlier(scope: Scope, value: Instant, count: Any) -> Instant:
        return Instant(value.nanos - to_long(count) * size)

    _INSTANT.method(f"plus{suffix}")(later)
    _INSTANT.method(f"minus{suffix}")(earlier)


for _suffix, _size in (("Seconds", _SECOND), ("Millis", _MILLI), ("Nanos", 1)):
    _shift(_suffix, _size)


@_INSTANT.method("truncatedTo")
def _truncated_to(scope: Scope, value: Instant, unit: Any) -> Instant:
    size = _nanos(unit)
    return Instant(value.nanos // size * size)


@_INSTANT.method("until")
def _until(scope: Scope, value: Instant, end: Any, unit: Any) -> Long:
    return between(unit_name(unit), value, end)


def _same(value: Any, other: Any) -> Any:
    if type(value) is not type(other):
        raise Fault("Only moments of the same type can be compared")
    return other


@_INSTANT.method("isBefore")
@_DATE.method("before")
def _is_before(scope: Scope, value: Any, other: Any) -> bool:
    return bool(value < _same(value, other))


@_INSTANT.method("isAfter")
@_DATE.method("after")
def _is_after(scope: Scope, value: Any, other: Any) -> bool:
    return bool(value > _same(value, other))


@_INSTANT.method("compareTo")
@_DATE.method("compareTo")
def _compare_to(scope: Scope, value: Any, other: Any) -> int:
    return int(value > _same(value, other)) - int(value < other)


@DATE.construct
def _new_date(scope: Scope, *parts: Any) -> Date:
    if not parts:
        return Date(time.time_ns() // _MILLI)
    if len(parts) == 1:
        return Date(to_long(parts[0]))
    numbers = [to_int(part) for part in parts[:6]]
    if len(numbers) < 3:
        raise Fault("new Date() takes milliseconds, or at least a year, a month and a day")
    year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
    moment = datetime(year + 1900, month + 1, day, hour, minute, second)
    return Date((moment - EPOCH) // timedelta(milliseconds=1))


@DATE.static("from")
def _date_from(scope: Scope, instant: Any) -> Date:
    if not isinstance(instant, Instant):
        raise Fault("Date.from() needs an Instant")
    return Date(instant.nanos // _MILLI)


@_DATE.method("getTime")
def _get_time(scope: Scope, value: Date) -> Long:
    return Long(value.millis)


@_DATE.method("toInstant")
def _to_instant(scope: Scope, value: Date) -> Instant:
    return Instant(value.millis * _MILLI)


def _field(name: str, pattern: str, offset: int = 0) -> None:
    def read(scope: Scope, value: Date) -> int:
        return int(value.moment.strftime(pattern)) + offset

    _DATE.method(name)(read)


# Java counts these fields from 1900 and from zero.
for _name, _pattern, _offset in (
    ("getYear", "%Y", -1900), ("getMonth", "%m", -1), ("getDate", "%d", 0), ("getDay", "%w", 0),
    ("getHours", "%H", 0), ("getMinutes", "%M", 0), ("getSeconds", "%S", 0),
):  # fmt: skip
    _field(_name, _pattern, _offset)


@FORMAT.construct
def _new_format(scope: Scope, pattern: Any = "M/d/yy, h:mm a") -> SimpleDateFormat:
    source = to_text(pattern, scope.budget)
    # Java refuses an illegal pattern here, not when it is first used.
    format_date(source, datetime.now(UTC))
    return SimpleDateFormat(source)


@_FORMAT.method("format")
def _format_with(scope: Scope, style: SimpleDateFormat, value: Any) -> str:
    moment = (value if isinstance(value, Date) else Date(to_long(value))).moment
    text = format_date(style.pattern, moment)
    scope.budget.text(len(text))
    return text


@_FORMAT.method("parse")
def _parse_with(scope: Scope, style: SimpleDateFormat, text: Any) -> Date:
    moment = parse_date(style.pattern, to_text(text, scope.budget))
    return Date((moment - EPOCH) // timedelta(milliseconds=1))


@_FORMAT.method("toPattern")
def _to_pattern(scope: Scope, style: SimpleDateFormat) -> str:
    return style.pattern
