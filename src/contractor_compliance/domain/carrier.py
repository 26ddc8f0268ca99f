"""Insurers, their standing in a state and their ratings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Annotated

import attrs

from contractor_compliance.domain.fields import Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, AtMost, Matches, Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Carrier", "CarrierRating", "CarrierStatus", "FinancialStrength", "NaicNumber"]

#: The five-digit number by which insurers are known.
NaicNumber = Annotated[str, Matches(r"\d{5}", "must be the five digits of a NAIC company number")]


class CarrierStatus(LabeledCode):
    """How an insurer stands in the state (domain rule B5.5). Not known is the absence of a status.

    Example:
        >>> CarrierStatus("surplus_lines").label
        'surplus lines'
    """

    ADMITTED = "admitted"
    SURPLUS_LINES = "surplus_lines"
    STATE_FUND = "state_fund"
    SELF_INSURED = "self_insured"


class FinancialStrength(Enum):
    """AM Best's financial strength scale, best first, then the designations that are no rating (domain rule B5.1).

    Example:
        >>> FinancialStrength.A.place < FinancialStrength.A_MINUS.place < FinancialStrength.NOT_RATED.place
        True
    """

    A_PLUS_PLUS = "A++"
    A_PLUS = "A+"
    A = "A"
    A_MINUS = "A-"
    B_PLUS_PLUS = "B++"
    B_PLUS = "B+"
    B = "B"
    B_MINUS = "B-"
    C_PLUS_PLUS = "C++"
    C_PLUS = "C+"
    C = "C"
    C_MINUS = "C-"
    D = "D"
    UNDER_SUPERVISION = "E"
    IN_LIQUIDATION = "F"
    SUSPENDED = "S"
    NOT_RATED = "NR"

    @property
    def place(self) -> int:
        """Place in the order, 0 for the best."""
        return _PLACES[self]


_PLACES = {rating: place for place, rating in enumerate(FinancialStrength)}


@attrs.frozen(kw_only=True)
class CarrierRating(Value):
    """A rating of an insurer. Ratings are licensed data: the library takes them as input and ships none.

    Attributes:
        strength: Financial strength.
        size: Financial size category, 1 (I) to 15 (XV).
        effective: First day of the rating; it holds until the next one.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import FinancialStrength
        >>> rating = CarrierRating(strength=FinancialStrength("A-"), size=7, effective=date(2025, 1, 1))
        >>> rating.strength, rating.size
        (<FinancialStrength.A_MINUS: 'A-'>, 7)
    """

    strength: FinancialStrength
    size: Annotated[int, AtLeast(1), AtMost(15)] | Missing = field(
        default=Missing.ABSENT, converter=Stated[Annotated[int, AtLeast(1), AtMost(15)]]
    )
    effective: date


@attrs.frozen(kw_only=True)
class Carrier(Value):
    """An insurer, found by its NAIC number, else by its name (domain rule B5.3).

    Attributes:
        name: Name.
        naic: NAIC company number.
        status: Admitted, surplus lines, state fund or self-insured.
        fund_state: The state whose fund it is, for a state fund.
        ratings: Ratings, oldest first.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import CarrierRating, FinancialStrength
        >>> rating = CarrierRating(strength=FinancialStrength.A, size=10, effective=date(2025, 1, 1))
        >>> Carrier(name="Sample Mutual Insurance Company", naic="99901", ratings=(rating,)).status
        <Missing.ABSENT: 'absent'>
    """

    name: Text
    naic: NaicNumber | None = None
    status: CarrierStatus | Missing = field(default=Missing.ABSENT, converter=Stated[CarrierStatus])
    fund_state: State | None = None
    ratings: tuple[CarrierRating, ...] = field(default=(), converter=TupleOf[CarrierRating])

    def _faults(self) -> Iterator[Fault]:
        if self.fund_state is not None and self.status is not CarrierStatus.STATE_FUND:
            yield Fault(
                "$.fund_state",
                self.fund_state.value,
                "belongs to a carrier whose status is state_fund",
            )
        for index, (before, rating) in enumerate(zip(self.ratings, self.ratings[1:], strict=False), start=1):
            if rating.effective <= before.effective:
                yield Fault(
                    f"$.ratings[{index}].effective",
                    str(rating.effective),
                    f"must be after {before.effective}",
                )
