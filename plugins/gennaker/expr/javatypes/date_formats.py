"""Format and parse dates by the patterns of Java's SimpleDateFormat, in English and UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from gennaker.expr.faults import Fault

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<field>([a-zA-Z])\3*)|(?P<open>')|(?P<other>[^a-zA-Z']+)")
_MAX_WIDTH = 40


def _number(compute: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda moment, width: f"{compute(moment):0{width}d}"


def _year(moment: datetime, width: int) -> str:
    return f"{moment.year % 100:02d}" if width == 2 else f"{moment.year:0{width}d}"


def _named(names: tuple[str, ...], compute: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda moment, width: names[compute(moment)] if width >= 4 else names[compute(moment)][:3]


def _month(moment: datetime, width: int) -> str:
    return (
        f"{moment.month:0{width}d}"
        if width < 3
        else _named(_MONTHS, lambda one: one.month - 1)(moment, width)
    )


def _week_of_year(moment: datetime) -> int:
    # Java's default calendar is American: weeks start on Sunday and week 1 holds January 1st.
    first = (moment.replace(month=1, day=1).weekday() + 1) % 7
    week = (moment.timetuple().tm_yday - 1 + first) // 7 + 1
    last = (moment.replace(month=12, day=31).weekday() + 1) % 7
    return 1 if moment.month == 12 and 31 - moment.day + 1 <= last + 1 <= 6 else week


def _week_of_month(moment: datetime) -> int:
    first = (moment.replace(day=1).weekday() + 1) % 7
    return (moment.day - 1 + first) // 7 + 1


def _zone_hours(moment: datetime, width: int) -> str:
    # A single Z stands for UTC itself in ISO 8601, whatever the width.
    return "Z"


_FIELDS: dict[str, Callable[[datetime, int], str]] = {
    "G": lambda moment, width: "AD",
    "y": _year,
    "Y": _year,
    "M": _month,
    "L": _month,
    "w": _number(_week_of_year),
    "W": _number(_week_of_month),
    "D": _number(lambda moment: moment.timetuple().tm_yday),
    "d": _number(lambda moment: moment.day),
    "F": _number(lambda moment: (moment.day - 1) // 7 + 1),
    "E": _named(_DAYS, lambda moment: moment.weekday()),
    "u": _number(lambda moment: moment.isoweekday()),
    "a": lambda moment, width: "AM" if moment.hour < 12 else "PM",
    "H": _number(lambda moment: moment.hour),
    "k": _number(lambda moment: moment.hour or 24),
    "K": _number(lambda moment: moment.hour % 12),
    "h": _number(lambda moment: moment.hour % 12 or 12),
    "m": _number(lambda moment: moment.minute),
    "s": _number(lambda moment: moment.second),
    "S": _number(lambda moment: moment.microsecond // 1_000),
    "z": lambda moment, width: "UTC" if width < 4 else "Coordinated Universal Time",
    "Z": lambda moment, width: "+0000",
    "X": _zone_hours,
}


@lru_cache(maxsize=128)
def _tokens(pattern: str) -> tuple[tuple[str | None, int, str], ...]:
    """Return (letter, width, "") for a field and (None, 0, text) for literal text."""
    if len(pattern) > 500:
        raise Fault("The date pattern is too long")
    tokens: list[tuple[str | None, int, str]] = []
    for match in _TOKEN.finditer(pattern):
        if match["open"]:
            raise Fault("Unterminated quote in the date pattern")
        if match["field"]:
            letter, width = match["field"][0], len(match["field"])
            if letter not in _FIELDS:
                raise Fault(f"Illegal pattern character {letter!r}")
            tokens.append((letter, min(width, _MAX_WIDTH), ""))
        else:
            quoted = match["quoted"]
            tokens.append((None, 0, match["other"] if quoted is None else quoted.replace("''", "'") or "'"))
    return tuple(tokens)


def format_date(pattern: str, moment: datetime) -> str:
    """Return the moment in the pattern's form."""
    return "".join(
        text if letter is None else _FIELDS[letter](moment, width) for letter, width, text in _tokens(pattern)
    )


_DIGITS = {
    "y": "year",
    "M": "month",
    "d": "day",
    "H": "hour",
    "h": "half",
    "m": "minute",
    "s": "second",
    "S": "milli",
}


def parse_date(pattern: str, text: str) -> datetime:
    """Return the moment that a text in the pattern's form names; what it leaves out is 1970's start."""
    expression = "".join(_matcher(*token) for token in _tokens(pattern))
    try:
        match = re.match(expression, text[:200])
    except re.error:
        raise Fault("The date pattern names a field twice") from None
    if match is None:
        raise Fault(f'Unparseable date: "{text[:60]}"')
    found = {key: value for key, value in match.groupdict().items() if value is not None}
    return _assemble(found)


def _matcher(letter: str | None, width: int, text: str) -> str:
    if letter is None:
        return re.escape(text)
    if letter == "M" and width >= 3:
        return f"(?P<name>{'|'.join(name if width >= 4 else name[:3] for name in _MONTHS)})"
    if letter in _DIGITS:
        # Fields that touch the next one are as wide as they are written.
        digits = f"{{{width}}}" if width > 1 else "{1,2}"
        return rf"(?P<{_DIGITS[letter]}>\d{digits})"
    if letter == "a":
        return "(?P<noon>AM|PM)"
    if letter in "ZXz":
        return r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)"
    return r"\w+"


def _assemble(found: dict[str, str]) -> datetime:
    zone = found.get("zone", "Z")
    if "name" in found:
        month = next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(found["name"]))
    else:
        month = int(found.get("month", 1))
    hour = int(found.get("hour", found.get("half", 0)))
    if "noon" in found:
        hour = hour % 12 + (12 if found["noon"] == "PM" else 0)
    year = int(found.get("year", 1970))
    moment = datetime(
        year + 2000 if len(found.get("year", "1970")) == 2 else year,
        month,
        int(found.get("day", 1)),
        hour,
        int(found.get("minute", 0)),
        int(found.get("second", 0)),
        int(found.get("milli", 0)) * 1_000,
    )
    if zone[0] in "+-":
        moment = datetime.fromisoformat(f"{moment.isoformat()}{zone[:3]}:{zone[-2:]}").astimezone(UTC)
    return moment.replace(tzinfo=None)
