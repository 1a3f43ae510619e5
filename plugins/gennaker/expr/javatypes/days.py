"""Offer java.time.DayOfWeek and java.time.temporal.ChronoUnit."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_int, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.members import ENUM, JavaType
from gennaker.expr.scope import Scope
from gennaker.expr.values import EnumConstant, ListValue

_DAY_NAMES = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")

DAYS = tuple(EnumConstant("DayOfWeek", name, number, name) for number, name in enumerate(_DAY_NAMES))
_DAYS_BY_NAME = {day.name: day for day in DAYS}

# Nanoseconds of a unit; the longer ones are months.
NANOS = {
    "NANOS": 1, "MICROS": 10**3, "MILLIS": 10**6, "SECONDS": 10**9, "MINUTES": 60 * 10**9,
    "HOURS": 3_600 * 10**9, "HALF_DAYS": 43_200 * 10**9, "DAYS": 86_400 * 10**9, "WEEKS": 604_800 * 10**9,
}  # fmt: skip
MONTHS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1_200, "MILLENNIA": 12_000}

UNITS = {
    name: EnumConstant("ChronoUnit", name, number, "".join(word.title() for word in name.split("_")))
    for number, name in enumerate([*NANOS, *MONTHS])
}

DAY_OF_WEEK = JavaType(
    "java.time.DayOfWeek", holds=lambda value: isinstance(value, EnumConstant) and value in DAYS
)
CHRONO_UNIT = JavaType(
    "java.time.temporal.ChronoUnit",
    holds=lambda value: isinstance(value, EnumConstant) and value.name in UNITS,
)
DAY_OF_WEEK.constants.update(_DAYS_BY_NAME)
CHRONO_UNIT.constants.update(UNITS)


def day_of(number: int) -> EnumConstant:
    """Return the day of the week with this number, Monday being 0."""
    return DAYS[number % 7]


def unit_name(value: Any) -> str:
    """Return the name of a ChronoUnit argument."""
    if not isinstance(value, EnumConstant) or value.name not in UNITS:
        raise Fault("A ChronoUnit is expected", hint="write T(java.time.temporal.ChronoUnit).DAYS")
    return value.name


@DAY_OF_WEEK.static("of")
def _of(scope: Scope, number: Any) -> EnumConstant:
    position = to_int(number)
    if not 1 <= position <= 7:
        raise Fault(f"Invalid value for DayOfWeek: {position}")
    return DAYS[position - 1]


@DAY_OF_WEEK.static("valueOf")
def _value_of(scope: Scope, name: Any) -> EnumConstant:
    return _constant(_DAYS_BY_NAME, "DayOfWeek", to_text(name, scope.budget))


@DAY_OF_WEEK.static("values")
def _values(scope: Scope) -> ListValue:
    return ListValue(DAYS)


@CHRONO_UNIT.static("valueOf")
def _unit_value_of(scope: Scope, name: Any) -> EnumConstant:
    return _constant(UNITS, "ChronoUnit", to_text(name, scope.budget))


@CHRONO_UNIT.static("values")
def _unit_values(scope: Scope) -> ListValue:
    return ListValue(UNITS.values())


def _constant(known: dict[str, EnumConstant], kind: str, name: str) -> EnumConstant:
    if name not in known:
        raise Fault(f"No enum constant {kind}.{name[:40]}")
    return known[name]


@ENUM.method("plus")
def _plus(scope: Scope, day: EnumConstant, count: Any) -> EnumConstant:
    return DAYS[(_day(day) + to_int(count)) % 7]


@ENUM.method("minus")
def _minus(scope: Scope, day: EnumConstant, count: Any) -> EnumConstant:
    return DAYS[(_day(day) - to_int(count)) % 7]


@ENUM.method("getValue")
def _get_value(scope: Scope, day: EnumConstant) -> int:
    return _day(day) + 1


def _day(value: EnumConstant) -> int:
    if value.enum != "DayOfWeek":
        raise Fault(f"{value.enum} has no such method")
    return value.ordinal
