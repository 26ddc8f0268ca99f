"""Checks that every line shares: term, insured, carrier, trigger, retention, aggregate basis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.carrier import CarrierStatus, FinancialStrength
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import AggregateBasis
from contractor_compliance.domain.name_matching import match_insured
from contractor_compliance.domain.names import NameMatch, normal_name
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CarrierRule, CoverageRequirement
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["carrier_checks", "insured_check", "retroactive_check", "shape_checks", "term_check"]

_UNRATED = frozenset({CarrierStatus.STATE_FUND, CarrierStatus.SELF_INSURED})


def term_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Is the policy in force on the day?"""
    reason = policy.in_force.absence(context.day)
    if reason is None:
        check = None
        for support in policy.in_force.support:
            check = context.proven("term", support, rule, policy)
            if check.outcome is not Outcome.PASS:
                return check
        return check or Check(aspect="term", outcome=Outcome.PASS, policy_id=policy.id)
    possible = context.day in policy.in_force.possible
    return Check(
        aspect="term", outcome=Outcome.UNKNOWN if possible else Outcome.FAIL, reason=reason, policy_id=policy.id
    )


def insured_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Does the policy cover this contractor: as named insured, or by its schedule (domain rule B7)?"""
    if policy.is_scheduled_cover:
        return _schedule_check(policy, rule, context)
    required = context.facts.dossier.contractor.legal_name
    match, name, support = policy.insured_match
    if match is NameMatch.MATCH:
        return context.proven("insured", support, rule, policy, required, name)
    if match is None:
        return Check(
            aspect="insured",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.NAMED_INSURED_UNKNOWN,
            required=required,
            policy_id=policy.id,
        )
    if match is NameMatch.REVIEW:
        shown = f"{name} with another tax id" if name is not None and _same(name, required) else name
        return Check(
            aspect="insured",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.NAMED_INSURED_REVIEW,
            required=required,
            actual=shown,
            policy_id=policy.id,
        )
    return Check(
        aspect="insured",
        outcome=Outcome.FAIL,
        reason=ReasonCode.NAMED_INSURED_MISMATCH,
        required=required,
        actual=name,
        policy_id=policy.id,
    )


def _same(name: str, other: str) -> bool:
    return normal_name(name) == normal_name(other)


def _schedule_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    contractor = context.facts.dossier.contractor
    day = context.day
    required = contractor.legal_name
    if not any(insured.participants for insured in policy.insured):
        return Check(
            aspect="insured",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.NAMED_INSURED_UNKNOWN,
            required=required,
            policy_id=policy.id,
        )
    close: str | None = None
    weak: Check | None = None
    for statement in policy.insured:
        for entry in statement.participants:
            if day < entry.effective or (entry.until is not None and entry.until <= day):
                continue
            match = match_insured(entry.name, None, contractor)
            if match is NameMatch.MATCH:
                check = context.proven("insured", (statement.evidence,), rule, policy, required, entry.name)
                if check.outcome is Outcome.PASS:
                    return check
                weak = check
            elif match is NameMatch.REVIEW:
                close = min(close or entry.name, entry.name)
    if weak is not None:
        return weak
    if close is not None:
        return Check(
            aspect="insured",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.NAMED_INSURED_REVIEW,
            required=required,
            actual=close,
            policy_id=policy.id,
        )
    return Check(
        aspect="insured",
        outcome=Outcome.FAIL,
        reason=ReasonCode.NOT_A_PARTICIPANT,
        required=required,
        policy_id=policy.id,
    )


def carrier_checks(policy: PolicyFacts, rule: CarrierRule, context: CheckContext) -> Iterator[Check]:
    """Is the insurer of the status, rating and size asked for? Rating and size must both be met (rule B5.3)."""
    carrier = policy.carrier
    status = carrier.status if carrier else Missing.ABSENT
    if rule.statuses:
        required = " or ".join(sorted(status.value for status in rule.statuses))
        if isinstance(status, Missing):
            yield Check(
                aspect="carrier.status",
                outcome=Outcome.UNKNOWN,
                reason=ReasonCode.CARRIER_UNKNOWN,
                required=required,
                policy_id=policy.id,
            )
        else:
            accepted = status in rule.statuses
            yield Check(
                aspect="carrier.status",
                outcome=Outcome.PASS if accepted else Outcome.FAIL,
                reason=None if accepted else ReasonCode.CARRIER_NOT_ACCEPTED,
                required=required,
                actual=status.value,
                policy_id=policy.id,
            )
    if rule.strength_at_least is None and rule.size_at_least is None:
        return
    if rule.exempt_unrated_funds and status in _UNRATED:
        yield Check(aspect="carrier.rating", outcome=Outcome.NOT_APPLICABLE, actual="not rated", policy_id=policy.id)
        return
    rating = None
    for dated in carrier.ratings if carrier else ():
        if dated.effective <= context.day:
            rating = dated
    if rule.strength_at_least is not None:
        yield _strength_check(policy, rule.strength_at_least, rating.strength if rating else None)
    if rule.size_at_least is not None:
        size = rating.size if rating else Missing.ABSENT
        if isinstance(size, Missing):
            outcome, reason = Outcome.UNKNOWN, ReasonCode.RATING_UNKNOWN
        elif size >= rule.size_at_least:
            outcome, reason = Outcome.PASS, None
        else:
            outcome, reason = Outcome.FAIL, ReasonCode.RATING_TOO_LOW
        actual = None if isinstance(size, Missing) else _roman(size)
        yield Check(
            aspect="carrier.size",
            outcome=outcome,
            reason=reason,
            required=_roman(rule.size_at_least),
            actual=actual,
            policy_id=policy.id,
        )


def _strength_check(policy: PolicyFacts, floor: FinancialStrength, strength: FinancialStrength | None) -> Check:
    # Not rated says nothing of strength; under supervision, in liquidation and suspended do.
    if strength is None or strength is FinancialStrength.NOT_RATED:
        outcome, reason = Outcome.UNKNOWN, ReasonCode.RATING_UNKNOWN
    elif strength.place <= floor.place:
        outcome, reason = Outcome.PASS, None
    else:
        outcome, reason = Outcome.FAIL, ReasonCode.RATING_TOO_LOW
    return Check(
        aspect="carrier.rating",
        outcome=outcome,
        reason=reason,
        required=floor.value,
        actual=strength.value if strength else None,
        policy_id=policy.id,
    )


def shape_checks(policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext) -> Iterator[Check]:
    """Do trigger, retention and aggregate basis have the shape asked for?"""
    if requirement.triggers:
        yield _trigger_check(policy, requirement, context)
    if policy.trigger_statements and Trigger.CLAIMS_MADE in policy.trigger.values:
        reach = retroactive_check(policy, requirement.evidence, context)
        if reach.outcome is Outcome.FAIL and policy.trigger.value is None:
            # Equally good sources say occurrence, and then no retroactive date would matter.
            reach = attrs.evolve(reach, outcome=Outcome.UNKNOWN, reason=ReasonCode.FACTS_CONFLICT)
        yield reach
    if requirement.retention_at_most is not None:
        yield _retention_check(policy, requirement.retention_at_most, requirement.evidence, context)
    if requirement.aggregate_bases:
        yield _basis_check(policy, requirement.aggregate_bases, requirement.evidence, context)


def _trigger_check(policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext) -> Check:
    required = " or ".join(sorted(trigger.value for trigger in requirement.triggers))
    values = policy.trigger.values
    accepted = [value in requirement.triggers for value in values]
    actual = " or ".join(sorted(value.value for value in values)) or None
    if accepted and all(accepted):
        return context.proven("trigger", policy.trigger.support, requirement.evidence, policy, required, actual)
    if accepted and not any(accepted):
        return Check(
            aspect="trigger",
            outcome=Outcome.FAIL,
            reason=ReasonCode.TRIGGER_NOT_ACCEPTED,
            required=required,
            actual=actual,
            policy_id=policy.id,
        )
    reason = ReasonCode.FACTS_CONFLICT if values else ReasonCode.TRIGGER_UNKNOWN
    return Check(
        aspect="trigger", outcome=Outcome.UNKNOWN, reason=reason, required=required, actual=actual, policy_id=policy.id
    )


def retroactive_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Claims-made: does the retroactive date reach back to the start of the work (domain rule B3.10)?"""
    assignment = context.work.assignment
    start = assignment.start if assignment else context.day
    required = f"on or before {start}"
    resolved = policy.retroactive_date
    reaches = [value <= start for value in resolved.values]
    actual = " or ".join(_retroactive(value) for value in sorted(resolved.values)) or None
    if reaches and all(reaches):
        return context.proven("retroactive_date", resolved.support, rule, policy, required, actual)
    if reaches and not any(reaches):
        return Check(
            aspect="retroactive_date",
            outcome=Outcome.FAIL,
            reason=ReasonCode.RETRO_DATE_TOO_LATE,
            required=required,
            actual=actual,
            policy_id=policy.id,
        )
    reason = ReasonCode.FACTS_CONFLICT if reaches else ReasonCode.RETRO_DATE_UNKNOWN
    return Check(
        aspect="retroactive_date",
        outcome=Outcome.UNKNOWN,
        reason=reason,
        required=required,
        actual=actual,
        policy_id=policy.id,
    )


