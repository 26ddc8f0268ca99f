"""What papers state of one policy of an invented contractor: most of it plain, some of it missing, odd or at odds."""

from __future__ import annotations

from datetime import date
from typing import Any

from contractor_compliance.domain import (
    AggregateBasis,
    Cancellation,
    Contractor,
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    EntityType,
    Evidence,
    EvidenceLevel,
    Exclusions,
    Insured,
    Limits,
    Line,
    Missing,
    Participant,
    Reinstatement,
    State,
    StateList,
    StateListKind,
    StateNotice,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.testing.companies.chance import Chance, spread
from contractor_compliance.testing.companies.office import FUND_STATES

__all__ = [
    "endorsements_of",
    "exclusions_of",
    "insured_of",
    "layers_of",
    "limits_of",
    "notices_of",
    "states_of",
    "terms_of",
    "triggers_of",
]

_THOUSAND = 100_000
_MILLION = 1_000 * _THOUSAND


def _general(thousands: int) -> dict[str, Any]:
    return {
        "each_occurrence": thousands * _THOUSAND,
        "damage_to_rented_premises": 100 * _THOUSAND,
        "medical_expense": 5 * _THOUSAND,
        "personal_and_advertising_injury": thousands * _THOUSAND,
        "general_aggregate": 2 * thousands * _THOUSAND,
        "products_completed_operations_aggregate": 2 * thousands * _THOUSAND,
    }


def _employers(thousands: int) -> dict[str, Any]:
    return {
        "el_each_accident": thousands * _THOUSAND,
        "el_disease_each_employee": thousands * _THOUSAND,
        "el_disease_policy_limit": thousands * _THOUSAND,
    }


def _claims(thousands: int, retention: int | Missing = 5) -> dict[str, Any]:
    borne = retention if isinstance(retention, Missing) else retention * _THOUSAND
    return {"each_claim": thousands * _THOUSAND, "aggregate": thousands * _THOUSAND, "retention": borne}


def _but(amounts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**amounts, **changes}


_SPLIT = {
    "bodily_injury_per_person": 250 * _THOUSAND,
    "bodily_injury_per_accident": 500 * _THOUSAND,
    "property_damage_per_accident": 100 * _THOUSAND,
}
_USUAL = spread((_claims(1_000), 80), (_claims(2_000), 10), (_claims(500), 10))
_LAYER = spread(*(({"each_occurrence": each, "aggregate": each}, 1) for each in (2 * _MILLION, 5 * _MILLION)))
#: Amounts as certificates state them, by line.
_AMOUNTS: dict[Line, tuple[dict[str, Any], ...]] = {
    Line.GL: spread(
        (_general(1_000), 80),
        (_but(_general(1_000), aggregate_basis=AggregateBasis.PER_PROJECT), 5),
        (_general(2_000), 6),
        (_general(500), 4),
        (_general(300), 1),
        (_but(_general(1_000), general_aggregate=Missing.ABSENT), 2),
        (_but(_general(1_000), each_occurrence=Missing.UNREADABLE), 1),
        (
            _but(
                _general(1_000),
                products_completed_operations_aggregate=Missing.ABSENT,
                products_in_general_aggregate=True,
            ),
            1,
        ),
    ),
    Line.WC: spread((_employers(1_000), 70), (_employers(500), 20), (_employers(100), 7), ({}, 3)),
    Line.STOP_GAP: spread((_employers(1_000), 9), (_employers(500), 1)),
    Line.AUTO: spread(
        ({"combined_single_limit": _MILLION}, 84),
        ({"combined_single_limit": 500 * _THOUSAND}, 6),
        (_SPLIT, 7),
        ({"combined_single_limit": Missing.UNREADABLE}, 1),
        ({}, 2),
    ),
    Line.UMBRELLA: _LAYER,
    Line.EXCESS: _LAYER,
    Line.PROFESSIONAL: spread(
        (_claims(1_000), 78),
        (_claims(2_000), 8),
        (_claims(1_000, 50), 5),
        (_claims(250), 5),
        (_claims(1_000, Missing.ABSENT), 4),
    ),
    Line.SURETY_BOND: spread(({"penal_sum": 12 * _THOUSAND}, 9), ({"penal_sum": 6 * _THOUSAND}, 1)),
}


def terms_of(chance: Chance, line: Line, start: date, end: date, evidence: Evidence) -> tuple[Term, ...]:
    """Draw what is stated of a policy's period."""
    if line == Line.SURETY_BOND:
        return (Term(effective=start, continuous=True, evidence=evidence),)
    plain = Term(effective=start, expiration=end, evidence=evidence)
    if chance.happens(96):
        return (plain,)
    odd = chance.below(8)
    if odd == 0:
        return (Term(effective=start, expiration=Missing.ABSENT, evidence=evidence),)
    if odd == 1:
        return (Term(effective=Missing.UNREADABLE, expiration=end, evidence=evidence),)
    if odd == 2:
        return ()
    shifted = date.fromordinal(end.toordinal() - chance.between(20, 120))
    return plain, Term(effective=start, expiration=shifted, evidence=_rival(chance, evidence))


def _rival(chance: Chance, evidence: Evidence) -> Evidence:
    """Draw another source: as good as the first, so that nobody can tell which is right, or better."""
    if chance.happens(50):
        return Evidence(level=evidence.level, observed_on=evidence.observed_on, document="letter_of_agent")
    return Evidence(
        level=EvidenceLevel.CONFIRMED,
        observed_on=date.fromordinal(evidence.observed_on.toordinal() + chance.between(1, 60)),
        document="letter_of_insurer",
    )


def limits_of(chance: Chance, line: Line, evidence: Evidence) -> tuple[Limits, ...]:
    """Draw what is stated of a policy's limits."""
    amounts = chance.pick(_AMOUNTS.get(line, _USUAL))
    first = Limits(**amounts, evidence=evidence)
    if chance.happens(98) or not amounts:
        return (first,)
    return first, Limits(**chance.pick(_AMOUNTS.get(line, _USUAL)), evidence=_rival(chance, evidence))


def insured_of(
    chance: Chance, contractor: Contractor, start: date, evidence: Evidence, master: str | None = None
) -> tuple[Insured, ...]:
    """Draw whom a policy covers: the contractor, nearly always by its legal name, or those in a master's schedule."""
    if master is not None:
        until = date.fromordinal(start.toordinal() + 200) if chance.happens(6) else None
        entry = Participant(name=contractor.legal_name, effective=start, until=until)
        return (Insured(name=master, participants=(entry,) if chance.happens(96) else (), evidence=evidence),)
    if chance.happens(93):
        return (Insured(name=contractor.legal_name, evidence=evidence),)
    return (Insured(name=_misprinted(chance, contractor), evidence=evidence),)


def _misprinted(chance: Chance, contractor: Contractor) -> str | None:
    name = contractor.legal_name
    match chance.below(7):
        case 0:
            return None
        case 1 | 2:
            return name.upper().replace("LLC", "L.L.C.")
        case 3 if contractor.trade_names:
            return f"{name} dba {contractor.trade_names[0]}"
        case 4 if contractor.trade_names:
            return contractor.trade_names[0]
        case 5:
            return name.replace(" LLC", " Inc") if contractor.entity_type is EntityType.LLC else f"{name} LLC"
        case _:
            return f"{name[:4]}{name[5:]}"


def triggers_of(chance: Chance, line: Line, start: date, evidence: Evidence) -> tuple[TriggerTerms, ...]:
    """Draw what makes a policy answer: an occurrence, or a claim after a retroactive date."""
    by_claim = line in (Line.PROFESSIONAL, Line.CYBER)
    if not by_claim and line not in (Line.GL, Line.UMBRELLA, Line.EXCESS):
        return ()
    if chance.happens(3):
        return ()
    if not by_claim and chance.happens(98):
        return (TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=evidence),)
    if chance.happens(12):
        return (TriggerTerms(trigger=Trigger.CLAIMS_MADE, full_prior_acts=True, evidence=evidence),)
    if chance.happens(4):
        return (TriggerTerms(trigger=Trigger.CLAIMS_MADE, evidence=evidence),)
    back = date.fromordinal(start.toordinal() - (0 if chance.happens(8) else chance.between(365, 2_000)))
    return (TriggerTerms(trigger=Trigger.CLAIMS_MADE, retroactive_date=back, evidence=evidence),)


