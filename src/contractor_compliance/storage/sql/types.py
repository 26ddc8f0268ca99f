"""Column types: instants that are aware and in UTC, days, and text that is compared code point by code point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from contractor_compliance.errors import UnreadableError

__all__ = ["Instant", "PlainText", "binder", "clamp_integer", "exact_text", "read_instant", "written_instant"]


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, exact to the microsecond, which sorts in the order of time.

    PostgreSQL stores it as `timestamptz`. SQLite has no such type and stores it as text of one width.

    Raises:
        ValueError: For a naive instant.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database."""
        type_ = DateTime(timezone=True) if dialect.name == "postgresql" else String(27)
        return dialect.type_descriptor(type_)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return the value that is sent to the database."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"the instant {value} is naive: give it a zone, such as tzinfo=UTC")
        return value if dialect.name == "postgresql" else written_instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # as called
        """Return the instant that the database holds."""
        instant: datetime | None = read_instant(value)
        return instant


def written_instant(instant: datetime) -> str:
    """Return an instant as SQLite stores it: text of one width, which sorts in the order of time."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def read_instant(value: Any) -> Any:
    """Return an instant, or None, from a driver's value of a column of instants.

    Raises:
        UnreadableError: If SQLite, which stores any text in the column, has a text that is no instant.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        # The host chooses the zone of the session; a store answers in UTC.
        return value.astimezone(UTC)
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        instant = None
    if instant is None or instant.tzinfo is not UTC:
        problem = f"{value[:40]!r} is no instant in UTC; the table was changed by hand: restore the row from a backup"
        raise UnreadableError((f"an instant of record: {problem}",))
    return instant


def exact_text() -> TypeEngine[str]:
    """Return the type of ids and codes: text of any length, compared and ordered by code points everywhere."""
    return Text().with_variant(Text(collation="C"), "postgresql")


#: The type of text that is never compared.
PlainText = Text
_LARGEST = 2**63 - 1


def clamp_integer(number: int) -> int:
    """Return a number, or the largest integer of a database if the number is larger.

    The document beside the column has the exact number.
    """
    return min(number, _LARGEST)


def binder(column_type: TypeEngine[Any], dialect: str) -> Callable[[Any], Any] | None:
    """Return the function that converts a value for the driver; None if the driver takes the value as it is.

    SQLAlchemy converts the values of its own statements. The bulk statements give tuples to the driver directly.
    """
    if dialect == "postgresql":
        return None
    if isinstance(column_type, Instant):
        return written_instant
    if isinstance(column_type, Date):
        return date.isoformat
    if isinstance(column_type, Boolean):
        return int
    if isinstance(column_type, Integer | String):
        return None
    raise NotImplementedError(f"no conversion for the column type {column_type!r}: add one to `binder`")
