"""A dossier against a rule book over time: each stretch of days on which nothing can change is judged once.

Between two neighboring change points every answer is the same, so one judgment stands for the whole stretch. The
points are gathered from the facts, the rules and the law; a host's own checks add theirs as they answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import date
from functools import cached_property, partial

import attrs

from contractor_compliance.domain.assignment import Assignment, AssignmentStatus
from contractor_compliance.domain.calendar import add_years, day_after
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.requirements import Requirement
from contractor_compliance.domain.waiver import Waiver
from contractor_compliance.evaluation.checks.context import CheckContext, CustomChecks
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.dossier import DossierFacts
from contractor_compliance.evaluation.kinds.judge import if_it_binds
from contractor_compliance.evaluation.kinds.readings import judge_readings
from contractor_compliance.evaluation.kinds.result import RequirementResult
from contractor_compliance.evaluation.over_time.change_days import change_days
from contractor_compliance.evaluation.over_time.day_index import DayIndex
from contractor_compliance.evaluation.over_time.waivers import acting_waiver, waivers_by_day
from contractor_compliance.evaluation.rules.compiled import Binding, CompiledRuleBook, Resolution
from contractor_compliance.evaluation.rules.law import LawTables
from contractor_compliance.results.outcome import Outcome, Verdict, verdict_of

__all__ = ["Judged", "Sweep"]

#: Fewer assignments than this are looked at one by one.
_FEW = 8


@attrs.define
class Judged:
    """One requirement, judged on one day.

    Attributes:
        binding: The requirement, and why it binds.
        result: The result by the facts alone.
        waiver: The waiver that carries it, if one does.
    """

    binding: Binding
    result: RequirementResult
    waiver: Waiver | None

    @property
    def outcome(self) -> Outcome:
        """The outcome, waivers considered."""
        return self.result.outcome if self.waiver is None else Outcome.WAIVED


class Sweep:
    """One dossier, one compiled rule book, any number of days."""

    def __init__(self, dossier: Dossier, compiled: CompiledRuleBook, *, custom: CustomChecks, law: LawTables) -> None:
        self.facts = DossierFacts(dossier)
        self.compiled = compiled
        self._custom = custom
        self._law = law
        self._points: list[date] | None = None
        self._judged: dict[tuple[str | None, date], tuple[Judged, ...]] = {}
        self._resolutions: dict[tuple[str | None, date], Resolution] = {}
        self._works: dict[str | None, AssignmentContext] = {}

    @property
    def dossier(self) -> Dossier:
        """The dossier as given."""
        return self.facts.dossier

    # The judgment of one day.

    def judged(self, assignment: Assignment | None, day: date) -> tuple[Judged, ...]:
        """Judge what binds the assignment on the day, or the contractor alone: worst first."""
        key = (assignment.id if assignment else None, self._first_of_stretch(day))
        judgments = self._judged.get(key)
        if judgments is None:
            judgments = self._judged[key] = self._judge(assignment, day)
        return judgments

    def resolution(self, assignment: Assignment | None, day: date) -> Resolution:
        """Return what binds the assignment on the day, or the contractor alone."""
        key = (assignment.id if assignment else None, day)
        resolution = self._resolutions.get(key)
        if resolution is None:
            contractor = self.facts.dossier.contractor.id
            if assignment is None:
                resolution = self.compiled.resolve_always(contractor, day)
            else:
                resolution = self.compiled.resolve(assignment, contractor, day)
            self._resolutions[key] = resolution
        return resolution

    def work(self, assignment: Assignment | None) -> AssignmentContext:
        """Return the facts of the assignment, or of the contractor alone."""
        key = assignment.id if assignment else None
        work = self._works.get(key)
        if work is None:
            work = self._works[key] = self.facts.work_of(assignment)
        return work

    def context(self, assignment: Assignment | None, day: date) -> CheckContext:
        """Return what the checks of the assignment, or of the contractor alone, are given on the day."""
        return self._context(assignment, day, self.resolution(assignment, day))

    def _context(self, assignment: Assignment | None, day: date, resolution: Resolution) -> CheckContext:
        return CheckContext(self.facts, self.work(assignment), day, self._law, resolution.lines, self._custom)

    def _judge(self, assignment: Assignment | None, day: date) -> tuple[Judged, ...]:
        resolution = self.resolution(assignment, day)
        if not resolution.bindings:
            return ()
        context = self._context(assignment, day, resolution)
        results = [
            (binding, judge_readings(binding.requirement, context))
            for binding in _still_judged(resolution.bindings, assignment, day)
        ]
        judgments = []
        for binding, by_facts in results:
            if by_facts.next_change is not None:
                self._add_point(by_facts.next_change)
            result = by_facts if _holds_in_any_case(binding, by_facts, results) else _in_its_scope(binding, by_facts)
            waiver = None
            if self.dossier.waivers:
                retest = partial(_judge_binding, binding, context)
                waiver = acting_waiver(self._waivers.on(day), binding.requirement, result, context, retest)
            judgments.append(Judged(binding, result, waiver))
        if any(judgment.binding.depends_on_field is not None for judgment in judgments):
            judgments = _worst_of_each(judgments)
        if len(judgments) > 1:
            judgments.sort(key=lambda judgment: judgment.outcome.rank)
        return tuple(judgments)

    def verdict(self, assignment: Assignment, day: date) -> Verdict:
        """Return the verdict of an assignment on a day on which it is judged."""
        judged = self.judged(assignment, day)
        return verdict_of(judged[0].outcome if judged else Outcome.NOT_APPLICABLE)

    @cached_property
    def _waivers(self) -> DayIndex[Waiver]:
        return waivers_by_day(self.dossier)

    @cached_property
    def _assignments(self) -> DayIndex[Assignment]:
        """The assignments by the days on which they may count: while they last, and in the longest tail."""
        years = max(self.compiled.tails, default=0)
        return DayIndex(
            (assignment.start, day_after(add_years(assignment.end, years)) if assignment.end else None, assignment)
            for assignment in self.dossier.assignments
        )

    def assignments_on(self, day: date) -> tuple[Assignment, ...]:
        """Return the assignments that may count in the verdict of the day, in the order of the dossier."""
        if len(self.dossier.assignments) < _FEW:
            return self.dossier.assignments
        return self._assignments.on(day)

    def prepare(self) -> Sweep:
        """Gather the change points, so that one judgment answers for every day of its stretch; return the sweep."""
        self._all_points()
        return self

    def contractor_verdict(self, day: date) -> Verdict:
        """Return the worst verdict over what is judged on the day itself: active assignments, tails, own sets."""
        worst = Verdict.NOT_REQUIRED
        for assignment in self.assignments_on(day):
            if self.is_judged(assignment, day):
                verdict = self.verdict(assignment, day)
                if verdict.rank < worst.rank:
                    worst = verdict
        contractor_judgments = self.judged(None, day)
        if contractor_judgments:
            verdict = verdict_of(contractor_judgments[0].outcome)
            if verdict.rank < worst.rank:
                worst = verdict
        return worst

    def is_judged(self, assignment: Assignment, day: date) -> bool:
        """Return whether the assignment counts in the contractor's verdict of the day: active, or in its tail."""
        status = assignment.status_on(day)
        if status is AssignmentStatus.ENDED:
            return any(
                _in_tail(binding.requirement, assignment, day) for binding in self.resolution(assignment, day).bindings
            )
        return status is AssignmentStatus.ACTIVE

    # The stretches of days.

    def _first_of_stretch(self, day: date) -> date:
        """Return the day under which the judgments of a day's whole stretch are kept.

        Until the change points are gathered (few days are asked about), or where a host's own checks may still add to
        them, each day stands for itself.
        """
        if self._points is None or self._custom:
            return day
        index = bisect_right(self._points, day)
        return self._points[index - 1] if index else date.min

    def stretches(self, start: date, end: date | None) -> Iterator[tuple[date, date | None]]:
        """Yield the stretches from `start` up to and not including `end` (None = no end), each judged at its start.

        The caller judges a stretch before it asks for the next: a host's own check may cut it short.
        """
        day: date | None = start
        while day is not None and (end is None or day < end):
            yield day, self._until(day, end)
            day = self._until(day, end)

    def _until(self, day: date, end: date | None) -> date | None:
        following = self.next_point(day)
        if end is None or (following is not None and following < end):
            return following
        return end

    def next_point(self, day: date) -> date | None:
        """Return the first change point after the day."""
        points = self._all_points()
        index = bisect_right(points, day)
        return points[index] if index < len(points) else None

    def _add_point(self, day: date) -> None:
        points = self._all_points()
        index = bisect_left(points, day)
        if index == len(points) or points[index] != day:
            insort(points, day)

    def _all_points(self) -> list[date]:
        if self._points is None:
            self._points = sorted(change_days(self.facts, self.compiled, self._law))
        return self._points


