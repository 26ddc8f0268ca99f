"""Limits against the limits asked for, with layers making up what the primary lacks (domain rules B2.1, B2.2, B2.7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import LimitKind, MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.checks.comparison import compare
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.layers import Tower, aggregate_kinds, occurrence_kinds, tower_over
from contractor_compliance.evaluation.checks.presumed_schedule import PresumedSchedule, presumption_checks
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import ResolvedFact
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["limit_checks"]


def limit_checks(
    policy: PolicyFacts,
    line: Line,
    limits: tuple[MinimumLimit, ...],
    top_up: frozenset[Line],
    rule: EvidenceRule,
    context: CheckContext,
    *,
    presume_schedule: bool = False,
) -> list[tuple[Check, tuple[str, ...]]]:
    """Compare each limit asked for with the one stated; return the checks with the layers that each depends on.

    Layers are looked at only where the primary's stated amount falls short. What a pass presumes of them is a check
    of its own, and comes first.
    """
    results: list[tuple[Check, tuple[str, ...]]] = []
    presumed: list[PresumedSchedule] = []
    for minimum in limits:
        aspect, cents = f"limit.{minimum.limit.value}", minimum.cents
        amount = policy.amount_for(line, minimum.limit)
        check = compare(
            amount,
            lambda stated, cents=cents: stated >= cents,  # type: ignore[misc]  # bound in this turn of the loop
            context,
            aspect=aspect,
            policy=policy,
            rule=rule,
            required=cents,
            show=min,
            failed=ReasonCode.LIMIT_TOO_LOW,
            unstated=ReasonCode.LIMIT_NOT_STATED,
        )
        if check.outcome is not Outcome.FAIL or not (top_up or len(amount.values) > 1):
            results.append((check, ()))
            continue
        top = partial(_topped, minimum, amount, policy, line, top_up=top_up, rule=rule, context=context)
        tower, topped, layers = _or_presumed(top) if presume_schedule else top()
        presumed += tower.presumed
        if ReasonCode.ATTACHMENT_GAP in tower.cut and not tower.used:
            results.append((_gap(minimum, tower, amount.values, policy), ()))
        results.append((topped, layers))
    if not presumed:
        return results
    return [*((check, ()) for check in presumption_checks(presumed)), *results]


#: The layers over a limit that falls short, the check with them, and those that it depends on.
_Topped = tuple[Tower, Check, tuple[str, ...]]


def _or_presumed(top: Callable[..., _Topped]) -> _Topped:
    """Top up by what is stated; where that leaves it open, with a schedule that is presumed, if this is a pass.

    Only what is open may be presumed: neither a pass nor a failure changes (domain rule B14.16).
    """
    by_facts = top()
    if by_facts[1].outcome is not Outcome.UNKNOWN:
        return by_facts
    presuming = top(presume_schedule=True)
    return presuming if presuming[1].outcome is Outcome.PASS_WITH_DEPENDENCY else by_facts


def _topped(
    minimum: MinimumLimit,
    amount: ResolvedFact,
    policy: PolicyFacts,
    line: Line,
    *,
    top_up: frozenset[Line],
    rule: EvidenceRule,
    context: CheckContext,
    presume_schedule: bool = False,
) -> _Topped:
    """Return the layers over a limit that falls short, the check with them, and those that it depends on."""
    aspect = f"limit.{minimum.limit.value}"
    tower = Tower()
    # A limit that is excluded beneath is never topped up (domain rule B14.4).
    if top_up and max(amount.values) > 0:
        tower = tower_over(line, policy, top_up, rule, context, limit=minimum.limit, presume_schedule=presume_schedule)
    topped, layers = _topped_up(aspect, minimum, amount.values, tower, line, policy)
    if topped.outcome is Outcome.PASS_WITH_DEPENDENCY:
        proven = context.proven(aspect, amount.support, rule, policy, minimum.cents, topped.actual)
        topped = topped if proven.outcome is Outcome.PASS else proven
    return tower, topped, layers


def _topped_up(
    aspect: str, minimum: MinimumLimit, values: tuple[int, ...], tower: Tower, line: Line, policy: PolicyFacts
) -> tuple[Check, tuple[str, ...]]:
    certain, possible = _share(tower, minimum.limit, line)
    amount = min(values)
    if certain and amount + certain >= minimum.cents:
        return (
            Check(
                aspect=aspect,
                outcome=Outcome.PASS_WITH_DEPENDENCY,
                reason=ReasonCode.DEPENDS_ON_UMBRELLA,
                required=minimum.cents,
                actual=amount + certain,
                policy_id=policy.id,
            ),
            tower.used,
        )
    if certain and max(values) + certain >= minimum.cents:
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.FACTS_CONFLICT,
            required=minimum.cents,
            actual=amount,
            policy_id=policy.id,
        ), ()
    if possible and max(values) + possible >= minimum.cents:
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.LAYER_UNKNOWN,
            required=minimum.cents,
            actual=amount,
            policy_id=policy.id,
        ), ()
    return Check(
        aspect=aspect,
        outcome=Outcome.FAIL,
        reason=ReasonCode.LIMIT_TOO_LOW,
        required=minimum.cents,
        actual=max(values) + certain,
        policy_id=policy.id,
    ), ()


def _gap(minimum: MinimumLimit, tower: Tower, values: tuple[int, ...], policy: PolicyFacts) -> Check:
    """Return the check of what lies beneath: it falls short of where the layers begin (domain rule B2.5)."""
    return Check(
        aspect=f"underlying.{minimum.limit.value}",
        outcome=Outcome.UNKNOWN if tower.doubtful else Outcome.FAIL,
        reason=ReasonCode.ATTACHMENT_GAP,
        actual=max(values),
        policy_id=policy.id,
    )


def _share(tower: Tower, kind: LimitKind, line: Line) -> tuple[int, int]:
    """Return what the layers add to one limit: certainly, and possibly."""
    if kind in occurrence_kinds(line):
        return tower.occurrence, tower.possible_occurrence
    if kind in aggregate_kinds(line):
        return tower.aggregate, tower.possible_aggregate
    return 0, 0
