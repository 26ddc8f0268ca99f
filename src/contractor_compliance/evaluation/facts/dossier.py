"""A dossier made ready for judging: statements resolved once, in-force days worked out once, names matched once.

Statements from certificates that are neither approved nor flagged are left out here, and nowhere else.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain.assignment import Assignment, PartyRole
from contractor_compliance.domain.autos import OwnedAutos
from contractor_compliance.domain.certificate import Certificate, Exemption
from contractor_compliance.domain.client import Client
from contractor_compliance.domain.contractor import Contractor, EntityType, Person, PersonRole
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.job_code import JobCode
from contractor_compliance.domain.license_class import license_classes
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.statements import statement_fields
from contractor_compliance.domain.term import Term
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.document_forms import (
    BINDERS,
    REMARKS,
    form_code,
    is_binder,
    liability_facts,
    loose_remarks,
)
from contractor_compliance.evaluation.facts.identity import (
    Identity,
    PolicyRecords,
    are_of_different_lines,
    each_alone,
    exemption_peers,
    policies_if_one,
    pool,
    possible_doubles,
    terms_of,
)
from contractor_compliance.evaluation.facts.in_force import CoverDays, InForce
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import evidence_of, pooled, usable

__all__ = ["DossierFacts", "ExemptionFacts", "evidence_fault"]

_T = TypeVar("_T")


@attrs.define(eq=False)
class ExemptionFacts:
    """One exemption, with its statements resolved."""

    exemption: Exemption
    days: CoverDays

    @property
    def in_force(self) -> InForce:
        """The days on which it is valid."""
        return self.days.stated


class DossierFacts:
    """A dossier made ready. Records with no usable statement of any term they state are not on file.

    Attributes:
        records: The records of policies that are on file, without statements that do not count.
        if_one: The same dossier if all policies that may be one are one; None where that is no question.
        may_be_one: The policies, by id, that each may be one with.
        clients: The clients on file, by id.
        job_codes: The job codes on file, by id.
    """

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self._index_certificates(dossier.certificates)
        self.clients = _by_id(dossier.clients)
        self.job_codes = _by_id(dossier.job_codes)
        self.if_one: DossierFacts | None = None
        policies = liability_facts(dossier.policies, dossier.certificates)
        if self._refused:
            policies = tuple([self._as_usable(record) for record in policies if self._is_on_file(record)])
        self.records = policies
        identities = () if are_of_different_lines(self.records) else pool(self.records)
        doubles = possible_doubles(identities)
        self.may_be_one = _ids_of_doubles(identities, doubles) if doubles else {}
        peers, peers_if_one = self._exemption_peers() if dossier.exemptions else ({}, {})
        self._resolve_all(terms_of(identities) if identities else each_alone(self.records), peers)
        if doubles or peers_if_one != peers:
            self.if_one = copy.copy(self)
            self.if_one._resolve_all(terms_of(policies_if_one(identities, doubles)), peers_if_one)  # noqa: SLF001 - of its class

    def _index_certificates(self, certificates: tuple[Certificate, ...]) -> None:
        """Note of each certificate whether it supplies facts, whether it is a binder, and when it was completed."""
        self._refused = frozenset(
            certificate.id for certificate in certificates if not certificate.status.supplies_facts
        )
        self._binder_certificates = frozenset(
            certificate.id for certificate in certificates if is_binder(certificate.form)
        )
        self._completed = {certificate.id: certificate.completed_on for certificate in certificates}

    def _exemption_peers(self) -> tuple[dict[str, tuple[Exemption, ...]], dict[str, tuple[Exemption, ...]]]:
        """Return, by id, the records of one exemption, and those records if all that may be one are one."""
        exemptions = [record for record in _sorted(self.dossier.exemptions) if self._is_on_file(record)]
        peers = exemption_peers(exemptions)
        peers_if_one = exemption_peers(exemptions, if_one=True) if _has_notices(exemptions) else peers
        return peers, peers_if_one

    @cached_property
    def owned_autos(self) -> tuple[OwnedAutos, ...]:
        """The usable statements of whether the contractor owns any auto; a loose ACORD 101 never shows that none is."""
        statements = usable(self.dossier.contractor.owned_autos, self._refused)
        loose = loose_remarks(self.dossier.certificates) if statements else frozenset()
        return tuple(item for item in statements if item.any_owned or item.evidence.certificate_id not in loose)

    def _is_on_file(self, record: Policy | Exemption) -> bool:
        """Return whether a record says anything that counts: not if all of it, or its term, is refused."""
        if not self._refused:
            return True
        if record.terms:
            return bool(usable(record.terms, self._refused))
        evidences = tuple(evidence_of(record))
        return not evidences or any(evidence.certificate_id not in self._refused for evidence in evidences)

    def _as_usable(self, record: Policy) -> Policy:
        """Return a record without the statements of certificates that supply no facts."""
        if all(evidence.certificate_id not in self._refused for evidence in evidence_of(record)):
            return record
        usable_statements: dict[str, Any] = {
            field: usable(getattr(record, field), self._refused) for field in statement_fields(Policy)
        }
        return attrs.evolve(record, **usable_statements)

    def _resolve_all(self, terms: tuple[PolicyRecords, ...], exemptions: dict[str, tuple[Exemption, ...]]) -> None:
        self.policies = tuple([self._resolve(term) for term in terms])
        self.by_id = {record.id: policy for policy in self.policies for record in policy.records}
        by_line: dict[Line, list[PolicyFacts]] = defaultdict(list)
        for policy in self.policies:
            by_line[policy.line].append(policy)
        self.by_line = {line: tuple(policies) for line, policies in by_line.items()}
        by_id = _by_id(self.dossier.exemptions) if exemptions else {}
        self.exemptions = tuple(
            ExemptionFacts(
                by_id[name],
                CoverDays(
                    usable(by_id[name].terms, self._refused),
                    self._notices(peers, "cancellations"),
                    self._notices(peers, "reinstatements"),
                ),
            )
            for name, peers in exemptions.items()
        )

    def _notices(self, records: tuple[Exemption, ...], field: str) -> tuple[Any, ...]:
        """Return the notices of all records of one exemption: each of them counts for all."""
        return usable(pooled(records, field), self._refused)

    def is_prior_term(self, evidence: Evidence, policy: PolicyFacts) -> bool:
        """Return whether a certificate was completed a full term before the policy's own term began (rule B1.6)."""
        completed = self._completed.get(evidence.certificate_id or "") or evidence.observed_on
        effective, expiration = policy.effective, policy.expiration
        if effective is None or expiration is None:
            return False
        return bool(effective - completed >= expiration - effective)

    def work_of(self, assignment: Assignment | None) -> AssignmentContext:
        """Return the facts of one assignment, or of the contractor alone."""
        contractor = self.dossier.contractor
        job = self.job_code_of(assignment)
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

    def client_of(self, assignment: Assignment) -> Client | None:
        """Return the client of an assignment, if it is on file."""
        return self.clients.get(assignment.client_id or "")

    def job_code_of(self, assignment: Assignment | None) -> JobCode | None:
        """Return the job code of an assignment, if it is on file."""
        return self.job_codes.get(assignment.job_code_id or "") if assignment else None

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
            client = self.client_of(assignment)
            if client is not None:
                parties[PartyRole.CLIENT] = ((client.name, *client.aliases),)
            for party in assignment.parties:
                names = ((party.name, *party.aliases),)
                parties[party.role] = parties.get(party.role, ()) + names
        return parties

    def _resolve(self, policy: PolicyRecords) -> PolicyFacts:
        records, dossier = policy.records, self.dossier
        terms: tuple[Term, ...] = records[0].terms if len(records) == 1 else pooled(records, "terms")
        binders = self._binders(terms)
        if binders:
            terms = tuple(term for term in terms if term not in binders)
        days = CoverDays(terms, policy.cancellations, policy.reinstatements, binders)
        return PolicyFacts(records, days, dossier.contractor, dossier.carriers, policy.identity)

    def _binders(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """Return the terms that are those of a binder."""
        if not self._binder_certificates and not [term for term in terms if term.evidence.document in BINDERS]:
            return ()
        return tuple(term for term in terms if self._is_bound(term.evidence))

    def _is_bound(self, evidence: Evidence) -> bool:
        """Return whether a source is a binder: by the document that the evidence names, or the certificate's form."""
        if evidence.document is not None:
            return evidence.document in BINDERS
        return evidence.certificate_id in self._binder_certificates

    def document_of(self, evidence: Evidence) -> str | None:
        """Return the code of the document that a source is: an ACORD 101 belongs to its certificate (rule B14.23)."""
        if evidence.document != REMARKS:
            return evidence.document
        forms = (item.form for item in self.dossier.certificates if item.id == evidence.certificate_id)
        form = next(forms, None)
        return form_code(form) if form is not None else None

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
    """Return the reason why no evidence in `support` is good enough; None if some is.

    The fault of the evidence that comes nearest is reported; too old is nearer than not accepted.
    """
    floor = rule.at_least.rank
    asks_for_level_alone = not rule.documents and rule.fresh_for_days is None and not rule.refuse_prior_term
    nearest = ReasonCode.EVIDENCE_TOO_WEAK
    for evidence in support:
        if evidence.level.rank < floor:
            continue
        if asks_for_level_alone:
            return None
        fault = _fault_beyond_level(evidence, rule, day, facts, policy)
        if fault is None:
            return None
        if nearest is not ReasonCode.EVIDENCE_STALE:
            nearest = fault
    return nearest


def _fault_beyond_level(
    evidence: Evidence, rule: EvidenceRule, day: date, facts: DossierFacts, policy: PolicyFacts | None
) -> ReasonCode | None:
    """Return what is wrong with the document or the age of one piece of evidence, if anything is."""
    if rule.documents and facts.document_of(evidence) not in rule.documents:
        return ReasonCode.EVIDENCE_NOT_ACCEPTED
    if rule.fresh_for_days is not None and (day - evidence.observed_on).days > rule.fresh_for_days:
        return ReasonCode.EVIDENCE_STALE
    if rule.refuse_prior_term and policy is not None and facts.is_prior_term(evidence, policy):
        return ReasonCode.EVIDENCE_STALE
    return None


def _classes(
    contractor: Contractor, states: frozenset[State], needed: frozenset[str] | None
) -> dict[State, frozenset[str] | None]:
    classes: dict[State, frozenset[str] | None] = dict.fromkeys(states, needed)
    for held_license in contractor.licenses:
        classes_so_far = classes.get(held_license.state, needed)
        stated = _all_classes(held_license.classes)
        classes[held_license.state] = classes_so_far | stated if classes_so_far is not None and stated else None
    return classes


def _ids_of_doubles(identities: tuple[Identity, ...], doubles: dict[int, frozenset[int]]) -> dict[str, tuple[str, ...]]:
    """Return, by the id of each record, the ids of the policies that its own may be one with."""
    first = [identity.records[0].id for identity in identities]
    return {
        record.id: tuple(sorted(first[other] for other in others))
        for place, others in doubles.items()
        for record in identities[place].records
    }


def _has_notices(exemptions: list[Exemption]) -> bool:
    return len(exemptions) > 1 and any(exemption.cancellations for exemption in exemptions)


def _all_classes(texts: tuple[str, ...]) -> frozenset[str] | None:
    """Return all license classes that the texts name; None if one of them cannot be read."""
    classes: frozenset[str] = frozenset()
    for text in texts:
        read = license_classes(text)
        if read is None:
            return None
        classes |= read
    return classes


def _by_id(records: tuple[_T, ...]) -> dict[str, _T]:
    """Return records by their ids."""
    return {record.id: record for record in records}  # type: ignore[attr-defined]


def _sorted(records: tuple[_T, ...]) -> list[_T]:
    # Ties between equally good policies are broken by id, never by the order of the records.
    return sorted(records, key=lambda record: record.id) if len(records) > 1 else list(records)  # type: ignore[attr-defined]
