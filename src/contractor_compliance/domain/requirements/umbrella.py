"""Umbrella or excess cover of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import attrs

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import SetOf, TupleOf, field
from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.requirements.coverage import EndorsementRule
from contractor_compliance.domain.requirements.header import (
    RequirementHeader,
    check_layers,
    check_lines_beneath,
    check_presumed,
    reduced_amounts,
)
from contractor_compliance.errors import Fault

__all__ = ["UmbrellaRequirement"]


@attrs.frozen(kw_only=True)
class UmbrellaRequirement(RequirementHeader):
    """Umbrella or excess cover that must be carried, by layers alone (domain rules B2.3 to B2.6).

    Attributes:
        occurrence: Amount each occurrence, in cents.
        aggregate: Aggregate, in cents; None = not asked for.
        over: Lines that it must sit on; each must be scheduled or followed.
        layers: What counts: umbrella, excess, or both.
        double_use: Let a layer that tops up a line count here in full as well; normally the whole tower must reach
            both amounts together (domain rule B2.4).
        additional_insured: Parties that must be additional insureds. A pass depends on the policy beneath, which must
            be proven to add them, and on layers that are proven to follow form or to add them themselves; anything
            else is unknown (domain rule B14.19).
        evidence: What evidence counts.
        presume_umbrella_schedule: Presume that an umbrella schedules the primary policy that one certificate shows
            beside it, at the usual attachments, where no source states what it sits on (domain rule B14.16).

    Example:
        >>> from contractor_compliance.domain import Line, cents
        >>> lines = frozenset({Line.GL, Line.AUTO})
        >>> requirement = UmbrellaRequirement(id="umbrella", occurrence=cents("5,000,000"), over=lines)
        >>> sorted(line.label for line in requirement.layers)
        ['excess', 'umbrella']
    """

    tag: ClassVar[str] = "umbrella"

    occurrence: Cents
    aggregate: Cents | None = None
    over: frozenset[Line] = field(default=frozenset({Line.GL}), converter=SetOf[Line])
    layers: frozenset[Line] = field(default=frozenset({Line.UMBRELLA, Line.EXCESS}), converter=SetOf[Line])
    double_use: bool = False
    additional_insured: tuple[EndorsementRule, ...] = field(default=(), converter=TupleOf[EndorsementRule])
    evidence: EvidenceRule = EvidenceRule()
    presume_umbrella_schedule: bool = False

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from check_layers("layers", self.layers)
        if self.presume_umbrella_schedule:
            yield from check_presumed("layers", self.layers)
        yield from check_lines_beneath("over", self.over)
        if not self.over:
            yield Fault("$.over", "none", "name at least one line that it must sit on")
        for index, rule in enumerate(self.additional_insured):
            if not rule.kind.is_additional_insured:
                yield Fault(
                    f"$.additional_insured[{index}].kind",
                    rule.kind.value,
                    "adds no insured; ask for it with a requirement of the line beneath",
                )
        for line in sorted(self.over & {Line.WC, Line.EL}):
            if self.additional_insured:
                yield Fault("$.over", line, f"{line.label} cannot add an insured (B1.1); ask for it apart")
        if not self.layers:
            yield Fault("$.layers", "none", "accept umbrella, excess or both")

    @property
    def subject_line(self) -> Line:
        """Umbrella, whichever layers are accepted."""
        return Line.UMBRELLA

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        occurrence, aggregate = reduced_amounts(self.occurrence, self.aggregate, limits)
        return attrs.evolve(self, occurrence=occurrence, aggregate=aggregate)
