"""Days, months, zones and the wording of durations. The one module that knows pendulum, and it loads it when asked.

Judging a day compares civil dates with no conversion at all; only turning a clock into a day needs a zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from contractor_compliance.errors import Fault, InvalidValueError

__all__ = [
    "IsZone",
    "add_months",
    "add_years",
    "civil_date",
    "day_after",
    "end_of_day",
    "instant_of",
    "parse_date",
    "spell_days",
]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Policies begin and end one minute past midnight (domain rules B3.1, B3.3).
_TURN_OF_COVER = time(0, 1)


def _of_python(cls: type) -> Any:
    return next(base for base in cls.__mro__ if base.__module__ == "datetime")


class PythonCalendar:
    """Python's own calendar classes.

    A test that freezes the clock (freezegun does) puts classes of its own in the place of `date` and `datetime` in
    every module that is loaded. These are out of its reach, and the same whether the clock is frozen or not.
    """

    DATE: type[date] = _of_python(date)
    DATETIME: type[datetime] = _of_python(datetime)


def plain_day(day: date) -> date:
    """Return a day as Python's own `date`, whatever subclass of it is given.

    Example:
        >>> from datetime import date
        >>> plain_day(date(2026, 7, 1))
        datetime.date(2026, 7, 1)
    """
    return day if type(day) is PythonCalendar.DATE else PythonCalendar.DATE(day.year, day.month, day.day)


def as_day(day: object) -> date | None:
    """Return a day as Python's own `date`; None for what is no day. An instant is none.

    Example:
        >>> from datetime import date, datetime
        >>> as_day(date(2026, 7, 1)), as_day(datetime.max)
        (datetime.date(2026, 7, 1), None)
    """
    return None if isinstance(day, datetime) or not isinstance(day, date) else plain_day(day)


@attrs.frozen
class IsZone:
    """Constraint: the name of an IANA time zone.

    Example:
        >>> IsZone().fault("America/Chicago") is None, IsZone().fault("Central")
        (True, 'is not an IANA time zone; write it as America/Chicago')
    """

    def fault(self, value: str) -> str | None:
        """Say what is wrong with `value`, or None."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return "is not an IANA time zone; write it as America/Chicago"
        return None


def parse_date(text: str) -> date:
    """Return the day written `YYYY-MM-DD`, and refuse every other spelling.

    Raises:
        InvalidValueError: If the text is not a real day written exactly so.

    Example:
        >>> parse_date("2026-02-28")
        datetime.date(2026, 2, 28)
    """
    if _DATE.fullmatch(text):
        try:
            return PythonCalendar.DATE.fromisoformat(text)
        except ValueError:
            pass  # a day that no calendar has: refused below with the misspelt ones
    raise InvalidValueError("date", (Fault("$", repr(text), "must be a real day written YYYY-MM-DD"),))


def day_after(day: date, days: int = 0) -> date | None:
    """Return the day after `day`, or `days` further on; None past the last day that a date can hold.

    Example:
        >>> from datetime import date
        >>> day_after(date(2026, 12, 31)), day_after(date.max)
        (datetime.date(2027, 1, 1), None)
    """
    ordinal = day.toordinal() + days + 1
    return PythonCalendar.DATE.fromordinal(ordinal) if ordinal <= date.max.toordinal() else None


def add_months(day: date, months: int) -> date:
    """Return the day `months` later, clamped to the month's end: January 31 and one month is February 28 or 29.

    A day that no date can hold becomes the last, or first, that one can.

    Example:
        >>> from datetime import date
        >>> add_months(date(2026, 1, 31), 1)
        datetime.date(2026, 2, 28)
    """
    import pendulum

    year = day.year + (day.month - 1 + months) // 12
    if not date.min.year <= year <= date.max.year:
        return PythonCalendar.DATE.max if months > 0 else PythonCalendar.DATE.min

    moved = pendulum.Date(day.year, day.month, day.day).add(months=months)
    return plain_day(moved)


def add_years(day: date, years: int) -> date:
    """Return the day `years` later; February 29 becomes February 28 in a common year.

    Example:
        >>> from datetime import date
        >>> add_years(date(2028, 2, 29), 1)
        datetime.date(2029, 2, 28)
    """
    return add_months(day, 12 * years)


def civil_date(instant: datetime, zone: str) -> date:
    """Return the day that a wall calendar in `zone` shows at `instant`.

    Raises:
        InvalidValueError: If the instant is naive: the zone of the machine must not decide.

    Example:
        >>> from datetime import UTC, datetime
        >>> civil_date(datetime(2026, 7, 1, 3, tzinfo=UTC), "America/Chicago")
        datetime.date(2026, 6, 30)
    """
    if instant.tzinfo is None:
        problem = "has no time zone; give an aware instant, for example datetime(2026, 7, 1, tzinfo=UTC)"
        raise InvalidValueError("civil_date", (Fault("instant", instant.isoformat(), problem),))
    try:
        return plain_day(instant.astimezone(ZoneInfo(zone)).date())
    except OverflowError:
        # At either end of the calendar the zone's own day cannot be written; the nearest that can is this one.
        return plain_day(instant.date())


def instant_of(day: date, zone: str) -> datetime:
    """Return the UTC instant of 12:01 a.m. on `day` in `zone`: when cover that starts that day starts (rule B3.3).

    Local civil time is meant, daylight saving included; whether "standard time" ignores it is an open question of
    the trade (domain rule B3.3).

    Raises:
        InvalidValueError: If UTC has no such instant: at either end of the calendar.

    Example:
        >>> from datetime import date
        >>> instant_of(date(2026, 7, 1), "America/Chicago").isoformat()
        '2026-07-01T05:01:00+00:00'
    """
    try:
        return datetime.combine(day, _TURN_OF_COVER, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        fault = Fault("day", str(day), "is at the end of the calendar, where UTC has no such instant; give another day")
        raise InvalidValueError("instant_of", (fault,)) from None


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last UTC instant of `day` in `zone`: what "as known on a day" means.

    Example:
        >>> from datetime import date
        >>> end_of_day(date(2026, 6, 30), "America/Chicago").isoformat()
        '2026-07-01T04:59:59.999999+00:00'
    """
    following = day_after(day)
    if following is None:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(following, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(microseconds=1)


def spell_days(days: int) -> str:
    """Return a number of days in words for people: `1 day`, `3 weeks 2 days`.

    Example:
        >>> spell_days(23), spell_days(0)
        ('3 weeks 2 days', '0 days')
    """
    import pendulum

    return str(pendulum.duration(days=days).in_words(locale="en")) if days else "0 days"
