"""Versions: what a decision was based on must be what is there, and what a commit touches goes up by one."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import pytest

from contractor_compliance.errors import ConflictError
from contractor_compliance.storage import Key, Kind, Store
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY_KEY,
    CONTRACTOR,
    changes,
    client_key,
    commit,
    current,
    fact_key,
    row,
    settle,
    update,
    version_of,
)

__all__ = ["VersionsContract"]

POLICY = fact_key(Kind.POLICY, "policy-general_liability")


class VersionsContract(Contract):
    """Promises 7 and 8."""

    # Expected versions

    @promise(7)
    def test_a_commit_on_a_stale_version_is_refused(self, store: Store) -> None:
        settle(store)
        stale = changes(store, make.client(name="First Mills Corp"))
        commit(store, make.client(name="Second Mills Corp"))

        with pytest.raises(ConflictError):
            store.commit(stale)

    @promise(7)
    def test_a_commit_that_was_refused_has_changed_nothing(self, store: Store) -> None:
        settle(store)
        stale = changes(store, make.client(name="First Mills Corp"))
        commit(store, make.client(name="Second Mills Corp"))
        with pytest.raises(ConflictError):
            store.commit(stale)

        assert "Second Mills Corp" == current(store, client_key()).value.name

    @promise(7)
    def test_a_version_that_is_still_to_come_is_refused(self, store: Store) -> None:
        settle(store)

        with pytest.raises(ConflictError):
            commit(store, make.client(), expects={client_key(): 2})

    @promise(7)
    def test_what_is_expected_not_to_be_there_must_not_be_there(self, store: Store) -> None:
        settle(store)

        with pytest.raises(ConflictError):
            commit(store, make.client(), expects={client_key(): 0})

    @promise(7)
    def test_what_is_expected_to_be_there_must_be_there(self, store: Store) -> None:
        settle(store)

        with pytest.raises(ConflictError):
            commit(store, make.client(id="client-2"), expects={client_key("client-2"): 1})

    @promise(7)
    def test_a_version_that_was_only_read_is_compared_too(self, store: Store) -> None:
        settle(store)
        decided = changes(store, make.gl_policy(), expects={client_key(): 1})
        commit(store, make.client(name="Renamed Mills Corp"))

        with pytest.raises(ConflictError):
            store.commit(decided)

    @promise(7)
    def test_a_change_to_a_fact_is_a_change_to_its_contractor(self, store: Store) -> None:
        settle(store)
        decided = changes(store, make.gl_policy())
        commit(store, make.wc_policy())

        with pytest.raises(ConflictError):
            store.commit(decided)

    @promise(7)
    def test_a_standing_that_was_computed_from_an_older_contractor_is_refused(self, store: Store) -> None:
        settle(store)
        computed = changes(store, standings=[update(row())])
        commit(store, make.gl_policy())

        with pytest.raises(ConflictError):
            store.commit(computed)

    @promise(7)
    def test_a_conflict_names_each_version_that_differs_and_no_other(self, store: Store) -> None:
        settle(store)
        wrong = {CONTRACTOR: 4, client_key(): 2, client_key("client-2"): 1, COMPANY_KEY: 1}
        refused = changes(store, make.gl_policy(), expects=wrong)

        with pytest.raises(ConflictError) as caught:
            store.commit(refused)

        assert (3, [True, True, True]) == (
            len(caught.value.conflicts),
            [any(name in each for each in caught.value.conflicts) for name in ("contractor-1", "client-1", "client-2")],
        )

    # The expected head

    @promise(7, since=2)
    def test_what_expects_the_head_is_refused_once_anything_else_was_recorded(self, store: Store) -> None:
        settle(store)
        decided = changes(store, make.client(), expects_sequence=store.head().sequence)
        commit(store, make.job_code(id="unrelated"))

        with pytest.raises(ConflictError):
            store.commit(decided)

    @promise(7, since=2)
    def test_a_head_that_is_still_to_come_is_refused(self, store: Store) -> None:
        settle(store)

        with pytest.raises(ConflictError):
            commit(store, make.client(), expects_sequence=store.head().sequence + 1)

    @promise(7, since=2)
    def test_what_expects_the_head_that_is_there_is_recorded(self, store: Store) -> None:
        settle(store)
        head = store.head()

        receipt = commit(store, make.client(name="Expected Mills Corp"), expects_sequence=head.sequence)

        assert head.sequence + 1 == receipt.sequence

    @promise(7, since=2)
    def test_a_head_that_differs_is_named_beside_the_versions_that_do(self, store: Store) -> None:
        settle(store)
        head = store.head().sequence
        refused = changes(store, make.gl_policy(), expects={client_key(): 7}, expects_sequence=head + 3)

        with pytest.raises(ConflictError) as caught:
            store.commit(refused)

        named = [str(head + 3) in each or "client-1" in each for each in caught.value.conflicts]
        assert [True, True] == named

    @promise(4, 7, since=2)
    def test_a_repeated_commit_is_answered_whatever_the_head_is_by_now(self, store: Store) -> None:
        settle(store)
        decided = changes(store, make.client(), expects_sequence=store.head().sequence)
        first = store.commit(decided)
        commit(store, make.job_code(id="unrelated"))

        assert (first.sequence, True) == ((again := store.commit(decided)).sequence, again.repeated)

    # Versions

    @promise(8)
    def test_the_first_version_is_one(self, store: Store) -> None:
        settle(store)

        assert [1, 1, 1] == [version_of(store, key) for key in (COMPANY_KEY, client_key(), CONTRACTOR)]

    @promise(8)
    def test_a_commit_raises_the_version_by_one(self, store: Store) -> None:
        settle(store)
        versions = [version_of(store, client_key())]
        for name in ("First Mills Corp", "Second Mills Corp"):
            commit(store, make.client(name=name))
            versions.append(version_of(store, client_key()))

        assert [1, 2, 3] == versions

    @promise(8)
    def test_a_value_put_again_unchanged_is_a_new_version(self, store: Store) -> None:
        settle(store)
        commit(store, make.client())

        assert 2 == version_of(store, client_key())

    @promise(8)
    def test_a_fact_raises_the_version_of_its_contractor(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())

        assert (2, make.contractor()) == (version_of(store, CONTRACTOR), current(store, CONTRACTOR).value)

    @promise(8)
    def test_several_facts_in_one_commit_raise_the_version_of_their_contractor_once(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(), make.wc_policy(), make.contractor(legal_name="Renamed Rigging LLC"))

        assert 2 == version_of(store, CONTRACTOR)

    @promise(8)
    def test_a_fact_that_is_removed_raises_the_version_of_its_contractor(self, store: Store) -> None:
        settle(store)
        commit(store, removes=[fact_key(Kind.ASSIGNMENT, "assignment-1")])

        assert 2 == version_of(store, CONTRACTOR)

    @promise(8)
    def test_a_fact_carries_the_version_of_its_contractor_that_brought_it(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        commit(store, make.wc_policy())

        assert (3, 2, 1) == (
            version_of(store, CONTRACTOR),
            current(store, POLICY).version,
            current(store, fact_key(Kind.ASSIGNMENT, "assignment-1")).version,
        )

    @promise(8)
    def test_what_a_commit_does_not_touch_keeps_its_version(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(), expects={COMPANY_KEY: 1, client_key(): 1})

        assert [1, 1, 1] == [version_of(store, key) for key in (COMPANY_KEY, client_key(), Key(Kind.JOB_CODE, "RIG-1"))]

    @promise(8, 14)
    def test_a_standing_raises_no_version(self, store: Store) -> None:
        settle(store)
        commit(store, standings=[update(row())])

        assert 1 == version_of(store, CONTRACTOR)
