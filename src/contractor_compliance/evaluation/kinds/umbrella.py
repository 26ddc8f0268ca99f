"""Umbrella or excess cover of its own (domain rules B2.3 to B2.6)."""

from __future__ import annotations

from collections.abc import Iterator

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import UmbrellaRequirement
from contractor_compliance.evaluation.checks.basics import insured_check, pending_number, term_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.layered_insureds import layered_insured_checks
from contractor_compliance.evaluation.checks.layers import (
    Tower,
    aggregate_kinds,
    occurrence_kinds,
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
    line_presence,
    parties_in_words,
)
from contractor_compliance.evaluation.kinds.result import (
    RequirementResult,
    best_of,
    or_presumed,
    result_of,
    unique,
    worst_of,
)
from contractor_compliance.evaluation.kinds.tail import answered_later
from contractor_compliance.results.finding import Check
from contractor_compliance.results.not_examined import Topic
from contractor_compliance.results.outcome import Outcome

__all__ = ["UMBRELLA"]

#: Reasons of a pass that depends on the policy beneath.
_ON_THE_PRIMARY = (ReasonCode.DEPENDS_ON_UNDERLYING, ReasonCode.PRESUMED_SCHEDULE)

#: Why a layer in force does not count, the reason nearest to the remedy first.
_CUTS = (
    ReasonCode.ATTACHMENT_GAP,
    ReasonCode.LINE_NOT_SCHEDULED,
    ReasonCode.TRIGGER_NOT_ACCEPTED,
    ReasonCode.RETRO_DATE_TOO_LATE,
    ReasonCode.NAMED_INSURED_MISMATCH,
    ReasonCode.NOT_A_PARTICIPANT,
)


def _judge(requirement: UmbrellaRequirement, context: CheckContext) -> RequirementResult:
    """Judge umbrella cover: over each line named, by layers alone, and not used up by topping up that line."""
    result = _on_day(requirement, context)
    beneath = tuple(sorted(requirement.over))
    return answered_later(
        result, requirement.evidence, context, lambda on_day: _on_day(requirement, on_day), beneath=beneath
    )


def _on_day(requirement: UmbrellaRequirement, context: CheckContext) -> RequirementResult:
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
    primaries = primaries_in_force(line, requirement.evidence, context)
    if primaries:
        by_facts = _best_over(primaries, line, requirement, context)
        if not requirement.presume_umbrella_schedule:
            return by_facts
        return or_presumed(by_facts, lambda: _best_over(primaries, line, requirement, context, presume_schedule=True))
    # A layer over nothing leaves the whole of the underlying amount uninsured.
    return result_of(
        (
            Check(
                aspect=f"underlying.{line}", outcome=Outcome.FAIL, reason=ReasonCode.ATTACHMENT_GAP, required=line.label
            ),
        )
    )


def _best_over(
    primaries: list[PolicyFacts],
    line: Line,
    requirement: UmbrellaRequirement,
    context: CheckContext,
    *,
    presume_schedule: bool = False,
) -> RequirementResult:
    """Return the best result over any one of the primary policies."""
    return best_of(
        [_layers_over(primary, line, requirement, context, presume_schedule=presume_schedule) for primary in primaries]
    )


def _layers_over(
    primary: PolicyFacts,
    line: Line,
    requirement: UmbrellaRequirement,
    context: CheckContext,
    *,
    presume_schedule: bool = False,
) -> RequirementResult:
    rule = requirement.evidence
    tower = tower_over(line, primary, requirement.layers, rule, context, presume_schedule=presume_schedule)
    beneath = _certainty(primary, rule, context)
    checks = [*presumption_checks(tower.presumed), *_amounts(tower, primary, line, requirement, context)]
    if requirement.additional_insured:
        checks += layered_insured_checks(line, primary, tower.used, requirement, context)
    checks += (
        term_check(layer, requirement.evidence, context)
        for layer in (context.facts.by_id[policy_id] for policy_id in tower.used)
        if layer.awaits_number
    )
    policies = unique((*tower.used, *tower.doubtful))
    result = result_of((*checks, *beneath), policies)
    if result.outcome is Outcome.PASS_WITH_DEPENDENCY:
        is_beneath = any(check.reason in _ON_THE_PRIMARY for check in checks)
        result.depends_on = (
            *((primary.id,) if is_beneath else ()),
            *pending_number(result.checks),
            *presumptions(checks),
        )
    return result


