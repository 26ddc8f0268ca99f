"""Requirements on layers: an umbrella of its own, and primary and layers counted together (rules B2.3 to B2.6)."""

from __future__ import annotations

from collections.abc import Iterable

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirement import CombinedLimitRequirement, UmbrellaRequirement
from contractor_compliance.evaluation.checks.basics import insured_check, term_check
from contractor_compliance.evaluation.checks.endorsements import is_stop_gap
from contractor_compliance.evaluation.checks.layers import Tower, aggregate_kinds, occurrence_kinds, tower_over
from contractor_compliance.evaluation.coverage import Answer, absence_of, answer_of, best_of, worst_of
from contractor_compliance.evaluation.facts import PolicyFacts
from contractor_compliance.evaluation.question import Question
from contractor_compliance.evaluation.report import Check, Outcome

__all__ = ["judge_combined", "judge_umbrella"]

#: Why a layer in force does not count, the reason nearest to the remedy first.
_CUTS = (
    ReasonCode.ATTACHMENT_GAP,
    ReasonCode.LINE_NOT_SCHEDULED,
    ReasonCode.TRIGGER_NOT_ACCEPTED,
    ReasonCode.RETRO_DATE_TOO_LATE,
    ReasonCode.NAMED_INSURED_MISMATCH,
    ReasonCode.NOT_A_PARTICIPANT,
)


def judge_umbrella(requirement: UmbrellaRequirement, question: Question) -> Answer:
    """Judge umbrella cover: over each line named, by layers alone, and not used up by topping up that line."""
    able = [
        policy
        for kind in sorted(requirement.layers)
        for policy in question.facts.by_line.get(kind, ())
        if policy.counts_for(question.work)
    ]
    if not any(question.day in policy.in_force.possible for policy in able):
        return absence_of(able, question)
    return worst_of([_over(line, requirement, question) for line in sorted(requirement.over)])


def _over(line: Line, requirement: UmbrellaRequirement, question: Question) -> Answer:
    answers = [
        _layers_over(primary, line, requirement, question)
        for primary in _primaries(line, requirement.evidence, question)
    ]
    if answers:
        return best_of(answers)
    # A layer over nothing leaves the whole of the underlying amount uninsured.
    return answer_of((Check(f"underlying.{line}", Outcome.FAIL, ReasonCode.ATTACHMENT_GAP, line.label),))


def _primaries(line: Line, rule: EvidenceRule, question: Question) -> list[PolicyFacts]:
    return [
        policy
        for policy in _written_on(line, question)
        if policy.counts_for(question.work)
        and term_check(policy, rule, question).outcome is not Outcome.FAIL
        and insured_check(policy, rule, question).outcome is not Outcome.FAIL
    ]


def _written_on(line: Line, question: Question) -> tuple[PolicyFacts, ...]:
    """Return the policies that carry the line; employers' liability comes with workers' compensation or stop gap."""
    by_line = question.facts.by_line
    if line != Line.EL:
        return by_line.get(line, ())
    gaps = (each for each in question.facts.policies if is_stop_gap(each))
    return (*by_line.get(Line.WC, ()), *by_line.get(Line.EL, ()), *gaps)


def _layers_over(primary: PolicyFacts, line: Line, requirement: UmbrellaRequirement, question: Question) -> Answer:
    tower = tower_over(line, primary, requirement.layers, requirement.evidence, question)
    beneath = _certainty(primary, requirement.evidence, question)
    checks = [
        _amount(
            f"umbrella.{line}.occurrence",
            requirement.occurrence,
            (tower.occurrence, tower.possible_occurrence),
            (0, 0) if requirement.double_use else _used(primary, line, occurrence_kinds(line), question),
            tower,
            primary,
        )
    ]
    if requirement.aggregate is not None:
        checks.append(
            _amount(
                f"umbrella.{line}.aggregate",
                requirement.aggregate,
                (tower.aggregate, tower.possible_aggregate),
                (0, 0) if requirement.double_use else _used(primary, line, aggregate_kinds(line), question),
                tower,
                primary,
            )
        )
    return answer_of((*checks, *beneath), _unique((*tower.used, *tower.doubtful)))


def _certainty(primary: PolicyFacts, rule: EvidenceRule, question: Question) -> tuple[Check, ...]:
    """Return the checks of the primary that are unknown: a layer over a primary in doubt is in doubt itself."""
    checks = (term_check(primary, rule, question), insured_check(primary, rule, question))
    return tuple(check for check in checks if check.outcome is not Outcome.PASS)


