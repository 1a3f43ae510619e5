"""Offer java.time.LocalDate, LocalDateTime and TemporalAdjusters; the clock runs in UTC."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gennaker.expr.convert import to_int, to_long, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.javatypes.days import DAYS, NANOS, day_of, unit_name
from gennaker.expr.javatypes.spans import add, add_months, between
from gennaker.expr.members import OBJECT, JavaType, Members, members_for
from gennaker.expr.operators import ordered
from gennaker.expr.scope import Scope
from gennaker.expr.text import writes
from gennaker.expr.values import EnumConstant, Long

LOCAL_DATE = JavaType("java.time.LocalDate", holds=lambda value: type(value) is date)
LOCAL_DATE_TIME = JavaType("java.time.LocalDateTime", holds=lambda value: type(value) is datetime)

_DATE = members_for(date)(Members("LocalDate", OBJECT))
_DATE_TIME = members_for(datetime)(Members("LocalDateTime", _DATE))
ordered(date)
ordered(datetime)

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?")


@writes(date)
def date_text(value: date) -> str:
    """Write ``2024-03-05``."""
    return value.isoformat()


@writes(datetime)
def date_time_text(value: datetime) -> str:
    """Write ``2024-03-05T10:15`` and as much of the seconds as there is."""
    return f"{value:%Y-%m-%dT%H:%M}{seconds_text(value.second, value.microsecond * 1_000)}"


def seconds_text(second: int, nano: int, *, always: bool = False) -> str:
    """Write seconds and their fraction in groups of three digits, as ISO formats of Java do."""
    if not second and not nano and not always:
        return ""
    if not nano:
        return f":{second:02d}"
    digits = f"{nano:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f":{second:02d}.{digits}"


def now() -> datetime:
    """Return the present moment without a zone, in UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@LOCAL_DATE.static("now")
def _date_now(scope: Scope) -> date:
    return now().date()


@LOCAL_DATE.static("of")
def _date_of(scope: Scope, year: Any, month: Any, day: Any) -> date:
    return date(to_int(year), to_int(month), to_int(day))


@LOCAL_DATE.static("ofEpochDay")
def _date_of_epoch_day(scope: Scope, days: Any) -> date:
    return add(date(1970, 1, 1), to_long(days), "DAYS")


@LOCAL_DATE.static("ofYearDay")
def _date_of_year_day(scope: Scope, year: Any, day: Any) -> date:
    return date(to_int(year), 1, 1) + timedelta(days=to_int(day) - 1)


@LOCAL_DATE.static("parse")
def _parse_date(scope: Scope, text: Any) -> date:
    source = to_text(text, scope.budget)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", source):
        raise Fault(f"Text '{source[:40]}' could not be parsed", hint="a date looks like 2024-03-05")
    return date.fromisoformat(source)


@LOCAL_DATE_TIME.static("now")
def _date_time_now(scope: Scope) -> datetime:
    return now()


