"""Companies know nothing of each other; what was given or put stays as it is; closed is closed."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.errors import (
    ConflictError,
    CursorError,
    FutureInstantError,
    InvalidValueError,
    KeyReusedError,
    StorageError,
    StoreClosedError,
    UnknownCompanyError,
)
from contractor_compliance.storage import Changes, Expectation, Kind, Query, Store, UnboundStore, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    TICK,
    changes,
    client_key,
    commit,
    current,
    fact_key,
    found,
    head_time,
    ids,
    row,
    settle,
    state_of,
    update,
    version_of,
)

__all__ = ["CompaniesContract"]

Call = Callable[[Store], object]
POLICY = fact_key(Kind.POLICY, "policy-general_liability")
KEYS = (COMPANY_KEY, CONTRACTOR, client_key(), POLICY, fact_key(Kind.ASSIGNMENT, "assignment-1"))

_CHANGES = Changes(
    actor="member-1",
    action="record",
    key="key-a",
    fingerprint="fingerprint-1",
    puts=(put(make.company()),),
    expects=(Expectation(COMPANY_KEY, 0),),
)
#: Every method of a handle that must not work once it was closed.
CALLS: dict[str, Call] = {
    "commit": lambda store: store.commit(_CHANGES),
    "receipt": lambda store: store.receipt("key-a"),
    "get": lambda store: store.get([CONTRACTOR]),
    "dossiers": lambda store: store.dossiers([CONTRACTOR.id]),
    "history": lambda store: store.history([CONTRACTOR]),
    "page": lambda store: store.page(ANYTHING, 10),
    "count": lambda store: store.count(ANYTHING),
    "head": lambda store: store.head(),
    "audit": lambda store: store.audit(0, 10),
}
each_call = pytest.mark.parametrize("call", list(CALLS.values()), ids=list(CALLS))
#: The refusals that are no fault of a value.
REFUSALS: dict[str, tuple[type[StorageError], Call]] = {
    "conflict": (ConflictError, lambda store: commit(store, make.client(), expects={client_key(): 9})),
    "key": (KeyReusedError, lambda store: commit(store, key="key-a", fingerprint="another")),
    "cursor": (CursorError, lambda store: store.page(ANYTHING, 1, "x")),
    "future": (FutureInstantError, lambda store: store.get([CONTRACTOR], head_time(store) + timedelta(days=9999))),
}


class CompaniesContract(Contract):
    """Promises 30 to 33, and the shape of the port."""

    # Companies

    @promise(30)
    def test_a_company_reads_nothing_of_another(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        found(other)
        before = state_of(other, *KEYS)
        settle(store, standings=[update(row())], switch_to=2)
        commit(store, make.gl_policy(), make.member(), make.rulebook(), make.role(), key="key-a")

        assert (before, None) == (state_of(other, *KEYS), other.receipt("key-a"))

    @promise(30)
    def test_a_company_that_is_not_there_reads_nothing_of_another(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        before = state_of(other, *KEYS)
        settle(store)
        commit(store, make.gl_policy(), key="key-a")

        assert (before, None) == (state_of(other, *KEYS), other.receipt("key-a"))

    @promise(30)
    def test_a_company_reads_nothing_of_another_as_known(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        other = unbound.for_company("company-2")
        settle(store)
        found(other)
        clock.advance(seconds=1)

        assert ((None,) * len(KEYS), (None,)) == (
            other.get(KEYS, clock()),
            other.dossiers([CONTRACTOR.id], clock()),
        )

    @promise(30)
    def test_two_companies_may_use_the_same_ids(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        settle(store)
        settle(other)
        commit(store, make.client(name="First Mills Corp"), make.gl_policy(number="FIRST"))
        commit(other, make.client(name="Other Mills Corp"), make.gl_policy(number="OTHER"))

        assert [("First Mills Corp", "FIRST"), ("Other Mills Corp", "OTHER")] == [
            (current(each, client_key()).value.name, current(each, POLICY).value.number) for each in (store, other)
        ]

    @promise(30)
    def test_two_companies_count_their_versions_apart(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        settle(store)
        settle(other)
        for _ in range(3):
            commit(store, make.client())

        assert (4, 1) == (version_of(store, client_key()), version_of(other, client_key()))

    @promise(30, 5)
    def test_two_companies_may_use_the_same_key(self, store: Store, unbound: UnboundStore) -> None:
        commit(store, make.company(), key="key-a", fingerprint="fingerprint-a")
        other = commit(
            unbound.for_company("company-2"),
            make.company(id="company-2"),
            key="key-a",
            fingerprint="fingerprint-b",
        )

        assert (1, False) == (other.sequence, other.repeated)

    @promise(30, 7)
    def test_the_version_of_another_company_is_none(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company("company-2")
        found(other)
        refused = changes(other, make.client(), expects={client_key(): 1})

        with pytest.raises(ConflictError) as caught:
            other.commit(refused)

        assert 1 == len(caught.value.conflicts)

    @promise(30, 12)
    def test_what_another_company_has_is_not_there_to_refer_to(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company("company-2")
        found(other)
        commit(other, make.contractor())

        with pytest.raises(InvalidValueError):
            commit(other, make.assignment())

    @promise(30, 12)
    def test_the_fact_of_another_company_cannot_be_removed(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company("company-2")
        found(other)
        commit(other, make.contractor())

        with pytest.raises(InvalidValueError):
            commit(other, removes=[fact_key(Kind.ASSIGNMENT, "assignment-1")])

    @promise(30)
    def test_a_company_is_refused_like_one_that_is_alone(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        refused = changes(other, make.client(), make.gl_policy())
        with pytest.raises(StorageError) as before:
            other.commit(refused)
        settle(store)
        with pytest.raises(StorageError) as after:
            other.commit(refused)

        assert (UnknownCompanyError, str(before.value)) == (type(after.value), str(after.value))

    @promise(30)
    def test_a_handle_says_whose_it_is(self, unbound: UnboundStore) -> None:
        wanted = ["company-1", "Company-1", "company-1 ", "\U0001f477"]

        assert wanted == [unbound.for_company(each).company_id for each in wanted]

    @promise(30)
    @pytest.mark.parametrize(
        "company_id", ["", " ", "\n", "a\0b", "x" * 201], ids=["empty", "blank", "newline", "nul", "long"]
    )
    def test_a_company_has_an_id_that_can_be_kept(self, unbound: UnboundStore, company_id: str) -> None:
        with pytest.raises(InvalidValueError):
            unbound.for_company(company_id)

    # What was given or put stays as it is

    @promise(31)
    def test_an_answer_does_not_change_by_later_commits(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        answers = state_of(store, *KEYS)
        before = repr(answers)
        commit(store, make.client(name="Renamed"), make.gl_policy(), standings=[update()], switch_to=1)
        commit(store, removes=[fact_key(Kind.ASSIGNMENT, "assignment-1")])

        assert before == repr(answers)

    @promise(31)
    def test_answers_are_tuples_all_the_way(self, store: Store) -> None:
        settle(store)
        answers = (
            store.get([CONTRACTOR]),
            store.dossiers([CONTRACTOR.id]),
            store.history([CONTRACTOR]),
            *store.history([CONTRACTOR]),
            store.page(ANYTHING, 10).items,
            store.audit(0, 10),
            *(each.expects for each in store.dossiers([CONTRACTOR.id]) if each is not None),
        )

        assert [tuple] * 7 == [type(each) for each in answers]

    @promise(31)
    def test_the_lists_of_a_call_can_be_changed_afterwards(self, store: Store) -> None:
        settle(store)
        keys, contractors = [CONTRACTOR], [CONTRACTOR.id]
        answers = (store.get(keys), store.dossiers(contractors), store.history(keys))
        keys.clear()
        contractors[0] = "contractor-9"

        assert (make.contractor(), CONTRACTOR.id, 1) == (
            answers[0][0].value if answers[0][0] else None,
            answers[1][0].contractor_id if answers[1][0] else None,
            len(answers[2][0]),
        )

    @promise(31)
    @pytest.mark.parametrize("as_list", [True, False], ids=["list", "tuple"])
    def test_any_sequence_of_keys_will_do(self, store: Store, *, as_list: bool) -> None:
        settle(store)
        keys: Sequence[Any] = [CONTRACTOR, client_key()] if as_list else (CONTRACTOR, client_key())

        assert (2, 2) == (len(store.get(keys)), len(store.history(keys)))

    @promise(31)
    def test_a_record_cannot_be_changed(self, store: Store) -> None:
        settle(store)
        record = current(store, CONTRACTOR)

        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            record.version = 9  # type: ignore[misc]  # what is frozen is not assigned to

    # Closing

    @promise(32)
    @each_call
    def test_a_handle_that_was_closed_does_nothing(self, store: Store, call: Call) -> None:
        settle(store)
        store.close()

        with pytest.raises(StoreClosedError):
            call(store)

    @promise(32)
    @each_call
    def test_a_handle_of_a_store_that_was_closed_does_nothing(
        self, store: Store, unbound: UnboundStore, call: Call
    ) -> None:
        settle(store)
        unbound.close()

        with pytest.raises(StoreClosedError):
            call(store)

    @promise(32)
    def test_no_handle_of_a_store_that_was_closed_can_be_used(self, unbound: UnboundStore) -> None:
        unbound.close()

        with pytest.raises(StoreClosedError):
            unbound.for_company(COMPANY).head()

    @promise(32)
    def test_to_close_a_handle_leaves_the_others_open(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        other = unbound.for_company(COMPANY)
        store.close()

        assert (1, ["contractor-1"]) == (other.head().sequence, ids(other.page(ANYTHING, 10).items))

    @promise(32)
    def test_closing_twice_is_closing_once(self, store: Store, unbound: UnboundStore) -> None:
        found(store)
        for _ in range(2):
            store.close()
        for _ in range(2):
            unbound.close()
        store.close()

        with pytest.raises(StoreClosedError):
            store.head()

    @promise(32)
    def test_a_handle_that_was_never_used_can_be_closed(self, store: Store) -> None:
        store.close()

        with pytest.raises(StoreClosedError):
            store.head()

    @promise(32)
    def test_a_closed_handle_still_says_whose_it_was(self, store: Store) -> None:
        store.close()

        assert COMPANY == store.company_id

    # Errors

    @promise(33)
    @pytest.mark.parametrize(("error", "call"), list(REFUSALS.values()), ids=list(REFUSALS))
    def test_a_refusal_is_raised_as_what_it_is(self, store: Store, error: type[StorageError], call: Call) -> None:
        settle(store, key="key-a")

        with pytest.raises(error):
            call(store)

    @promise(33)
    @pytest.mark.parametrize(("error", "call"), list(REFUSALS.values()), ids=list(REFUSALS))
    def test_a_refusal_leaves_the_handle_usable(self, store: Store, error: type[StorageError], call: Call) -> None:
        settle(store, key="key-a")
        before = state_of(store, *KEYS)
        with pytest.raises(error):
            call(store)

        assert before == state_of(store, *KEYS)

    @promise(33)
    def test_a_write_that_was_not_refused_can_be_read(self, store: Store, clock: FrozenClock) -> None:
        receipts = [settle(store)]
        for _ in range(3):
            clock.advance(TICK)
            receipts.append(commit(store, make.client()))

        assert [(each.sequence, each.key) for each in receipts] == [
            (entry.sequence, entry.key) for entry in store.audit(0, 10)
        ]

    # The shape of the port

    @promise(0)
    @pytest.mark.parametrize("name", [*CALLS, "close"])
    def test_a_method_takes_what_the_port_says(self, store: Store, name: str) -> None:
        assert _parameters(getattr(Store, name))[1:] == _parameters(getattr(store, name))

    @promise(0)
    @pytest.mark.parametrize("name", ["for_company", "close"])
    def test_a_method_of_the_store_takes_what_the_port_says(self, unbound: UnboundStore, name: str) -> None:
        assert _parameters(getattr(UnboundStore, name))[1:] == _parameters(getattr(unbound, name))

    @promise(0)
    def test_a_store_declares_what_the_adapter_says_of_it(self, unbound: UnboundStore) -> None:
        assert self.capabilities == unbound.capabilities

    @promise(0)
    def test_a_handle_has_nothing_but_what_the_port_says_to_reach_other_companies(self, store: Store) -> None:
        assert not hasattr(store, "for_company")

    @promise(25, 32)
    def test_the_first_page_after_the_store_was_used_for_long_is_as_before(self, store: Store) -> None:
        settle(store)
        before = store.page(ANYTHING, 10)
        for number in range(50):
            store.page(Query(text=f"{number}"), 10)
            store.count(Query(on=date(2026, 1, 1) + timedelta(days=number)))

        assert before == store.page(ANYTHING, 10)


def _parameters(method: Callable[..., object]) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.kind, each.default) for each in inspect.signature(method).parameters.values()]
