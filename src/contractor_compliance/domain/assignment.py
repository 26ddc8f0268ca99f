"""An assignment: one contractor's work for one client, its days, states, pay, contracts and the person who does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.contractor import PayerChoice
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
    """Whom a requirement names; each assignment says who that is."""

    COMPANY = "company"
    CLIENT = "client"
    OWNER = "owner"


class PayBasis(LabeledCode):
    """What a pay rate is paid for. Rates of different bases are never averaged together."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    UNIT = "unit"
    FLAT = "flat"


class AssignmentStatus(LabeledCode):
    """Where an assignment stands on a day."""

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
    """

    role: PartyRole
    name: Text
    aliases: tuple[Text, ...] = ()


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
    """

    with_party: PartyRole
    signed_on: date
    additional_insureds: frozenset[PartyRole] = frozenset()
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
    """

    id: Id
    start: date
    end: date | None = None
    cancelled_on: date | None = None
    on_hold: bool = False
    client_id: Id | None = None
    job_code_id: Id | None = None
    title: Text | None = None
    work_states: frozenset[State] = frozenset()
    remote: bool = False
    worker: Id | Missing = Missing.ABSENT
    contracts: tuple[WrittenContract, ...] = ()
    parties: tuple[Party, ...] = ()
    pay_rates: tuple[PayRate, ...] = ()
    payers: tuple[PayerChoice, ...] = ()
    purchase_order: Text | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.end is not None and self.end < self.start:
            yield Fault("$.end", str(self.end), f"must not be before the start, {self.start}")
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
