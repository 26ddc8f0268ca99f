"""Cover after the work has ended: which policies answer for later claims (domain rules B3.10, B3.11, B14.5).

An occurrence policy of the days of work answers for ever, but for completed operations, where the injury comes later. A
claims-made policy answers while claims may be reported; so does any renewal of it without a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import attrs

from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.exclusion import ExclusionKind
from contractor_compliance.domain.interval import NEVER, Interval, IntervalSet
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CoverageRequirement, ExclusionRule
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.exclusions import exclusion_checks
from contractor_compliance.evaluation.checks.layers import OCCURRENCE_BY_NATURE, policies_carrying
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, worst_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["answered_later", "days_lost", "last_worked_day", "results_in_tail", "without_prior_work"]

#: A renewal that leaves out earlier work answers for none of it.
_PRIOR_WORK = (ExclusionRule(kind=ExclusionKind.PRIOR_WORK, silence_passes=True),)


def last_worked_day(context: CheckContext) -> date | None:
    """Return the last worked day if the day judged lies after it; else None."""
    assignment = context.work.assignment
    if assignment is None or assignment.end is None or context.day <= assignment.end:
        return None
    return assignment.end


def _trigger_of(policy: PolicyFacts, line: Line) -> Trigger | None:
    """Return the trigger of a policy: as stated, else that of a line written in one way alone; None = not known."""
    if not policy.trigger.values and line in OCCURRENCE_BY_NATURE and policy.line != Line.GL:
        return Trigger.OCCURRENCE
    trigger: Trigger | None = policy.trigger.value
    return trigger


def results_in_tail(
    policies: list[PolicyFacts],
    requirement: CoverageRequirement,
    context: CheckContext,
    ended: date,
    judge_on: Callable[[PolicyFacts, date], RequirementResult],
) -> list[RequirementResult]:
    """Return the results of the policies that answer after the work.

    Args:
        policies: The policies of the line that count for the work.
        requirement: What is asked for.
        context: The facts, work, day and law; its day lies in the tail.
        ended: The last worked day.
        judge_on: Judges a policy by all that the requirement asks, on a day on which it is in force.
    """
    line = requirement.line
    chain = _claims_made_days(policies, line).run_around(ended)
    is_answered_later = _asks_for_completed_operations(requirement)
    results = []
    for policy in policies:
        trigger = _trigger_of(policy, line)
        start = _start_in_tail(policy, trigger, ended, chain)
        reporting = _reporting(policy, context.day)
        if start is None or not _answers(trigger, is_answered_later=is_answered_later, is_reported=bool(reporting)):
            continue
        result = judge_on(policy, start)
        if trigger is None:
            unknown = Check(
                aspect="tail", outcome=Outcome.UNKNOWN, reason=ReasonCode.TRIGGER_UNKNOWN, policy_id=policy.id
            )
            result = worst_of([result, result_of((unknown,))])
        elif trigger is Trigger.CLAIMS_MADE:
            shown = context.proven("tail", reporting, requirement.evidence, policy)
            result = worst_of([result, result_of((shown,))])
        results.append(result)
    return results


def _start_in_tail(policy: PolicyFacts, trigger: Trigger | None, ended: date, chain: Interval | None) -> date | None:
    """Return the day on which to judge a policy: the last worked day, or the first of a renewal without a gap."""
    start = policy.in_force.possible.first_from(ended)
    if start is None or start == ended:
        return start
    is_renewal = trigger is Trigger.CLAIMS_MADE and chain is not None and start in chain
    return start if is_renewal else None


def _answers(trigger: Trigger | None, *, is_answered_later: bool, is_reported: bool) -> bool:
    """Return whether a policy may answer for a claim in the tail.

    Args:
        trigger: Its trigger; None = not known.
        is_answered_later: Whether the injury comes after the work, so that no occurrence policy of the work answers.
        is_reported: Whether an extended reporting period holds the day.
    """
    if trigger is Trigger.CLAIMS_MADE:
        return is_reported
    return not is_answered_later or (trigger is None and is_reported)


def without_prior_work(
    result: RequirementResult, policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext
) -> RequirementResult:
    """Return the result of a policy of the tail: one that excludes earlier work answers for none of it."""
    (check,) = exclusion_checks(policy, _PRIOR_WORK, requirement.evidence, context)
    if check.outcome.rank > Outcome.UNKNOWN.rank:
        return result
    reason = ReasonCode.TAIL_MISSING if check.outcome is Outcome.FAIL else check.reason
    excluded = Check(
        aspect="tail", outcome=check.outcome, reason=reason, actual=check.actual, policy_id=check.policy_id
    )
    return worst_of([result, result_of((excluded,))])


def days_lost(
    policies: list[PolicyFacts], requirement: CoverageRequirement, context: CheckContext, ended: date
) -> Check | None:
    """Return a check of the days of work whose cover was claims-made and has not been kept up; None if all was.

    The policy of the last worked day answers for its own days alone: where it took the place of a claims-made policy
    that was not kept up, a claim from the earlier days meets no policy.
    """
    line, assignment = requirement.line, context.work.assignment
    if assignment is None:
        return None
    kept, unstated, open_ended, lost = NEVER, NEVER, NEVER, NEVER
    for policy in policies:
        trigger, days = _trigger_of(policy, line), policy.in_force.possible
        if trigger is Trigger.OCCURRENCE or _is_kept_up(days, policies, line, context.day):
            kept |= policy.in_force.certain
        elif trigger is None:
            unstated |= days
        elif context.day in days:
            # Where its term ends is not known, so that it may still be in force.
            open_ended |= days
        else:
            lost |= days
    worked = IntervalSet.of(assignment.start, ended)
    if worked & (lost - kept - unstated - open_ended):
        return Check(aspect="tail", outcome=Outcome.FAIL, reason=ReasonCode.TAIL_MISSING)
    if not worked & ((lost | unstated | open_ended) - kept):
        return None
    reason = ReasonCode.TRIGGER_UNKNOWN if worked & (unstated - kept) else ReasonCode.TERM_UNKNOWN
    return Check(aspect="tail", outcome=Outcome.UNKNOWN, reason=reason)


def answered_later(
    result: RequirementResult,
    evidence: EvidenceRule,
    context: CheckContext,
    judge_on: Callable[[CheckContext], RequirementResult],
    *,
    beneath: tuple[Line, ...] = (),
) -> RequirementResult:
    """Return the better of a result in the tail and that of the last worked day, by policies that still answer.

    On an occurrence form they answer for ever, on a claims-made form while claims may be reported.

    Args:
        result: The result of the day judged.
        evidence: What evidence counts.
        context: The facts, work, day and law.
        judge_on: Judges the requirement on another day.
        beneath: The lines beneath layers, where the result is that of layers alone.
    """
    ended = last_worked_day(context)
    if ended is None or result.outcome.rank > Outcome.UNKNOWN.rank:
        return result
    then = judge_on(attrs.evolve(context, day=ended))
    checks = []
    for policy in (context.facts.by_id[name] for name in then.policies):
        trigger = _trigger_of(policy, policy.line)
        if trigger is Trigger.CLAIMS_MADE:
            reporting = _reporting(policy, context.day)
            if not reporting:
                return result
            checks.append(context.proven("tail", reporting, evidence, policy))
            checks += _lapsed_beneath(beneath, context, ended)
        elif trigger is None:
            checks.append(Check(aspect="tail", outcome=Outcome.UNKNOWN, reason=ReasonCode.TRIGGER_UNKNOWN))
    if checks:
        then = worst_of([then, result_of(checks)])
    return best_of([result, then])


def _lapsed_beneath(lines: tuple[Line, ...], context: CheckContext, ended: date) -> Iterator[Check]:
    """Yield a check for each claims-made policy beneath that was not kept up: what sits on it is in doubt."""
    for line in lines:
        policies = [policy for policy in policies_carrying(line, context) if policy.counts_for(context.work)]
        for policy in policies:
            if (
                ended in policy.in_force.possible
                and _trigger_of(policy, line) is Trigger.CLAIMS_MADE
                and not _is_kept_up(policy.in_force.possible, policies, line, context.day)
            ):
                yield Check(aspect="tail", outcome=Outcome.UNKNOWN, reason=ReasonCode.TAIL_MISSING, policy_id=policy.id)


def _is_kept_up(days: IntervalSet, policies: list[PolicyFacts], line: Line, day: date) -> bool:
    """Return whether claims from a policy may still be reported on the day: to it, or to a renewal without a gap."""
    first = days.first_from(date.min)
    chain = _claims_made_days(policies, line, or_unknown=True).run_around(first) if first is not None else None
    if chain is None:
        return False
    if day in chain:
        return True
    return any(
        _reporting(policy, day)
        for policy in policies
        if (start := policy.in_force.possible.first_from(date.min)) is not None and start in chain
    )


def _reporting(policy: PolicyFacts, day: date) -> tuple[Evidence, ...]:
    """Return the evidence of an extended reporting period that holds the day."""
    return tuple(
        statement.evidence
        for statement in policy.trigger_statements
        if statement.extended_reporting_until is not None and day < statement.extended_reporting_until
    )


def _asks_for_completed_operations(requirement: CoverageRequirement) -> bool:
    return any(
        minimum.limit is LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE for minimum in requirement.limits
    ) or any(rule.kind is EndorsementKind.ADDITIONAL_INSURED_COMPLETED for rule in requirement.endorsements)


def _claims_made_days(policies: Iterable[PolicyFacts], line: Line, *, or_unknown: bool = False) -> IntervalSet:
    """Return the days on which some claims-made policy is certainly in force, one of unknown trigger too if asked."""
    days = NEVER
    for policy in policies:
        trigger = _trigger_of(policy, line)
        if trigger is Trigger.CLAIMS_MADE or (or_unknown and trigger is None):
            days |= policy.in_force.certain
    return days
