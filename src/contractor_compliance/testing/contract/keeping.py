"""What is kept: when a store is closed, shared or read while others write, and what of it cannot be read back."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

import attrs
import pytest

from contractor_compliance.domain import Value
from contractor_compliance.errors import ConflictError, InvalidValueError, UnreadableError
from contractor_compliance.storage import Key, Kind, Query, Store, UnboundStore, Unreadable
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract, Elsewhere, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    HOUR,
    POLICY,
    changes,
    client_key,
    commit,
    current,
    head_time,
    ids,
    listed,
    name_of,
    number_of,
    patient,
    rename,
    row,
    state_of,
    update,
)

__all__ = ["KeepingContract"]

T = TypeVar("T")
KEYS = (COMPANY_KEY, CONTRACTOR, client_key(), POLICY)
THREADS = 4
each_way = table("is_closed", {"opened_again": True, "beside": False})
#: How often is read while another thread writes.
READS = 30


class KeepingContract(Contract):
    """Promises 2, 20 and 23, and what depends on a capability. Each thread has handles of its own."""

    # Another store on the same data

    @promise(2)
    @each_way
    def test_another_store_on_the_same_data_reads_everything(
        self, furnished: Store, elsewhere: Elsewhere, *, is_closed: bool
    ) -> None:
        commit(furnished, make.gl_policy(), standings=[update(row())], switch_to=2, key="key-a", response="done")
        before = (state_of(furnished, *KEYS), furnished.receipt("key-a"))
        handle = elsewhere(is_closed=is_closed).for_company(COMPANY)
        assert before == (state_of(handle, *KEYS), handle.receipt("key-a"))

    @promise(2, 4, 10)
    @each_way
    def test_another_store_on_the_same_data_repeats_commits_and_continues_their_numbering(
        self, furnished: Store, elsewhere: Elsewhere, *, is_closed: bool
    ) -> None:
        request = changes(furnished, make.client())
        receipt = furnished.commit(request)
        handle = elsewhere(is_closed=is_closed).for_company(COMPANY)
        assert attrs.evolve(receipt, repeated=True) == handle.commit(request)
        assert (3, 3) == (rename(handle).sequence, current(handle, client_key()).version)

    @promise(9, 19)
    @each_way
    def test_an_answer_is_not_changed_by_another_store_on_the_same_data(
        self, furnished: Store, elsewhere: Elsewhere, clock: FrozenClock, *, is_closed: bool
    ) -> None:
        asked = clock.advance(hours=2)
        before = furnished.get([client_key()], asked)
        handle = elsewhere(is_closed=is_closed).for_company(COMPANY)
        clock.set(asked - HOUR, backwards=True)
        rename(handle)
        assert before == handle.get([client_key()], asked)

    @promise(25, 27)
    @each_way
    def test_a_cursor_leads_on_in_another_store_on_the_same_data(
        self, furnished: Store, elsewhere: Elsewhere, *, is_closed: bool
    ) -> None:
        commit(furnished, make.contractor(id="contractor-2"))
        cursor = furnished.page(ANYTHING, 1).cursor
        handle = elsewhere(is_closed=is_closed).for_company(COMPANY)
        assert ["contractor-2"] == ids(handle.page(ANYTHING, 10, cursor).items)

    # Two stores at once

    @promise(2, 7)
    def test_a_commit_of_one_store_is_read_by_another_and_conflicts_with_its_stale_commit(
        self, furnished: Store, elsewhere: Elsewhere
    ) -> None:
        handle = elsewhere(is_closed=False).for_company(COMPANY)
        decided = changes(handle, make.client(name="Second"))
        rename(furnished, "First")
        with pytest.raises(ConflictError):
            handle.commit(decided)
        assert state_of(furnished, *KEYS) == state_of(handle, *KEYS)

    @promise(7, 10)
    def test_one_of_several_simultaneous_commits_that_expect_the_same_version_is_made(
        self, furnished: Store, unbound: UnboundStore, elsewhere: Elsewhere
    ) -> None:
        requests = [changes(furnished, make.client(name=f"Mills {number}")) for number in range(THREADS)]

        def attempt(number: int, handle: Store) -> int | None:
            try:
                return handle.commit(requests[number]).sequence
            except ConflictError:
                return None

        outcomes = _at_once(attempt, unbound, elsewhere(is_closed=False))

        assert ({2, None}, 1, 2) == (set(outcomes), outcomes.count(2), current(furnished, client_key()).version)

    @promise(4, 10)
    def test_a_commit_sent_several_times_at_once_is_made_once(
        self, furnished: Store, unbound: UnboundStore, elsewhere: Elsewhere
    ) -> None:
        request = changes(furnished, make.client(name="Renamed"))
        receipts = _at_once(lambda _, handle: handle.commit(request), unbound, elsewhere(is_closed=False))
        repeated = [receipt.repeated for receipt in receipts]
        assert ({2}, [False, True, True, True]) == ({receipt.sequence for receipt in receipts}, sorted(repeated))
        assert 2 == furnished.head().sequence

    @promise(10, 1, 9)
    def test_commits_at_once_are_numbered_without_gap(
        self, furnished: Store, unbound: UnboundStore, elsewhere: Elsewhere
    ) -> None:
        def work(number: int, handle: Store) -> None:
            for step in range(5):
                patient(functools.partial(commit, handle, make.client(id=f"client-{number}-{step}")))

        _at_once(work, unbound, elsewhere(is_closed=False))
        entries = furnished.audit(0, 1000)
        instants = [entry.recorded_at for entry in entries]

        assert (list(range(1, 22)), sorted(set(instants))) == ([entry.sequence for entry in entries], instants)

    # Read while another thread writes

    @promise(20)
    def test_all_parts_of_an_answer_are_of_one_instant(self, furnished: Store, unbound: UnboundStore) -> None:
        keys = [client_key(f"client-{number}") for number in range(1, 21)]

        def values(step: int) -> list[Value]:
            return [make.client(id=key.id, name=f"Step {step}") for key in keys]

        def names() -> set[str]:
            return {record.value.name for record in furnished.get(keys) if record}

        assert {1} == {len(answer) for answer in _read_beside(unbound, values, names)}

    @promise(20)
    def test_all_parts_of_a_dossier_are_of_one_instant(self, furnished: Store, unbound: UnboundStore) -> None:
        def values(step: int) -> list[Value]:
            name = f"Step {step}"
            policies = [make.gl_policy(id=f"policy-{number}", number=name) for number in range(10)]
            return [make.client(name=name), make.contractor(legal_name=name), *policies]

        def names() -> set[str | None]:
            (dossier,) = [answer.dossier for answer in furnished.dossiers([CONTRACTOR.id]) if answer]
            numbers = {number_of(policy) for policy in dossier.policies}
            return {dossier.contractor.legal_name, dossier.clients[0].name} | numbers

        assert {1} == {len(answer) for answer in _read_beside(unbound, values, names)}

    @promise(20)
    def test_all_items_of_a_page_are_of_one_instant(self, founded: Store, unbound: UnboundStore) -> None:
        def values(step: int) -> list[Value]:
            return [make.job_code(id=f"{number}", title=f"Step {step}") for number in range(20)]

        def titles() -> set[str]:
            return {item.name for item in founded.page(Query(kind=Kind.JOB_CODE), 1000).items}

        assert {1} == {len(answer) for answer in _read_beside(unbound, values, titles)}

    @promise(20, 17)
    def test_a_past_instant_reads_the_same_while_other_writers_commit(
        self, furnished: Store, unbound: UnboundStore
    ) -> None:
        then = head_time(furnished)
        answers = _read_beside(unbound, lambda step: [make.client(name=f"{step}")], lambda: name_of(furnished, then))
        assert {"Sample Mills Corp"} == set(answers)

    # What cannot be read back

    @pytest.fixture
    def damaged(self, furnished: Store, unbound: UnboundStore) -> Store:
        """Give the handle of a company whose sample policy cannot be read; needs the hook `damage`."""
        commit(furnished, make.gl_policy(), make.contractor(id="contractor-2"))
        self.damage(unbound, COMPANY, POLICY)
        return furnished

    @promise(23, 17)
    def test_an_unreadable_record_is_reported_in_its_place_beside_readable_ones(self, damaged: Store) -> None:
        keys = [CONTRACTOR, POLICY, client_key()]
        assert [["Contractor", "Unreadable", "Client"]] * 2 == [
            [type(record.content).__name__ for record in damaged.get(keys, instant) if record]
            for instant in (None, head_time(damaged))
        ]

    @promise(23)
    def test_an_unreadable_record_says_which_it_is_and_why(self, damaged: Store) -> None:
        record = current(damaged, POLICY)
        assert isinstance(record.content, Unreadable)
        assert (POLICY, True) == (record.content.key, bool(record.content.problem.strip()))
        assert (2, head_time(damaged), None) == (record.version, record.recorded_at, record.superseded_at)
        with pytest.raises(UnreadableError):
            _ = record.value

    @promise(23, 24)
    def test_a_history_reports_an_unreadable_version_beside_readable_ones(self, damaged: Store) -> None:
        commit(damaged, make.gl_policy(number="READABLE"))
        (history,) = damaged.history([POLICY])
        assert ["Unreadable", "Policy"] == [type(record.content).__name__ for record in history]

    @promise(23, 21)
    def test_an_unreadable_dossier_is_reported_beside_a_readable_one(self, damaged: Store) -> None:
        answers = damaged.dossiers([CONTRACTOR.id, "contractor-2"])
        assert [[POLICY], make.contractor(id="contractor-2")] == [
            [problem.key for problem in answer.content]
            if isinstance(answer.content, tuple)
            else answer.content.contractor
            for answer in answers
            if answer
        ]

    @promise(23, 21)
    def test_a_dossier_reports_every_unreadable_record_that_it_names(
        self, furnished: Store, unbound: UnboundStore
    ) -> None:
        commit(furnished, make.gl_policy())
        keys = {client_key(), Key(Kind.JOB_CODE, "RIG-1"), Key(Kind.CARRIER, "99901")}
        for key in keys:
            self.damage(unbound, COMPANY, key)
        (answer,) = furnished.dossiers([CONTRACTOR.id])
        assert answer is not None
        assert isinstance(answer.content, tuple)
        assert keys == {problem.key for problem in answer.content}

    @promise(23, 12)
    def test_a_contractor_with_an_unreadable_fact_takes_no_other_fact(self, damaged: Store) -> None:
        refused = changes(damaged, make.wc_policy())
        with pytest.raises(InvalidValueError):
            damaged.commit(refused)

    @promise(23, 12)
    def test_an_unreadable_record_can_be_removed(self, damaged: Store) -> None:
        commit(damaged, removes=[POLICY])
        assert ((None,), 1) == (damaged.get([POLICY]), len(damaged.history([POLICY])[0]))

    @promise(23, 25)
    def test_a_page_lists_an_unreadable_value_beside_readable_ones(self, damaged: Store, unbound: UnboundStore) -> None:
        self.damage(unbound, COMPANY, CONTRACTOR)
        assert ({"contractor-1", "contractor-2"}, 2) == (set(listed(damaged)), damaged.count(ANYTHING))


def _at_once(work: Callable[[int, Store], T], *stores: UnboundStore) -> list[T]:
    """Do the same work in several threads that begin together, on one store or another, and return the results."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> T:
        handle = stores[number % len(stores)].for_company(COMPANY)
        barrier.wait(timeout=60)
        return patient(lambda: work(number, handle))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def _read_beside(unbound: UnboundStore, values: Callable[[int], list[Value]], read: Callable[[], T]) -> list[T]:
    """Return what is read while another thread commits values again and again."""
    handle = unbound.for_company(COMPANY)
    commit(handle, *values(0))
    is_over = Event()

    def write() -> int:
        writer = unbound.for_company(COMPANY)
        step = 0
        while not is_over.is_set():
            step += 1
            patient(functools.partial(commit, writer, *values(step)))
        return step

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            answers = [patient(read) for _ in range(READS)]
        finally:
            is_over.set()
        assert writing.result() > 0, "nothing was written meanwhile"
    return answers
