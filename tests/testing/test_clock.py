"""A frozen clock says one instant until it is moved, and it does not run backwards unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import FrozenClock

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_frozen_clock_says_the_same_instant_each_time() -> None:
    clock = FrozenClock(NOON)

    assert (NOON, NOON) == (clock(), clock())


def test_a_frozen_clock_has_an_instant_of_its_own() -> None:
    assert FrozenClock()() == FrozenClock()()


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"days": 30}, datetime(2026, 7, 31, 12, tzinfo=UTC)),
        ({"hours": 1, "minutes": 2, "seconds": 3}, datetime(2026, 7, 1, 13, 2, 3, tzinfo=UTC)),
        ({"by": timedelta(microseconds=1)}, NOON + timedelta(microseconds=1)),
        ({}, NOON),
    ],
    ids=str,
)
def test_advancing_a_frozen_clock_returns_the_instant_that_it_says_next(step: dict, expected: datetime) -> None:
    assert expected == FrozenClock(NOON).advance(**step)


def test_a_frozen_clock_stays_where_it_was_moved() -> None:
    clock = FrozenClock(NOON)
    clock.advance(days=1)

    assert NOON + timedelta(days=1) == clock()


def test_a_frozen_clock_can_be_set() -> None:
    clock = FrozenClock(NOON)
    clock.set(NOON + timedelta(hours=1))

    assert NOON + timedelta(hours=1) == clock()


def test_a_frozen_clock_says_utc_whatever_zone_it_was_given() -> None:
    clock = FrozenClock(NOON.astimezone(ZoneInfo("America/Chicago")))

    assert UTC is clock().tzinfo


def test_a_frozen_clock_refuses_a_naive_instant() -> None:
    with pytest.raises(InvalidValueError, match="must be aware"):
        FrozenClock(datetime(2026, 7, 1, 12))  # noqa: DTZ001


def test_a_frozen_clock_refuses_to_be_set_to_a_naive_instant() -> None:
    with pytest.raises(InvalidValueError, match="must be aware"):
        FrozenClock(NOON).set(datetime(2027, 7, 1, 12))  # noqa: DTZ001


def test_a_frozen_clock_refuses_to_be_set_back() -> None:
    with pytest.raises(InvalidValueError, match="ask for it with backwards=True"):
        FrozenClock(NOON).set(NOON - timedelta(seconds=1))


def test_a_frozen_clock_refuses_to_advance_backwards() -> None:
    with pytest.raises(InvalidValueError, match="ask for it with backwards=True"):
        FrozenClock(NOON).advance(days=-1)


def test_a_frozen_clock_is_set_back_when_asked() -> None:
    earlier = NOON - timedelta(days=1)

    assert earlier == FrozenClock(NOON).set(earlier, backwards=True)


def test_a_frozen_clock_stays_where_it_was_after_a_refusal() -> None:
    clock = FrozenClock(NOON)
    with pytest.raises(InvalidValueError):
        clock.advance(days=-1)

    assert NOON == clock()


def test_a_frozen_clock_shows_its_instant() -> None:
    assert "FrozenClock(2026-07-01T12:00:00+00:00)" == repr(FrozenClock(NOON))
