"""What facts a domain value refuses: each row names what it refuses, where the fault stands and how to put it right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import (
    Address,
    AutoKind,
    Carrier,
    CarrierRating,
    CarrierStatus,
    CompanySettings,
    CoveredAutos,
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    Exclusions,
    FinancialStrength,
    Interval,
    License,
    LimitKind,
    Line,
    Member,
    MemberState,
    MinimumLimit,
    Participant,
    PayBasis,
    Payer,
    PayerChoice,
    PayRate,
    ReviewEvent,
    ReviewStatus,
    Role,
    State,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingSchedule,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

DAY = date(2026, 7, 1)
EVE = DAY - timedelta(days=1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BEFORE_NOON = NOON - timedelta(seconds=1)
PROOF = make.evidence()
PAID = PayerChoice(line=Line.GL, payer=Payer.CONTRACTOR)


def rated(*days: date) -> tuple[CarrierRating, ...]:
    return tuple(CarrierRating(strength=FinancialStrength.A, effective=day) for day in days)


def paid(*days: date) -> tuple[PayRate, ...]:
    return tuple(PayRate(effective=day, cents=1, basis=PayBasis.HOUR) for day in days)


def steps(*instants: datetime) -> tuple[EnrollmentEvent, ...]:
    return tuple(EnrollmentEvent(at=instant, state=EnrollmentState.STARTED) for instant in instants)


def reviewed(*instants: datetime) -> tuple[ReviewEvent, ...]:
    return tuple(ReviewEvent(at=instant, status=ReviewStatus.APPROVED) for instant in instants)


#: claim -> (the attempt, path of the fault, words of the fix)
REFUSED: dict[str, tuple[Callable[[], Any], str, str]] = {
    "an interval that ends on its first day": (
        lambda: Interval(DAY, DAY),
        "$.end",
        "must be after the start, 2026-07-01",
    ),
    "an interval that ends before it starts": (lambda: Interval(DAY, EVE), "$.end", "must be after the start"),
    "an address whose ZIP code has four digits": (
        lambda: Address(state=State.AL, postal_code="3610"),
        "$.postal_code",
        "must be a ZIP code",
    ),
    "an address whose ZIP code is not in ASCII digits": (
        lambda: Address(state=State.AL, postal_code="\u0661" * 5),
        "$.postal_code",
        "must be a ZIP code",
    ),
    "a company in no time zone": (lambda: make.company(zone="Mars/Olympus"), "$.zone", "America/Chicago"),
    "a window of cover that expires of less than no days": (
        lambda: CompanySettings(expiring_within_days=-1),
        "$.expiring_within_days",
        "must be 0 or more",
    ),
    "a license that expires on its first day": (
        lambda: License(state=State.CA, number="1", effective=DAY, expiration=DAY),
        "$.expiration",
        "must be after the first day, 2026-07-01",
    ),
    "a person who owns more than all": (
        lambda: make.person(ownership_percent=101),
        "$.ownership_percent",
        "must be 100 or less",
    ),
    "two people with one id": (
        lambda: make.contractor(people=(make.person(), make.person(name="Kim Sample"))),
        "$.people[1]",
        "repeats people[0]; keep one of them",
    ),
    "two payers of one line": (lambda: make.contractor(payers=(PAID, PAID)), "$.payers[1]", "repeats payers[0]"),
    "an opt-in whose steps go back in time": (
        lambda: Enrollment(id="e", events=steps(NOON, BEFORE_NOON)),
        "$.events[1].at",
        "is before the step before it",
    ),
    "an opt-in that begins with the state of no step": (
        lambda: make.enrollment(EnrollmentState.NOT_INVITED),
        "$.events[0].state",
        "leave the events empty",
    ),
    "an assignment that ends before it starts": (
        lambda: make.assignment(start=DAY, end=EVE),
        "$.end",
        "must not be before the start, 2026-07-01",
    ),
    "an assignment cancelled after work began": (
        lambda: make.assignment(start=EVE, end=None, cancelled_on=DAY),
        "$.cancelled_on",
        "set the end instead",
    ),
    "two pay rates from one day": (
        lambda: make.assignment(pay_rates=paid(DAY, DAY)),
        "$.pay_rates[1].effective",
        "must be after 2026-07-01",
    ),
    "pay rates out of order": (
        lambda: make.assignment(pay_rates=paid(DAY, EVE)),
        "$.pay_rates[1].effective",
        "must be after",
    ),
    "two payers of one line on an assignment": (
        lambda: make.assignment(payers=(PAID, PAID)),
        "$.payers[1]",
        "repeats payers[0]",
    ),
    "pay of less than nothing": (
        lambda: PayRate(effective=DAY, cents=-1, basis=PayBasis.HOUR),
        "$.cents",
        "must be 0 or more",
    ),
    "a document code with a space": (
        lambda: Evidence(level=EvidenceLevel.COPY, observed_on=DAY, document="ACORD 25"),
        "$.document",
        "acord_25",
    ),
    "evidence that is fresh for no day": (lambda: EvidenceRule(fresh_for_days=0), "$.fresh_for_days", "1 or more"),
    "an amount to carry below zero": (
        lambda: MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=-1),
        "$.cents",
        "must be 0 or more",
    ),
    "a products aggregate both shared and stated": (
        lambda: make.limits({LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 1}, products_in_general_aggregate=True),
        "$.products_in_general_aggregate",
        "contradicts a products aggregate stated beside it",
    ),
    "a carrier of six digits": (lambda: make.carrier(naic="123456"), "$.naic", "five digits of a NAIC"),
    "a carrier whose number is not in ASCII digits": (
        lambda: make.carrier(naic="\u0661" * 5),
        "$.naic",
        "five digits of a NAIC",
    ),
    "a rating of size sixteen": (
        lambda: CarrierRating(strength=FinancialStrength.A, size=16, effective=DAY),
        "$.size",
        "must be 15 or less",
    ),
    "the fund state of a carrier that is no state fund": (
        lambda: Carrier(name="Sample Mutual", status=CarrierStatus.ADMITTED, fund_state=State.OH),
        "$.fund_state",
        "belongs to a carrier whose status is state_fund",
    ),
    "two ratings from one day": (
        lambda: make.carrier(ratings=rated(DAY, DAY)),
        "$.ratings[1].effective",
        "must be after 2026-07-01",
    ),
    "ratings out of order": (
        lambda: make.carrier(ratings=rated(DAY, EVE)),
        "$.ratings[1].effective",
        "must be after 2026-07-01",
    ),
    "a continuous term with an expiration": (
        lambda: Term(effective=EVE, expiration=DAY, continuous=True, evidence=PROOF),
        "$.expiration",
        "record the end as a cancellation",
    ),
    "a term that expires on its first day": (
        lambda: make.term(DAY, DAY),
        "$.expiration",
        "must be after the effective date, 2026-07-01",
    ),
    "a retroactive date beside full prior acts": (
        lambda: TriggerTerms(trigger=Trigger.CLAIMS_MADE, retroactive_date=DAY, full_prior_acts=True, evidence=PROOF),
        "$.full_prior_acts",
        "contradicts the retroactive date",
    ),
    "an occurrence policy with a retroactive date": (
        lambda: TriggerTerms(trigger=Trigger.OCCURRENCE, retroactive_date=DAY, evidence=PROOF),
        "$.trigger",
        "an occurrence policy has no retroactive date",
    ),
    "an occurrence policy with full prior acts": (
        lambda: TriggerTerms(trigger=Trigger.OCCURRENCE, full_prior_acts=True, evidence=PROOF),
        "$.trigger",
        "an occurrence policy has no retroactive date",
    ),
    "a blanket endorsement with a schedule": (
        lambda: Endorsement(
            kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING,
            basis=EndorsementBasis.BLANKET,
            parties=("Sample Mills Corp",),
            evidence=PROOF,
        ),
        "$.parties",
        "make it scheduled",
    ),
    "an edition that is no month and year": (
        lambda: make.endorsement(EndorsementKind.OTHER, edition="13 04"),
        "$.edition",
        "must be month and year: 04 13",
    ),
    "excluded people where nobody is excluded": (
        lambda: Exclusions(any_excluded=False, excluded=("person-1",), evidence=PROOF),
        "$.any_excluded",
        "contradicts the people listed as excluded",
    ),
    "a person both excluded and included": (
        lambda: Exclusions(excluded=("person-1",), included=("person-2", "person-1"), evidence=PROOF),
        "$.included",
        "is listed as excluded as well",
    ),
    "a participant who leaves on the first day": (
        lambda: Participant(name="Sample Rigging LLC", effective=DAY, until=DAY),
        "$.until",
        "must be after the first day, 2026-07-01",
    ),
    "a general liability policy that sits on others": (
        lambda: make.gl_policy(underlying_schedules=(UnderlyingSchedule(evidence=PROOF),)),
        "$.underlying_schedules",
        "only umbrella and excess policies sit on others",
    ),
    "covered autos of general liability": (
        lambda: make.gl_policy(covered_autos=(CoveredAutos(kinds=frozenset({AutoKind.HIRED}), evidence=PROOF),)),
        "$.covered_autos",
        "only an auto policy has them; state hired or non-owned autos as endorsements",
    ),
    "a source that ticks no autos": (
        lambda: CoveredAutos(kinds=frozenset(), evidence=PROOF),
        "$.kinds",
        "says nothing of covered autos; leave the statement out",
    ),
    "a general liability policy with states in 3.A": (
        lambda: make.gl_policy(states=(StatesCovered(evidence=PROOF),)),
        "$.states",
        "only a workers' compensation policy lists states",
    ),
    "an umbrella that excludes owners": (
        lambda: make.umbrella_policy(exclusions=(Exclusions(evidence=PROOF),)),
        "$.exclusions",
        "only a workers' compensation policy excludes owners",
    ),
    "a certificate whose review goes back in time": (
        lambda: make.certificate(review=reviewed(NOON, BEFORE_NOON)),
        "$.review[1].at",
        "is before the step before it",
    ),
    "a certificate whose status is not that of its last step": (
        lambda: make.certificate(status=ReviewStatus.DENIED, review=reviewed(NOON)),
        "$.status",
        "differs from the last step, approved",
    ),
    "an active member without an identity": (
        lambda: Member(id="m", name="Sam", state=MemberState.ACTIVE),
        "$.subject",
        "a member who is active has arrived and so has an identity",
    ),
    "a suspended member without an identity": (
        lambda: Member(id="m", name="Sam", state=MemberState.SUSPENDED),
        "$.subject",
        "a member who is suspended has arrived",
    ),
    "a permission in capitals": (
        lambda: Role(id="r", title="Admin", permissions=frozenset({"Add"})),
        "$.permissions[0]",
        "must be lower case words joined by underscores",
    ),
    "a blank id": (lambda: make.client(id=" "), "$.id", "must not be blank"),
    "an empty name": (lambda: make.contractor(legal_name=""), "$.legal_name", "leave the field out"),
}


@pytest.mark.parametrize(("attempt", "path", "fix"), REFUSED.values(), ids=REFUSED.keys())
def test_a_fact_that_contradicts_itself_is_refused_with_its_path_and_fix(
    attempt: Callable[[], Any], path: str, fix: str
) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        attempt()

    assert [path] == [fault.path for fault in refusal.value.faults]
    assert fix in refusal.value.faults[0].problem
