"""Facts, members and standings: what a commit must not break, what a removal leaves, and which standings are seen."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import EndorsementList, MemberState, Missing, ReasonCode, Subject
from contractor_compliance.errors import ConflictError, InvalidValueError
from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import Key, Kind, Query, StandingUpdate, Store, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ASSIGNMENT,
    CONTRACTOR,
    DAY,
    POLICY,
    Parts,
    Values,
    changes,
    commit,
    contractor_key,
    current,
    fact_key,
    found,
    listed,
    rename,
    row,
    settle,
    update,
    walk,
)

__all__ = ["OTHER_SUBJECTS", "FactsContract"]

CERTIFICATE = fact_key(Kind.CERTIFICATE, "certificate-1")
SECOND = Key(Kind.MEMBER, "member-2")
READ_FROM_CERTIFICATE = make.evidence(certificate_id="certificate-1")
POLICY_OF_CERTIFICATE = make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE))
WAIVER_OF_CERTIFICATE = make.waiver(certificate_id="certificate-1")
#: What must not be put for the furnished company, or removed from it.
BROKEN: dict[str, tuple[Values, tuple[Key, ...]]] = {
    "client": ((make.assignment(client_id="client-9"),), ()),
    "job_code": ((make.assignment(job_code_id="RIG-9"),), ()),
    "worker": ((make.assignment(worker="person-9"),), ()),
    "assignment_of_a_policy": ((make.gl_policy(assignment_id="assignment-9"),), ()),
    "certificate_of_a_policy": ((POLICY_OF_CERTIFICATE,), ()),
    "certificate_of_the_list_of_endorsements": (
        (make.gl_policy(endorsement_lists=(EndorsementList(evidence=READ_FROM_CERTIFICATE),)),),
        (),
    ),
    "certificate_of_an_exemption": ((make.exemption(terms=(make.term(evidence=READ_FROM_CERTIFICATE),)),), ()),
    "assignment_of_a_waiver": ((make.waiver(assignment_id="assignment-9"),), ()),
    "policy_of_a_waiver": ((make.waiver(policy_id="policy-9"),), ()),
    "certificate_of_a_waiver": ((WAIVER_OF_CERTIFICATE,), ()),
    "person_that_an_assignment_names": ((make.contractor(people=()),), ()),
    "second_contractor": ((make.gl_policy(), make.contractor(id="c"), put(make.assignment(client_id="x"), "c")), ()),
    "removed_without_having_been_there": ((), (POLICY,)),
}
ALONE = {"client_id": None, "job_code_id": None, "worker": Missing.ABSENT}
FACTS_ALONE = {
    "assignment": make.assignment(**ALONE),
    "policy": make.gl_policy(),
    "certificate": make.certificate(),
    "exemption": make.exemption(),
    "enrollment": make.enrollment(),
    "waiver": make.waiver(),
}


def subject(name: str, issuer: str = "https://id.example.com") -> Subject:
    """Return an identity."""
    return Subject(issuer=issuer, subject=name)


#: Subjects that are not that of the sample member.
OTHER_SUBJECTS = {
    "case": subject("Subject-1"),
    "blank": subject("subject-1 "),
    "percent": subject("subject-%"),
    "issuer": subject("subject-1", "https://other.example.com"),
    "turned_round": subject("https://id.example.com", "subject-1"),
}
DAY_BEFORE, NEXT_DAY = DAY - timedelta(days=1), DAY + timedelta(days=1)
Switch = tuple[list[StandingUpdate], int | None]
BAD = Verdict.NON_COMPLIANT
GOOD = Verdict.COMPLIANT
OPEN = Verdict.UNDETERMINED


def standings(store: Store, on: date | None = DAY) -> dict[str, StandingRow | None]:
    """Return what pages show as the standing of each contractor on a day."""
    return {item.key.id: item.standing for items in walk(store, Query(on=on)) for item in items}


def verdict(store: Store, on: date = DAY, contractor_id: str = CONTRACTOR.id) -> Verdict | None:
    """Return what pages show as the verdict of a contractor on a day."""
    standing = standings(store, on)[contractor_id]
    return None if standing is None else standing.verdict


def rated(verdict: Verdict, generation: int = 0, contractor_id: str = CONTRACTOR.id) -> StandingUpdate:
    """Return the change that gives a contractor one verdict for every day."""
    return update(row(contractor_id, verdict=verdict), generation=generation)


#: Commits one after another, each with standings and the generation switched to, and the verdict seen in the end.
GENERATIONS: dict[str, tuple[list[Switch], Verdict | None]] = {
    "no_rows": ([([rated(BAD)], None), ([update()], None)], None),
    "later_rows_wait": ([([rated(GOOD)], None), ([rated(BAD, 1)], None)], GOOD),
    "switch_to_rows_that_waited": ([([rated(GOOD), rated(BAD, 1)], None), ([], 1)], BAD),
    "rows_with_the_switch_to_them": ([([rated(GOOD)], None), ([rated(BAD, 1)], 1)], BAD),
    "rows_that_wait_are_replaced": ([([rated(BAD, 1)], None), ([rated(GOOD, 1)], None), ([], 1)], GOOD),
    "no_rows_of_the_generation": ([([rated(GOOD)], None), ([update(generation=1)], 1)], None),
    "generation_that_is_seen_is_replaced": ([([rated(GOOD, 2)], 2), ([rated(BAD, 2)], 2)], BAD),
}
FIELDS: dict[str, Parts] = {
    **{f"verdict_{verdict.value}": {"verdict": verdict} for verdict in Verdict},
    **{f"insurance_{status.value}": {"insurance": status} for status in InsuranceStatus},
    "others": {
        "worst_requirement": "requirement \u00e9 \U0001f477",
        "reasons": (ReasonCode.MISSING, ReasonCode.EXPIRED),
        "rulebook_id": "Rulebook '1'",
        "rulebook_version": 12_345,
    },
}


class FactsContract(Contract):
    """Promises 12 to 14, and the standings that pages show."""

    # What a fact refers to is on file

    @promise(12)
    @table("fact", FACTS_ALONE)
    def test_a_fact_needs_its_contractor_which_may_come_with_it(self, founded: Store, fact: Any) -> None:
        with pytest.raises(InvalidValueError):
            commit(founded, fact)
        commit(founded, fact, make.contractor())
        assert fact == current(founded, put(fact, CONTRACTOR.id).key).value

    @promise(12)
    @table("values, removes", BROKEN)
    def test_a_commit_that_would_leave_a_fact_without_what_it_refers_to_is_refused(
        self, furnished: Store, values: Values, removes: tuple[Key, ...]
    ) -> None:
        with pytest.raises(InvalidValueError):
            commit(furnished, *values, removes=removes)

    @promise(12)
    def test_a_refused_commit_names_every_missing_record(self, furnished: Store) -> None:
        refused = changes(furnished, make.assignment(client_id="client-8", job_code_id="RIG-9"))
        with pytest.raises(InvalidValueError, match=r"(?s)client-8.*RIG-9|RIG-9.*client-8"):
            furnished.commit(refused)

    @promise(12)
    def test_a_record_that_a_fact_refers_to_may_come_later_in_the_same_commit(self, furnished: Store) -> None:
        commit(
            furnished,
            make.waiver(policy_id="policy-general_liability", certificate_id="certificate-1"),
            make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE), assignment_id="assignment-2"),
            make.assignment(id="assignment-2", client_id="client-2"),
            make.certificate(),
            make.client(id="client-2"),
        )
        assert 2 == current(furnished, CONTRACTOR).version

    @promise(12)
    def test_a_fact_of_another_contractor_can_be_neither_referred_to_nor_removed(self, furnished: Store) -> None:
        commit(furnished, make.contractor(id="contractor-2"), make.certificate(), of="contractor-2")
        with pytest.raises(InvalidValueError):
            commit(furnished, POLICY_OF_CERTIFICATE)
        with pytest.raises(InvalidValueError):
            commit(furnished, removes=[CERTIFICATE])

    @promise(12)
    @table("values, removes", {"goes_too": ((), [POLICY]), "lets_go": ((make.gl_policy(),), [])})
    def test_a_fact_can_be_removed_only_if_what_refers_to_it_goes_too_or_lets_go(
        self, furnished: Store, values: Values, removes: list[Key]
    ) -> None:
        commit(furnished, make.certificate(), POLICY_OF_CERTIFICATE)
        with pytest.raises(InvalidValueError):
            commit(furnished, removes=[CERTIFICATE])
        commit(furnished, *values, removes=[CERTIFICATE, *removes])
        assert (None,) == furnished.get([CERTIFICATE])

    @promise(12)
    def test_a_removed_fact_can_be_neither_referred_to_nor_removed_again(self, furnished: Store) -> None:
        commit(furnished, make.certificate())
        commit(furnished, removes=[CERTIFICATE])
        with pytest.raises(InvalidValueError):
            commit(furnished, WAIVER_OF_CERTIFICATE)
        with pytest.raises(InvalidValueError):
            commit(furnished, removes=[CERTIFICATE])

    @promise(12)
    def test_a_removal_leaves_the_fact_of_the_same_id_of_another_contractor(self, furnished: Store) -> None:
        commit(furnished, make.contractor(id="contractor-2"), make.assignment(title="Other"), of="contractor-2")
        commit(furnished, removes=[ASSIGNMENT])
        other_fact = current(furnished, fact_key(Kind.ASSIGNMENT, "assignment-1", "contractor-2"))
        versions = [current(furnished, key).version for key in (CONTRACTOR, contractor_key("contractor-2"))]
        assert ((None,), "Other", [2, 1]) == (furnished.get([ASSIGNMENT]), other_fact.value.title, versions)

    # Subjects

    @promise(13)
    @pytest.mark.parametrize("state", [MemberState.ACTIVE, MemberState.REMOVED])
    def test_a_subject_that_is_a_member_is_not_taken_as_another(self, founded: Store, state: MemberState) -> None:
        commit(founded, make.member(state=state))
        with pytest.raises(InvalidValueError):
            commit(founded, make.member(id="member-2"))

    @promise(13)
    def test_a_subject_that_a_member_gave_up_may_become_that_of_another_member(self, founded: Store) -> None:
        commit(founded, make.member())
        commit(founded, make.member(name="Sam Renamed"))
        commit(founded, make.member(subject=subject("subject-2")))
        commit(founded, make.member(id="member-2"))
        assert subject("subject-1") == current(founded, SECOND).value.subject

    @promise(13)
    @pytest.mark.parametrize("step", [1, -1], ids=["giver_first", "taker_first"])
    def test_a_subject_can_be_handed_over_in_one_commit(self, founded: Store, step: int) -> None:
        commit(founded, make.member(), make.member(id="member-2", subject=subject("subject-2")))
        swapped = [make.member(subject=subject("subject-2")), make.member(id="member-2", subject=subject("subject-1"))]
        commit(founded, *swapped[::step])
        assert subject("subject-1") == current(founded, SECOND).value.subject

    @promise(13)
    @table("similar", OTHER_SUBJECTS)
    def test_subjects_are_compared_exactly(self, founded: Store, similar: Subject) -> None:
        commit(founded, make.member())
        commit(founded, make.member(id="member-2", subject=similar))
        assert similar == current(founded, SECOND).value.subject

    @promise(13)
    def test_any_number_of_members_may_have_no_subject_yet(self, founded: Store) -> None:
        names = ("member-1", "member-2", "member-3")
        for _ in range(2):
            commit(founded, *(make.member(id=name, state=MemberState.INVITED, subject=None) for name in names))
        assert [2, 2, 2] == [current(founded, Key(Kind.MEMBER, name)).version for name in names]

    @promise(13, 30)
    def test_a_subject_may_be_a_member_of_several_companies(self, founded: Store, other: Store) -> None:
        found(other)
        receipts = [commit(handle, make.member()) for handle in (founded, other)]
        assert [2, 2] == [receipt.sequence for receipt in receipts]

    # Standings that pages show

    @promise(14, 25)
    def test_a_page_shows_the_row_that_holds_the_day(self, store: Store) -> None:
        rows = (row(end=DAY), row(start=DAY, end=NEXT_DAY, verdict=BAD), row(start=NEXT_DAY))
        settle(store, standings=[update(*rows)])
        assert [rows[0], rows[0], rows[1], rows[2], rows[2]] == [
            standings(store, day)[CONTRACTOR.id] for day in (date.min, DAY_BEFORE, DAY, NEXT_DAY, date.max)
        ]

    @promise(14, 22)
    @table("parts", FIELDS)
    def test_a_row_comes_back_equal_to_what_was_stored(self, store: Store, parts: Parts) -> None:
        settle(store, standings=[update(row(**parts))])
        assert {CONTRACTOR.id: row(**parts)} == standings(store)

    @promise(14, 25)
    def test_a_page_shows_no_standing_without_rows_or_without_a_day(self, furnished: Store) -> None:
        before = standings(furnished)
        commit(furnished, standings=[update(row())])
        assert [{CONTRACTOR.id: None}] * 2 == [before, standings(furnished, None)]

    # Standings replaced in place

    @promise(14, 25)
    def test_new_rows_take_the_place_of_all_earlier_ones_also_on_days_that_they_leave_out(self, store: Store) -> None:
        settle(store, standings=[update(row(end=DAY), row(start=DAY, end=NEXT_DAY), row(start=NEXT_DAY))])
        commit(store, standings=[update(row(start=DAY, end=NEXT_DAY, verdict=BAD))])
        assert [None, BAD, None] == [verdict(store, day) for day in (DAY_BEFORE, DAY, NEXT_DAY)]

    @promise(14)
    def test_rows_may_come_with_their_contractor_and_leave_those_of_others_that_change(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        contractors = [make.contractor(legal_name="Renamed"), make.contractor(id="contractor-2"), make.gl_policy()]
        commit(store, *contractors, standings=[rated(BAD, 0, "contractor-2")])
        assert {"contractor-1": row(), "contractor-2": row("contractor-2", verdict=BAD)} == standings(store)

    @promise(14)
    def test_standings_of_a_contractor_that_is_not_there_are_refused(self, furnished: Store) -> None:
        with pytest.raises(InvalidValueError):
            commit(furnished, standings=[update(row("contractor-9"))], expects={contractor_key("contractor-9"): 0})

    # Generations of standings

    @promise(14)
    def test_the_generation_is_zero_until_a_commit_switches_and_then_stays(self, furnished: Store) -> None:
        generations = [furnished.head().generation]
        commit(furnished, switch_to=3)
        generations.append(furnished.head().generation)
        rename(furnished)
        assert [0, 3, 3] == [*generations, furnished.head().generation]

    @promise(14, 25)
    @table("commits, expected", GENERATIONS)
    def test_pages_and_filters_see_rows_once_a_commit_has_switched_to_their_generation(
        self, furnished: Store, commits: list[Switch], expected: Verdict | None
    ) -> None:
        for updates, generation in commits:
            commit(furnished, standings=updates, switch_to=generation)
        filtered = [rating for rating in Verdict if listed(furnished, on=DAY, verdicts={rating})]
        assert (expected, [expected] if expected else []) == (verdict(furnished), filtered)

    @promise(14)
    def test_a_contractor_without_rows_of_the_generation_has_those_of_the_latest_before(self, furnished: Store) -> None:
        commit(furnished, standings=[rated(BAD), rated(OPEN, 2), rated(GOOD, 5)])
        verdicts = []
        for generation in (1, 2, 4, 5, 9):
            commit(furnished, switch_to=generation)
            verdicts.append(verdict(furnished))
        assert [BAD, OPEN, OPEN, GOOD, GOOD] == verdicts

    @promise(14)
    def test_each_contractor_falls_back_on_its_own_rows(self, furnished: Store) -> None:
        commit(furnished, make.contractor(id="contractor-2"))
        commit(furnished, standings=[rated(BAD), rated(BAD, 0, "contractor-2")])
        commit(furnished, standings=[rated(GOOD, 1, "contractor-2")], switch_to=1)
        assert (BAD, GOOD) == (verdict(furnished), verdict(furnished, DAY, "contractor-2"))

    @promise(14)
    @table("parts", {"rows": {"standings": [rated(BAD, 1)]}, "switch": {"switch_to": 1}})
    def test_rows_and_switches_of_an_earlier_generation_are_refused(self, furnished: Store, parts: Parts) -> None:
        commit(furnished, standings=[rated(GOOD, 2)], switch_to=2)
        with pytest.raises(ConflictError):
            commit(furnished, **parts)
        assert GOOD is verdict(furnished)

    @promise(14, 30)
    def test_the_generation_belongs_to_one_company(self, store: Store, other: Store) -> None:
        for handle in (store, other):
            settle(handle, standings=[rated(GOOD), rated(BAD, 2)])
        commit(store, switch_to=2)
        assert [(2, BAD), (0, GOOD)] == [(handle.head().generation, verdict(handle)) for handle in (store, other)]