@LOCAL_DATE_TIME.static("of")
def _date_time_of(scope: Scope, year: Any, month: Any, day: Any, *clock: Any) -> datetime:
    if not 2 <= len(clock) <= 4:
        raise Fault("of() takes a year, a month, a day, an hour, a minute, and maybe seconds and nanoseconds")
    hour, minute, second, nano = (*map(to_int, clock), 0, 0)[:4]
    return datetime(to_int(year), to_int(month), to_int(day), hour, minute, second, nano // 1_000)


@LOCAL_DATE_TIME.static("parse")
def parse_date_time(scope: Scope, text: Any) -> datetime:
    """Parse ``2024-03-05T10:15:30.123``."""
    source = to_text(text, scope.budget)
    match = _TIME.fullmatch(source)
    if match is None:
        raise Fault(f"Text '{source[:40]}' could not be parsed", hint="a time looks like 2024-03-05T10:15:30")
    day, hour, minute, second, fraction = match.groups()
    clock = timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise Fault(f"Text '{source[:40]}' could not be parsed")
    micros = int((fraction or "").ljust(6, "0")[:6])
    return (
        datetime.combine(date.fromisoformat(day), datetime.min.time())
        + clock
        + timedelta(microseconds=micros)
    )


def _shift(members: Members, suffix: str, unit: str) -> None:
    def plus(scope: Scope, value: Any, count: Any) -> Any:
        return add(value, to_long(count), unit)

    def minus(scope: Scope, value: Any, count: Any) -> Any:
        return add(value, -to_long(count), unit)

    members.method(f"plus{suffix}")(plus)
    members.method(f"minus{suffix}")(minus)


for _unit in ("Days", "Weeks", "Months", "Years"):
    _shift(_DATE, _unit, _unit.upper())
for _unit in ("Hours", "Minutes", "Seconds", "Nanos"):
    _shift(_DATE_TIME, _unit, _unit.upper())


@_DATE.method("plus")
def _plus_unit(scope: Scope, value: Any, count: Any, unit: Any) -> Any:
    return add(value, to_long(count), unit_name(unit))


@_DATE.method("minus")
def _minus_unit(scope: Scope, value: Any, count: Any, unit: Any) -> Any:
    return add(value, -to_long(count), unit_name(unit))


@_DATE.method("until")
def _until(scope: Scope, value: Any, end: Any, unit: Any) -> Long:
    return between(unit_name(unit), value, end)


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "getYear": lambda value: value.year,
    "getMonthValue": lambda value: value.month,
    "getDayOfMonth": lambda value: value.day,
    "getDayOfYear": lambda value: value.timetuple().tm_yday,
    "getDayOfWeek": lambda value: day_of(value.weekday()),
    "lengthOfMonth": lambda value: calendar.monthrange(value.year, value.month)[1],
    "lengthOfYear": lambda value: 366 if calendar.isleap(value.year) else 365,
    "isLeapYear": lambda value: calendar.isleap(value.year),
    "toEpochDay": lambda value: Long((value - date(1970, 1, 1)).days),
    "atStartOfDay": lambda value: datetime(value.year, value.month, value.day),
}
_CLOCK_FIELDS: dict[str, Callable[[Any], Any]] = {
    "getHour": lambda value: value.hour,
    "getMinute": lambda value: value.minute,
    "getSecond": lambda value: value.second,
    "getNano": lambda value: value.microsecond * 1_000,
    "toLocalDate": lambda value: value.date(),
}


def _read(members: Members, name: str, compute: Callable[[Any], Any]) -> None:
    def read(scope: Scope, value: Any) -> Any:
        return compute(value)

    members.method(name)(read)


for _name, _compute in _FIELDS.items():
    _read(_DATE, _name, _compute)
for _name, _compute in _CLOCK_FIELDS.items():
    _read(_DATE_TIME, _name, _compute)


@_DATE.method("atTime")
def _at_time(scope: Scope, value: date, hour: Any, minute: Any, second: Any = 0) -> datetime:
    return datetime(value.year, value.month, value.day, to_int(hour), to_int(minute), to_int(second))


