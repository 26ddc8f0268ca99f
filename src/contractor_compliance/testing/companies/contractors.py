"""One invented contractor: who it is, the work it does, and the documents beside its policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import attrs

from contractor_compliance import domain
from contractor_compliance.domain import Assignment, Contractor, Line, Missing, ReviewStatus, State, WaiverKind
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.companies.draws import WORDS, Chance, address, after, person_name, shares
from contractor_compliance.testing.companies.office import ACTOR, JOBS, UMBRELLA_CLIENTS, Office

__all__ = ["ContractorDraft", "begin", "certificate_of", "exemption_in", "waiver_of"]

_TRADES = shares(str, "construction 22, hauling 14, events 34, professional 16, software 9, desk 5")
_TYPES = shares(domain.EntityType, "individual 22, sole_proprietor 20, llc 40, corporation 13, partnership 4, other 1")
_NAME_ENDS = {"llc": "LLC", "corporation": "Inc", "partnership": "LLP", "other": "Cooperative"}
_FIRM_TRADES = ("Builders", "Couriers", "Design", "Events", "Freight", "Interiors", "Painting", "Services", "Studio")
#: Rough shares of the population, in hundred thousands of people: which states contractors live in.
_HOME_STATES = shares(
    State,
    "CA 390, TX 300, FL 222, NY 197, PA 130, IL 126, OH 118, GA 109, NC 107, MI 100, NJ 93, VA 87, WA 78, AZ 74, "
    "MA 70, TN 70, IN 68, MD 62, MO 62, WI 59, CO 58, MN 57, SC 53, AL 51, LA 46, KY 45, OR 42, OK 40, CT 36, UT 34, "
    "PR 32, IA 32, NV 32, AR 30, MS 29, KS 29, NM 21, NE 20, ID 19, WV 18, HI 14, NH 14, ME 14, MT 11, RI 11, DE 10, "
    "SD 9, ND 8, AK 7, DC 7, VT 6, WY 6, GU 2, VI 1, MP 1, AS 1",
)
_EMPLOYEES: tuple[bool | Missing, ...] = (*[False] * 72, *[True] * 22, *[Missing.ABSENT] * 5, Missing.UNREADABLE)
_OWNERSHIP = ((100,), (100,), (100,), (60, 40), (50, 42, 8))
_HOW_MANY = shares(int, "0 5, 1 62, 2 23, 3 8, 4 2")
_WHEN = shares(str, "active 46, open 18, past 19, upcoming 9, cancelled 4, held 4")
_PAY_BASES = shares(domain.PayBasis, "hour 70, day 12, week 4, month 3, unit 6, flat 5")
#: The least that is paid on each basis, in cents; the most is eight times that.
_LEAST_PAY = {"hour": 1_800, "day": 20_000, "week": 80_000, "month": 300_000, "unit": 300, "flat": 50_000}
_OWNER = domain.Party(role=domain.PartyRole.OWNER, name="Invented Estates Holding LP")
_COMPANY_PAYS = tuple(domain.PayerChoice(line=line, payer=domain.Payer.ORGANIZATION) for line in (Line.GL, Line.WC))
_OPT_INS = shares(
    str,
    "- 8, invited 20, invited/started 20, invited/started/completed 32, invited/declined 8, "
    "invited/started/ineligible 4, invited/started/expired 4, invited/started/completed/opted_out 4",
)
_OPT_IN_LINES = ((Line.GL,), (Line.OCCUPATIONAL_ACCIDENT,), (Line.GL, Line.WC))
_RECENT = shares(ReviewStatus, "approved 78, flagged 8, pending 6, processing 3, denied 3, error 2")
_EARLIER = shares(ReviewStatus, "approved 92, flagged 6, denied 2")
_EXEMPTIONS = shares(domain.ExemptionKind, "owner_exemption 85, register_exemption 15")
_WAIVER_KINDS = shares(WaiverKind, "waive 60, reduce 20, substitute 10, conditional 10")
_WAIVER_STATES = shares(domain.WaiverState, "granted 64, requested 14, rejected 10, revoked 12")
#: The limit that a waiver reduces.
_REDUCED = {Line.GL: "each_occurrence", Line.AUTO: "combined_single_limit", Line.PROFESSIONAL: "each_claim"}


@attrs.define
class ContractorDraft:
    """The records of one contractor while they are drawn, one kind after the other."""

    office: Office
    chance: Chance
    number: str
    trade: str
    contractor: Contractor
    assignments: tuple[Assignment, ...]
    enrollments: tuple[domain.Enrollment, ...]
    clients: set[str | None]
    states: list[State]
    first_day: date
    policies: list[domain.Policy] = attrs.field(factory=list)
    certificates: list[domain.Certificate] = attrs.field(factory=list)
    missing: list[Line] = attrs.field(factory=list)  # called for by its work, and not bought or not renewed
    is_exempt: bool = False  # from workers' compensation


def begin(office: Office, index: int) -> ContractorDraft:
    """Draw a contractor with its work and its opt-in to the company's program."""
    chance, number = Chance(office.seed, index), f"{index:07}"
    trade = chance.pick(_TRADES)
    contractor = _contractor(chance, index, trade, office)
    assignments = tuple(
        _assignment(chance, f"assignment-{number}-{place}", trade, contractor, office)
        for place in range(1, chance.pick(_HOW_MANY) + 1)
    )
    opt_ins = (_opt_in(chance, f"enrollment-{number}", contractor, office.today),) if chance.happens(16) else ()
    work_states = {state for assignment in assignments for state in assignment.work_states}
    clients = {assignment.client_id for assignment in assignments}
    first_day = min((assignment.start for assignment in assignments), default=office.today)
    states = sorted(work_states or {contractor.home_state or State.TX}, key=lambda state: state.value)
    return ContractorDraft(office, chance, number, trade, contractor, assignments, opt_ins, clients, states, first_day)


