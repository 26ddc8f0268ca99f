"""A primary line and the layers over it, counted together (domain rule B2.4)."""

from __future__ import annotations

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CombinedLimitRequirement
from contractor_compliance.evaluation.checks.basics import insured_check, pending_number, term_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.layers import (
    aggregate_kinds,
    occurrence_kinds,
    policies_carrying,
    primaries_in_force,
    tower_over,
)
from contractor_compliance.evaluation.checks.presumed_schedule import presumption_checks, presumptions
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.absence import absence_of
from contractor_compliance.evaluation.kinds.kind import (
    Examined,
    Presence,
    RequirementKind,
    in_force_presence,
    line_presence,
)
from contractor_compliance.evaluation.kinds.result import RequirementResult, best_of, or_presumed, result_of
from contractor_compliance.evaluation.kinds.tail import answered_later
from contractor_compliance.results.finding import Check
from contractor_compliance.results.not_examined import Topic
from contractor_compliance.results.outcome import Outcome

__all__ = ["COMBINED_LIMIT"]


def _judge(requirement: CombinedLimitRequirement, context: CheckContext) -> RequirementResult:
    """Judge a primary line and the layers over it together."""
    result = _on_day(requirement, context)
    return answered_later(result, requirement.evidence, context, lambda on_day: _on_day(requirement, on_day))


def _on_day(requirement: CombinedLimitRequirement, context: CheckContext) -> RequirementResult:
    primaries = primaries_in_force(requirement.line, requirement.evidence, context)
    if primaries:
        by_facts = _best_over(primaries, requirement, context)
        if not requirement.presume_umbrella_schedule:
            return by_facts
        return or_presumed(by_facts, lambda: _best_over(primaries, requirement, context, presume_schedule=True))
    policies = [policy for policy in policies_carrying(requirement.line, context) if policy.counts_for(context.work)]
    strangers = [policy for policy in policies if context.day in policy.in_force.possible]
    if not strangers:
        return absence_of(policies, context)
    return best_of(
        [result_of((insured_check(stranger, requirement.evidence, context),), (stranger.id,)) for stranger in strangers]
    )


def _best_over(
    primaries: list[PolicyFacts],
    requirement: CombinedLimitRequirement,
    context: CheckContext,
    *,
    presume_schedule: bool = False,
) -> RequirementResult:
    """Return the best result over any one of the primary policies."""
    return best_of(
        [_together(primary, requirement, context, presume_schedule=presume_schedule) for primary in primaries]
    )


def _together(
    primary: PolicyFacts,
    requirement: CombinedLimitRequirement,
    context: CheckContext,
    *,
    presume_schedule: bool = False,
) -> RequirementResult:
    rule, line = requirement.evidence, requirement.line
    tower = tower_over(line, primary, requirement.layers, rule, context, presume_schedule=presume_schedule)
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
        kind = _stated(primary, aggregate_kinds(line))
        over = tower_over(
            line, primary, requirement.layers, rule, context, limit=kind, presume_schedule=presume_schedule
        )
        checks.append(
            _sum(
                f"combined.{line}.aggregate",
                requirement.aggregate,
                kind=kind,
                layers=(over.aggregate, over.possible_aggregate),
                primary=primary,
                context=context,
                rule=rule,
            )
        )
    needs_layers = any(check.reason is ReasonCode.DEPENDS_ON_UMBRELLA for check in checks)
    depends_on = tower.used if needs_layers else ()
    if needs_layers:
        checks = [*presumption_checks(tower.presumed), *checks]
    return result_of(checks, (primary.id, *depends_on), (*depends_on, *pending_number(checks), *presumptions(checks)))


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
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.LIMIT_NOT_STATED,
            required=required,
            policy_id=primary.id,
        )
    resolved = primary.amount(kind)
    least, most = min(resolved.values), max(resolved.values)
    if least + layers[0] >= required:
        proven = context.proven(aspect, resolved.support, rule, primary, required, least + layers[0])
        if proven.outcome is not Outcome.PASS or least >= required:
            return proven
        return Check(
            aspect=aspect,
            outcome=Outcome.PASS_WITH_DEPENDENCY,
            reason=ReasonCode.DEPENDS_ON_UMBRELLA,
            required=required,
            actual=least + layers[0],
            policy_id=primary.id,
        )
    if most + layers[1] >= required:
        reason = ReasonCode.LAYER_UNKNOWN if least == most else ReasonCode.FACTS_CONFLICT
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=reason,
            required=required,
            actual=least + layers[0],
            policy_id=primary.id,
        )
    return Check(
        aspect=aspect,
        outcome=Outcome.FAIL,
        reason=ReasonCode.LIMIT_TOO_LOW,
        required=required,
        actual=most + layers[0],
        policy_id=primary.id,
    )


def _sentence(requirement: CombinedLimitRequirement) -> str:
    aggregate = f", {format_cents(requirement.aggregate)} aggregate" if requirement.aggregate else ""
    return (
        f"{requirement.line.label} and the layers over it of together "
        f"{format_cents(requirement.occurrence)} each occurrence{aggregate}"
    )


def _presence(requirement: CombinedLimitRequirement, context: CheckContext) -> Presence:
    if requirement.line == Line.EL:
        return in_force_presence(policies_carrying(Line.EL, context), context)
    return line_presence((requirement.line,), context)


def _examines(requirement: CombinedLimitRequirement) -> Examined:
    return frozenset(
        (line, topic) for line in (requirement.line, *requirement.layers) for topic in (None, Topic.LIMITS)
    )


#: A primary line and the layers over it, counted together.
COMBINED_LIMIT = RequirementKind(judge=_judge, sentence=_sentence, presence=_presence, examines=_examines)
