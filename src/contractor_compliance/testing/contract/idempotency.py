"""Idempotency keys: a request that is sent twice has one effect, and a key is never used for two."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import attrs
import pytest

from contractor_compliance.errors import ConflictError, InvalidValueError, KeyReusedError
from contractor_compliance.storage import Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.committing import SealError, broken_seal
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    changes,
    client_key,
    commit,
    current,
    found,
    row,
    settle,
    state_of,
    update,
)

__all__ = ["IdempotencyContract"]


class IdempotencyContract(Contract):
    """Promises 4 to 6, and the receipts of promise 29."""

    # The same request again

    @promise(4)
    def test_a_repeated_commit_is_answered_with_its_receipt_marked_so(self, store: Store) -> None:
        found(store)
        request = changes(store, make.client(), response="client-1 added")
        first = store.commit(request)

        assert (False, attrs.evolve(first, repeated=True)) == (first.repeated, store.commit(request))

    @promise(4)
    def test_a_repeated_commit_writes_nothing(self, store: Store) -> None:
        settle(store)
        request = changes(store, make.client(name="Renamed Mills Corp"), standings=[update(row())])
        store.commit(request)
        before = state_of(store, COMPANY_KEY, CONTRACTOR, client_key())
        store.commit(request)

        assert before == state_of(store, COMPANY_KEY, CONTRACTOR, client_key())

    @promise(4)
    def test_a_repeated_commit_is_not_refused_for_versions_that_have_changed(self, store: Store) -> None:
        found(store)
        request = changes(store, make.client())
        first = store.commit(request)
        commit(store, make.client(name="Renamed Mills Corp"))

        assert attrs.evolve(first, repeated=True) == store.commit(request)

    @promise(4)
    def test_what_else_a_repeated_commit_carries_is_not_looked_at(self, store: Store) -> None:
        found(store)
        first = store.commit(changes(store, make.client(), key="key-a", response="as it was"))
        differs = changes(store, make.client(name="Other Mills Corp"), key="key-a", response="other", action="other")

        assert (attrs.evolve(first, repeated=True), "Sample Mills Corp") == (
            store.commit(differs),
            current(store, client_key()).value.name,
        )

    @promise(4)
    def test_a_repeated_commit_may_be_one_that_would_be_refused(self, store: Store) -> None:
        found(store)
        first = store.commit(changes(store, make.client(), key="key-a"))
        refused = changes(store, make.company(id="company-2"), make.assignment(), key="key-a", seal=broken_seal)

        assert attrs.evolve(first, repeated=True) == store.commit(refused)

    @promise(4, 3)
    def test_the_first_commit_of_a_company_can_be_repeated(self, store: Store) -> None:
        request = changes(store, make.company())
        first = store.commit(request)

        assert attrs.evolve(first, repeated=True) == store.commit(request)

    @promise(4)
    def test_a_commit_can_be_repeated_any_number_of_times(self, store: Store) -> None:
        found(store)
        request = changes(store, make.client())
        store.commit(request)

        assert [(2, True)] * 3 == [(each.sequence, each.repeated) for each in map(store.commit, [request] * 3)]

    @promise(4)
    def test_a_commit_can_be_repeated_much_later_and_through_another_handle(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        found(store)
        request = changes(store, make.client())
        first = store.commit(request)
        clock.advance(days=400)

        assert attrs.evolve(first, repeated=True) == unbound.for_company(COMPANY).commit(request)

    # The key of another request

    @promise(5)
    def test_a_key_of_another_request_is_refused(self, store: Store) -> None:
        found(store)
        commit(store, make.client(), key="key-a", fingerprint="fingerprint-a")

        with pytest.raises(KeyReusedError) as caught:
            commit(store, make.client(), key="key-a", fingerprint="fingerprint-b")

        assert "key-a" == caught.value.key

    @promise(5)
    def test_a_key_of_another_request_changes_nothing(self, store: Store) -> None:
        settle(store)
        commit(store, make.client(), key="key-a", fingerprint="fingerprint-a")
        before = state_of(store, COMPANY_KEY, CONTRACTOR, client_key())
        with pytest.raises(KeyReusedError):
            commit(store, make.client(name="Other"), key="key-a", fingerprint="fingerprint-b")

        assert before == state_of(store, COMPANY_KEY, CONTRACTOR, client_key())

    @promise(5)
    def test_a_key_is_found_to_be_another_requests_before_anything_else_is_looked_at(self, store: Store) -> None:
        found(store)
        commit(store, make.client(), key="key-a", fingerprint="fingerprint-a")

        with pytest.raises(KeyReusedError):
            commit(store, make.client(), key="key-a", fingerprint="fingerprint-b", expects={client_key(): 9})

    @promise(5, 22)
    def test_fingerprints_are_compared_exactly(self, store: Store) -> None:
        found(store)
        commit(store, make.client(), key="key-a", fingerprint="ABC")

        with pytest.raises(KeyReusedError):
            commit(store, make.client(), key="key-a", fingerprint="abc")

    @promise(5)
    def test_one_fingerprint_under_two_keys_is_two_requests(self, store: Store) -> None:
        found(store)
        commit(store, make.client(), key="key-a", fingerprint="fingerprint-a")
        second = commit(store, make.client(), key="key-b", fingerprint="fingerprint-a")

        assert (3, False) == (second.sequence, second.repeated)

    @promise(5, 22)
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("key", "Key"),
            ("key", "key "),
            ("caf\u00e9", "cafe\u0301"),
            ("%", "a"),
            ("_", "a"),
            ("a" * 254 + "1", "a" * 254 + "2"),
            ("\U0001f477" * 254 + "1", "\U0001f477" * 254 + "2"),
        ],
        ids=["case", "blank", "accent", "percent", "underscore", "length", "emoji"],
    )
    def test_keys_are_compared_exactly(self, store: Store, one: str, other: str) -> None:
        found(store)
        commit(store, make.client(), key=one, fingerprint="fingerprint-a")
        commit(store, make.client(id="client-2"), key=other, fingerprint="fingerprint-b")
        receipts = [store.receipt(key) for key in (one, other)]

        assert [(one, 2), (other, 3)] == [(each.key, each.sequence) for each in receipts if each is not None]

    # A key that came to nothing

    @promise(6)
    def test_a_conflict_leaves_the_key_free(self, store: Store) -> None:
        found(store)
        with pytest.raises(ConflictError):
            commit(store, make.client(), key="key-a", expects={client_key(): 9})
        again = commit(store, make.client(), key="key-a", fingerprint="fingerprint-b")

        assert (2, False) == (again.sequence, again.repeated)

    @promise(6)
    def test_a_commit_that_was_not_valid_leaves_the_key_free(self, store: Store) -> None:
        found(store)
        with pytest.raises(InvalidValueError):
            commit(store, make.gl_policy(), key="key-a")
        again = commit(store, make.client(), key="key-a", fingerprint="fingerprint-b")

        assert (2, False) == (again.sequence, again.repeated)

    @promise(6, 11)
    def test_a_seal_that_failed_leaves_the_key_free(self, store: Store) -> None:
        found(store)
        with pytest.raises(SealError):
            commit(store, make.client(), key="key-a", seal=broken_seal)
        again = commit(store, make.client(), key="key-a", fingerprint="fingerprint-b")

        assert (2, False) == (again.sequence, again.repeated)

    # Receipts

    @promise(29)
    def test_a_receipt_says_what_the_commit_came_to(self, store: Store, clock: FrozenClock) -> None:
        found(store)
        clock.advance(hours=1)
        receipt = commit(store, make.client(), key="key-a", fingerprint="fingerprint-a", response='{"id": "client-1"}')

        assert ("key-a", "fingerprint-a", 2, clock(), '{"id": "client-1"}', False) == attrs.astuple(receipt)

    @promise(29)
    def test_a_receipt_can_be_asked_for_later(self, store: Store) -> None:
        found(store)
        receipt = commit(store, make.client(), key="key-a")
        commit(store, make.client(id="client-2"))

        assert receipt == store.receipt("key-a")

    @promise(29, 4)
    def test_a_receipt_that_is_asked_for_is_not_marked_as_repeated(self, store: Store) -> None:
        found(store)
        request = changes(store, make.client(), key="key-a")
        first = store.commit(request)
        store.commit(request)

        assert first == store.receipt("key-a")

    @promise(29)
    def test_there_is_no_receipt_for_a_key_that_was_never_committed(self, store: Store) -> None:
        found(store)

        assert store.receipt("key-a") is None

    @promise(29, 6)
    def test_there_is_no_receipt_for_a_key_that_was_refused(self, store: Store) -> None:
        found(store)
        with pytest.raises(ConflictError):
            commit(store, make.client(), key="key-a", expects={client_key(): 9})

        assert store.receipt("key-a") is None

    @promise(29, 22)
    @pytest.mark.parametrize(
        "response",
        ["", " ", "\n", '{"name": "Zo\u00eb \U0001f477"}', "x" * 100_000],
        ids=["empty", "blank", "newline", "accents", "long"],
    )
    def test_a_response_comes_back_as_it_was_given(self, store: Store, response: str) -> None:
        found(store)
        commit(store, key="key-a", response=response)
        receipt = store.receipt("key-a")

        assert response == (receipt.response if receipt is not None else None)
