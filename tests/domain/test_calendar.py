"""Days are read in one spelling, months clamp to their end, and zones decide instants."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    add_months,
    add_years,
    civil_date,
    day_after,
    end_of_day,
    instant_of,
    parse_date,
    spell_days,
)
from contractor_compliance.errors import InvalidValueError

some_days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
zones = st.sampled_from(["America/Chicago", "America/New_York", "America/Phoenix", "Pacific/Guam", "UTC"])


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert day == parse_date(day.isoformat())


@pytest.mark.parametrize(
    "text",
    [
        "20260131",
        "2026-1-31",
        "2026-01-31T00:00:00",
        "2026-01-31 ",
        "2026-01-31\n",
        " 2026-01-31",
        "+2026-01-31",
        "2026-W05-6",
        "2026-031",
        "2026/01/31",
        "31-01-2026",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0663\u0661",
        "2026\u201101\u201131",
        "",
        "today",
    ],
)
def test_text_that_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="must be a real day written YYYY-MM-DD"):
        parse_date(text)


def clamped(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@given(some_days, st.integers(-600, 600))
def test_months_agree_with_a_brute_force_model(day: date, months: int) -> None:
    assert clamped(day, months) == add_months(day, months)


@given(some_days, st.integers(-40, 40))
def test_a_year_is_twelve_months(day: date, years: int) -> None:
    assert add_months(day, 12 * years) == add_years(day, years)


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 1, 31), date(2026, 2, 28)), (date(2028, 1, 31), date(2028, 2, 29))]
)
def test_a_month_after_the_last_of_january_is_the_last_of_february(day: date, expected: date) -> None:
    assert expected == add_months(day, 1)


def test_a_year_after_the_leap_day_is_the_last_of_february() -> None:
    assert date(2029, 2, 28) == add_years(date(2028, 2, 29), 1)


@given(st.dates(max_value=date.max - timedelta(days=1)))
def test_the_day_after_is_one_day_later(day: date) -> None:
    assert day + timedelta(days=1) == day_after(day)


def test_months_give_a_plain_day() -> None:
    assert date is type(add_months(date(2026, 1, 31), 1))


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        (datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC), "America/New_York", date(2025, 12, 31)),
        (datetime(2026, 1, 1, 5, tzinfo=UTC), "America/New_York", date(2026, 1, 1)),
        (datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC), "America/New_York", date(2026, 6, 30)),
        (datetime(2026, 7, 1, 4, tzinfo=UTC), "America/New_York", date(2026, 7, 1)),
        (datetime(2026, 7, 1, 14, tzinfo=UTC), "Pacific/Guam", date(2026, 7, 2)),
        (datetime(2026, 7, 1, 6, 59, 59, tzinfo=UTC), "America/Phoenix", date(2026, 6, 30)),
    ],
)
def test_the_zone_decides_the_day(instant: datetime, zone: str, expected: date) -> None:
    assert expected == civil_date(instant, zone)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 1, 1), "America/Chicago", datetime(2026, 1, 1, 6, 1, tzinfo=UTC)),
        (date(2026, 7, 1), "America/Chicago", datetime(2026, 7, 1, 5, 1, tzinfo=UTC)),
        (date(2026, 7, 1), "America/Phoenix", datetime(2026, 7, 1, 7, 1, tzinfo=UTC)),
        (date(2026, 1, 1), "Pacific/Guam", datetime(2025, 12, 31, 14, 1, tzinfo=UTC)),
    ],
)
def test_cover_turns_at_one_minute_past_midnight_of_the_zone(day: date, zone: str, expected: datetime) -> None:
    assert expected == instant_of(day, zone)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 3, 9), 24)])
def test_a_day_has_as_many_hours_as_daylight_saving_leaves_it(day: date, hours: int) -> None:
    zone = "America/New_York"

    assert timedelta(hours=hours) == instant_of(day + timedelta(days=1), zone) - instant_of(day, zone)


@given(some_days, zones)
def test_the_instant_of_a_day_is_on_that_day(day: date, zone: str) -> None:
    assert day == civil_date(instant_of(day, zone), zone)


@given(some_days, zones)
def test_the_minute_before_the_turn_of_cover_is_midnight_of_the_same_day(day: date, zone: str) -> None:
    assert day == civil_date(instant_of(day, zone) - timedelta(minutes=1), zone)


@given(some_days, zones)
def test_instants_are_in_utc(day: date, zone: str) -> None:
    assert timedelta(0) == instant_of(day, zone).utcoffset()


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "0 days"), (1, "1 day"), (6, "6 days"), (7, "1 week"), (23, "3 weeks 2 days"), (365, "52 weeks 1 day")],
)
def test_days_are_spelt_for_people(days: int, expected: str) -> None:
    assert expected == spell_days(days)


def test_a_day_ends_a_microsecond_before_the_next_one_begins_in_the_zone() -> None:
    assert datetime(2026, 7, 2, 4, 59, 59, 999999, tzinfo=UTC) == end_of_day(date(2026, 7, 1), "America/Chicago")


def test_a_day_of_twenty_five_hours_ends_when_its_clock_strikes_midnight() -> None:
    first = end_of_day(date(2026, 10, 31), "America/New_York")
    second = end_of_day(date(2026, 11, 1), "America/New_York")

    assert timedelta(hours=25) == second - first


def test_the_last_day_of_the_calendar_ends_at_the_last_instant() -> None:
    assert datetime.max.replace(tzinfo=UTC) == end_of_day(date.max, "UTC")


def test_a_naive_instant_is_no_day_anywhere() -> None:
    with pytest.raises(InvalidValueError, match="has no time zone"):
        civil_date(datetime(2026, 7, 1, 0, 30), "America/New_York")  # noqa: DTZ001 - that it is naive is the point


def test_the_first_day_of_the_calendar_has_no_instant_east_of_greenwich() -> None:
    with pytest.raises(InvalidValueError, match="end of the calendar"):
        instant_of(date.min, "Asia/Tokyo")
