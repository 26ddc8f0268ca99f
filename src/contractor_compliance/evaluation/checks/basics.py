"""Checks that every line shares: term, insured, carrier, trigger, retention, aggregate basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from contractor_compliance.domain.carrier import Carrier, CarrierRating, CarrierStatus, FinancialStrength
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.limits import AggregateBasis
from contractor_compliance.domain.names import NameMatch, normal_name
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CarrierRule, CoverageRequirement
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.comparison import codes_in_words, compare
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.leasing import leased_insured_check
from contractor_compliance.evaluation.checks.participants import participant_check
from contractor_compliance.evaluation.facts.in_force import InForce
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import UNSTATED, ResolvedFact
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["carrier_checks", "insured_check", "pending_number", "retroactive_check", "shape_checks", "term_check"]

_UNRATED = frozenset({CarrierStatus.STATE_FUND, CarrierStatus.SELF_INSURED})


def term_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Is the policy in force on the day? With no number yet, the pass depends on one that is to come (rule B14.20)."""
    check = _in_force(policy, rule, context)
    if not policy.awaits_number or check.outcome is Outcome.FAIL:
        return check
    return _without_number(check, policy, rule, context)


def _without_number(check: Check, policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Return the check of the term of a policy whose number is still to come."""
    if check.outcome is Outcome.UNKNOWN:
        is_past_binder = check.reason is ReasonCode.TERM_UNKNOWN and bool(policy.days.binders)
        return attrs.evolve(check, reason=ReasonCode.POLICY_NUMBER_PENDING) if is_past_binder else check
    is_bound = context.day in policy.in_force.bound
    due = policy.number_due(rule.number_due_days)
    is_missed = not is_bound and (due is None or due <= context.day)
    return attrs.evolve(
        check,
        outcome=Outcome.UNKNOWN if is_missed else Outcome.PASS_WITH_DEPENDENCY,
        reason=ReasonCode.POLICY_NUMBER_PENDING,
        required="the policy number" if due is None else f"the policy number by {due}",
        actual="binder" if is_bound else _number_as_printed(policy),
    )


def _number_as_printed(policy: PolicyFacts) -> str | None:
    """Return the text that stands in the place of a number, if there is one."""
    return min((statement.number for statement in policy.identifications if statement.number), default=None)


def pending_number(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return what a pass depends on where a policy's number is still to come."""
    pending = any(
        check.reason is ReasonCode.POLICY_NUMBER_PENDING and check.outcome is Outcome.PASS_WITH_DEPENDENCY
        for check in checks
    )
    return ("policy number",) if pending else ()


def _in_force(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    reason = policy.in_force.absence(context.day)
    if reason is None:
        proven = policy.days.proven_at(rule.at_least)
        if proven is not policy.in_force and context.day not in proven.certain:
            reason = ReasonCode.EVIDENCE_TOO_WEAK
            actual = "reinstated, on weaker evidence"
            return Check(aspect="term", outcome=Outcome.UNKNOWN, reason=reason, actual=actual, policy_id=policy.id)
        if not policy.in_force.parts:
            return _proven(policy, policy.in_force, rule, context)
        # Policy and binder each prove their own days.
        parts = (part for part in policy.in_force.parts if context.day in part.certain)
        return max((_proven(policy, part, rule, context) for part in parts), key=lambda check: check.outcome.rank)
    possible = context.day in policy.in_force.possible
    return Check(
        aspect="term", outcome=Outcome.UNKNOWN if possible else Outcome.FAIL, reason=reason, policy_id=policy.id
    )


def _proven(policy: PolicyFacts, days: InForce, rule: EvidenceRule, context: CheckContext) -> Check:
    check = None
    for support in days.support:
        check = context.proven("term", support, rule, policy)
        if check.outcome is not Outcome.PASS:
            return check
    return check or Check(aspect="term", outcome=Outcome.PASS, policy_id=policy.id)


def insured_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Does the policy cover this contractor: as named insured, or by its schedule (domain rule B7)?"""
    if policy.is_scheduled_cover:
        if policy.is_leased:
            return leased_insured_check(policy, rule, context)
        return participant_check(policy, rule, context)
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


def carrier_checks(
    policy: PolicyFacts, rule: CarrierRule, evidence: EvidenceRule, context: CheckContext
) -> Iterator[Check]:
    """Is the insurer of the status, rating and size asked for? Rating and size must both be met (rule B5.3).

    That the policy is of this insurer must be as well proven as is asked for, wherever it helps (rule B14.3).
    """
    carrier = policy.carrier
    status = carrier.status if carrier else Missing.ABSENT
    if rule.statuses:
        yield _status_check(policy, rule.statuses, status, evidence, context)
    if rule.strength_at_least is None and rule.size_at_least is None:
        return
    if rule.exempt_unrated_funds and status in _UNRATED:
        exempt = context.proven("carrier.rating", policy.insurer[1], evidence, policy, actual="not rated")
        is_proven = exempt.outcome is Outcome.PASS
        yield attrs.evolve(exempt, outcome=Outcome.NOT_APPLICABLE) if is_proven else exempt
        return
    yield from _rating_checks(policy, rule, _rating_on(carrier, context.day), evidence, context)


def _rating_checks(
    policy: PolicyFacts,
    rule: CarrierRule,
    rating: CarrierRating | None,
    evidence: EvidenceRule,
    context: CheckContext,
) -> Iterator[Check]:
    """Are the strength and the size of the insurer as asked for?"""
    if rule.strength_at_least is not None:
        strength = rating.strength if rating else None
        yield _strength_check(policy, rule.strength_at_least, strength, evidence, context)
    if rule.size_at_least is not None:
        yield _size_check(policy, rule.size_at_least, rating.size if rating else Missing.ABSENT, evidence, context)


def _rating_on(carrier: Carrier | None, day: date) -> CarrierRating | None:
    """Return the latest rating of the insurer that is in effect on the day."""
    rating = None
    for dated in carrier.ratings if carrier else ():
        if dated.effective <= day:
            rating = dated
    return rating


def _fact_of_insurer(policy: PolicyFacts, value: object) -> ResolvedFact:
    """Return what the insurer's record says, as well proven as that the policy is of this insurer."""
    is_stated = value is not None and not isinstance(value, Missing)
    return ResolvedFact((value,), policy.insurer[1]) if is_stated else UNSTATED


def _status_check(
    policy: PolicyFacts,
    statuses: frozenset[CarrierStatus],
    status: CarrierStatus | Missing,
    rule: EvidenceRule,
    context: CheckContext,
) -> Check:
    """Is the status of the insurer one of those accepted?"""
    return compare(
        _fact_of_insurer(policy, status),
        statuses.__contains__,
        context,
        aspect="carrier.status",
        policy=policy,
        rule=rule,
        required=codes_in_words(statuses),
        show=codes_in_words,
        failed=ReasonCode.CARRIER_NOT_ACCEPTED,
        unstated=ReasonCode.CARRIER_UNKNOWN,
    )


def _strength_check(
    policy: PolicyFacts,
    floor: FinancialStrength,
    strength: FinancialStrength | None,
    rule: EvidenceRule,
    context: CheckContext,
) -> Check:
    """Is the insurer's financial strength rated well enough?"""
    # Not rated says nothing of strength; under supervision, in liquidation and suspended do.
    is_rated = strength is not FinancialStrength.NOT_RATED
    check = compare(
        _fact_of_insurer(policy, strength if is_rated else None),
        lambda rated: rated.place <= floor.place,
        context,
        aspect="carrier.rating",
        policy=policy,
        rule=rule,
        required=floor.value,
        show=lambda strengths: strengths[0].value,
        failed=ReasonCode.RATING_TOO_LOW,
        unstated=ReasonCode.RATING_UNKNOWN,
    )
    return check if is_rated else attrs.evolve(check, actual=FinancialStrength.NOT_RATED.value)


def _size_check(
    policy: PolicyFacts, floor: int, size: int | Missing, rule: EvidenceRule, context: CheckContext
) -> Check:
    """Is the insurer's financial size category large enough?"""
    return compare(
        _fact_of_insurer(policy, size),
        lambda category: category >= floor,
        context,
        aspect="carrier.size",
        policy=policy,
        rule=rule,
        required=_roman(floor),
        show=lambda sizes: _roman(sizes[0]),
        failed=ReasonCode.RATING_TOO_LOW,
        unstated=ReasonCode.RATING_UNKNOWN,
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
        check = _retention_check(policy, requirement.retention_at_most, requirement.evidence, context)
        yield _retention_by_silence(check, policy) if requirement.retention_silence_passes else check
    if requirement.aggregate_bases:
        yield _basis_check(policy, requirement.aggregate_bases, requirement.evidence, context)


def _trigger_check(policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext) -> Check:
    return compare(
        policy.trigger,
        requirement.triggers.__contains__,
        context,
        aspect="trigger",
        policy=policy,
        rule=requirement.evidence,
        required=codes_in_words(requirement.triggers),
        show=codes_in_words,
        failed=ReasonCode.TRIGGER_NOT_ACCEPTED,
        unstated=ReasonCode.TRIGGER_UNKNOWN,
    )


def retroactive_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Claims-made: does the retroactive date reach back to the start of the work (domain rule B3.10)?"""
    assignment = context.work.assignment
    start = assignment.start if assignment else context.day
    return compare(
        policy.retroactive_date,
        lambda day: day <= start,
        context,
        aspect="retroactive_date",
        policy=policy,
        rule=rule,
        required=f"on or before {start}",
        show=lambda days: " or ".join(_retroactive(day) for day in sorted(days)),
        failed=ReasonCode.RETRO_DATE_TOO_LATE,
        unstated=ReasonCode.RETRO_DATE_UNKNOWN,
    )


def _retention_check(policy: PolicyFacts, most: int, rule: EvidenceRule, context: CheckContext) -> Check:
    return compare(
        policy.retention,
        lambda amount: amount <= most,
        context,
        aspect="retention",
        policy=policy,
        rule=rule,
        required=most,
        show=max,
        failed=ReasonCode.RETENTION_TOO_HIGH,
        unstated=ReasonCode.LIMIT_NOT_STATED,
    )


def _retention_by_silence(check: Check, policy: PolicyFacts) -> Check:
    """Return the check of a retention of which silence is a pass. What a source states illegibly is no silence."""
    is_silent = all(limits.retention is Missing.ABSENT for limits in policy.limits)
    if not is_silent or check.reason is not ReasonCode.LIMIT_NOT_STATED:
        return check
    return attrs.evolve(check, outcome=Outcome.PASS_WITH_DEPENDENCY, reason=ReasonCode.RETENTION_PRESUMED)


def _basis_check(
    policy: PolicyFacts, bases: frozenset[AggregateBasis], rule: EvidenceRule, context: CheckContext
) -> Check:
    return compare(
        policy.aggregate_basis,
        bases.__contains__,
        context,
        aspect="aggregate_basis",
        policy=policy,
        rule=rule,
        required=codes_in_words(bases),
        show=codes_in_words,
        failed=ReasonCode.AGGREGATE_BASIS,
        unstated=ReasonCode.AGGREGATE_BASIS,
        conflict=ReasonCode.AGGREGATE_BASIS,
    )


def _retroactive(day: date) -> str:
    return "full prior acts" if day == date.min else str(day)


def _roman(size: int) -> str:
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")[size - 1]