def _contractor(chance: Chance, index: int, trade: str, office: Office) -> Contractor:
    entity_type, state = chance.pick(_TYPES), chance.pick(_HOME_STATES)
    owner, firm = person_name(chance), f"{chance.pick(WORDS)} {chance.pick(_FIRM_TRADES)}"
    is_person = entity_type.value not in _NAME_ENDS
    return Contractor(
        id=f"contractor-{index:07}",
        legal_name=owner if is_person else f"{firm} {_NAME_ENDS[entity_type.value]}",
        entity_type=entity_type,
        aliases=(f"{owner}, Contractor",) if is_person and chance.happens(5) else (),
        trade_names=(firm,) if chance.happens(30 if is_person else 10) else (),
        # The step shares no factor with a million, so that no two contractors have one number.
        tax_id=domain.TaxId(f"78-4{index * 7_919 % 1_000_000:06}") if chance.happens(90) else None,
        home_address=address(state, chance.below(6)) if chance.happens(98.5) else None,
        zone=chance.pick(domain.zones_of(state)) if chance.happens(20) else None,
        # Now and then a few contractors share the address of one bookkeeper.
        email=f"office-{index // 50}@example.com" if chance.happens(3) else f"contractor-{index:07}@example.com",
        phone=f"+1 555 555 01{chance.below(100):02}" if chance.happens(80) else None,
        people=tuple(_people(chance, owner, chance.pick(_OWNERSHIP[:1] if is_person else _OWNERSHIP))),
        has_employees=chance.pick(_EMPLOYEES),
        licenses=(_license(chance, state, office.today),) if trade == "construction" and chance.happens(40) else (),
        payers=_COMPANY_PAYS if chance.happens(4) else (),
    )


def _people(chance: Chance, owner: str, percents: tuple[int, ...]) -> Iterator[domain.Person]:
    is_stated = chance.happens(90)
    for place, percent in enumerate(percents, start=1):
        name, stated = owner if place == 1 else person_name(chance), percent if is_stated else Missing.ABSENT
        yield domain.Person(id=f"person-{place}", name=name, ownership_percent=stated)
    if chance.happens(12):
        place, role = len(percents) + 1, domain.PersonRole.EMPLOYEE
        yield domain.Person(id=f"person-{place}", name=person_name(chance), role=role)


def _license(chance: Chance, state: State, today: date) -> domain.License:
    start, number = after(today, -chance.between(30, 900)), f"{state.value}-{chance.below(1_000_000):06}"
    classes = chance.pick(JOBS["construction"]).license_classes
    return domain.License(state=state, number=number, classes=classes, effective=start, expiration=after(start, 730))


