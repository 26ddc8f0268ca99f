"""The audit chain, its seals, and the head."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import datetime

import attrs
import pytest

from contractor_compliance.errors import ConflictError, InvalidValueError, StorageError
from contractor_compliance.storage import (
    AuditEntry,
    Head,
    Store,
    UnboundStore,
    payload_hash,
    sha256_seal,
    text_hash,
)
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.committing import SealError, broken_seal
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import changes, client_key, commit, found, row, settle, update

__all__ = ["AuditingContract"]


@attrs.define
class NotingSeal:
    """A seal that remembers what it was called with."""

    calls: list[tuple[str, int, datetime, str]] = attrs.field(factory=list)

    def __call__(self, previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        """Return a seal that says the number of the call."""
        self.calls.append((previous, sequence, recorded_at, payload))
        return f"seal {len(self.calls)}"


def is_chained(entries: tuple[AuditEntry, ...]) -> bool:
    """Tell whether each entry is sealed with the seal before it."""
    previous = ""
    for entry in entries:
        if entry.seal != sha256_seal(previous, entry.sequence, entry.recorded_at, entry.payload_hash):
            return False
        previous = entry.seal
    return True


class AuditingContract(Contract):
    """Promises 10, 11, 28 and 29."""

    # Sequence

    @promise(10)
    def test_the_sequence_begins_at_one_and_goes_up_by_one(self, store: Store) -> None:
        assert [1, 2, 3] == [found(store).sequence, commit(store).sequence, commit(store, make.client()).sequence]

    @promise(10)
    def test_a_commit_that_was_refused_leaves_no_gap(self, store: Store) -> None:
        found(store)
        with pytest.raises(ConflictError):
            commit(store, make.client(), expects={client_key(): 9})
        with pytest.raises(InvalidValueError):
            commit(store, make.gl_policy())

        assert 2 == commit(store).sequence

    @promise(10, 11)
    def test_a_commit_whose_seal_failed_leaves_no_gap(self, store: Store) -> None:
        found(store)
        with pytest.raises(SealError):
            commit(store, make.client(), seal=broken_seal)

        assert 2 == commit(store).sequence

    @promise(10, 4)
    def test_a_repeated_commit_takes_no_number(self, store: Store) -> None:
        request = changes(store, make.company())
        store.commit(request)
        store.commit(request)

        assert 2 == commit(store).sequence

    @promise(10, 30)
    def test_each_company_counts_for_itself(self, store: Store, unbound: UnboundStore) -> None:
        found(store)
        commit(store)

        assert 1 == found(unbound.for_company("company-2")).sequence

    # Seals

    @promise(11)
    def test_the_seal_is_called_once_with_what_it_is_about(self, store: Store, clock: FrozenClock) -> None:
        first = NotingSeal()
        commit(store, make.company(), seal=first)
        clock.advance(seconds=1)
        seal = NotingSeal()
        commit(store, key="key-a", actor="member-7", action="export", fingerprint="f", detail="of all", seal=seal)
        payload = payload_hash("member-7", "export", "key-a", "f", text_hash("of all"))

        assert [("seal 1", 2, clock(), payload)] == seal.calls

    @promise(11)
    def test_the_seal_before_the_first_is_empty(self, store: Store) -> None:
        seal = NotingSeal()
        commit(store, make.company(), seal=seal)

        assert ["", 1] == list(seal.calls[0][:2])

    @promise(11)
    def test_the_seal_is_what_was_returned(self, store: Store) -> None:
        commit(store, make.company(), seal=NotingSeal())

        assert ("seal 1", "seal 1") == (store.head().seal, store.audit(0, 1)[0].seal)

    @promise(11, 4)
    def test_the_seal_is_not_called_for_a_repeated_commit(self, store: Store) -> None:
        seal = NotingSeal()
        request = changes(store, make.company(), seal=seal)
        store.commit(request)
        store.commit(request)

        assert 1 == len(seal.calls)

    @promise(11)
    def test_what_a_seal_raises_comes_through(self, store: Store) -> None:
        found(store)
        problem = SealError("the key service is down")

        def seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
            raise problem

        with pytest.raises(SealError) as caught:
            commit(store, make.client(), seal=seal)

        assert problem is caught.value

    @promise(11)
    def test_a_storage_error_of_a_seal_comes_through_as_it_is(self, store: Store) -> None:
        found(store)
        problem = StorageError("the anchor cannot be reached")

        def seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
            raise problem

        with pytest.raises(StorageError) as caught:
            commit(store, make.client(), seal=seal)

        assert (problem, 1) == (caught.value, store.head().sequence)

    @promise(11)
    def test_the_seals_can_be_computed_again_from_what_the_audit_says(self, store: Store, clock: FrozenClock) -> None:
        settle(store, detail="\u00e9 \U0001f477")
        for step in (0, 1, -1):
            clock.set(clock().replace(minute=30 + step), backwards=True)
            commit(store, make.client(), detail=f'{{"step": {step}}}')

        assert is_chained(store.audit(0, 10))

    # Audit

    @promise(28)
    def test_an_entry_says_who_did_what_and_when(self, store: Store, clock: FrozenClock) -> None:
        found(store)
        said = {"actor": "member-7", "action": "add_client", "key": "key-a", "fingerprint": "f", "detail": "client-1"}
        commit(store, make.client(), **said)
        (entry,) = store.audit(1, 10)
        expected = AuditEntry(
            sequence=2,
            recorded_at=clock().replace(microsecond=1),
            detail_hash=text_hash("client-1"),
            seal=store.head().seal,
            **said,
        )

        assert expected == entry

    @promise(28)
    def test_there_is_an_entry_for_each_commit_in_their_order(self, store: Store) -> None:
        settle(store, action="settle")
        commit(store, standings=[update(row())], action="judge")
        commit(store, switch_to=1, action="switch")

        assert [(1, "settle"), (2, "judge"), (3, "switch")] == [
            (entry.sequence, entry.action) for entry in store.audit(0, 10)
        ]

    @promise(28)
    @pytest.mark.parametrize(
        ("after", "limit", "expected"),
        [
            (0, 1, [1]),
            (0, 3, [1, 2, 3]),
            (0, 1000, [1, 2, 3, 4, 5]),
            (2, 2, [3, 4]),
            (4, 2, [5]),
            (5, 2, []),
            (99, 2, []),
        ],
    )
    def test_the_entries_after_a_sequence_are_listed_up_to_the_limit(
        self, store: Store, after: int, limit: int, expected: list[int]
    ) -> None:
        found(store)
        for _ in range(4):
            commit(store)

        assert expected == [entry.sequence for entry in store.audit(after, limit)]

    @promise(28)
    @pytest.mark.parametrize("limit", [0, -1, 1001])
    def test_an_audit_of_another_size_is_refused(self, store: Store, limit: int) -> None:
        found(store)

        with pytest.raises(InvalidValueError):
            store.audit(0, limit)

    @promise(28, 1)
    def test_a_commit_that_was_refused_has_no_entry(self, store: Store) -> None:
        found(store)
        with pytest.raises(ConflictError):
            commit(store, make.client(), expects={client_key(): 9})

        assert 1 == len(store.audit(0, 10))

    @promise(28, 22)
    @pytest.mark.parametrize(
        "detail",
        ["", " ", "line\r\nline\t", '{"name": "Zo\u00eb \U0001f477"}', "x" * 100_000],
        ids=["empty", "blank", "lines", "accents", "long"],
    )
    def test_a_detail_comes_back_as_it_was_given(self, store: Store, detail: str) -> None:
        commit(store, make.company(), detail=detail)
        (entry,) = store.audit(0, 1)

        assert (detail, text_hash(detail)) == (entry.detail, entry.detail_hash)

    # Head

    @promise(29)
    def test_the_head_of_a_company_that_is_not_there_is_at_zero(self, store: Store) -> None:
        assert (Head(), None, ()) == (store.head(), store.receipt("key-a"), store.audit(0, 10))

    @promise(29)
    def test_the_head_says_where_the_company_stands(self, store: Store) -> None:
        found(store)
        receipt = commit(store, make.client(), switch_to=4)
        (entry,) = store.audit(1, 1)

        assert Head(receipt.sequence, receipt.recorded_at, entry.seal, 4) == store.head()

    @promise(29)
    def test_to_read_does_not_move_the_head(self, store: Store) -> None:
        settle(store)
        before = store.head()
        store.get([client_key()], before.recorded_at)
        store.dossiers(["contractor-1"])
        store.audit(0, 10)

        assert before == store.head()
