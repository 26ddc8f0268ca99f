"""Additional insureds of an umbrella: proven beneath, and by layers that follow form or add them (domain rule B14.19).

The wording of a primary never flows up unproven, so that everything but such a proof is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import EndorsementRule, UmbrellaRequirement
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import endorsement_checks
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import ResolvedFact, strongest
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["layered_insured_checks"]


def layered_insured_checks(
    line: Line,
    primary: PolicyFacts,
    used: tuple[str, ...],
    requirement: UmbrellaRequirement,
    context: CheckContext,
) -> Iterator[Check]:
    """Check each additional insured asked of the layers over a primary.

    Args:
        line: The line beneath.
        primary: The policy beneath.
        used: Ids of the layers that certainly count.
        requirement: What is asked.
        context: The facts, the work and the day.
    """
    layers = [context.facts.by_id[policy_id] for policy_id in used]
    follow = {layer.id for layer in layers if _follows(layer, line, requirement, context)}
    for rule in requirement.additional_insured:
        serving = _serving(layers, follow, rule, requirement, context)
        proven = _adds(primary, rule, requirement, context) and _reach(serving, requirement)
        yield Check(
            aspect=f"umbrella.{line}.{rule.kind.value}",
            outcome=Outcome.PASS_WITH_DEPENDENCY if proven else Outcome.UNKNOWN,
            reason=ReasonCode.DEPENDS_ON_UNDERLYING if proven else ReasonCode.ENDORSEMENT_UNPROVEN,
            required=rule.kind.label,
            policy_id=used[0] if used else primary.id,
        )


def _serving(
    layers: list[PolicyFacts],
    follow: set[str],
    rule: EndorsementRule,
    requirement: UmbrellaRequirement,
    context: CheckContext,
) -> list[PolicyFacts]:
    """Return the layers that serve the party: those that follow form, and those that add it by themselves."""
    return [layer for layer in layers if layer.id in follow or _adds(layer, rule, requirement, context)]


def _adds(policy: PolicyFacts, rule: EndorsementRule, requirement: UmbrellaRequirement, context: CheckContext) -> bool:
    checks = endorsement_checks(policy, (rule,), requirement.evidence, context)
    return all(check.outcome is Outcome.PASS for check in checks)


def _follows(layer: PolicyFacts, line: Line, requirement: UmbrellaRequirement, context: CheckContext) -> bool:
    """Return whether the best evidence, good enough, says that the layer follows form over the line."""
    stated, support = strongest(
        (any(row.line == line for row in statement.follows_form_over), statement.evidence)
        for statement in layer.underlying_schedules
    )
    return stated == (True,) and (
        evidence_fault(support, requirement.evidence, context.day, context.facts, layer) is None
    )


def _reach(layers: list[PolicyFacts], requirement: UmbrellaRequirement) -> bool:
    """Return whether the layers that serve the party reach the amounts asked for without the others."""
    asked = ((LimitKind.EACH_OCCURRENCE, requirement.occurrence), (LimitKind.AGGREGATE, requirement.aggregate))
    return bool(layers) and all(
        cents is None or sum(_least(layer.amount(kind)) for layer in layers) >= cents for kind, cents in asked
    )


def _least(amount: ResolvedFact) -> int:
    return min(amount.values, default=0)
