"""Any requirement on one day: scope, kind, members. Waivers come after, in `waivers`."""

from __future__ import annotations

from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirement import (
    AllOf,
    AnyOf,
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    ExemptionRequirement,
    OccupationalAccidentRequirement,
    Requirement,
    UmbrellaRequirement,
)
from contractor_compliance.evaluation.checks.basics import insured_check, term_check
from contractor_compliance.evaluation.checks.context import CheckContext, CustomChecks
from contractor_compliance.evaluation.checks.exemptions import exemption_candidates, mandatory_check
from contractor_compliance.evaluation.checks.limits import limit_checks
from contractor_compliance.evaluation.kinds.coverage import absence_of, judge_coverage
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, worst_of
from contractor_compliance.evaluation.kinds.towers import judge_combined, judge_umbrella
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["judge"]


def judge(requirement: Requirement, context: CheckContext, custom: CustomChecks) -> RequirementResult:
    """Return the answer of one requirement on one day, by the facts alone."""
    scope = _scope(requirement, context)
    if scope is not None:
        return scope
    match requirement:
        case CoverageRequirement():
            return judge_coverage(requirement, context)
        case UmbrellaRequirement():
            return judge_umbrella(requirement, context)
        case CombinedLimitRequirement():
            return judge_combined(requirement, context)
        case ExemptionRequirement():
            return _exemption(requirement, context)
        case OccupationalAccidentRequirement():
            return _occupational_accident(requirement, context)
        case Custom():
            return _custom(requirement, context, custom)
        case AllOf():
            return _roll_up(requirement, context, custom, best=False)
        case AnyOf():
            return _roll_up(requirement, context, custom, best=True)


def _scope(requirement: Requirement, context: CheckContext) -> RequirementResult | None:
    """Answer not applicable outside the requirement's scope, unknown where the state of work decides it."""
    match context.applies(requirement):
        case True:
            return None
        case False:
            return result_of((Check("scope", Outcome.NOT_APPLICABLE),))
        case _:
            return result_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))


def _roll_up(
    requirement: AllOf | AnyOf, context: CheckContext, custom: CustomChecks, *, best: bool
) -> RequirementResult:
    results = tuple(judge(member, context, custom) for member in requirement.members)
    counted = [result for result in results if result.outcome is not Outcome.NOT_APPLICABLE]
    outcome = Outcome.NOT_APPLICABLE
    if counted:
        pick = max if best else min
        outcome = pick(counted, key=lambda result: result.outcome.rank).outcome
    deciding = [result for result in counted if result.outcome is outcome] if best else counted
    changes = [result.next_change for result in results if result.next_change is not None]
    joined = worst_of(deciding[:1] if best and outcome.rank > Outcome.UNKNOWN.rank else deciding) if deciding else None
    return RequirementResult(
        outcome,
        policies=joined.policies if joined else (),
        depends_on=joined.depends_on if joined else (),
        late=frozenset().union(*(result.late for result in deciding)) if deciding else frozenset(),
        next_change=min(changes, default=None),
        members=results,
        alternatives=best,
    )


def _exemption(requirement: ExemptionRequirement, context: CheckContext) -> RequirementResult:
    states = context.work.states
    if requirement.states:
        states = states & requirement.states
    if not states:
        return result_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))
    results = []
    for state in sorted(states, key=lambda state: state.value):
        candidates = [
            result_of(checks, (checks[0].policy_id or "",))
            for checks in exemption_candidates(state, requirement.kinds, requirement.evidence, context)
        ]
        missing = Check(f"state.{state.value}", Outcome.FAIL, ReasonCode.MISSING, state.value)
        results.append(best_of(candidates) if candidates else result_of((missing,)))
    return worst_of(results)


def _occupational_accident(requirement: OccupationalAccidentRequirement, context: CheckContext) -> RequirementResult:
    states = sorted(context.work.states, key=lambda state: state.value)
    if not states:
        return result_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))
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
        results.append(result_of(checks, (policy.id,)))
    cover = best_of(results) if results else absence_of(eligible, context)
    return worst_of([cover, allowed])


def _custom(requirement: Custom, context: CheckContext, custom: CustomChecks) -> RequirementResult:
    function = custom.get(requirement.name)
    if function is None:
        check = Check("custom", Outcome.UNKNOWN, ReasonCode.CUSTOM_CHECK_ABSENT, requirement.title or requirement.name)
        return result_of((check,))
    said = function(context.facts.dossier, context.work.assignment, context.day)
    good = said.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    result = result_of(
        (Check("custom", said.outcome, None if good else ReasonCode.CUSTOM, said.required, said.actual),)
    )
    result.next_change = said.next_change
    return result
