"""The policies of one invented contractor: the lines that its work calls for, term after term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs

from contractor_compliance import domain
from contractor_compliance.domain import EndorsementKind, Evidence, EvidenceLevel, InsuredCapacity, Line, Trigger
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.companies.contractors import ContractorDraft, certificate_of
from contractor_compliance.testing.companies.draws import after, shares
from contractor_compliance.testing.companies.office import FUND_STATES, GL_CLIENTS, LAYER_CLIENTS

__all__ = ["draw_policies"]

_LINES: dict[str, tuple[Line, ...]] = {
    "construction": (Line.GL, Line.WC),
    "events": (Line.GL,),
    "hauling": (Line.GL, Line.AUTO, Line.WC),
    "professional": (Line.PROFESSIONAL,),
    "software": (Line.PROFESSIONAL, Line.CYBER),
}
_CLAIMS = (Line.PROFESSIONAL, Line.CYBER)
_LAYERS = (Line.UMBRELLA, Line.EXCESS)
_ANY = Line.known()
#: How the facts of one year were learnt, and from which document.
_LEVELS = shares(EvidenceLevel, "certificate 80, confirmed 10, copy 6, declared 4")
_DOCUMENTS: dict[str, str] = {"certificate": "acord_25", "confirmed": "letter_of_insurer", "copy": "policy"}
_SCHEDULE = (
    domain.UnderlyingLimit(line=Line.GL, occurrence=make.MILLION, aggregate=2 * make.MILLION),
    domain.UnderlyingLimit(line=Line.AUTO, occurrence=make.MILLION),
)
_PRODUCTS = "products_completed_operations_aggregate"
_PARTS = ("bodily_injury_per_person", "bodily_injury_per_accident", "property_damage_per_accident")
_SPLIT = {**dict.fromkeys(_PARTS, make.MILLION // 4), "combined_single_limit": domain.Missing.ABSENT}
#: In how many of a thousand policies of some lines a statement is not there (None), or says something else. A policy
#: has one of these at most.
_VARIANTS: tuple[tuple[int, tuple[Line, ...], str, dict[str, Any] | None], ...] = (
    (5, _ANY, "terms", None),
    (5, _ANY, "terms", {"expiration": domain.Missing.ABSENT}),
    (5, _ANY, "terms", {"effective": domain.Missing.UNREADABLE}),
    (10, _ANY, "insured", {"name": None}),
    (20, _ANY, "limits", None),
    (10, (Line.GL, *_LAYERS), "limits", {"each_occurrence": domain.Missing.UNREADABLE}),
    (20, (Line.GL,), "limits", {"general_aggregate": domain.Missing.ABSENT}),
    (50, (Line.GL,), "limits", {"aggregate_basis": domain.AggregateBasis.PER_PROJECT}),
    (10, (Line.GL,), "limits", {_PRODUCTS: domain.Missing.ABSENT, "products_in_general_aggregate": True}),
    (70, (Line.AUTO,), "limits", _SPLIT),
    (40, _CLAIMS, "limits", {"retention": domain.Missing.ABSENT}),
    (50, _CLAIMS, "limits", {"retention": make.MILLION // 20}),
    (120, _CLAIMS, "triggers", {"retroactive_date": domain.Missing.ABSENT, "full_prior_acts": True}),
    (30, _CLAIMS, "triggers", {"retroactive_date": domain.Missing.ABSENT}),
    (20, (Line.GL,), "triggers", {"trigger": Trigger.CLAIMS_MADE}),
    (30, (Line.GL, *_CLAIMS, *_LAYERS), "triggers", None),
    (70, (Line.GL,), "endorsements", {"basis": domain.Missing.ABSENT}),  # a box on the certificate alone
    (30, (Line.GL,), "endorsements", {"present": False}),
    (20, (Line.GL,), "endorsements", None),
    (240, (Line.WC,), "states", {"item_3c": domain.StateList()}),
    (60, (Line.WC,), "states", {"item_3c": domain.Missing.ABSENT}),
    (40, (Line.WC,), "states", None),
    (20, (Line.WC,), "exclusions", {"any_excluded": True, "if_any": True, "excluded": ()}),
    (40, (Line.WC,), "exclusions", None),
    (60, _LAYERS, "underlying_schedules", {"schedule": _SCHEDULE[:1]}),
    (60, _LAYERS, "underlying_schedules", None),
)
_VARIANTS_OF = {
    line: [(field, changes) for often, lines, field, changes in _VARIANTS if line in lines for _ in range(often)]
    for line in _ANY
}
#: The limits that are usually stated, and how many percent of them.
_AMOUNTS = {
    line: {kind.value: cents for kind in domain.LimitKind if isinstance(cents := limits.stated(kind), int)}
    for line in _ANY
    for limits in make.policy(line).limits
}
_EVERYWHERE = domain.StateList(kind=domain.StateListKind.ALL_EXCEPT, states=frozenset(FUND_STATES))
_PERCENTS = shares(int, "100 88, 200 7, 50 4, 10 1")
_FORMS = (
    (EndorsementKind.ADDITIONAL_INSURED_ONGOING, "CG 20 10"),
    (EndorsementKind.ADDITIONAL_INSURED_COMPLETED, "CG 20 37"),
    (EndorsementKind.PRIMARY_NON_CONTRIBUTORY, "CG 20 01"),
    (EndorsementKind.WAIVER_OF_SUBROGATION, "CG 24 04"),
    (EndorsementKind.NOTICE_OF_CANCELLATION, "CG 02 05"),
)


def draw_policies(draft: ContractorDraft) -> None:
    """Draw the lines that a contractor carries, and the terms of each."""
    chance, sources = draft.chance, list[Evidence]()
    # Most buy before the work begins, a few after.
    start = after(draft.first_day, -chance.low(400) if chance.happens(95) else chance.below(30))
    start = min(start, after(draft.office.today, 20))
    takes_part = any(opt_in.state is domain.EnrollmentState.COMPLETED for opt_in in draft.enrollments)
    lines = list(_lines(draft))
    for line in lines:
        if line == Line.GL and takes_part and chance.happens(60):
            _join(draft, line)
        elif chance.happens(95):
            _buy(draft, line, start if chance.happens(70) else after(start, -chance.below(120)), sources)
        else:
            draft.missing.append(line)
    if takes_part and not lines:
        _join(draft, Line.OCCUPATIONAL_ACCIDENT)


def _lines(draft: ContractorDraft) -> Iterator[Line]:
    chance, usual = draft.chance, _LINES.get(draft.trade, ())
    # Many owners go without workers' compensation in California and Florida, and a few elsewhere.
    exempt_percent = 45 if draft.contractor.home_state in (domain.State.CA, domain.State.FL) else 8
    if Line.WC in usual and draft.contractor.has_employees is not True and chance.happens(exempt_percent):
        draft.is_exempt = True
        usual = (*usual[:-1], Line.OCCUPATIONAL_ACCIDENT) if chance.happens(35) else usual[:-1]
    yield from usual
    if Line.WC in usual and not set(draft.states).isdisjoint(FUND_STATES) and chance.happens(85):
        yield Line.STOP_GAP  # a state's fund writes no employers' liability
    if draft.trade == "events" and chance.happens(10):
        yield Line.WC
    if draft.trade == "construction" and domain.State.WA in draft.states:
        yield Line.SURETY_BOND
    if Line.GL not in usual and (draft.clients & GL_CLIENTS or chance.happens(5)):
        yield Line.GL
    if draft.clients & LAYER_CLIENTS or chance.happens(1):
        yield from _LAYERS if chance.happens(10) else _LAYERS[:1]


def _buy(draft: ContractorDraft, line: Line, start: date, sources: list[Evidence]) -> None:
    """Write a policy for each term, renewed in time, late or not at all."""
    chance, today = draft.chance, draft.office.today
    for year in range(4):
        if year == len(sources):
            sources.append(_source(draft, start))
        end = after(start, 365)
        _write(draft, line, start, end, sources[year], InsuredCapacity.NAMED_INSURED)
        days_left = (end - today).days
        is_renewed_early = days_left < 45 and chance.happens(25)
        if line == Line.SURETY_BOND or (days_left > 0 and not is_renewed_early):
            return
        start = end if chance.happens(92) else after(end, chance.between(1, 45))
        if start > max(end, today) or chance.happens(3):
            draft.missing.append(line)
            return


def _source(draft: ContractorDraft, start: date) -> Evidence:
    """Draw where the facts of a year are read: most often on one certificate for all lines."""
    observed_on = min(after(start, draft.chance.between(-25, 5)), draft.office.today)
    level, certificate_id = draft.chance.pick(_LEVELS), None
    if level is EvidenceLevel.CERTIFICATE:
        draft.certificates.append(certificate_of(draft, observed_on))
        certificate_id = draft.certificates[-1].id
    document = _DOCUMENTS.get(level.value)
    return Evidence(level=level, observed_on=observed_on, document=document, certificate_id=certificate_id)


def _join(draft: ContractorDraft, line: Line) -> None:
    """Write the contractor into a master policy of the company's program, which runs for a calendar year."""
    joined = draft.enrollments[0].events[-1].at.date()
    source = Evidence(level=EvidenceLevel.PLATFORM, observed_on=joined, document="enrollment")
    _write(draft, line, date(joined.year, 1, 1), date(joined.year + 1, 1, 1), source, InsuredCapacity.PARTICIPANT)


