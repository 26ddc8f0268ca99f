"""The independent contractor: an individual or an entity, the people in it, its licenses and its masked tax id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated

import attrs

from contractor_compliance.domain.autos import OwnedAutos
from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.fields import Stated, TupleOf, field
from contractor_compliance.domain.geography import Address, State, Zone, zone_of
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.names.comparing import FiledNames
from contractor_compliance.domain.value import (
    AtLeast,
    AtMost,
    Id,
    Missing,
    Sensitive,
    Text,
    Value,
    repeated,
)
from contractor_compliance.errors import Fault, InvalidValueError

__all__ = ["Contractor", "EntityType", "License", "PayerChoice", "Person", "PersonRole", "TaxId"]


class EntityType(LabeledCode):
    """The legal form of a contractor; states treat owners by it (domain rule B6.6).

    Example:
        >>> EntityType("sole_proprietor").label
        'sole proprietor'
    """

    INDIVIDUAL = "individual"
    SOLE_PROPRIETOR = "sole_proprietor"
    PARTNERSHIP = "partnership"
    LLC = "llc"
    CORPORATION = "corporation"
    OTHER = "other"


class PersonRole(LabeledCode):
    """What a person is to the contractor: an owner of whatever form, or an employee.

    Example:
        >>> [role.value for role in PersonRole]
        ['owner', 'employee']
    """

    OWNER = "owner"
    EMPLOYEE = "employee"


class TaxId:
    """An EIN, SSN or ITIN: nine digits that show as `***-**-1234` everywhere but in `reveal()`.

    Its hyphens say which it is: `78-4400101` is an EIN, `900-70-1234` an SSN or ITIN; nine digits alone do not say.
    Equals another TaxId with the same digits and kind, never text: equal values are written alike.
    `is_same_number` says whether two can be compared and are one number.

    Raises:
        InvalidValueError: If the text does not hold exactly nine digits, or digits that only fill the field (all
            equal, 123456789, or beginning with 000). The text is not repeated in the message.

    Example:
        >>> TaxId("78-4400101")
        TaxId('***-**-0101')
        >>> TaxId("78-4400101").is_same_number(TaxId("784400101"))
        True
        >>> TaxId("98-7654326").is_same_number(TaxId("987-65-4326")) is None
        True
    """

    __slots__ = ("_digits", "_is_ein")
    _digits: str
    _is_ein: bool | None

    def __init__(self, text: str) -> None:
        written = str(text).strip()
        digits = re.sub(r"[\s-]", "", written)
        if not re.fullmatch(r"[0-9]{9}", digits):
            raise InvalidValueError("TaxId", (Fault("$", "***", "must be nine digits, hyphens allowed"),))
        if len(set(digits)) == 1 or digits == "123456789" or digits.startswith("000"):
            problem = "is a placeholder and nobody's number (domain rule B14.8); leave the field out if it is not known"
            raise InvalidValueError("TaxId", (Fault("$", "***", problem),))
        object.__setattr__(self, "_digits", digits)
        is_ein = None
        if re.fullmatch(r"\d{2}[\s-]\d{7}", written):
            is_ein = True
        elif re.fullmatch(r"\d{3}[\s-]\d{2}[\s-]\d{4}", written):
            is_ein = False
        object.__setattr__(self, "_is_ein", is_ein)

    def __setattr__(self, name: str, value: object) -> None:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> None:
        raise attrs.exceptions.FrozenInstanceError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TaxId):
            return NotImplemented
        return self._digits == other._digits and self._is_ein is other._is_ein

    def __hash__(self) -> int:
        return hash(("TaxId", self._digits, self._is_ein))

    def __repr__(self) -> str:
        return f"TaxId('{self}')"

    def __str__(self) -> str:
        return f"***-**-{self._digits[-4:]}"

    def __reduce__(self) -> tuple[type[TaxId], tuple[str]]:
        # Pickles and copies must work on workers; a pickle holds the digits, as the value does.
        return TaxId, (self.reveal(hyphens=True),)

    @property
    def is_ein(self) -> bool | None:
        """Whether it is an employer's number (True) or a person's, SSN or ITIN (False); None = not stated."""
        return self._is_ein

    def is_same_number(self, other: TaxId) -> bool | None:
        """Return whether two tax ids are one number; None where an EIN meets an SSN, which proves nothing."""
        if None not in (self._is_ein, other._is_ein) and self._is_ein is not other._is_ein:
            return None
        return self._digits == other._digits

    def reveal(self, *, hyphens: bool = False) -> str:
        """Return the nine digits in clear. The caller answers for where they go.

        Args:
            hyphens: Write the hyphens of an EIN or SSN where its kind is stated, as documents do.
        """
        digits = self._digits
        if not hyphens or self._is_ein is None:
            return digits
        return f"{digits[:2]}-{digits[2:]}" if self._is_ein else f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


@attrs.frozen(kw_only=True)
class Person(Value):
    """Someone who works for the contractor, or owns it.

    Attributes:
        id: Id, unique within the contractor.
        name: Name as documents write it.
        role: Owner (sole proprietor, partner, member, officer) or employee.
        ownership_percent: Share owned, 0 to 100; some states ask for a minimum to opt out (domain rule B6.7).

    Example:
        >>> owner = Person(id="person-1", name="Sam Sample", ownership_percent=60)
        >>> owner.role.value, owner.ownership_percent
        ('owner', 60)
    """

    id: Id
    name: Text
    role: PersonRole = PersonRole.OWNER
    ownership_percent: Annotated[int, AtLeast(0), AtMost(100)] | Missing = field(
        default=Missing.ABSENT, converter=Stated[Annotated[int, AtLeast(0), AtMost(100)]]
    )


@attrs.frozen(kw_only=True)
class License(Value):
    """A license of a state board.

    Attributes:
        state: The state of the board.
        number: License number.
        classes: Classifications as the board writes them, such as `C-39`; `C39` and `C-39` are the same.
        effective: First day, or None if not known.
        expiration: The day after the last, or None if not known.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import State
        >>> License(state=State.CA, number="900001", classes=("C-39",), expiration=date(2027, 7, 1)).classes
        ('C-39',)
    """

    state: State
    number: Text
    classes: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    effective: date | None = None
    expiration: date | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.effective and self.expiration and self.expiration <= self.effective:
            yield Fault(
                "$.expiration",
                str(self.expiration),
                f"must be after the first day, {self.effective}",
            )


@attrs.frozen(kw_only=True)
class PayerChoice(Value):
    """Who pays for program cover of one line.

    Attributes:
        line: The line of insurance.
        payer: Who pays for it.

    Example:
        >>> from contractor_compliance.domain import Line, Payer
        >>> from contractor_compliance.testing import factories
        >>> choice = PayerChoice(line=Line.WC, payer=Payer.ORGANIZATION)
        >>> factories.contractor(payers=(choice,)).payers[0].payer.value
        'organization'
    """

    line: Line
    payer: Payer


@attrs.frozen(kw_only=True)
class Contractor(Value):
    """An independent contractor.

    Attributes:
        id: The host's own id.
        legal_name: The legal person that must be insured (domain rule B7.1).
        entity_type: Legal form.
        aliases: Other spellings of the legal name that a person has accepted: each counts as the legal name.
        trade_names: Names under which it does business. A trade name is no entity: insurance under it needs review.
        tax_id: EIN, SSN or ITIN; masked wherever it is shown.
        home_address: Residence or seat; its state is the home state of remote work.
        mailing_address: Where post goes, if elsewhere; its zone rules the instants of cover (domain rule B3.3).
        zone: Time zone of the mailing address where the state does not decide it.
        email: For reminders; only a label, never an identity.
        phone: For reminders.
        people: Owners and employees known by name.
        has_employees: Whether it has employees besides its owners.
        licenses: Licenses of state boards.
        owned_autos: Statements of whether it owns any auto (domain rule B14.10).
        payers: Who pays for program cover, by line, where the assignment does not say.

    Example:
        >>> from contractor_compliance.domain import Address, State
        >>> home = Address(state=State.TX, locality="El Paso")
        >>> contractor = Contractor(id="contractor-1", legal_name="Sample Rigging LLC", home_address=home)
        >>> contractor.home_state.value, contractor.cover_zone  # Texas has two time zones
        ('TX', None)
    """

    id: Id
    legal_name: Text
    entity_type: EntityType = EntityType.OTHER
    aliases: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    trade_names: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    tax_id: Annotated[TaxId | None, Sensitive()] = None
    home_address: Address | None = None
    mailing_address: Address | None = None
    zone: Zone | None = None
    email: Text | None = None
    phone: Text | None = None
    people: tuple[Person, ...] = field(default=(), converter=TupleOf[Person])
    has_employees: bool | Missing = field(default=Missing.ABSENT, converter=Stated[bool])
    licenses: tuple[License, ...] = field(default=(), converter=TupleOf[License])
    owned_autos: tuple[OwnedAutos, ...] = field(default=(), converter=TupleOf[OwnedAutos])
    payers: tuple[PayerChoice, ...] = field(default=(), converter=TupleOf[PayerChoice])

    def _faults(self) -> Iterator[Fault]:
        yield from repeated(self.people, "people", lambda person: person.id)
        yield from repeated(self.payers, "payers", lambda choice: choice.line)

    @property
    def is_individual(self) -> bool:
        """Whether it is a human being and no company."""
        return self.entity_type in (EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR)

    @cached_property
    def names_on_file(self) -> FiledNames:
        """Its names, read for comparisons."""
        people = tuple(person.name for person in self.people)
        return FiledNames((self.legal_name, *self.aliases), self.trade_names, people, self.is_individual)

    @property
    def home_state(self) -> State | None:
        """The state of residence or seat, if known."""
        return self.home_address.state if self.home_address else None

    @property
    def cover_zone(self) -> str | None:
        """Time zone in which the instants of cover are read, or None if it is not known."""
        address = self.mailing_address or self.home_address
        return self.zone or (zone_of(address.state) if address else None)
