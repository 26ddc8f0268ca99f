"""Why no policy of a line is in force."""

from __future__ import annotations

from datetime import date

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.result import RequirementResult, result_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["absence_of"]


def absence_of(policies: list[PolicyFacts], context: CheckContext, *, tail: bool = False) -> RequirementResult:
    """Return why no policy of the line is in force: a gap, cancelled, expired, not yet effective, or not on file."""
    if tail:
        return result_of((Check(aspect="tail", outcome=Outcome.FAIL, reason=ReasonCode.TAIL_MISSING),))
    if not policies:
        return result_of((Check(aspect="term", outcome=Outcome.FAIL, reason=ReasonCode.MISSING),))
    day = context.day
    past = [policy for policy in policies if (first := policy.in_force.possible.first_from(date.min)) and first < day]
    future = [policy for policy in policies if policy.in_force.possible.first_from(day) is not None]
    if past and future:
        nearest = max(past, key=lambda policy: (_last_day(policy, day), policy.id))
        check = Check(aspect="term", outcome=Outcome.FAIL, reason=ReasonCode.GAP, policy_id=nearest.id)
    elif future:
        nearest = min(future, key=lambda policy: (policy.in_force.possible.first_from(day) or date.max, policy.id))
        check = Check(aspect="term", outcome=Outcome.FAIL, reason=ReasonCode.NOT_YET_EFFECTIVE, policy_id=nearest.id)
    else:
        # A policy cancelled flat was never in force, yet it was cancelled: that is why there is no cover.
        nearest = max(policies, key=lambda policy: (_last_day(policy, day), policy.id))
        reason = nearest.in_force.absence(day) or ReasonCode.MISSING
        check = Check(aspect="term", outcome=Outcome.FAIL, reason=reason, policy_id=nearest.id)
    result = result_of((check,), (nearest.id,))
    if not future and all(_arrived_ended(policy) for policy in policies):
        result.late = frozenset(policy.id for policy in policies)
    return result


def _last_day(policy: PolicyFacts, day: date) -> date:
    return max((turn for turn in policy.in_force.possible.changes() if turn <= day), default=date.min)


def _arrived_ended(policy: PolicyFacts) -> bool:
    """Return whether every source of the policy's term was observed after the policy had ended."""
    end = max(policy.in_force.possible.changes(), default=date.max)
    observed = [evidence.observed_on for group in policy.in_force.support for evidence in group]
    return bool(observed) and all(end <= day for day in observed)