def _judge_binding(binding: Binding, context: CheckContext, requirement: Requirement) -> RequirementResult:
    return _in_its_scope(binding, judge_readings(requirement, context))


def _in_its_scope(binding: Binding, result: RequirementResult) -> RequirementResult:
    """Return the result of a binding, where it is not stated whether it binds: a pass, else unknown."""
    return result if binding.depends_on_field is None else if_it_binds(result, binding.depends_on_field)


def _holds_in_any_case(
    binding: Binding, result: RequirementResult, results: list[tuple[Binding, RequirementResult]]
) -> bool:
    """Return whether a requirement fails that gives way to others only, and each of these fails as well."""
    return (
        binding.may_give_way
        and result.outcome is Outcome.FAIL
        and all(
            other_result.outcome is Outcome.FAIL
            for other, other_result in results
            if other.key == binding.key and not other.may_give_way
        )
    )


def _worst_of_each(judgments: list[Judged]) -> list[Judged]:
    """Return one judgment of each requirement that several sets may bring: the worst by the facts.

    Where a waiver carries that one, the worst that is left stands beside it: it may be what binds (domain rule B14.9).
    """
    by_facts: dict[str, Judged] = {}
    for judgment in sorted(judgments, key=lambda judgment: judgment.result.outcome.rank):
        by_facts.setdefault(judgment.binding.requirement.id, judgment)
    left: dict[str, Judged] = {}
    for judgment in sorted(judgments, key=lambda judgment: (judgment.outcome.rank, judgment.result.outcome.rank)):
        left.setdefault(judgment.binding.requirement.id, judgment)
    kept = {id(judgment) for judgment in (*by_facts.values(), *left.values())}
    return [judgment for judgment in judgments if id(judgment) in kept or judgment.binding.depends_on_field is None]


def _still_judged(
    bindings: tuple[Binding, ...], assignment: Assignment | None, day: date
) -> tuple[Binding, ...] | list[Binding]:
    """Return what is judged on the day: after the assignment's end, the requirements with a tail."""
    if assignment is None or assignment.end is None or day <= assignment.end:
        return bindings
    return [binding for binding in bindings if _in_tail(binding.requirement, assignment, day)]


def _in_tail(requirement: Requirement, assignment: Assignment | None, day: date) -> bool:
    """Return whether the requirement is still judged on a day after the assignment's end."""
    if requirement.tail_years is None or assignment is None or assignment.end is None:
        return False
    return assignment.end < day <= add_years(assignment.end, requirement.tail_years)