def _assignment(chance: Chance, name: str, trade: str, contractor: Contractor, office: Office) -> Assignment:
    when, today = chance.pick(_WHEN), office.today
    start = after(today, chance.between(1, 90) if when in ("upcoming", "cancelled") else -1 - chance.low(600))
    end = after(max(start, today), chance.below(240))
    if when == "past":
        end = min(after(start, chance.below(140)), after(today, -1))
    job = chance.pick(JOBS[trade if chance.happens(97) else chance.pick(_TRADES)])
    remote = trade in ("professional", "software", "desk") and chance.happens(70)
    client_id = office.clients[chance.low(len(office.clients))].id if chance.happens(98) else None
    return Assignment(
        id=name,
        start=start,
        end=None if when == "open" else end,
        cancelled_on=after(today, -chance.below(20)) if when == "cancelled" else None,
        on_hold=when == "held",
        client_id=client_id,
        own_work=client_id is None,
        job_code_id=job.id if chance.happens(98.5) else None,
        work_states=frozenset() if remote or chance.happens(1) else _work_states(chance, contractor),
        remote=remote,
        worker=contractor.people[0 if chance.happens(94) else -1].id if chance.happens(94) else Missing.ABSENT,
        contracts=tuple(_contracts(chance, start)),
        parties=(_OWNER,) if client_id in UMBRELLA_CLIENTS and chance.happens(50) else (),
        pay_rates=_pay_rates(chance, start, today),
        payers=_COMPANY_PAYS if chance.happens(3) else (),
    )


def _work_states(chance: Chance, contractor: Contractor) -> frozenset[State]:
    home = contractor.home_state or State.TX
    other = chance.pick(_HOME_STATES) if chance.happens(14) else home
    return frozenset({other, home if chance.happens(60) else other})


def _contracts(chance: Chance, start: date) -> Iterator[domain.WrittenContract]:
    # A few are signed only after work has begun.
    signed_on = after(start, chance.between(1, 20) if chance.happens(4) else -chance.below(30))
    company, client = domain.PartyRole.COMPANY, domain.PartyRole.CLIENT
    if chance.happens(97):
        insureds = frozenset({client} if chance.happens(70) else ())
        yield domain.WrittenContract(with_party=company, signed_on=signed_on, additional_insureds=insureds)
    if chance.happens(6):
        yield domain.WrittenContract(with_party=client, signed_on=signed_on, reference=f"MSA-{start.year}")


