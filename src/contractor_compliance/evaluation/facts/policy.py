"""One policy, with the statements of its sources resolved into facts."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import attrs

from contractor_compliance.domain.autos import CoveredAutos
from contractor_compliance.domain.calendar import day_after
from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.compensation import Exclusions, StatesCovered
from contractor_compliance.domain.contractor import Contractor
from contractor_compliance.domain.endorsement import (
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    EndorsementList,
)
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.exclusion import PolicyExclusion
from contractor_compliance.domain.forms import form_of
from contractor_compliance.domain.identification import PolicyIdentification
from contractor_compliance.domain.limits import AggregateBasis, LimitKind, Limits
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.name_matching import match_insured
from contractor_compliance.domain.names import NameMatch
from contractor_compliance.domain.names.leasing import read_leasing
from contractor_compliance.domain.policy import (
    Insured,
    InsuredCapacity,
    Policy,
    Trigger,
    TriggerTerms,
)
from contractor_compliance.domain.statements import statement_fields
from contractor_compliance.domain.underlying import UnderlyingSchedule
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.identification import carrier_of, insurers_of, is_placeholder, numbers_of
from contractor_compliance.evaluation.facts.in_force import CoverDays, InForce
from contractor_compliance.evaluation.facts.resolved import (
    UNSTATED,
    ResolvedFact,
    pooled,
    resolve_fact,
    stated_values,
    strongest,
)

__all__ = ["PolicyFacts", "credited_kinds", "possible_kinds"]

#: The lines that a leasing firm insures for its clients.
_LEASED_LINES = frozenset({Line.WC, Line.EL})
#: The limits of auto liability that are split, where there is no combined single limit.
_SPLIT = (
    LimitKind.BODILY_INJURY_PER_PERSON,
    LimitKind.BODILY_INJURY_PER_ACCIDENT,
    LimitKind.PROPERTY_DAMAGE_PER_ACCIDENT,
)
_AUTO_LINES = (Line.AUTO, Line.PERSONAL_AUTO)
_AGGREGATE_ENDORSEMENTS = (
    (EndorsementKind.PER_PROJECT_AGGREGATE, AggregateBasis.PER_PROJECT),
    (EndorsementKind.PER_LOCATION_AGGREGATE, AggregateBasis.PER_LOCATION),
)


@attrs.define(eq=False)
class PolicyFacts:
    """One policy in one term, with the statements of its records resolved. Rare facts are resolved on demand."""

    records: tuple[Policy, ...]
    days: CoverDays
    contractor: Contractor
    carriers: tuple[Carrier, ...]
    identity: int
    in_force: InForce = attrs.field(init=False)
    id: str = attrs.field(init=False)
    line: Line = attrs.field(init=False)
    # The statements that count, by what they speak of.
    identifications: tuple[PolicyIdentification, ...] = attrs.field(init=False)
    insured: tuple[Insured, ...] = attrs.field(init=False)
    limits: tuple[Limits, ...] = attrs.field(init=False)
    trigger_statements: tuple[TriggerTerms, ...] = attrs.field(init=False)
    endorsements: tuple[Endorsement, ...] = attrs.field(init=False)
    endorsement_lists: tuple[EndorsementList, ...] = attrs.field(init=False)
    policy_exclusions: tuple[PolicyExclusion, ...] = attrs.field(init=False)
    covered_autos: tuple[CoveredAutos, ...] = attrs.field(init=False)
    states: tuple[StatesCovered, ...] = attrs.field(init=False)
    exclusions: tuple[Exclusions, ...] = attrs.field(init=False)
    underlying_schedules: tuple[UnderlyingSchedule, ...] = attrs.field(init=False)
    #: Whether a binder or a text such as TBD stands in the place of a policy number (domain rule B14.20).
    awaits_number: bool = attrs.field(init=False)
    _match: tuple[NameMatch | None, str | None, tuple[Evidence, ...]] | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        source: Any = self.records[0]
        self.in_force = self.days.stated
        self.id = source.id
        self.line = source.line
        if len(self.records) > 1:
            source = SimpleNamespace(**{field: pooled(self.records, field) for field in statement_fields(Policy)})
        self.identifications = source.identifications
        self.insured = source.insured
        self.limits = source.limits
        self.trigger_statements = source.triggers
        self.endorsements = source.endorsements
        self.endorsement_lists = source.endorsement_lists
        self.policy_exclusions = source.policy_exclusions
        self.covered_autos = source.covered_autos
        self.states = source.states
        self.exclusions = source.exclusions
        self.underlying_schedules = source.underlying_schedules
        numbers = [statement.number for statement in self.identifications if statement.number is not None]
        self.awaits_number = all(map(is_placeholder, numbers)) if numbers else bool(self.days.binders)

    @property
    def printed(self) -> tuple[str | None, str | None]:
        """The number and the insurer as the best sources print them, for people; None where none does."""
        if len(self.identifications) == 1:
            (only,) = self.identifications
            return only.number, only.carrier_name
        numbers = " or ".join(numbers_of(self.identifications).values())
        insurers = " or ".join(sorted({name for _, name in insurers_of(self.identifications)[0] if name}))
        return numbers or None, insurers or None

    @property
    def is_program(self) -> bool:
        """Whether it was bought through the company's program."""
        return self.records[0].program

    def counts_for(self, work: AssignmentContext) -> bool:
        """Return whether the policy may count for this work at all: not bound to another assignment."""
        bound = self.records[0].assignment_id
        return bound is None or bound == work.id

    def amount(self, kind: LimitKind) -> ResolvedFact:
        """Return one limit in cents; combined and split limits of auto answer for each other (domain rule B14.10)."""
        stated = self._stated_amount(kind)
        if stated.values or self.line not in _AUTO_LINES:
            return stated
        if kind in _SPLIT:
            return self._stated_amount(LimitKind.COMBINED_SINGLE_LIMIT)
        return self._as_single_limit() if kind is LimitKind.COMBINED_SINGLE_LIMIT else stated

    def amount_for(self, line: Line, kind: LimitKind) -> ResolvedFact:
        """Return one limit in cents as it answers a line: autos endorsed on general liability share its limits."""
        if line == Line.AUTO and self.line == Line.GL:
            single = self._stated_amount(LimitKind.COMBINED_SINGLE_LIMIT)
            return single if single.values else self._stated_amount(LimitKind.EACH_OCCURRENCE)
        return self.amount(kind)

    def _stated_amount(self, kind: LimitKind) -> ResolvedFact:
        if len(self.limits) < 2 and kind is not LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE:
            return resolve_fact(self.limits, kind.value)
        return ResolvedFact(*strongest(stated_values((limit.stated(kind), limit.evidence) for limit in self.limits)))

    def _as_single_limit(self) -> ResolvedFact:
        """Return what split limits pay for in any case: the least of them, as well proven as the least proven."""
        parts = [self._stated_amount(kind) for kind in _SPLIT]
        if not all(part.values for part in parts):
            return UNSTATED
        bounds = (min(min(part.values) for part in parts), min(max(part.values) for part in parts))
        weakest = min(parts, key=lambda part: max(evidence.level.rank for evidence in part.support))
        return ResolvedFact(tuple(dict.fromkeys(bounds)), weakest.support)

    @property
    def effective(self) -> date | None:
        """First day of the term as stated, whatever notices did to it; None if it is not known."""
        value: date | None = resolve_fact(self.days.terms or self.days.binders, "effective").value
        return value

    @property
    def expiration(self) -> date | None:
        """Day on which the policy's own term ends, as stated; None if it is not known. A binder's end is not it."""
        value: date | None = resolve_fact(self.days.terms, "expiration").value
        return value

    def number_due(self, days: int) -> date | None:
        """Return the first day on which the policy's number is missed; None where nothing says when it began.

        Args:
            days: How many days a text in its place will do, from the effective date. A binder will do to its end.
        """
        bound_until = max(self.in_force.bound.changes(), default=None)
        if bound_until is not None:
            return bound_until
        first = next(iter(self.in_force.possible), None)
        if first is None or first.start is None:
            return None
        return day_after(first.start, days - 1) or date.max

    @cached_property
    def retention(self) -> ResolvedFact:
        """The deductible or retention in cents."""
        return resolve_fact(self.limits, "retention")

    @cached_property
    def aggregate_basis(self) -> ResolvedFact:
        """The basis of the aggregate; an endorsement that changes it is a statement of it too."""
        stated: list[tuple[AggregateBasis | Missing, Evidence]] = [
            (limit.aggregate_basis, limit.evidence) for limit in self.limits
        ]
        for endorsement in self.endorsements:
            for kind, basis in _AGGREGATE_ENDORSEMENTS:
                # A schedule must list the project or location (B2.8), and nothing on file says which it is.
                scheduled = endorsement.basis is EndorsementBasis.SCHEDULED
                if endorsement.present and not scheduled and kind in credited_kinds(endorsement):
                    stated.append((basis, endorsement.evidence))
        return ResolvedFact(*strongest(stated_values(stated)))

    @cached_property
    def trigger(self) -> ResolvedFact:
        """Occurrence or claims-made."""
        return resolve_fact(self.trigger_statements, "trigger")

    @cached_property
    def retroactive_date(self) -> ResolvedFact:
        """The retroactive date; `date.min` stands for full prior acts."""
        stated = (
            (
                date.min if statement.full_prior_acts else statement.retroactive_date,
                statement.evidence,
            )
            for statement in self.trigger_statements
            if statement.trigger is not Trigger.OCCURRENCE
        )
        return ResolvedFact(*strongest(stated_values(stated)))

    @property
    def insured_match(self) -> tuple[NameMatch | None, str | None, tuple[Evidence, ...]]:
        """The named insured against the contractor: match (None = not stated), name printed, evidence."""
        if self._match is None:
            self._match = self._match_insured()
        return self._match

    def _match_insured(self) -> tuple[NameMatch | None, str | None, tuple[Evidence, ...]]:
        if len(self.insured) == 1 and self.insured[0].name is not None:
            only = self.insured[0]
            return self._match_one(only), only.name, (only.evidence,)
        return self._match_strongest()

    def _match_strongest(self) -> tuple[NameMatch | None, str | None, tuple[Evidence, ...]]:
        """Compare what the strongest statements say of the named insured."""
        matches = (
            ((self._match_one(insured), insured.name), insured.evidence)
            for insured in self.insured
            if insured.name is not None or insured.tax_id is not None
        )
        resolved, support = strongest(matches)
        if not resolved:
            return None, None, ()
        matches_found = {match for match, _ in resolved}
        name = min((name for _, name in resolved if name), default=None)
        # Equally strong sources that name different insureds contradict each other: a person has to look.
        return matches_found.pop() if len(matches_found) == 1 else NameMatch.REVIEW, name, support

    def may_name_insured(self, insured: Insured) -> bool:
        """Return whether a statement speaks of the insured that reaches the contractor, and not clearly of another."""
        if self.is_scheduled_cover or (insured.name is None and insured.tax_id is None):
            return True
        return self._match_one(insured) is not NameMatch.MISMATCH

    def _match_one(self, insured: Insured) -> NameMatch:
        """Compare one statement; of a leasing firm and its client on one policy, both insured, the client counts."""
        leasing = read_leasing(insured.name) if insured.name is not None and self.line in _LEASED_LINES else None
        if leasing is None:
            return match_insured(insured.name, insured.tax_id, self.contractor)
        # The number on such a policy may be the firm's, so that the client's name decides (domain rule B14.21).
        return match_insured(leasing[1], None, self.contractor)

    @property
    def complete_lists(self) -> tuple[Evidence, ...]:
        """Evidence that the list of endorsements is the whole list; none where the best source says that it is not."""
        is_complete = resolve_fact(self.endorsement_lists, "is_complete")
        return is_complete.support if is_complete.value is True else ()

    @property
    def lists_all_endorsements(self) -> bool:
        """Whether the list of endorsements is the whole list."""
        return bool(self.complete_lists)

    @property
    def carrier(self) -> Carrier | None:
        """The insurer's record, if it is on file and the best sources do not name two insurers."""
        return self.insurer[0]

    @cached_property
    def insurer(self) -> tuple[Carrier | None, tuple[Evidence, ...]]:
        """The insurer's record, and the evidence that the policy is of this insurer."""
        return carrier_of(self.identifications, self.carriers)

    @property
    def is_leased(self) -> bool:
        """Whether it is a leasing firm's, and covers only the workers reported to the firm (domain rule B14.21)."""
        if self.line not in _LEASED_LINES:
            return False
        return self.records[0].insured_as is InsuredCapacity.LEASED_WORKER or any(
            insured.name is not None and read_leasing(insured.name) is not None for insured in self.insured
        )

    @property
    def is_scheduled_cover(self) -> bool:
        """Whether the contractor is covered by a schedule rather than as named insured."""
        return self.records[0].insured_as is not InsuredCapacity.NAMED_INSURED


def credited_kinds(endorsement: Endorsement) -> frozenset[EndorsementKind]:
    """Return what an endorsement is credited with: by its form where that is listed, else as stated."""
    form = form_of(endorsement.form, endorsement.edition)
    if form is None:
        return frozenset({endorsement.kind})
    # A text that names several forms does what it says if one of them does.
    several = frozenset({endorsement.kind}) & form.possible if not form.kinds else frozenset()
    return form.kinds | several


def possible_kinds(endorsement: Endorsement) -> frozenset[EndorsementKind]:
    """Return what an endorsement may do: what it is credited with, and what some edition of its form does."""
    form = form_of(endorsement.form, endorsement.edition)
    return credited_kinds(endorsement) | form.possible if form else frozenset({endorsement.kind})
