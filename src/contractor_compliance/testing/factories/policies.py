"""Sample policies, the evidence for them, and the papers that stand in their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import attrs

from contractor_compliance.domain import (
    Cancellation,
    Carrier,
    CarrierRating,
    CarrierStatus,
    Certificate,
    Endorsement,
    EndorsementKind,
    Evidence,
    EvidenceLevel,
    Exclusions,
    Exemption,
    ExemptionKind,
    FinancialStrength,
    Insured,
    LimitKind,
    Limits,
    Line,
    Policy,
    Reinstatement,
    ReviewStatus,
    State,
    StateList,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.testing.factories.constants import (
    CONTRACTOR_NAME,
    MILLION,
    OBSERVED_ON,
    TERM_END,
    TERM_START,
)

__all__ = [
    "as_stated",
    "auto_policy",
    "bond",
    "cancellation",
    "carrier",
    "certificate",
    "endorsement",
    "evidence",
    "exemption",
    "gl_policy",
    "insured",
    "limits",
    "policy",
    "reinstatement",
    "term",
    "umbrella_policy",
    "wc_policy",
]

_CARRIER_NAME = "Sample Mutual Insurance Company"
_CARRIER_NAIC = "99901"

_USUAL_EL = {
    LimitKind.EL_EACH_ACCIDENT: MILLION,
    LimitKind.EL_DISEASE_EACH_EMPLOYEE: MILLION,
    LimitKind.EL_DISEASE_POLICY_LIMIT: MILLION,
}
#: Limits that a sample policy states where the caller gives none, by line.
_USUAL_LIMITS: dict[Line, dict[LimitKind, int]] = {
    Line.GL: {
        LimitKind.EACH_OCCURRENCE: MILLION,
        LimitKind.DAMAGE_TO_RENTED_PREMISES: 10_000_000,
        LimitKind.MEDICAL_EXPENSE: 500_000,
        LimitKind.PERSONAL_AND_ADVERTISING_INJURY: MILLION,
        LimitKind.GENERAL_AGGREGATE: 2 * MILLION,
        LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 2 * MILLION,
    },
    Line.AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: MILLION},
    Line.UMBRELLA: {LimitKind.EACH_OCCURRENCE: 5 * MILLION, LimitKind.AGGREGATE: 5 * MILLION},
    Line.EXCESS: {LimitKind.EACH_OCCURRENCE: 5 * MILLION, LimitKind.AGGREGATE: 5 * MILLION},
    Line.SURETY_BOND: {LimitKind.PENAL_SUM: 2_500_000},
    Line.WC: _USUAL_EL,
    Line.EL: _USUAL_EL,
    Line.STOP_GAP: _USUAL_EL,
}
_USUAL_CLAIM = {LimitKind.EACH_CLAIM: MILLION, LimitKind.AGGREGATE: 2 * MILLION}


def evidence(level: EvidenceLevel = EvidenceLevel.CONFIRMED, **changes: Any) -> Evidence:
    """Return evidence confirmed by the insurer in December 2025."""
    return Evidence(**{"level": level, "observed_on": OBSERVED_ON, **changes})


def term(effective: Any = TERM_START, expiration: Any = TERM_END, **changes: Any) -> Term:
    """Return a statement of a policy's period: the year 2026."""
    return Term(**{"effective": effective, "expiration": expiration, "evidence": evidence(), **changes})


def limits(amounts: Mapping[LimitKind, Any], **changes: Any) -> Limits:
    """Return a statement of limits: `limits({LimitKind.EACH_OCCURRENCE: MILLION})`."""
    stated = {kind.value: amount for kind, amount in amounts.items()}
    return Limits(**{"evidence": evidence(), **stated, **changes})


def insured(name: str | None = CONTRACTOR_NAME, **changes: Any) -> Insured:
    """Return a statement of whom a policy covers: the sample contractor as named insured."""
    return Insured(**{"name": name, "evidence": evidence(), **changes})


def cancellation(effective: Any, **changes: Any) -> Cancellation:
    """Return a notice of cancellation from a day, issued ten days before it."""
    usual = {
        "effective": effective,
        "issued_on": date.fromordinal(effective.toordinal() - 10) if isinstance(effective, date) else effective,
        "evidence": evidence(),
    }
    return Cancellation(**{**usual, **changes})


def reinstatement(effective: date, **changes: Any) -> Reinstatement:
    """Return a notice of reinstatement from a day, issued on that day."""
    return Reinstatement(**{"effective": effective, "issued_on": effective, "evidence": evidence(), **changes})


def endorsement(kind: EndorsementKind, **changes: Any) -> Endorsement:
    """Return a statement that a policy has an endorsement."""
    return Endorsement(**{"kind": kind, "evidence": evidence(), **changes})


