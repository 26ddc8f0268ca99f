"""Rate cards: what a company has negotiated for cover, by job code, line and state. A rate is never a bare number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.interval import IntervalSet, overlapping
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.value import AtLeast, Id, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["CardRate", "Rate", "RateBasis", "RateCard", "RateType"]


class RateType(LabeledCode):
    """What a rate pays for. A loss cost is no premium: the insurer's own expenses are not in it (rule B6.16).

    Example:
        >>> RateType("loss_cost").label
        'loss cost'
    """

    LOSS_COST = "loss_cost"
    PURE_PREMIUM = "pure_premium"
    MANUAL = "manual"
    CARRIER = "carrier"
    NET = "net"


class RateBasis(LabeledCode):
    """What a rate is multiplied with: pay, receipts, hours worked, or nothing (rules B6.14 and B6.15).

    Example:
        >>> RateBasis("per_100_pay").label
        'per $100 of pay'
    """

    PER_100_PAY = "per_100_pay"
    PER_1000_PAY = "per_1000_pay"
    PER_1000_RECEIPTS = "per_1000_receipts"
    PER_HOUR = "per_hour"
    FLAT = "flat"


@attrs.frozen(kw_only=True)
class Rate(Value):
    """One rate, with all that it takes to know what it is.

    Attributes:
        micros: Amount in millionths of a US dollar: some states print four decimals of a dollar per hour.
        type: What it pays for.
        basis: What it is multiplied with.
        scheme: The bureau or state whose class code it is for, if it is for one.
        class_code: The class code as that manual writes it.
        effective: First day.
        until: The day after the last; None = no end is known.
        source: Where it was read: filing, quote, or the address of a page.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import RateBasis, RateType
        >>> basis = RateBasis.PER_100_PAY
        >>> rate = Rate(micros=8_250_000, type=RateType.NET, basis=basis, effective=date(2026, 1, 1), source="quote 7")
        >>> rate.micros / 1_000_000, rate.basis.label
        (8.25, 'per $100 of pay')
    """

    micros: Annotated[int, AtLeast(0)]
    type: RateType
    basis: RateBasis
    scheme: Text | None = None
    class_code: Text | None = None
    effective: date
    until: date | None = None
    source: Text

    def _faults(self) -> Iterator[Fault]:
        if self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")
        if (self.scheme is None) is not (self.class_code is None):
            yield Fault(
                "$.class_code",
                repr(self.class_code),
                "a class code means something only with its scheme; give both or neither",
            )


@attrs.frozen(kw_only=True)
class CardRate(Value):
    """A negotiated rate for one job code, line and state.

    Attributes:
        job_code_id: The job code.
        line: Line of insurance.
        state: Workers' compensation: state of work; other lines: the contractor's home state.
        rate: The rate.

    Example:
        >>> from contractor_compliance.domain import Line, State
        >>> from contractor_compliance.testing import factories
        >>> CardRate(job_code_id="rigger", line=Line.WC, state=State.AL, rate=factories.rate()).rate.type.value
        'net'
    """

    job_code_id: Id
    line: Line
    state: State
    rate: Rate


@attrs.frozen(kw_only=True)
class RateCard(Value):
    """What a company has negotiated.

    Attributes:
        id: The host's own id.
        title: Name for people.
        rates: The rates. Two for the same job code, line and state must not be valid on the same day.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> card = RateCard(id="card-2026", rates=(factories.card_rate(),))
        >>> [(rate.job_code_id, rate.line.label, rate.state.value) for rate in card.rates]
        [('RIG-1', "workers' compensation", 'AL')]
    """

    id: Id
    title: Text | None = None
    rates: tuple[CardRate, ...] = field(default=(), converter=TupleOf[CardRate])

    def _faults(self) -> Iterator[Fault]:
        alike: dict[tuple[str, Line, State], list[tuple[IntervalSet, str]]] = {}
        for index, rate in enumerate(self.rates):
            days = IntervalSet.of(rate.rate.effective, rate.rate.until)
            alike.setdefault((rate.job_code_id, rate.line, rate.state), []).append((days, f"rates[{index}]"))
        for (job_code_id, line, state), rivals in alike.items():
            for earlier, later in overlapping(rivals):
                yield Fault(
                    f"$.{later}",
                    f"{job_code_id}, {line}, {state.value}",
                    f"is valid on the same days as {earlier}; end one first",
                )