@_DATE_TIME.method("truncatedTo")
def _truncated_to(scope: Scope, value: datetime, unit: Any) -> datetime:
    size = NANOS.get(unit_name(unit), 0) // 1_000
    if not 0 < size <= NANOS["DAYS"] // 1_000:
        raise Fault("Unit is too large to be used for truncation")
    midnight = datetime(value.year, value.month, value.day)
    micros = (value - midnight) // timedelta(microseconds=1)
    return midnight + timedelta(microseconds=micros // size * size)


def _with(members: Members, name: str, field: str) -> None:
    def replaced(scope: Scope, value: Any, number: Any) -> Any:
        if field in {"year", "month"}:
            # Java keeps a day that the new month lacks within the month.
            target = to_int(number)
            months = (target - value.year) * 12 if field == "year" else target - value.month
            if field == "month" and not 1 <= target <= 12:
                raise Fault(f"Invalid value for MonthOfYear: {target}")
            return add_months(value, months)
        return value.replace(**{field: to_int(number)})

    members.method(name)(replaced)


for _name, _field in (("withYear", "year"), ("withMonth", "month"), ("withDayOfMonth", "day")):
    _with(_DATE, _name, _field)
for _name, _field in (("withHour", "hour"), ("withMinute", "minute"), ("withSecond", "second")):
    _with(_DATE_TIME, _name, _field)


def _comparable(value: Any, other: Any) -> Any:
    if type(value) is not type(other):
        raise Fault("Only dates of the same type can be compared")
    return other


@_DATE.method("isBefore")
def _is_before(scope: Scope, value: Any, other: Any) -> bool:
    return bool(value < _comparable(value, other))


@_DATE.method("isAfter")
def _is_after(scope: Scope, value: Any, other: Any) -> bool:
    return bool(value > _comparable(value, other))


@_DATE.method("isEqual")
def _is_equal(scope: Scope, value: Any, other: Any) -> bool:
    return bool(value == _comparable(value, other))


@_DATE.method("compareTo")
def _compare_to(scope: Scope, value: Any, other: Any) -> int:
    _comparable(value, other)
    return int(value > other) - int(value < other)


class Adjuster:
    """What a TemporalAdjusters method returns: a function from date to date."""

    __slots__ = ("adjust",)

    def __init__(self, adjust: Callable[[Any], Any]) -> None:
        self.adjust = adjust


TEMPORAL_ADJUSTERS = JavaType("java.time.temporal.TemporalAdjusters")
members_for(Adjuster)(Members("TemporalAdjuster", OBJECT))

_ADJUSTERS: dict[str, Callable[[Any], Any]] = {
    "firstDayOfMonth": lambda value: value.replace(day=1),
    "lastDayOfMonth": lambda value: value.replace(day=calendar.monthrange(value.year, value.month)[1]),
    "firstDayOfNextMonth": lambda value: add_months(value.replace(day=1), 1),
    "firstDayOfYear": lambda value: value.replace(month=1, day=1),
    "lastDayOfYear": lambda value: value.replace(month=12, day=31),
    "firstDayOfNextYear": lambda value: add_months(value.replace(month=1, day=1), 12),
}


def _adjuster(name: str, adjust: Callable[[Any], Any]) -> None:
    def build(scope: Scope) -> Adjuster:
        return Adjuster(adjust)

    TEMPORAL_ADJUSTERS.static(name)(build)


for _name, _compute in _ADJUSTERS.items():
    _adjuster(_name, _compute)


def _towards(name: str, direction: int, *, or_same: bool) -> None:
    def build(scope: Scope, day: Any) -> Adjuster:
        if day not in DAYS:
            raise Fault("A DayOfWeek is expected", hint="write T(java.time.DayOfWeek).MONDAY")

        def adjust(value: Any) -> Any:
            distance = (day.ordinal - value.weekday()) * direction % 7
            return add(value, direction * (distance or (0 if or_same else 7)), "DAYS")

        return Adjuster(adjust)

    TEMPORAL_ADJUSTERS.static(name)(build)


_towards("next", 1, or_same=False)
_towards("nextOrSame", 1, or_same=True)
_towards("previous", -1, or_same=False)
_towards("previousOrSame", -1, or_same=True)


@TEMPORAL_ADJUSTERS.static("firstInMonth")
def _first_in_month(scope: Scope, day: Any) -> Adjuster:
    if day not in DAYS:
        raise Fault("A DayOfWeek is expected")
    return Adjuster(
        lambda value: add(value.replace(day=1), (day.ordinal - value.replace(day=1).weekday()) % 7, "DAYS")
    )


@_DATE.method("with")
def _adjusted(scope: Scope, value: Any, adjuster: Any) -> Any:
    if isinstance(adjuster, EnumConstant) and adjuster in DAYS:
        return add(value, adjuster.ordinal - value.weekday(), "DAYS")
    if not isinstance(adjuster, Adjuster):
        raise Fault("with() needs one of T(java.time.temporal.TemporalAdjusters)")
    return adjuster.adjust(value)
