"""The papers round the policies of one invented contractor: certificates, exemptions, opt-ins and waivers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from contractor_compliance.domain import (
    ApplicationStep,
    Assignment,
    Cancellation,
    Certificate,
    Contractor,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    Exemption,
    ExemptionKind,
    LimitKind,
    Line,
    MinimumLimit,
    Policy,
    ReasonCode,
    ReviewEvent,
    ReviewStatus,
    State,
    Term,
    Waiver,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.testing.companies.chance import Chance, spread
from contractor_compliance.testing.companies.office import ACTOR, Office

__all__ = ["certificate_of", "enrollment_of", "exemptions_of", "instant", "waivers_of"]

_LATEST = spread(
    (ReviewStatus.APPROVED, 78),
    (ReviewStatus.FLAGGED, 8),
    (ReviewStatus.PENDING, 6),
    (ReviewStatus.PROCESSING, 3),
    (ReviewStatus.DENIED, 3),
    (ReviewStatus.ERROR, 2),
)
_EARLIER = spread((ReviewStatus.APPROVED, 92), (ReviewStatus.FLAGGED, 6), (ReviewStatus.DENIED, 2))
_UNREVIEWED = (ReviewStatus.PENDING, ReviewStatus.PROCESSING)
_DAY = timedelta(days=1)


def instant(day: date, minutes: int = 0) -> datetime:
    """Return an instant on a day: so many minutes after nine in the morning, UTC."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minutes)


def certificate_of(chance: Chance, name: str, day: date, office: Office, *, is_last: bool) -> Certificate:
    """Draw a certificate completed on a day: the earlier ones have been reviewed, the last may not be yet."""
    status = chance.pick(_LATEST if is_last else _EARLIER)
    received = instant(day, chance.below(480))
    return Certificate(
        id=name,
        status=status,
        completed_on=day if chance.happens(98) else None,
        form="ACORD 25",
        edition="2016/03",
        number=f"{chance.below(10_000_000):07}",
        holder=office.company.name,
        producer=chance.pick(office.agencies),
        received_at=received,
        sha256=hashlib.sha256(name.encode()).hexdigest() if chance.happens(85) else None,
        review=_review(chance, status, received),
    )


def _review(chance: Chance, status: ReviewStatus, received: datetime) -> tuple[ReviewEvent, ...]:
    if status in _UNREVIEWED:
        return ()
    note = "The limits cannot be read." if status is ReviewStatus.ERROR else None
    decided = ReviewEvent(at=received + _DAY * chance.below(4), status=status, by=ACTOR, note=note)
    if not chance.happens(30):
        return (decided,)
    return ReviewEvent(at=received, status=ReviewStatus.PROCESSING), decided


_HOMES = {State.FL: ExemptionKind.OWNER_EXEMPTION, State.CA: ExemptionKind.ATTESTATION}
_PAPERS = {
    ExemptionKind.OWNER_EXEMPTION: ("register_entry", EvidenceLevel.CONFIRMED),
    ExemptionKind.ATTESTATION: ("attestation", EvidenceLevel.COPY),
    ExemptionKind.REGISTER_EXEMPTION: ("register_entry", EvidenceLevel.CONFIRMED),
    ExemptionKind.NON_SUBSCRIBER_AGREEMENT: ("dwc_85", EvidenceLevel.COPY),
}


def exemptions_of(
    chance: Chance, index: int, contractor: Contractor, assignments: Sequence[Assignment], office: Office
) -> tuple[Exemption, ...]:
    """Draw the papers that stand in the place of workers' compensation, one for each state of work."""
    states = {state for each in assignments for state in each.work_states} or {contractor.home_state or State.TX}
    first = min((each.start for each in assignments), default=office.today)
    start = date.fromordinal(first.toordinal() - chance.below(200))
    found = []
    for number, state in enumerate(sorted(states, key=lambda each: each.value), start=1):
        kind = _HOMES.get(state, ExemptionKind.OWNER_EXEMPTION)
        if state is State.TX and chance.happens(40):
            kind = ExemptionKind.NON_SUBSCRIBER_AGREEMENT
        elif kind is ExemptionKind.OWNER_EXEMPTION and chance.happens(15):
            kind = ExemptionKind.REGISTER_EXEMPTION
        document, level = _PAPERS[kind]
        if chance.happens(6):
            level = EvidenceLevel.DECLARED
        evidence = Evidence(level=level, observed_on=start, document=document)
        lasts = kind is ExemptionKind.REGISTER_EXEMPTION
        end = date.fromordinal(start.toordinal() + (365 if chance.happens(15) else 730))
        found.append(
            Exemption(
                id=f"exemption-{index:07}-{number}",
                kind=kind,
                state=state,
                number=f"{state.value}-E{chance.below(1_000_000):06}",
                people=(contractor.people[0].name,) if chance.happens(70) else (),
                terms=(
                    Term(effective=start, continuous=True, evidence=evidence)
                    if lasts
                    else Term(effective=start, expiration=end, evidence=evidence),
                ),
                cancellations=_revocation(chance, start, office.today),
            )
        )
    return tuple(found)


def _revocation(chance: Chance, start: date, today: date) -> tuple[Cancellation, ...]:
    if not chance.happens(4):
        return ()
    day = date.fromordinal(min(start.toordinal() + chance.between(60, 300), today.toordinal()))
    told = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=day, document="register_entry")
    return (Cancellation(effective=day, issued_on=day, reason="revoked", evidence=told),)