def _write(
    draft: ContractorDraft, line: Line, start: date, end: date, source: Evidence, insured_as: InsuredCapacity
) -> None:
    chance, number = draft.chance, f"{draft.number}-{len(draft.policies) + 1:02}"
    if line == Line.WC and chance.happens(2):
        insured_as = InsuredCapacity.LEASED_WORKER
    carrier = _carrier(draft, line)
    stated = {"insured": _insured(draft, start, source, insured_as), **_stated(draft, line, start, end, source)}
    place = chance.below(1_000)
    if place < len(_VARIANTS_OF[line]):
        field, changes = _VARIANTS_OF[line][place]
        stated[field] = () if changes is None else tuple(attrs.evolve(part, **changes) for part in stated[field])
    if line != Line.SURETY_BOND and chance.happens(2.5):
        shorter = after(end, -chance.between(20, 120))
        stated["terms"] += (make.term(start, shorter, evidence=_rival(draft, source)),)
    if chance.happens(2):
        stated["limits"] += (_limits(line, 50, _rival(draft, source)),)
    identification = domain.PolicyIdentification(
        number=f"{line[:4].upper()}-{number}" if chance.happens(96) else None,
        carrier_name=carrier.name if carrier else "Unlisted Lloyds of Somewhere",
        carrier_naic=carrier.naic if carrier and chance.happens(90) else None,
        evidence=source,
    )
    policy = domain.Policy(
        id=f"policy-{number}",
        line=line,
        identifications=(identification,),
        insured_as=insured_as,
        program=insured_as is InsuredCapacity.PARTICIPANT,
        assignment_id=draft.assignments[0].id if draft.assignments and chance.happens(1.5) else None,
        endorsement_lists=((domain.EndorsementList(evidence=source),) if line == Line.GL and chance.happens(3) else ()),
        **stated,
        **_notices(draft, start),
    )
    draft.policies.append(policy)


