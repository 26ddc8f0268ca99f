"""An assignment: one contractor's work for one client, its days, states, pay, contracts and the person who does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.contractor import PayerChoice
from contractor_compliance.domain.fields import SetOf, Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, Id, Missing, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = [
    "Assignment",
    "AssignmentStatus",
    "Party",
    "PartyRole",
    "PayBasis",
    "PayRate",
    "WrittenContract",
]


class PartyRole(LabeledCode):
    """A party by its role in an assignment, which says who has that role; requirements name roles.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> factories.endorsement_rule(parties=frozenset({PartyRole.CLIENT})).parties
        frozenset({<PartyRole.CLIENT: 'client'>})
    """

    COMPANY = "company"
    CLIENT = "client"
    OWNER = "owner"


class PayBasis(LabeledCode):
    """What a pay rate is paid for. Rates of different bases are never averaged together.

    Example:
        >>> [basis.value for basis in PayBasis]
        ['hour', 'day', 'week', 'month', 'unit', 'flat']
    """

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    UNIT = "unit"
    FLAT = "flat"


class AssignmentStatus(LabeledCode):
    """Where an assignment stands on a day.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Assignment
        >>> assignment = Assignment(id="assignment-1", start=date(2026, 3, 2), end=date(2026, 9, 30))
        >>> [assignment.status_on(day).value for day in (date(2026, 3, 1), date(2026, 9, 30), date(2026, 10, 1))]
        ['upcoming', 'active', 'ended']
    """

    UPCOMING = "upcoming"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class PayRate(Value):
    """What the contractor is paid from a day on.

    Attributes:
        effective: First day of the rate; it holds until the next rate's first day.
        cents: Amount in US cents.
        basis: Per hour, day, week, month, unit, or a flat fee.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import PayBasis
        >>> from contractor_compliance.testing import factories
        >>> rates = (
        ...     PayRate(effective=date(2026, 1, 1), cents=40_00, basis=PayBasis.HOUR),
        ...     PayRate(effective=date(2026, 7, 1), cents=42_50, basis=PayBasis.HOUR),
        ... )
        >>> factories.assignment(pay_rates=rates).pay_rate_on(date(2026, 6, 30)).cents
        4000
    """

    effective: date
    cents: Annotated[int, AtLeast(0)]
    basis: PayBasis


@attrs.frozen(kw_only=True)
class Party(Value):
    """A legal person with a role on the assignment, besides the company and the client.

    Attributes:
        role: What it is to the work.
        name: Legal name.
        aliases: Other spellings that a person has accepted.

    Example:
        >>> from contractor_compliance.domain import PartyRole
        >>> from contractor_compliance.testing import factories
        >>> owner = Party(role=PartyRole.OWNER, name="Sample Towers LP")
        >>> factories.assignment(parties=(owner,)).parties[0].role.label
        'owner'
    """

    role: PartyRole
    name: Text
    aliases: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])


@attrs.frozen(kw_only=True)
class WrittenContract(Value):
    """A written contract of the contractor that bears on the assignment (domain rule B4.2).

    Attributes:
        with_party: The role of the party that the contractor signed with.
        signed_on: Day it was executed.
        additional_insureds: Roles of the parties that it says must be added as additional insured, beyond the party
            it is with.
        notice_of_cancellation_days: Days of notice of a cancellation that the contractor itself promises to that
            party, if it does (domain rule B14.22).
        reference: The contract's own number or title.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import PartyRole
        >>> from contractor_compliance.testing import factories
        >>> contract = WrittenContract(with_party=PartyRole.CLIENT, signed_on=date(2026, 2, 1))
        >>> factories.assignment(contracts=(contract,)).contract_date
        datetime.date(2026, 2, 1)
    """

    with_party: PartyRole
    signed_on: date
    additional_insureds: frozenset[PartyRole] = field(default=frozenset(), converter=SetOf[PartyRole])
    notice_of_cancellation_days: Annotated[int, AtLeast(1)] | None = None
    reference: Text | None = None


@attrs.frozen(kw_only=True)
class Assignment(Value):
    """One engagement. Both ends are worked days.

    Attributes:
        id: The host's own id.
        start: First worked day.
        end: Last worked day; None = open.
        cancelled_on: Day it was cancelled, on or before its start; from then it needs no cover.
        on_hold: Saved but not released: judged as upcoming whatever the day.
        client_id: The client in the dossier, if there is one.
        own_work: Whether it is known that the work has no client: it is for the company itself. Without client and
            without this, which client it is for is not known (domain rule B14.9).
        job_code_id: The job code in the dossier, if there is one.
        title: What it is called.
        work_states: States in which the work is done; each is judged. Empty = not known.
        remote: Done from home: the home state is the state of work where none is given.
        worker: Id of the person (owner or employee) who does the work; absent = not known. A contractor that is an
            individual or a sole proprietor without employees does its own work.
        contracts: Written contracts that bear on it.
        parties: Further parties, such as the owner of the project.
        pay_rates: Pay, oldest first.
        payers: Who pays for program cover on this assignment, by line.
        purchase_order: The client's order number.

    Example:
        >>> from datetime import date
        >>> assignment = Assignment(id="assignment-1", start=date(2026, 3, 2), end=date(2026, 9, 30))
        >>> assignment.status_on(date(2026, 9, 30)).value, assignment.status_on(date(2026, 10, 1)).value
        ('active', 'ended')
    """

    id: Id
    start: date
    end: date | None = None
    cancelled_on: date | None = None
    on_hold: bool = False
    client_id: Id | None = None
    own_work: bool = False
    job_code_id: Id | None = None
    title: Text | None = None
    work_states: frozenset[State] = field(default=frozenset(), converter=SetOf[State])
    remote: bool = False
    worker: Id | Missing = field(default=Missing.ABSENT, converter=Stated[Id])
    contracts: tuple[WrittenContract, ...] = field(default=(), converter=TupleOf[WrittenContract])
    parties: tuple[Party, ...] = field(default=(), converter=TupleOf[Party])
    pay_rates: tuple[PayRate, ...] = field(default=(), converter=TupleOf[PayRate])
    payers: tuple[PayerChoice, ...] = field(default=(), converter=TupleOf[PayerChoice])
    purchase_order: Text | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.end is not None and self.end < self.start:
            yield Fault("$.end", str(self.end), f"must not be before the start, {self.start}")
        if self.own_work and self.client_id is not None:
            yield Fault("$.own_work", "True", f"contradicts the client {self.client_id!r}; leave one of them out")
        if self.cancelled_on is not None and self.cancelled_on > self.start:
            yield Fault(
                "$.cancelled_on",
                str(self.cancelled_on),
                f"is after work began on {self.start}; set the end instead",
            )
        for index, (before, rate) in enumerate(zip(self.pay_rates, self.pay_rates[1:], strict=False), start=1):
            if rate.effective <= before.effective:
                yield Fault(
                    f"$.pay_rates[{index}].effective",
                    str(rate.effective),
                    f"must be after {before.effective}",
                )
        yield from repeated(self.payers, "payers", lambda choice: choice.line)

    def status_on(self, day: date) -> AssignmentStatus:
        """Return where the assignment stands on `day`."""
        if self.cancelled_on is not None and self.cancelled_on <= day:
            return AssignmentStatus.CANCELLED
        if self.on_hold or day < self.start:
            return AssignmentStatus.UPCOMING
        if self.end is not None and self.end < day:
            return AssignmentStatus.ENDED
        return AssignmentStatus.ACTIVE

    def pay_rate_on(self, day: date) -> PayRate | None:
        """Return the pay rate that holds on `day`, or None before the first."""
        return next((rate for rate in reversed(self.pay_rates) if rate.effective <= day), None)

    @property
    def contract_date(self) -> date:
        """The day of the earliest written contract, else the start: what decides which requirements spare it."""
        return min((contract.signed_on for contract in self.contracts), default=self.start)