def _amount(
    aspect: str,
    required: int,
    amounts: tuple[int, int],
    used: tuple[int, int],
    tower: Tower,
    primary: PolicyFacts,
) -> Check:
    certain, possible = amounts
    policy = tower.used[0] if tower.used else primary.id
    least, most = used
    if certain - most >= required:
        return Check(aspect, Outcome.PASS, None, required, certain - most, policy)
    if certain >= required:
        # Enough on paper, but part of it already tops up the line beneath (domain rule B2.4).
        outcome = Outcome.UNKNOWN if possible - least >= required else Outcome.FAIL
        return Check(aspect, outcome, ReasonCode.LAYER_USED_TWICE, required, certain - most, policy)
    if possible - least >= required:
        return Check(aspect, Outcome.UNKNOWN, ReasonCode.LAYER_UNKNOWN, required, certain, policy)
    for reason in _CUTS:
        if reason in tower.cut:
            return Check(aspect, Outcome.FAIL, reason, required, certain, policy)
    return Check(aspect, Outcome.FAIL, ReasonCode.LIMIT_TOO_LOW, required, certain, policy)


def _used(primary: PolicyFacts, line: Line, kinds: tuple[LimitKind, ...], question: Question) -> tuple[int, int]:
    """Return the least and the most of the layers that the line itself may need, to reach what is asked of it.

    A limit of the primary that nobody states may be as low as nothing, or high enough.
    """
    least = most = 0
    for requirement in question.lines:
        if requirement.line != line or not requirement.top_up or question.applies(requirement) is False:
            continue
        for minimum in requirement.limits:
            if minimum.limit in kinds:
                stated = primary.amount(minimum.limit).values
                least = max(least, minimum.cents - max(stated, default=minimum.cents))
                most = max(most, minimum.cents - min(stated, default=0))
    return least, most


def judge_combined(requirement: CombinedLimitRequirement, question: Question) -> Answer:
    """Judge a primary line and the layers over it together."""
    answers = [
        _together(primary, requirement, question)
        for primary in _primaries(requirement.line, requirement.evidence, question)
    ]
    if answers:
        return best_of(answers)
    able = [
        policy
        for policy in _written_on(requirement.line, question)
        if policy.counts_for(question.work) and question.day not in policy.in_force.possible
    ]
    strangers = [
        policy
        for policy in _written_on(requirement.line, question)
        if policy.counts_for(question.work) and question.day in policy.in_force.possible
    ]
    if strangers:
        return best_of(
            [answer_of((insured_check(each, requirement.evidence, question),), (each.id,)) for each in strangers]
        )
    return absence_of(able, question)


def _together(primary: PolicyFacts, requirement: CombinedLimitRequirement, question: Question) -> Answer:
    rule, line = requirement.evidence, requirement.line
    tower = tower_over(line, primary, requirement.layers, rule, question)
    checks = [term_check(primary, rule, question), insured_check(primary, rule, question)]
    checks.append(
        _sum(
            f"combined.{line}.occurrence",
            requirement.occurrence,
            kind=_stated(primary, occurrence_kinds(line)),
            layers=(tower.occurrence, tower.possible_occurrence),
            primary=primary,
            question=question,
            rule=rule,
        )
    )
    if requirement.aggregate is not None:
        checks.append(
            _sum(
                f"combined.{line}.aggregate",
                requirement.aggregate,
                kind=_stated(primary, aggregate_kinds(line)),
                layers=(tower.aggregate, tower.possible_aggregate),
                primary=primary,
                question=question,
                rule=rule,
            )
        )
    leaning = any(check.outcome is Outcome.PASS_WITH_DEPENDENCY for check in checks)
    leans_on = tower.used if leaning else ()
    return answer_of(checks, (primary.id, *leans_on), leans_on)


def _stated(primary: PolicyFacts, kinds: tuple[LimitKind, ...]) -> LimitKind | None:
    return next((kind for kind in kinds if primary.amount(kind).values), None)


def _sum(
    aspect: str,
    required: int,
    *,
    kind: LimitKind | None,
    layers: tuple[int, int],
    primary: PolicyFacts,
    question: Question,
    rule: EvidenceRule,
) -> Check:
    if kind is None:
        return Check(aspect, Outcome.UNKNOWN, ReasonCode.LIMIT_NOT_STATED, required, None, primary.id)
    weighed = primary.amount(kind)
    least, most = min(weighed.values), max(weighed.values)
    if least + layers[0] >= required:
        proven = question.proven(aspect, weighed.support, rule, primary, required, least + layers[0])
        if proven.outcome is not Outcome.PASS or least >= required:
            return proven
        return Check(
            aspect,
            Outcome.PASS_WITH_DEPENDENCY,
            ReasonCode.LEANS_ON_UMBRELLA,
            required,
            least + layers[0],
            primary.id,
        )
    if most + layers[1] >= required:
        reason = ReasonCode.LAYER_UNKNOWN if least == most else ReasonCode.FACTS_CONFLICT
        return Check(aspect, Outcome.UNKNOWN, reason, required, least + layers[0], primary.id)
    return Check(aspect, Outcome.FAIL, ReasonCode.LIMIT_TOO_LOW, required, most + layers[0], primary.id)


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
