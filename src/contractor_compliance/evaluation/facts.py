"""A dossier made ready for judging: statements weighed once, in-force days worked out once, names matched once.

Statements from certificates that are neither approved nor flagged are left out here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain.assignment import Assignment, PartyRole
from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.certificate import Exemption
from contractor_compliance.domain.contractor import Contractor, EntityType, Person, PersonRole
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.endorsement import Endorsement, EndorsementBasis, EndorsementKind
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.job_code import Industry, JobCode
from contractor_compliance.domain.limits import AggregateBasis, LimitKind, Limits
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import (
    CoversAs,
    Exclusions,
    Insured,
    Layer,
    Policy,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
)
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.value import Missing, Value, field_types
from contractor_compliance.evaluation.forms import form_of
from contractor_compliance.evaluation.law import licence_class
from contractor_compliance.evaluation.names import NameMatch, match_insured, normal_name
from contractor_compliance.evaluation.terms import InForce, in_force, strongest

__all__ = [
    "NOTHING",
    "DossierFacts",
    "ExemptionFacts",
    "PolicyFacts",
    "Weighed",
    "Work",
    "credited_kinds",
    "evidence_fault",
    "evidence_of",
    "weigh",
]

_T = TypeVar("_T")


@attrs.define
class Weighed:
    """One fact after weighing its statements.

    Attributes:
        values: What the best evidence says: nothing, one value, or several that contradict each other.
        support: All evidence that agrees.
    """

    values: tuple[Any, ...]
    support: tuple[Evidence, ...]

    @property
    def value(self) -> Any:
        """The value, or None if nothing is stated or the best evidence contradicts itself."""
        return self.values[0] if len(self.values) == 1 else None


#: Nobody says anything.
NOTHING = Weighed((), ())


def weigh(statements: tuple[Any, ...], field: str) -> Weighed:
    """Weigh one field of statements: those that leave it blank say nothing of it."""
    if not statements:
        return NOTHING
    if len(statements) == 1:
        value = getattr(statements[0], field)
        return NOTHING if isinstance(value, Missing) else Weighed((value,), (statements[0].evidence,))
    return Weighed(*strongest(_present((getattr(each, field), each.evidence) for each in statements)))


@attrs.define(eq=False)
class Work:
    """What is judged: an assignment, or the contractor alone (`assignment` None).

    Attributes:
        assignment: The assignment, if there is one.
        states: States of work; empty = not known.
        worker: The person who does the work, where it is known.
        worker_role: Owner or employee, where it is known (even if the person is not).
        industry: Construction or other, where it is known.
        licence_classes: Classes of the contractor's licences by state, in one spelling, with those that the job code
            needs; None = a licence whose classes are not known.
        job_classes: Classes that the job code needs, in one spelling.
        parties: Accepted names of each role that the assignment fills.
    """

    assignment: Assignment | None
    states: frozenset[State]
    worker: Person | None
    worker_role: PersonRole | None
    industry: Industry | None
    licence_classes: dict[State, frozenset[str] | None]
    job_classes: frozenset[str]
    parties: dict[PartyRole, tuple[tuple[str, ...], ...]]

    @property
    def id(self) -> str | None:
        """The assignment's id."""
        return self.assignment.id if self.assignment else None


def evidence_fault(
    support: tuple[Evidence, ...], rule: EvidenceRule, day: date, facts: DossierFacts, policy: PolicyFacts | None = None
) -> ReasonCode | None:
    """Say why no evidence in `support` is good enough, or None if some is."""
    floor = rule.at_least.height
    plain = not rule.documents and rule.fresh_for_days is None and not rule.refuse_prior_term
    if plain and len(support) == 1:
        return None if support[0].rung.height >= floor else ReasonCode.EVIDENCE_TOO_WEAK
    fault = ReasonCode.EVIDENCE_TOO_WEAK
    for evidence in support:
        if evidence.rung.height < floor:
            continue
        if plain:
            return None
        if rule.documents and evidence.document not in rule.documents:
            # The fault of the evidence that comes nearest is told; too old is nearer than not accepted.
            if fault is ReasonCode.EVIDENCE_TOO_WEAK:
                fault = ReasonCode.EVIDENCE_NOT_ACCEPTED
        elif (rule.fresh_for_days is not None and (day - evidence.observed_on).days > rule.fresh_for_days) or (
            rule.refuse_prior_term and policy is not None and facts.is_prior_term(evidence, policy)
        ):
            fault = ReasonCode.EVIDENCE_STALE
        else:
            return None
    return fault