_PATHS: dict[EnrollmentState, tuple[EnrollmentState, ...]] = {
    EnrollmentState.NOT_INVITED: (),
    EnrollmentState.INVITED: (EnrollmentState.INVITED,),
    EnrollmentState.STARTED: (EnrollmentState.INVITED, EnrollmentState.STARTED),
    EnrollmentState.COMPLETED: (EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.COMPLETED),
    EnrollmentState.DECLINED: (EnrollmentState.INVITED, EnrollmentState.DECLINED),
    EnrollmentState.INELIGIBLE: (EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.INELIGIBLE),
    EnrollmentState.EXPIRED: (EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.EXPIRED),
    EnrollmentState.OPTED_OUT: (
        EnrollmentState.INVITED,
        EnrollmentState.STARTED,
        EnrollmentState.COMPLETED,
        EnrollmentState.OPTED_OUT,
    ),
}
_ENROLLMENTS = spread(
    (EnrollmentState.NOT_INVITED, 8),
    (EnrollmentState.INVITED, 20),
    (EnrollmentState.STARTED, 20),
    (EnrollmentState.COMPLETED, 32),
    (EnrollmentState.DECLINED, 8),
    (EnrollmentState.INELIGIBLE, 4),
    (EnrollmentState.EXPIRED, 4),
    (EnrollmentState.OPTED_OUT, 4),
)
_LINES = (frozenset({Line.GL}), frozenset({Line.OCCUPATIONAL_ACCIDENT}), frozenset({Line.GL, Line.WC}))


def enrollment_of(chance: Chance, index: int, contractor: Contractor, office: Office) -> Enrollment | None:
    """Draw an opt-in to program cover: one contractor in six has been thought of, and is somewhere on the way."""
    if not chance.happens(16):
        return None
    path = _PATHS[chance.pick(_ENROLLMENTS)]
    begun = date.fromordinal(office.today.toordinal() - chance.between(20, 150))
    events = []
    for place, state in enumerate(path):
        step = None
        if state is EnrollmentState.STARTED:
            step = chance.pick(tuple(ApplicationStep))
        elif state is EnrollmentState.COMPLETED:
            step = ApplicationStep.APPLICATION_COMPLETE
        note = "The work is not eligible." if state is EnrollmentState.INELIGIBLE else None
        at = instant(begun, 1_440 * 4 * place + chance.below(500))
        events.append(EnrollmentEvent(at=at, state=state, step=step, note=note))
    return Enrollment(
        id=f"enrollment-{index:07}",
        lines=chance.pick(_LINES),
        work_state=contractor.home_state,
        events=tuple(events),
    )


_KINDS = spread(
    (WaiverKind.WAIVE, 60), (WaiverKind.REDUCE, 20), (WaiverKind.SUBSTITUTE, 10), (WaiverKind.CONDITIONAL, 10)
)
_STATES = spread(
    (WaiverState.GRANTED, 64), (WaiverState.REQUESTED, 14), (WaiverState.REJECTED, 10), (WaiverState.REVOKED, 12)
)
_REASONS = (
    "The client carries the risk under its own program.",
    "The work is done on paper, without tools.",
    "The renewal is on its way; the agent has confirmed it by telephone.",
    "The limit was agreed in the contract.",
)
_HALF = 50_000_000
_REDUCED = {
    "gl": (
        MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=_HALF // 2),
        MinimumLimit(limit=LimitKind.GENERAL_AGGREGATE, cents=_HALF),
    ),
    "auto": (MinimumLimit(limit=LimitKind.COMBINED_SINGLE_LIMIT, cents=_HALF),),
    "professional": (
        MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=_HALF // 2),
        MinimumLimit(limit=LimitKind.AGGREGATE, cents=_HALF // 2),
    ),
}


def waivers_of(
    chance: Chance,
    index: int,
    wanting: Sequence[str],
    assignments: Sequence[Assignment],
    policies: Sequence[Policy],
    office: Office,
) -> tuple[Waiver, ...]:
    """Draw the exceptions that somebody asked for: seldom any, oftener where some cover is known to be wanting."""
    if not chance.happens(50 if wanting else 2.5):
        return ()
    requirement = wanting[0] if wanting else "gl"
    kind = chance.pick(_KINDS)
    if kind is WaiverKind.REDUCE and requirement not in _REDUCED:
        kind = WaiverKind.WAIVE
    state = chance.pick(_STATES)
    start = date.fromordinal(office.today.toordinal() - chance.low(300))
    asked = instant(start, -1_440 * chance.between(2, 9))
    decided = state is not WaiverState.REQUESTED
    by_line = requirement == "auto" and chance.happens(30)
    return (
        Waiver(
            id=f"waiver-{index:07}",
            kind=kind,
            state=state,
            reason=chance.pick(_REASONS),
            reason_codes=frozenset({ReasonCode.MISSING}) if kind is WaiverKind.WAIVE and chance.happens(20) else _ANY,
            requirement_id=None if by_line else requirement,
            line=Line.AUTO if by_line else None,
            assignment_id=assignments[0].id if assignments and chance.happens(15) else None,
            policy_id=policies[0].id if policies and chance.happens(6) else None,
            effective=start,
            expires=date.fromordinal(start.toordinal() + chance.pick((30, 90, 180, 365, 365))),
            revoked_on=date.fromordinal(start.toordinal() + chance.between(5, 60))
            if state is WaiverState.REVOKED
            else None,
            reduced=_REDUCED[requirement] if kind is WaiverKind.REDUCE else (),
            evidence=EvidenceRule(at_least=EvidenceLevel.DECLARED) if kind is WaiverKind.SUBSTITUTE else None,
            until_document="policy" if kind is WaiverKind.CONDITIONAL else None,
            requested_by="member-05",
            requested_at=asked,
            decided_by="member-03" if decided else None,
            decided_at=asked + _DAY if decided else None,
            document="letter.pdf" if chance.happens(25) else None,
        ),
    )


_ANY: frozenset[ReasonCode] = frozenset()
