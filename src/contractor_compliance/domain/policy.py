"""An insurance policy as its evidence states it.

Each group of facts (number and insurer, term, limits, trigger, states, exclusions, underlying insurance, insured) is a
tuple of statements, one for each source, so that sources may contradict each other. The evaluator resolves them: the
strongest evidence level counts, then the latest evidence, else the fact is unknown. A renewal is a policy of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.autos import AutoKind, CoveredAutos
from contractor_compliance.domain.compensation import Exclusions, StateList, StateNotice, StatesCovered
from contractor_compliance.domain.contractor import TaxId
from contractor_compliance.domain.endorsement import Endorsement, EndorsementKind, EndorsementList
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.exclusion import ExclusionKind, PolicyExclusion
from contractor_compliance.domain.fields import Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.identification import PolicyIdentification
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import AggregateBasis, LimitKind, Limits
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.one_source import (
    OneSource,
    amounts_stated,
    flag,
    lines_followed,
    listed,
    states_stated,
)
from contractor_compliance.domain.term import Cancellation, Reinstatement, Term
from contractor_compliance.domain.underlying import UnderlyingLimit, UnderlyingSchedule
from contractor_compliance.domain.value import (
    Id,
    Missing,
    Sensitive,
    Text,
    Value,
)
from contractor_compliance.errors import Fault

__all__ = [
    "Insured",
    "InsuredCapacity",
    "Participant",
    "Policy",
    "Trigger",
    "TriggerTerms",
]


class Trigger(LabeledCode):
    """What makes a policy answer: an occurrence in its term, or a claim made in its term.

    Example:
        >>> Trigger("claims_made").label
        'claims-made'
    """

    OCCURRENCE = "occurrence"
    CLAIMS_MADE = "claims_made"


@attrs.frozen(kw_only=True)
class TriggerTerms(Value):
    """The trigger as one source states it.

    Attributes:
        trigger: Occurrence or claims-made.
        retroactive_date: Claims-made: injury before this day is not covered (domain rule B3.10).
        full_prior_acts: Claims-made with no retroactive date at all.
        extended_reporting_until: The day on which the extended reporting period ends, for claims after the term.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Trigger
        >>> from contractor_compliance.testing import factories
        >>> terms = TriggerTerms(
        ...     trigger=Trigger.CLAIMS_MADE, retroactive_date=date(2024, 1, 1), evidence=factories.evidence()
        ... )
        >>> terms.retroactive_date < factories.assignment().start
        True
    """

    trigger: Trigger | Missing = field(default=Missing.ABSENT, converter=Stated[Trigger])
    retroactive_date: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    full_prior_acts: bool = False
    extended_reporting_until: date | None = None
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if self.full_prior_acts and not isinstance(self.retroactive_date, Missing):
            yield Fault("$.full_prior_acts", "True", "contradicts the retroactive date stated beside it")
        if self.trigger is Trigger.OCCURRENCE and (
            self.full_prior_acts or not isinstance(self.retroactive_date, Missing)
        ):
            yield Fault("$.trigger", "occurrence", "an occurrence policy has no retroactive date")


class InsuredCapacity(LabeledCode):
    """As what the policy covers the contractor (domain rules B7.5, B14.21).

    A leased worker's policy is that of the leasing firm (PEO). It reaches the contractor where the named insured says
    so ("Sample PEO Inc L/C/F Sample Rigging LLC"), or by an alternate employer endorsement, and covers the workers
    reported to the firm.

    Example:
        >>> [capacity.value for capacity in InsuredCapacity]
        ['named_insured', 'participant', 'leased_worker']
    """

    NAMED_INSURED = "named_insured"
    PARTICIPANT = "participant"
    LEASED_WORKER = "leased_worker"


@attrs.frozen(kw_only=True)
class Participant(Value):
    """An entry in the schedule of a master or leasing policy, or in a leasing firm's roster of workers.

    Attributes:
        name: Name enrolled or leased.
        effective: First day.
        until: The day after the last; None = as long as the policy.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories
        >>> participant = Participant(name="Sample Rigging LLC", effective=date(2026, 3, 1), until=date(2026, 10, 1))
        >>> factories.insured("Sample Staffing Inc", participants=(participant,)).participants[0].name
        'Sample Rigging LLC'
    """

    name: Text
    effective: date
    until: date | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")


@attrs.frozen(kw_only=True)
class Insured(Value):
    """The named insured of a policy, as one source states it.

    Attributes:
        name: Named insured as the source writes it, `<legal name> dba <trade name>` included.
        tax_id: The named insured's tax id, where the source shows it.
        state: State of the mailing address that the source prints for the named insured.
        participants: Schedule of a master or leasing policy.
        leased_workers: Roster of the workers reported to a leasing firm (PEO), with their days. Its policy covers
            nobody else: an owner who works must be on the roster (domain rule B14.21).
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import match_insured
        >>> from contractor_compliance.testing import factories
        >>> insured = Insured(name="Sample Rigging LLC dba Sample Aloft", evidence=factories.evidence())
        >>> match_insured(insured.name, insured.tax_id, factories.contractor(legal_name="Sample Rigging LLC")).value
        'match'
    """

    name: Text | None = None
    tax_id: Annotated[TaxId | None, Sensitive()] = None
    state: State | None = None
    participants: tuple[Participant, ...] = field(default=(), converter=TupleOf[Participant])
    leased_workers: tuple[Participant, ...] = field(default=(), converter=TupleOf[Participant])
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Policy(Value):
    """One insurance policy, or surety bond, for one term.

    Where one source states all that there is, `Policy.from_source` is shorter.

    Attributes:
        id: The host's own id.
        line: Its line. A workers' compensation policy brings employers' liability with it.
        insured_as: As what it covers the contractor.
        program: Cover bought through the company's program; own policies are not.
        assignment_id: The one assignment that it counts for; None = all.
        identifications: Statements of its number and its insurer.
        insured: Statements of its named insureds.
        terms: Statements of its period.
        cancellations: Notices of cancellation.
        reinstatements: Notices of reinstatement.
        limits: Statements of its limits.
        triggers: Statements of its trigger.
        endorsements: Statements of its endorsements.
        endorsement_lists: Statements of whether the endorsements listed are all that it has: only where they are does
            an endorsement not listed count as missing.
        policy_exclusions: Statements of exclusions and limitations that it carries, or does not (domain rule B14.11).
        covered_autos: Statements of the autos that it covers (automobile liability, personal auto; domain rule B14.10).
        states: Statements of the states it covers (workers' compensation).
        exclusions: Statements of who is excluded (workers' compensation).
        underlying_schedules: Statements of the insurance that it sits on (umbrella, excess).

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Limits, Line, Term, cents, format_cents
        >>> from contractor_compliance.testing import factories
        >>> term = Term(effective=date(2026, 1, 1), expiration=date(2027, 1, 1), evidence=factories.evidence())
        >>> limits = Limits(each_occurrence=cents("1,000,000"), evidence=factories.evidence())
        >>> policy = Policy(id="policy-1", line=Line.GL, terms=(term,), limits=(limits,))
        >>> policy.line.label, format_cents(policy.limits[0].each_occurrence), policy.insured
        ('general liability', '$1,000,000', ())
    """

    id: Id
    line: Line
    insured_as: InsuredCapacity = InsuredCapacity.NAMED_INSURED
    program: bool = False
    assignment_id: Id | None = None
    identifications: tuple[PolicyIdentification, ...] = field(default=(), converter=TupleOf[PolicyIdentification])
    insured: tuple[Insured, ...] = field(default=(), converter=TupleOf[Insured])
    terms: tuple[Term, ...] = field(default=(), converter=TupleOf[Term])
    cancellations: tuple[Cancellation, ...] = field(default=(), converter=TupleOf[Cancellation])
    reinstatements: tuple[Reinstatement, ...] = field(default=(), converter=TupleOf[Reinstatement])
    limits: tuple[Limits, ...] = field(default=(), converter=TupleOf[Limits])
    triggers: tuple[TriggerTerms, ...] = field(default=(), converter=TupleOf[TriggerTerms])
    endorsements: tuple[Endorsement, ...] = field(default=(), converter=TupleOf[Endorsement])
    endorsement_lists: tuple[EndorsementList, ...] = field(default=(), converter=TupleOf[EndorsementList])
    policy_exclusions: tuple[PolicyExclusion, ...] = field(default=(), converter=TupleOf[PolicyExclusion])
    covered_autos: tuple[CoveredAutos, ...] = field(default=(), converter=TupleOf[CoveredAutos])
    states: tuple[StatesCovered, ...] = field(default=(), converter=TupleOf[StatesCovered])
    exclusions: tuple[Exclusions, ...] = field(default=(), converter=TupleOf[Exclusions])
    underlying_schedules: tuple[UnderlyingSchedule, ...] = field(default=(), converter=TupleOf[UnderlyingSchedule])

    def _faults(self) -> Iterator[Fault]:
        if self.underlying_schedules and not self.line.is_layer:
            yield Fault("$.underlying_schedules", self.line, "only umbrella and excess policies sit on others")
        if self.covered_autos and self.line not in (Line.AUTO, Line.PERSONAL_AUTO):
            yield Fault(
                "$.covered_autos",
                self.line,
                "only an auto policy has them; state hired or non-owned autos as endorsements of general liability",
            )
        if self.line not in (Line.WC, Line.EL):
            if self.states:
                yield Fault(
                    "$.states",
                    self.line,
                    "only a workers' compensation policy lists states in 3.A and 3.C",
                )
            if self.exclusions:
                yield Fault("$.exclusions", self.line, "only a workers' compensation policy excludes owners")

    @classmethod
    def from_source(  # noqa: PLR0913  # one argument for each fact that a source may state
        cls,
        evidence: Evidence,
        *,
        id: str,  # noqa: A002  # as the field is called
        line: Line,
        insured_as: InsuredCapacity = InsuredCapacity.NAMED_INSURED,
        program: bool = False,
        assignment_id: str | None = None,
        number: str | None = None,
        carrier_name: str | None = None,
        carrier_naic: str | None = None,
        insured: str | None = None,
        insured_tax_id: TaxId | None = None,
        insured_state: State | None = None,
        participants: Iterable[Participant] = (),
        leased_workers: Iterable[Participant] = (),
        effective: date | Missing | None = None,
        expiration: date | Missing | None = None,
        continuous: bool = False,
        limits: Mapping[LimitKind, int | Missing | None] | None = None,
        products_in_general_aggregate: bool = False,
        aggregate_basis: AggregateBasis | Missing | None = None,
        retention: int | Missing | None = None,
        trigger: Trigger | Missing | None = None,
        retroactive_date: date | Missing | None = None,
        full_prior_acts: bool = False,
        extended_reporting_until: date | None = None,
        endorsements: Iterable[EndorsementKind | Endorsement] = (),
        endorsements_complete: bool | None = None,
        policy_exclusions: Iterable[ExclusionKind | PolicyExclusion] = (),
        covered_autos: Iterable[AutoKind] = (),
        item_3a: Iterable[State] | StateList | Missing | None = None,
        item_3c: Iterable[State] | StateList | Missing | None = None,
        state_notices: Iterable[StateNotice] = (),
        any_excluded: bool | Missing | None = None,
        excluded: Iterable[str] = (),
        included: Iterable[str] = (),
        if_any: bool = False,
        underlying: Iterable[UnderlyingLimit] | Missing | None = None,
        follows_form_over: Iterable[Line | UnderlyingLimit] = (),
    ) -> Policy:
        """Return a policy as one source states it: the same evidence stands behind every fact.

        What is left out, or None, is not stated; a blank is never a zero (domain rule B1.4). What another source says
        is a statement more, added with `attrs.evolve`.

        Args:
            evidence: Where all of it was read.
            id: The host's own id.
            line: Its line.
            insured_as: As what it covers the contractor.
            program: Whether it was bought through the company's program.
            assignment_id: The one assignment that it counts for; None = all.
            number: Policy number as printed.
            carrier_name: Insurer as printed.
            carrier_naic: The insurer's NAIC number, five digits.
            insured: Named insured as printed.
            insured_tax_id: The named insured's tax id.
            insured_state: State of the named insured's mailing address.
            participants: Schedule of a master or leasing policy.
            leased_workers: Roster of the workers reported to a leasing firm.
            effective: First day in force.
            expiration: The day on which it ends: not in force on that day (domain rule B3.2).
            continuous: Whether it is in force until cancelled; a blank expiration alone never means it.
            limits: Amounts in US cents, by kind.
            products_in_general_aggregate: Whether products and completed operations share the general aggregate.
            aggregate_basis: What the general aggregate applies to.
            retention: Deductible or self-insured retention, in US cents.
            trigger: Occurrence or claims-made.
            retroactive_date: Claims-made: injury before this day is not covered.
            full_prior_acts: Claims-made with no retroactive date at all.
            extended_reporting_until: The day on which the extended reporting period ends.
            endorsements: Kinds that the source says it has. One with a form number, a schedule or evidence of its own
                is a whole `Endorsement`, taken as it is.
            endorsements_complete: Whether the endorsements listed are all that it has; None = not stated.
            policy_exclusions: Kinds of exclusions that it carries, or whole statements.
            covered_autos: The boxes ticked for the autos covered.
            item_3a: States listed in Item 3.A of a workers' compensation policy; an empty list says that none is.
            item_3c: States listed in Item 3.C (Other States).
            state_notices: Notices to the insurer of work in a state.
            any_excluded: Whether any owner is excluded from workers' compensation; None = a blank, or N/A.
            excluded: Ids or names of the people excluded.
            included: Ids or names of the owners who elected to be covered.
            if_any: Whether it was issued with no payroll.
            underlying: Schedule of underlying insurance of an umbrella or excess policy.
            follows_form_over: Lines that it covers by following form, alone or with their attachment points.

        Raises:
            InvalidValueError: With every fault; its path names the argument.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.domain import Evidence, EvidenceLevel, LimitKind, Line, Policy, cents
            >>> policy = Policy.from_source(
            ...     Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 5)),
            ...     id="gl-1",
            ...     line=Line.GL,
            ...     number="GL-1001",
            ...     insured="Sample Rigging LLC",
            ...     effective=date(2026, 1, 1),
            ...     expiration=date(2027, 1, 1),
            ...     limits={LimitKind.EACH_OCCURRENCE: cents("1,000,000")},
            ... )
            >>> policy.terms[0].expiration, policy.limits[0].evidence.level.value, policy.triggers
            (datetime.date(2027, 1, 1), 'certificate', ())
        """
        source = OneSource("Policy", evidence)
        return source.build(
            cls,
            id=id,
            line=line,
            insured_as=insured_as,
            program=program,
            assignment_id=assignment_id,
            identifications=source.statement(
                "identifications",
                PolicyIdentification,
                number=number,
                carrier_name=carrier_name,
                carrier_naic=carrier_naic,
            ),
            insured=source.statement(
                "insured",
                Insured,
                {"name": "insured", "tax_id": "insured_tax_id", "state": "insured_state"},
                name=insured,
                tax_id=insured_tax_id,
                state=insured_state,
                participants=listed(participants),
                leased_workers=listed(leased_workers),
            ),
            terms=source.statement(
                "terms", Term, effective=effective, expiration=expiration, continuous=flag(continuous)
            ),
            limits=source.statement(
                "limits",
                Limits,
                {kind.value: f"limits.{kind.value}" for kind in LimitKind},
                **amounts_stated(source, limits),
                products_in_general_aggregate=flag(products_in_general_aggregate),
                aggregate_basis=aggregate_basis,
                retention=retention,
            ),
            triggers=source.statement(
                "triggers",
                TriggerTerms,
                trigger=trigger,
                retroactive_date=retroactive_date,
                full_prior_acts=flag(full_prior_acts),
                extended_reporting_until=extended_reporting_until,
            ),
            endorsements=source.statements("endorsements", endorsements, EndorsementKind, Endorsement),
            endorsement_lists=source.statement(
                "endorsement_lists",
                EndorsementList,
                {"is_complete": "endorsements_complete"},
                is_complete=endorsements_complete,
            ),
            policy_exclusions=source.statements("policy_exclusions", policy_exclusions, ExclusionKind, PolicyExclusion),
            covered_autos=source.statement(
                "covered_autos", CoveredAutos, {"kinds": "covered_autos"}, kinds=listed(covered_autos)
            ),
            states=source.statement(
                "states",
                StatesCovered,
                {"notices": "state_notices"},
                item_3a=states_stated(source, "item_3a", item_3a),
                item_3c=states_stated(source, "item_3c", item_3c),
                notices=listed(state_notices),
            ),
            exclusions=source.statement(
                "exclusions",
                Exclusions,
                any_excluded=any_excluded,
                excluded=listed(excluded),
                included=listed(included),
                if_any=flag(if_any),
            ),
            underlying_schedules=source.statement(
                "underlying_schedules",
                UnderlyingSchedule,
                {"schedule": "underlying"},
                schedule=underlying,
                follows_form_over=lines_followed(source, follows_form_over),
            ),
        )
