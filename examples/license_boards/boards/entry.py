"""What one row of a register says, in words that all registers share."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.domain import EntityType, ExemptionKind, InsuredCapacity, LimitKind, Line, Missing, State

__all__ = ["Cover", "Entry"]


@attrs.frozen(kw_only=True)
class Cover:
    """One policy, bond or exemption as a row states it.

    Attributes:
        line: Its line.
        exemption: What kind of exemption it is; None for a policy or a bond.
        insured_as: As what it covers the licensee.
        carrier: The insurer's name, without the register's own marks.
        surplus_lines: Whether the register marks the insurer as surplus lines.
        state_fund: The state whose fund the insurer is.
        effective: First day; absent where the register does not give it, unreadable where it gives days but not
            of what.
        expiration: The day on which it ends; absent and unreadable as above.
        continuous: In force until cancelled: said of the kinds of which it is true, never because a field is blank.
        cancelled: Day of a cancellation on record.
        ended: The register says that it has ended, but not when.
        amount: Its amount, in cents.
        limits: The limits that the amount is the amount of.
    """

    line: Line
    exemption: ExemptionKind | None = None
    insured_as: InsuredCapacity = InsuredCapacity.NAMED_INSURED
    carrier: str | None = None
    surplus_lines: bool = False
    state_fund: State | None = None
    effective: date | Missing = Missing.ABSENT
    expiration: date | Missing = Missing.ABSENT
    continuous: bool = False
    cancelled: date | None = None
    ended: str | None = None
    amount: int | None = None
    limits: frozenset[LimitKind] = frozenset()

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from other cover of the license: two rows that agree in all of it speak of one policy."""
        carrier = self.carrier.casefold() if self.carrier else None
        return self.line, self.exemption, self.insured_as, carrier, self.effective, self.expiration, self.amount

    @property
    def lasting_identity(self) -> tuple[object, ...]:
        """What tells it from other cover of the license in later extracts too, though its end or its amount may move.

        Where the register gives no beginning, end and amount must do: cover with another end is then a renewal, which
        is a policy of its own.
        """
        begun = isinstance(self.effective, date)
        told = (self.effective,) if begun else (self.effective, self.expiration, self.amount)
        carrier = self.carrier.casefold() if self.carrier else None
        return self.line, self.exemption, self.insured_as, carrier, *told


@attrs.frozen(kw_only=True)
class Entry:
    """What one row says of a license.

    Attributes:
        id: The license.
        line: Line of the file.
        observed: The day on which the register says that the row was current, if it says so.
        entity_type: Legal form of the licensee.
        no_employees: The licensee has certified to the board that there are none.
        home: State of the licensee's address.
        classes: Classes of the license, as the board writes them.
        covers: What it carries.
        notes: What the register says besides, and is not judged.
    """

    id: str
    line: int
    observed: date | None = None
    entity_type: EntityType = EntityType.OTHER
    no_employees: bool = False
    home: State | None = None
    classes: tuple[str, ...] = ()
    covers: tuple[Cover, ...] = ()
    notes: tuple[str, ...] = ()
