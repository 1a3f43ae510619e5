from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gennaker.operators.window import jitter, next_opening
from gennaker.spec.window import ExecutionWindow

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"


def window(*ranges: str, days: Any = None, **fields: Any) -> ExecutionWindow:
    """Return a window; a range is written ``9:00-17:30``."""
    whitelist = []
    for text in ranges:
        start, _, end = text.partition("-")
        (start_hour, start_min), (end_hour, end_min) = (part.split(":") for part in (start, end))
        whitelist.append(
            {"startHour": start_hour, "startMin": start_min, "endHour": end_hour, "endMin": end_min}
        )
    return ExecutionWindow.model_validate({"days": days, "whitelist": whitelist, **fields})


def opening(at: str, *ranges: str, zone: str = "UTC", days: Any = None) -> str | None:
    """Return when a window is next open, in its own zone; ``at`` is in that zone too."""
    now = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = next_opening(window(*ranges, days=days), now, timezone=zone)
    return found.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if found else None


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 12:34", "2026-11-23 12:34"),
        ("2026-11-23 17:29", "2026-11-23 17:29"),
        ("2026-11-23 17:30", "2026-11-24 09:00"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", SHANGHAI, NEW_YORK, "Asia/Kathmandu"])
def test_a_stage_waits_for_the_hours_of_its_zone(at: str, opens: str, zone: str) -> None:
    assert opening(at, "9:00-17:30", zone=zone) == opens


def test_a_windows_own_zone_counts_before_the_configured_one() -> None:
    now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    found = next_opening(window("9:00-10:00", timezone=SHANGHAI), now, timezone=NEW_YORK)

    assert found == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_the_answer_is_in_the_zone_of_the_question() -> None:
    now = datetime(2026, 11, 23, 3, 0, tzinfo=timezone(timedelta(hours=2)))
    found = next_opening(window("9:00-10:00"), now, timezone=SHANGHAI)

    assert found is not None
    assert found.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 21:59", "2026-11-23 22:00"),
        ("2026-11-23 23:59", "2026-11-23 23:59"),
        ("2026-11-24 00:00", "2026-11-24 00:00"),
        ("2026-11-24 04:59", "2026-11-24 04:59"),
        ("2026-11-24 05:00", "2026-11-24 22:00"),
    ],
)
def test_a_range_may_run_over_midnight(at: str, opens: str) -> None:
    assert opening(at, "22:00-5:00") == opens


def test_a_range_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    monday = [2]

    assert opening("2026-11-24 03:00", "22:00-5:00", days=monday) == "2026-11-24 03:00"
    assert opening("2026-11-23 03:00", "22:00-5:00", days=monday) == "2026-11-23 22:00"


def test_a_range_may_end_at_midnight() -> None:
    assert opening("2026-11-23 23:59", "18:00-24:00") == "2026-11-23 23:59"
    assert opening("2026-11-24 00:00", "18:00-24:00") == "2026-11-24 18:00"


def test_days_without_hours_are_open_all_day() -> None:
    saturday_and_sunday = ["7", "1"]

    assert opening("2026-11-23 10:00", days=saturday_and_sunday) == "2026-11-28 00:00"
    assert opening("2026-11-28 10:00", days=saturday_and_sunday) == "2026-11-28 10:00"
    assert opening("2026-11-29 23:59", days=saturday_and_sunday) == "2026-11-29 23:59"


def test_neither_days_nor_hours_means_always() -> None:
    assert opening("2026-11-23 10:00") == "2026-11-23 10:00"


def test_the_earliest_of_several_ranges_counts_however_they_are_written() -> None:
    assert opening("2026-11-23 10:30", "15:00-16:00", "11:00-12:00", "9:00-10:00") == "2026-11-23 11:00"


def test_a_day_that_is_none_never_comes() -> None:
    assert opening("2026-11-23 10:00", days=[8]) is None


