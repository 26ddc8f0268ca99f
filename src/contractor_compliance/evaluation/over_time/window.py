"""All the calendar days of one assignment: what was, is and will be uncovered or unknown. Past gaps stay."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.calendar import day_after
from contractor_compliance.domain.interval import Interval, IntervalSet
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.kinds.result import unique
from contractor_compliance.evaluation.over_time.sweep import Judged, Sweep
from contractor_compliance.evaluation.rules.compiled import Binding
from contractor_compliance.results.outcome import Outcome, Verdict, verdict_of
from contractor_compliance.results.report import Gap, OutcomePeriod, Window

__all__ = ["AssignmentDays", "build_window"]

_ABSENCES = frozenset({ReasonCode.EXPIRED, ReasonCode.CANCELLED, ReasonCode.NOT_YET_EFFECTIVE, ReasonCode.MISSING})


@attrs.define
class AssignmentDays:
    """The stretches of an assignment's days with what was judged on each, and the window made of them."""

    stretches: list[tuple[date, date | None, tuple[Judged, ...]]]
    window: Window

    def next_verdict(self, day: date, verdict: Verdict) -> date | None:
        """Return the first of the assignment's days after `day` with another verdict."""
        for start, _, judged in self.stretches:
            if start > day and _verdict(judged) is not verdict:
                return start
        return None

    def holds_until(self, judged: Judged, day: date) -> date | None:
        """Return the first of the assignment's days after `day` on which the requirement's outcome is worse."""
        for start, _, later in self.stretches:
            if start > day:
                for judgment in later:
                    if (
                        judgment.binding.requirement.id == judged.binding.requirement.id
                        and judgment.outcome.rank < judged.outcome.rank
                    ):
                        return start
        return None


@attrs.define
class _OpenPeriod:
    binding: Binding
    outcome: Outcome
    start: date
    end: date | None


@attrs.define
class _Run:
    """Neighboring stretches on which one requirement is failed, or unknown, so far."""

    binding: Binding
    outcome: Outcome
    start: date
    end: date | None
    reasons: tuple[ReasonCode, ...]


def build_window(sweep: Sweep, assignment: Assignment, day: date) -> AssignmentDays:
    """Judge every stretch of the assignment's days once and gather the runs that are uncovered or unknown."""
    end = day_after(assignment.end) if assignment.end is not None else None
    stretches = []
    for start, _ in sweep.stretches(assignment.start, end):
        judged = sweep.judged(assignment, start)
        stretches.append((start, judged))
    bounded = [
        (start, following, judged)
        for (start, judged), following in zip(stretches, [*(start for start, _ in stretches[1:]), end], strict=True)
    ]
    uncovered = _days(bounded, Verdict.NON_COMPLIANT)
    unknown = _days(bounded, Verdict.UNDETERMINED)
    window = Window(
        uncovered=tuple(uncovered),
        unknown=tuple(unknown),
        first_uncovered_day=_first(uncovered, day),
        first_unknown_day=_first(unknown, day),
        gaps=_gaps(bounded),
        periods=_periods(bounded),
    )
    return AssignmentDays(bounded, window)


def _verdict(judged: tuple[Judged, ...]) -> Verdict:
    return verdict_of(judged[0].outcome if judged else Outcome.NOT_APPLICABLE)


def _days(bounded: list[tuple[date, date | None, tuple[Judged, ...]]], verdict: Verdict) -> IntervalSet:
    return IntervalSet(Interval(start, end) for start, end, judged in bounded if _verdict(judged) is verdict)


def _first(days: IntervalSet, day: date) -> date | None:
    """Return the start of the run that holds `day`, else the first day of the set after it."""
    run = days.run_around(day)
    return run.start if run is not None else days.first_from(day)


def _periods(bounded: list[tuple[date, date | None, tuple[Judged, ...]]]) -> tuple[OutcomePeriod, ...]:
    """Join neighboring stretches on which one requirement has one outcome: the worst, where two versions bind."""
    periods: list[_OpenPeriod] = []
    latest: dict[str, _OpenPeriod] = {}
    for start, end, judged in bounded:
        # Worst first, so of two versions the worse one stays.
        by_requirement = {judgment.binding.requirement.id: judgment for judgment in reversed(judged)}
        for requirement, judgment in reversed(by_requirement.items()):
            outcome = judgment.outcome
            period = latest.get(requirement)
            if period is not None and period.end == start and period.outcome is outcome:
                period.end = end
            else:
                period = latest[requirement] = _OpenPeriod(judgment.binding, outcome, start, end)
                periods.append(period)
    return tuple(
        OutcomePeriod(
            period.binding.requirement.id, period.binding.title, period.outcome, Interval(period.start, period.end)
        )
        for period in sorted(periods, key=lambda period: (period.start, period.binding.requirement.id))
    )


def _gaps(bounded: list[tuple[date, date | None, tuple[Judged, ...]]]) -> tuple[Gap, ...]:
    """Join neighboring stretches on which one requirement is failed, or unknown, into runs."""
    runs: list[_Run] = []
    latest: dict[tuple[str, Outcome], _Run] = {}
    for start, end, judged in bounded:
        for judgment in judged:
            outcome, reasons = judgment.outcome, judgment.result.reasons
            if outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
                continue
            key = (judgment.binding.requirement.id, outcome)
            run = latest.get(key)
            if run is not None and run.end == start:
                run.binding, run.end, run.reasons = judgment.binding, end, unique((*run.reasons, *reasons))
            else:
                run = latest[key] = _Run(judgment.binding, outcome, start, end, reasons)
                runs.append(run)
    gaps = [_gap(bounded, run) for run in runs]
    return tuple(sorted(gaps, key=lambda gap: (gap.days.start or date.min, gap.requirement_id, gap.outcome.rank)))


def _gap(bounded: list[tuple[date, date | None, tuple[Judged, ...]]], run: _Run) -> Gap:
    requirement, reasons = run.binding.requirement.id, run.reasons
    if (
        run.outcome is Outcome.FAIL
        and ReasonCode.GAP not in reasons
        and _ABSENCES.intersection(reasons)
        and _was_met(bounded, requirement, before=run.start)
        and _was_met(bounded, requirement, after=run.end)
    ):
        reasons = (ReasonCode.GAP, *reasons)
    days = Interval(run.start, run.end)
    return Gap(requirement, run.binding.title, run.binding.line, run.outcome, reasons, days)


def _was_met(
    bounded: list[tuple[date, date | None, tuple[Judged, ...]]],
    requirement: str,
    *,
    before: date | None = None,
    after: date | None = None,
) -> bool:
    """Return whether the requirement was met on the stretch just before, or just after, a run."""
    return any(
        judgment.outcome.rank > Outcome.UNKNOWN.rank
        for start, end, judged in bounded
        if (before is not None and end == before) or (after is not None and start == after)
        for judgment in judged
        if judgment.binding.requirement.id == requirement
    )
