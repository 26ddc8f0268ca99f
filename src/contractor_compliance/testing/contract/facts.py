"""Facts and members: what a commit must not break, what a removal leaves, and whose a subject is."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from typing import Any

import pytest

from contractor_compliance.domain import MemberState, Missing, Subject
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.storage import Key, Kind, Put, Store, UnboundStore, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    CONTRACTOR,
    changes,
    commit,
    contractor_key,
    current,
    fact_key,
    found,
    settle,
    version_of,
)

__all__ = ["FactsContract"]

ASSIGNMENT = fact_key(Kind.ASSIGNMENT, "assignment-1")
POLICY = fact_key(Kind.POLICY, "policy-general_liability")
CERTIFICATE = fact_key(Kind.CERTIFICATE, "certificate-1")
MEMBER = Key(Kind.MEMBER, "member-1")

READ_FROM_CERTIFICATE = make.evidence(certificate_id="certificate-1")
#: Facts of the settled sample contractor, each of which refers to something that is not there.
DANGLING = {
    "client": make.assignment(client_id="client-9"),
    "job_code_id": make.assignment(job_code_id="RIG-9"),
    "worker": make.assignment(worker="person-9"),
    "assignment_of_a_policy": make.gl_policy(assignment_id="assignment-9"),
    "certificate_of_a_policy": make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE)),
    "certificate_of_the_list_of_endorsements": make.gl_policy(endorsements_complete=READ_FROM_CERTIFICATE),
    "certificate_of_an_exemption": make.exemption(terms=(make.term(evidence=READ_FROM_CERTIFICATE),)),
    "assignment_of_a_waiver": make.waiver(assignment_id="assignment-9"),
    "policy_of_a_waiver": make.waiver(policy_id="policy-9"),
    "certificate_of_a_waiver": make.waiver(certificate_id="certificate-9"),
}
ALONE = {"client_id": None, "job_code_id": None, "worker": Missing.ABSENT}
FACTS_ALONE = (
    make.assignment(**ALONE),
    make.gl_policy(),
    make.certificate(),
    make.exemption(),
    make.enrollment(),
    make.waiver(),
)
each_fact = pytest.mark.parametrize("fact", FACTS_ALONE, ids=[type(each).__name__ for each in FACTS_ALONE])


def subject(name: str, issuer: str = "https://id.example.com") -> Subject:
    """Return an identity."""
    return Subject(issuer=issuer, subject=name)


class FactsContract(Contract):
    """Promises 12 and 13."""

    # What a fact refers to is on file

    @promise(12)
    @each_fact
    def test_a_fact_needs_its_contractor(self, store: Store, fact: Any) -> None:
        found(store)

        with pytest.raises(InvalidValueError):
            commit(store, fact)

    @promise(12)
    @each_fact
    def test_a_fact_may_come_with_its_contractor(self, store: Store, fact: Any) -> None:
        found(store)
        commit(store, fact, make.contractor())
        (record,) = store.get([put(fact, CONTRACTOR.id).key])

        assert fact == (record and record.value)

    @promise(12)
    @pytest.mark.parametrize("fact", list(DANGLING.values()), ids=list(DANGLING))
    def test_a_fact_that_refers_to_what_is_not_there_is_refused(self, store: Store, fact: Any) -> None:
        settle(store)

        with pytest.raises(InvalidValueError):
            commit(store, fact)

    @promise(12)
    def test_what_is_not_there_is_named(self, store: Store) -> None:
        settle(store)
        refused = changes(store, make.assignment(client_id="client-8", job_code_id="RIG-9"))

        with pytest.raises(InvalidValueError) as caught:
            store.commit(refused)

        assert (True, True) == ("client-8" in str(caught.value), "RIG-9" in str(caught.value))

    @promise(12)
    def test_what_a_fact_refers_to_may_come_in_the_same_commit_and_after_it(self, store: Store) -> None:
        settle(store)
        commit(
            store,
            make.waiver(policy_id="policy-general_liability", certificate_id="certificate-1"),
            make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE), assignment_id="assignment-2"),
            make.assignment(id="assignment-2", client_id="client-2"),
            make.certificate(),
            make.client(id="client-2"),
        )

        assert 2 == version_of(store, CONTRACTOR)

    @promise(12)
    def test_what_another_contractor_has_is_not_there_for_this_one(self, store: Store) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"), make.certificate(), of="contractor-2")

        with pytest.raises(InvalidValueError):
            commit(store, make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE)))

    @promise(12)
    def test_a_contractor_keeps_the_people_that_its_assignments_name(self, store: Store) -> None:
        settle(store)

        with pytest.raises(InvalidValueError):
            commit(store, make.contractor(people=()))

    @promise(12)
    def test_every_contractor_of_a_commit_is_looked_at(self, store: Store) -> None:
        settle(store)
        refused = changes(
            store,
            make.gl_policy(),
            make.contractor(id="contractor-2"),
            put(make.assignment(client_id="client-9"), "contractor-2"),
        )

        with pytest.raises(InvalidValueError):
            store.commit(refused)

    # Removal

    @promise(12)
    def test_a_fact_that_is_removed_is_not_on_file_any_more(self, store: Store) -> None:
        settle(store)
        commit(store, removes=[ASSIGNMENT])

        assert (None,) == store.get([ASSIGNMENT])

    @promise(12)
    def test_a_fact_that_was_never_there_cannot_be_removed(self, store: Store) -> None:
        settle(store)

        with pytest.raises(InvalidValueError):
            commit(store, removes=[POLICY])

    @promise(12)
    def test_a_fact_cannot_be_removed_twice(self, store: Store) -> None:
        settle(store)
        commit(store, removes=[ASSIGNMENT])

        with pytest.raises(InvalidValueError):
            commit(store, removes=[ASSIGNMENT])

    @promise(12)
    def test_the_fact_of_another_contractor_cannot_be_removed(self, store: Store) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"))

        with pytest.raises(InvalidValueError):
            commit(store, removes=[fact_key(Kind.ASSIGNMENT, "assignment-1", "contractor-2")])

    @promise(12)
    def test_a_fact_that_another_refers_to_cannot_be_removed(self, store: Store) -> None:
        settle(store)
        commit(store, make.certificate(), make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE)))

        with pytest.raises(InvalidValueError):
            commit(store, removes=[CERTIFICATE])

    @promise(12)
    def test_a_fact_can_be_removed_together_with_what_refers_to_it(self, store: Store) -> None:
        settle(store)
        commit(store, make.certificate(), make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE)))
        commit(store, removes=[CERTIFICATE, POLICY])

        assert (None, None) == store.get([CERTIFICATE, POLICY])

    @promise(12)
    def test_a_fact_can_be_removed_when_what_refers_to_it_lets_go(self, store: Store) -> None:
        settle(store)
        commit(store, make.certificate(), make.gl_policy(term=make.term(evidence=READ_FROM_CERTIFICATE)))
        commit(store, make.gl_policy(), removes=[CERTIFICATE])

        assert (None,) == store.get([CERTIFICATE])

    @promise(12, 24)
    def test_a_fact_can_be_recorded_again_after_it_was_removed(self, store: Store) -> None:
        settle(store)
        commit(store, removes=[ASSIGNMENT])
        commit(store, make.assignment(title="Again"))

        assert ("Again", 3) == (current(store, ASSIGNMENT).value.title, current(store, ASSIGNMENT).version)

    @promise(12)
    def test_a_fact_that_was_removed_is_not_there_to_refer_to(self, store: Store) -> None:
        settle(store)
        commit(store, make.certificate())
        commit(store, removes=[CERTIFICATE])

        with pytest.raises(InvalidValueError):
            commit(store, make.waiver(certificate_id="certificate-1"))

    @promise(12)
    def test_the_facts_of_one_contractor_are_apart_from_those_of_another(self, store: Store) -> None:
        settle(store)
        commit(store, make.contractor(id="contractor-2"), make.assignment(title="Other"), of="contractor-2")
        commit(store, removes=[ASSIGNMENT])
        other = fact_key(Kind.ASSIGNMENT, "assignment-1", "contractor-2")

        assert (None, "Other", 2, 1) == (
            store.get([ASSIGNMENT])[0],
            current(store, other).value.title,
            version_of(store, CONTRACTOR),
            version_of(store, contractor_key("contractor-2")),
        )

    # Subjects

    @promise(13)
    def test_a_subject_that_is_a_member_is_not_taken_as_another(self, store: Store) -> None:
        found(store)
        commit(store, make.member())

        with pytest.raises(InvalidValueError):
            commit(store, make.member(id="member-2"))

    @promise(13)
    def test_a_subject_is_not_taken_as_two_members_of_one_commit(self, store: Store) -> None:
        found(store)

        with pytest.raises(InvalidValueError):
            commit(store, make.member(), make.member(id="member-2"))

    @promise(13)
    def test_a_member_keeps_its_subject(self, store: Store) -> None:
        found(store)
        commit(store, make.member())
        commit(store, make.member(name="Sam Renamed"))

        assert "Sam Renamed" == current(store, MEMBER).value.name

    @promise(13)
    def test_a_subject_that_was_given_up_can_be_taken(self, store: Store) -> None:
        found(store)
        commit(store, make.member())
        commit(store, make.member(subject=subject("subject-2")))
        commit(store, make.member(id="member-2"))

        assert subject("subject-1") == current(store, Key(Kind.MEMBER, "member-2")).value.subject

    @promise(13)
    @pytest.mark.parametrize("giver_is_first", [True, False])
    def test_a_subject_can_be_handed_over_in_one_commit(self, store: Store, *, giver_is_first: bool) -> None:
        found(store)
        commit(store, make.member(), make.member(id="member-2", subject=subject("subject-2")))
        swapped = [make.member(subject=subject("subject-2")), make.member(id="member-2", subject=subject("subject-1"))]
        commit(store, *(swapped if giver_is_first else reversed(swapped)))

        assert subject("subject-1") == current(store, Key(Kind.MEMBER, "member-2")).value.subject

    @promise(13)
    @pytest.mark.parametrize(
        "other",
        [
            subject("Subject-1"),
            subject("subject-1 "),
            subject("subject-1", "https://other.example.com"),
            subject("https://id.example.com", "subject-1"),
        ],
        ids=["case", "blank", "issuer", "turned_round"],
    )
    def test_subjects_are_compared_exactly(self, store: Store, other: Subject) -> None:
        found(store)
        commit(store, make.member())
        commit(store, make.member(id="member-2", subject=other))

        assert other == current(store, Key(Kind.MEMBER, "member-2")).value.subject

    @promise(13)
    def test_any_number_of_members_may_have_no_subject_yet(self, store: Store) -> None:
        found(store)
        invited = [_invited(f"member-{number}") for number in range(1, 4)]
        commit(store, *invited)
        commit(store, *invited)

        assert [2, 2, 2] == [version_of(store, each.key) for each in invited]

    @promise(13)
    def test_a_subject_of_a_member_who_was_removed_from_the_company_is_still_taken(self, store: Store) -> None:
        found(store)
        commit(store, make.member(state=MemberState.REMOVED))

        with pytest.raises(InvalidValueError):
            commit(store, make.member(id="member-2"))

    @promise(13, 30)
    def test_a_subject_may_be_a_member_of_several_companies(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        for each in (store, other):
            found(each)
            commit(each, make.member())

        assert current(store, MEMBER).value == current(other, MEMBER).value


def _invited(member_id: str) -> Put:
    return put(make.member(id=member_id, state=MemberState.INVITED, subject=None))
