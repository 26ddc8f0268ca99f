"""Commits: all or nothing, once for each key, on versions that are current, numbered, sealed and in the audit."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import attrs
import pytest

from contractor_compliance import errors
from contractor_compliance.storage import (
    AuditEntry,
    Changes,
    Head,
    Key,
    Kind,
    Store,
    UnboundStore,
    payload_hash,
    sha256_seal,
    text_hash,
)
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ASSIGNMENT,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    POLICY,
    Parts,
    SealError,
    Values,
    broken_seal,
    changes,
    client_key,
    commit,
    current,
    found,
    name_of,
    rename,
    row,
    settle,
    state_of,
    update,
)

__all__ = ["CommittingContract"]

JOB_CODE = Key(Kind.JOB_CODE, "RIG-1")
MEMBER = Key(Kind.MEMBER, "member-2")
#: What is looked at before and after a commit that must change nothing.
WATCHED = (COMPANY_KEY, CONTRACTOR, ASSIGNMENT, POLICY, client_key(), client_key("client-2"), MEMBER)


class Stop(BaseException):
    """Ends a program, as an interrupt from the keyboard does."""


def stopping_seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
    """Be interrupted."""
    raise Stop


@attrs.define
class NotingSeal:
    """A seal that remembers what it was called with."""

    calls: list[tuple[str, int, datetime, str]] = attrs.field(factory=list)

    def __call__(self, previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        """Return a seal that says the number of the call."""
        self.calls.append((previous, sequence, recorded_at, payload))
        return f"seal {len(self.calls)}"


Error = type[BaseException]
#: What stops a commit: the error, values, and other parts of the changes.
FAILURES: dict[str, tuple[Error, Values, Parts]] = {
    "conflict": (errors.ConflictError, (), {"expects": {COMPANY_KEY: 7}}),
    "conflict_of_the_head": (errors.ConflictError, (), {"expects_sequence": 7}),
    "earlier_standings": (errors.ConflictError, (), {"standings": [update(row())], "switch_to": None}),
    "broken_dossier": (errors.InvalidValueError, (make.assignment(id="assignment-2", client_id="client-9"),), {}),
    "subject_taken_twice": (errors.InvalidValueError, (make.member(), make.member(id="member-2")), {}),
    "seal_that_raises": (SealError, (), {"seal": broken_seal}),
    "interrupted_seal": (Stop, (), {"seal": stopping_seal}),
}
each_failure = table("error, values, parts", FAILURES)


def failing(store: Store, values: Values, parts: Parts) -> Changes:
    """Return changes of every sort that are in order, but for some values and parts; their key is `key-a`."""
    sound = (make.client(name="Other"), make.client(id="client-2"), make.contractor(legal_name="Other LLC"))
    usual = {"removes": [ASSIGNMENT], "standings": [update(generation=1)], "switch_to": 3, "key": "key-a"}
    return changes(store, *sound, make.gl_policy(), *values, **{**usual, **parts})


#: Expectations that do not hold where the client has version 2, the contractor version 2, and the head sequence 3.
CONFLICTS: dict[str, tuple[Values, Parts]] = {
    "version_before": ((make.client(),), {"expects": {client_key(): 1}}),
    "version_to_come": ((make.client(),), {"expects": {client_key(): 3}}),
    "none_where_there_is_one": ((make.client(),), {"expects": {client_key(): 0}}),
    "one_where_there_is_none": ((make.client(id="client-2"),), {"expects": {client_key("client-2"): 1}}),
    "version_that_was_only_read": ((make.wc_policy(),), {"expects": {client_key(): 1}}),
    "contractor_of_a_fact": ((make.wc_policy(),), {"expects": {CONTRACTOR: 1}}),
    "contractor_of_a_standing": ((), {"expects": {CONTRACTOR: 1}, "standings": [update(row())]}),
    "head_before": ((make.client(),), {"expects_sequence": 2}),
    "head_to_come": ((make.client(),), {"expects_sequence": 4}),
}
#: Commits, and the aggregates whose version they raise.
TOUCHES: dict[str, tuple[Values, Parts, set[Key]]] = {
    "company": ((make.company(name="Renamed Staffing Inc"),), {}, {COMPANY_KEY}),
    "value_put_again_unchanged": ((make.client(),), {}, {client_key()}),
    "fact": ((make.gl_policy(),), {}, {CONTRACTOR}),
    "several_facts_and_their_contractor": (
        (make.gl_policy(), make.wc_policy(), make.contractor(legal_name="Renamed Rigging LLC")),
        {},
        {CONTRACTOR},
    ),
    "fact_that_is_removed": ((), {"removes": [ASSIGNMENT]}, {CONTRACTOR}),
    "version_that_was_only_read": ((make.gl_policy(),), {"expects": {COMPANY_KEY: 1, client_key(): 1}}, {CONTRACTOR}),
    "standing": ((), {"standings": [update(row())]}, set()),
}
#: Changes under the key of a commit, each of which would be refused or change something, were it not a repetition.
REPETITIONS: dict[str, tuple[Values, Parts]] = {
    "same": ((make.client(),), {"expects": {client_key(): 1}}),
    "other_values": ((make.client(name="Other Mills Corp"),), {"response": "other", "action": "other"}),
    "other_company": ((make.company(id="company-2"),), {}),
    "broken_dossier": ((make.assignment(client_id="client-9"),), {}),
    "broken_seal": ((make.client(),), {"seal": broken_seal}),
    "stale_version": ((make.client(),), {"expects": {client_key(): 9}}),
    "stale_head": ((make.client(),), {"expects_sequence": 1}),
}
#: What makes a commit another one than that of the fingerprint `abc`.
OTHER_REQUESTS: dict[str, Parts] = {
    "other_fingerprint": {"fingerprint": "other"},
    "fingerprint_of_other_case": {"fingerprint": "ABC"},
    "stale_version": {"fingerprint": "other", "expects": {client_key(): 9}},
}
TEXTS = {
    "empty": "",
    "blank": " ",
    "lines": "line\r\nline\t",
    "accents": '{"name": "Zo\u00eb \U0001f477"}',
    "long": "x" * 100_000,
}
#: How far an audit reads of five entries: after which sequence, at most how many, and which these are.
AUDITS = {
    "first": (0, 1, [1]),
    "all": (0, 1000, [1, 2, 3, 4, 5]),
    "two_in_the_middle": (2, 2, [3, 4]),
    "fewer_than_the_limit": (4, 2, [5]),
    "none_after_the_last": (5, 2, []),
}


class CommittingContract(Contract):
    """Promises 1 to 8, 10, 11, 28 and 29."""

    # All or nothing

    @promise(1, 7, 11, 12, 13, 14)
    @each_failure
    def test_a_failed_commit_changes_nothing(
        self, furnished: Store, error: Error, values: Values, parts: Parts
    ) -> None:
        commit(furnished, standings=[update(row(), generation=1)], switch_to=1)
        before = state_of(furnished, *WATCHED)
        with pytest.raises(error):
            furnished.commit(failing(furnished, values, parts))
        assert before == state_of(furnished, *WATCHED)

    @promise(6, 10, 33)
    @each_failure
    def test_a_commit_that_fails_leaves_its_key_and_its_number_free(
        self, furnished: Store, error: Error, values: Values, parts: Parts
    ) -> None:
        commit(furnished, switch_to=1)
        for _ in range(3):
            with pytest.raises(error):
                furnished.commit(failing(furnished, values, parts))
        assert furnished.receipt("key-a") is None
        receipt = furnished.commit(failing(furnished, (), {"fingerprint": "fingerprint-b"}))
        assert (3, False) == (receipt.sequence, receipt.repeated)

    @promise(1, 3)
    def test_a_first_commit_that_fails_leaves_no_company(self, store: Store) -> None:
        with pytest.raises(SealError):
            commit(store, make.company(), make.client(), seal=broken_seal)
        assert (Head(), (None, None)) == (store.head(), store.get([COMPANY_KEY, client_key()]))

    @promise(1, 3)
    def test_the_first_commit_records_every_value_in_it(self, furnished: Store) -> None:
        keys = [COMPANY_KEY, client_key(), JOB_CODE, CONTRACTOR, ASSIGNMENT]
        values = [make.company(), make.client(), make.job_code(), make.contractor(), make.assignment()]
        assert values == [current(furnished, key).value for key in keys]

    # A commit that returned is there

    @promise(2)
    def test_a_commit_is_seen_by_handles_taken_before_and_after_it(self, store: Store, unbound: UnboundStore) -> None:
        handles = [store, unbound.for_company(COMPANY)]
        before = [state_of(handle, *WATCHED) for handle in handles]
        settle(store)
        states = [state_of(handle, *WATCHED) for handle in (*handles, unbound.for_company(COMPANY))]
        assert [states[0]] * 3 == states
        assert [] == [part for part in states[0] if part in before[0]]

    @promise(2)
    def test_a_commit_is_seen_after_its_handle_was_closed(self, furnished: Store, unbound: UnboundStore) -> None:
        furnished.close()
        assert "Sample Mills Corp" == name_of(unbound.for_company(COMPANY))

    # The first commit of a company

    @promise(3)
    def test_a_commit_is_refused_and_not_recorded_until_the_company_is_on_file(self, store: Store) -> None:
        with pytest.raises(errors.UnknownCompanyError):
            commit(store, make.client())
        found(store)
        assert (None,) == store.get([client_key()])

    @promise(3, 22, 30)
    @pytest.mark.parametrize("company_id", ["company-2", "Company-1"])
    @pytest.mark.parametrize("is_there", [True, False], ids=["company_is_there", "company_is_not_there"])
    def test_a_company_of_another_id_is_refused(self, store: Store, company_id: str, *, is_there: bool) -> None:
        if is_there:
            found(store)
        with pytest.raises(errors.InvalidValueError):
            commit(store, make.company(id=company_id))

    # Keys

    @promise(4, 7)
    @table("values, parts", REPETITIONS)
    def test_a_repeated_commit_is_answered_not_recorded(self, furnished: Store, values: Values, parts: Parts) -> None:
        first = commit(furnished, make.client(), key="key-a", response="as it was", standings=[update(row())])
        rename(furnished)
        before = state_of(furnished, *WATCHED)
        assert attrs.evolve(first, repeated=True) == commit(furnished, *values, key="key-a", **parts)
        assert before == state_of(furnished, *WATCHED)

    @promise(4, 3, 10)
    def test_a_first_commit_can_be_repeated_much_later_and_through_another_handle(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        request = changes(store, make.company())
        first = store.commit(request)
        clock.advance(days=400)
        handles = [store, store, unbound.for_company(COMPANY)]
        assert [attrs.evolve(first, repeated=True)] * 3 == [handle.commit(request) for handle in handles]
        assert 2 == commit(store).sequence

    @promise(5, 22)
    @table("parts", OTHER_REQUESTS)
    def test_a_key_of_another_request_is_refused(self, founded: Store, parts: Parts) -> None:
        commit(founded, make.client(), key="key-a", fingerprint="abc")
        refused = changes(founded, make.client(name="Other"), key="key-a", **parts)
        with pytest.raises(errors.KeyReusedError) as caught:
            founded.commit(refused)
        assert ("key-a", "Sample Mills Corp") == (caught.value.key, name_of(founded))

    # Receipts

    @promise(29, 4)
    def test_a_receipt_says_then_and_later_what_the_commit_came_to(self, founded: Store, clock: FrozenClock) -> None:
        instant = clock.advance(hours=1)
        request = changes(founded, make.client(), key="key-a", fingerprint="fingerprint-a", response="added")
        receipt = founded.commit(request)
        founded.commit(request)
        rename(founded)
        assert ("key-a", "fingerprint-a", 2, instant, "added", False) == attrs.astuple(receipt)
        assert receipt == founded.receipt("key-a")

    @promise(29, 28, 22)
    @table("text", TEXTS)
    def test_response_and_detail_come_back_as_they_were_given(self, founded: Store, text: str) -> None:
        commit(founded, key="key-a", response=text, detail=text)
        receipt, (entry,) = founded.receipt("key-a"), founded.audit(1, 1)
        assert (text, text, text_hash(text)) == (receipt and receipt.response, entry.detail, entry.detail_hash)

    # Versions

    @promise(7)
    @table("values, parts", CONFLICTS)
    def test_a_commit_on_what_is_not_current_is_refused(self, furnished: Store, values: Values, parts: Parts) -> None:
        rename(furnished)
        commit(furnished, make.gl_policy())
        with pytest.raises(errors.ConflictError):
            commit(furnished, *values, **parts)

    @promise(7)
    def test_a_commit_that_expects_the_current_head_is_recorded(self, furnished: Store) -> None:
        assert 2 == commit(furnished, make.client(), expects_sequence=1).sequence

    @promise(7)
    def test_a_conflict_names_each_version_and_the_head_that_differ_and_no_other(self, furnished: Store) -> None:
        wrong = {CONTRACTOR: 4, client_key(): 2, client_key("client-2"): 1, COMPANY_KEY: 1}
        refused = changes(furnished, make.gl_policy(), expects=wrong, expects_sequence=77)
        with pytest.raises(errors.ConflictError) as caught:
            furnished.commit(refused)
        names = ("contractor-1", "client-1", "client-2", "77")
        conflicts = caught.value.conflicts
        assert (4, [1] * 4) == (len(conflicts), [sum(name in text for text in conflicts) for name in names])

    @promise(8, 14)
    @table("values, parts, raised", TOUCHES)
    def test_a_commit_raises_the_version_of_what_it_touches_and_of_nothing_else(
        self, furnished: Store, values: Values, parts: Parts, raised: set[Key]
    ) -> None:
        keys = (COMPANY_KEY, client_key(), JOB_CODE, CONTRACTOR)
        commit(furnished, *values, **parts)
        assert {key: 2 if key in raised else 1 for key in keys} == {
            key: current(furnished, key).version for key in keys
        }

    @promise(8, 24)
    def test_a_fact_has_only_the_versions_of_its_contractor_that_touched_it(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy())
        commit(furnished, make.wc_policy())
        assert [[1, 2, 3], [2], [1]] == [
            [record.version for record in history] for history in furnished.history([CONTRACTOR, POLICY, ASSIGNMENT])
        ]

    # Sequence

    @promise(10)
    def test_the_sequence_begins_at_one_and_goes_up_by_one(self, store: Store) -> None:
        receipts = [found(store), commit(store), commit(store, make.client()), commit(store, switch_to=1)]
        assert [1, 2, 3, 4] == [receipt.sequence for receipt in receipts]

    # Seals

    @promise(11, 4)
    def test_the_seal_is_called_once_a_commit_and_what_it_returns_is_kept(
        self, store: Store, clock: FrozenClock
    ) -> None:
        seal, hashed = NotingSeal(), text_hash("of all")
        parts = {"actor": "member-7", "action": "export", "fingerprint": "f", "detail": "of all", "seal": seal}
        first = commit(store, make.company(), key="key-a", **parts).recorded_at
        second = clock.advance(seconds=1)
        for _ in range(2):
            commit(store, key="key-b", **parts)
        assert [
            ("", 1, first, payload_hash("member-7", "export", "key-a", "f", hashed)),
            ("seal 1", 2, second, payload_hash("member-7", "export", "key-b", "f", hashed)),
        ] == seal.calls
        assert ["seal 1", "seal 2", "seal 2"] == [*(entry.seal for entry in store.audit(0, 10)), store.head().seal]

    @promise(11)
    @table("problem", {"error_of_the_host": SealError(), "error_of_ours": errors.StorageError("no anchor")})
    def test_an_exception_raised_by_a_seal_comes_through_unchanged(self, founded: Store, problem: Exception) -> None:
        def seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
            raise problem

        with pytest.raises(type(problem)) as caught:
            commit(founded, make.client(), seal=seal)

        assert problem is caught.value

    @promise(11)
    def test_the_seals_can_be_computed_again_from_the_audit(self, furnished: Store, clock: FrozenClock) -> None:
        for step in (0, 1, -1):
            clock.set(clock().replace(minute=30 + step), backwards=True)
            commit(furnished, make.client(), detail=f'{{"step": {step}, "by": "\u00e9 \U0001f477"}}')
        entries = furnished.audit(0, 10)
        assert [entry.seal for entry in entries[1:]] == [
            sha256_seal(before.seal, entry.sequence, entry.recorded_at, entry.payload_hash)
            for before, entry in pairwise(entries)
        ]

    # Audit

    @promise(28)
    def test_an_entry_says_who_did_what_and_when(self, founded: Store, clock: FrozenClock) -> None:
        parts = {"actor": "member-7", "action": "add_client", "key": "key-a", "fingerprint": "f", "detail": "client-1"}
        instant = clock.advance(seconds=1)
        commit(founded, make.client(), **parts)
        hashes = {"detail_hash": text_hash("client-1"), "seal": founded.head().seal}
        assert (AuditEntry(sequence=2, recorded_at=instant, **hashes, **parts),) == founded.audit(1, 10)

    @promise(28)
    @table("after, limit, expected", AUDITS)
    def test_the_entries_after_a_sequence_are_listed_up_to_the_limit(
        self, furnished: Store, after: int, limit: int, expected: list[int]
    ) -> None:
        rename(furnished)
        commit(furnished, standings=[update(row())])
        commit(furnished, switch_to=1)
        commit(furnished)
        assert expected == [entry.sequence for entry in furnished.audit(after, limit)]

    @promise(28)
    @pytest.mark.parametrize("limit", [0, -1, 1001])
    def test_an_audit_of_no_or_of_unreasonable_size_is_refused(self, founded: Store, limit: int) -> None:
        with pytest.raises(errors.InvalidValueError):
            founded.audit(0, limit)

    # Head

    @promise(29)
    def test_the_head_of_a_company_that_is_not_on_file_is_at_zero(self, store: Store) -> None:
        assert (Head(), None, ()) == (store.head(), store.receipt("key-a"), store.audit(0, 10))

    @promise(29)
    def test_the_head_says_where_the_company_stands(self, founded: Store) -> None:
        receipt = commit(founded, make.client(), switch_to=4)
        (entry,) = founded.audit(1, 1)
        assert Head(receipt.sequence, receipt.recorded_at, entry.seal, 4) == founded.head()
