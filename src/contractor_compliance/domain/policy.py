"""An insurance policy as its evidence states it.

Each group of facts (term, limits, trigger, states, exclusions, underlying insurance, insured) is a tuple of statements,
one for each source, so that sources may contradict each other. The evaluator resolves them: the strongest evidence
level counts, then the latest evidence, else the fact is unknown. A renewal is a policy of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.carrier import NaicNumber
from contractor_compliance.domain.contractor import TaxId
from contractor_compliance.domain.endorsement import Endorsement
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.exclusion import PolicyExclusion
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import Limits
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.value import (
    Id,
    Missing,
    Sensitive,
    Text,
    Value,
)
from contractor_compliance.errors import Fault

__all__ = [
    "Cancellation",
    "Exclusions",
    "Insured",
    "InsuredCapacity",
    "Participant",
    "Policy",
    "Reinstatement",
    "StateList",
    "StateListKind",
    "StateNotice",
    "StatesCovered",
    "Term",
    "Trigger",
    "TriggerTerms",
    "UnderlyingLimit",
    "UnderlyingSchedule",
]


@attrs.frozen(kw_only=True)
class Term(Value):
    """The policy period as one source states it.

    Attributes:
        effective: First day in force.
        expiration: The day on which it ends: not in force on that day (domain rule B3.2).
        continuous: In force until cancelled, as a surety bond, a state-fund account or a register's exemption is
            (rule B3.13). Whoever records it says so; a blank expiration alone never means it.
        evidence: Where this was read.
    """

    effective: date | Missing = Missing.ABSENT
    expiration: date | Missing = Missing.ABSENT
    continuous: bool = False
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.expiration, Missing):
            return
        if self.continuous:
            yield Fault(
                "$.expiration",
                str(self.expiration),
                "a continuous term has none; record the end as a cancellation",
            )
        if not isinstance(self.effective, Missing) and self.expiration <= self.effective:
            yield Fault(
                "$.expiration",
                str(self.expiration),
                f"must be after the effective date, {self.effective}",
            )


@attrs.frozen(kw_only=True)
class Cancellation(Value):
    """A notice that ends the policy early (domain rules B3.6, B3.9).

    Attributes:
        effective: First day without cover, as the notice states it. On the policy's own first day: flat, no cover.
        issued_on: Day of the notice; notices work in this order.
        statutory_end: Last day on which a state may still hold the insurer liable, if someone worked it out
            (rule B3.7). A note for a loss-day report; it never counts as cover.
        reason: Why, as the notice says.
        evidence: Where this was read.
    """

    effective: date | Missing = Missing.ABSENT
    issued_on: date | Missing = Missing.ABSENT
    statutory_end: date | None = None
    reason: Text | None = None
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Reinstatement(Value):
    """A notice that brings a cancelled policy back (domain rules B3.8, B3.9).

    It lifts the cancellations issued before it, or on its own day, from its own effective date. At or before the
    cancellation's date it rescinds it; later, the days between stay uncovered for good.

    Attributes:
        effective: First day of cover again.
        issued_on: Day of the notice.
        evidence: Where this was read.
    """

    effective: date | Missing = Missing.ABSENT
    issued_on: date | Missing = Missing.ABSENT
    evidence: Evidence


class Trigger(LabeledCode):
    """What makes a policy answer: an occurrence in its term, or a claim made in its term."""

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
    """

    trigger: Trigger | Missing = Missing.ABSENT
    retroactive_date: date | Missing = Missing.ABSENT
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
    """A list of states, or every state but those listed."""

    LISTED = "listed"
    ALL_EXCEPT = "all_except"


@attrs.frozen(kw_only=True)
class StateList(Value):
    """A list of states as policies write it: listed, or all except some (domain rule B6.3).

    Attributes:
        kind: How `states` is meant.
        states: The states named.
    """

    kind: StateListKind = StateListKind.LISTED
    states: frozenset[State] = frozenset()

    def __contains__(self, state: State) -> bool:
        return (state in self.states) is (self.kind is StateListKind.LISTED)