def _carrier(draft: ContractorDraft, line: Line) -> domain.Carrier | None:
    """Draw who insures: a state's fund where only that may; seldom one that is poorly rated, or not known at all."""
    carriers = draft.office.carriers
    if line == Line.WC and not set(draft.states).isdisjoint(FUND_STATES):
        return draft.chance.pick([carrier for carrier in carriers if carrier.fund_state in draft.states])
    return draft.chance.pick(carriers[:9]) if draft.chance.happens(95) else draft.chance.pick((*carriers[9:14], None))


def _limits(line: Line, percent: int, source: Evidence) -> domain.Limits:
    amounts: dict[str, Any] = {name: cents * percent // 100 for name, cents in _AMOUNTS[line].items()}
    retention = make.MILLION // 200 if line in _CLAIMS else domain.Missing.ABSENT
    return domain.Limits(**amounts, retention=retention, evidence=source)


def _insured(
    draft: ContractorDraft, start: date, source: Evidence, insured_as: InsuredCapacity
) -> tuple[domain.Insured, ...]:
    """Draw who is insured: the contractor, now and then misprinted, or those in the schedule of a master policy."""
    chance, name, trade_names = draft.chance, draft.contractor.legal_name, draft.contractor.trade_names
    entries: tuple[domain.Participant, ...] = ()
    if insured_as is not InsuredCapacity.NAMED_INSURED:
        until = after(start, 200) if chance.happens(6) else None
        entries = (domain.Participant(name=name, effective=start, until=until),) if chance.happens(96) else ()
        if insured_as is InsuredCapacity.LEASED_WORKER:
            roster = tuple(domain.Participant(name=person.name, effective=start) for person in draft.contractor.people)
            firm = f"Invented Leasing Company L/C/F {name}" if entries else "Invented Leasing Company"
            return (domain.Insured(name=firm, participants=entries, leased_workers=roster, evidence=source),)
        name = draft.office.company.name
    elif chance.happens(6):
        misprints = [name.upper().replace("LLC", "L.L.C."), f"{name[:4]}{name[5:]}", f"{name} LLC"]
        name = chance.pick([*misprints, *trade_names, *(f"{name} dba {trade_name}" for trade_name in trade_names)])
    return (domain.Insured(name=name, participants=entries, evidence=source),)


def _stated(draft: ContractorDraft, line: Line, start: date, end: date, source: Evidence) -> dict[str, tuple[Any, ...]]:
    """Return what is stated of most policies of a line."""
    chance = draft.chance
    stated: dict[str, tuple[Any, ...]] = {
        "terms": (domain.Term(effective=start, expiration=end, evidence=source),),
        "limits": (_limits(line, chance.pick(_PERCENTS), source),),
    }
    if line in _CLAIMS:
        back = after(start, -(0 if chance.happens(8) else chance.between(365, 2_000)))
        stated["triggers"] = (domain.TriggerTerms(trigger=Trigger.CLAIMS_MADE, retroactive_date=back, evidence=source),)
    elif line == Line.GL or line in _LAYERS:
        stated["triggers"] = (domain.TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=source),)
    if line == Line.GL:
        stated["endorsements"] = _endorsements(draft, source)
    elif line in _LAYERS:
        follows = _SCHEDULE[:1] if line == Line.EXCESS else ()
        beneath = domain.UnderlyingSchedule(schedule=_SCHEDULE, follows_form_over=follows, evidence=source)
        stated["underlying_schedules"] = (beneath,)
    elif line == Line.WC:
        listed = domain.StateList(states=frozenset(draft.states if chance.happens(90) else draft.states[:1]))
        notices = [domain.StateNotice(state=state, given_on=start) for state in draft.states[1:2] if chance.happens(30)]
        covered = domain.StatesCovered(item_3a=listed, item_3c=_EVERYWHERE, notices=tuple(notices), evidence=source)
        stated["states"] = (covered,)
        owner = (draft.contractor.people[0].name,) if chance.happens(7) else ()
        stated["exclusions"] = (domain.Exclusions(any_excluded=bool(owner), excluded=owner, evidence=source),)
    elif line == Line.SURETY_BOND:
        stated["terms"] = (domain.Term(effective=start, continuous=True, evidence=source),)
    return stated


