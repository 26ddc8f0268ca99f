"""A dossier made ready for judging: statements resolved once, in-force days worked out once, names matched once.

Statements from certificates that are neither approved nor flagged are left out here, and nowhere else.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TypeVar

import attrs

from contractor_compliance.domain.assignment import Assignment, PartyRole
from contractor_compliance.domain.certificate import Exemption
from contractor_compliance.domain.contractor import Contractor, EntityType, Person, PersonRole
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.job_code import JobCode
from contractor_compliance.domain.license_class import license_classes
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.in_force import InForce, in_force
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import resolve_fact, usable

__all__ = ["DossierFacts", "ExemptionFacts", "evidence_fault"]

_T = TypeVar("_T")


@attrs.define(eq=False)
class ExemptionFacts:
    """One exemption, with its statements resolved."""

    exemption: Exemption
    in_force: InForce


class DossierFacts:
    """A dossier made ready. Policies with no usable statement of any term they state are not on file."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        refused = frozenset(
            certificate.id for certificate in dossier.certificates if not certificate.status.supplies_facts
        )
        self._refused = refused
        self._completed = {certificate.id: certificate.completed_on for certificate in dossier.certificates}
        self.policies = tuple(facts for policy in _sorted(dossier.policies) if (facts := self._resolve(policy)))
        self.by_id = {policy.id: policy for policy in self.policies}
        self.by_line: dict[Line, tuple[PolicyFacts, ...]] = {}
        for policy in self.policies:
            self.by_line[policy.line] = (*self.by_line.get(policy.line, ()), policy)
        self.exemptions = tuple(
            ExemptionFacts(
                exemption,
                in_force(
                    usable(exemption.terms, self._refused),
                    usable(exemption.cancellations, self._refused),
                    usable(exemption.reinstatements, self._refused),
                ),
            )
            for exemption in _sorted(dossier.exemptions)
            if not exemption.terms or usable(exemption.terms, self._refused)
        )

    def is_prior_term(self, evidence: Evidence, policy: PolicyFacts) -> bool:
        """Return whether a certificate was completed a full term before the policy's own term began (rule B1.6)."""
        completed = self._completed.get(evidence.certificate_id or "") or evidence.observed_on
        effective, expiration = policy.effective, resolve_fact(policy.terms, "expiration").value
        if effective is None or expiration is None:
            return False
        return bool(effective - completed >= expiration - effective)

    def work_of(self, assignment: Assignment | None) -> AssignmentContext:
        """Return the facts of one assignment, or of the contractor alone."""
        contractor = self.dossier.contractor
        job = self._job_code(assignment)
        states = assignment.work_states if assignment else frozenset()
        if not states and (assignment is None or assignment.remote) and contractor.home_state is not None:
            states = frozenset({contractor.home_state})
        worker, role = self._worker(assignment)
        needed = _all_classes(job.license_classes) if job else frozenset()
        return AssignmentContext(
            assignment=assignment,
            states=states,
            worker=worker,
            worker_role=role,
            industry=job.industry if job else None,
            license_classes=_classes(contractor, states, needed)
            if contractor.licenses or needed != frozenset()
            else {},
            job_classes=needed,
            parties=self._parties(assignment),
        )

    def _job_code(self, assignment: Assignment | None) -> JobCode | None:
        code = assignment.job_code_id if assignment else None
        return next((job_code for job_code in self.dossier.job_codes if job_code.id == code), None) if code else None

    def _worker(self, assignment: Assignment | None) -> tuple[Person | None, PersonRole | None]:
        contractor = self.dossier.contractor
        worker = assignment.worker if assignment else Missing.ABSENT
        if not isinstance(worker, Missing):
            person = next(person for person in contractor.people if person.id == worker)
            return person, person.role
        if contractor.has_employees is False:
            # Nobody but the owners is there to do the work.
            owners = [person for person in contractor.people if person.role is PersonRole.OWNER]
            return owners[0] if len(owners) == 1 else None, PersonRole.OWNER
        return None, None

    def _parties(self, assignment: Assignment | None) -> dict[PartyRole, tuple[tuple[str, ...], ...]]:
        company = self.dossier.company
        parties: dict[PartyRole, tuple[tuple[str, ...], ...]] = {PartyRole.COMPANY: ((company.name, *company.aliases),)}
        if assignment is not None:
            client = next((client for client in self.dossier.clients if client.id == assignment.client_id), None)
            if client is not None:
                parties[PartyRole.CLIENT] = ((client.name, *client.aliases),)
            for party in assignment.parties:
                names = ((party.name, *party.aliases),)
                parties[party.role] = parties.get(party.role, ()) + names
        return parties

    def _resolve(self, policy: Policy) -> PolicyFacts | None:
        terms = usable(policy.terms, self._refused)
        if policy.terms and not terms:
            return None
        days = in_force(
            terms, usable(policy.cancellations, self._refused), usable(policy.reinstatements, self._refused)
        )
        return PolicyFacts(policy, days, self.dossier.contractor, self.dossier.carriers, self._refused)

    @cached_property
    def sole_owner(self) -> bool:
        """Whether the contractor has exactly one owner."""
        contractor = self.dossier.contractor
        owners = sum(person.role is PersonRole.OWNER for person in contractor.people)
        alone = contractor.entity_type in (EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR)
        return owners == 1 or (owners == 0 and alone)


def evidence_fault(
    support: tuple[Evidence, ...], rule: EvidenceRule, day: date, facts: DossierFacts, policy: PolicyFacts | None = None
) -> ReasonCode | None:
    """Return the reason why no evidence in `support` is good enough; None if some is."""
    floor = rule.at_least.rank
    plain = not rule.documents and rule.fresh_for_days is None and not rule.refuse_prior_term
    if plain and len(support) == 1:
        return None if support[0].level.rank >= floor else ReasonCode.EVIDENCE_TOO_WEAK
    fault = ReasonCode.EVIDENCE_TOO_WEAK
    for evidence in support:
        if evidence.level.rank < floor:
            continue
        if plain:
            return None
        if rule.documents and evidence.document not in rule.documents:
            # The fault of the evidence that comes nearest is reported; too old is nearer than not accepted.
            if fault is ReasonCode.EVIDENCE_TOO_WEAK:
                fault = ReasonCode.EVIDENCE_NOT_ACCEPTED
        elif (rule.fresh_for_days is not None and (day - evidence.observed_on).days > rule.fresh_for_days) or (
            rule.refuse_prior_term and policy is not None and facts.is_prior_term(evidence, policy)
        ):
            fault = ReasonCode.EVIDENCE_STALE
        else:
            return None
    return fault


def _classes(
    contractor: Contractor, states: frozenset[State], needed: frozenset[str] | None
) -> dict[State, frozenset[str] | None]:
    classes: dict[State, frozenset[str] | None] = dict.fromkeys(states, needed)
    for held_license in contractor.licenses:
        classes_so_far = classes.get(held_license.state, needed)
        stated = _all_classes(held_license.classes)
        classes[held_license.state] = classes_so_far | stated if classes_so_far is not None and stated else None
    return classes


def _all_classes(texts: tuple[str, ...]) -> frozenset[str] | None:
    """Return all license classes that the texts name; None if one of them cannot be read."""
    classes: frozenset[str] = frozenset()
    for text in texts:
        read = license_classes(text)
        if read is None:
            return None
        classes |= read
    return classes


def _sorted(records: tuple[_T, ...]) -> list[_T]:
    # Ties between equally good policies are broken by id, never by the order of the records.
    return sorted(records, key=lambda record: record.id) if len(records) > 1 else list(records)  # type: ignore[attr-defined]
