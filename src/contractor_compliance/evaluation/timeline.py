"""The verdict as a step function of the day, and the standing: the same steps as rows to store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import attrs

from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.rulebook import RuleBook
from contractor_compliance.evaluation.evaluate import open_sweep
from contractor_compliance.evaluation.law import SHIPPED_LAW, LawTables
from contractor_compliance.evaluation.plan import Plan
from contractor_compliance.evaluation.presence import insurance_status
from contractor_compliance.evaluation.question import CustomChecks
from contractor_compliance.evaluation.report import InsuranceStatus, Outcome, Verdict
from contractor_compliance.evaluation.sweep import Judged, Sweep

__all__ = ["StandingRow", "Step", "Timeline", "standing", "timeline"]

_NO_CHECKS: CustomChecks = {}


@attrs.frozen
class Step:
    """A run of days with one answer.

    Attributes:
        start: First day.
        end: The day after the last; None = for ever.
        verdict: The contractor's verdict on each of the days.
        insurance_status: Presence of cover on each of the days.
        worst_requirement: Id of the requirement that decides the verdict; None where nothing is judged.
        reasons: Its reasons, worst first.
    """

    start: date
    end: date | None
    verdict: Verdict
    insurance_status: InsuranceStatus
    worst_requirement: str | None = None
    reasons: tuple[ReasonCode, ...] = ()


@attrs.frozen
class Timeline:
    """The verdict over a range of days.

    Attributes:
        contractor_id: The contractor.
        steps: Runs of days without gap or overlap, in order of time.
    """

    contractor_id: str
    steps: tuple[Step, ...]

    def on(self, day: date) -> Step:
        """Return the step that holds the day.

        Raises:
            KeyError: If the day lies outside the range that was asked for.
        """
        for step in self.steps:
            if step.start <= day and (step.end is None or day < step.end):
                return step
        raise KeyError(day)

    def next_change(self, day: date) -> date | None:
        """Return the first day after `day` on which the verdict changes, within the range."""
        for before, after in pairwise(self.steps):
            if after.start > day and after.verdict is not before.verdict:
                return after.start
        return None

    def _repr_html_(self) -> str:
        from contractor_compliance.evaluation.explain import explain

        return explain(self, as_="html")

    def _repr_markdown_(self) -> str:
        from contractor_compliance.evaluation.explain import explain

        return explain(self, as_="markdown")


@attrs.frozen
class StandingRow:
    """One row of a stored timeline: a listing picks the row that holds its day, so it is never stale.

    Attributes:
        contractor_id: The contractor.
        start: First day.
        end: The day after the last; None = for ever.
        verdict: Verdict on each of the days.
        insurance_status: Presence of cover on each of the days.
        worst_requirement: Id of the requirement that decides the verdict, if one does.
        reasons: Its reasons, worst first.
        rulebook_id: The rule book judged by.
        rulebook_version: Its version.
    """

    contractor_id: str
    start: date
    end: date | None
    verdict: Verdict
    insurance_status: InsuranceStatus
    worst_requirement: str | None
    reasons: tuple[ReasonCode, ...]
    rulebook_id: str
    rulebook_version: int


def timeline(
    dossier: Dossier,
    rulebook: RuleBook | Plan,
    *,
    over: Interval,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> Timeline:
    """Return the contractor's verdict on every day of a range, as steps.

    Equal to `evaluate` on each day, at the cost of one judgement for each change.

    Args:
        dossier: All that is known of the contractor.
        rulebook: The requirements, or a compiled plan.
        over: The days asked about; either side may be open.
        custom: The host's own checks, by name.
        law: Tables of law.
    """
    sweep = open_sweep(dossier, rulebook, custom=custom, law=law)
    return Timeline(dossier.contractor.id, tuple(_steps(sweep, over)))


def standing(
    dossier: Dossier,
    rulebook: RuleBook | Plan,
    *,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> tuple[StandingRow, ...]:
    """Return the timeline of all days, from the beginning without end, as rows to store."""
    sweep = open_sweep(dossier, rulebook, custom=custom, law=law)
    return tuple(
        StandingRow(
            contractor_id=dossier.contractor.id,
            start=step.start,
            end=step.end,
            verdict=step.verdict,
            insurance_status=step.insurance_status,
            worst_requirement=step.worst_requirement,
            reasons=step.reasons,
            rulebook_id=sweep.plan.rulebook_id,
            rulebook_version=sweep.plan.rulebook_version,
        )
        for step in _steps(sweep, Interval())
    )


def _steps(sweep: Sweep, over: Interval) -> Iterator[Step]:
    """Yield the steps, neighbours with one answer joined."""
    held: Step | None = None
    for start, end in sweep.stretches(over.start or date.min, over.end):
        step = _step(sweep, start, end)
        if held is None:
            held = step
        elif _answer(held) == _answer(step):
            held = attrs.evolve(held, end=step.end)
        else:
            yield attrs.evolve(held, end=start)
            held = step
    if held is not None:
        yield attrs.evolve(held, end=over.end)


def _step(sweep: Sweep, start: date, end: date | None) -> Step:
    worst = _worst(sweep, start)
    return Step(
        start=start,
        end=end,
        verdict=sweep.contractor_verdict(start),
        insurance_status=insurance_status(sweep, start),
        worst_requirement=worst.binding.requirement.id if worst else None,
        reasons=worst.answer.reasons if worst else (),
    )


def _worst(sweep: Sweep, day: date) -> Judged | None:
    found = [
        judged[0]
        for assignment in sorted(sweep.dossier.assignments, key=lambda each: each.id)
        if sweep.is_judged(assignment, day) and (judged := sweep.judged(assignment, day))
    ]
    found += sweep.judged(None, day)[:1]
    found = [each for each in found if each.outcome is not Outcome.NOT_APPLICABLE]
    return min(found, key=lambda each: each.outcome.rank, default=None)


def _answer(step: Step) -> tuple[object, ...]:
    return step.verdict, step.insurance_status, step.worst_requirement, step.reasons
