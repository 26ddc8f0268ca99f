"""Column types: instants that are aware and in UTC, days, and text that is compared code point by code point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from contractor_compliance.errors import UnreadableError

__all__ = ["Instant", "Words", "binder", "exact_text", "read_instant", "whole", "written_instant"]


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, exact to the microsecond, which sorts as time goes.

    PostgreSQL keeps it as `timestamptz`; SQLite as text of one width, because it has no type of its own.

    Raises:
        ValueError: For a naive instant.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        own = DateTime(timezone=True) if dialect.name == "postgresql" else String(27)
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what is sent to the database."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} is naive; an instant has a zone")
        return value if dialect.name == "postgresql" else written_instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # as called
        """Return the instant that the database holds."""
        found: datetime | None = read_instant(value)
        return found


def written_instant(instant: datetime) -> str:
    """Return an instant as SQLite keeps it: text of one width, which sorts as time goes."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def read_instant(value: Any) -> Any:
    """Return an instant, or None, from what a driver gives of a column of instants.

    Raises:
        UnreadableError: If SQLite, which takes any text, was given one that is none.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        # The session's zone is the host's business; ours is UTC.
        return value.astimezone(UTC)
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not UTC:
        told = f"{value[:40]!r} is no instant in UTC; somebody has changed the table by hand"
        raise UnreadableError((f"an instant of record: {told}",))
    return found


def exact_text() -> TypeEngine[str]:
    """Return the type of ids and codes: text of any length, compared and ordered by code points everywhere."""
    return Text().with_variant(Text(collation="C"), "postgresql")


#: The type of text that nobody compares.
Words = Text
_LARGEST = 2**63 - 1


def whole(number: int) -> int:
    """Return a number that a database's integer can hold: the largest one in the place of larger ones.

    The document beside the column has the number itself.
    """
    return min(number, _LARGEST)


def binder(column_type: TypeEngine[Any], dialect: str) -> Callable[[Any], Any] | None:
    """Return what turns a value into what the driver takes; None if it takes the value as it is.

    SQLAlchemy does this in its own statements. The bulk paths hand tuples to the driver, so they do it themselves.
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
    raise NotImplementedError(f"say how {column_type!r} is bound")
