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
from contractor_compliance.evaluation.checks.amounts import limit_checks
from contractor_compliance.evaluation.checks.basics import insured_check, term_check
from contractor_compliance.evaluation.checks.exemptions import exemption_candidates, mandatory_check
from contractor_compliance.evaluation.coverage import (
    Answer,
    absence_of,
    answer_of,
    best_of,
    judge_coverage,
    worst_of,
)
from contractor_compliance.evaluation.question import CustomChecks, Question
from contractor_compliance.evaluation.report import Check, Outcome
from contractor_compliance.evaluation.towers import judge_combined, judge_umbrella

__all__ = ["judge"]


def judge(requirement: Requirement, question: Question, custom: CustomChecks) -> Answer:
    """Return the answer of one requirement on one day, by the facts alone."""
    scope = _scope(requirement, question)
    if scope is not None:
        return scope
    match requirement:
        case CoverageRequirement():
            return judge_coverage(requirement, question)
        case UmbrellaRequirement():
            return judge_umbrella(requirement, question)
        case CombinedLimitRequirement():
            return judge_combined(requirement, question)
        case ExemptionRequirement():
            return _exemption(requirement, question)
        case OccupationalAccidentRequirement():
            return _occupational_accident(requirement, question)
        case Custom():
            return _custom(requirement, question, custom)
        case AllOf():
            return _roll_up(requirement, question, custom, best=False)
        case AnyOf():
            return _roll_up(requirement, question, custom, best=True)


def _scope(requirement: Requirement, question: Question) -> Answer | None:
    """Answer not applicable outside the requirement's scope, unknown where the state of work decides it."""
    match question.applies(requirement):
        case True:
            return None
        case False:
            return answer_of((Check("scope", Outcome.NOT_APPLICABLE),))
        case _:
            return answer_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))


def _roll_up(requirement: AllOf | AnyOf, question: Question, custom: CustomChecks, *, best: bool) -> Answer:
    answers = tuple(judge(member, question, custom) for member in requirement.members)
    counted = [each for each in answers if each.outcome is not Outcome.NOT_APPLICABLE]
    outcome = Outcome.NOT_APPLICABLE
    if counted:
        pick = max if best else min
        outcome = pick(counted, key=lambda each: each.outcome.rank).outcome
    deciding = [each for each in counted if each.outcome is outcome] if best else counted
    changes = [each.next_change for each in answers if each.next_change is not None]
    joined = worst_of(deciding[:1] if best and outcome.rank > Outcome.UNKNOWN.rank else deciding) if deciding else None
    return Answer(
        outcome,
        policies=joined.policies if joined else (),
        leans_on=joined.leans_on if joined else (),
        late=frozenset().union(*(each.late for each in deciding)) if deciding else frozenset(),
        next_change=min(changes, default=None),
        members=answers,
        alternatives=best,
    )


def _exemption(requirement: ExemptionRequirement, question: Question) -> Answer:
    states = question.work.states
    if requirement.states:
        states = states & requirement.states
    if not states:
        return answer_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))
    answers = []
    for state in sorted(states, key=lambda each: each.value):
        found = [
            answer_of(checks, (checks[0].policy_id or "",))
            for checks in exemption_candidates(state, requirement.kinds, requirement.evidence, question)
        ]
        missing = Check(f"state.{state.value}", Outcome.FAIL, ReasonCode.MISSING, state.value)
        answers.append(best_of(found) if found else answer_of((missing,)))
    return worst_of(answers)


def _occupational_accident(requirement: OccupationalAccidentRequirement, question: Question) -> Answer:
    states = sorted(question.work.states, key=lambda each: each.value)
    if not states:
        return answer_of((Check("state", Outcome.UNKNOWN, ReasonCode.WORK_STATE_UNKNOWN),))
    allowed = answer_of(mandatory_check(state, question) for state in states)
    rule = requirement.evidence
    able = [
        each for each in question.facts.by_line.get(Line.OCCUPATIONAL_ACCIDENT, ()) if each.counts_for(question.work)
    ]
    answers = []
    for policy in able:
        if question.day not in policy.in_force.possible:
            continue
        checks = [term_check(policy, rule, question), insured_check(policy, rule, question)]
        checks += (
            check
            for check, _ in limit_checks(
                policy, Line.OCCUPATIONAL_ACCIDENT, requirement.limits, frozenset(), rule, question
            )
        )
        answers.append(answer_of(checks, (policy.id,)))
    cover = best_of(answers) if answers else absence_of(able, question)
    return worst_of([cover, allowed])


def _custom(requirement: Custom, question: Question, custom: CustomChecks) -> Answer:
    function = custom.get(requirement.name)
    if function is None:
        check = Check("custom", Outcome.UNKNOWN, ReasonCode.CUSTOM_CHECK_ABSENT, requirement.title or requirement.name)
        return answer_of((check,))
    said = function(question.facts.dossier, question.work.assignment, question.day)
    good = said.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    answer = answer_of(
        (Check("custom", said.outcome, None if good else ReasonCode.CUSTOM, said.required, said.actual),)
    )
    answer.next_change = said.next_change
    return answer
