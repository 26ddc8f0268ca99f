"""What becomes known of an invented contractor later: notices that come late, renewals, slips put right, decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain import (
    Assignment,
    Cancellation,
    Contractor,
    Dossier,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Evidence,
    EvidenceLevel,
    Exemption,
    Missing,
    Policy,
    ReasonCode,
    Reinstatement,
    ReviewEvent,
    ReviewStatus,
    Term,
    Value,
    Waiver,
    WaiverState,
)
from contractor_compliance.storage import FACTS, VALUES, Key, key_of
from contractor_compliance.testing.companies.chance import Chance, spread
from contractor_compliance.testing.companies.cover import anniversary
from contractor_compliance.testing.companies.office import ACTOR, Office
from contractor_compliance.testing.companies.papers import instant

__all__ = ["MOST_CORRECTIONS", "Correction", "correction_count", "corrections_of"]

T = TypeVar("T")

#: No contractor is corrected oftener than this.
MOST_CORRECTIONS = 3
_AMOUNTS = ("each_occurrence", "combined_single_limit", "each_claim", "el_each_accident", "penal_sum")
#: Where a dossier holds facts, by class.
_FIELDS: dict[type[Value], str] = {VALUES[kind]: field for kind, field in FACTS.items()}


@attrs.frozen(kw_only=True)
class Correction:
    """One later change of what is known of a contractor.

    Attributes:
        kind: What kind of change it is, in a word or two.
        values: What is recorded.
        removes: What was recorded in error.
        dossier: All that is known of the contractor then.
    """

    kind: str
    values: tuple[Value, ...] = ()
    removes: tuple[Key, ...] = ()
    dossier: Dossier


@attrs.frozen
class _Desk:
    """What a correction is drawn from."""

    dossier: Dossier
    chance: Chance
    office: Office
    number: int

    @property
    def day(self) -> date:
        """The day on which this became known: a day further on for each correction."""
        return self.office.today + timedelta(days=self.number)

    @property
    def told(self) -> Evidence:
        """Where it was read."""
        return Evidence(level=EvidenceLevel.CONFIRMED, observed_on=self.day, document="letter_of_insurer")

    def one(self, values: Sequence[T], is_apt: Callable[[T], bool]) -> T | None:
        """Draw one of the values that are apt, if any is."""
        apt = [each for each in values if is_apt(each)]
        return self.chance.pick(apt) if apt else None

    def id(self, prefix: str) -> str:
        """Return the id of what this correction adds: no earlier record ever had it."""
        return f"{prefix}-{self.dossier.contractor.id.removeprefix('contractor-')}-c{self.number}"


def correction_count(seed: int, index: int) -> int:
    """Return how often a contractor is corrected: one in four is, and few more than once."""
    chance = Chance(f"{seed}/{index}/corrections")
    if not chance.happens(25):
        return 0
    return 1 if chance.happens(70) else chance.between(2, MOST_CORRECTIONS)


def corrections_of(dossier: Dossier, index: int, office: Office) -> Iterator[Correction]:
    """Yield the corrections of a contractor, oldest first.

    Args:
        dossier: The contractor as it was recorded first.
        index: Its number.
        office: What the company has once.
    """
    chance = Chance(f"{office.seed}/{index}/corrected")
    for number in range(1, correction_count(office.seed, index) + 1):
        desk = _Desk(dossier, chance, office, number)
        # What cannot happen to this contractor gives way to the next that can; a move always can.
        first = _ORDER.index(chance.pick(_KINDS))
        kind, values, removes = next(
            (kind, *found) for kind in (*_ORDER[first:], *_ORDER) if (found := _WAYS[kind](desk)) is not None
        )
        dossier = _corrected(dossier, values, removes, office)
        yield Correction(kind=kind, values=values, removes=removes, dossier=dossier)


def _corrected(dossier: Dossier, values: tuple[Value, ...], removes: tuple[Key, ...], office: Office) -> Dossier:
    facts: dict[str, dict[str, Any]] = {
        field: {each.id: each for each in getattr(dossier, field)} for field in _FIELDS.values()
    }
    contractor = dossier.contractor
    for value in values:
        if isinstance(value, Contractor):
            contractor = value
        else:
            facts[_FIELDS[type(value)]][getattr(value, "id")] = value  # noqa: B009  # every fact has one
    for key in removes:
        del facts[FACTS[key.kind]][key.id]
    fields: dict[str, Any] = {field: tuple(found[each] for each in sorted(found)) for field, found in facts.items()}
    return attrs.evolve(
        dossier,
        contractor=contractor,
        clients=office.clients_of(fields["assignments"]),
        job_codes=office.job_codes_of(fields["assignments"]),
        carriers=office.carriers_of(fields["policies"]),
        **fields,
    )


_Found = tuple[tuple[Value, ...], tuple[Key, ...]]


def _days_of(policy: Policy) -> tuple[date, date] | None:
    """Return first day and expiration of a policy of one plain term."""
    if len(policy.terms) != 1:
        return None
    start, end = policy.terms[0].effective, policy.terms[0].expiration
    return None if isinstance(start, Missing) or isinstance(end, Missing) else (start, end)


def _late_notice(desk: _Desk) -> _Found | None:
    """A notice of cancellation arrives after it took effect."""

    def is_apt(policy: Policy) -> bool:
        days = _days_of(policy)
        return days is not None and days[0] < desk.office.today < days[1] and not policy.cancellations

    policy = desk.one(desk.dossier.policies, is_apt)
    if policy is None:
        return None
    start, _ = _days_of(policy) or (desk.day, desk.day)
    effective = max(start, desk.office.today - timedelta(days=desk.chance.between(3, 60)))
    notice = Cancellation(
        effective=effective,
        issued_on=effective - timedelta(days=10),
        reason="non-payment of premium",
        evidence=desk.told,
    )
    return (attrs.evolve(policy, cancellations=(notice,)),), ()


def _reinstated(desk: _Desk) -> _Found | None:
    policy = desk.one(desk.dossier.policies, lambda each: bool(each.cancellations) and not each.reinstatements)
    if policy is None:
        return None
    effective = policy.cancellations[0].effective
    back = effective if not isinstance(effective, Missing) and desk.chance.happens(50) else desk.day
    again = Reinstatement(effective=back, issued_on=desk.day, evidence=desk.told)
    return (attrs.evolve(policy, reinstatements=(again,)),), ()


def _renewed(desk: _Desk) -> _Found | None:
    """The last policy of some line is renewed, without a gap."""
    latest = {each.line: each for each in desk.dossier.policies}
    policy = desk.one(list(latest.values()), lambda each: _days_of(each) is not None)
    if policy is None:
        return None
    _, end = _days_of(policy) or (desk.day, desk.day)
    term = Term(effective=end, expiration=anniversary(end), evidence=desk.told)
    renewal = attrs.evolve(
        policy,
        id=desk.id("policy"),
        number=None,
        terms=(term,),
        cancellations=(),
        reinstatements=(),
        assignment_id=None,
    )
    return (renewal,), ()


def _limit_corrected(desk: _Desk) -> _Found | None:
    """A limit was typed in wrongly."""

    def stated(policy: Policy) -> list[str]:
        limits = policy.limits[0]
        return [name for name in _AMOUNTS if not isinstance(getattr(limits, name), Missing)]

    policy = desk.one(desk.dossier.policies, lambda each: bool(each.limits) and bool(stated(each)))
    if policy is None:
        return None
    name = stated(policy)[0]
    amount = getattr(policy.limits[0], name)
    right = amount * 2 if desk.chance.happens(60) else amount // 2
    return (attrs.evolve(policy, limits=(attrs.evolve(policy.limits[0], **{name: right}), *policy.limits[1:])),), ()


def _waived(desk: _Desk) -> _Found | None:
    """A waiver that was asked for is granted, or one is asked for and granted at once."""
    decision: dict[str, Any] = {
        "state": WaiverState.GRANTED,
        "decided_by": "member-03",
        "decided_at": instant(desk.day),
    }
    waiting = desk.one(desk.dossier.waivers, lambda each: each.state is WaiverState.REQUESTED)
    if waiting is not None:
        return (attrs.evolve(waiting, **decision),), ()
    granted = Waiver(
        id=desk.id("waiver"),
        reason="The client has accepted the contractor as it stands.",
        reason_codes=frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW}),
        requirement_id="gl",
        effective=desk.day,
        expires=desk.day + timedelta(days=90),
        requested_by="member-05",
        requested_at=instant(desk.office.today),
        **decision,
    )
    return (granted,), ()


def _ended(desk: _Desk) -> _Found | None:
    """Work ends earlier than was planned."""

    def is_apt(work: Assignment) -> bool:
        ends_later = work.end is None or work.end > desk.day
        return work.cancelled_on is None and not work.on_hold and work.start <= desk.day and ends_later

    work = desk.one(desk.dossier.assignments, is_apt)
    return None if work is None else ((attrs.evolve(work, end=desk.day),), ())


def _begun(desk: _Desk) -> _Found | None:
    """Work like some that is known is planned."""
    work = desk.one(desk.dossier.assignments, lambda _: True)
    if work is None:
        return None
    start = desk.day + timedelta(days=desk.chance.between(7, 60))
    planned = attrs.evolve(
        work, id=desk.id("assignment"), start=start, end=None, cancelled_on=None, on_hold=False, pay_rates=()
    )
    return (planned,), ()


_NEXT = {
    EnrollmentState.NOT_INVITED: EnrollmentState.INVITED,
    EnrollmentState.INVITED: EnrollmentState.STARTED,
    EnrollmentState.STARTED: EnrollmentState.COMPLETED,
    EnrollmentState.COMPLETED: EnrollmentState.OPTED_OUT,
}


def _enrolled(desk: _Desk) -> _Found | None:
    """An opt-in goes a step further, or begins."""
    known = desk.one(desk.dossier.enrollments, lambda each: each.state in _NEXT)
    if known is None and desk.dossier.enrollments:
        return None
    enrollment = known or Enrollment(id=desk.id("enrollment"), work_state=desk.dossier.contractor.home_state)
    step = EnrollmentEvent(at=instant(desk.day), state=_NEXT[enrollment.state])
    return (attrs.evolve(enrollment, events=(*enrollment.events, step)),), ()


def _reviewed(desk: _Desk) -> _Found | None:
    """A certificate that waited is approved."""
    waiting = (ReviewStatus.PENDING, ReviewStatus.PROCESSING)
    paper = desk.one(desk.dossier.certificates, lambda each: each.status in waiting)
    if paper is None:
        return None
    decided = ReviewEvent(at=instant(desk.day), status=ReviewStatus.APPROVED, by=ACTOR)
    return (attrs.evolve(paper, status=ReviewStatus.APPROVED, review=(*paper.review, decided)),), ()


def _withdrawn(desk: _Desk) -> _Found | None:
    """Something was recorded of the wrong contractor."""
    leaned_on = {each.policy_id for each in desk.dossier.waivers}
    loose: list[Exemption | Enrollment | Waiver | Policy] = [
        *desk.dossier.exemptions,
        *desk.dossier.enrollments,
        *desk.dossier.waivers,
        *(each for each in desk.dossier.policies if each.id not in leaned_on),
    ]
    wrong = desk.one(loose, lambda _: True)
    return None if wrong is None else ((), (key_of(wrong, desk.dossier.contractor.id),))


def _moved(desk: _Desk) -> _Found | None:
    """The contractor moves within its state, and has a new telephone."""
    contractor = desk.dossier.contractor
    moved = desk.chance.pick(desk.office.addresses[contractor.home_address.state]) if contractor.home_address else None
    phone = f"+1 555 555 01{desk.chance.below(100):02}"
    return (attrs.evolve(contractor, home_address=moved, phone=phone),), ()


#: In the order in which one gives way to the next.
_WAYS: dict[str, Callable[[_Desk], _Found | None]] = {
    "late notice": _late_notice,
    "reinstatement": _reinstated,
    "renewal": _renewed,
    "review": _reviewed,
    "limit": _limit_corrected,
    "waiver": _waived,
    "end of work": _ended,
    "enrollment": _enrolled,
    "new work": _begun,
    "withdrawal": _withdrawn,
    "move": _moved,
}
_ORDER = tuple(_WAYS)
_KINDS = spread(
    ("late notice", 16),
    ("reinstatement", 14),
    ("renewal", 10),
    ("limit", 10),
    ("waiver", 8),
    ("end of work", 10),
    ("enrollment", 8),
    ("review", 14),
    ("withdrawal", 2),
    ("new work", 4),
    ("move", 4),
)
