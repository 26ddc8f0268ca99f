"""One requirement of one line on one day: every policy that might satisfy it is tried, and the best answer counts.

One primary policy must satisfy the whole requirement: limits of two are never added, nor one's limits joined to
another's endorsement. Workers' compensation and employers' liability are judged for each state of work apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.autos import AutoKind
from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CoverageRequirement, EndorsementRule
from contractor_compliance.evaluation.checks.autos import ENDORSED_AUTOS, auto_checks, may_cover_autos
from contractor_compliance.evaluation.checks.basics import (
    carrier_checks,
    insured_check,
    pending_number,
    shape_checks,
    term_check,
)
from contractor_compliance.evaluation.checks.compensation import state_check, worker_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import endorsement_checks, is_stop_gap
from contractor_compliance.evaluation.checks.exclusions import exclusion_checks, silences
from contractor_compliance.evaluation.checks.exemptions import exemption_candidates
from contractor_compliance.evaluation.checks.limits import limit_checks
from contractor_compliance.evaluation.checks.presumed_schedule import presumptions
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.absence import absence_of
from contractor_compliance.evaluation.kinds.coverage_in_words import coverage_in_words
from contractor_compliance.evaluation.kinds.kind import (
    Examined,
    Presence,
    RequirementKind,
    any_present,
    exemption_presence,
    in_force_presence,
    line_presence,
)
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, unique, worst_of
from contractor_compliance.evaluation.kinds.tail import (
    days_lost,
    last_worked_day,
    results_in_tail,
    without_prior_work,
)
from contractor_compliance.results.finding import Check
from contractor_compliance.results.not_examined import Topic
from contractor_compliance.results.outcome import Outcome

#: What makes a policy of another line stop gap.
_STOP_GAP = EndorsementRule(kind=EndorsementKind.STOP_GAP)

#: What is asked about by an endorsement of a kind.
_TOPICS = {
    EndorsementKind.ADDITIONAL_INSURED_ONGOING: Topic.ADDITIONAL_INSURED,
    EndorsementKind.ADDITIONAL_INSURED_COMPLETED: Topic.ADDITIONAL_INSURED,
    EndorsementKind.ADDITIONAL_INSURED_LESSOR: Topic.ADDITIONAL_INSURED,
    EndorsementKind.PRIMARY_NON_CONTRIBUTORY: Topic.PRIMARY_NON_CONTRIBUTORY,
    EndorsementKind.WAIVER_OF_SUBROGATION: Topic.WAIVER_OF_SUBROGATION,
    EndorsementKind.NOTICE_OF_CANCELLATION: Topic.NOTICE_OF_CANCELLATION,
    EndorsementKind.PER_PROJECT_AGGREGATE: Topic.AGGREGATE_BASIS,
    EndorsementKind.PER_LOCATION_AGGREGATE: Topic.AGGREGATE_BASIS,
}

__all__ = ["COVERAGE"]


def _judge(requirement: CoverageRequirement, context: CheckContext) -> RequirementResult:
    """Judge one line on one day."""
    if requirement.line == Line.AUTO:
        return _autos(requirement, context)
    if requirement.line not in (Line.WC, Line.EL):
        return _best_policy(context.facts.by_line.get(requirement.line, ()), requirement, context, None)
    states = context.work.states
    if requirement.states:
        states = states & requirement.states
    if not states:
        return result_of((Check(aspect="state", outcome=Outcome.UNKNOWN, reason=ReasonCode.WORK_STATE_UNKNOWN),))
    return worst_of([_in_state(requirement, state, context) for state in sorted(states, key=lambda state: state.value)])


def _autos(requirement: CoverageRequirement, context: CheckContext) -> RequirementResult:
    """Judge automobile liability: hired and non-owned autos may be endorsed on general liability (rule B14.10)."""
    by_line = context.facts.by_line
    autos = by_line.get(Line.AUTO, ())
    if requirement.accepts_personal_auto:
        autos += by_line.get(Line.PERSONAL_AUTO, ())
    best = _best_policy(autos, requirement, context, None)
    shareable = requirement.autos & ENDORSED_AUTOS
    if not shareable or best.outcome is Outcome.PASS:
        return best
    endorsed = tuple(policy for policy in by_line.get(Line.GL, ()) if _may_answer_autos(policy, context))
    if not endorsed:
        return best
    on_one = _best_policy(endorsed, requirement, context, None)
    return best_of([best, on_one, *_divided_autos(autos, endorsed, requirement, context)])


def _divided_autos(
    autos: tuple[PolicyFacts, ...],
    endorsed: tuple[PolicyFacts, ...],
    requirement: CoverageRequirement,
    context: CheckContext,
) -> Iterator[RequirementResult]:
    """Yield the results with the autos divided between two policies, each of which must satisfy all else."""
    shareable = requirement.autos & ENDORSED_AUTOS
    one_kind = (frozenset({kind}) for kind in sorted(shareable, key=lambda auto: auto.value))
    for shared in (shareable, *one_kind):
        rest = requirement.autos - shared
        if rest:
            yield worst_of(
                [
                    _best_policy(autos, _asking(requirement, rest), context, None),
                    _best_policy(endorsed, _asking(requirement, shared), context, None),
                ]
            )


def _may_answer_autos(policy: PolicyFacts, context: CheckContext) -> bool:
    in_force = context.day in policy.in_force.possible or last_worked_day(context) is not None
    return in_force and policy.counts_for(context.work) and may_cover_autos(policy)


def _asking(requirement: CoverageRequirement, kinds: frozenset[AutoKind]) -> CoverageRequirement:
    answers = requirement.scheduled_answers_owned and AutoKind.OWNED in kinds
    return attrs.evolve(requirement, autos=kinds, scheduled_answers_owned=answers)


def _in_state(requirement: CoverageRequirement, state: State, context: CheckContext) -> RequirementResult:
    by_line = context.facts.by_line
    if requirement.line == Line.WC:
        results = [_best_policy(by_line.get(Line.WC, ()), requirement, context, state)]
        if requirement.accepts:
            exemptions = exemption_candidates(state, requirement.accepts, requirement.evidence, context)
            results += (result_of(checks, (checks[0].policy_id or "",)) for checks in exemptions)
        return best_of(results)
    return _employers_liability(requirement, state, context)


def _employers_liability(requirement: CoverageRequirement, state: State, context: CheckContext) -> RequirementResult:
    by_line = context.facts.by_line
    monopolistic = context.law.is_monopolistic(state, context.work.industry, context.day)
    results = []
    if monopolistic is not True:
        results.append(_best_policy(by_line.get(Line.WC, ()) + by_line.get(Line.EL, ()), requirement, context, state))
    if monopolistic is not False:
        # A state fund has no employers' liability: only stop gap has it there (domain rule B6.4).
        candidates = tuple(policy for policy in context.facts.policies if is_stop_gap(policy))
        if any(candidate.counts_for(context.work) for candidate in candidates):
            results.append(_best_policy(candidates, requirement, context, None))
    if results:
        return best_of(results)
    missing = Check(
        aspect=f"state.{state.value}", outcome=Outcome.FAIL, reason=ReasonCode.STOP_GAP_REQUIRED, required=state.value
    )
    return result_of((missing,))


def _best_policy(
    candidates: tuple[PolicyFacts, ...], requirement: CoverageRequirement, context: CheckContext, state: State | None
) -> RequirementResult:
    eligible = [candidate for candidate in candidates if candidate.counts_for(context.work)]
    ended = last_worked_day(context)
    if ended is not None:
        return _best_in_tail(eligible, requirement, context, state, ended)
    in_force = [policy for policy in eligible if context.day in policy.in_force.possible]
    results = [_try(policy, requirement, context, state) for policy in in_force]
    return best_of(results) if results else absence_of(eligible, context)


def _best_in_tail(
    eligible: list[PolicyFacts],
    requirement: CoverageRequirement,
    context: CheckContext,
    state: State | None,
    ended: date,
) -> RequirementResult:
    """Return the best result after the work: of policies in force on the day, and of those that answer later."""

    def judge_on(policy: PolicyFacts, day: date) -> RequirementResult:
        """Judge a policy by all that is asked, on a day on which it is in force."""
        return _try(policy, requirement, attrs.evolve(context, day=day), state)

    results = [
        without_prior_work(_try(policy, requirement, context, state), policy, requirement, context)
        for policy in eligible
        if context.day in policy.in_force.possible
    ]
    results += results_in_tail(eligible, requirement, context, ended, judge_on)
    if not results:
        return absence_of(eligible, context, tail=True)
    lost = days_lost(eligible, requirement, context, ended)
    best = best_of(results)
    return best if lost is None else worst_of([best, result_of((lost,))])


def _try(
    policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext, state: State | None
) -> RequirementResult:
    rule = requirement.evidence
    checks = [term_check(policy, rule, context), insured_check(policy, rule, context)]
    items: tuple[str, ...] = ()
    layers_used: tuple[str, ...] = ()
    if state is not None:
        in_state, items = _state_checks(policy, requirement, state, context)
        checks += in_state
    if requirement.limits and not _unlimited(requirement, state, checks, context):
        line = Line.PERSONAL_AUTO if policy.line == Line.PERSONAL_AUTO else requirement.line
        for check, layers in limit_checks(
            policy,
            line,
            requirement.limits,
            requirement.top_up,
            rule,
            context,
            presume_schedule=requirement.presume_umbrella_schedule,
        ):
            checks.append(check)
            layers_used += layers
    checks += shape_checks(policy, requirement, context)
    rules = requirement.endorsements
    if requirement.line == Line.EL and state is None and policy.line != Line.STOP_GAP:
        rules = (*rules, _STOP_GAP)
    if rules:
        checks += endorsement_checks(policy, rules, rule, context)
    if requirement.autos:
        checks += auto_checks(policy, requirement, context)
    if requirement.forbidden_exclusions:
        checks += exclusion_checks(policy, requirement.forbidden_exclusions, rule, context)
    if requirement.carrier is not None:
        checks += carrier_checks(policy, requirement.carrier, rule, context)
    result = result_of(checks, unique((policy.id, *layers_used)) if layers_used else (policy.id,))
    if result.outcome is Outcome.PASS_WITH_DEPENDENCY:
        noted = (*pending_number(checks), *silences(checks), *presumptions(checks))
        result.depends_on = (*items, *unique(layers_used), *noted)
    return result


def _state_checks(
    policy: PolicyFacts, requirement: CoverageRequirement, state: State, context: CheckContext
) -> tuple[list[Check], tuple[str, ...]]:
    """Return the checks of the state of work and of who works there, and the item of the policy they depend on."""
    rule, presume_home = requirement.evidence, requirement.presume_home_state_in_3a
    covered = state_check(policy, state, rule, context, presume_home=presume_home)
    item: tuple[str, ...] = ()
    if covered.outcome is Outcome.PASS_WITH_DEPENDENCY:
        item = (f"{'3.A' if covered.reason is ReasonCode.PRESUMED_IN_3A else '3.C'} {state.value}",)
    checks = [covered]
    if requirement.line == Line.WC:
        worker = worker_check(policy, state, requirement.excluded_worker, rule, context)
        if worker is not None:
            checks.append(worker)
    return checks, item


def _unlimited(
    requirement: CoverageRequirement,
    state: State | None,
    checks: list[Check],
    context: CheckContext,
) -> bool:
    """Return whether employers' liability needs no limit here: New York in 3.A (domain rule B6.1)."""
    return (
        requirement.line == Line.EL
        and requirement.new_york_unlimited
        and state is not None
        and context.law.is_unlimited(state, context.day)
        and checks[-1].outcome is Outcome.PASS
        and checks[-1].actual == "3.A"
    )