@attrs.define(eq=False)
class PolicyFacts:
    """One policy, weighed. Facts that few requirements ask for are weighed when asked for."""

    policy: Policy
    in_force: InForce
    contractor: Contractor
    carriers: tuple[Carrier, ...]
    _refused: frozenset[str]
    id: str = attrs.field(init=False)
    line: Line = attrs.field(init=False)
    # The statements that count, by what they speak of.
    terms: tuple[Term, ...] = attrs.field(init=False)
    insured: tuple[Insured, ...] = attrs.field(init=False)
    limits: tuple[Limits, ...] = attrs.field(init=False)
    trigger_statements: tuple[TriggerTerms, ...] = attrs.field(init=False)
    endorsements: tuple[Endorsement, ...] = attrs.field(init=False)
    states: tuple[StatesCovered, ...] = attrs.field(init=False)
    exclusions: tuple[Exclusions, ...] = attrs.field(init=False)
    layers: tuple[Layer, ...] = attrs.field(init=False)
    _match: tuple[NameMatch | None, str | None, tuple[Evidence, ...]] | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        policy, refused = self.policy, self._refused
        self.id = policy.id
        self.line = policy.line
        self.terms = _usable(policy.terms, refused)
        self.insured = _usable(policy.insured, refused)
        self.limits = _usable(policy.limits, refused)
        self.trigger_statements = _usable(policy.triggers, refused)
        self.endorsements = _usable(policy.endorsements, refused)
        self.states = _usable(policy.states, refused)
        self.exclusions = _usable(policy.exclusions, refused)
        self.layers = _usable(policy.layers, refused)

    def counts_for(self, work: Work) -> bool:
        """Return whether the policy may count for this work at all: not bound to another assignment."""
        bound = self.policy.assignment_id
        return bound is None or bound == work.id

    def amount(self, kind: LimitKind) -> Weighed:
        """Return one limit in cents."""
        if len(self.limits) < 2 and kind is not LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE:
            return weigh(self.limits, kind.value)
        return Weighed(*strongest(_present((each.stated(kind), each.evidence) for each in self.limits)))

    @property
    def effective(self) -> date | None:
        """First day of the term as stated, whatever notices did to it; None if it is not known."""
        value: date | None = weigh(self.terms, "effective").value
        return value

    @cached_property
    def retention(self) -> Weighed:
        """The deductible or retention in cents."""
        return weigh(self.limits, "retention")

    @cached_property
    def aggregate_basis(self) -> Weighed:
        """What the aggregate applies to; an endorsement that changes it is a statement of it too."""
        stated: list[tuple[AggregateBasis | Missing, Evidence]] = [
            (each.aggregate_basis, each.evidence) for each in self.limits
        ]
        for endorsement in self.endorsements:
            for kind, basis in _AGGREGATE_ENDORSEMENTS:
                # A schedule must list the project or location (B2.8), and nothing on file says which it is.
                scheduled = endorsement.basis is EndorsementBasis.SCHEDULED
                if endorsement.present and not scheduled and kind in credited_kinds(endorsement):
                    stated.append((basis, endorsement.evidence))
        return Weighed(*strongest(_present(stated)))

    @cached_property
    def trigger(self) -> Weighed:
        """Occurrence or claims-made."""
        return weigh(self.trigger_statements, "trigger")

    @cached_property
    def retroactive_date(self) -> Weighed:
        """The retroactive date; `date.min` stands for full prior acts."""
        stated = (
            (date.min if each.full_prior_acts else each.retroactive_date, each.evidence)
            for each in self.trigger_statements
            if each.trigger is not Trigger.OCCURRENCE
        )
        return Weighed(*strongest(_present(stated)))

    @property
    def insured_match(self) -> tuple[NameMatch | None, str | None, tuple[Evidence, ...]]:
        """How the named insured compares with the contractor: match (None = not stated), name printed, evidence."""
        if self._match is None:
            self._match = self._match_insured()
        return self._match

    def _match_insured(self) -> tuple[NameMatch | None, str | None, tuple[Evidence, ...]]:
        contractor = self.contractor
        if len(self.insured) == 1 and self.insured[0].name is not None:
            only = self.insured[0]
            return match_insured(only.name, only.tax_id, contractor), only.name, (only.evidence,)
        matches = (
            ((match_insured(each.name, each.tax_id, contractor), each.name), each.evidence)
            for each in self.insured
            if each.name is not None or each.tax_id is not None
        )
        weighed, support = strongest(matches)
        if not weighed:
            return None, None, ()
        found = {match for match, _ in weighed}
        name = min((name for _, name in weighed if name), default=None)
        # Equally strong sources that name different insureds contradict each other: a person has to look.
        return found.pop() if len(found) == 1 else NameMatch.REVIEW, name, support

    @property
    def lists_all_endorsements(self) -> bool:
        """Whether usable evidence says that the list of endorsements is the whole list."""
        evidence = self.policy.endorsements_complete
        return evidence is not None and evidence.certificate_id not in self._refused

    @cached_property
    def carrier(self) -> Carrier | None:
        """What is known of the insurer."""
        return _carrier_of(self.policy, self.carriers)

    @property
    def is_scheduled_cover(self) -> bool:
        """Whether the contractor is covered by a schedule rather than as named insured."""
        return self.policy.covers_as is not CoversAs.NAMED_INSURED


