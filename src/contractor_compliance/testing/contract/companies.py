"""Companies know nothing of each other, answers do not change, closed is closed, and the port has its shape."""
# ruff: noqa: ARG002, D102, SIM300  # a fixture may be there for what it does; a name is a claim; expected stands first

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance import errors
from contractor_compliance.storage import Changes, Expectation, Key, Store, UnboundStore, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    ASSIGNMENT,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    POLICY,
    Parts,
    Values,
    changes,
    client_key,
    commit,
    current,
    found,
    head_time,
    name_of,
    number_of,
    row,
    settle,
    state_of,
    update,
)

__all__ = ["CompaniesContract"]

Call = Callable[[Store], object]
KEYS = (COMPANY_KEY, CONTRACTOR, client_key(), POLICY, ASSIGNMENT)
_SAID: Parts = {"actor": "member-1", "action": "record", "key": "key-a", "fingerprint": "fingerprint-1"}
_FOUNDING = Changes(**_SAID, puts=(put(make.company()),), expects=(Expectation(COMPANY_KEY, 0),))
#: Every method of a handle that must not work once it was closed.
CALLS: dict[str, Call] = {
    "commit": lambda store: store.commit(_FOUNDING),
    "receipt": lambda store: store.receipt("key-a"),
    "get": lambda store: store.get([CONTRACTOR]),
    "dossiers": lambda store: store.dossiers([CONTRACTOR.id]),
    "history": lambda store: store.history([CONTRACTOR]),
    "page": lambda store: store.page(ANYTHING, 10),
    "count": lambda store: store.count(ANYTHING),
    "head": lambda store: store.head(),
    "audit": lambda store: store.audit(0, 10),
}
each_call = table("call", CALLS)
#: The refusals that are no fault of a value.
REFUSALS: dict[str, tuple[type[errors.StorageError], Call]] = {
    "conflict": (errors.ConflictError, lambda store: commit(store, make.client(), expects={client_key(): 9})),
    "key": (errors.KeyReusedError, lambda store: commit(store, key="key-a", fingerprint="another")),
    "cursor": (errors.CursorError, lambda store: store.page(ANYTHING, 1, "x")),
    "future": (
        errors.FutureInstantError,
        lambda store: store.get([CONTRACTOR], head_time(store) + timedelta(days=9999)),
    ),
}
BAD_IDS = {"empty": "", "blank": " ", "newline": "\n", "nul": "a\0b", "long": "x" * 201}


def parameters(method: Callable[..., object]) -> list[tuple[str, Any, Any]]:
    """Return what a method takes: names, kinds and defaults."""
    taken = inspect.signature(method).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default) for parameter in taken]


