"""Endorsements: present or not, for which party, on what form, on what evidence (domain rules B1.3, B4)."""

from __future__ import annotations

from collections.abc import Iterator

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.endorsement import Endorsement, EndorsementBasis, EndorsementKind
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.forms import edition_month, form_of, normal_form
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.name_matching import match_party
from contractor_compliance.domain.names import NameMatch
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import EndorsementRule
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts, credited_kinds
from contractor_compliance.evaluation.facts.resolved import strongest
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["endorsement_checks", "is_stop_gap"]

_Answer = tuple[Outcome, ReasonCode | None, str | None]
_GOOD: _Answer = (Outcome.PASS, None, None)


def endorsement_checks(
    policy: PolicyFacts, rules: tuple[EndorsementRule, ...], evidence: EvidenceRule, context: CheckContext
) -> Iterator[Check]:
    """Check each endorsement asked for, and each party that it must serve.

    An endorsement that no source mentions is unknown: a certificate has no field for most of them (rule B1.3). It is
    missing only where a source says so, or where the whole list of endorsements is on file.
    """
    for rule in rules:
        aspect = f"endorsement.{rule.kind.value}"
        if policy.line == Line.WC and rule.kind is EndorsementKind.WAIVER_OF_SUBROGATION:
            enforceable = _enforceable(context)
            if enforceable is False:
                yield Check(
                    aspect=aspect,
                    outcome=Outcome.NOT_APPLICABLE,
                    reason=ReasonCode.NOT_ENFORCEABLE,
                    required=_label(rule),
                    policy_id=policy.id,
                )
                continue
            if enforceable is None:
                yield _doubtful(_best(policy, rule, None, evidence, context), aspect, rule, policy)
                continue
        if not rule.parties:
            yield _check(aspect, _label(rule), _best(policy, rule, None, evidence, context), policy)
            continue
        for role in sorted(rule.parties, key=lambda party: party.value):
            for result, required in _for_role(policy, rule, role, evidence, context):
                yield _check(f"{aspect}.{role.value}", required, result, policy)


def _label(rule: EndorsementRule) -> str:
    """Return in words what is required: its kind, its days of notice, its edition."""
    notice = f" with {rule.notice_days} days of notice" if rule.notice_days is not None else ""
    edition = f", edition {rule.edition_not_before} or later" if rule.edition_not_before is not None else ""
    return f"{rule.kind.label}{notice}{edition}"


def _check(aspect: str, required: str, result: _Answer, policy: PolicyFacts) -> Check:
    outcome, reason, actual = result
    return Check(aspect=aspect, outcome=outcome, reason=reason, required=required, actual=actual, policy_id=policy.id)


def is_stop_gap(policy: PolicyFacts) -> bool:
    """Return whether the policy is stop gap, or may carry it by an endorsement that the best evidence affirms."""
    if policy.line == Line.STOP_GAP:
        return True
    stated = [
        endorsement for endorsement in policy.endorsements if EndorsementKind.STOP_GAP in credited_kinds(endorsement)
    ]
    present, _ = strongest((endorsement.present, endorsement.evidence) for endorsement in stated)
    return True in present


def _enforceable(context: CheckContext) -> bool | None:
    """Return whether some state of work enforces a waiver; None where it depends on an industry not known."""
    results = [
        context.law.waiver_is_unenforceable(state, context.work.industry, context.day) for state in context.work.states
    ]
    if not results or False in results:
        return True
    return None if None in results else False


def _doubtful(result: _Answer, aspect: str, rule: EndorsementRule, policy: PolicyFacts) -> Check:
    """Pass an endorsement that is present; for an absent one it is unknown whether the law lets it be required."""
    if result[0] is Outcome.PASS:
        return _check(aspect, _label(rule), result, policy)
    return Check(
        aspect=aspect,
        outcome=Outcome.UNKNOWN,
        reason=ReasonCode.NOT_ENFORCEABLE,
        required=_label(rule),
        actual=result[2],
        policy_id=policy.id,
    )


def _for_role(
    policy: PolicyFacts, rule: EndorsementRule, role: PartyRole, evidence: EvidenceRule, context: CheckContext
) -> Iterator[tuple[_Answer, str]]:
    parties = context.work.parties.get(role, ())
    if not parties:
        label = f"{_label(rule)} for the {role.value}"
        yield (Outcome.UNKNOWN, ReasonCode.PARTY_UNKNOWN, None), label
    for names in sorted(parties):
        result = _best(policy, rule, (role, names), evidence, context)
        if result is _GOOD and rule.kind is EndorsementKind.PRIMARY_NON_CONTRIBUTORY:
            # It serves only a party that is an additional insured already (B4).
            insured = EndorsementRule(kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING, at_least=rule.at_least)
            result = _best(policy, insured, (role, names), evidence, context)
        yield result, f"{_label(rule)} for {names[0]}"