def _pay_rates(chance: Chance, start: date, today: date) -> tuple[domain.PayRate, ...]:
    basis, raised = chance.pick(_PAY_BASES), after(start, chance.between(60, 300))
    cents = _LEAST_PAY[basis.value] * chance.between(100, 800) // 100
    first = domain.PayRate(effective=start, cents=cents, basis=basis)
    if raised > today or chance.happens(75):
        return (first,) if chance.happens(96) else ()
    return first, domain.PayRate(effective=raised, cents=cents * chance.between(102, 112) // 100, basis=basis)


def _opt_in(chance: Chance, name: str, contractor: Contractor, today: date) -> domain.Enrollment:
    begun, path = after(today, -chance.between(20, 150)), chance.pick(_OPT_INS)
    pages, events = tuple(domain.ApplicationStep), []
    steps = {"started": chance.pick(pages), "completed": pages[-1]}
    for place, state in enumerate(path.split("/") if path != "-" else ()):
        at = _instant(after(begun, 4 * place))
        events.append(domain.EnrollmentEvent(at=at, state=domain.EnrollmentState(state), step=steps.get(state)))
    lines = frozenset(chance.pick(_OPT_IN_LINES))
    return domain.Enrollment(id=name, lines=lines, work_state=contractor.home_state, events=tuple(events))


def _instant(day: date, minutes: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minutes)


def certificate_of(draft: ContractorDraft, day: date) -> domain.Certificate:
    """Draw the next certificate, completed on a day; one of the last ten months may not be reviewed yet."""
    chance, name = draft.chance, f"certificate-{draft.number}-{len(draft.certificates) + 1:02}"
    status = chance.pick(_RECENT if (draft.office.today - day).days < 300 else _EARLIER)
    received_at = _instant(day, chance.below(480))
    note = "The limits cannot be read." if status is ReviewStatus.ERROR else None
    review = domain.ReviewEvent(at=received_at + timedelta(hours=chance.below(90)), status=status, by=ACTOR, note=note)
    return make.certificate(
        id=name,
        status=status,
        completed_on=day if chance.happens(98) else None,
        holder=draft.office.company.name,
        producer=f"{chance.pick(WORDS)} Insurance Agency LLC",
        received_at=received_at,
        review=() if status in (ReviewStatus.PENDING, ReviewStatus.PROCESSING) else (review,),
    )


def exemption_in(draft: ContractorDraft, state: State) -> domain.Exemption:
    """Draw what stands in the place of workers' compensation in a state of work."""
    chance, start = draft.chance, after(draft.first_day, -draft.chance.below(200))
    kind = domain.ExemptionKind.ATTESTATION if state is State.CA else chance.pick(_EXEMPTIONS)
    if state is State.TX and chance.happens(40):
        kind = domain.ExemptionKind.NON_SUBSCRIBER_AGREEMENT
    level = chance.pick(("copy", "confirmed")) if chance.happens(94) else "declared"
    if level == "declared" and draft.contractor.is_individual:
        kind = domain.ExemptionKind.SOLE_PROPRIETOR_DECLARATION
    evidence = make.evidence(domain.EvidenceLevel(level), observed_on=start, document=kind.value)
    lasts = kind is domain.ExemptionKind.REGISTER_EXEMPTION
    end = Missing.ABSENT if lasts else after(start, chance.pick((365, 730, 730, 730)))
    revoked_on = min(after(start, chance.between(60, 300)), draft.office.today)
    return domain.Exemption(
        id=f"exemption-{draft.number}-{state.value}",
        kind=kind,
        state=state,
        signed_on=start if kind is domain.ExemptionKind.SOLE_PROPRIETOR_DECLARATION else Missing.ABSENT,
        people=(draft.contractor.people[0].name,) if chance.happens(70) else (),
        terms=(make.term(start, end, continuous=lasts, evidence=evidence),),
        cancellations=(make.cancellation(revoked_on, reason="revoked"),) if chance.happens(6) else (),
    )


def waiver_of(draft: ContractorDraft) -> domain.Waiver:
    """Draw a waiver: of a line that is missing if there is one, or else of general liability."""
    chance, line = draft.chance, draft.missing[0] if draft.missing else Line.GL
    names_line = line not in _REDUCED or chance.happens(10)
    kind = WaiverKind.WAIVE if names_line else chance.pick(_WAIVER_KINDS)
    state, start = chance.pick(_WAIVER_STATES), after(draft.office.today, -chance.low(300))
    is_decided = state is not domain.WaiverState.REQUESTED
    reduced = make.minimum_limits({domain.LimitKind(_REDUCED.get(line, "each_claim")): make.MILLION // 4})
    return make.waiver(
        None if names_line else f"requirement-{line}",
        line=line if names_line else None,
        id=f"waiver-{draft.number}",
        kind=kind,
        state=state,
        reason_codes=frozenset({domain.ReasonCode.MISSING} if chance.happens(20) else ()),
        assignment_id=draft.assignments[0].id if draft.assignments and chance.happens(15) else None,
        policy_id=draft.policies[0].id if draft.policies and chance.happens(6) else None,
        effective=start,
        expires=after(start, chance.pick((30, 90, 180, 365, 365))),
        revoked_on=after(start, chance.between(5, 60)) if state is domain.WaiverState.REVOKED else None,
        reduced=reduced if kind is WaiverKind.REDUCE else (),
        evidence=domain.EvidenceRule(at_least=domain.EvidenceLevel.DECLARED) if kind is WaiverKind.SUBSTITUTE else None,
        until_document="policy" if kind is WaiverKind.CONDITIONAL else None,
        requested_at=_instant(after(start, -chance.between(2, 9))),
        decided_by="member-03" if is_decided else None,
        decided_at=_instant(start) if is_decided else None,
        requested_by="member-05",
    )
