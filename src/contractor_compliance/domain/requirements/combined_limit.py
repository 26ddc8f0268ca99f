"""A primary line and the layers over it, counted together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import attrs

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.requirements.header import (
    RequirementHeader,
    check_layers,
    check_lines_beneath,
    check_presumed,
    reduced_amounts,
)
from contractor_compliance.errors import Fault

__all__ = ["CombinedLimitRequirement"]


@attrs.frozen(kw_only=True)
class CombinedLimitRequirement(RequirementHeader):
    """A primary line and the layers over it, counted together (domain rule B2.4).

    Attributes:
        line: The primary line.
        occurrence: Primary and layers together, each occurrence (accident, claim), in cents.
        aggregate: Primary and layers together, aggregate, in cents; None = not asked for.
        layers: What counts on top: umbrella, excess, or both.
        evidence: What evidence counts.
        presume_umbrella_schedule: Presume that an umbrella schedules the primary policy that one certificate shows
            beside it, at the usual attachments, where no source states what it sits on (domain rule B14.16).

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.domain import Line, cents
        >>> from contractor_compliance.testing import factories
        >>> requirement = CombinedLimitRequirement(id="tower", line=Line.GL, occurrence=cents("6,000,000"))
        >>> dossier = factories.dossier(factories.gl_policy(), factories.umbrella_policy())
        >>> evaluate(dossier, factories.rulebook(requirement), as_of=date(2026, 6, 1)).verdict
        <Verdict.COMPLIANT: 'compliant'>
    """

    tag: ClassVar[str] = "combined"

    line: Line
    occurrence: Cents
    aggregate: Cents | None = None
    layers: frozenset[Line] = field(default=frozenset({Line.UMBRELLA, Line.EXCESS}), converter=SetOf[Line])
    evidence: EvidenceRule = EvidenceRule()
    presume_umbrella_schedule: bool = False

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from check_layers("layers", self.layers)
        if self.presume_umbrella_schedule:
            yield from check_presumed("layers", self.layers)
        yield from check_lines_beneath("line", frozenset({self.line}))

    def _key_parts(self) -> tuple[str, ...]:
        return (self.line,)

    @property
    def subject_line(self) -> Line:
        """The line that it asks for."""
        return self.line

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        occurrence, aggregate = reduced_amounts(self.occurrence, self.aggregate, limits)
        return attrs.evolve(self, occurrence=occurrence, aggregate=aggregate)
