"""Sample values for tests: sound defaults, deterministic ids, and every field open to change by keyword.

The samples fit each other. `dossier(gl_policy(), wc_policy())` is one contractor at work in Alabama from March to
September 2026 with cover for all of 2026, and `rulebook(gl_requirement(), wc_requirement())` asks for just that.
All names are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, get_args, get_origin

import attrs

from contractor_compliance import domain
from contractor_compliance.domain import (
    EndorsementKind,
    EnrollmentState,
    EvidenceLevel,
    LimitKind,
    Line,
    PartyRole,
    State,
)

__all__ = [
    "CONTRACTOR_NAME",
    "MILLION",
    "OBSERVED_ON",
    "TERM_END",
    "TERM_START",
    "WORK_END",
    "WORK_START",
    "all_of",
    "any_of",
    "as_stated",
    "assignment",
    "auto_policy",
    "auto_requirement",
    "bond",
    "bond_requirement",
    "cancellation",
    "card_rate",
    "carrier",
    "certificate",
    "client",
    "combined_requirement",
    "company",
    "contractor",
    "custom_requirement",
    "dossier",
    "el_requirement",
    "endorsement",
    "endorsement_rule",
    "enrollment",
    "evidence",
    "exemption",
    "exemption_requirement",
    "gl_policy",
    "gl_requirement",
    "identified",
    "insured",
    "job_code",
    "limits",
    "member",
    "minimum_limits",
    "occupational_accident_requirement",
    "person",
    "policy",
    "rate",
    "rate_card",
    "reinstatement",
    "requirement",
    "requirement_set",
    "role",
    "rulebook",
    "term",
    "umbrella_policy",
    "umbrella_requirement",
    "waiver",
    "wc_policy",
    "wc_requirement",
]

V = TypeVar("V", bound=domain.Value)

#: One million dollars in cents.
MILLION = 100_000_000
#: First day of the sample policies, which run for the year 2026.
TERM_START = date(2026, 1, 1)
#: The day on which the sample policies expire.
TERM_END = date(2027, 1, 1)
#: Day on which the sample statements were read, before the policies began.
OBSERVED_ON = date(2025, 12, 15)
#: First worked day of the sample assignment.
WORK_START = date(2026, 3, 2)
#: Last worked day of the sample assignment.
WORK_END = date(2026, 9, 30)
#: Legal name of the sample contractor, and so of the insured.
CONTRACTOR_NAME = "Sample Rigging LLC"

_CARRIER = {"name": "Sample Mutual Insurance Company", "naic": "99901"}
_INSURER = {f"carrier_{field}": text for field, text in _CARRIER.items()}
_LAYER_LIMITS = {LimitKind.EACH_OCCURRENCE: 5 * MILLION, LimitKind.AGGREGATE: 5 * MILLION}
_CLAIM_LIMITS = {LimitKind.EACH_CLAIM: MILLION, LimitKind.AGGREGATE: 2 * MILLION}
_EL_LIMITS = {
    LimitKind.EL_EACH_ACCIDENT: MILLION,
    LimitKind.EL_DISEASE_EACH_EMPLOYEE: MILLION,
    LimitKind.EL_DISEASE_POLICY_LIMIT: MILLION,
}
#: Limits that a policy usually states, in cents, by line; any other line has limits by claim.
_USUAL_LIMITS: Mapping[Line, Mapping[LimitKind, int]] = {
    Line.GL: {
        LimitKind.EACH_OCCURRENCE: MILLION,
        LimitKind.DAMAGE_TO_RENTED_PREMISES: 10_000_000,
        LimitKind.MEDICAL_EXPENSE: 500_000,
        LimitKind.PERSONAL_AND_ADVERTISING_INJURY: MILLION,
        LimitKind.GENERAL_AGGREGATE: 2 * MILLION,
        LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 2 * MILLION,
    },
    Line.AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: MILLION},
    Line.PERSONAL_AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: MILLION},
    Line.UMBRELLA: _LAYER_LIMITS,
    Line.EXCESS: _LAYER_LIMITS,
    Line.SURETY_BOND: {LimitKind.PENAL_SUM: 2_500_000},
    Line.WC: _EL_LIMITS,
    Line.EL: _EL_LIMITS,
    Line.STOP_GAP: _EL_LIMITS,
}


def usual_limits(line: Line) -> Mapping[LimitKind, int]:
    """Return the limits that a sample policy of a line states where the caller gives none, in cents."""
    return _USUAL_LIMITS.get(line, _CLAIM_LIMITS)


def _sample(cls: type[V], changes: Mapping[str, Any], **usual: Any) -> V:
    """Return a value with the usual fields, except those that the caller changes."""
    return cls(**(usual | dict(changes)))


# The company, its people and its clients.


def company(**changes: Any) -> domain.Company:
    """Return Sample Staffing Inc, the company `company-1`."""
    return _sample(domain.Company, changes, id="company-1", name="Sample Staffing Inc")


def client(**changes: Any) -> domain.Client:
    """Return Sample Mills Corp, the client `client-1`."""
    return _sample(domain.Client, changes, id="client-1", name="Sample Mills Corp")


def job_code(**changes: Any) -> domain.JobCode:
    """Return the approved job code `RIG-1`, for rigging."""
    title = "Rigging of stage equipment"
    return _sample(domain.JobCode, changes, id="RIG-1", title=title, industry=domain.Industry.OTHER)


def member(**changes: Any) -> domain.Member:
    """Return an active member of the company, `member-1`, with the role `role-1`."""
    return _sample(
        domain.Member,
        changes,
        id="member-1",
        name="Sam Sample",
        state=domain.MemberState.ACTIVE,
        subject=domain.Subject(issuer="https://id.example.com", subject="subject-1"),
        roles=frozenset({"role-1"}),
    )


def role(**changes: Any) -> domain.Role:
    """Return a role, `role-1`, that may add contractors and assignments."""
    permissions = frozenset({"add_contractor", "add_assignment"})
    return _sample(domain.Role, changes, id="role-1", title="Recruiter", permissions=permissions)


def rate(**changes: Any) -> domain.Rate:
    """Return a negotiated rate for the year 2026: 4.85 dollars for each 100 dollars of pay."""
    return _sample(
        domain.Rate,
        changes,
        micros=4_850_000,
        type=domain.RateType.NET,
        basis=domain.RateBasis.PER_100_PAY,
        scheme="Sample Bureau",
        class_code="5191",
        effective=TERM_START,
        until=TERM_END,
        source="Sample quote of December 2025",
    )


def card_rate(**changes: Any) -> domain.CardRate:
    """Return the rate of workers' compensation for the sample job code in Alabama."""
    return _sample(domain.CardRate, changes, job_code_id="RIG-1", line=Line.WC, state=State.AL, rate=rate())