def test_an_opening_in_the_hour_that_the_clock_skips_comes_when_the_clock_has_skipped() -> None:
    # In New York 02:00 is followed by 03:00 on that day.
    assert opening("2026-03-08 01:00", "2:30-4:00", zone=NEW_YORK) == "2026-03-08 03:30"


def test_a_range_in_the_hour_that_comes_twice_is_open_in_both() -> None:
    both = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    for now in both:
        assert next_opening(window("1:00-2:00"), now, timezone=NEW_YORK) == now


ZONES = [
    UTC.tzname(None) or "UTC",
    SHANGHAI,
    NEW_YORK,
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
clock = st.tuples(st.integers(0, 23), st.integers(0, 59))
ranges = st.lists(st.tuples(clock, clock), max_size=3)
day_lists = st.lists(st.integers(1, 7), max_size=4, unique=True)


def is_open(hours: list[Any], days: list[int], moment: datetime) -> bool:
    """Return whether a window is open at a moment, told from the face of a clock in its zone."""
    face = moment.hour, moment.minute

    def listed(day: date) -> bool:
        return not days or day.isoweekday() % 7 + 1 in days

    today, yesterday = listed(moment.date()), listed(moment.date() - timedelta(days=1))
    if not hours:
        return today
    for start, end in hours:
        if start < end and today and start <= face < end:
            return True
        if start >= end and ((today and face >= start) or (yesterday and face < end)):
            return True
    return False


def clock_is_set_near(moment: datetime, zone: ZoneInfo) -> bool:
    """Return whether the offset of a zone changes within a day and a half of a moment."""
    around = (moment + timedelta(hours=hours) for hours in (-36, 0, 36))
    return len({other.astimezone(zone).utcoffset() for other in around}) > 1


@given(moments, ranges, day_lists, st.sampled_from(ZONES))
@settings(max_examples=500, deadline=None, derandomize=True, database=None)
def test_the_answer_is_in_the_window_and_not_before_now(
    now: datetime, hours: list[Any], days: list[int], zone: str
) -> None:
    texts = [f"{s[0]}:{s[1]}-{e[0]}:{e[1]}" for s, e in hours]
    found = next_opening(window(*texts, days=days), now, timezone=zone)

    assert found is not None
    assert now <= found <= now + timedelta(days=8, hours=2)
    there = found.astimezone(ZoneInfo(zone))
    if not clock_is_set_near(found, ZoneInfo(zone)):
        assert is_open(hours, days, there)
    if is_open(hours, days, now.astimezone(ZoneInfo(zone))) and not clock_is_set_near(now, ZoneInfo(zone)):
        assert found == now


@given(moments, ranges, day_lists, st.sampled_from(ZONES))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_window_is_shut_until_the_answer(
    now: datetime, hours: list[Any], days: list[int], zone: str
) -> None:
    texts = [f"{s[0]}:{s[1]}-{e[0]}:{e[1]}" for s, e in hours]
    found = next_opening(window(*texts, days=days), now, timezone=zone)

    assert found is not None
    moment = now
    while moment < found:
        if not clock_is_set_near(moment, ZoneInfo(zone)):
            assert not is_open(hours, days, moment.astimezone(ZoneInfo(zone)))
        moment += timedelta(minutes=13)


def spread(**fields: Any) -> ExecutionWindow:
    return window(jitter={"enabled": True, "minDelay": 10, "maxDelay": 20, **fields})


def test_jitter_is_between_its_limits() -> None:
    delays = [jitter(spread(), manual=False).total_seconds() for _ in range(200)]

    assert 10 <= min(delays) < max(delays) <= 20


@pytest.mark.parametrize(
    ("one", "manual"),
    [(window(), False), (spread(enabled=False), False), (spread(skipManual=True), True)],
    ids=["absent", "off", "not for people"],
)
def test_jitter_may_be_none(one: ExecutionWindow, manual: bool) -> None:
    assert jitter(one, manual=manual) == timedelta()


def test_jitter_that_spares_people_does_not_spare_triggers() -> None:
    assert jitter(spread(skipManual=True), manual=False) >= timedelta(seconds=10)
