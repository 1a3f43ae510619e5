from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gennaker.spec.cron import CronError, parse

EVERY_SECOND = frozenset(range(60))


def test_quartz_has_seconds_first():
    cron = parse("0 30 4 ? * MON-FRI")
    assert (cron.seconds, cron.minutes, cron.hours) == ({0}, {30}, {4})
    assert cron.days_of_month.values is None
    assert cron.days_of_week.values == {2, 3, 4, 5, 6}
    assert cron.years is None


def test_unix_counts_days_from_sunday_zero():
    assert parse("5 4 * * 0").days_of_week.values == {1}
    assert parse("5 4 * * 7").days_of_week.values == {1}
    assert parse("5 4 * * 1-5").days_of_week.values == {2, 3, 4, 5, 6}
    assert parse("5 4 * * sun").days_of_week.values == {1}


def test_unix_may_give_both_days():
    cron = parse("0 0 13 * 5")
    assert (cron.days_of_month.values, cron.days_of_week.values) == ({13}, {6})


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("0/15", {0, 15, 30, 45}),
        ("*/20", {0, 20, 40}),
        ("/30", {0, 30}),
        ("10-20/5", {10, 15, 20}),
        ("1,2,3-4", {1, 2, 3, 4}),
        ("58-1", {58, 59, 0, 1}),
    ],
)
def test_lists_ranges_and_steps(text, minutes):
    assert parse(f"0 {text} * * * ?").minutes == minutes


def test_days_that_depend_on_the_month():
    days = parse("0 0 12 L,15W,L-3,LW,2 * ?").days_of_month
    assert (days.last, days.nearest, days.values) == ({0, 3}, {15, 0}, {2})
    week = parse("0 0 12 ? * 6#3,FRIL,L").days_of_week
    assert (week.nth, week.last, week.values) == ({(6, 3)}, {6}, {7})
    assert parse("0 12 * * 5#3").days_of_week.nth == {(6, 3)}
    assert parse("0 12 * * FRIL").days_of_week.last == {6}


def test_years():
    assert parse("0 0 0 1 1 ? 2030/2").years >= {2030, 2032}
    assert parse("* 0/30 * * * ? *").years is None


def test_hashed_numbers_depend_on_the_seed_alone():
    one, again, other = (
        parse("0 H H * * ?", seed="a"),
        parse("0 H H * * ?", seed="a"),
        parse("H H H * * ?", seed="b"),
    )
    assert one == again
    assert len(one.minutes) == 1
    assert one.minutes | one.hours != other.minutes | other.hours
    assert len(parse("0 H/15 * * * ?", seed="a").minutes) == 4
    assert parse("0 H(0-9) * * * ?", seed="x").minutes <= set(range(10))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "0 fields"),
        ("* * *", "3 fields"),
        ("* * * * * * * *", "8 fields"),
        ("60 * * * *", "minute: 60 is not within 0 to 59"),
        ("0 0 24 * * ?", "hour: 24"),
        ("0 0 0 0 * ?", "day of month: 0"),
        ("0 0 0 1 13 ?", "month: 13"),
        ("0 0 0 ? * 0", "day of week: 0"),
        ("0 0 0 ? * FUN", "'FUN' is not a number"),
        ("0 0 0 ? * 6#6", "#6 is not within 1 to 5"),
        ("0 0 0 L-31 * ?", "L-31"),
        ("0 0/0 * * * ?", "'/0' is not a step"),
        ("0 0/60 * * * ?", "'/60' is not a step"),
        ("0 0 0 13 * 6", "cannot both be given"),
        ("0 ? * * * ?", "minute: '?'"),
        ("0 , * * * ?", "minute: ''"),
        ("0 5- * * * ?", "minute: ''"),
        ("0 0 H(9-1) * * ?", "runs backwards"),
        ("0 ٣ * * * ?", "is not a number"),
        ("0 0 0 1 1 ? 1969", "year: 1969"),
        ("@daily", "1 fields"),
    ],
)
def test_what_is_wrong_is_named(text, fault):
    with pytest.raises(CronError) as error:
        parse(text)
    assert fault in str(error.value)


@given(st.text(alphabet="0123456789*/-,?LWH#() MON", max_size=40))
def test_any_text_parses_or_is_refused(text):
    try:
        cron = parse(text)
    except CronError:
        return
    assert cron.minutes <= EVERY_SECOND
    assert cron.minutes