def _rival(draft: ContractorDraft, source: Evidence) -> Evidence:
    """Draw another source: as good as the first, so that nothing tells which is right, or better."""
    is_better = draft.chance.happens(50)
    observed_on = after(source.observed_on, draft.chance.between(1, 60) if is_better else 0)
    level = EvidenceLevel.CONFIRMED if is_better else source.level
    return make.evidence(level, observed_on=observed_on, document="letter")


def _endorsements(draft: ContractorDraft, source: Evidence) -> tuple[domain.Endorsement, ...]:
    """Draw the endorsements of general liability: most described on the certificate, or copies of up to five."""
    chance, ongoing = draft.chance, EndorsementKind.ADDITIONAL_INSURED_ONGOING
    if chance.happens(54):
        described = attrs.evolve(source, level=EvidenceLevel.DESCRIPTION) if source.certificate_id else source
        return (domain.Endorsement(kind=ongoing, basis=domain.EndorsementBasis.BLANKET, evidence=described),)
    copy = make.evidence(EvidenceLevel.COPY, observed_on=source.observed_on, document="endorsement")
    edition = chance.pick(("04 13", "12 19", "07 04"))
    if chance.happens(45):
        return (domain.Endorsement(kind=ongoing, form="CG 20 38", edition=edition, evidence=copy),)
    clients = [client.name for client in draft.office.clients if client.id in draft.clients]
    names = (draft.office.company.name, *clients)[: chance.between(1, 2)]
    return tuple(
        domain.Endorsement(kind=kind, form=form, edition=edition, parties=names, evidence=copy)
        for kind, form in _FORMS[: chance.pick((1, 1, 2, 5))]
    )


def _notices(draft: ContractorDraft, start: date) -> dict[str, Any]:
    """Draw notices: few policies are cancelled, and half of those come back, in time or after a gap."""
    chance, today = draft.chance, draft.office.today
    if chance.happens(95) or (effective := after(start, chance.below(345))) > after(today, 40):
        return {}
    reason = chance.pick(("non-payment of premium", "non-payment of premium", "request of the insured", None))
    issued = make.evidence(observed_on=after(effective, -10), document="notice_of_insurer")
    notices: dict[str, Any] = {"cancellations": (make.cancellation(effective, reason=reason, evidence=issued),)}
    back = effective if chance.happens(45) else after(effective, chance.between(3, 40))
    if back <= today and chance.happens(55):
        again = make.evidence(observed_on=back, document="notice_of_insurer")
        notices["reinstatements"] = (make.reinstatement(back, evidence=again),)
    return notices
