"""Sample companies, people and work, and the dossier that holds every record of one contractor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from contractor_compliance.domain import (
    Address,
    Assignment,
    CardRate,
    Carrier,
    Certificate,
    Client,
    Company,
    Contractor,
    Dossier,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    EntityType,
    Exemption,
    Industry,
    JobCode,
    Line,
    Member,
    MemberState,
    PartyRole,
    PayBasis,
    PayRate,
    Person,
    Policy,
    Rate,
    RateBasis,
    RateCard,
    RateType,
    Role,
    State,
    Subject,
    Waiver,
    WrittenContract,
)
from contractor_compliance.testing.factories.constants import (
    CONTRACTOR_NAME,
    TERM_END,
    TERM_START,
    WORK_END,
    WORK_START,
)
from contractor_compliance.testing.factories.policies import carrier

__all__ = [
    "assignment",
    "card_rate",
    "client",
    "company",
    "contractor",
    "dossier",
    "enrollment",
    "job_code",
    "member",
    "person",
    "rate",
    "rate_card",
    "role",
]


def company(**changes: Any) -> Company:
    """Return Sample Staffing Inc, `company-1`."""
    return Company(**{"id": "company-1", "name": "Sample Staffing Inc", **changes})


def client(**changes: Any) -> Client:
    """Return Sample Mills Corp, `client-1`."""
    return Client(**{"id": "client-1", "name": "Sample Mills Corp", **changes})


def job_code(**changes: Any) -> JobCode:
    """Return the approved job code `RIG-1`."""
    usual = {"id": "RIG-1", "title": "Rigging of stage equipment", "industry": Industry.OTHER}
    return JobCode(**{**usual, **changes})


def person(**changes: Any) -> Person:
    """Return the contractor's owner, `person-1`."""
    return Person(**{"id": "person-1", "name": "Pat Sample", "ownership_percent": 100, **changes})


def contractor(**changes: Any) -> Contractor:
    """Return Sample Rigging LLC of Alabama, `contractor-1`: one owner, no employees."""
    usual = {
        "id": "contractor-1",
        "legal_name": CONTRACTOR_NAME,
        "entity_type": EntityType.LLC,
        "home_address": Address(state=State.AL, locality="Montgomery", postal_code="36104"),
        "people": (person(),),
        "has_employees": False,
    }
    return Contractor(**{**usual, **changes})


def assignment(**changes: Any) -> Assignment:
    """Return `assignment-1`: the owner works for the client in Alabama under a written contract."""
    usual = {
        "id": "assignment-1",
        "start": WORK_START,
        "end": WORK_END,
        "client_id": "client-1",
        "job_code_id": "RIG-1",
        "work_states": frozenset({State.AL}),
        "worker": "person-1",
        "contracts": (
            WrittenContract(
                with_party=PartyRole.COMPANY,
                signed_on=date(2026, 2, 2),
                additional_insureds=frozenset({PartyRole.CLIENT}),
            ),
        ),
        "pay_rates": (PayRate(effective=WORK_START, cents=4_500, basis=PayBasis.HOUR),),
    }
    return Assignment(**{**usual, **changes})


def enrollment(*states: EnrollmentState, **changes: Any) -> Enrollment:
    """Return an opt-in that went through `states`, a day apart; default: invited, started, completed."""
    steps = states or (EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.COMPLETED)
    usual = {
        "id": "enrollment-1",
        "lines": frozenset({Line.GL}),
        "work_state": State.AL,
        "events": tuple(
            EnrollmentEvent(at=datetime(2026, 2, day, 15, tzinfo=UTC), state=state)
            for day, state in enumerate(steps, start=1)
        ),
    }
    return Enrollment(**{**usual, **changes})


def member(**changes: Any) -> Member:
    """Return an active member of the company, `member-1`, with the role `role-1`."""
    usual = {
        "id": "member-1",
        "name": "Sam Sample",
        "state": MemberState.ACTIVE,
        "subject": Subject(issuer="https://id.example.com", subject="subject-1"),
        "roles": frozenset({"role-1"}),
    }
    return Member(**{**usual, **changes})


def role(**changes: Any) -> Role:
    """Return a role, `role-1`, that may add contractors and assignments."""
    usual = {
        "id": "role-1",
        "title": "Recruiter",
        "permissions": frozenset({"add_contractor", "add_assignment"}),
    }
    return Role(**{**usual, **changes})


def rate(**changes: Any) -> Rate:
    """Return a negotiated rate for the year 2026: 4.85 dollars for each 100 dollars of pay."""
    usual = {
        "micros": 4_850_000,
        "type": RateType.NET,
        "basis": RateBasis.PER_100_PAY,
        "scheme": "Sample Bureau",
        "class_code": "5191",
        "effective": TERM_START,
        "until": TERM_END,
        "source": "Sample quote of December 2025",
    }
    return Rate(**{**usual, **changes})


def card_rate(**changes: Any) -> CardRate:
    """Return the rate of workers' compensation for the sample job code in Alabama."""
    return CardRate(**{"job_code_id": "RIG-1", "line": Line.WC, "state": State.AL, "rate": rate(), **changes})


def rate_card(*rates: CardRate, **changes: Any) -> RateCard:
    """Return `rate-card-1` with `rates`; default: workers' compensation for the sample job code in Alabama."""
    return RateCard(**{"id": "rate-card-1", "title": "Sample rates", "rates": rates or (card_rate(),), **changes})


#: Where `dossier` puts each kind of record.
_FIELDS: dict[type, str] = {
    Client: "clients",
    JobCode: "job_codes",
    Assignment: "assignments",
    Policy: "policies",
    Carrier: "carriers",
    Certificate: "certificates",
    Exemption: "exemptions",
    Enrollment: "enrollments",
    Waiver: "waivers",
}


def dossier(*records: Any, **changes: Any) -> Dossier:
    """Return all that is known of the sample contractor, with `records` each in its place.

    The sample company, contractor, client, job code, assignment and carrier are there unless others are given:
    `dossier(gl_policy(), wc_policy())`, `dossier(assignment(end=None), gl_policy())`, `dossier(contractor=...)`.

    Raises:
        TypeError: For a record that a dossier does not hold.
    """
    fields: dict[str, Any] = {"company": company(), "contractor": contractor()}
    for record in records:
        if type(record) not in _FIELDS:
            raise TypeError(f"a dossier holds no {type(record).__name__}; give company and contractor by keyword")
        name = _FIELDS[type(record)]
        fields[name] = (*fields.get(name, ()), record)
    usual = {
        "clients": (client(),),
        "job_codes": (job_code(),),
        "assignments": (assignment(),),
        "carriers": (carrier(),),
    }
    return Dossier(**{**usual, **fields, **changes})