@attrs.define(eq=False)
class ExemptionFacts:
    """One exemption, weighed."""

    exemption: Exemption
    in_force: InForce


class DossierFacts:
    """A dossier made ready. Policies with no usable statement of any term they state are not on file."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        refused = frozenset(each.id for each in dossier.certificates if not each.status.supplies_facts)
        self._refused = refused
        self._completed = {each.id: each.completed_on for each in dossier.certificates}
        self.policies = tuple(facts for policy in _sorted(dossier.policies) if (facts := self._weigh(policy)))
        self.by_id = {each.id: each for each in self.policies}
        self.by_line: dict[Line, tuple[PolicyFacts, ...]] = {}
        for each in self.policies:
            self.by_line[each.line] = (*self.by_line.get(each.line, ()), each)
        self.exemptions = tuple(
            ExemptionFacts(
                each,
                in_force(
                    _usable(each.terms, self._refused),
                    _usable(each.cancellations, self._refused),
                    _usable(each.reinstatements, self._refused),
                ),
            )
            for each in _sorted(dossier.exemptions)
            if not each.terms or _usable(each.terms, self._refused)
        )

    def is_prior_term(self, evidence: Evidence, policy: PolicyFacts) -> bool:
        """Return whether a certificate was completed a full term before the policy's own term began (rule B1.6)."""
        completed = self._completed.get(evidence.certificate_id or "") or evidence.observed_on
        effective, expiration = policy.effective, weigh(policy.terms, "expiration").value
        if effective is None or expiration is None:
            return False
        return bool(effective - completed >= expiration - effective)

    def work_of(self, assignment: Assignment | None) -> Work:
        """Gather what bears on one assignment, or on the contractor alone."""
        contractor = self.dossier.contractor
        job = self._job_code(assignment)
        states = assignment.work_states if assignment else frozenset()
        if not states and (assignment is None or assignment.remote) and contractor.home_state is not None:
            states = frozenset({contractor.home_state})
        worker, role = self._worker(assignment)
        needed = frozenset(map(licence_class, job.licence_classes)) if job else frozenset()
        return Work(
            assignment=assignment,
            states=states,
            worker=worker,
            worker_role=role,
            industry=job.industry if job else None,
            licence_classes=_classes(contractor, states, needed) if contractor.licences or needed else {},
            job_classes=needed,
            parties=self._parties(assignment),
        )

    def _job_code(self, assignment: Assignment | None) -> JobCode | None:
        code = assignment.job_code if assignment else None
        return next((each for each in self.dossier.job_codes if each.code == code), None) if code else None

    def _worker(self, assignment: Assignment | None) -> tuple[Person | None, PersonRole | None]:
        contractor = self.dossier.contractor
        worker = assignment.worker if assignment else Missing.ABSENT
        if not isinstance(worker, Missing):
            person = next(each for each in contractor.people if each.id == worker)
            return person, person.role
        if contractor.has_employees is False:
            # Nobody but the owners is there to do the work.
            owners = [each for each in contractor.people if each.role is PersonRole.OWNER]
            return owners[0] if len(owners) == 1 else None, PersonRole.OWNER
        return None, None

    def _parties(self, assignment: Assignment | None) -> dict[PartyRole, tuple[tuple[str, ...], ...]]:
        company = self.dossier.company
        parties: dict[PartyRole, tuple[tuple[str, ...], ...]] = {PartyRole.COMPANY: ((company.name, *company.aliases),)}
        if assignment is not None:
            client = next((each for each in self.dossier.clients if each.id == assignment.client_id), None)
            if client is not None:
                parties[PartyRole.CLIENT] = ((client.name, *client.aliases),)
            for party in assignment.parties:
                names = ((party.name, *party.aliases),)
                parties[party.role] = parties.get(party.role, ()) + names
        return parties

    def _weigh(self, policy: Policy) -> PolicyFacts | None:
        terms = _usable(policy.terms, self._refused)
        if policy.terms and not terms:
            return None
        days = in_force(
            terms, _usable(policy.cancellations, self._refused), _usable(policy.reinstatements, self._refused)
        )
        return PolicyFacts(policy, days, self.dossier.contractor, self.dossier.carriers, self._refused)

    @cached_property
    def sole_owner(self) -> bool:
        """Whether the contractor has exactly one owner."""
        contractor = self.dossier.contractor
        owners = sum(each.role is PersonRole.OWNER for each in contractor.people)
        alone = contractor.entity_type in (EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR)
        return owners == 1 or (owners == 0 and alone)