def policy(
    line: Line = Line.GL,
    *,
    limits: Mapping[LimitKind, Any] | Limits | tuple[Limits, ...] | None = None,
    term: Term | tuple[date, date] | None = None,
    **changes: Any,
) -> Policy:
    """Return a policy of the contractor's own for the year 2026, `policy-<line>`.

    Args:
        line: Its line.
        limits: Amounts by kind, or whole statements; default: what is usual for the line. They are one statement.
        term: A statement, or the first day with the day of expiration; default: the year 2026.
        **changes: Any other field of `Policy`.
    """
    usual: dict[str, Any] = {
        "id": f"policy-{line}",
        "line": line,
        "number": f"SAMPLE-{line}-1",
        "carrier_name": _CARRIER_NAME,
        "carrier_naic": _CARRIER_NAIC,
        "insured": (insured(),),
        "terms": (_term(term),),
        "limits": _limits(_USUAL_LIMITS.get(line, _USUAL_CLAIM) if limits is None else limits),
    }
    return Policy(**{**usual, **changes})


def gl_policy(**changes: Any) -> Policy:
    """Return general liability of 1 million each occurrence and 2 million in the aggregate, on occurrence."""
    usual = {"triggers": (TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=evidence()),)}
    return policy(Line.GL, **{**usual, **changes})


def wc_policy(**changes: Any) -> Policy:
    """Return workers' compensation for Alabama with employers' liability of 1 million; nobody is excluded."""
    usual = {
        "states": (StatesCovered(item_3a=StateList(states=frozenset({State.AL})), evidence=evidence()),),
        "exclusions": (Exclusions(any_excluded=False, evidence=evidence()),),
    }
    return policy(Line.WC, **{**usual, **changes})


def as_stated(policy: Policy, certificate_id: str = "certificate-1", **changes: Any) -> Policy:
    """Return a policy whose every statement was read from one certificate."""
    read = evidence(EvidenceLevel.CERTIFICATE, certificate_id=certificate_id)
    stated: dict[str, Any] = {
        name: tuple(attrs.evolve(each, evidence=read) for each in value)
        for name in attrs.fields_dict(Policy)
        if isinstance(value := getattr(policy, name), tuple)
    }
    return attrs.evolve(policy, **(stated | changes))


def auto_policy(**changes: Any) -> Policy:
    """Return automobile liability with a combined single limit of 1 million."""
    return policy(Line.AUTO, **changes)


def umbrella_policy(**changes: Any) -> Policy:
    """Return an umbrella of 5 million over general, automobile and employers' liability of 1 million."""
    beneath = (
        UnderlyingLimit(line=Line.GL, occurrence=MILLION, aggregate=2 * MILLION),
        UnderlyingLimit(line=Line.AUTO, occurrence=MILLION),
        UnderlyingLimit(line=Line.EL, occurrence=MILLION, aggregate=MILLION),
    )
    usual = {
        "underlying_schedules": (UnderlyingSchedule(schedule=beneath, evidence=evidence()),),
        "triggers": (TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=evidence()),),
    }
    return policy(Line.UMBRELLA, **{**usual, **changes})


def bond(**changes: Any) -> Policy:
    """Return a surety bond of 25,000 dollars, continuous until cancelled."""
    usual = {"term": Term(effective=TERM_START, continuous=True, evidence=evidence())}
    return policy(Line.SURETY_BOND, **{**usual, **changes})


def carrier(**changes: Any) -> Carrier:
    """Return the insurer of the sample policies: admitted, A, size X."""
    usual = {
        "name": _CARRIER_NAME,
        "naic": _CARRIER_NAIC,
        "status": CarrierStatus.ADMITTED,
        "ratings": (CarrierRating(strength=FinancialStrength.A, size=10, effective=date(2025, 1, 1)),),
    }
    return Carrier(**{**usual, **changes})


def certificate(**changes: Any) -> Certificate:
    """Return the approved ACORD 25 `certificate-1`; name it in `evidence(certificate_id="certificate-1")`."""
    usual = {
        "id": "certificate-1",
        "status": ReviewStatus.APPROVED,
        "completed_on": OBSERVED_ON,
        "form": "ACORD 25",
        "edition": "2016/03",
        "holder": "Sample Staffing Inc",
        "producer": "Sample Agency LLC",
        "received_at": datetime(2025, 12, 15, 15, tzinfo=UTC),
    }
    return Certificate(**{**usual, **changes})


def exemption(**changes: Any) -> Exemption:
    """Return an owner's exemption from workers' compensation in Alabama for the year 2026."""
    usual = {
        "id": "exemption-1",
        "kind": ExemptionKind.OWNER_EXEMPTION,
        "state": State.AL,
        "terms": (term(),),
    }
    return Exemption(**{**usual, **changes})


def _term(given: Term | tuple[date, date] | None) -> Term:
    if isinstance(given, Term):
        return given
    effective, expiration = given or (TERM_START, TERM_END)
    return Term(effective=effective, expiration=expiration, evidence=evidence())


def _limits(given: Mapping[LimitKind, Any] | Limits | tuple[Limits, ...]) -> tuple[Limits, ...]:
    if isinstance(given, Limits):
        return (given,)
    if isinstance(given, tuple):
        return given
    return (limits(given),)
