"""Commits: all or nothing, there for every later read, and the first commit of a company."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import datetime

import pytest

from contractor_compliance.errors import ConflictError, InvalidValueError, StorageError, UnknownCompanyError
from contractor_compliance.storage import Head, Key, Kind, Store, UnboundStore
from contractor_compliance.testing import factories as make
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
    contractor_key,
    current,
    fact_key,
    found,
    ids,
    row,
    settle,
    state_of,
    update,
    version_of,
)

__all__ = ["CommittingContract"]

POLICY = fact_key(Kind.POLICY, "policy-general_liability")
WATCHED = (COMPANY_KEY, CONTRACTOR, POLICY, client_key(), client_key("client-2"), contractor_key("contractor-2"))


class SealError(Exception):
    """What a seal of these tests raises."""


class Stop(BaseException):
    """Ends a program, as an interrupt from the keyboard does."""


def broken_seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
    """Fail, as a key service that is down does."""
    raise SealError


def stopping_seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
    """Be interrupted."""
    raise Stop


class CommittingContract(Contract):
    """Promises 1 to 3, and 33 for what is refused."""

    # All or nothing

    @promise(1, 7)
    def test_a_commit_that_is_refused_for_a_conflict_leaves_all_as_it_was(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        before = state_of(store, *WATCHED)
        refused = changes(
            store,
            make.client(name="Other Mills Corp"),
            make.gl_policy(),
            expects={COMPANY_KEY: 7},
            standings=[update()],
            switch_to=3,
        )

        with pytest.raises(ConflictError):
            store.commit(refused)

        assert before == state_of(store, *WATCHED)

    @promise(1, 12)
    def test_a_commit_that_would_leave_a_broken_dossier_leaves_all_as_it_was(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        before = state_of(store, *WATCHED)
        refused = changes(
            store,
            make.client(name="Other Mills Corp"),
            make.client(id="client-2"),
            make.contractor(legal_name="Other Rigging LLC"),
            make.gl_policy(),
            make.assignment(id="assignment-2", client_id="client-9"),
            standings=[update()],
            switch_to=3,
        )

        with pytest.raises(InvalidValueError):
            store.commit(refused)

        assert before == state_of(store, *WATCHED)

    @promise(1, 13)
    def test_a_commit_that_would_make_a_subject_a_member_twice_leaves_all_as_it_was(self, store: Store) -> None:
        settle(store)
        commit(store, make.member())
        before = state_of(store, *WATCHED, Key(Kind.MEMBER, "member-2"))
        refused = changes(store, make.client(id="client-2"), make.gl_policy(), make.member(id="member-2"))

        with pytest.raises(InvalidValueError):
            store.commit(refused)

        assert before == state_of(store, *WATCHED, Key(Kind.MEMBER, "member-2"))

    @promise(1, 11)
    def test_a_commit_whose_seal_fails_leaves_all_as_it_was(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        before = state_of(store, *WATCHED)
        refused = changes(
            store,
            make.client(id="client-2"),
            make.contractor(legal_name="Other Rigging LLC"),
            make.gl_policy(),
            removes=[fact_key(Kind.ASSIGNMENT, "assignment-1")],
            standings=[update()],
            switch_to=3,
            seal=broken_seal,
        )

        with pytest.raises(SealError):
            store.commit(refused)

        assert before == state_of(store, *WATCHED)

    @promise(1, 11)
    def test_a_commit_that_is_interrupted_in_its_seal_leaves_all_as_it_was(self, store: Store) -> None:
        settle(store)
        before = state_of(store, *WATCHED)
        interrupted = changes(store, make.client(id="client-2"), make.gl_policy(), seal=stopping_seal)

        with pytest.raises(Stop):
            store.commit(interrupted)

        assert before == state_of(store, *WATCHED)

    @promise(1, 3)
    def test_a_first_commit_that_fails_leaves_no_company(self, store: Store) -> None:
        with pytest.raises(SealError):
            store.commit(changes(store, make.company(), make.client(), seal=broken_seal))

        assert (Head(), (None, None)) == (store.head(), store.get([COMPANY_KEY, client_key()]))

    @promise(1)
    def test_the_same_changes_can_be_committed_once_what_failed_is_put_right(self, store: Store) -> None:
        settle(store)
        with pytest.raises(SealError):
            store.commit(changes(store, make.gl_policy(), seal=broken_seal))

        commit(store, make.gl_policy())

        assert make.gl_policy() == current(store, POLICY).value

    @promise(1)
    def test_a_commit_records_every_value_in_it(self, store: Store) -> None:
        settle(store)
        keys = [client_key(), Key(Kind.JOB_CODE, "RIG-1"), CONTRACTOR, fact_key(Kind.ASSIGNMENT, "assignment-1")]

        values = [record.value for record in store.get(keys) if record is not None]

        assert [make.client(), make.job_code(), make.contractor(), make.assignment()] == values

    @promise(1)
    def test_a_commit_may_carry_no_value_at_all(self, store: Store) -> None:
        found(store)

        receipt = commit(store, action="export")

        assert (2, "export") == (receipt.sequence, store.audit(1, 1)[0].action)

    # A commit that returned is there

    @promise(2)
    def test_a_commit_is_seen_by_the_handle_that_made_it(self, store: Store) -> None:
        settle(store)
        commit(store, make.client(name="Renamed Mills Corp"))

        assert "Renamed Mills Corp" == current(store, client_key()).value.name

    @promise(2)
    def test_a_read_after_a_commit_is_not_the_read_before_it(self, store: Store) -> None:
        settle(store)
        keys = [client_key(), CONTRACTOR]
        before = (store.get(keys), store.dossiers([CONTRACTOR.id]), store.page(ANYTHING, 10), store.history(keys))
        commit(store, make.client(name="Renamed Mills Corp"), make.contractor(legal_name="Renamed Rigging LLC"))
        after = (store.get(keys), store.dossiers([CONTRACTOR.id]), store.page(ANYTHING, 10), store.history(keys))

        assert [] == [index for index, answer in enumerate(after) if answer == before[index]]

    @promise(2)
    def test_a_commit_is_seen_by_a_handle_taken_before_it(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company(COMPANY)
        before = current(other, client_key()).value.name
        commit(store, make.client(name="Renamed Mills Corp"))

        assert ("Sample Mills Corp", "Renamed Mills Corp") == (before, current(other, client_key()).value.name)

    @promise(2)
    def test_a_commit_is_seen_by_a_handle_taken_after_it(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company(COMPANY)

        assert (store.head(), ["contractor-1"]) == (other.head(), ids(other.page(ANYTHING, 10).items))

    @promise(2)
    def test_a_commit_is_seen_after_its_handle_was_closed(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        store.close()

        assert make.client() == current(unbound.for_company(COMPANY), client_key()).value

    # The first commit of a company

    @promise(3)
    def test_a_commit_is_refused_until_the_company_is_there(self, store: Store) -> None:
        with pytest.raises(UnknownCompanyError):
            commit(store, make.client())

    @promise(3)
    def test_what_was_refused_before_the_company_was_there_is_not_recorded(self, store: Store) -> None:
        with pytest.raises(UnknownCompanyError):
            commit(store, make.client())
        found(store)

        assert (None,) == store.get([client_key()])

    @promise(3)
    def test_the_first_commit_may_bring_more_than_the_company(self, store: Store) -> None:
        settle(store)

        assert make.contractor() == current(store, CONTRACTOR).value

    @promise(3)
    def test_a_company_of_another_id_is_refused_at_first(self, store: Store) -> None:
        with pytest.raises(InvalidValueError):
            commit(store, make.company(id="company-2"))

    @promise(3, 30)
    def test_a_company_of_another_id_is_refused_later(self, store: Store) -> None:
        found(store)

        with pytest.raises(InvalidValueError):
            commit(store, make.company(id="company-2"))

    @promise(3, 22)
    def test_a_company_whose_id_differs_by_case_is_another_company(self, store: Store) -> None:
        with pytest.raises(InvalidValueError):
            commit(store, make.company(id="Company-1"))

    @promise(3)
    def test_the_company_can_be_put_again(self, store: Store) -> None:
        found(store)
        commit(store, make.company(name="Renamed Staffing Inc"))

        assert (2, "Renamed Staffing Inc") == (
            version_of(store, COMPANY_KEY),
            current(store, COMPANY_KEY).value.name,
        )

    @promise(3, 30)
    def test_taking_the_handle_of_a_company_does_not_create_it(self, unbound: UnboundStore) -> None:
        unbound.for_company("company-9")

        assert Head() == unbound.for_company("company-9").head()

    # Refusals

    @promise(33, 7)
    def test_a_receipt_is_given_only_for_what_is_recorded(self, store: Store) -> None:
        settle(store)
        refused = changes(store, make.client(), expects={client_key(): 9})

        with pytest.raises(StorageError):
            store.commit(refused)

        assert (None, 1) == (store.receipt(refused.key), store.head().sequence)

    @promise(33)
    def test_a_store_works_on_after_a_refusal(self, store: Store) -> None:
        settle(store)
        for _ in range(3):
            with pytest.raises(ConflictError):
                commit(store, make.client(), expects={client_key(): 9})

        assert 2 == commit(store, make.client()).sequence
