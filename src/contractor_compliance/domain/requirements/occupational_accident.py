"""Occupational accident cover as an alternative to workers' compensation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import attrs

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.limits import MinimumLimit, limit_kinds
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirements.header import RequirementHeader, reduced_limits
from contractor_compliance.domain.value import repeated
from contractor_compliance.errors import Fault

__all__ = ["OccupationalAccidentRequirement"]


@attrs.frozen(kw_only=True)
class OccupationalAccidentRequirement(RequirementHeader):
    """Occupational accident cover, accepted as an alternative to workers' compensation (domain rule B6.12).

    It is not workers' compensation: it satisfies only where the law does not demand workers' compensation of the
    person who does the work.

    Attributes:
        limits: Limits that must be carried.
        evidence: What evidence counts.

    Example:
        >>> from contractor_compliance.domain import LimitKind, MinimumLimit, cents
        >>> minimum = MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=cents("1,000,000"))
        >>> OccupationalAccidentRequirement(id="accident", limits=(minimum,)).override_key
        'occupational_accident'
    """

    tag: ClassVar[str] = "occupational_accident"

    limits: tuple[MinimumLimit, ...] = field(default=(), converter=TupleOf[MinimumLimit])
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        allowed = limit_kinds(Line.OCCUPATIONAL_ACCIDENT)
        for index, minimum in enumerate(self.limits):
            if minimum.limit not in allowed:
                yield Fault(
                    f"$.limits[{index}].limit",
                    minimum.limit.value,
                    "occupational accident has no such limit",
                )
        yield from repeated(self.limits, "limits", lambda minimum: minimum.limit)

    @property
    def subject_line(self) -> Line:
        """Occupational accident."""
        return Line.OCCUPATIONAL_ACCIDENT

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        return attrs.evolve(self, limits=reduced_limits(self.limits, limits))