def rate_card(*rates: domain.CardRate, **changes: Any) -> domain.RateCard:
    """Return `rate-card-1` with `rates`; default: workers' compensation for the sample job code in Alabama."""
    return _sample(domain.RateCard, changes, id="rate-card-1", title="Sample rates", rates=rates or (card_rate(),))


# The contractor and its work.


def person(**changes: Any) -> domain.Person:
    """Return the contractor's owner, `person-1`."""
    return _sample(domain.Person, changes, id="person-1", name="Pat Sample", ownership_percent=100)


def contractor(**changes: Any) -> domain.Contractor:
    """Return Sample Rigging LLC of Alabama, the contractor `contractor-1`: one owner, no employees."""
    return _sample(
        domain.Contractor,
        changes,
        id="contractor-1",
        legal_name=CONTRACTOR_NAME,
        entity_type=domain.EntityType.LLC,
        home_address=domain.Address(state=State.AL, locality="Montgomery", postal_code="36104"),
        people=(person(),),
        has_employees=False,
    )


def assignment(**changes: Any) -> domain.Assignment:
    """Return `assignment-1`: the owner works for the client in Alabama under a written contract."""
    contract = domain.WrittenContract(
        with_party=PartyRole.COMPANY,
        signed_on=date(2026, 2, 2),
        additional_insureds=frozenset({PartyRole.CLIENT}),
    )
    return _sample(
        domain.Assignment,
        changes,
        id="assignment-1",
        start=WORK_START,
        end=WORK_END,
        client_id="client-1",
        job_code_id="RIG-1",
        work_states=frozenset({State.AL}),
        worker="person-1",
        contracts=(contract,),
        pay_rates=(domain.PayRate(effective=WORK_START, cents=4_500, basis=domain.PayBasis.HOUR),),
    )


