"""Which autos are covered: by an auto policy, or by an endorsement of general liability (domain rule B14.10)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contractor_compliance.domain.autos import AutoKind, OwnedAutos
from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import CoverageRequirement, EndorsementRule
from contractor_compliance.evaluation.checks.comparison import compare
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import endorsement_checks
from contractor_compliance.evaluation.checks.later_events import Proof, fault_to_name, standing_of
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts, possible_kinds
from contractor_compliance.evaluation.facts.resolved import ResolvedFact, strongest
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["ENDORSED_AUTOS", "auto_checks", "may_cover_autos"]

#: The endorsements of general liability that count for autos, as rules that ask for them.
_ENDORSEMENT_RULES = {
    AutoKind.HIRED: EndorsementRule(kind=EndorsementKind.HIRED_AUTOS),
    AutoKind.NON_OWNED: EndorsementRule(kind=EndorsementKind.NON_OWNED_AUTOS),
}
#: The autos that may be endorsed on general liability.
ENDORSED_AUTOS = frozenset(_ENDORSEMENT_RULES)
_ENDORSEMENT_KINDS = frozenset(rule.kind for rule in _ENDORSEMENT_RULES.values())


def may_cover_autos(policy: PolicyFacts) -> bool:
    """Return whether a source states hired or non-owned autos as an endorsement of the policy."""
    return any(
        endorsement.present and not _ENDORSEMENT_KINDS.isdisjoint(possible_kinds(endorsement))
        for endorsement in policy.endorsements
    )


def auto_checks(policy: PolicyFacts, requirement: CoverageRequirement, context: CheckContext) -> Iterator[Check]:
    """Check each kind of auto that must be covered.

    What one source does not tick it does not cover. Owned autos that the policy does not cover are void where the
    contractor owns none; general liability covers those alone that are endorsed on it.
    """
    for kind in sorted(requirement.autos, key=lambda auto: auto.value):
        if policy.line == Line.GL:
            check = _endorsed(policy, kind, requirement.evidence, context)
        else:
            check = _stated(policy, kind, requirement, context)
        if kind is AutoKind.OWNED and check.outcome is not Outcome.PASS:
            check = _if_none_owned(check, policy, requirement.evidence, context)
        yield check


def _answers(kinds: frozenset[AutoKind], kind: AutoKind, *, scheduled_answers_owned: bool) -> bool:
    """Return whether the boxes ticked cover a kind: `any` covers all, and `owned` covers scheduled autos."""
    return (
        kind in kinds
        or AutoKind.ANY in kinds
        or (kind is AutoKind.SCHEDULED and AutoKind.OWNED in kinds)
        or (kind is AutoKind.OWNED and scheduled_answers_owned and AutoKind.SCHEDULED in kinds)
    )


def _stated(policy: PolicyFacts, kind: AutoKind, requirement: CoverageRequirement, context: CheckContext) -> Check:
    covered = ResolvedFact(
        *strongest(
            (
                _answers(statement.kinds, kind, scheduled_answers_owned=requirement.scheduled_answers_owned),
                statement.evidence,
            )
            for statement in policy.covered_autos
        )
    )
    return compare(
        covered,
        bool,
        context,
        aspect=f"autos.{kind.value}",
        policy=policy,
        rule=requirement.evidence,
        required=kind.label,
        show=lambda _: _ticked(policy),
        failed=ReasonCode.AUTOS_NOT_COVERED,
        unstated=ReasonCode.AUTOS_NOT_STATED,
    )


def _ticked(policy: PolicyFacts) -> str:
    """Return the boxes that the best evidence ticks, in words."""
    best, _ = strongest((statement.kinds, statement.evidence) for statement in policy.covered_autos)
    return " or ".join(sorted(", ".join(sorted(kind.label for kind in kinds)) for kinds in best))


def _endorsed(policy: PolicyFacts, kind: AutoKind, rule: EvidenceRule, context: CheckContext) -> Check:
    aspect = f"autos.{kind.value}"
    if kind not in _ENDORSEMENT_RULES:
        return Check(
            aspect=aspect,
            outcome=Outcome.FAIL,
            reason=ReasonCode.AUTOS_NOT_COVERED,
            required=kind.label,
            actual=f"{policy.line.label}, which covers no autos but those endorsed on it",
            policy_id=policy.id,
        )
    (check,) = endorsement_checks(policy, (_ENDORSEMENT_RULES[kind],), rule, context)
    actual = f"endorsed on {policy.line.label}, sharing its limits" if check.outcome is Outcome.PASS else check.actual
    return attrs.evolve(check, aspect=aspect, actual=actual)


def _if_none_owned(check: Check, policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Return the check of owned autos that the policy does not cover: void where the contractor owns none.

    Evidence of an owned auto counts on any level, unless a source as good as asked says later that none is owned.
    """
    # The documents accepted prove the cover itself; what the contractor owns may be stated elsewhere.
    needed = attrs.evolve(rule, documents=frozenset(), refuse_prior_term=False)

    def fault_of(evidence: Evidence) -> ReasonCode | None:
        return evidence_fault((evidence,), needed, context.day, context.facts)

    statements = context.facts.owned_autos
    if not statements:
        # Nobody says whether there is anything to cover.
        unknown = attrs.evolve(check, outcome=Outcome.UNKNOWN, reason=ReasonCode.OWNED_AUTOS_UNKNOWN)
        return unknown if check.outcome is Outcome.FAIL else check
    none_owned = _word_of(statements, any_owned=False)
    outcome, reason = _standing_of_owned(_word_of(statements, any_owned=True), none_owned, fault_of)
    if outcome is Outcome.FAIL:
        return check
    best, fault = _best_proof(none_owned, fault_of)
    if outcome is Outcome.PASS:
        if _describes_autos(policy):
            outcome, reason = Outcome.UNKNOWN, ReasonCode.OWNED_AUTOS_UNKNOWN
        elif fault is not None:
            outcome, reason = Outcome.UNKNOWN, fault
    return attrs.evolve(
        check,
        outcome=outcome,
        reason=reason,
        actual=f"no autos are owned ({best.level.label})",
        evidence_level=best.level,
    )


