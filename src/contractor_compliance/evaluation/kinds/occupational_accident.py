"""Occupational accident cover as an alternative to workers' compensation (domain rule B6.12)."""

from __future__ import annotations

from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import (
    OccupationalAccidentRequirement,
)
from contractor_compliance.evaluation.checks.basics import insured_check, pending_number, term_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.exemptions import mandatory_check
from contractor_compliance.evaluation.checks.limits import limit_checks
from contractor_compliance.evaluation.kinds.absence import absence_of
from contractor_compliance.evaluation.kinds.kind import (
    Examined,
    Presence,
    RequirementKind,
    limits_in_words,
    line_presence,
)
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, worst_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.not_examined import Topic
from contractor_compliance.results.outcome import Outcome

__all__ = ["OCCUPATIONAL_ACCIDENT"]


def _judge(requirement: OccupationalAccidentRequirement, context: CheckContext) -> RequirementResult:
    states = sorted(context.work.states, key=lambda state: state.value)
    if not states:
        return result_of((Check(aspect="state", outcome=Outcome.UNKNOWN, reason=ReasonCode.WORK_STATE_UNKNOWN),))
    allowed = result_of(mandatory_check(state, context) for state in states)
    rule = requirement.evidence
    eligible = [
        policy
        for policy in context.facts.by_line.get(Line.OCCUPATIONAL_ACCIDENT, ())
        if policy.counts_for(context.work)
    ]
    results = []
    for policy in eligible:
        if context.day not in policy.in_force.possible:
            continue
        checks = [term_check(policy, rule, context), insured_check(policy, rule, context)]
        checks += (
            check
            for check, _ in limit_checks(
                policy, Line.OCCUPATIONAL_ACCIDENT, requirement.limits, frozenset(), rule, context
            )
        )
        results.append(result_of(checks, (policy.id,), pending_number(checks)))
    cover = best_of(results) if results else absence_of(eligible, context)
    return worst_of([cover, allowed])


def _sentence(requirement: OccupationalAccidentRequirement) -> str:
    limits = limits_in_words(requirement.limits)
    return f"occupational accident{limits}, where workers' compensation is not mandatory"


def _presence(requirement: OccupationalAccidentRequirement, context: CheckContext) -> Presence:
    del requirement  # its limits decide whether the cover is adequate, not whether there is any
    return line_presence((Line.OCCUPATIONAL_ACCIDENT,), context)


def _examines(requirement: OccupationalAccidentRequirement) -> Examined:
    topics = (None, Topic.LIMITS) if requirement.limits else (None,)
    return frozenset((Line.OCCUPATIONAL_ACCIDENT, topic) for topic in topics)


#: Occupational accident cover as an alternative to workers' compensation.
OCCUPATIONAL_ACCIDENT = RequirementKind(judge=_judge, sentence=_sentence, presence=_presence, examines=_examines)