def enrollment(*states: EnrollmentState, **changes: Any) -> domain.Enrollment:
    """Return an opt-in that went through `states`, a day apart; default: invited, started, completed."""
    steps = states or (EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.COMPLETED)
    events = tuple(
        domain.EnrollmentEvent(at=datetime(2026, 2, day, 15, tzinfo=UTC), state=state)
        for day, state in enumerate(steps, start=1)
    )
    lines = frozenset({Line.GL})
    return _sample(domain.Enrollment, changes, id="enrollment-1", lines=lines, work_state=State.AL, events=events)


# Statements that a source makes of a policy.


def evidence(level: EvidenceLevel = EvidenceLevel.CONFIRMED, **changes: Any) -> domain.Evidence:
    """Return evidence that the insurer confirmed in December 2025."""
    return _sample(domain.Evidence, changes, level=level, observed_on=OBSERVED_ON)


def term(effective: Any = TERM_START, expiration: Any = TERM_END, **changes: Any) -> domain.Term:
    """Return a statement of a policy's period; default: the year 2026."""
    return _sample(domain.Term, changes, effective=effective, expiration=expiration, evidence=evidence())


def limits(amounts: Mapping[LimitKind, Any], **changes: Any) -> domain.Limits:
    """Return a statement of a policy's limits: `limits({LimitKind.EACH_OCCURRENCE: MILLION})`."""
    stated = {kind.value: amount for kind, amount in amounts.items()}
    return _sample(domain.Limits, changes, evidence=evidence(), **stated)


def insured(name: str | None = CONTRACTOR_NAME, **changes: Any) -> domain.Insured:
    """Return a statement of a policy's named insured; default: the sample contractor."""
    return _sample(domain.Insured, changes, name=name, evidence=evidence())


def cancellation(effective: Any, **changes: Any) -> domain.Cancellation:
    """Return a notice of cancellation from a day, issued ten days before it."""
    issued_on = effective - timedelta(days=10) if isinstance(effective, date) else effective
    return _sample(domain.Cancellation, changes, effective=effective, issued_on=issued_on, evidence=evidence())


def reinstatement(effective: date, **changes: Any) -> domain.Reinstatement:
    """Return a notice of reinstatement from a day, issued on that day."""
    return _sample(domain.Reinstatement, changes, effective=effective, issued_on=effective, evidence=evidence())


def endorsement(kind: EndorsementKind, **changes: Any) -> domain.Endorsement:
    """Return a statement that a policy has an endorsement."""
    return _sample(domain.Endorsement, changes, kind=kind, evidence=evidence())


# Policies.


def policy(
    line: Line = Line.GL,
    *,
    limits: Mapping[LimitKind, Any] | domain.Limits | tuple[domain.Limits, ...] | None = None,
    term: domain.Term | tuple[date, date] | None = None,
    **changes: Any,
) -> domain.Policy:
    """Return a policy of the contractor's own for the year 2026, `policy-<line>`, with a number and an insurer.

    Args:
        line: Its line.
        limits: Amounts by kind, or whole statements; default: what is usual for the line. They are one statement.
        term: A statement, or the first day with the day of expiration; default: the year 2026.
        **changes: Any other field of `Policy`; `number`, `carrier_name` and `carrier_naic` change its identification,
            and None leaves them out.
    """
    named = {"number": f"SAMPLE-{line}-1", **_INSURER}
    named |= {name: changes.pop(name) for name in tuple(named) if name in changes}
    return _sample(
        domain.Policy,
        changes,
        id=f"policy-{line}",
        line=line,
        identifications=(domain.PolicyIdentification(**named, evidence=evidence()),) if any(named.values()) else (),
        insured=(insured(),),
        terms=(_term(term),),
        limits=_limits(usual_limits(line) if limits is None else limits),
    )


def identified(policy: domain.Policy, **changes: Any) -> domain.Policy:
    """Return a policy with another `number`, `carrier_name` or `carrier_naic` in each statement of them.

    Example:
        >>> renamed = identified(gl_policy(), number="GL-1001", carrier_naic=None)
        >>> renamed.identifications[0].number, renamed.identifications[0].carrier_naic
        ('GL-1001', None)
    """
    statements = policy.identifications or (domain.PolicyIdentification(evidence=evidence()),)
    return attrs.evolve(policy, identifications=tuple(attrs.evolve(statement, **changes) for statement in statements))


