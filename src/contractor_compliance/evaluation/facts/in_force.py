"""The days on which cover is in force, worked out from terms, cancellations and reinstatements.

Every answer is a pair of sets: the days on which cover is certain, and the days on which it is possible. What lies
between them is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product
from typing import TypeVar

import attrs

from contractor_compliance.domain.evidence import Evidence, EvidenceLevel
from contractor_compliance.domain.interval import ALWAYS, NEVER, IntervalSet
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.term import Cancellation, Reinstatement, Term
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.resolved import strongest

__all__ = ["CoverDays", "InForce", "in_force", "in_force_with_binder"]

_D = TypeVar("_D", bound="date | Missing | None")
_NO_END = date.max.toordinal() + 1
#: Beyond this many readings of contradicting terms, under notices, all of the days are left open.
_MOST_READINGS = 1024


@attrs.define
class InForce:
    """The days on which cover is in force.

    Attributes:
        certain: Days on which it is.
        possible: Days on which it may be; holds `certain`.
        cut: Days of the term that cancellations took away, reinstated or not.
        conflict: Whether the days between are unknown because facts contradict each other.
        support: Evidence for the start and for the end; each group must be good enough on its own.
        parts: What it is made of, where a binder is on file: the days of the policy, if its own term is stated, and
            those of the binder, which come last. Each part proves its days by itself (domain rule B14.20).
    """

    certain: IntervalSet
    possible: IntervalSet
    cut: IntervalSet
    conflict: bool
    support: tuple[tuple[Evidence, ...], ...]
    parts: tuple[InForce, ...] = ()

    @property
    def bound(self) -> IntervalSet:
        """The days on which a binder is in force."""
        return self.parts[-1].certain if self.parts else NEVER

    def absence(self, day: date) -> ReasonCode | None:
        """Return the reason why cover is not certain on `day`; None if it is."""
        if day in self.certain:
            return None
        if day in self.possible:
            return ReasonCode.FACTS_CONFLICT if self.conflict else ReasonCode.TERM_UNKNOWN
        later = self.possible.first_from(day) is not None
        if day in self.cut:
            return ReasonCode.GAP if later else ReasonCode.CANCELLED
        if later:
            return ReasonCode.NOT_YET_EFFECTIVE
        # Once cancelled for good, cover is remembered as cancelled even after the term would have run out.
        return ReasonCode.CANCELLED if self.cut and not self._resumed() else ReasonCode.EXPIRED

    def _resumed(self) -> bool:
        last = max(self.cut.changes(), default=None)
        return last is not None and self.possible.first_from(last) is not None


def in_force(
    terms: tuple[Term, ...],
    cancellations: tuple[Cancellation, ...] = (),
    reinstatements: tuple[Reinstatement, ...] = (),
) -> InForce:
    """Return the days on which cover is in force (domain rules B3.2, B3.6, B3.8, B3.9, B3.13)."""
    has_notices = bool(cancellations or reinstatements)
    if len(terms) == 1 and not has_notices:
        return _alone(terms[0])
    bases, support, conflict = _bases(terms, has_notices=has_notices)
    if len(bases) == 1 and not has_notices:
        return InForce(bases[0].certain, bases[0].possible, NEVER, conflict, support)
    certain, possible, cut = ALWAYS, NEVER, NEVER
    for base in bases:
        may_be_void = any(_may_void(notice, base) for notice in cancellations)
        for lost, doubtful in _readings_of_notices(cancellations, reinstatements, base):
            certain &= NEVER if may_be_void else base.certain - lost - doubtful
            possible |= base.possible - lost
            cut |= base.possible & lost
    return InForce(certain, possible, cut - possible, conflict, support)


def in_force_with_binder(
    terms: tuple[Term, ...],
    binders: tuple[Term, ...],
    cancellations: tuple[Cancellation, ...] = (),
    reinstatements: tuple[Reinstatement, ...] = (),
) -> InForce:
    """Return the days on which a policy or a binder before it is in force (domain rule B14.20).

    A binder is in force to its own expiration. What comes then is unknown, unless the policy's own term is stated.

    Args:
        terms: Statements of the policy's own term.
        binders: Statements of the binder's term; at least one.
        cancellations: Notices of cancellation; they end both.
        reinstatements: Notices of reinstatement.
    """
    bound = in_force(binders, cancellations, reinstatements)
    if terms:
        policy = in_force(terms, cancellations, reinstatements)
        parts: tuple[InForce, ...] = (policy, bound)
        possible = policy.possible | bound.possible
    else:
        parts = (bound,)
        open_ended = tuple(attrs.evolve(binder, expiration=Missing.ABSENT) for binder in binders)
        possible = bound.possible | in_force(open_ended, cancellations, reinstatements).possible
    certain, cut = NEVER, NEVER
    for part in parts:
        certain |= part.certain
        cut |= part.cut
    support = tuple(group for part in parts for group in part.support)
    return InForce(certain, possible, cut - possible, any(part.conflict for part in parts), support, parts)


def _alone(term: Term) -> InForce:
    """Return the days of a single statement with no notice: by far the commonest case, so it has a short way."""
    start = term.effective
    end: date | Missing | None = None if term.continuous else term.expiration
    if isinstance(start, date) and isinstance(end, date):
        # A term ends after it begins, or it could not have been built.
        span = IntervalSet.of(start, end)
        return InForce(certain=span, possible=span, cut=NEVER, conflict=False, support=((term.evidence,),))
    base = _base(start, end, term.evidence.observed_on)
    stated = not (isinstance(start, Missing) and isinstance(end, Missing))
    return InForce(
        certain=base.certain,
        possible=base.possible,
        cut=NEVER,
        conflict=False,
        support=((term.evidence,),) if stated else (),
    )


@attrs.define
class _Base:
    certain: IntervalSet
    possible: IntervalSet


def _bases(
    terms: tuple[Term, ...], *, has_notices: bool
) -> tuple[tuple[_Base, ...], tuple[tuple[Evidence, ...], ...], bool]:
    """Return the spans that the terms may mean before any notice: one, or several where facts contradict."""
    starts, start_support = _starts(terms)
    ends, end_support = _ends(terms)
    observed = min((evidence.observed_on for evidence in end_support), default=None)
    if not has_notices:
        # The outermost ends decide which days are certain and which are possible.
        starts, ends = _outermost(starts), _outermost(ends)
    readings = len(starts) * len(ends)
    if readings > _MOST_READINGS:
        # So many contradictions leave no day certain, whatever the notices say.
        bases: tuple[_Base, ...] = (_Base(NEVER, ALWAYS),)
    else:
        bases = tuple(_base(start, end, observed) for start in starts for end in ends)
    support = tuple(dict.fromkeys(group for group in (start_support, end_support) if group))
    return bases, support, readings > 1 or _ends_before_it_begins(starts[0], ends[0])


def _starts(terms: tuple[Term, ...]) -> tuple[tuple[date | Missing, ...], tuple[Evidence, ...]]:
    """Return the first day, or each that equally good sources state, and the evidence."""
    starts, support = strongest(
        (term.effective, term.evidence) for term in terms if not isinstance(term.effective, Missing)
    )
    return starts or (Missing.ABSENT,), support


def _ends(terms: tuple[Term, ...]) -> tuple[tuple[date | Missing | None, ...], tuple[Evidence, ...]]:
    """Return the day that ends the term, or each that equally good sources state, and the evidence.

    A continuous term states an end as surely as a date does: that there is none.
    """
    ends, support = strongest(
        (None if term.continuous else term.expiration, term.evidence)
        for term in terms
        if term.continuous or not isinstance(term.expiration, Missing)
    )
    return ends or (Missing.ABSENT,), support


def _ends_before_it_begins(start: date | Missing, end: date | Missing | None) -> bool:
    """Return whether the two days stated contradict each other."""
    return isinstance(start, date) and isinstance(end, date) and end <= start


def _outermost(days: tuple[_D, ...]) -> tuple[_D, ...]:
    """Return the first and the last of the days; None, which is no end, comes after all days."""
    if len(days) < 3:
        return days
    ordered = sorted(days, key=lambda day: day.toordinal() if isinstance(day, date) else _NO_END)
    return ordered[0], ordered[-1]


def _base(start: date | Missing, end: date | Missing | None, observed: date | None) -> _Base:
    if isinstance(end, Missing):
        # Nothing says when it ends: no day is certain, and none before the start is possible.
        return _Base(NEVER, ALWAYS if isinstance(start, Missing) else IntervalSet.of(start))
    if isinstance(start, Missing):
        # Seen in force on the day of observation, so certain from then; before that, nothing is stated.
        return _Base(IntervalSet.of(observed, end), IntervalSet.of(None, end))
    if end is not None and end <= start:
        return _Base(NEVER, ALWAYS)
    span = IntervalSet.of(start, end)
    return _Base(span, span)


def _acts_on(notice: Cancellation | Reinstatement, base: _Base) -> bool:
    """Return whether a notice acts on the term: only on the one that holds its effective date (domain rule B14.2)."""
    return isinstance(notice.effective, Missing) or notice.effective in base.possible or not base.possible


def _may_void(cancellation: Cancellation, base: _Base) -> bool:
    """Return whether a notice may void the term, though it takes effect before it: it was issued in the term."""
    effective, issued = cancellation.effective, cancellation.issued_on
    if isinstance(effective, Missing) or isinstance(issued, Missing):
        return False
    return effective < issued and issued in base.possible and effective not in base.possible


def _readings_of_notices(
    cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...], base: _Base
) -> Iterator[tuple[IntervalSet, IntervalSet]]:
    """Yield the days certainly lost, and the days in doubt, for each order in which the notices may have come."""
    cancelled = tuple(notice for notice in cancellations if _acts_on(notice, base))
    reinstated = tuple(notice for notice in reinstatements if _acts_on(notice, base))
    for cancelled_first, reinstated_first in _orders(cancelled, reinstated):
        yield _lost(cancelled, reinstated, cancelled_first=cancelled_first, reinstated_first=reinstated_first)


def _orders(
    cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> Iterable[tuple[bool, bool]]:
    """Return the orders to try: notices without a date of issue may have come before all others or after them.

    One that takes effect with a dated notice may be a copy of it or a later one, so it is tried like any other (domain
    rule B14.1).
    """
    if not reinstatements:
        return ((True, True),)
    return product(
        (True, False)
        if any(isinstance(cancellation.issued_on, Missing) for cancellation in cancellations)
        else (True,),
        (True, False)
        if any(isinstance(reinstatement.issued_on, Missing) for reinstatement in reinstatements)
        else (True,),
    )


def _lost(
    cancellations: tuple[Cancellation, ...],
    reinstatements: tuple[Reinstatement, ...],
    *,
    cancelled_first: bool,
    reinstated_first: bool,
) -> tuple[IntervalSet, IntervalSet]:
    """Return the days certainly lost, and the days in doubt (domain rules B3.6, B3.9).

    A cancellation takes the days from its effective date on. A reinstatement gives them back from its own effective
    date, where the cancellation was issued before it, or on its day: it answers the notice that came with it.
    """
    lost = doubtful = NEVER
    cancelled = [(_issued(cancellation, first=cancelled_first), cancellation) for cancellation in cancellations]
    reinstated = [
        (_issued(reinstatement, first=reinstated_first), reinstatement.effective) for reinstatement in reinstatements
    ]
    for issued, cancellation in cancelled:
        lifted = [effective for issued_on, effective in reinstated if issued <= issued_on]
        taken, in_doubt = _taken_by(cancellation, lifted)
        lost |= taken
        doubtful |= in_doubt
    for issued_on, effective in reinstated:
        if not any(issued <= issued_on for issued, _ in cancelled):
            # Brought back from a cancellation that is not on file: the first day without cover is not known.
            doubtful |= IntervalSet.of(None, None if isinstance(effective, Missing) else effective)
    return lost, doubtful


def _taken_by(cancellation: Cancellation, lifted: list[date | Missing]) -> tuple[IntervalSet, IntervalSet]:
    """Return the days that one cancellation takes, and those that it may take, up to the days that lift it."""
    until = min((day for day in lifted if not isinstance(day, Missing)), default=None)
    start = cancellation.effective
    if isinstance(start, Missing):
        # A cancellation takes effect at its notice at the earliest (B3.6).
        earliest = None if isinstance(cancellation.issued_on, Missing) else cancellation.issued_on
        return NEVER, IntervalSet.of(earliest, until)
    days = IntervalSet.of(start, until)
    return (NEVER, days) if any(isinstance(day, Missing) for day in lifted) else (days, NEVER)


def _issued(notice: Cancellation | Reinstatement, *, first: bool) -> int:
    if isinstance(notice.issued_on, Missing):
        return 0 if first else date.max.toordinal() + 1
    return notice.issued_on.toordinal()


class CoverDays:
    """The days on which one policy or exemption is in force, by how well its reinstatements are proven.

    Notices are events. A cancellation counts from any evidence; a reinstatement, which helps, only from evidence as
    good as the requirement asks for (domain rule B14.3).

    Attributes:
        terms: Statements of its own term.
        binders: Statements of the term of a binder before it.
        stated: The days, on whatever evidence.
    """

    def __init__(
        self,
        terms: tuple[Term, ...],
        cancellations: tuple[Cancellation, ...],
        reinstatements: tuple[Reinstatement, ...],
        binders: tuple[Term, ...] = (),
    ) -> None:
        self.terms, self._cancellations, self._reinstatements = terms, cancellations, reinstatements
        self.binders = binders
        self.stated = self._with(reinstatements) if binders else in_force(terms, cancellations, reinstatements)
        self._proven: dict[EvidenceLevel, InForce] = {}

    def _with(self, reinstatements: tuple[Reinstatement, ...]) -> InForce:
        if self.binders:
            return in_force_with_binder(self.terms, self.binders, self._cancellations, reinstatements)
        return in_force(self.terms, self._cancellations, reinstatements)

    def proven_at(self, level: EvidenceLevel) -> InForce:
        """Return the days, with no reinstatement that is shown by weaker evidence."""
        if not self._reinstatements:
            return self.stated
        days = self._proven.get(level)
        if days is None:
            strong = tuple(notice for notice in self._reinstatements if notice.evidence.level.rank >= level.rank)
            is_weaker = len(strong) < len(self._reinstatements)
            days = self._with(strong) if is_weaker else self.stated
            self._proven[level] = days
        return days

    def change_days(self) -> set[date]:
        """Return every day on which an answer may differ from the day before, on any evidence."""
        readings = [self.stated, *(self.proven_at(notice.evidence.level) for notice in self._reinstatements)]
        if self._reinstatements:
            readings.append(self._with(()))
        return {
            day
            for reading in readings
            for days in (reading.certain, reading.possible, reading.cut, *(part.certain for part in reading.parts))
            for day in days.changes()
        }
