"""Exemptions from workers' compensation, by state, and whether the law lets them (rules B6.4 to B6.10)."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.calendar import add_years
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.contractor import EntityType, Person, PersonRole
from contractor_compliance.domain.evidence import EvidenceLevel, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.license_class import license_classes
from contractor_compliance.domain.name_matching import match_person
from contractor_compliance.domain.names import normal_name
from contractor_compliance.domain.names.name_match import NameMatch, best_match
from contractor_compliance.domain.names.reading import read_box
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.dossier import ExemptionFacts, evidence_fault
from contractor_compliance.evaluation.rules.law import ExemptionLimit, OwnerDefault
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["exemption_candidates", "mandatory_check"]

#: Exemptions that say nothing of employees (domain rules B14.6, B14.17).
_OF_OWNERS_ALONE = frozenset({ExemptionKind.OWNER_EXEMPTION, ExemptionKind.SOLE_PROPRIETOR_DECLARATION})


def exemption_candidates(
    state: State, kinds: frozenset[ExemptionKind], rule: EvidenceRule, context: CheckContext
) -> list[tuple[Check, ...]]:
    """Check each record on file for the state: is it valid that day, and does the law let it stand in?"""
    return [
        _checks(exemption, rule, context)
        for exemption in context.facts.exemptions
        if exemption.exemption.state is state and exemption.exemption.kind in kinds
    ]


def _checks(facts: ExemptionFacts, rule: EvidenceRule, context: CheckContext) -> tuple[Check, ...]:
    is_declaration = facts.exemption.kind is ExemptionKind.SOLE_PROPRIETOR_DECLARATION
    if is_declaration:
        # It is the contractor's own word by nature; the requirement accepts it by listing it (domain rule B14.17).
        rule = attrs.evolve(rule, at_least=EvidenceLevel.DECLARED)
    term = _term(facts, rule, context)
    if term.outcome is Outcome.FAIL:
        return (term,)
    checks = tuple(check for check in (term, _available(facts, context), _worker(facts, context)) if check)
    return (*checks, _individual(facts, context), _signed(facts, context)) if is_declaration else checks


def _individual(facts: ExemptionFacts, context: CheckContext) -> Check:
    """Is the contractor a human being, who alone may declare to be a sole proprietor?"""
    contractor = context.facts.dossier.contractor
    check = Check(
        aspect="legal_form",
        outcome=Outcome.PASS,
        required="an individual",
        actual=contractor.entity_type.label,
        policy_id=facts.exemption.id,
    )
    if contractor.is_individual:
        if not any(name.form for name in read_box(contractor.legal_name).names):
            return check
        # The name is a company's, whatever was stated of the legal form.
        shown = contractor.legal_name
        return attrs.evolve(check, outcome=Outcome.UNKNOWN, reason=ReasonCode.EXEMPTION_UNPROVEN, actual=shown)
    if contractor.entity_type is EntityType.OTHER:
        # This stands where nobody stated the legal form.
        return attrs.evolve(check, outcome=Outcome.UNKNOWN, reason=ReasonCode.EXEMPTION_UNPROVEN)
    return attrs.evolve(check, outcome=Outcome.FAIL, reason=ReasonCode.EXEMPTION_NOT_AVAILABLE)


def _signed(facts: ExemptionFacts, context: CheckContext) -> Check:
    """Was the declaration signed on or before the first day of the work?"""
    assignment, signed_on = context.work.assignment, facts.exemption.signed_on
    start = assignment.start if assignment else context.day
    required, policy_id = f"on or before {start}", facts.exemption.id
    if isinstance(signed_on, Missing):
        outcome, reason = Outcome.UNKNOWN, ReasonCode.EXEMPTION_UNPROVEN
        return Check(aspect="signed", outcome=outcome, reason=reason, required=required, policy_id=policy_id)
    is_late = start < signed_on
    return Check(
        aspect="signed",
        outcome=Outcome.FAIL if is_late else Outcome.PASS,
        reason=ReasonCode.SIGNED_AFTER_START if is_late else None,
        required=required,
        actual=str(signed_on),
        policy_id=policy_id,
    )


def _term(facts: ExemptionFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    record = facts.exemption
    reason = facts.in_force.absence(context.day)
    if reason is not None:
        possible = context.day in facts.in_force.possible
        return Check(
            aspect="term", outcome=Outcome.UNKNOWN if possible else Outcome.FAIL, reason=reason, policy_id=record.id
        )
    if context.day not in facts.days.proven_at(rule.at_least).certain:
        return Check(
            aspect="term",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.EVIDENCE_TOO_WEAK,
            actual="reinstated, on weaker evidence",
            policy_id=record.id,
        )
    for support in facts.in_force.support:
        fault = evidence_fault(support, rule, context.day, context.facts)
        if fault is not None:
            return Check(aspect="term", outcome=Outcome.UNKNOWN, reason=fault, policy_id=record.id)
    limit = _limit(facts, context)
    if limit is not None and limit.validity_years is not None:
        # Counted from the first day: a lapse in between does not make the record young again.
        first = next(iter(facts.in_force.possible)).start
        if first is None:
            return Check(aspect="term", outcome=Outcome.UNKNOWN, reason=ReasonCode.TERM_UNKNOWN, policy_id=record.id)
        if add_years(first, limit.validity_years) <= context.day:
            return Check(aspect="term", outcome=Outcome.FAIL, reason=ReasonCode.EXPIRED, policy_id=record.id)
    return Check(aspect="term", outcome=Outcome.PASS, policy_id=record.id)


def _limit(facts: ExemptionFacts, context: CheckContext) -> ExemptionLimit | None:
    record, work = facts.exemption, context.work
    entity_type = context.facts.dossier.contractor.entity_type
    return context.law.exemption_limit(record.state, record.kind, entity_type, work.industry, context.day)


def _available(facts: ExemptionFacts, context: CheckContext) -> Check:
    """Does the law let such a record stand in for this work?"""
    record, work = facts.exemption, context.work
    required = f"exemption available in {record.state.value}"
    unavailable = Check(
        aspect="exemption",
        outcome=Outcome.FAIL,
        reason=ReasonCode.EXEMPTION_NOT_AVAILABLE,
        required=required,
        policy_id=record.id,
    )
    if record.kind is ExemptionKind.NON_SUBSCRIBER_AGREEMENT and record.state not in context.law.agreement_states:
        return unavailable
    if not record.kind.covers_employees:
        classes = work.license_classes.get(record.state, frozenset())
        mandatory = context.law.cover_is_mandatory(record.state, classes, context.day)
        if mandatory is None:
            return Check(
                aspect="exemption",
                outcome=Outcome.UNKNOWN,
                reason=ReasonCode.EXEMPTION_UNPROVEN,
                required=required,
                policy_id=record.id,
            )
        if mandatory:
            return unavailable
    covers_job = _covers_job(facts, context)
    if covers_job is False:
        return unavailable
    entity_type = context.facts.dossier.contractor.entity_type
    if covers_job is None or (
        work.industry is None
        and context.law.exemption_turns_on_industry(record.state, record.kind, entity_type, context.day)
    ):
        return Check(
            aspect="exemption",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.EXEMPTION_UNPROVEN,
            required=required,
            policy_id=record.id,
        )
    outcome = _within(_limit(facts, context), facts, context)
    reason = {
        Outcome.FAIL: ReasonCode.EXEMPTION_NOT_AVAILABLE,
        Outcome.UNKNOWN: ReasonCode.EXEMPTION_UNPROVEN,
    }.get(outcome)
    return Check(aspect="exemption", outcome=outcome, reason=reason, required=required, policy_id=record.id)


def _covers_job(facts: ExemptionFacts, context: CheckContext) -> bool | None:
    """Is the record good for the license classes that the job needs? None where classes cannot be read."""
    needed, stated = context.work.job_classes, facts.exemption.license_classes
    if not stated:
        return True
    read = [license_classes(text) for text in stated]
    classes = frozenset(code for codes in read if codes is not None for code in codes)
    if needed is not None and needed <= classes:
        return True
    return None if needed is None or None in read else False


def _within(limit: ExemptionLimit | None, facts: ExemptionFacts, context: CheckContext) -> Outcome:
    """Does the record keep to what the law allows: who may hold it, how many, with what share?"""
    if limit is None:
        return Outcome.PASS
    if not limit.available or (limit.max_persons is not None and len(facts.exemption.people) > limit.max_persons):
        return Outcome.FAIL
    if limit.max_persons is not None and _holders(facts, context) > limit.max_persons:
        # One of the exemptions is one too many, and nothing shows which.
        return Outcome.UNKNOWN
    return _owns_enough(context.work.worker, limit)


def _owns_enough(worker: Person | None, limit: ExemptionLimit) -> Outcome:
    """Does the person who does the work own the share that the law asks for?"""
    if limit.min_ownership is None or worker is None:
        return Outcome.PASS
    if isinstance(worker.ownership_percent, Missing):
        return Outcome.UNKNOWN
    return Outcome.PASS if worker.ownership_percent >= limit.min_ownership else Outcome.FAIL


def _holders(facts: ExemptionFacts, context: CheckContext) -> int:
    """Count the people exempted in the state by exemptions of the kind on the day; one without names counts once."""
    names: set[str] = set()
    for exemption in context.facts.exemptions:
        record = exemption.exemption
        alike = record.kind is facts.exemption.kind and record.state is facts.exemption.state
        if alike and context.day in exemption.in_force.certain:
            names |= {normal_name(name) for name in record.people} or {f"record {record.id}"}
    return len(names)


def _worker(facts: ExemptionFacts, context: CheckContext) -> Check | None:
    """Does the record speak of the person who does the work? An owner's exemption says nothing of employees."""
    record, work = facts.exemption, context.work
    if record.kind.covers_employees:
        return None
    name = work.worker.name if work.worker else "the person who does the work"
    if work.worker_role is PersonRole.EMPLOYEE:
        return Check(
            aspect="worker",
            outcome=Outcome.FAIL,
            reason=ReasonCode.EXEMPTION_NOT_AVAILABLE,
            required=name,
            actual="an employee",
            policy_id=record.id,
        )
    # An owner's exemption says nothing of employees (domain rule B14.6); other exemptions certify that there are none.
    has_employees = context.facts.dossier.contractor.has_employees
    if work.worker_role is None and (has_employees is True or record.kind in _OF_OWNERS_ALONE):
        return Check(
            aspect="worker",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.WORKER_UNKNOWN,
            required=name,
            policy_id=record.id,
        )
    if has_employees is True and record.kind is ExemptionKind.SOLE_PROPRIETOR_DECLARATION:
        # It declares that there are none.
        return Check(
            aspect="worker",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.EXEMPTION_UNPROVEN,
            required=name,
            actual="the contractor has employees",
            policy_id=record.id,
        )
    if not record.people:
        return None
    if work.worker is None:
        return Check(
            aspect="worker",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.WORKER_UNKNOWN,
            required=name,
            policy_id=record.id,
        )
    outcome, reason = {
        NameMatch.MATCH: (Outcome.PASS, None),
        # A name that is merely near is no favorable guess, and no unfavorable one (domain rule B14.1).
        NameMatch.REVIEW: (Outcome.UNKNOWN, ReasonCode.WORKER_UNKNOWN),
        NameMatch.MISMATCH: (Outcome.FAIL, ReasonCode.EXEMPTION_NOT_AVAILABLE),
    }[best_match(match_person(person, work.worker) for person in record.people)]
    return Check(
        aspect="worker",
        outcome=outcome,
        reason=reason,
        required=name,
        actual=", ".join(sorted(record.people)),
        policy_id=record.id,
    )