def _term(given: domain.Term | tuple[date, date] | None) -> domain.Term:
    return given if isinstance(given, domain.Term) else term(*(given or ()))


def _limits(given: Mapping[LimitKind, Any] | domain.Limits | tuple[domain.Limits, ...]) -> tuple[domain.Limits, ...]:
    if isinstance(given, domain.Limits):
        return (given,)
    return given if isinstance(given, tuple) else (limits(given),)


def _by_occurrence() -> tuple[domain.TriggerTerms, ...]:
    return (domain.TriggerTerms(trigger=domain.Trigger.OCCURRENCE, evidence=evidence()),)


def gl_policy(**changes: Any) -> domain.Policy:
    """Return general liability of 1 million each occurrence and 2 million in the aggregate, on occurrence."""
    return policy(Line.GL, **{"triggers": _by_occurrence(), **changes})


def wc_policy(**changes: Any) -> domain.Policy:
    """Return workers' compensation for Alabama with employers' liability of 1 million; nobody is excluded."""
    alabama = domain.StateList(states=frozenset({State.AL}))
    usual = {
        "states": (domain.StatesCovered(item_3a=alabama, evidence=evidence()),),
        "exclusions": (domain.Exclusions(any_excluded=False, evidence=evidence()),),
    }
    return policy(Line.WC, **{**usual, **changes})


def auto_policy(**changes: Any) -> domain.Policy:
    """Return automobile liability with a combined single limit of 1 million."""
    return policy(Line.AUTO, **changes)


def umbrella_policy(**changes: Any) -> domain.Policy:
    """Return an umbrella of 5 million over general, automobile and employers' liability of 1 million."""
    schedule = (
        domain.UnderlyingLimit(line=Line.GL, occurrence=MILLION, aggregate=2 * MILLION),
        domain.UnderlyingLimit(line=Line.AUTO, occurrence=MILLION),
        domain.UnderlyingLimit(line=Line.EL, occurrence=MILLION, aggregate=MILLION),
    )
    layers = (domain.UnderlyingSchedule(schedule=schedule, evidence=evidence()),)
    return policy(Line.UMBRELLA, **{"underlying_schedules": layers, "triggers": _by_occurrence(), **changes})


def bond(**changes: Any) -> domain.Policy:
    """Return a surety bond of 25,000 dollars, continuous until cancelled."""
    continuous = domain.Term(effective=TERM_START, continuous=True, evidence=evidence())
    return policy(Line.SURETY_BOND, **{"term": continuous, **changes})


def as_stated(policy: domain.Policy, certificate_id: str = "certificate-1", **changes: Any) -> domain.Policy:
    """Return a policy whose every statement was read from one certificate."""
    read = evidence(EvidenceLevel.CERTIFICATE, certificate_id=certificate_id)
    fields = {name: getattr(policy, name) for name in attrs.fields_dict(domain.Policy)}
    stated = {
        name: tuple(attrs.evolve(statement, evidence=read) for statement in statements)
        for name, statements in fields.items()
        if isinstance(statements, tuple)
    }
    return attrs.evolve(policy, **(stated | changes))


# Records beside the policies.


def carrier(**changes: Any) -> domain.Carrier:
    """Return the insurer of the sample policies: admitted, A, size X."""
    rating = domain.CarrierRating(strength=domain.FinancialStrength.A, size=10, effective=date(2025, 1, 1))
    return _sample(domain.Carrier, changes, **_CARRIER, status=domain.CarrierStatus.ADMITTED, ratings=(rating,))


def certificate(**changes: Any) -> domain.Certificate:
    """Return the approved ACORD 25 `certificate-1`; name it in `evidence(certificate_id="certificate-1")`."""
    return _sample(
        domain.Certificate,
        changes,
        id="certificate-1",
        status=domain.ReviewStatus.APPROVED,
        completed_on=OBSERVED_ON,
        form="ACORD 25",
        edition="2016/03",
        holder="Sample Staffing Inc",
        producer="Sample Agency LLC",
        received_at=datetime(2025, 12, 15, 15, tzinfo=UTC),
    )


