"""What an umbrella or excess policy sits on, as one source states it."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import Stated, StatedTupleOf, TupleOf, field
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.value import Missing, Value

__all__ = ["UnderlyingLimit", "UnderlyingSchedule"]


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
        default=Missing.ABSENT, converter=StatedTupleOf[UnderlyingLimit]
    )
    follows_form_over: tuple[UnderlyingLimit, ...] = field(default=(), converter=TupleOf[UnderlyingLimit])
    evidence: Evidence