def _best(
    policy: PolicyFacts,
    rule: EndorsementRule,
    party: tuple[PartyRole, tuple[str, ...]] | None,
    evidence: EvidenceRule,
    context: CheckContext,
) -> _Answer:
    """Return the best answer that any one statement gives."""
    stated = [endorsement for endorsement in policy.endorsements if rule.kind in credited_kinds(endorsement)]
    denied = max((_weight(endorsement) for endorsement in stated if not endorsement.present), default=None)
    affirmed = max((_weight(endorsement) for endorsement in stated if endorsement.present), default=None)
    if denied is not None and (affirmed is None or denied > affirmed):
        return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, "not on the policy"
    if denied is not None and denied == affirmed:
        return Outcome.UNKNOWN, ReasonCode.FACTS_CONFLICT, None
    results = [
        _one(endorsement, rule, party, evidence, policy, context) for endorsement in stated if endorsement.present
    ]
    if not results:
        if policy.lists_all_endorsements:
            return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, "not in the policy's list of endorsements"
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, None
    best = max(results, key=lambda result: (result[0].rank, result[1].value if result[1] else "", result[2] or ""))
    return _GOOD if best[0] is Outcome.PASS else best


def _weight(endorsement: Endorsement) -> tuple[int, object]:
    return endorsement.evidence.level.rank, endorsement.evidence.observed_on


def _one(
    endorsement: Endorsement,
    rule: EndorsementRule,
    party: tuple[PartyRole, tuple[str, ...]] | None,
    evidence: EvidenceRule,
    policy: PolicyFacts,
    context: CheckContext,
) -> _Answer:
    """Judge one statement: its form, its parties, its notice, then its evidence. The worst answer counts."""
    results = [_form(endorsement, rule), _notice(endorsement, rule)]
    if party is not None:
        results.append(_party(endorsement, rule, *party, context))
    worst = min(results, key=lambda result: result[0].rank)
    if worst[0] is not Outcome.PASS:
        return worst
    needed = evidence if rule.at_least is None else _with_rung(evidence, rule)
    fault = evidence_fault((endorsement.evidence,), needed, context.day, context.facts, policy)
    if fault is not None:
        return Outcome.UNKNOWN, fault, endorsement.evidence.level.value
    return Outcome.PASS, None, endorsement.form


def _with_rung(evidence: EvidenceRule, rule: EndorsementRule) -> EvidenceRule:
    return EvidenceRule(
        at_least=rule.at_least or evidence.at_least,
        documents=evidence.documents,
        fresh_for_days=evidence.fresh_for_days,
        refuse_prior_term=evidence.refuse_prior_term,
    )


def _form(endorsement: Endorsement, rule: EndorsementRule) -> _Answer:
    if rule.forms:
        if endorsement.form is None:
            return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "form not stated"
        if normal_form(endorsement.form) not in {normal_form(form) for form in rule.forms}:
            return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, endorsement.form
    if rule.edition_not_before is not None:
        if endorsement.edition is None:
            return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "edition not stated"
        if edition_month(endorsement.edition) < edition_month(rule.edition_not_before):
            return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, f"edition {endorsement.edition}"
    return _GOOD


def _notice(endorsement: Endorsement, rule: EndorsementRule) -> _Answer:
    if rule.notice_days is None:
        return _GOOD
    if isinstance(endorsement.notice_days, Missing):
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "days of notice not stated"
    if endorsement.notice_days < rule.notice_days:
        return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, f"{endorsement.notice_days} days of notice"
    return _GOOD


def _party(
    endorsement: Endorsement, rule: EndorsementRule, role: PartyRole, names: tuple[str, ...], context: CheckContext
) -> _Answer:
    form = form_of(endorsement.form)
    basis = form.basis if form and form.basis else endorsement.basis
    if basis is EndorsementBasis.SCHEDULED or (isinstance(basis, Missing) and endorsement.parties):
        return _scheduled(endorsement, names)
    if basis is EndorsementBasis.BLANKET:
        if not rule.accepts_blanket:
            return Outcome.FAIL, ReasonCode.PARTY_NOT_NAMED, "blanket form"
        # Primary and non-contributory follows the additional insured, who may be upstream.
        follows = rule.kind is EndorsementKind.PRIMARY_NON_CONTRIBUTORY
        return _blanket(role, upstream=follows or bool(form and form.upstream), context=context)
    # Neither blanket nor scheduled is stated, so it is not known which parties it serves.
    return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "blanket or scheduled is not stated"


def _scheduled(endorsement: Endorsement, names: tuple[str, ...]) -> _Answer:
    if not endorsement.parties:
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "schedule not on file"
    matches = {match_party(party, names) for party in endorsement.parties}
    if NameMatch.MATCH in matches:
        return _GOOD
    listed = ", ".join(sorted(endorsement.parties))
    close = NameMatch.REVIEW in matches
    return Outcome.UNKNOWN if close else Outcome.FAIL, ReasonCode.PARTY_NOT_NAMED, listed


def _blanket(role: PartyRole, *, upstream: bool, context: CheckContext) -> _Answer:
    """A blanket form serves a party only under a written contract executed by the day (domain rule B4.2)."""
    assignment = context.work.assignment
    for contract in assignment.contracts if assignment else ():
        if contract.signed_on <= context.day and (
            contract.with_party is role or (upstream and role in contract.additional_insureds)
        ):
            return _GOOD
    return Outcome.FAIL, ReasonCode.NO_WRITTEN_CONTRACT, None