def exemption(**changes: Any) -> domain.Exemption:
    """Return an owner's exemption from workers' compensation in Alabama for the year 2026."""
    kind = domain.ExemptionKind.OWNER_EXEMPTION
    return _sample(domain.Exemption, changes, id="exemption-1", kind=kind, state=State.AL, terms=(term(),))


def waiver(requirement_id: str | None = "requirement-general_liability", **changes: Any) -> domain.Waiver:
    """Return a waiver of a requirement, granted for the year 2026 because the cover is missing."""
    return _sample(
        domain.Waiver,
        changes,
        id="waiver-1",
        state=domain.WaiverState.GRANTED,
        reason="The client carries the risk under its own program.",
        reason_codes=frozenset({domain.ReasonCode.MISSING}),
        requirement_id=requirement_id,
        effective=TERM_START,
        expires=TERM_END,
        requested_by="member-1",
        requested_at=datetime(2025, 12, 15, 15, tzinfo=UTC),
        decided_by="member-2",
        decided_at=datetime(2025, 12, 16, 15, tzinfo=UTC),
    )


#: The field in which `dossier` puts each kind of record.
_FIELDS: Mapping[type, str] = {
    get_args(hint)[0]: name for name, hint in domain.field_types(domain.Dossier).items() if get_origin(hint) is tuple
}


def dossier(*records: Any, **changes: Any) -> domain.Dossier:
    """Return a dossier of the sample contractor that holds `records`, each in its field.

    The sample company, contractor, client, job code, assignment and carrier are there unless others are given:
    `dossier(gl_policy(), wc_policy())`, `dossier(assignment(end=None), gl_policy())`, `dossier(contractor=...)`.

    Raises:
        TypeError: For a record that a dossier does not hold.
    """
    fields: dict[str, Any] = {}
    for record in records:
        if type(record) not in _FIELDS:
            raise TypeError(f"a dossier holds no {type(record).__name__}; give company and contractor by keyword")
        name = _FIELDS[type(record)]
        fields[name] = (*fields.get(name, ()), record)
    return _sample(
        domain.Dossier,
        fields | changes,
        company=company(),
        contractor=contractor(),
        clients=(client(),),
        job_codes=(job_code(),),
        assignments=(assignment(),),
        carriers=(carrier(),),
    )


# Requirements and rule books.


def minimum_limits(amounts: Mapping[LimitKind, int]) -> tuple[domain.MinimumLimit, ...]:
    """Return the limits that a requirement asks for: `minimum_limits({LimitKind.EACH_CLAIM: MILLION})`."""
    return tuple(domain.MinimumLimit(limit=kind, cents=amount) for kind, amount in amounts.items())


def endorsement_rule(
    kind: EndorsementKind = EndorsementKind.ADDITIONAL_INSURED_ONGOING, **changes: Any
) -> domain.EndorsementRule:
    """Return a rule that an endorsement must be there; default: the company as additional insured."""
    return _sample(domain.EndorsementRule, changes, kind=kind, parties=frozenset({PartyRole.COMPANY}))


def requirement(
    line: Line = Line.GL, *, limits: Mapping[LimitKind, int] | tuple[domain.MinimumLimit, ...] = (), **changes: Any
) -> domain.CoverageRequirement:
    """Return a requirement that one line be carried, `requirement-<line>`.

    Args:
        line: The line.
        limits: Limits that must be carried: amounts by kind, or `MinimumLimit` values; default: none.
        **changes: Any other field of `CoverageRequirement`.
    """
    minimums = limits if isinstance(limits, tuple) else minimum_limits(limits)
    return _sample(domain.CoverageRequirement, changes, id=f"requirement-{line}", line=line, limits=minimums)


def gl_requirement(**changes: Any) -> domain.CoverageRequirement:
    """Return a requirement of general liability: 1 million each occurrence and 2 million in the aggregate."""
    asked = {LimitKind.EACH_OCCURRENCE: MILLION, LimitKind.GENERAL_AGGREGATE: 2 * MILLION}
    return requirement(Line.GL, **{"limits": asked, **changes})


