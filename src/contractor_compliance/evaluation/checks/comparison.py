"""The one comparison of a resolved fact with what a requirement accepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import ResolvedFact
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["codes_in_words", "compare"]


def compare(
    fact: ResolvedFact,
    accepts: Callable[[Any], bool],
    context: CheckContext,
    *,
    aspect: str,
    policy: PolicyFacts,
    rule: EvidenceRule,
    required: str | int,
    show: Callable[[Sequence[Any]], str | int],
    failed: ReasonCode,
    unstated: ReasonCode,
    conflict: ReasonCode = ReasonCode.FACTS_CONFLICT,
) -> Check:
    """Compare one resolved fact with what is accepted.

    Every value accepted is a pass if the evidence is good enough; none accepted is a failure on any evidence; values
    that contradict each other over it are a conflict; no value is unstated (B14.1: never a favorable guess).

    Args:
        fact: The fact.
        accepts: Returns whether a value satisfies.
        context: The facts, work, day and law.
        aspect: What is looked at, for the check.
        policy: The policy that the fact is of.
        rule: What evidence counts.
        required: What is asked for.
        show: Returns what to show of one or several values.
        failed: The reason of a failure.
        unstated: The reason where nothing is stated.
        conflict: The reason where sources contradict each other.
    """
    values = fact.values
    if not values:
        return Check(aspect=aspect, outcome=Outcome.UNKNOWN, reason=unstated, required=required, policy_id=policy.id)
    accepted = int(accepts(values[0])) if len(values) == 1 else sum(map(accepts, values))
    if accepted == len(values):
        return context.proven(aspect, fact.support, rule, policy, required, show(values))
    return Check(
        aspect=aspect,
        outcome=Outcome.UNKNOWN if accepted else Outcome.FAIL,
        reason=conflict if accepted else failed,
        required=required,
        actual=show(values),
        policy_id=policy.id,
    )


def codes_in_words(codes: Sequence[LabeledCode] | frozenset[LabeledCode]) -> str:
    """Return codes as a check shows them: `occurrence or claims_made`."""
    return " or ".join(sorted(code.value for code in codes))
