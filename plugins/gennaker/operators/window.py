"""
Execution windows: when a stage may start.

A window lists days of the week (1 is Sunday; none means every day) and times of day (none means the whole
day). A time range whose end is not after its start runs over midnight and belongs to the day it starts on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gennaker.spec.model import ExecutionWindow, TimeRange

#: A window that stays shut for this many days never opens.
_HORIZON_DAYS = 15


def next_opening(window: ExecutionWindow, now: datetime, *, timezone: str) -> datetime | None:
    """
    Return when the window is next open: ``now`` itself where it is open, None where it never is.

    :param now: an aware datetime; the answer is in the same zone.
    :param timezone: the zone that the hours mean where the window names none.
    """
    zone = _zone(window.timezone or timezone)
    today = now.astimezone(zone).date()
    for offset in range(-1, _HORIZON_DAYS):
        for opens, closes in _ranges(window, today + timedelta(days=offset), zone):
            if now < closes:
                return max(now, opens.astimezone(now.tzinfo))
    return None


def _zone(name: str) -> ZoneInfo:
    # Airflow's own default is written "utc", which is no file name on Linux.
    return ZoneInfo("UTC" if name.lower() == "utc" else name)


def _ranges(window: ExecutionWindow, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open ranges that start on a day, earliest first."""
    if window.days and day.isoweekday() % 7 + 1 not in {int(d) for d in window.days}:
        return
    midnight = datetime.combine(day, time(), zone)
    if not window.whitelist:
        yield midnight, datetime.combine(day + timedelta(days=1), time(), zone)
        return
    for start, end in sorted(_hours(entry) for entry in window.whitelist):
        last = day + timedelta(days=1 if end <= start or end[0] == 24 else 0)
        opens = datetime.combine(day, time(start[0] % 24, start[1]), zone)
        yield opens, datetime.combine(last, time(end[0] % 24, end[1]), zone)


def _hours(entry: TimeRange) -> tuple[tuple[int, int], tuple[int, int]]:
    start = int(entry.start_hour), int(entry.start_min)
    return start, (int(entry.end_hour), int(entry.end_min))


def jitter(window: ExecutionWindow, *, manual: bool) -> timedelta:
    """Return a random delay after the opening, so that many pipelines do not start at once."""
    spread = window.jitter
    if spread is None or spread.enabled is not True or (manual and spread.skip_manual is True):
        return timedelta()
    low, high = sorted((max(0.0, float(spread.min_delay or 0)), max(0.0, float(spread.max_delay or 0))))
    return timedelta(seconds=random.uniform(low, high))  # noqa: S311 - not a secret
