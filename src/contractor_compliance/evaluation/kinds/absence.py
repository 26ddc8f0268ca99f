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
    future = [policy for policy in policies if policy.in_force.possible.first_from(day) is not None]
    if future:
        nearest, reason = _before_next(policies, future, day)
    else:
        # A policy cancelled flat was never in force, yet it was cancelled: that is why there is no cover.
        nearest = _last_ended(policies, day)
        reason = nearest.in_force.absence(day) or ReasonCode.MISSING
    check = Check(aspect="term", outcome=Outcome.FAIL, reason=reason, policy_id=nearest.id)
    result = result_of((check,), (nearest.id,))
    result.late = frozenset() if future else _late(policies)
    return result


def _before_next(policies: list[PolicyFacts], future: list[PolicyFacts], day: date) -> tuple[PolicyFacts, ReasonCode]:
    """Return the policy that left a gap before the next one; where there was none, the next one itself."""
    past = [policy for policy in policies if _began_before(policy, day)]
    if past:
        return _last_ended(past, day), ReasonCode.GAP
    return _first_to_begin(future, day), ReasonCode.NOT_YET_EFFECTIVE


def _began_before(policy: PolicyFacts, day: date) -> bool:
    """Return whether the policy was, or may have been, in force before the day."""
    first = policy.in_force.possible.first_from(date.min)
    return first is not None and first < day


def _last_ended(policies: list[PolicyFacts], day: date) -> PolicyFacts:
    """Return the policy whose cover turned last before the day."""
    return max(policies, key=lambda policy: (_last_turn(policy, day), policy.id))


def _first_to_begin(policies: list[PolicyFacts], day: date) -> PolicyFacts:
    """Return the policy that is in force first from the day on."""
    return min(policies, key=lambda policy: (policy.in_force.possible.first_from(day) or date.max, policy.id))


def _last_turn(policy: PolicyFacts, day: date) -> date:
    """Return the last day up to `day` on which the policy's cover began or ended."""
    return max((turn for turn in policy.in_force.possible.changes() if turn <= day), default=date.min)


def _late(policies: list[PolicyFacts]) -> frozenset[str]:
    """Return the policies, if all of them had ended when they arrived."""
    return frozenset(policy.id for policy in policies) if all(map(_arrived_ended, policies)) else frozenset()


def _arrived_ended(policy: PolicyFacts) -> bool:
    """Return whether every source of the policy's term was observed after the policy had ended."""
    end = max(policy.in_force.possible.changes(), default=date.max)
    observed = [evidence.observed_on for group in policy.in_force.support for evidence in group]
    return bool(observed) and all(end <= day for day in observed)