def _classes(
    contractor: Contractor, states: frozenset[State], needed: frozenset[str]
) -> dict[State, frozenset[str] | None]:
    classes: dict[State, frozenset[str] | None] = dict.fromkeys(states, needed)
    for licence in contractor.licences:
        held = classes.get(licence.state, needed)
        known = frozenset(map(licence_class, licence.classes))
        classes[licence.state] = held | known if held is not None and known else None
    return classes


def _usable(statements: tuple[_T, ...], refused: frozenset[str]) -> tuple[_T, ...]:
    """Return the statements whose certificate, if they came from one, supplies facts."""
    if not refused:
        return statements
    return tuple(each for each in statements if each.evidence.certificate_id not in refused)  # type: ignore[attr-defined]


def _carrier_of(policy: Policy, carriers: tuple[Carrier, ...]) -> Carrier | None:
    """Find the insurer by NAIC number, then by name (domain rule B5.3)."""
    for each in carriers:
        if policy.carrier_naic is not None and each.naic == policy.carrier_naic:
            return each
    if policy.carrier_name is None:
        return None
    wanted = normal_name(policy.carrier_name)
    named = [
        each
        for each in carriers
        # A name cannot overrule two different numbers.
        if None in (each.naic, policy.carrier_naic) and normal_name(each.name) == wanted
    ]
    # Of two insurers of one name nobody can say which it is.
    return named[0] if len(named) == 1 else None


def credited_kinds(endorsement: Endorsement) -> frozenset[EndorsementKind]:
    """Return what an endorsement is credited with: by its form where that is listed, else as stated."""
    form = form_of(endorsement.form)
    return form.kinds if form else frozenset({endorsement.kind})


_AGGREGATE_ENDORSEMENTS = (
    (EndorsementKind.PER_PROJECT_AGGREGATE, AggregateBasis.PER_PROJECT),
    (EndorsementKind.PER_LOCATION_AGGREGATE, AggregateBasis.PER_LOCATION),
)


def evidence_of(record: Value) -> Iterator[Evidence]:
    """Yield the evidence of every statement in a record."""
    for field in field_types(type(record)):
        value = getattr(record, field)
        if isinstance(value, tuple):
            for each in value:
                if hasattr(each, "evidence"):
                    yield each.evidence


def _present(stated: Iterable[tuple[_T | Missing, Evidence]]) -> Iterable[tuple[_T, Evidence]]:
    return ((value, evidence) for value, evidence in stated if not isinstance(value, Missing))


def _sorted(records: tuple[_T, ...]) -> list[_T]:
    # Ties between equally good policies are broken by id, never by the order of the records.
    return sorted(records, key=lambda each: each.id) if len(records) > 1 else list(records)  # type: ignore[attr-defined]