def mandatory_check(state: State, context: CheckContext) -> Check:
    """Does the law demand workers' compensation of the person who does the work (domain rule B6.12)?"""
    work = context.work
    aspect, required = f"state.{state.value}", "workers' compensation is not mandatory"
    classes = work.license_classes.get(state, frozenset())
    mandatory = context.law.cover_is_mandatory(state, classes, context.day)
    if work.worker_role is PersonRole.EMPLOYEE or mandatory:
        return Check(
            aspect=aspect, outcome=Outcome.FAIL, reason=ReasonCode.WORKERS_COMPENSATION_MANDATORY, required=required
        )
    if mandatory is None:
        return Check(aspect=aspect, outcome=Outcome.UNKNOWN, reason=ReasonCode.EXEMPTION_UNPROVEN, required=required)
    if _is_exempt(state, context) or _is_free_by_law(state, context):
        return Check(aspect=aspect, outcome=Outcome.PASS, required=required)
    return Check(aspect=aspect, outcome=Outcome.UNKNOWN, reason=ReasonCode.WORKER_UNKNOWN, required=required)


def _is_exempt(state: State, context: CheckContext) -> bool:
    """Return whether an exemption on file, beyond the contractor's own word, frees the person who does the work."""
    return any(
        not exemption.exemption.kind.covers_employees
        # The contractor's own word does not show what the law demands.
        and exemption.exemption.kind is not ExemptionKind.SOLE_PROPRIETOR_DECLARATION
        and all(check.outcome is Outcome.PASS for check in _checks(exemption, EvidenceRule(), context))
        for exemption in context.facts.exemptions
        if exemption.exemption.state is state
    )


def _is_free_by_law(state: State, context: CheckContext) -> bool:
    """Return whether an owner does the work, and the law leaves owners out unless they elect to be covered."""
    row = context.law.owner_rule(state, context.facts.dossier.contractor.entity_type, context.day)
    is_owner = context.work.worker_role is PersonRole.OWNER
    return is_owner and row is not None and row.default is OwnerDefault.EXCLUDED
