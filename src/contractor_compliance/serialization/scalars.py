"""Days, instants, lines, tax ids, text, numbers: how each stands in a document, in one spelling only."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from contractor_compliance.domain import Line, TaxId, parse_date
from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.errors import Fault
from contractor_compliance.serialization.faults import RefusedError, name_of

__all__ = ["SCALARS", "write_instant"]

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z", re.ASCII)
_TAX_ID = re.compile(r"\d{9}|\d{3}-\d{2}-\d{4}|\d{2}-\d{7}", re.ASCII)

_Read = Callable[[Any, Any], Any]


def _plain(cls: type, name: str) -> _Read:
    def read(value: Any, _: Any) -> Any:
        if type(value) is cls:
            return value
        hint = ""
        if cls is int and isinstance(value, str) and value.strip("-").isdecimal():
            hint = "; write it without the quotes"
        if cls is int and isinstance(value, float) and math.isfinite(value):
            hint = "; write it without a decimal point"
        raise RefusedError.value(value, f"must be {name}, not {name_of(value)}{hint}")

    return read


def _read_date(value: Any, _: Any) -> date:
    if type(value) is not str:
        raise RefusedError.value(value, f"must be a day written YYYY-MM-DD, not {name_of(value)}")
    return parse_date(value)


def _read_instant(value: Any, _: Any) -> datetime:
    if type(value) is not str:
        raise RefusedError.value(value, f"must be an instant written 2026-01-31T14:30:00Z, not {name_of(value)}")
    if _INSTANT.fullmatch(value):
        try:
            return PythonCalendar.DATETIME.fromisoformat(value)
        except ValueError:
            pass  # an hour or a day that no calendar has: refused below with the misspelt ones
    raise RefusedError.value(value, "must be a real instant in UTC, with Z at the end: 2026-01-31T14:30:00Z")


def write_instant(value: datetime) -> str:
    """Return an instant in UTC, with microseconds where it has any."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _read_line(value: Any, _: Any) -> Line:
    if type(value) is not str:
        raise RefusedError.value(value, f"must be a line of insurance as text, not {name_of(value)}")
    return Line(value)


def _read_tax_id(value: Any, _: Any) -> TaxId:
    if type(value) is str and _TAX_ID.fullmatch(value):
        return TaxId(value)
    if type(value) is str and "*" in value:
        problem = 'is masked, so its digits are lost; write the document with dumps(..., tax_ids="clear")'
    else:
        problem = "must be text of nine digits: 784400101, 900-70-0001 or 78-4400101"
    raise RefusedError(Fault("$", "***", problem))


#: How each of these is read.
SCALARS: dict[type, _Read] = {
    str: _plain(str, "text"),
    int: _plain(int, "an integer"),
    bool: _plain(bool, "true or false"),
    PythonCalendar.DATE: _read_date,
    PythonCalendar.DATETIME: _read_instant,
    Line: _read_line,
    TaxId: _read_tax_id,
}
