"""One requirement of one line on one day: every policy that might satisfy it is tried, and the best answer counts.

One primary policy must satisfy the whole requirement: limits of two are never added, nor one's limits joined to
another's endorsement. Workers' compensation and employers' liability are judged for each state of work apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

import attrs

from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirement import CoverageRequirement, EndorsementRule
from contractor_compliance.evaluation.checks.amounts import limit_checks
from contractor_compliance.evaluation.checks.basics import carrier_checks, insured_check, shape_checks, term_check
from contractor_compliance.evaluation.checks.compensation import state_check, worker_check
from contractor_compliance.evaluation.checks.endorsements import endorsement_checks, is_stop_gap
from contractor_compliance.evaluation.checks.exemptions import exemption_candidates
from contractor_compliance.evaluation.checks.layers import OCCURRENCE_BY_NATURE
from contractor_compliance.evaluation.facts import PolicyFacts
from contractor_compliance.evaluation.question import Question
from contractor_compliance.evaluation.report import Check, Outcome

_T = TypeVar("_T")

#: What makes a policy of another line stop gap.
_STOP_GAP = EndorsementRule(kind=EndorsementKind.STOP_GAP)

__all__ = ["Answer", "absence_of", "answer_of", "best_of", "judge_coverage", "worst_of"]


@attrs.define
class Answer:
    """What came of one requirement, or of one candidate for it.

    Attributes:
        outcome: The worst of its checks.
        checks: What was compared.
        policies: Ids of the policies and exemptions used.
        leans_on: Layers, or 3.C, that a pass with dependency leans on.
        late: Ids of policies that had already expired when they arrived: a waiver for missing cover outlives them.
        next_change: Earliest day on which a host's own check may change its answer.
        members: Answers of the members of an `AnyOf` or `AllOf`.
        alternatives: Whether one of the members is enough.
    """

    outcome: Outcome
    checks: tuple[Check, ...] = ()
    policies: tuple[str, ...] = ()
    leans_on: tuple[str, ...] = ()
    late: frozenset[str] = frozenset()
    next_change: date | None = None
    members: tuple[Answer, ...] = ()
    alternatives: bool = False

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The checks that fail or are unknown and stand in the way: those that a waiver must be allowed to excuse."""
        if self.members:
            return tuple(
                check
                for member in self.members
                if member.outcome is self.outcome or not self.alternatives
                for check in member.blocking
            )
        return tuple(check for check in self.checks if check.outcome in (Outcome.FAIL, Outcome.UNKNOWN))

    @property
    def reasons(self) -> tuple[ReasonCode, ...]:
        """Reasons of the checks that are not a plain pass, worst outcome first."""
        if self.members:
            # A roll-up rests on the members whose answer it took.
            return _unique(
                reason for member in self.members if member.outcome is self.outcome for reason in member.reasons
            )
        if self.outcome is Outcome.PASS:
            return ()
        flawed = [check for check in self.checks if check.reason is not None]
        if len(flawed) > 1:
            flawed.sort(key=lambda check: check.outcome.rank)
        return _unique(check.reason for check in flawed if check.reason is not None)


def answer_of(checks: Iterable[Check], policies: tuple[str, ...] = (), leans_on: tuple[str, ...] = ()) -> Answer:
    """Roll checks up: the worst counts, and not applicable drops out."""
    found = tuple(checks)
    worst = Outcome.NOT_APPLICABLE
    for check in found:
        if check.outcome.rank < worst.rank:
            worst = check.outcome
    return Answer(worst, found, policies, leans_on)


def best_of(answers: list[Answer]) -> Answer:
    """Return the best answer; among equals one that found something, then the fewest faults, then the first."""
    if len(answers) == 1:
        return answers[0]
    return max(
        enumerate(answers),
        key=lambda item: (
            item[1].outcome.rank,
            bool(item[1].policies),
            -sum(check.outcome in (Outcome.FAIL, Outcome.UNKNOWN) for check in item[1].checks),
            -item[0],
        ),
    )[1]


