"""What the evaluator needs of a kind of requirement, and what several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import format_cents
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.result import RequirementResult
from contractor_compliance.results.not_examined import Topic

__all__ = [
    "Examined",
    "Presence",
    "RequirementKind",
    "any_present",
    "exemption_presence",
    "in_force_presence",
    "limits_in_words",
    "line_presence",
    "parties_in_words",
]

#: What a requirement asks about: pairs of line and topic. A pair without a topic names a line that is judged.
Examined = frozenset[tuple[Line, Topic | None]]
#: Whether there is cover at all: present, absent, or not known (None).
Presence = bool | None


@attrs.frozen(kw_only=True)
class RequirementKind:
    """How one kind of requirement is evaluated.

    Attributes:
        judge: Returns the result of a requirement on one day, by the facts alone.
        sentence: Returns what a requirement asks for, in words.
        presence: Returns whether there is cover of the kind asked for, adequate or not; None for a kind that asks for
            no cover.
        examines: Returns what a requirement asks about; nothing for a kind that reads no policy.
    """

    judge: Callable[[Any, CheckContext], RequirementResult]
    sentence: Callable[[Any], str]
    presence: Callable[[Any, CheckContext], Presence] | None
    examines: Callable[[Any], Examined] = lambda _: frozenset()


def any_present(presences: Iterable[Presence]) -> Presence:
    """Return whether one of several is present."""
    stated = set(presences)
    return True if True in stated else None if None in stated else False


def line_presence(lines: Iterable[Line], context: CheckContext) -> Presence:
    """Return whether a policy of one of the lines is in force."""
    return any_present(in_force_presence(context.facts.by_line.get(line, ()), context) for line in lines)


def in_force_presence(policies: Iterable[PolicyFacts], context: CheckContext) -> Presence:
    """Return whether one of the policies is in force for the work."""
    presence: Presence = False
    for policy in policies:
        if policy.counts_for(context.work):
            if context.day in policy.in_force.certain:
                return True
            if context.day in policy.in_force.possible:
                presence = None
    return presence


def exemption_presence(kinds: frozenset[ExemptionKind], context: CheckContext) -> Presence:
    """Return whether an exemption of one of the kinds is valid in some state of work."""
    return any_present(
        True
        if context.day in exemption.in_force.certain
        else None
        if context.day in exemption.in_force.possible
        else False
        for exemption in context.facts.exemptions
        if exemption.exemption.kind in kinds and exemption.exemption.state in context.work.states
    )


def limits_in_words(limits: tuple[MinimumLimit, ...]) -> str:
    """Return the limits asked for: ` with each occurrence $1,000,000`; nothing for none."""
    parts = [f"{minimum.limit.label} {format_cents(minimum.cents)}" for minimum in limits]
    return f" with {', '.join(parts)}" if parts else ""


def parties_in_words(roles: Iterable[PartyRole]) -> str:
    """Return the parties that are to be served: `the client and the company`."""
    return " and ".join(f"the {role.value}" for role in sorted(roles, key=lambda party: party.value))