_KIND = EndorsementKind


def endorsements_of(
    chance: Chance, line: Line, parties: tuple[str, ...], evidence: Evidence
) -> tuple[Endorsement, ...]:
    """Draw the endorsements of a policy.

    Args:
        chance: Where draws come from.
        line: The line of the policy.
        parties: Names that a schedule lists: the company's first, then the client's.
        evidence: Where the rest of the policy was read.
    """
    if line == Line.WC:
        if not chance.happens(15):
            return ()
        return (Endorsement(kind=_KIND.WAIVER_OF_SUBROGATION, form="WC 00 03 13", evidence=evidence),)
    if line != Line.GL or chance.happens(2):
        return ()
    how = chance.below(100)
    if how < 46:
        return _copied(chance, parties, _copy_of(evidence))
    if how < 90:
        return (_insures(EndorsementBasis.BLANKET, _described(evidence)),)
    if how < 97:
        # The box on the certificate alone: whom it serves is not said.
        return (_insures(Missing.ABSENT, evidence),)
    return (Endorsement(kind=_KIND.ADDITIONAL_INSURED_ONGOING, present=False, evidence=evidence),)


def _insures(basis: EndorsementBasis | Missing, evidence: Evidence) -> Endorsement:
    return Endorsement(kind=_KIND.ADDITIONAL_INSURED_ONGOING, basis=basis, evidence=evidence)