def worst_of(answers: list[Answer]) -> Answer:
    """Join answers that must all hold: the worst outcome, every check, every policy."""
    if len(answers) == 1:
        return answers[0]
    joined = answer_of(check for answer in answers for check in answer.checks)
    joined.policies = _unique(each for answer in answers for each in answer.policies)
    joined.leans_on = _unique(each for answer in answers for each in answer.leans_on)
    joined.late = frozenset().union(*(answer.late for answer in answers))
    return joined


def judge_coverage(requirement: CoverageRequirement, question: Question) -> Answer:
    """Judge one line on one day."""
    if requirement.line not in (Line.WC, Line.EL):
        return _best_policy(question.facts.by_line.get(requirement.line, ()), requirement, question, None)
    states = question.work.states
    if requirement.states:
        states = states & requirement.states
    if not states:
        return answer_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))
    return worst_of([_in_state(requirement, state, question) for state in sorted(states, key=lambda each: each.value)])


def _in_state(requirement: CoverageRequirement, state: State, question: Question) -> Answer:
    by_line = question.facts.by_line
    if requirement.line == Line.WC:
        answers = [_best_policy(by_line.get(Line.WC, ()), requirement, question, state)]
        if requirement.accepts:
            papers = exemption_candidates(state, requirement.accepts, requirement.evidence, question)
            answers += (answer_of(checks, (checks[0].policy_id or "",)) for checks in papers)
        return best_of(answers)
    monopolistic = question.law.is_monopolistic(state, question.day)
    if monopolistic:
        # A state fund has no employers' liability: only stop gap has it there (domain rule B6.4).
        candidates = tuple(each for each in question.facts.policies if is_stop_gap(each))
        if not any(each.counts_for(question.work) for each in candidates):
            missing = Check(f"state.{state.value}", Outcome.FAIL, ReasonCode.STOP_GAP_REQUIRED, state.value)
            return answer_of((missing,))
    else:
        candidates = by_line.get(Line.WC, ()) + by_line.get(Line.EL, ())
    return _best_policy(candidates, requirement, question, None if monopolistic else state)


def _best_policy(
    candidates: tuple[PolicyFacts, ...], requirement: CoverageRequirement, question: Question, state: State | None
) -> Answer:
    able = [each for each in candidates if each.counts_for(question.work)]
    answers = [
        _try(policy, requirement, question, state) for policy in able if question.day in policy.in_force.possible
    ]
    ended = _after_work(question)
    if ended is not None:
        answers += _tail(able, requirement, question, ended, state)
    if not answers:
        return absence_of(able, question, tail=ended is not None)
    return best_of(answers)


def _try(policy: PolicyFacts, requirement: CoverageRequirement, question: Question, state: State | None) -> Answer:
    rule = requirement.evidence
    checks = [term_check(policy, rule, question), insured_check(policy, rule, question)]
    leans_on: tuple[str, ...] = ()
    if state is not None:
        covered = state_check(policy, state, rule, question)
        checks.append(covered)
        if covered.outcome is Outcome.PASS_WITH_DEPENDENCY:
            leans_on = (f"3.C {state.value}",)
        if requirement.line == Line.WC:
            worker = worker_check(policy, state, requirement.excluded_worker, rule, question)
            if worker is not None:
                checks.append(worker)
    if requirement.limits and not _unlimited(requirement, state, checks, question):
        for check, layers in limit_checks(
            policy, requirement.line, requirement.limits, requirement.top_up, rule, question
        ):
            checks.append(check)
            leans_on += layers
    checks += shape_checks(policy, requirement, question)
    rules = requirement.endorsements
    if requirement.line == Line.EL and state is None and policy.line != Line.STOP_GAP:
        rules = (*rules, _STOP_GAP)
    if rules:
        checks += endorsement_checks(policy, rules, rule, question)
    if requirement.carrier is not None:
        checks += carrier_checks(policy, requirement.carrier, question)
    if not leans_on:
        return answer_of(checks, (policy.id,))
    leans_on = _unique(leans_on)
    answer = answer_of(checks, (policy.id, *(each for each in leans_on if not each.startswith("3.C"))))
    if answer.outcome is Outcome.PASS_WITH_DEPENDENCY:
        answer.leans_on = leans_on
    return answer


