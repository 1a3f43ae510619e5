"""
Read cron expressions: Unix's five fields, and Quartz's six or seven with seconds first.

Quartz counts days of the week from 1 (Sunday), Unix from 0; a :class:`Cron` always counts as Quartz does.
``H`` stands for a number that depends only on the seed, so that many schedules do not fire together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_LAST = re.compile(r"L(?:-(\d+))?(W)?")
_WEEKDAY = re.compile(r"(\d+)W")
_NTH = re.compile(r"(\w+)#(\d+)")
_LAST_DAY = re.compile(r"(\w+)L")
_HASHED = re.compile(r"H(?:\((\w+)-(\w+)\))?")


class CronError(ValueError):
    """A cron expression does not parse."""


@dataclass(frozen=True)
class Days:
    """
    Which days of a month or of a week; ``values`` is None where every day will do.

    :ivar last: days before the last of the month (``L-3`` is 3), or weekdays whose last one counts (``6L``).
    :ivar nearest: days of the month whose nearest working day counts (``15W``); 0 is the last one (``LW``).
    :ivar nth: weekdays and which one of the month (``6#3``).
    """

    values: frozenset[int] | None = None
    last: frozenset[int] = frozenset()
    nearest: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Cron:
    """A cron expression, field by field; ``years`` is None where every year will do."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days_of_month: Days
    months: frozenset[int]
    days_of_week: Days
    years: frozenset[int] | None


@dataclass(frozen=True)
class _Field:
    """What one place of an expression may hold."""

    name: str
    low: int
    high: int
    names: Mapping[str, int]
    hashed: bool = False

    def number(self, text: str) -> int:
        value = self.names.get(text.upper())
        if value is None:
            if not text.isascii() or not text.isdigit():
                raise CronError(f"{self.name}: '{text}' is not a number")
            value = int(text[:9])
        if not self.low <= value <= self.high:
            raise CronError(f"{self.name}: {text} is not within {self.low} to {self.high}")
        return value


_SECOND = _Field("second", 0, 59, {}, hashed=True)
_MINUTE = replace(_SECOND, name="minute")
_HOUR = _Field("hour", 0, 23, {}, hashed=True)
_DAY = _Field("day of month", 1, 31, {})
_MONTH = _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
_WEEK = _Field("day of week", 1, 7, {name: number for number, name in enumerate(_DAYS, 1)})
_UNIX_WEEK = _Field("day of week", 0, 7, {name: number for number, name in enumerate(_DAYS)})
_YEAR = _Field("year", 1970, 2199, {})


def parse(expression: str, *, seed: str = "") -> Cron:
    """
    Return a cron expression's fields.

    :param seed: what ``H`` depends on, such as a trigger's id.
    :raises CronError: naming the field, where it does not parse.
    """
    fields = expression.split()
    if len(fields) == 5:
        return _unix(fields, seed)
    if len(fields) not in (6, 7):
        raise CronError(f"it has {len(fields)} fields; 5, 6 or 7 are possible")
    second, minute, hour, day, month, week, *year = fields
    if day not in ("?", "*") and week not in ("?", "*"):
        raise CronError("day of month and day of week cannot both be given: one of them is '?'")
    return Cron(
        seconds=_values(second, _SECOND, seed),
        minutes=_values(minute, _MINUTE, seed),
        hours=_values(hour, _HOUR, seed),
        days_of_month=_days_of_month(day, seed),
        months=_values(month, _MONTH, seed),
        days_of_week=_days_of_week(week, _WEEK, seed),
        years=None if year in ([], ["*"], ["?"]) else _values(year[0], _YEAR, seed),
    )


def _unix(fields: list[str], seed: str) -> Cron:
    minute, hour, day, month, week = fields
    return Cron(
        seconds=frozenset({0}),
        minutes=_values(minute, _MINUTE, seed),
        hours=_values(hour, _HOUR, seed),
        days_of_month=_days_of_month(day, seed),
        months=_values(month, _MONTH, seed),
        days_of_week=_from_sunday_zero(_days_of_week(week, _UNIX_WEEK, seed)),
        years=None,
    )


def _from_sunday_zero(days: Days) -> Days:
    def shifted(day: int) -> int:
        return day % 7 + 1

    return Days(
        values=None if days.values is None else frozenset(map(shifted, days.values)),
        last=frozenset(map(shifted, days.last)),
        nth=frozenset((shifted(day), which) for day, which in days.nth),
    )


def _values(text: str, field: _Field, seed: str) -> frozenset[int]:
    return frozenset(value for item in text.split(",") for value in _item(item, field, seed))


def _item(text: str, field: _Field, seed: str) -> frozenset[int]:
    """Return the values of ``*``, ``5``, ``1-5``, ``H``, each perhaps with ``/step``."""
    span, slash, step_text = text.partition("/")
    step = _step(step_text, field) if slash else 1
    hashed = _HASHED.fullmatch(span) if field.hashed else None
    if hashed:
        return _hash(hashed, field, seed, step if slash else None)
    if span == "*" or (slash and not span):
        return frozenset(range(field.low, field.high + 1, step))
    first, dash, last = span.partition("-")
    low = field.number(first)
    high = field.number(last) if dash else (field.high if slash else low)
    if low <= high:
        return frozenset(range(low, high + 1, step))
    # Over the end: FRI-MON, 22-4.
    size = field.high - field.low + 1
    around = range(low, high + size + 1, step)
    return frozenset((value - field.low) % size + field.low for value in around)


def _step(text: str, field: _Field) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= max(field.high, 1):
        raise CronError(f"{field.name}: '/{text}' is not a step of 1 to {field.high}")
    return int(text)


def _hash(found: re.Match[str], field: _Field, seed: str, step: int | None) -> frozenset[int]:
    low = field.number(found[1]) if found[1] else field.low
    high = field.number(found[2]) if found[2] else field.high
    if low > high:
        raise CronError(f"{field.name}: {found[0]} runs backwards")
    size = min(step, high - low + 1) if step else high - low + 1
    digest = hashlib.sha256(f"{seed}/{field.name}".encode()).digest()
    first = low + int.from_bytes(digest[:4], "big") % size
    return frozenset(range(first, high + 1, step) if step else (first,))


def _days_of_month(text: str, seed: str) -> Days:
    if text in ("*", "?"):
        return Days()
    values: set[int] = set()
    last: set[int] = set()
    nearest: set[int] = set()
    for item in text.upper().split(","):
        from_end, weekday = _LAST.fullmatch(item), _WEEKDAY.fullmatch(item)
        if from_end and from_end[2] and not from_end[1]:
            nearest.add(0)
        elif from_end and not from_end[2]:
            last.add(_offset(from_end[1]))
        elif weekday:
            nearest.add(_DAY.number(weekday[1]))
        else:
            values |= _item(item, _DAY, seed)
    return Days(values=frozenset(values), last=frozenset(last), nearest=frozenset(nearest))


def _offset(text: str | None) -> int:
    offset = int(text or 0)
    if offset > 30:
        raise CronError(f"day of month: L-{offset} is before the month")
    return offset


def _days_of_week(text: str, field: _Field, seed: str) -> Days:
    if text in ("*", "?"):
        return Days()
    values: set[int] = set()
    last: set[int] = set()
    nth: set[tuple[int, int]] = set()
    for item in text.upper().split(","):
        counted, final = _NTH.fullmatch(item), _LAST_DAY.fullmatch(item)
        if counted:
            nth.add((field.number(counted[1]), _which(counted[2])))
        elif item == "L":
            values.add(field.names["SAT"])
        elif final:
            last.add(field.number(final[1]))
        else:
            values |= _item(item, field, seed)
    return Days(values=frozenset(values), last=frozenset(last), nth=frozenset(nth))


def _which(text: str) -> int:
    if not 1 <= int(text) <= 5:
        raise CronError(f"day of week: #{text} is not within 1 to 5")
    return int(text)
