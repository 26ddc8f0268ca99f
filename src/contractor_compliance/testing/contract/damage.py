"""What cannot be read back is reported in its place, beside what can be read, and kept."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import pytest

from contractor_compliance.errors import InvalidValueError, UnreadableError
from contractor_compliance.storage import Key, Kind, Record, Store, UnboundStore, Unreadable
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    CONTRACTOR,
    changes,
    client_key,
    commit,
    current,
    fact_key,
    listed,
    settle,
)

__all__ = ["DamageContract"]

POLICY = fact_key(Kind.POLICY, "policy-general_liability")


class DamageContract(Contract):
    """Promise 23; it needs the hook `damage`."""

    @promise(23)
    def test_what_cannot_be_read_is_reported_in_its_place(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        answers = store.get([CONTRACTOR, POLICY, client_key()])

        assert [("Contractor", True), ("Unreadable", True), ("Client", True)] == [
            (type(each.content).__name__, isinstance(each, Record)) for each in answers if each is not None
        ]

    @promise(23)
    def test_what_cannot_be_read_says_which_it_is_and_why(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        content = current(store, POLICY).content

        assert (POLICY, True) == (
            (content.key, bool(content.problem.strip())) if isinstance(content, Unreadable) else None
        )

    @promise(23)
    def test_the_value_of_what_cannot_be_read_is_an_error(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        record = current(store, POLICY)

        with pytest.raises(UnreadableError):
            _ = record.value

    @promise(23)
    def test_what_cannot_be_read_keeps_its_version_and_times(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        recorded = commit(store, make.gl_policy()).recorded_at
        self.damage(unbound, COMPANY, POLICY)
        record = current(store, POLICY)

        assert (2, recorded, None) == (record.version, record.recorded_at, record.superseded_at)

    @promise(23, 24)
    def test_a_history_reports_what_cannot_be_read_beside_what_can(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        commit(store, make.gl_policy(number="READABLE"))
        (history,) = store.history([POLICY])

        assert ["Unreadable", "Policy"] == [type(record.content).__name__ for record in history]

    @promise(23, 17)
    def test_what_cannot_be_read_is_reported_as_known_too(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        recorded = commit(store, make.gl_policy()).recorded_at
        self.damage(unbound, COMPANY, POLICY)
        commit(store, make.gl_policy(number="READABLE"))
        (record,) = store.get([POLICY], recorded)

        assert isinstance(record.content if record is not None else None, Unreadable)

    @promise(23, 21)
    def test_a_dossier_reports_what_cannot_be_read_in_it(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy(), make.wc_policy())
        self.damage(unbound, COMPANY, POLICY)
        (answer,) = store.dossiers([CONTRACTOR.id])

        assert [POLICY] == (
            [each.key for each in answer.content] if answer and isinstance(answer.content, tuple) else None
        )

    @promise(23)
    def test_a_dossier_can_be_read_beside_one_that_cannot(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy(), make.contractor(id="contractor-2"))
        self.damage(unbound, COMPANY, POLICY)
        answers = store.dossiers([CONTRACTOR.id, "contractor-2"])

        assert [False, True] == [not isinstance(each.content, tuple) for each in answers if each is not None]

    @promise(23, 12)
    def test_a_contractor_with_what_cannot_be_read_is_not_changed_around_it(
        self, store: Store, unbound: UnboundStore
    ) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        refused = changes(store, make.wc_policy())

        with pytest.raises(InvalidValueError):
            store.commit(refused)

    @promise(23, 12)
    def test_what_cannot_be_read_can_be_removed(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.gl_policy())
        self.damage(unbound, COMPANY, POLICY)
        commit(store, removes=[POLICY])

        assert ((None,), 1) == (store.get([POLICY]), len(store.history([POLICY])[0]))

    @promise(23, 25)
    def test_a_page_lists_what_cannot_be_read_beside_what_can(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"))
        self.damage(unbound, COMPANY, CONTRACTOR)

        assert ({"contractor-1", "contractor-2"}, 2) == (set(listed(store)), store.count(ANYTHING))

    @promise(23, 21)
    def test_a_dossier_reports_what_its_facts_name_and_cannot_be_read(
        self, store: Store, unbound: UnboundStore
    ) -> None:
        settle(store)
        commit(store, make.gl_policy())
        keys = [client_key(), Key(Kind.JOB_CODE, "RIG-1"), Key(Kind.CARRIER, "99901")]
        for key in keys:
            self.damage(unbound, COMPANY, key)
        (answer,) = store.dossiers([CONTRACTOR.id])

        reported = answer.content if answer is not None and isinstance(answer.content, tuple) else ()

        assert set(keys) == {each.key for each in reported}
