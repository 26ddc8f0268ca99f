"""An insurance policy as its evidence states it.

Each group of facts (number and insurer, term, limits, trigger, states, exclusions, underlying insurance, insured) is a
tuple of statements, one for each source, so that sources may contradict each other. The evaluator resolves them: the
strongest evidence level counts, then the latest evidence, else the fact is unknown. A renewal is a policy of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.autos import CoveredAutos
from contractor_compliance.domain.contractor import TaxId
from contractor_compliance.domain.endorsement import Endorsement, EndorsementList
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.exclusion import PolicyExclusion
from contractor_compliance.domain.fields import SetOf, Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.identification import PolicyIdentification
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import Limits
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.term import Cancellation, Reinstatement, Term
from contractor_compliance.domain.value import (
    Id,
    Missing,
    Sensitive,
    Text,
    Value,
)
from contractor_compliance.errors import Fault

__all__ = [
    "Exclusions",
    "Insured",
    "InsuredCapacity",
    "Participant",
    "Policy",
    "StateList",
    "StateListKind",
    "StateNotice",
    "StatesCovered",
    "Trigger",
    "TriggerTerms",
    "UnderlyingLimit",
    "UnderlyingSchedule",
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


class StateListKind(LabeledCode):
    """A list of states, or every state but those listed.

    Example:
        >>> from contractor_compliance.domain import State, StateList
        >>> all_but_ohio = StateList(kind=StateListKind.ALL_EXCEPT, states=frozenset({State.OH}))
        >>> State.AL in all_but_ohio, State.OH in all_but_ohio
        (True, False)
    """

    LISTED = "listed"
    ALL_EXCEPT = "all_except"


@attrs.frozen(kw_only=True)
class StateList(Value):
    """A list of states as policies write it: listed, or all except some (domain rule B6.3).

    Attributes:
        kind: How `states` is meant.
        states: The states named.

    Example:
        >>> from contractor_compliance.domain import State
        >>> listed = StateList(states=frozenset({State.AL, State.GA}))
        >>> State.GA in listed, State.FL in listed
        (True, False)
    """

    kind: StateListKind = StateListKind.LISTED
    states: frozenset[State] = field(default=frozenset(), converter=SetOf[State])

    def __contains__(self, state: State) -> bool:
        return (state in self.states) is (self.kind is StateListKind.LISTED)


@attrs.frozen(kw_only=True)
class StateNotice(Value):
    """Notice given to the insurer that work goes on in a state (domain rule B6.3).

    Attributes:
        state: The state.
        given_on: Day of the notice.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import State, StatesCovered
        >>> from contractor_compliance.testing import factories
        >>> notice = StateNotice(state=State.GA, given_on=date(2026, 3, 2))
        >>> StatesCovered(notices=(notice,), evidence=factories.evidence()).notices[0].state.value
        'GA'
    """

    state: State
    given_on: date


@attrs.frozen(kw_only=True)
class StatesCovered(Value):
    """The states of a workers' compensation policy as one source lists them.

    Attributes:
        item_3a: States whose law the policy applies to from its first day.
        item_3c: Other states, for work that begins after the policy does.
        notices: Notices to the insurer of work in a state.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import State, StateList
        >>> from contractor_compliance.testing import factories
        >>> alabama = StateList(states=frozenset({State.AL}))
        >>> states = StatesCovered(item_3a=alabama, evidence=factories.evidence())
        >>> State.AL in states.item_3a, states.item_3c
        (True, <Missing.ABSENT: 'absent'>)
    """

    item_3a: StateList | Missing = field(default=Missing.ABSENT, converter=Stated[StateList])
    item_3c: StateList | Missing = field(default=Missing.ABSENT, converter=Stated[StateList])
    notices: tuple[StateNotice, ...] = field(default=(), converter=TupleOf[StateNotice])
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Exclusions(Value):
    """Who is left out of a workers' compensation policy, as one source states it (domain rules B1.2, B6.11).

    Attributes:
        any_excluded: The certificate's question: is any owner excluded? A blank, or N/A, is absent: then an employee
            is covered all the same, and an owner only if named here as included, or by the law of the state
            (domain rule B14.18). N alone says that no owner is left out, at the level of its source.
        excluded: Ids or names of the people excluded.
        included: Ids or names of owners who elected to be covered.
        if_any: Issued with no payroll ("if any" or ghost policy): it covers nobody who owns the contractor.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> exclusions = Exclusions(any_excluded=True, excluded=("person-1",), evidence=factories.evidence())
        >>> factories.wc_policy(exclusions=(exclusions,)).exclusions[0].excluded
        ('person-1',)
    """

    any_excluded: bool | Missing = field(default=Missing.ABSENT, converter=Stated[bool])
    excluded: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    included: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    if_any: bool = False
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if self.excluded and self.any_excluded is False:
            yield Fault("$.any_excluded", "False", "contradicts the people listed as excluded")
        for name in sorted(set(self.excluded) & set(self.included)):
            yield Fault("$.included", repr(name), "is listed as excluded as well")


@attrs.frozen(kw_only=True)
class UnderlyingLimit(Value):
    """One row of an umbrella's schedule of underlying insurance: the attachment point over a line.

    Attributes:
        line: The line beneath.
        occurrence: Per-occurrence (accident, claim) amount that must lie beneath, in cents.
        aggregate: Aggregate that must lie beneath, in cents.

    Example:
        >>> from contractor_compliance.domain import Line, cents, format_cents
        >>> row = UnderlyingLimit(line=Line.GL, occurrence=cents("1,000,000"))
        >>> format_cents(row.occurrence), row.aggregate
        ('$1,000,000', <Missing.ABSENT: 'absent'>)
    """

    line: Line
    occurrence: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    aggregate: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])


@attrs.frozen(kw_only=True)
class UnderlyingSchedule(Value):
    """What an umbrella or excess policy sits on, as one source states it (domain rule B2.5).

    Attributes:
        schedule: Schedule of underlying insurance.
        follows_form_over: Lines that it covers by following form, whether the schedule lists them or not.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import Line, UnderlyingLimit, cents
        >>> from contractor_compliance.testing import factories
        >>> row = UnderlyingLimit(line=Line.AUTO, occurrence=cents("1,000,000"))
        >>> schedule = UnderlyingSchedule(schedule=(row,), evidence=factories.evidence())
        >>> factories.umbrella_policy(underlying_schedules=(schedule,)).underlying_schedules[0].schedule[0].line.label
        'automobile liability'
    """

    schedule: tuple[UnderlyingLimit, ...] | Missing = field(
        default=Missing.ABSENT, converter=Stated[Iterable[UnderlyingLimit]]
    )
    follows_form_over: tuple[UnderlyingLimit, ...] = field(default=(), converter=TupleOf[UnderlyingLimit])
    evidence: Evidence


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