def _presence(requirement: CoverageRequirement, context: CheckContext) -> Presence:
    if requirement.line == Line.EL:
        gaps = (policy for policy in context.facts.policies if is_stop_gap(policy))
        return any_present((line_presence((Line.WC, Line.EL), context), in_force_presence(gaps, context)))
    if requirement.line == Line.AUTO:
        return _auto_presence(requirement, context)
    present = in_force_presence(context.facts.by_line.get(requirement.line, ()), context)
    return any_present((present, exemption_presence(requirement.accepts, context))) if requirement.accepts else present


def _auto_presence(requirement: CoverageRequirement, context: CheckContext) -> Presence:
    lines = (Line.AUTO, Line.PERSONAL_AUTO) if requirement.accepts_personal_auto else (Line.AUTO,)
    present = line_presence(lines, context)
    if present is True or not requirement.autos & ENDORSED_AUTOS:
        return present
    endorsed = (policy for policy in context.facts.by_line.get(Line.GL, ()) if may_cover_autos(policy))
    return any_present((present, in_force_presence(endorsed, context)))


def _examines(requirement: CoverageRequirement) -> Examined:
    line = requirement.line
    asked = {
        Topic.LIMITS: requirement.limits,
        Topic.RETENTION: requirement.retention_at_most is not None,
        Topic.AGGREGATE_BASIS: requirement.aggregate_bases,
        Topic.TRIGGER: requirement.triggers,
        Topic.TAIL: requirement.tail_years,
        Topic.EXCLUSIONS: requirement.forbidden_exclusions,
        Topic.CARRIER: requirement.carrier,
        Topic.AUTOS: requirement.autos,
    }
    topics = {topic for topic, is_asked in asked.items() if is_asked}
    topics |= {topic for rule in requirement.endorsements for topic in (_TOPICS.get(rule.kind),) if topic}
    return frozenset({(line, None), *((line, topic) for topic in topics)})


#: One line of insurance, by one primary policy.
COVERAGE = RequirementKind(judge=_judge, sentence=coverage_in_words, presence=_presence, examines=_examines)
