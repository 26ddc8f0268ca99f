"""The time of record: the clock's, but never earlier than anything recorded or asked about."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contractor_compliance.errors import FutureInstantError
from contractor_compliance.storage import Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.known import Read, each_read
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY_KEY,
    TICK,
    commit,
    current,
    found,
    head_time,
    settle,
)

__all__ = ["TimesContract"]

#: An instant that no clock of whole milliseconds, and no binary fraction of a second, can say.
ODD = datetime(2026, 7, 1, 12, 34, 56, 123457, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TimesContract(Contract):
    """Promise 9."""

    # The time of record

    @promise(9)
    def test_a_commit_is_recorded_at_the_time_of_the_clock(self, store: Store, clock: FrozenClock) -> None:
        clock.set(ODD)

        assert ODD == found(store).recorded_at

    @promise(9)
    def test_the_time_of_record_is_the_same_to_the_microsecond_wherever_it_is_read(
        self, store: Store, clock: FrozenClock
    ) -> None:
        clock.set(ODD)
        commit(store, make.company(), key="key-a")
        receipt = store.receipt("key-a")
        record, history, audit = current(store, COMPANY_KEY), store.history([COMPANY_KEY]), store.audit(0, 1)

        assert [ODD] * 5 == [
            receipt.recorded_at if receipt else None,
            store.head().recorded_at,
            record.recorded_at,
            history[0][0].recorded_at,
            audit[0].recorded_at,
        ]

    @promise(9)
    def test_the_time_of_record_is_said_in_utc(self, store: Store) -> None:
        receipt = found(store)
        instants = [receipt.recorded_at, head_time(store), current(store, COMPANY_KEY).recorded_at]

        assert [timedelta(0)] * 3 == [each.utcoffset() for each in instants]

    @promise(9)
    def test_a_commit_one_microsecond_later_is_recorded_one_microsecond_later(
        self, store: Store, clock: FrozenClock
    ) -> None:
        first = found(store).recorded_at
        clock.advance(TICK)

        assert first + TICK == commit(store).recorded_at

    @promise(9)
    def test_commits_at_one_reading_of_the_clock_are_a_microsecond_apart(
        self, store: Store, clock: FrozenClock
    ) -> None:
        clock.set(ODD)

        assert [ODD, ODD + TICK, ODD + 2 * TICK] == [found(store).recorded_at] + [
            commit(store).recorded_at for _ in range(2)
        ]

    @promise(9)
    def test_a_commit_after_the_clock_was_put_back_is_a_microsecond_after_the_head(
        self, store: Store, clock: FrozenClock
    ) -> None:
        first = found(store).recorded_at
        clock.set(clock() - HOUR, backwards=True)

        assert [first + TICK, first + 2 * TICK] == [commit(store).recorded_at for _ in range(2)]

    @promise(9)
    def test_the_clock_rules_again_once_it_is_past_the_head(self, store: Store, clock: FrozenClock) -> None:
        found(store)
        clock.set(clock() - HOUR, backwards=True)
        commit(store)
        later = clock.advance(hours=2)

        assert later == commit(store).recorded_at

    @promise(9, 30)
    def test_companies_do_not_share_their_time_of_record(self, unbound: UnboundStore, clock: FrozenClock) -> None:
        recorded = [found(unbound.for_company(each)).recorded_at for each in ("company-1", "company-2")]

        assert [clock(), clock()] == recorded

    @promise(9)
    @each_read
    def test_to_ask_about_the_past_does_not_move_the_time_of_record(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        first = head_time(store)
        later = clock.advance(hours=2)
        read(store, first)

        assert later == commit(store).recorded_at

    @promise(9, 18)
    @each_read
    def test_an_instant_that_was_refused_does_not_move_the_time_of_record(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        with pytest.raises(FutureInstantError):
            read(store, clock() + HOUR)
        later = clock.advance(TICK)

        assert later == commit(store).recorded_at
