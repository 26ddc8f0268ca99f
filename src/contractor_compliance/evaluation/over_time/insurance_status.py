"""Insurance status: is there cover at all, adequate or not, for each line that active work requires?"""

from __future__ import annotations

from datetime import date

from contractor_compliance.domain.assignment import Assignment, AssignmentStatus
from contractor_compliance.domain.requirements.groups import RequirementGroup
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.kinds.judge import asks_for_cover
from contractor_compliance.evaluation.kinds.kind import Presence
from contractor_compliance.evaluation.kinds.readings import presence_in_readings
from contractor_compliance.evaluation.over_time.sweep import Judged, Sweep
from contractor_compliance.results.outcome import InsuranceStatus, Outcome

__all__ = ["insurance_status"]


def insurance_status(sweep: Sweep, day: date) -> InsuranceStatus:
    """Return whether each line required on the day has a policy, or an accepted proof, in force."""
    presences: list[Presence] = []
    for assignment in sweep.assignments_on(day):
        if assignment.status_on(day) is AssignmentStatus.ACTIVE:
            presences += _required(sweep, assignment, day)
    presences += _required(sweep, None, day)
    if not presences:
        return InsuranceStatus.NOT_REQUIRED
    if all(presence is True for presence in presences):
        return InsuranceStatus.INSURED
    if True in presences and False in presences:
        return InsuranceStatus.PARTLY_INSURED
    if None in presences:
        return InsuranceStatus.UNDETERMINED
    return InsuranceStatus.UNINSURED


def _required(sweep: Sweep, assignment: Assignment | None, day: date) -> list[Presence]:
    judged = sweep.judged(assignment, day)
    judgments = [
        judgment
        for judgment in judged
        if judgment.result.outcome is not Outcome.NOT_APPLICABLE and asks_for_cover(judgment.binding.requirement)
    ]
    if all(_is_met(judgment) for judgment in judgments):
        return [True] * len(judgments)
    context = sweep.context(assignment, day)
    # Where one requirement gives way to another of its key, one of the two binds in any case.
    required = {judgment.binding.key for judgment in judged if judgment.binding.may_give_way}
    return [_presence(judgment, context, is_open=judgment.binding.key not in required) for judgment in judgments]


def _is_met(judgment: Judged) -> bool:
    """Return whether the facts meet the requirement, so that its cover is there; a group may be met by other means."""
    return judgment.result.outcome.rank > Outcome.WAIVED.rank and not isinstance(
        judgment.binding.requirement, RequirementGroup
    )


def _presence(judgment: Judged, context: CheckContext, *, is_open: bool) -> Presence:
    binding = judgment.binding
    present = presence_in_readings(binding.requirement, context)
    # Where it is not stated whether the requirement binds, no cover is no answer (domain rule B14.9).
    may_bind = (binding.depends_on_field is not None and is_open) or context.form_is_unstated(binding.requirement)
    return None if may_bind and present is False else present
