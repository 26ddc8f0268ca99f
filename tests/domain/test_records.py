"""What the records about people, work and cover answer for themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from contractor_compliance.domain import (
    Address,
    ApplicationStep,
    AssignmentStatus,
    ClassCode,
    EndorsementKind,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    EvidenceLevel,
    ExemptionKind,
    FinancialStrength,
    Industry,
    JobCodeStatus,
    LimitKind,
    Member,
    MemberState,
    Missing,
    PartyRole,
    PayBasis,
    PayRate,
    ReviewEvent,
    ReviewStatus,
    State,
    StateList,
    StateListKind,
    Subject,
    WrittenContract,
)
from contractor_compliance.testing import factories as make

START, END = date(2026, 3, 2), date(2026, 9, 30)
DAY = timedelta(days=1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
WORK = make.assignment(start=START, end=END)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (START - DAY, AssignmentStatus.UPCOMING),
        (START, AssignmentStatus.ACTIVE),
        (END, AssignmentStatus.ACTIVE),
        (END + DAY, AssignmentStatus.ENDED),
    ],
)
def test_both_ends_of_an_assignment_are_worked_days(day: date, status: AssignmentStatus) -> None:
    assert status is WORK.status_on(day)


def test_an_assignment_of_one_day_is_active_on_it() -> None:
    assert AssignmentStatus.ACTIVE is make.assignment(start=START, end=START).status_on(START)


def test_an_open_assignment_never_ends() -> None:
    assert AssignmentStatus.ACTIVE is make.assignment(end=None).status_on(date.max)


@pytest.mark.parametrize(
    ("day", "status"), [(START - 2 * DAY, AssignmentStatus.UPCOMING), (START - DAY, AssignmentStatus.CANCELLED)]
)
def test_an_assignment_is_cancelled_from_its_cancellation_on(day: date, status: AssignmentStatus) -> None:
    assert status is make.assignment(cancelled_on=START - DAY).status_on(day)


def test_an_assignment_may_be_cancelled_on_its_first_day() -> None:
    assert AssignmentStatus.CANCELLED is make.assignment(cancelled_on=START).status_on(START)


@pytest.mark.parametrize("day", [START - DAY, START, END + DAY])
def test_an_assignment_on_hold_is_upcoming_whatever_the_day(day: date) -> None:
    assert AssignmentStatus.UPCOMING is attrs.evolve(WORK, on_hold=True).status_on(day)


def test_an_assignment_on_hold_can_be_cancelled() -> None:
    held = make.assignment(on_hold=True, cancelled_on=START)

    assert AssignmentStatus.CANCELLED is held.status_on(START)


@pytest.mark.parametrize(("day", "cents"), [(START - DAY, None), (START, 10), (END - DAY, 10), (END, 20)])
def test_a_pay_rate_holds_from_its_first_day_until_the_next(day: date, cents: int | None) -> None:
    rates = tuple(
        PayRate(effective=first, cents=amount, basis=PayBasis.HOUR) for first, amount in ((START, 10), (END, 20))
    )
    rate = make.assignment(pay_rates=rates).pay_rate_on(day)

    assert cents == (rate and rate.cents)


def test_the_contract_date_is_that_of_the_earliest_contract() -> None:
    contracts = tuple(WrittenContract(with_party=PartyRole.COMPANY, signed_on=day) for day in (END, START - DAY))

    assert START - DAY == make.assignment(contracts=contracts).contract_date


def test_the_contract_date_is_the_start_where_there_is_no_contract() -> None:
    assert START == make.assignment(start=START, contracts=()).contract_date


def test_an_opt_in_without_steps_was_not_invited() -> None:
    assert EnrollmentState.NOT_INVITED is Enrollment(id="e").state


def test_an_opt_in_stands_where_its_last_step_led() -> None:
    assert EnrollmentState.OPTED_OUT is make.enrollment(EnrollmentState.COMPLETED, EnrollmentState.OPTED_OUT).state


def test_steps_at_one_instant_keep_their_order() -> None:
    events = tuple(
        EnrollmentEvent(at=NOON, state=state) for state in (EnrollmentState.STARTED, EnrollmentState.INELIGIBLE)
    )

    assert EnrollmentState.INELIGIBLE is Enrollment(id="e", events=events).state


def test_the_page_of_an_application_is_the_last_one_named() -> None:
    events = (
        EnrollmentEvent(at=NOON, state=EnrollmentState.STARTED, step=ApplicationStep.FINAL_REVIEW),
        EnrollmentEvent(at=NOON, state=EnrollmentState.STARTED),
    )

    assert ApplicationStep.FINAL_REVIEW is Enrollment(id="e", events=events).step


def test_an_application_not_begun_is_on_no_page() -> None:
    assert Enrollment(id="e").step is None


def test_the_home_state_is_that_of_the_home_address() -> None:
    assert State.AL is make.contractor().home_state


def test_a_contractor_without_an_address_has_no_home_state() -> None:
    assert make.contractor(home_address=None).home_state is None


TEXAS, ALABAMA = Address(state=State.TX), Address(state=State.AL)


@pytest.mark.parametrize(
    ("home", "mailing", "zone", "expected"),
    [
        (ALABAMA, None, None, "America/Chicago"),
        (TEXAS, ALABAMA, None, "America/Chicago"),
        (ALABAMA, TEXAS, None, None),
        (ALABAMA, TEXAS, "America/Denver", "America/Denver"),
        (None, None, None, None),
    ],
    ids=["home", "mailing before home", "a state of two zones", "the zone said", "nothing known"],
)
def test_cover_is_read_in_the_zone_of_the_mailing_address(
    home: Address | None, mailing: Address | None, zone: str | None, expected: str | None
) -> None:
    assert expected == make.contractor(home_address=home, mailing_address=mailing, zone=zone).cover_zone


def test_the_ladder_of_evidence_rises_from_declared_to_platform() -> None:
    expected = [
        EvidenceLevel.DECLARED,
        EvidenceLevel.CERTIFICATE,
        EvidenceLevel.DESCRIPTION,
        EvidenceLevel.COPY,
        EvidenceLevel.CONFIRMED,
        EvidenceLevel.PLATFORM,
    ]

    assert expected == sorted(EvidenceLevel, key=lambda level: level.rank)


def test_only_approved_and_flagged_certificates_supply_facts() -> None:
    assert {ReviewStatus.APPROVED, ReviewStatus.FLAGGED} == {
        review_status for review_status in ReviewStatus if review_status.supplies_facts
    }


def test_a_certificate_may_be_reviewed_in_two_steps_at_one_instant() -> None:
    review = tuple(ReviewEvent(at=NOON, status=status) for status in (ReviewStatus.PENDING, ReviewStatus.DENIED))

    assert review == make.certificate(status=ReviewStatus.DENIED, review=review).review


def test_only_self_insurance_and_extraterritorial_exemptions_cover_employees() -> None:
    expected = {ExemptionKind.SELF_INSURANCE, ExemptionKind.EXTRATERRITORIAL}

    assert expected == {kind for kind in ExemptionKind if kind.covers_employees}


def test_financial_strength_falls_from_a_plus_plus_to_not_rated() -> None:
    expected = ["A++", "A+", "A", "A-", "B++", "B+", "B", "B-", "C++", "C+", "C", "C-", "D", "E", "F", "S", "NR"]

    assert expected == [
        financial_strength.value
        for financial_strength in sorted(FinancialStrength, key=lambda strength: strength.place)
    ]


def test_three_endorsements_add_an_insured() -> None:
    expected = {
        EndorsementKind.ADDITIONAL_INSURED_ONGOING,
        EndorsementKind.ADDITIONAL_INSURED_COMPLETED,
        EndorsementKind.ADDITIONAL_INSURED_LESSOR,
    }

    assert expected == {kind for kind in EndorsementKind if kind.is_additional_insured}


@pytest.mark.parametrize("kind", EndorsementKind, ids=lambda kind: kind.value)
def test_an_endorsement_has_a_name_for_people(kind: EndorsementKind) -> None:
    assert "_" not in kind.label


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (StateListKind.LISTED, State.AL, True),
        (StateListKind.LISTED, State.TX, False),
        (StateListKind.ALL_EXCEPT, State.AL, False),
        (StateListKind.ALL_EXCEPT, State.TX, True),
    ],
)
def test_a_list_of_states_holds_the_listed_states_or_all_others(
    kind: StateListKind, state: State, expected: bool
) -> None:
    assert expected is (state in StateList(kind=kind, states=frozenset({State.AL})))


def test_all_states_except_none_is_every_state() -> None:
    assert all(state in StateList(kind=StateListKind.ALL_EXCEPT) for state in State)


def test_a_stated_limit_is_its_amount() -> None:
    assert 5 == make.limits({LimitKind.EACH_CLAIM: 5}).stated(LimitKind.EACH_CLAIM)


@pytest.mark.parametrize("missing", Missing)
def test_a_limit_not_stated_is_not_zero(missing: Missing) -> None:
    assert missing is make.limits({LimitKind.EACH_CLAIM: missing}).stated(LimitKind.EACH_CLAIM)


def test_an_excluded_limit_is_zero() -> None:
    assert 0 == make.limits({LimitKind.MEDICAL_EXPENSE: 0}).stated(LimitKind.MEDICAL_EXPENSE)


def test_a_shared_products_aggregate_is_the_general_aggregate() -> None:
    shared = make.limits({LimitKind.GENERAL_AGGREGATE: 7}, products_in_general_aggregate=True)

    assert 7 == shared.stated(LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE)


def test_a_job_code_is_approved_unless_said_otherwise() -> None:
    assert JobCodeStatus.APPROVED is make.job_code().status


def test_a_job_code_may_have_classes_of_several_schemes() -> None:
    classes = (ClassCode(scheme="NCCI", code="9534"), ClassCode(scheme="WA", code="1501-06", state=State.WA))

    assert classes == make.job_code(class_codes=classes, industry=Industry.CONSTRUCTION).class_codes


@pytest.mark.parametrize("state", [MemberState.INVITED, MemberState.REMOVED])
def test_a_member_who_has_not_accepted_or_was_removed_needs_no_identity(state: MemberState) -> None:
    assert Member(id="m", name="Sam", state=state).subject is None


def test_an_identity_is_of_its_provider() -> None:
    assert Subject(issuer="https://a.example", subject="1") != Subject(issuer="https://b.example", subject="1")