def _unlimited(
    requirement: CoverageRequirement,
    state: State | None,
    checks: list[Check],
    question: Question,
) -> bool:
    """Return whether employers' liability needs no limit here: New York in 3.A (domain rule B6.1)."""
    return (
        requirement.line == Line.EL
        and requirement.new_york_unlimited
        and state is not None
        and question.law.is_unlimited(state, question.day)
        and checks[-1].outcome is Outcome.PASS
        and checks[-1].actual == "3.A"
    )


def absence_of(able: list[PolicyFacts], question: Question, *, tail: bool = False) -> Answer:
    """Say why no policy of the line is in force: a gap, cancelled, expired, not yet effective or never on file."""
    if tail:
        return answer_of((Check("tail", Outcome.FAIL, ReasonCode.TAIL_MISSING),))
    if not able:
        return answer_of((Check("term", Outcome.FAIL, ReasonCode.MISSING),))
    day = question.day
    past = [each for each in able if (first := each.in_force.possible.first_from(date.min)) and first < day]
    future = [each for each in able if each.in_force.possible.first_from(day) is not None]
    if past and future:
        nearest = max(past, key=lambda each: (_last_day(each, day), each.id))
        check = Check("term", Outcome.FAIL, ReasonCode.GAP, None, None, nearest.id)
    elif future:
        nearest = min(future, key=lambda each: (each.in_force.possible.first_from(day) or date.max, each.id))
        check = Check("term", Outcome.FAIL, ReasonCode.NOT_YET_EFFECTIVE, None, None, nearest.id)
    else:
        # A policy cancelled flat was never in force, yet it was cancelled: that is why there is no cover.
        nearest = max(able, key=lambda each: (_last_day(each, day), each.id))
        reason = nearest.in_force.absence(day) or ReasonCode.MISSING
        check = Check("term", Outcome.FAIL, reason, None, None, nearest.id)
    answer = answer_of((check,), (nearest.id,))
    if not future and all(_arrived_ended(each) for each in able):
        answer.late = frozenset(each.id for each in able)
    return answer


def _last_day(policy: PolicyFacts, day: date) -> date:
    return max((turn for turn in policy.in_force.possible.changes() if turn <= day), default=date.min)


def _arrived_ended(policy: PolicyFacts) -> bool:
    """Return whether every source that told of the policy's term was seen after the policy had ended."""
    end = max(policy.in_force.possible.changes(), default=date.max)
    observed = [evidence.observed_on for group in policy.in_force.support for evidence in group]
    return bool(observed) and all(end <= each for each in observed)


def _after_work(question: Question) -> date | None:
    """Return the last worked day if the day judged lies in the tail after it (domain rule B3.10)."""
    assignment = question.work.assignment
    if assignment is None or assignment.end is None or question.day <= assignment.end:
        return None
    return assignment.end


def _tail(
    able: list[PolicyFacts], requirement: CoverageRequirement, question: Question, ended: date, state: State | None
) -> list[Answer]:
    """After the work: an occurrence policy of its days answers for ever, a claims-made one while claims may be made."""
    answers = []
    for policy in able:
        if ended not in policy.in_force.possible:
            continue
        trigger = policy.trigger.value
        if trigger is None and not policy.trigger.values and requirement.line in OCCURRENCE_BY_NATURE:
            trigger = Trigger.OCCURRENCE
        reported = any(
            each.extended_reporting_until is not None and question.day < each.extended_reporting_until
            for each in policy.trigger_statements
        )
        if trigger is Trigger.CLAIMS_MADE and not reported:
            continue
        then = attrs.evolve(question, day=ended)
        answer = _try(policy, requirement, then, state)
        if trigger is None:
            unknown = Check("tail", Outcome.UNKNOWN, ReasonCode.TRIGGER_UNKNOWN, None, None, policy.id)
            answer = worst_of([answer, answer_of((unknown,))])
        answers.append(answer)
    return answers


def _unique(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
