"""Requirements on layers: an umbrella of its own, and primary and layers counted together (rules B2.3 to B2.6)."""

from __future__ import annotations

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirement import CombinedLimitRequirement, UmbrellaRequirement
from contractor_compliance.evaluation.checks.basics import insured_check, term_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import is_stop_gap
from contractor_compliance.evaluation.checks.layers import Tower, aggregate_kinds, occurrence_kinds, tower_over
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.coverage import absence_of
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, result_of, unique, worst_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

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


def judge_umbrella(requirement: UmbrellaRequirement, context: CheckContext) -> RequirementResult:
    """Judge umbrella cover: over each line named, by layers alone, and not used up by topping up that line."""
    layers = [
        policy
        for kind in sorted(requirement.layers)
        for policy in context.facts.by_line.get(kind, ())
        if policy.counts_for(context.work)
    ]
    if not any(context.day in policy.in_force.possible for policy in layers):
        return absence_of(layers, context)
    return worst_of([_over(line, requirement, context) for line in sorted(requirement.over)])


def _over(line: Line, requirement: UmbrellaRequirement, context: CheckContext) -> RequirementResult:
    results = [
        _layers_over(primary, line, requirement, context) for primary in _primaries(line, requirement.evidence, context)
    ]
    if results:
        return best_of(results)
    # A layer over nothing leaves the whole of the underlying amount uninsured.
    return result_of((Check(f"underlying.{line}", Outcome.FAIL, ReasonCode.ATTACHMENT_GAP, line.label),))


def _primaries(line: Line, rule: EvidenceRule, context: CheckContext) -> list[PolicyFacts]:
    return [
        policy
        for policy in _written_on(line, context)
        if policy.counts_for(context.work)
        and term_check(policy, rule, context).outcome is not Outcome.FAIL
        and insured_check(policy, rule, context).outcome is not Outcome.FAIL
    ]


def _written_on(line: Line, context: CheckContext) -> tuple[PolicyFacts, ...]:
    """Return the policies that carry the line; employers' liability comes with workers' compensation or stop gap."""
    by_line = context.facts.by_line
    if line != Line.EL:
        return by_line.get(line, ())
    gaps = (policy for policy in context.facts.policies if is_stop_gap(policy))
    return (*by_line.get(Line.WC, ()), *by_line.get(Line.EL, ()), *gaps)


def _layers_over(
    primary: PolicyFacts, line: Line, requirement: UmbrellaRequirement, context: CheckContext
) -> RequirementResult:
    tower = tower_over(line, primary, requirement.layers, requirement.evidence, context)
    beneath = _certainty(primary, requirement.evidence, context)
    checks = [
        _amount(
            f"umbrella.{line}.occurrence",
            requirement.occurrence,
            (tower.occurrence, tower.possible_occurrence),
            (0, 0) if requirement.double_use else _used(primary, line, occurrence_kinds(line), context),
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
                (0, 0) if requirement.double_use else _used(primary, line, aggregate_kinds(line), context),
                tower,
                primary,
            )
        )
    return result_of((*checks, *beneath), unique((*tower.used, *tower.doubtful)))


def _certainty(primary: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> tuple[Check, ...]:
    """Return the checks of the primary that are unknown: a layer over a primary in doubt is in doubt itself."""
    checks = (term_check(primary, rule, context), insured_check(primary, rule, context))
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


def _used(primary: PolicyFacts, line: Line, kinds: tuple[LimitKind, ...], context: CheckContext) -> tuple[int, int]:
    """Return the least and the most of the layers that the line itself may need, to reach what is asked of it.

    A limit of the primary that is not stated may be as low as nothing, or high enough.
    """
    least = most = 0
    for requirement in context.lines:
        if requirement.line != line or not requirement.top_up or context.applies(requirement) is False:
            continue
        for minimum in requirement.limits:
            if minimum.limit in kinds:
                stated = primary.amount(minimum.limit).values
                least = max(least, minimum.cents - max(stated, default=minimum.cents))
                most = max(most, minimum.cents - min(stated, default=0))
    return least, most


def judge_combined(requirement: CombinedLimitRequirement, context: CheckContext) -> RequirementResult:
    """Judge a primary line and the layers over it together."""
    results = [
        _together(primary, requirement, context)
        for primary in _primaries(requirement.line, requirement.evidence, context)
    ]
    if results:
        return best_of(results)
    ended = [
        policy
        for policy in _written_on(requirement.line, context)
        if policy.counts_for(context.work) and context.day not in policy.in_force.possible
    ]
    strangers = [
        policy
        for policy in _written_on(requirement.line, context)
        if policy.counts_for(context.work) and context.day in policy.in_force.possible
    ]
    if strangers:
        return best_of(
            [
                result_of((insured_check(stranger, requirement.evidence, context),), (stranger.id,))
                for stranger in strangers
            ]
        )
    return absence_of(ended, context)


def _together(primary: PolicyFacts, requirement: CombinedLimitRequirement, context: CheckContext) -> RequirementResult:
    rule, line = requirement.evidence, requirement.line
    tower = tower_over(line, primary, requirement.layers, rule, context)
    checks = [term_check(primary, rule, context), insured_check(primary, rule, context)]
    checks.append(
        _sum(
            f"combined.{line}.occurrence",
            requirement.occurrence,
            kind=_stated(primary, occurrence_kinds(line)),
            layers=(tower.occurrence, tower.possible_occurrence),
            primary=primary,
            context=context,
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
                context=context,
                rule=rule,
            )
        )
    leaning = any(check.outcome is Outcome.PASS_WITH_DEPENDENCY for check in checks)
    depends_on = tower.used if leaning else ()
    return result_of(checks, (primary.id, *depends_on), depends_on)


def _stated(primary: PolicyFacts, kinds: tuple[LimitKind, ...]) -> LimitKind | None:
    return next((kind for kind in kinds if primary.amount(kind).values), None)


def _sum(
    aspect: str,
    required: int,
    *,
    kind: LimitKind | None,
    layers: tuple[int, int],
    primary: PolicyFacts,
    context: CheckContext,
    rule: EvidenceRule,
) -> Check:
    if kind is None:
        return Check(aspect, Outcome.UNKNOWN, ReasonCode.LIMIT_NOT_STATED, required, None, primary.id)
    resolved = primary.amount(kind)
    least, most = min(resolved.values), max(resolved.values)
    if least + layers[0] >= required:
        proven = context.proven(aspect, resolved.support, rule, primary, required, least + layers[0])
        if proven.outcome is not Outcome.PASS or least >= required:
            return proven
        return Check(
            aspect,
            Outcome.PASS_WITH_DEPENDENCY,
            ReasonCode.DEPENDS_ON_UMBRELLA,
            required,
            least + layers[0],
            primary.id,
        )
    if most + layers[1] >= required:
        reason = ReasonCode.LAYER_UNKNOWN if least == most else ReasonCode.FACTS_CONFLICT
        return Check(aspect, Outcome.UNKNOWN, reason, required, least + layers[0], primary.id)
    return Check(aspect, Outcome.FAIL, ReasonCode.LIMIT_TOO_LOW, required, most + layers[0], primary.id)