def _described(evidence: Evidence) -> Evidence:
    if evidence.level is not EvidenceLevel.CERTIFICATE:
        return evidence
    return Evidence(
        level=EvidenceLevel.DESCRIPTION,
        observed_on=evidence.observed_on,
        document=evidence.document,
        certificate_id=evidence.certificate_id,
    )


def _copy_of(evidence: Evidence) -> Evidence:
    return Evidence(level=EvidenceLevel.COPY, observed_on=evidence.observed_on, document="endorsement")


def _copied(chance: Chance, parties: tuple[str, ...], copy: Evidence) -> tuple[Endorsement, ...]:
    named = parties[: chance.between(1, 2)]
    edition = chance.pick(("04 13", "12 19", "07 04"))
    if chance.happens(45):
        first = Endorsement(kind=_KIND.ADDITIONAL_INSURED_ONGOING, form="CG 20 38", edition=edition, evidence=copy)
    else:
        first = Endorsement(
            kind=_KIND.ADDITIONAL_INSURED_ONGOING, form="CG 20 10", edition=edition, parties=named, evidence=copy
        )
    if not chance.happens(40):
        return (first,)
    completed = Endorsement(
        kind=_KIND.ADDITIONAL_INSURED_COMPLETED, form="CG 20 37", edition=edition, parties=named, evidence=copy
    )
    if not chance.happens(60):
        return first, completed
    return (
        first,
        completed,
        Endorsement(kind=_KIND.PRIMARY_NON_CONTRIBUTORY, form="CG 20 01", evidence=copy),
        Endorsement(kind=_KIND.WAIVER_OF_SUBROGATION, form="CG 24 04", evidence=copy),
        Endorsement(kind=_KIND.NOTICE_OF_CANCELLATION, notice_days=30, evidence=copy),
    )


