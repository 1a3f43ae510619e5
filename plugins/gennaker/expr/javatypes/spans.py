"""Add and count spans of time, as java.time does."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from gennaker.expr.faults import Fault
from gennaker.expr.javatypes.days import MONTHS, NANOS, unit_name
from gennaker.expr.javatypes.moments import Instant
from gennaker.expr.members import ENUM
from gennaker.expr.scope import Scope
from gennaker.expr.values import EnumConstant, Long, java_name

D = TypeVar("D", date, datetime)

_MAX_DAYS = 4_000_000


def add_months(value: D, count: int) -> D:
    """Add months; a day that the month lacks becomes its last one."""
    month = value.year * 12 + value.month - 1 + count
    year, zero_based = divmod(month, 12)
    if not 1 <= year <= 9999:
        raise Fault("The date is out of range")
    day = min(value.day, calendar.monthrange(year, zero_based + 1)[1])
    return value.replace(year=year, month=zero_based + 1, day=day)


def add_time(value: D, nanos: int) -> D:
    """Add a number of nanoseconds, to the microsecond."""
    if abs(nanos) > _MAX_DAYS * NANOS["DAYS"]:
        raise Fault("The date is out of range")
    try:
        return value + timedelta(microseconds=nanos // 1_000)
    except OverflowError:
        raise Fault("The date is out of range") from None


def add(value: D, count: int, unit: str) -> D:
    """Add `count` units."""
    if unit in MONTHS:
        return add_months(value, count * MONTHS[unit])
    if not isinstance(value, datetime) and NANOS[unit] < NANOS["DAYS"]:
        raise Fault(f"Unsupported unit: {unit}")
    return add_time(value, count * NANOS[unit])


def between(unit: str, start: Any, end: Any) -> Long:
    """Return how many whole units lie between two moments of the same kind."""
    if isinstance(start, Instant) and isinstance(end, Instant):
        if unit in MONTHS:
            raise Fault(f"Unsupported unit: {unit}")
        return _whole(end.nanos - start.nanos, NANOS[unit])
    if not isinstance(start, date) or type(start) is not type(end):
        raise Fault(f"There is no time between {java_name(start)} and {java_name(end)}")
    if unit in MONTHS:
        return _whole(_months_between(start, end), MONTHS[unit])
    if not isinstance(start, datetime) and NANOS[unit] < NANOS["DAYS"]:
        raise Fault(f"Unsupported unit: {unit}")
    span = end - start
    return _whole((span.days * 86_400 + span.seconds) * 10**9 + span.microseconds * 1_000, NANOS[unit])


def _months_between(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    rest = (end.day, *_clock(end)), (start.day, *_clock(start))
    if months > 0 and rest[0] < rest[1]:
        return months - 1
    return months + 1 if months < 0 and rest[0] > rest[1] else months


def _clock(value: date) -> tuple[int, ...]:
    return (value.hour, value.minute, value.second, value.microsecond) if isinstance(value, datetime) else ()


def _whole(amount: int, unit: int) -> Long:
    return Long(abs(amount) // unit * (1 if amount >= 0 else -1))


@ENUM.method("between")
def _between(scope: Scope, unit: EnumConstant, start: Any, end: Any) -> Long:
    return between(unit_name(unit), start, end)
