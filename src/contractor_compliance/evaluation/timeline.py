"""The verdict as a step function of the day, and the standing: the same steps as rows to store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.rulebook import RuleBook
from contractor_compliance.evaluation.checks.context import CustomChecks
from contractor_compliance.evaluation.evaluate import open_sweep
from contractor_compliance.evaluation.over_time.insurance_status import insurance_status
from contractor_compliance.evaluation.over_time.sweep import Judged, Sweep
from contractor_compliance.evaluation.rules.compiled import CompiledRuleBook
from contractor_compliance.evaluation.rules.law import SHIPPED_LAW, LawTables
from contractor_compliance.results.outcome import Outcome
from contractor_compliance.results.timeline import StandingRow, Step, Timeline

__all__ = ["standing", "timeline"]

_NO_CHECKS: CustomChecks = {}


def timeline(
    dossier: Dossier,
    rulebook: RuleBook | CompiledRuleBook,
    *,
    over: Interval,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> Timeline:
    """Return the contractor's verdict on every day of a range, as steps.

    Equal to `evaluate` on each day, at the cost of one judgment for each change.

    Args:
        dossier: All that is known of the contractor.
        rulebook: The requirements, or a compiled plan.
        over: The days asked about; either side may be open.
        custom: The host's own checks, by name.
        law: Tables of law.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Interval
        >>> from contractor_compliance.testing import factories as make
        >>> dossier = make.dossier(make.gl_policy())
        >>> year = Interval(date(2026, 1, 1), date(2027, 1, 1))
        >>> [step.verdict.value for step in timeline(dossier, make.rulebook(make.gl_requirement()), over=year).steps]
        ['not_required', 'compliant', 'not_required']
    """
    sweep = open_sweep(dossier, rulebook, custom=custom, law=law)
    contractor = dossier.contractor
    return Timeline(contractor.id, tuple(_steps(sweep, over)), contractor.legal_name)


def standing(
    dossier: Dossier,
    rulebook: RuleBook | CompiledRuleBook,
    *,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> tuple[StandingRow, ...]:
    """Return the timeline of all days, from the beginning without end, as rows to store.

    Example:
        >>> from contractor_compliance.testing import factories as make
        >>> rows = standing(make.dossier(), make.rulebook(make.gl_requirement()))
        >>> [(row.start.year, row.verdict.value) for row in rows]
        [(1, 'not_required'), (2026, 'non_compliant'), (2026, 'not_required')]
    """
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
            rulebook_id=sweep.compiled.rulebook_id,
            rulebook_version=sweep.compiled.rulebook_version,
        )
        for step in _steps(sweep, Interval())
    )


def _steps(sweep: Sweep, over: Interval) -> Iterator[Step]:
    """Yield the steps, neighbors with one answer joined."""
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
        reasons=worst.result.reasons if worst else (),
    )


def _worst(sweep: Sweep, day: date) -> Judged | None:
    judgments = [
        judged[0]
        for assignment in sorted(sweep.dossier.assignments, key=lambda assignment: assignment.id)
        if sweep.is_judged(assignment, day) and (judged := sweep.judged(assignment, day))
    ]
    judgments += sweep.judged(None, day)[:1]
    judgments = [judgment for judgment in judgments if judgment.outcome is not Outcome.NOT_APPLICABLE]
    return min(judgments, key=lambda judgment: judgment.outcome.rank, default=None)


def _answer(step: Step) -> tuple[object, ...]:
    return step.verdict, step.insurance_status, step.worst_requirement, step.reasons