def _word_of(statements: tuple[OwnedAutos, ...], *, any_owned: bool) -> tuple[Evidence, ...]:
    """Return the evidence that autos are owned, or that none is."""
    return tuple(statement.evidence for statement in statements if statement.any_owned is any_owned)


def _standing_of_owned(
    owned: tuple[Evidence, ...], none_owned: tuple[Evidence, ...], fault_of: Proof
) -> tuple[Outcome, ReasonCode | None]:
    """Return what the evidence of owned autos leaves of the word that none is owned: the worst counts."""
    standings = [standing_of(evidence, none_owned, fault_of, ReasonCode.AUTOS_NOT_COVERED) for evidence in owned]
    # Ties are broken by the reason, never by the order of the statements.
    return min(
        standings,
        key=lambda standing: (standing[0].rank, standing[1].value if standing[1] else ""),
        default=(Outcome.PASS, None),
    )


def _best_proof(none_owned: tuple[Evidence, ...], fault_of: Proof) -> tuple[Evidence, ReasonCode | None]:
    """Return the best evidence that no auto is owned, and what is wrong with it if none is as good as asked."""
    proofs = [evidence for evidence in none_owned if fault_of(evidence) is None]
    best = max(proofs or none_owned, key=lambda evidence: evidence.level.rank)
    return best, None if proofs else fault_to_name(map(fault_of, none_owned))


def _describes_autos(policy: PolicyFacts) -> bool:
    """Return whether the policy itself describes autos, which may be owned."""
    return any(AutoKind.SCHEDULED in statement.kinds for statement in policy.covered_autos)