def _amounts(
    tower: Tower, primary: PolicyFacts, line: Line, requirement: UmbrellaRequirement, context: CheckContext
) -> Iterator[Check]:
    """Check each occurrence and the aggregate, less what the line beneath may itself need of the layers."""
    used = used_in_aggregate = (0, 0)
    if not requirement.double_use:
        used = _used(primary, line, occurrence_kinds(line), context)
        used_in_aggregate = _used(primary, line, aggregate_kinds(line), context)
    amounts = (tower.occurrence, tower.possible_occurrence)
    yield _amount(f"umbrella.{line}.occurrence", requirement.occurrence, amounts, used, tower, primary)
    # What cures the line's own shortfall is gone (B14.4): where no aggregate is asked for, one occurrence must be left.
    aggregate = requirement.aggregate or (requirement.occurrence if used_in_aggregate[1] > 0 else None)
    if aggregate is not None:
        amounts = (tower.aggregate, tower.possible_aggregate)
        yield _amount(f"umbrella.{line}.aggregate", aggregate, amounts, used_in_aggregate, tower, primary)


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
        return Check(aspect=aspect, outcome=Outcome.PASS, required=required, actual=certain - most, policy_id=policy)
    if certain >= required:
        # Enough on paper, but part of it already tops up the line beneath (domain rule B2.4).
        outcome = Outcome.UNKNOWN if possible - least >= required else Outcome.FAIL
        return Check(
            aspect=aspect,
            outcome=outcome,
            reason=ReasonCode.LAYER_USED_TWICE,
            required=required,
            actual=certain - most,
            policy_id=policy,
        )
    if possible - least >= required:
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.LAYER_UNKNOWN,
            required=required,
            actual=certain,
            policy_id=policy,
        )
    for reason in _CUTS:
        if reason in tower.cut:
            return Check(
                aspect=aspect, outcome=Outcome.FAIL, reason=reason, required=required, actual=certain, policy_id=policy
            )
    return Check(
        aspect=aspect,
        outcome=Outcome.FAIL,
        reason=ReasonCode.LIMIT_TOO_LOW,
        required=required,
        actual=certain,
        policy_id=policy,
    )


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


def _sentence(requirement: UmbrellaRequirement) -> str:
    kinds = " or ".join(sorted(layer.label for layer in requirement.layers))
    over = " and ".join(sorted(line.label for line in requirement.over))
    aggregate = f", {format_cents(requirement.aggregate)} aggregate" if requirement.aggregate else ""
    insureds = "".join(
        f", {rule.kind.label} for {parties_in_words(rule.parties)}" for rule in requirement.additional_insured
    )
    return f"{kinds} of {format_cents(requirement.occurrence)} each occurrence{aggregate}, over {over}{insureds}"


def _presence(requirement: UmbrellaRequirement, context: CheckContext) -> Presence:
    return line_presence(requirement.layers, context)


def _examines(requirement: UmbrellaRequirement) -> Examined:
    asked = {(line, topic) for line in requirement.layers for topic in (None, Topic.LIMITS)}
    if requirement.additional_insured:
        asked |= {(line, Topic.ADDITIONAL_INSURED) for line in requirement.layers}
    return frozenset(asked)


#: Umbrella or excess cover of its own.
UMBRELLA = RequirementKind(judge=_judge, sentence=_sentence, presence=_presence, examines=_examines)