_EVERYWHERE = StateList(kind=StateListKind.ALL_EXCEPT, states=frozenset(FUND_STATES))
_NOWHERE = StateList()


def states_of(chance: Chance, states: frozenset[State], start: date, evidence: Evidence) -> tuple[StatesCovered, ...]:
    """Draw the states of a workers' compensation policy: nearly always those of the work."""
    if chance.happens(4):
        return ()
    ordered = sorted(states, key=lambda each: each.value)
    listed = frozenset(ordered[:1]) if chance.happens(10) else states
    notices: tuple[StateNotice, ...] = ()
    if len(ordered) > 1 and chance.happens(30):
        notices = (StateNotice(state=ordered[1], given_on=date.fromordinal(start.toordinal() + chance.below(60))),)
    return (
        StatesCovered(
            item_3a=StateList(states=listed),
            item_3c=_EVERYWHERE if chance.happens(70) else _NOWHERE if chance.happens(80) else Missing.ABSENT,
            notices=notices,
            evidence=evidence,
        ),
    )


def exclusions_of(chance: Chance, contractor: Contractor, evidence: Evidence) -> tuple[Exclusions, ...]:
    """Draw who is left out of a workers' compensation policy: now and then the owner, or everybody."""
    owner = contractor.people[0]
    how = chance.below(100)
    if how < 80:
        return (Exclusions(any_excluded=False, evidence=evidence),)
    if how < 86:
        return (Exclusions(included=(owner.name,), evidence=evidence),)
    if how < 93:
        return (Exclusions(any_excluded=True, excluded=(owner.name,), evidence=evidence),)
    if how < 95:
        return (Exclusions(any_excluded=True, if_any=True, evidence=evidence),)
    return ()


_BENEATH = (
    UnderlyingLimit(line=Line.GL, occurrence=_MILLION, aggregate=2 * _MILLION),
    UnderlyingLimit(line=Line.AUTO, occurrence=_MILLION),
    UnderlyingLimit(line=Line.EL, occurrence=500 * _THOUSAND, aggregate=500 * _THOUSAND),
)
_HIGHER = (UnderlyingLimit(line=Line.GL, occurrence=2 * _MILLION, aggregate=4 * _MILLION),)


def layers_of(chance: Chance, line: Line, evidence: Evidence) -> tuple[UnderlyingSchedule, ...]:
    """Draw what an umbrella or excess policy sits on."""
    if not line.is_layer or chance.happens(6):
        return ()
    if line == Line.EXCESS:
        return (UnderlyingSchedule(schedule=_BENEATH[:1], follows_form_over=_BENEATH[:1], evidence=evidence),)
    return (UnderlyingSchedule(schedule=_HIGHER if chance.happens(6) else _BENEATH, evidence=evidence),)


def notices_of(
    chance: Chance, start: date, end: date, today: date
) -> tuple[tuple[Cancellation, ...], tuple[Reinstatement, ...]]:
    """Draw the notices on a policy: few are cancelled, and half of those come back, in time or after a gap."""
    if not chance.happens(5):
        return (), ()
    days = (end - start).days
    effective = date.fromordinal(
        start.toordinal() + (0 if chance.happens(5) else chance.between(20, max(21, days - 20)))
    )
    if (effective - today).days > 40:
        return (), ()
    issued = date.fromordinal(effective.toordinal() - 10)
    told = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=issued, document="notice_of_insurer")
    cancelled = Cancellation(effective=effective, issued_on=issued, reason=chance.pick(_REASONS), evidence=told)
    if not chance.happens(55):
        return (cancelled,), ()
    late = 0 if chance.happens(45) else chance.between(3, 40)
    back = date.fromordinal(effective.toordinal() + late)
    if back > today:
        return (cancelled,), ()
    again = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=back, document="notice_of_insurer")
    return (cancelled,), (Reinstatement(effective=back, issued_on=back, evidence=again),)


_REASONS = spread(("non-payment of premium", 7), ("request of the insured", 2), (None, 1))
