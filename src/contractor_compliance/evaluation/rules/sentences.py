"""Each requirement in words."""

from __future__ import annotations

from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.money import format_cents
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

__all__ = ["ask"]


def ask(requirement: Requirement) -> str:
    """Return what a requirement asks for, in words: `general liability with each occurrence $1,000,000`."""
    match requirement:
        case CoverageRequirement():
            return _coverage(requirement)
        case UmbrellaRequirement():
            kinds = " or ".join(sorted(layer.label for layer in requirement.layers))
            over = " and ".join(sorted(line.label for line in requirement.over))
            aggregate = f", {format_cents(requirement.aggregate)} aggregate" if requirement.aggregate else ""
            return f"{kinds} of {format_cents(requirement.occurrence)} each occurrence{aggregate}, over {over}"
        case CombinedLimitRequirement():
            aggregate = f", {format_cents(requirement.aggregate)} aggregate" if requirement.aggregate else ""
            return (
                f"{requirement.line.label} and the layers over it of together "
                f"{format_cents(requirement.occurrence)} each occurrence{aggregate}"
            )
        case ExemptionRequirement():
            kinds = " or ".join(sorted(kind.value.replace("_", " ") for kind in requirement.kinds))
            return f"{kinds} for each state of work"
        case OccupationalAccidentRequirement():
            limits = _limits(requirement.limits)
            return f"occupational accident{limits}, where workers' compensation is not mandatory"
        case Custom():
            return requirement.title or requirement.name
        case AnyOf():
            return "one of: " + "; ".join(ask(member) for member in requirement.members)
        case AllOf():
            return "; and ".join(ask(member) for member in requirement.members)


def _limits(limits: tuple[MinimumLimit, ...]) -> str:
    parts = [f"{limit.limit.label} {format_cents(limit.cents)}" for limit in limits]
    return f" with {', '.join(parts)}" if parts else ""


def _coverage(requirement: CoverageRequirement) -> str:
    parts = [f"{requirement.line.label}{_limits(requirement.limits)}"]
    if requirement.aggregate_bases:
        parts.append(
            "aggregate "
            + " or ".join(
                sorted(aggregate_basis.value.replace("_", " ") for aggregate_basis in requirement.aggregate_bases)
            )
        )
    if requirement.triggers:
        parts.append(
            "on " + " or ".join(sorted(trigger.value.replace("_", "-") for trigger in requirement.triggers)) + " form"
        )
    if requirement.retention_at_most is not None:
        parts.append(f"retention of at most {format_cents(requirement.retention_at_most)}")
    for rule in requirement.endorsements:
        roles = " and ".join(f"the {role.value}" for role in sorted(rule.parties, key=lambda party: party.value))
        parts.append(rule.kind.label + (f" for {roles}" if roles else ""))
    carrier = requirement.carrier
    if carrier is not None:
        if carrier.strength_at_least is not None:
            parts.append(f"insurer rated {carrier.strength_at_least.value} or better")
        if carrier.size_at_least is not None:
            parts.append(f"financial size category {carrier.size_at_least} or larger")
        if carrier.statuses:
            parts.append(
                "insurer " + " or ".join(sorted(status.value.replace("_", " ") for status in carrier.statuses))
            )
    return ", ".join(parts)
