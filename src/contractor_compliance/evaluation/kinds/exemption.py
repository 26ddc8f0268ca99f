"""An exemption in the place of workers' compensation, for each state of work (domain rules B6.4 to B6.10)."""

from __future__ import annotations

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import (
    ExemptionRequirement,
)
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.exemptions import exemption_candidates
from contractor_compliance.evaluation.kinds.kind import (
    Presence,
    RequirementKind,
    exemption_presence,
)
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, worst_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["EXEMPTION"]


def _judge(requirement: ExemptionRequirement, context: CheckContext) -> RequirementResult:
    states = context.work.states
    if requirement.states:
        states = states & requirement.states
    if not states:
        return result_of((Check(aspect="state", outcome=Outcome.UNKNOWN, reason=ReasonCode.WORK_STATE_UNKNOWN),))
    results = []
    for state in sorted(states, key=lambda state: state.value):
        candidates = [
            result_of(checks, (checks[0].policy_id or "",))
            for checks in exemption_candidates(state, requirement.kinds, requirement.evidence, context)
        ]
        missing = Check(
            aspect=f"state.{state.value}", outcome=Outcome.FAIL, reason=ReasonCode.MISSING, required=state.value
        )
        results.append(best_of(candidates) if candidates else result_of((missing,)))
    return worst_of(results)


def _sentence(requirement: ExemptionRequirement) -> str:
    kinds = " or ".join(sorted(kind.value.replace("_", " ") for kind in requirement.kinds))
    return f"{kinds} for each state of work"


def _presence(requirement: ExemptionRequirement, context: CheckContext) -> Presence:
    return exemption_presence(requirement.kinds, context)


#: An exemption in the place of workers' compensation.
EXEMPTION = RequirementKind(judge=_judge, sentence=_sentence, presence=_presence)
