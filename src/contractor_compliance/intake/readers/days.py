"""Days as people, programs and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from contractor_compliance.intake.readers.reading import Reading, absent, plain_text, read_as, unreadable

__all__ = ["CONTINUOUS_WORDS", "SENTINELS", "TWO_DIGIT_YEAR", "Serials", "is_continuous", "read_day"]

#: Which day a spreadsheet counts its serial numbers from: 1900 (Windows, and almost every file), or 1904 (old Macs).
Serials: TypeAlias = Literal["1900", "1904"]

#: Days that stand for "no day". A permit system writes 1900-01-01, databases their first or last day (0001-01-01,
#: 1753-01-01, 9999-12-31), spreadsheets their day zero, programs 1970-01-01, bookkeeping packages advise 01/01/1980.
SENTINELS: Final = frozenset(
    {
        date(1, 1, 1),
        date(1753, 1, 1),
        date(1899, 12, 30),
        date(1899, 12, 31),
        date(1900, 1, 1),
        date(1970, 1, 1),
        date(1980, 1, 1),
        date(2099, 12, 31),
        date(2999, 12, 31),
        date(9999, 12, 31),
    }
)
#: Words for a term without an end. They are a day nowhere; a mapping says where they mean a continuous term.
CONTINUOUS_WORDS: Final = frozenset(
    {
        "cont",
        "continuous",
        "continuous until cancelled",
        "indefinite",
        "no expiration",
        "ongoing",
        "perpetual",
        "until cancelled",
    }
)
#: The warning of a year of two digits, which a table gives once a column.
TWO_DIGIT_YEAR: Final = "has a year of two digits: 00 to 79 are read as 2000 to 2079, and 80 to 99 as 1980 to 1999"

_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_NAMES: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTHS: Final = {
    short: number
    for number, name in enumerate(_NAMES, start=1)
    for short in {name.casefold(), name[:3].casefold(), *(["sept"] if number == 9 else [])}
}
_WEEKDAY: Final = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|thur|fri|sat(?:ur)?|sun)(?:day)?\.?,? +(?=\S)", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"(?P<day>.*?\d)(?:,? +(?:at +)?|t)"
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?(?: *(?P<half>[ap])\.?m\.?)?"
    r"|(?P<word>midnight|12 *a\.?m\.?))"
    r"(?P<zone> *(?:z|utc|gmt|[+-]\d{2}:?\d{2}|standard time|local time|local standard time|[ecmp][sd]?t))?",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_THREE: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ ./-]*([a-z]{3,9})\.?,?[ ./-]*(\d{4}|\d{2})", re.ASCII)
_MONTH_DAY: Final = re.compile(r"([a-z]{3,9})\.?[ ./-]*(\d{1,2})(?:st|nd|rd|th)?(?:, *|[ ./-]+)(\d{4}|\d{2})", re.ASCII)
_YEAR_MONTH_DAY: Final = re.compile(r"(\d{4})[ ./-]+([a-z]{3,9})\.?[ ./-]+(\d{1,2})", re.ASCII)
_ZEROS: Final = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}|00000000|1/0/1900|01/00/1900|1900-01-00|0|0\.0+", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d+)?", re.ASCII)
_ZERO_OF: Final = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
_NO_DAY: Final = 'stands for "no day" in spreadsheets and programs and is read as blank'
_HOUR: Final = "has an hour of the day, and a day is expected: a policy begins and ends at 12:01 AM; leave the hour out"


def read_day(cell: object, *, day_first: bool | None = None, serials: Serials | None = None) -> Reading[date]:
    """Read a day as people, programs and spreadsheets write it.

    The grammar, without regard to case and with any spaces:

    - `2026-04-01`, `2026/4/1`, `2026.4.1`, `20260401`;
    - `4/1/2026`, `04-01-2026`, `4.1.26`: month first or day first as `day_first` says. Without it only a day that
      can be read in one way is read: `3/25/2026`, `25/3/2026`, `4/4/2026`;
    - `1-Apr-26`, `1st April 2026`, `April 1, 2026`, `Apr. 1 2026`, `2026-Apr-01`, with a weekday before it or not;
    - a midnight after it, which is the day: `00:00`, `0:00:00.000`, `12:00 AM`, `12:01 AM`, `00:01`, `midnight`,
      `T00:00:00Z`, with `standard time` or a zone or not. Another hour is a fault;
    - a year of two digits: 00 to 79 are 2000 to 2079, the others 1980 to 1999, with a warning;
    - a spreadsheet's serial number, `46113` or `46113.0`, where `serials` says how it counts;
    - a day that stands for no day (`SENTINELS`, serial 0, `00/00/0000`) is absent, with a warning.

    Years before 1950 or after 2100 are faults, and so are days that are not in the calendar.

    Args:
        cell: Text, a day, an instant at midnight, or a number.
        day_first: Whether the day comes before the month where all is in digits; None = not known.
        serials: How the spreadsheet counts its days; None = numbers are no days.

    Example:
        >>> read_day("4/15/2026 12:01 AM").value, read_day("Apr. 1, 2026").value
        (datetime.date(2026, 4, 15), datetime.date(2026, 4, 1))
        >>> print(read_day("03/04/2026").faults[0].problem)
        may be March 4 or April 3; say day_first=False or day_first=True for the column
        >>> read_day("03/04/2026", day_first=False).value, read_day("46113", serials="1900").value
        (datetime.date(2026, 3, 4), datetime.date(2026, 4, 1))
    """
    if isinstance(cell, datetime):
        return _of_instant(cell)
    if isinstance(cell, date):
        return _checked(cell, cell)
    if isinstance(cell, Decimal) and cell.is_nan():
        return absent(cell)  # before it is compared: a signaling NaN cannot be
    if isinstance(cell, float | Decimal) and not float(cell).is_integer() and float(cell) == float(cell):
        return _of_serial(cell, str(cell), serials)
    text: str | Reading[date] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    return _of_text(cell, text, day_first, serials)


def is_continuous(text: str) -> bool:
    """Return whether a text says that a term has no end."""
    letters = re.sub(r"[^a-z]+", " ", text[:60].casefold())
    return " ".join(re.sub(r"cancell?ed", "cancelled", letters).split()) in CONTINUOUS_WORDS


def _of_instant(cell: datetime) -> Reading[date]:
    if cell.time().replace(microsecond=0) not in (time(0, 0), time(0, 1)):
        return unreadable(cell, _HOUR)
    return _checked(cell, date(cell.year, cell.month, cell.day))


def _of_text(cell: object, text: str, day_first: bool | None, serials: Serials | None) -> Reading[date]:  # noqa: FBT001
    if len(text) > 60:
        return unreadable(cell, f"is no day: it has {len(text)} characters")
    folded = text.casefold()
    if is_continuous(text):
        return unreadable(cell, "is no day; where a term has no end, the mapping says so with continuous=True")
    if _ZEROS.fullmatch(folded):
        return absent(cell, _NO_DAY)
    warnings: tuple[str, ...] = ()
    if match := _TIME.fullmatch(folded):
        if not _is_midnight(match):
            return unreadable(cell, _HOUR)
        folded = match["day"].rstrip(",")
        if (zone := (match["zone"] or "").strip()) and (zone in ("z", "utc", "gmt") or zone[0] in "+-"):
            warnings = ("is a midnight of a stated zone; its day is read as it is written",)
    folded = _WEEKDAY.sub("", folded, count=1) if _WEEKDAY.match(folded) else folded
    if _NUMBER.fullmatch(folded):
        return _of_serial(cell, folded, serials)
    return _with_warnings(_of_parts(cell, folded, day_first), cell, warnings)


def _is_midnight(match: re.Match[str]) -> bool:
    if match["word"]:
        return True
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if match["half"] == "p":
            return False
        hour %= 12 if hour == 12 else 24
    return hour == 0 and minute <= 1 and second == 0


def _of_parts(cell: object, text: str, day_first: bool | None) -> Reading[date]:  # noqa: FBT001
    if match := _ISO.fullmatch(text):
        return _made(cell, match[1], int(match[3]), int(match[4]))
    if match := _COMPACT.fullmatch(text):
        return _made(cell, match[1], int(match[2]), int(match[3]))
    if match := _THREE.fullmatch(text):
        return _of_order(cell, int(match[1]), int(match[3]), match[4], day_first)
    for pattern, (year, month, day) in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_MONTH_DAY, (1, 2, 3))):
        if (match := pattern.fullmatch(text)) and match[month] in _MONTHS:
            return _made(cell, match[year], _MONTHS[match[month]], int(match[day]))
    return unreadable(cell, "is not read as a day; write it as 2026-04-01 or 4/1/2026")


def _of_order(cell: object, first: int, second: int, year: str, day_first: bool | None) -> Reading[date]:  # noqa: FBT001
    if day_first is not None:
        month, day = (second, first) if day_first else (first, second)
        if month > 12 >= day:
            order = "day before month" if day_first else "month before day"
            return unreadable(cell, f"does not follow the order of its column ({order}); correct it by hand")
        return _made(cell, year, month, day)
    if first > 12 and len(year) == 2:
        return unreadable(cell, "may begin with the year or with the day; say day_first=True, or write the year out")
    if first > 12 or second > 12 or first == second:
        month, day = (second, first) if first > 12 else (first, second)
        return _made(cell, year, month, day)
    if not first or not second:
        return unreadable(cell, "is not a day of the calendar")
    months = f"{_NAMES[first - 1]} {second} or {_NAMES[second - 1]} {first}"
    return unreadable(cell, f"may be {months}; say day_first=False or day_first=True for the column")


def _made(cell: object, year: str, month: int, day: int) -> Reading[date]:
    warnings: tuple[str, ...] = ()
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 80 else 1900
        warnings = (TWO_DIGIT_YEAR,)
    try:
        value = date(number, month, day)
    except ValueError:
        return unreadable(cell, "is not a day of the calendar")
    return _with_warnings(_checked(cell, value), cell, warnings)


def _of_serial(cell: object, text: str, serials: Serials | None) -> Reading[date]:
    if serials is None:
        return unreadable(cell, 'may be the serial number of a day; say serials="1900" (or "1904" for an old Mac)')
    if not _NUMBER.fullmatch(text):  # 1e-07, inf
        return unreadable(cell, "is no serial number of a day")
    whole, _, part = text.partition(".")
    # A minute is 1/1440 of a day, which a spreadsheet writes with as many digits as it likes.
    if part.strip("0") and not 0.00069 <= float(f"0.{part}") <= 0.0007:
        return unreadable(cell, _HOUR)
    number = int(whole)
    # The serial numbers 1 to 60 of 1900 need no care of their own: they lie before the years that are read.
    return absent(cell, _NO_DAY) if number <= 1 else _checked(cell, _ZERO_OF[serials] + timedelta(days=number))


def _checked(cell: object, value: date) -> Reading[date]:
    if value in SENTINELS:
        return absent(cell, _NO_DAY)
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return unreadable(cell, f"has the year {value.year}; years from {_FIRST_YEAR} to {_LAST_YEAR} are read")
    return read_as(date(value.year, value.month, value.day), cell)


def _with_warnings(reading: Reading[date], cell: object, problems: tuple[str, ...]) -> Reading[date]:
    if not problems or not reading.is_stated:
        return reading
    return Reading(reading.value, (), reading.warnings + read_as(reading.value, cell, *problems).warnings)