def wc_requirement(**changes: Any) -> domain.CoverageRequirement:
    """Return a requirement of workers' compensation: by statute, so with no limits."""
    return requirement(Line.WC, **changes)


def el_requirement(**changes: Any) -> domain.CoverageRequirement:
    """Return a requirement of employers' liability: 500,000 dollars in each of its three limits."""
    return requirement(Line.EL, **{"limits": dict.fromkeys(_EL_LIMITS, MILLION // 2), **changes})


def auto_requirement(**changes: Any) -> domain.CoverageRequirement:
    """Return a requirement of automobile liability: a combined single limit of 1 million."""
    return requirement(Line.AUTO, **{"limits": {LimitKind.COMBINED_SINGLE_LIMIT: MILLION}, **changes})


def bond_requirement(**changes: Any) -> domain.CoverageRequirement:
    """Return a requirement of a surety bond of 25,000 dollars."""
    return requirement(Line.SURETY_BOND, **{"limits": {LimitKind.PENAL_SUM: 2_500_000}, **changes})


def umbrella_requirement(**changes: Any) -> domain.UmbrellaRequirement:
    """Return a requirement of umbrella or excess cover of 5 million over general liability."""
    return _sample(domain.UmbrellaRequirement, changes, id="requirement-umbrella", occurrence=5 * MILLION)


def combined_requirement(line: Line = Line.GL, **changes: Any) -> domain.CombinedLimitRequirement:
    """Return a requirement of 5 million each occurrence of a line and the layers over it together."""
    requirement_id = f"requirement-combined-{line}"
    return _sample(domain.CombinedLimitRequirement, changes, id=requirement_id, line=line, occurrence=5 * MILLION)


def exemption_requirement(*kinds: domain.ExemptionKind, **changes: Any) -> domain.ExemptionRequirement:
    """Return a requirement that an exemption satisfies; default: an owner's."""
    accepted = frozenset(kinds or (domain.ExemptionKind.OWNER_EXEMPTION,))
    return _sample(domain.ExemptionRequirement, changes, id="requirement-exemption", kinds=accepted)


def occupational_accident_requirement(**changes: Any) -> domain.OccupationalAccidentRequirement:
    """Return a requirement of occupational accident cover of 1 million each claim."""
    asked = minimum_limits({LimitKind.EACH_CLAIM: MILLION})
    requirement_id = "requirement-occupational_accident"
    return _sample(domain.OccupationalAccidentRequirement, changes, id=requirement_id, limits=asked)


def custom_requirement(name: str = "background_check", **changes: Any) -> domain.Custom:
    """Return a requirement that a check of the host decides, by the check's name."""
    return _sample(domain.Custom, changes, id=f"requirement-{name}", name=name)


def any_of(*members: domain.Requirement, **changes: Any) -> domain.AnyOf:
    """Return a requirement that one of `members` meets; default: workers' compensation or an exemption."""
    alternatives = members or (wc_requirement(), exemption_requirement())
    return _sample(domain.AnyOf, changes, id="requirement-any", members=alternatives)


def all_of(*members: domain.Requirement, **changes: Any) -> domain.AllOf:
    """Return a requirement that all of `members` meet; default: workers' compensation and employers' liability."""
    parts = members or (wc_requirement(), el_requirement())
    return _sample(domain.AllOf, changes, id="requirement-all", members=parts)


def requirement_set(*requirements: domain.Requirement, **changes: Any) -> domain.RequirementSet:
    """Return a default set, `default`, of `requirements`, valid on every day."""
    return _sample(domain.RequirementSet, changes, id="default", requirements=requirements)


def rulebook(*rules: domain.Requirement | domain.RequirementSet, **changes: Any) -> domain.RuleBook:
    """Return a rule book: loose requirements make up its default set, and whole sets stand after it.

    The default set is left out if there is no loose requirement and one of the sets is a default set itself.
    """
    sets = tuple(rule for rule in rules if isinstance(rule, domain.RequirementSet))
    loose = tuple(rule for rule in rules if not isinstance(rule, domain.RequirementSet))
    if loose or not any(rule_set.level is domain.SetLevel.DEFAULT for rule_set in sets):
        sets = (requirement_set(*loose), *sets)
    return _sample(domain.RuleBook, changes, id="rulebook-1", sets=sets)