@attrs.frozen(kw_only=True)
class StateNotice(Value):
    """Notice given to the insurer that work goes on in a state (domain rule B6.3).

    Attributes:
        state: The state.
        given_on: Day of the notice.
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
    """

    item_3a: StateList | Missing = Missing.ABSENT
    item_3c: StateList | Missing = Missing.ABSENT
    notices: tuple[StateNotice, ...] = ()
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Exclusions(Value):
    """Who is left out of a workers' compensation policy, as one source states it (domain rules B1.2, B6.11).

    Attributes:
        any_excluded: The certificate's question: is any owner excluded?
        excluded: Ids or names of the people excluded.
        included: Ids or names of owners who elected to be covered.
        if_any: Issued with no payroll ("if any" or ghost policy): it covers nobody who owns the contractor.
        evidence: Where this was read.
    """

    any_excluded: bool | Missing = Missing.ABSENT
    excluded: tuple[Text, ...] = ()
    included: tuple[Text, ...] = ()
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
    """

    line: Line
    occurrence: Cents | Missing = Missing.ABSENT
    aggregate: Cents | Missing = Missing.ABSENT


@attrs.frozen(kw_only=True)
class UnderlyingSchedule(Value):
    """What an umbrella or excess policy sits on, as one source states it (domain rule B2.5).

    Attributes:
        schedule: Schedule of underlying insurance.
        follows_form_over: Lines that it covers by following form, whether the schedule lists them or not.
        evidence: Where this was read.
    """

    schedule: tuple[UnderlyingLimit, ...] | Missing = Missing.ABSENT
    follows_form_over: tuple[UnderlyingLimit, ...] = ()
    evidence: Evidence


class InsuredCapacity(LabeledCode):
    """As what the policy covers the contractor (domain rule B7.5)."""

    NAMED_INSURED = "named_insured"
    PARTICIPANT = "participant"
    LEASED_WORKER = "leased_worker"


@attrs.frozen(kw_only=True)
class Participant(Value):
    """An entry in the schedule of a master or leasing policy.

    Attributes:
        name: Name enrolled or leased.
        effective: First day.
        until: The day after the last; None = as long as the policy.
    """

    name: Text
    effective: date
    until: date | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")


@attrs.frozen(kw_only=True)
class Insured(Value):
    """Whom the policy covers, as one source states it.

    Attributes:
        name: Named insured as the source writes it, `<legal name> dba <trade name>` included.
        tax_id: The named insured's tax id, where the source shows it.
        participants: Schedule of a master or leasing policy.
        evidence: Where this was read.
    """

    name: Text | None = None
    tax_id: Annotated[TaxId | None, Sensitive()] = None
    participants: tuple[Participant, ...] = ()
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Policy(Value):
    """One insurance policy, or surety bond, for one term.

    Attributes:
        id: The host's own id.
        line: Its line. A workers' compensation policy brings employers' liability with it.
        number: Policy number as printed.
        carrier_name: Insurer as printed.
        carrier_naic: The insurer's NAIC number.
        insured_as: As what it covers the contractor.
        program: Cover bought through the company's program; own policies are not.
        assignment_id: The one assignment that it counts for; None = all.
        insured: Statements of whom it covers.
        terms: Statements of its period.
        cancellations: Notices of cancellation.
        reinstatements: Notices of reinstatement.
        limits: Statements of its limits.
        triggers: Statements of its trigger.
        endorsements: Statements of its endorsements.
        endorsements_complete: Evidence that the list of endorsements is the whole list, if there is such evidence:
            only then does an endorsement not listed count as missing.
        policy_exclusions: Statements of exclusions and limitations that it carries, or does not (domain rule B14.11).
        states: Statements of the states it covers (workers' compensation).
        exclusions: Statements of who is excluded (workers' compensation).
        underlying_schedules: Statements of the insurance that it sits on (umbrella, excess).
    """

    id: Id
    line: Line
    number: Text | None = None
    carrier_name: Text | None = None
    carrier_naic: NaicNumber | None = None
    insured_as: InsuredCapacity = InsuredCapacity.NAMED_INSURED
    program: bool = False
    assignment_id: Id | None = None
    insured: tuple[Insured, ...] = ()
    terms: tuple[Term, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    reinstatements: tuple[Reinstatement, ...] = ()
    limits: tuple[Limits, ...] = ()
    triggers: tuple[TriggerTerms, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    endorsements_complete: Evidence | None = None
    policy_exclusions: tuple[PolicyExclusion, ...] = ()
    states: tuple[StatesCovered, ...] = ()
    exclusions: tuple[Exclusions, ...] = ()
    underlying_schedules: tuple[UnderlyingSchedule, ...] = ()

    def _faults(self) -> Iterator[Fault]:
        if self.underlying_schedules and not self.line.is_layer:
            yield Fault("$.underlying_schedules", self.line, "only umbrella and excess policies sit on others")
        if self.line not in (Line.WC, Line.EL):
            if self.states:
                yield Fault(
                    "$.states",
                    self.line,
                    "only a workers' compensation policy lists states in 3.A and 3.C",
                )
            if self.exclusions:
                yield Fault("$.exclusions", self.line, "only a workers' compensation policy excludes owners")
