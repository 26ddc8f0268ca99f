"""What not every store can do: keep records when it is closed, share them, and tell of those that cannot be read.

Reads beside writes from another thread are here too: each thread has a handle of its own.
"""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from contractor_compliance.errors import ConflictError
from contractor_compliance.storage import Capability, Kind, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    changes,
    client_key,
    commit,
    fact_key,
    ids,
    patient,
    row,
    settle,
    state_of,
    update,
    version_of,
)

__all__ = ["KeepingContract"]

T = TypeVar("T")
HOUR = timedelta(hours=1)
POLICY = fact_key(Kind.POLICY, "policy-general_liability")
KEYS = (COMPANY_KEY, CONTRACTOR, client_key(), POLICY)
THREADS = 4


class KeepingContract(Contract):
    """Promises 2, 20 and 23, and the capabilities."""

    # Persistent

    @promise(2)
    def test_a_persistent_store_keeps_everything_when_it_is_closed(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store, standings=[update(row())], switch_to=2)
        commit(store, make.gl_policy(), make.client(name="Renamed"), key="key-a", response="done")
        before = (state_of(store, *KEYS), store.receipt("key-a"))
        with closing(self.reopened(unbound, clock)) as again:
            other = again.for_company(COMPANY)

            assert before == (state_of(other, *KEYS), other.receipt("key-a"))

    @promise(2, 10)
    def test_a_persistent_store_goes_on_where_it_was(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        with closing(self.reopened(unbound, clock)) as again:
            other = again.for_company(COMPANY)
            receipt = commit(other, make.client())

            assert (2, 2) == (receipt.sequence, version_of(other, client_key()))

    @promise(2, 4)
    def test_a_commit_can_be_repeated_when_a_persistent_store_was_opened_again(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        request = changes(store, make.client(), key="key-a")
        store.commit(request)
        with closing(self.reopened(unbound, clock)) as again:
            repeated = again.for_company(COMPANY).commit(request)

            assert (2, True) == (repeated.sequence, repeated.repeated)

    @promise(9, 19)
    def test_an_answer_does_not_change_though_a_persistent_store_was_opened_again(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        asked = clock.advance(hours=2)
        before = store.get([client_key()], asked)
        with closing(self.reopened(unbound, clock)) as again:
            other = again.for_company(COMPANY)
            clock.set(asked - HOUR, backwards=True)
            commit(other, make.client(name="Renamed"))

            assert before == other.get([client_key()], asked)

    @promise(25, 27)
    def test_a_cursor_leads_on_when_a_persistent_store_was_opened_again(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"))
        cursor = store.page(ANYTHING, 1).cursor
        with closing(self.reopened(unbound, clock)) as again:
            page = again.for_company(COMPANY).page(ANYTHING, 10, cursor)

            assert ["contractor-2"] == ids(page.items)

    # Shared

    @promise(2)
    def test_what_one_of_two_stores_commits_the_other_reads(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        with self._second(unbound, clock) as second:
            other = second.for_company(COMPANY)
            before = other.head().sequence
            settle(store)

            assert (0, state_of(store, *KEYS)) == (before, state_of(other, *KEYS))

    @promise(7)
    def test_a_commit_of_one_of_two_stores_is_a_conflict_in_the_other(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        with self._second(unbound, clock) as second:
            decided = changes(second.for_company(COMPANY), make.client(name="Second"))
            commit(store, make.client(name="First"))

            with pytest.raises(ConflictError):
                second.for_company(COMPANY).commit(decided)

    @promise(9, 19)
    def test_an_answer_of_one_of_two_stores_is_not_changed_by_the_other(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        with self._second(unbound, clock) as second:
            other = second.for_company(COMPANY)
            asked = clock.advance(hours=2)
            before = other.get([client_key()], asked)
            clock.set(asked - HOUR, backwards=True)
            commit(store, make.client(name="Renamed"))

            assert before == other.get([client_key()], asked)

    @promise(7, 10)
    def test_of_commits_at_once_that_expect_the_same_version_one_is_made(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        requests = [changes(store, make.client(name=f"Mills {number}")) for number in range(THREADS)]
        with self._second(unbound, clock) as second:
            stores = [unbound, second] * (THREADS // 2)
            outcomes = _at_once(
                lambda number: _attempt(lambda: stores[number].for_company(COMPANY).commit(requests[number]).sequence)
            )

        assert ([2], 2) == ([each for each in outcomes if each is not None], version_of(store, client_key()))

    @promise(4, 10)
    def test_of_the_same_commit_sent_at_once_one_is_made(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        request = changes(store, make.client(name="Renamed"))
        with self._second(unbound, clock) as second:
            stores = [unbound, second] * (THREADS // 2)
            receipts = _at_once(lambda number: patient(lambda: stores[number].for_company(COMPANY).commit(request)))

        assert ([2] * THREADS, THREADS - 1, 2) == (
            [each.sequence for each in receipts],
            sum(each.repeated for each in receipts),
            store.head().sequence,
        )

    @promise(10, 1)
    def test_commits_at_once_are_numbered_without_gap(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        with self._second(unbound, clock) as second:
            stores = [unbound, second] * (THREADS // 2)

            def work(number: int) -> None:
                handle = stores[number].for_company(COMPANY)
                for step in range(5):
                    patient(functools.partial(commit, handle, make.client(id=f"client-{number}-{step}")))

            _at_once(work)

        entries = store.audit(0, 1000)
        instants = [entry.recorded_at for entry in entries]
        assert (list(range(1, 22)), sorted(set(instants))) == ([entry.sequence for entry in entries], instants)

    @contextmanager
    def _second(self, unbound: UnboundStore, clock: FrozenClock) -> Iterator[UnboundStore]:
        """Give a second store on the same data; needs the capability `SHARED`."""
        self.needs(Capability.SHARED)
        with closing(self.reopen(unbound, clock)) as second:
            yield second


def _at_once(work: Callable[[int], T]) -> list[T]:
    """Run the same work in several threads that begin together, and return what came of it."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> T:
        barrier.wait(timeout=60)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def _attempt(work: Callable[[], int]) -> int | None:
    """Return what came of a commit, None for a conflict."""
    try:
        return patient(work)
    except ConflictError:
        return None
