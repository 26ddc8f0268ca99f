"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contractor_compliance.errors import Fault, InvalidValueError

__all__ = ["FrozenClock"]

_NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
_NO_TIME = timedelta(0)


class FrozenClock:
    """A clock for tests: call it and it says the same instant, in UTC, until it is moved.

    Args:
        now: The instant it says first, aware.

    Raises:
        InvalidValueError: If `now` is naive.
    """

    __slots__ = ("_now",)

    def __init__(self, now: datetime = _NOON) -> None:
        self._now = _utc("now", now)

    def __call__(self) -> datetime:
        """Return the instant at which the clock stands, in UTC."""
        return self._now

    def __repr__(self) -> str:
        return f"FrozenClock({self._now.isoformat()})"

    def advance(
        self, by: timedelta = _NO_TIME, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0
    ) -> datetime:
        """Move the clock forward and return what it then says: `advance(days=30)`.

        Raises:
            InvalidValueError: If that would move it backwards.
        """
        return self.set(self._now + by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def set(self, now: datetime, *, backwards: bool = False) -> datetime:
        """Set the clock and return what it then says, in UTC.

        Args:
            now: The instant, aware.
            backwards: Allow an instant before the present one, as when a host's clock is put right.

        Raises:
            InvalidValueError: If `now` is naive, or earlier and `backwards` was not asked for.
        """
        instant = _utc("now", now)
        if instant < self._now and not backwards:
            raise InvalidValueError(
                "FrozenClock",
                (Fault("$.now", str(now), f"is before {self._now}; ask for it with backwards=True"),),
            )
        self._now = instant
        return instant


def _utc(name: str, instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise InvalidValueError("FrozenClock", (Fault(f"$.{name}", str(instant), "must be aware; give it a zone"),))
    return instant.astimezone(UTC)
