"""Reads: order, absence, dossiers, histories, exactness of what comes back."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import timedelta

import pytest

from contractor_compliance.domain import Dossier
from contractor_compliance.storage import DossierRecord, Expectation, Key, Kind, Record, Store
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY_KEY,
    CONTRACTOR,
    client_key,
    commit,
    contractor_key,
    fact_key,
    found,
    head_time,
    settle,
    version_of,
)

__all__ = ["ReadingContract"]

ASSIGNMENT = fact_key(Kind.ASSIGNMENT, "assignment-1")
NOBODY = contractor_key("contractor-9")


def dossier_of(store: Store, contractor_id: str = CONTRACTOR.id) -> Dossier:
    """Return the dossier of a contractor, which must be there."""
    (answer,) = store.dossiers([contractor_id])
    assert answer is not None, f"there is no contractor {contractor_id}"
    return answer.dossier


def keys_of(answer: tuple[Record | None, ...]) -> list[Key | None]:
    """Return the keys of records, None for None."""
    return [None if record is None else record.key for record in answer]


def contractors_of(answer: tuple[DossierRecord | None, ...]) -> list[str | None]:
    """Return the contractors of dossiers, None for None."""
    return [None if each is None else each.contractor_id for each in answer]


class ReadingContract(Contract):
    """Promises 15, 16, 21 and 24."""

    # One answer each, in the order asked

    @promise(15)
    def test_values_are_answered_in_the_order_asked(self, store: Store) -> None:
        settle(store)
        keys = [CONTRACTOR, client_key(), ASSIGNMENT, COMPANY_KEY, Key(Kind.JOB_CODE, "RIG-1")]

        assert [keys, keys[::-1]] == [keys_of(store.get(keys)), keys_of(store.get(keys[::-1]))]

    @promise(15)
    def test_a_value_that_is_asked_for_twice_is_answered_twice(self, store: Store) -> None:
        settle(store)
        keys = [client_key(), CONTRACTOR, client_key(), NOBODY, NOBODY]

        assert [client_key(), CONTRACTOR, client_key(), None, None] == keys_of(store.get(keys))

    @promise(15)
    def test_nothing_asked_is_nothing_answered(self, store: Store) -> None:
        settle(store)

        assert ((), (), ()) == (store.get([]), store.dossiers([]), store.history([]))

    @promise(15)
    def test_dossiers_are_answered_in_the_order_asked(self, store: Store) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-0"))
        wanted = ["contractor-1", "contractor-9", "contractor-0", "contractor-1"]

        assert ["contractor-1", None, "contractor-0", "contractor-1"] == contractors_of(store.dossiers(wanted))

    @promise(15)
    def test_histories_are_answered_in_the_order_asked(self, store: Store) -> None:
        settle(store)
        keys = [CONTRACTOR, NOBODY, client_key(), CONTRACTOR]

        assert [[CONTRACTOR], [], [client_key()], [CONTRACTOR]] == [keys_of(each) for each in store.history(keys)]

    @promise(15)
    def test_many_are_answered_like_one(self, store: Store) -> None:
        found(store)
        contractors = [make.contractor(id=f"contractor-{number}") for number in range(60)]
        commit(store, *contractors)
        wanted = [each.id for each in reversed(contractors)]
        keys = [contractor_key(each) for each in wanted]

        assert (wanted, keys, [[key] for key in keys]) == (
            contractors_of(store.dossiers(wanted)),
            keys_of(store.get(keys)),
            [keys_of(each) for each in store.history(keys)],
        )

    # What is not on file

    @promise(16)
    def test_what_is_not_on_file_is_answered_with_none(self, store: Store) -> None:
        settle(store)
        keys = [NOBODY, fact_key(Kind.POLICY, "policy-9"), fact_key(Kind.ASSIGNMENT, "assignment-1", "contractor-9")]

        assert ((None, None, None), (None,)) == (store.get(keys), store.dossiers(["contractor-9"]))

    @promise(16)
    def test_what_was_never_on_file_has_no_history(self, store: Store) -> None:
        settle(store)

        assert ((),) == store.history([NOBODY])

    @promise(16)
    def test_a_company_that_is_not_there_is_answered_like_an_empty_one(self, store: Store) -> None:
        assert ((None,), (None,), ((),)) == (
            store.get([CONTRACTOR]),
            store.dossiers([CONTRACTOR.id]),
            store.history([CONTRACTOR]),
        )

    @promise(16, 22)
    def test_a_value_of_another_kind_with_the_same_id_is_not_meant(self, store: Store) -> None:
        settle(store)
        keys = [Key(Kind.CLIENT, CONTRACTOR.id), Key(Kind.CONTRACTOR, "client-1"), Key(Kind.ROLE, "company-1")]

        assert ((None, None, None), (None,)) == (store.get(keys), store.dossiers(["client-1"]))

    @promise(16)
    def test_facts_of_two_kinds_may_have_the_same_id(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(id="same"), make.certificate(id="same"), make.assignment(id="same"))
        keys = [fact_key(kind, "same") for kind in (Kind.POLICY, Kind.CERTIFICATE, Kind.ASSIGNMENT)]

        assert keys == keys_of(store.get(keys))

    # Dossiers

    @promise(21)
    def test_a_dossier_holds_the_contractor_its_facts_and_what_these_name(self, store: Store) -> None:
        settle(store)
        facts = (
            make.gl_policy(),
            make.certificate(),
            make.exemption(),
            make.enrollment(),
            make.waiver(),
        )
        commit(store, *facts)

        assert make.dossier(*facts) == dossier_of(store)

    @promise(21)
    def test_a_dossier_without_facts_holds_company_and_contractor(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(), make.client(), make.job_code(), make.carrier())

        assert Dossier(company=make.company(), contractor=make.contractor()) == dossier_of(store)

    @promise(21)
    def test_a_dossier_holds_what_its_facts_name_and_no_more(self, store: Store) -> None:
        settle(store)
        commit(store, make.client(id="client-2"), make.job_code(id="RIG-2"), make.carrier(name="Other", naic="99909"))
        dossier = dossier_of(store)

        assert (["client-1"], ["RIG-1"], []) == (
            [each.id for each in dossier.clients],
            [job_code.id for job_code in dossier.job_codes],
            [each.name for each in dossier.carriers],
        )

    @promise(21)
    def test_a_dossier_holds_no_fact_of_another_contractor(self, store: Store) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"), make.gl_policy(), of="contractor-2")

        assert ((), (make.gl_policy(),)) == (dossier_of(store).policies, dossier_of(store, "contractor-2").policies)

    @promise(21)
    def test_a_dossier_holds_no_fact_that_was_removed(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        commit(store, removes=[ASSIGNMENT, fact_key(Kind.POLICY, "policy-general_liability")])
        dossier = dossier_of(store)

        assert ((), (), (), (), ()) == (
            dossier.assignments,
            dossier.policies,
            dossier.clients,
            dossier.job_codes,
            dossier.carriers,
        )

    @promise(21)
    def test_a_dossier_holds_the_latest_version_of_what_it_names(self, store: Store) -> None:
        settle(store)
        commit(store, make.client(name="Renamed Mills Corp"), make.company(name="Renamed Staffing Inc"))
        dossier = dossier_of(store)

        assert ("Renamed Mills Corp", "Renamed Staffing Inc") == (dossier.clients[0].name, dossier.company.name)

    @promise(21)
    def test_an_insurer_is_found_by_its_naic_number(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(carrier_name="As the certificate spells it"))

        assert (make.carrier(),) == dossier_of(store).carriers

    @promise(21)
    @pytest.mark.parametrize(
        "printed", ["Sample Fund Company", "SAMPLE FUND CO.", 'sample  "fund", company'], ids=["same", "short", "marks"]
    )
    def test_an_insurer_is_found_by_its_normalized_name(self, store: Store, printed: str) -> None:
        settle(store)
        fund = make.carrier(name="Sample Fund Company", naic=None)
        commit(store, fund, make.gl_policy(carrier_name=printed, carrier_naic=None))

        assert (fund,) == dossier_of(store).carriers

    @promise(21)
    def test_an_insurer_of_another_name_and_number_is_not_found(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(carrier_name="Sample Fund", carrier_naic="99902"))

        assert () == dossier_of(store).carriers

    @promise(21)
    def test_an_insurer_is_found_by_the_name_that_it_has_now(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(carrier_naic=None))
        before = len(dossier_of(store).carriers)
        commit(store, make.carrier(name="Renamed Mutual Insurance Company"))

        assert (1, 0) == (before, len(dossier_of(store).carriers))

    @promise(21, 17)
    def test_an_insurer_is_found_by_the_name_that_it_had_then(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(carrier_naic=None))
        then = head_time(store)
        commit(store, make.carrier(name="Renamed Mutual Insurance Company"))
        (answer,) = store.dossiers([CONTRACTOR.id], then)

        assert (make.carrier(),) == (answer.dossier.carriers if answer is not None else None)

    @promise(21)
    def test_the_records_of_a_dossier_stand_in_the_order_of_their_ids(self, store: Store) -> None:
        settle(store)
        names = ["b", "a", "\U0001f477", "B", "\uff5a", "10", "9"]
        commit(store, *(make.client(id=name) for name in names), *(make.job_code(id=name) for name in names))
        commit(
            store,
            *(make.assignment(id=name, client_id=name, job_code_id=name) for name in names),
            *(make.gl_policy(id=name) for name in names),
            removes=[ASSIGNMENT],
        )
        dossier = dossier_of(store)

        assert [sorted(names)] * 4 == [
            [each.id for each in dossier.assignments],
            [each.id for each in dossier.policies],
            [each.id for each in dossier.clients],
            [job_code.id for job_code in dossier.job_codes],
        ]

    @promise(21)
    def test_a_dossier_names_the_versions_that_a_decision_from_it_expects(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        commit(store, make.client())
        (answer,) = store.dossiers([CONTRACTOR.id])
        keys = [COMPANY_KEY, client_key(), Key(Kind.JOB_CODE, "RIG-1"), Key(Kind.CARRIER, "99901"), CONTRACTOR]

        assert {Expectation(key, version_of(store, key)) for key in keys} == (
            set(answer.expects) if answer is not None else None
        )

    @promise(21, 7)
    def test_the_versions_of_a_dossier_are_those_that_a_commit_expects(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        (answer,) = store.dossiers([CONTRACTOR.id])
        read = {each.key: each.version for each in answer.expects} if answer is not None else {}

        assert 3 == commit(store, make.wc_policy(), expects=read).sequence

    # Histories

    @promise(24)
    def test_a_history_lists_every_version_oldest_first(self, store: Store, clock: FrozenClock) -> None:
        settle(store)
        for name in ("First Mills Corp", "Second Mills Corp"):
            clock.advance(seconds=1)
            commit(store, make.client(name=name))
        (history,) = store.history([client_key()])

        assert [(1, "Sample Mills Corp"), (2, "First Mills Corp"), (3, "Second Mills Corp")] == [
            (record.version, record.value.name) for record in history
        ]

    @promise(24)
    def test_a_version_is_superseded_when_the_next_is_recorded(self, store: Store, clock: FrozenClock) -> None:
        instants = [settle(store).recorded_at]
        for step in (timedelta(microseconds=1), timedelta(days=400)):
            clock.advance(step)
            instants.append(commit(store, make.client()).recorded_at)
        (history,) = store.history([client_key()])

        assert list(zip(instants, [*instants[1:], None], strict=True)) == [
            (record.recorded_at, record.superseded_at) for record in history
        ]

    @promise(24)
    def test_the_latest_version_is_what_is_read_now(self, store: Store) -> None:
        settle(store)
        commit(store, make.client(name="Renamed Mills Corp"))

        assert store.get([client_key()]) == store.history([client_key()])[0][-1:]

    @promise(24)
    def test_a_removal_ends_the_last_version_and_keeps_it(self, store: Store, clock: FrozenClock) -> None:
        recorded = settle(store).recorded_at
        clock.advance(seconds=1)
        removed = commit(store, removes=[ASSIGNMENT]).recorded_at
        (history,) = store.history([ASSIGNMENT])

        assert [(1, recorded, removed, make.assignment())] == [
            (record.version, record.recorded_at, record.superseded_at, record.value) for record in history
        ]

    @promise(24)
    def test_a_history_goes_on_after_a_removal(self, store: Store, clock: FrozenClock) -> None:
        first = settle(store).recorded_at
        second = commit(store, removes=[ASSIGNMENT]).recorded_at
        clock.advance(seconds=1)
        third = commit(store, make.assignment(title="Again")).recorded_at
        (history,) = store.history([ASSIGNMENT])

        assert [(1, first, second, None), (3, third, None, "Again")] == [
            (record.version, record.recorded_at, record.superseded_at, record.value.title) for record in history
        ]

    @promise(24, 8)
    def test_the_history_of_a_contractor_has_a_version_for_each_commit_that_touched_it(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        commit(store, make.client())
        commit(store, removes=[ASSIGNMENT])
        (history,) = store.history([CONTRACTOR])

        assert [(1, make.contractor()), (2, make.contractor()), (3, make.contractor())] == [
            (record.version, record.value) for record in history
        ]

    @promise(24)
    def test_a_fact_that_a_commit_does_not_touch_gets_no_version(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())

        assert 1 == len(store.history([ASSIGNMENT])[0])

    @promise(24, 17)
    def test_a_history_agrees_with_what_was_known_at_each_of_its_instants(
        self, store: Store, clock: FrozenClock
    ) -> None:
        settle(store)
        for name in ("First Mills Corp", "Second Mills Corp"):
            clock.advance(seconds=1)
            commit(store, make.client(name=name))
        (history,) = store.history([client_key()])
        known = [store.get([client_key()], record.recorded_at)[0] for record in history]

        assert [record.value for record in history] == [None if each is None else each.value for each in known]