def _retention_check(policy: PolicyFacts, most: int, rule: EvidenceRule, context: CheckContext) -> Check:
    resolved = policy.retention
    within = [value <= most for value in resolved.values]
    actual = max(resolved.values, default=None)
    if within and all(within):
        return context.proven("retention", resolved.support, rule, policy, most, actual)
    if within and not any(within):
        return Check(
            aspect="retention",
            outcome=Outcome.FAIL,
            reason=ReasonCode.RETENTION_TOO_HIGH,
            required=most,
            actual=min(resolved.values),
            policy_id=policy.id,
        )
    reason = ReasonCode.FACTS_CONFLICT if within else ReasonCode.LIMIT_NOT_STATED
    return Check(
        aspect="retention", outcome=Outcome.UNKNOWN, reason=reason, required=most, actual=actual, policy_id=policy.id
    )


def _basis_check(
    policy: PolicyFacts, bases: frozenset[AggregateBasis], rule: EvidenceRule, context: CheckContext
) -> Check:
    required = " or ".join(sorted(basis.value for basis in bases))
    resolved = policy.aggregate_basis
    accepted = [value in bases for value in resolved.values]
    actual = " or ".join(sorted(value.value for value in resolved.values)) or None
    if accepted and all(accepted):
        return context.proven("aggregate_basis", resolved.support, rule, policy, required, actual)
    if accepted and not any(accepted):
        return Check(
            aspect="aggregate_basis",
            outcome=Outcome.FAIL,
            reason=ReasonCode.AGGREGATE_BASIS,
            required=required,
            actual=actual,
            policy_id=policy.id,
        )
    return Check(
        aspect="aggregate_basis",
        outcome=Outcome.UNKNOWN,
        reason=ReasonCode.AGGREGATE_BASIS,
        required=required,
        actual=actual,
        policy_id=policy.id,
    )


def _retroactive(day: date) -> str:
    return "full prior acts" if day == date.min else str(day)


def _roman(size: int) -> str:
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")[size - 1]
