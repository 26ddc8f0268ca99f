"""One result out of two readings of the facts: what may be or not is never read in the contractor's favor (B14.1)."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import Requirement
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.dossier import DossierFacts
from contractor_compliance.evaluation.kinds.judge import judge, presence_of
from contractor_compliance.evaluation.kinds.kind import Presence
from contractor_compliance.evaluation.kinds.result import RequirementResult, earliest_change, put_in_doubt, unique
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["judge_readings", "presence_in_readings"]


def judge_readings(requirement: Requirement, context: CheckContext) -> RequirementResult:
    """Return the result of a requirement, whether the policies that may be one are one or not.

    Where both readings have one outcome, that is it; two kinds of pass are the weaker one; else it is unknown.
    """
    apart = judge(requirement, context)
    if context.facts.if_one is None:
        return apart
    joined = judge(requirement, attrs.evolve(context, facts=context.facts.if_one))
    if joined.outcome is apart.outcome:
        return apart
    worse, better = sorted((apart, joined), key=lambda result: result.outcome.rank)
    if worse.outcome.rank > Outcome.UNKNOWN.rank:
        return worse
    policies = _doubtful(unique((*better.policies, *worse.policies)), context.facts)
    doubt = Check(
        aspect="policy",
        outcome=Outcome.UNKNOWN,
        reason=ReasonCode.POLICIES_MAY_BE_ONE,
        actual=", ".join(policies) or None,
        policy_id=policies[0] if policies else None,
    )
    result = put_in_doubt(worse, doubt, better.policies)
    return attrs.evolve(result, next_change=earliest_change((apart, joined)))


def presence_in_readings(requirement: Requirement, context: CheckContext) -> Presence:
    """Return whether there is cover of the kind asked for, whether the policies that may be one are one or not."""
    apart = presence_of(requirement, context)
    if context.facts.if_one is None:
        return apart
    joined = presence_of(requirement, attrs.evolve(context, facts=context.facts.if_one))
    return apart if joined is apart else None


def _doubtful(policies: tuple[str, ...], facts: DossierFacts) -> tuple[str, ...]:
    """Return the records that may be one policy: those used, with their doubles."""
    used = [policy for policy in policies if policy in facts.may_be_one] or list(policies)
    return unique(record for policy in used for record in (policy, *facts.may_be_one.get(policy, ())))