class CompaniesContract(Contract):
    """Promises 30 to 33, and the shape of the port."""

    # Companies

    @promise(30)
    @pytest.mark.parametrize("is_there", [True, False], ids=["company_is_there", "company_is_not_there"])
    def test_a_company_reads_nothing_of_another(self, store: Store, other: Store, *, is_there: bool) -> None:
        if is_there:
            found(other)
        before = state_of(other, *KEYS)
        settle(store, standings=[update(row())], switch_to=2)
        commit(store, make.gl_policy(), make.member(), make.rulebook(), make.role(), key="key-a")
        assert (before, None) == (state_of(other, *KEYS), other.receipt("key-a"))

    @promise(30)
    def test_a_company_knew_nothing_of_another(self, furnished: Store, other: Store, clock: FrozenClock) -> None:
        found(other)
        instant = clock.advance(seconds=1)
        assert ((None,) * 4, (None,)) == (other.get(KEYS[1:], instant), other.dossiers([CONTRACTOR.id], instant))

    @promise(30)
    def test_two_companies_may_use_the_same_ids_and_version_them_apart(self, furnished: Store, other: Store) -> None:
        settle(other)
        commit(furnished, make.client(name="First Mills Corp"), make.gl_policy(number="FIRST"))
        commit(furnished, make.client(name="First Mills Corp"))
        commit(other, make.client(name="Other Mills Corp"), make.gl_policy(number="OTHER"))
        assert [("First Mills Corp", 3, "FIRST"), ("Other Mills Corp", 2, "OTHER")] == [
            (name_of(handle), current(handle, client_key()).version, number_of(current(handle, POLICY).value))
            for handle in (furnished, other)
        ]

    @promise(30, 5, 10)
    def test_two_companies_may_use_the_same_key_and_count_commits_apart(self, furnished: Store, other: Store) -> None:
        commit(furnished, key="key-a", fingerprint="fingerprint-a")
        receipt = commit(other, make.company(id="company-2"), key="key-a", fingerprint="fingerprint-b")
        assert (1, False) == (receipt.sequence, receipt.repeated)

    @promise(30, 7)
    def test_the_version_of_another_company_is_none(self, furnished: Store, other: Store) -> None:
        found(other)
        refused = changes(other, make.client(), expects={client_key(): 1})
        with pytest.raises(errors.ConflictError) as caught:
            other.commit(refused)
        assert 1 == len(caught.value.conflicts)

    @promise(30, 12)
    @table("values, removes", {"refer_to": ((make.assignment(),), []), "remove": ((), [ASSIGNMENT])})
    def test_a_record_of_another_company_can_be_neither_referred_to_nor_removed(
        self, furnished: Store, other: Store, values: Values, removes: list[Key]
    ) -> None:
        found(other)
        commit(other, make.contractor())
        with pytest.raises(errors.InvalidValueError):
            commit(other, *values, removes=removes)

    @promise(30)
    def test_a_company_is_refused_like_one_that_is_alone(self, store: Store, other: Store) -> None:
        refused = changes(other, make.client(), make.gl_policy())
        messages = []
        for _ in range(2):
            with pytest.raises(errors.UnknownCompanyError) as caught:
                other.commit(refused)
            messages.append(str(caught.value))
            settle(store)
        assert messages[0] == messages[1]

    @promise(30)
    @table("company_id", BAD_IDS)
    def test_a_company_id_that_cannot_be_kept_is_refused(self, unbound: UnboundStore, company_id: str) -> None:
        with pytest.raises(errors.InvalidValueError):
            unbound.for_company(company_id)

    # What was given or put stays as it is

    @promise(31)
    def test_an_answer_does_not_change_by_later_commits(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        answers = state_of(store, *KEYS)
        before = repr(answers)
        commit(store, make.client(name="Renamed"), make.gl_policy(), standings=[update()], switch_to=1)
        commit(store, removes=[ASSIGNMENT])
        assert before == repr(answers)

    @promise(31)
    def test_answers_are_tuples_all_the_way(self, furnished: Store) -> None:
        dossiers, histories = furnished.dossiers([CONTRACTOR.id]), furnished.history([CONTRACTOR])
        expects = [answer.expects for answer in dossiers if answer]
        page, audit = furnished.page(ANYTHING, 10), furnished.audit(0, 10)
        answers = (furnished.get([CONTRACTOR]), dossiers, histories, *histories, *expects, page.items, audit)
        assert [tuple] * 7 == [type(answer) for answer in answers]

    @promise(31)
    def test_the_lists_of_a_call_can_be_changed_afterwards(self, furnished: Store) -> None:
        keys, contractors = [CONTRACTOR], [CONTRACTOR.id]
        values, dossiers, histories = furnished.get(keys), furnished.dossiers(contractors), furnished.history(keys)
        keys.clear()
        contractors[0] = "contractor-9"
        assert (1, 1, CONTRACTOR.id) == (len(values), len(histories), dossiers[0] and dossiers[0].contractor_id)

    @promise(31)
    def test_a_record_cannot_be_changed(self, furnished: Store) -> None:
        record = current(furnished, CONTRACTOR)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            record.version = 9  # type: ignore[misc]  # what is frozen is not assigned to

    # Closing

    @promise(32)
    @each_call
    @pytest.mark.parametrize("closed", ["handle", "store"])
    def test_every_call_of_a_handle_that_is_closed_or_whose_store_is_closed_is_refused(
        self, furnished: Store, unbound: UnboundStore, call: Call, closed: str
    ) -> None:
        (furnished if closed == "handle" else unbound).close()
        with pytest.raises(errors.StoreClosedError):
            call(furnished)

    @promise(32)
    def test_no_handle_of_a_store_that_was_closed_can_be_used(self, unbound: UnboundStore) -> None:
        unbound.close()
        with pytest.raises(errors.StoreClosedError):
            unbound.for_company(COMPANY).head()

    @promise(32)
    def test_a_handle_that_is_closed_leaves_the_others_open(self, furnished: Store, unbound: UnboundStore) -> None:
        handle = unbound.for_company(COMPANY)
        furnished.close()
        assert "Sample Mills Corp" == name_of(handle)

    @promise(32)
    @pytest.mark.parametrize("is_used", [True, False], ids=["used", "never_used"])
    def test_closing_twice_is_closing_once(self, store: Store, unbound: UnboundStore, *, is_used: bool) -> None:
        if is_used:
            found(store)
        for closed in (store, store, unbound, unbound, store):
            closed.close()
        with pytest.raises(errors.StoreClosedError):
            store.head()

    @promise(32)
    def test_a_closed_handle_still_names_its_company(self, store: Store) -> None:
        store.close()
        assert COMPANY == store.company_id

    # Errors

    @promise(33)
    @table("error, call", REFUSALS)
    def test_a_refusal_has_its_error_and_no_effect(
        self, store: Store, error: type[errors.StorageError], call: Call
    ) -> None:
        settle(store, key="key-a")
        before = state_of(store, *KEYS)
        with pytest.raises(error):
            call(store)
        assert before == state_of(store, *KEYS)

    # The shape of the port

    @promise(0)
    @pytest.mark.parametrize("name", [*CALLS, "close"])
    def test_a_method_takes_what_the_port_says(self, store: Store, name: str) -> None:
        assert parameters(getattr(Store, name))[1:] == parameters(getattr(store, name))

    @promise(0)
    @pytest.mark.parametrize("name", ["for_company", "close"])
    def test_a_method_of_the_store_takes_what_the_port_says(self, unbound: UnboundStore, name: str) -> None:
        assert parameters(getattr(UnboundStore, name))[1:] == parameters(getattr(unbound, name))

    @promise(0)
    def test_a_store_declares_what_the_adapter_says_of_it(self, unbound: UnboundStore) -> None:
        assert self.capabilities == unbound.capabilities

    @promise(0)
    def test_a_handle_cannot_give_the_handle_of_another_company(self, store: Store) -> None:
        assert not hasattr(store, "for_company")
