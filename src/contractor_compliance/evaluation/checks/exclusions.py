"""Exclusions and limitations that a requirement forbids: on the policy or not, and on what evidence (rule B14.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from contractor_compliance.domain.evidence import Evidence, EvidenceLevel, EvidenceRule
from contractor_compliance.domain.exclusion import ExclusionKind
from contractor_compliance.domain.forms import excluded_by
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import ExclusionRule
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.later_events import Proof, fault_to_name, standing_of
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.results.aspects import aspect_labels
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["exclusion_checks", "silences"]


def exclusion_checks(
    policy: PolicyFacts, rules: tuple[ExclusionRule, ...], evidence: EvidenceRule, context: CheckContext
) -> Iterator[Check]:
    """Check each forbidden exclusion.

    It is on the policy where a source says so, on any level, or where a form that proves it is among the
    endorsements; unless a source as good as asked says later that it is not. It is ruled out by such a source, or by
    the whole list of endorsements. Silence is unknown, or a pass that depends on it where the rule says so.
    """
    for rule in rules:
        needed = evidence if rule.at_least is None else attrs.evolve(evidence, at_least=rule.at_least)
        outcome, reason, actual, level = _judged(policy, rule, needed, context)
        yield Check(
            aspect=f"exclusion.{rule.kind.value}",
            outcome=outcome,
            reason=reason,
            required=f"no exclusion: {rule.kind.label}",
            actual=actual,
            policy_id=policy.id,
            evidence_level=level,
        )


def silences(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return what passes depend on where no source mentions an exclusion, or a retention."""
    words = {
        ReasonCode.EXCLUSION_PRESUMED_ABSENT: "no exclusion stated: {}",
        ReasonCode.RETENTION_PRESUMED: "no {} stated",
    }
    return tuple(
        words[check.reason].format(aspect_labels(check.aspect)[-1]) for check in checks if check.reason in words
    )


def _judged(
    policy: PolicyFacts, rule: ExclusionRule, needed: EvidenceRule, context: CheckContext
) -> tuple[Outcome, ReasonCode | None, str | None, EvidenceLevel | None]:
    def fault_of(evidence: Evidence) -> ReasonCode | None:
        return evidence_fault((evidence,), needed, context.day, context.facts, policy)

    absent = _absent(policy, rule.kind)
    standings = [
        (*standing_of(source, absent, fault_of, ReasonCode.EXCLUSION_PRESENT), words)
        for source, words in _present(policy, rule.kind)
    ]
    # Ties are broken by the words and the reason, never by the order of the statements.
    worst = min(
        standings,
        key=lambda standing: (standing[0].rank, standing[2], standing[1].value if standing[1] else ""),
        default=None,
    )
    if worst is not None and worst[0] is not Outcome.PASS:
        return *worst, None
    return _not_shown([*absent, *policy.complete_lists], rule, fault_of)


def _not_shown(
    proofs: list[Evidence], rule: ExclusionRule, fault_of: Proof
) -> tuple[Outcome, ReasonCode | None, str | None, EvidenceLevel | None]:
    """Judge an exclusion that nothing shows, or no longer: by what proves its absence, else by the silence."""
    faults = {fault_of(evidence) for evidence in proofs}
    if None in faults:
        return Outcome.PASS, None, None, None
    if rule.silence_passes:
        return Outcome.PASS_WITH_DEPENDENCY, ReasonCode.EXCLUSION_PRESUMED_ABSENT, None, None
    if faults:
        best = max(proofs, key=lambda evidence: evidence.level.rank)
        return Outcome.UNKNOWN, fault_to_name(faults), best.level.value, best.level
    return Outcome.UNKNOWN, ReasonCode.EXCLUSION_NOT_STATED, None, None


def _absent(policy: PolicyFacts, kind: ExclusionKind) -> list[Evidence]:
    """Return the evidence that the exclusion is not on the policy.

    That one form is absent does not prove that no other excludes the same, so such a statement rules nothing out.
    """
    return [
        statement.evidence
        for statement in policy.policy_exclusions
        if not statement.present and statement.kind is kind and statement.form is None
    ]


def _present(policy: PolicyFacts, kind: ExclusionKind) -> Iterator[tuple[Evidence, str]]:
    """Yield each source that shows the exclusion, with the words that it uses."""
    for statement in policy.policy_exclusions:
        if statement.present and (statement.kind is kind or kind in excluded_by(statement.form)):
            yield statement.evidence, ", ".join(filter(None, (statement.title or kind.label, statement.form)))
    for endorsement in policy.endorsements:
        if endorsement.present and kind in excluded_by(endorsement.form):
            yield endorsement.evidence, f"{kind.label}, {endorsement.form}"
