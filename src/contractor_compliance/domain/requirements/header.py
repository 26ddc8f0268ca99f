"""What every kind of requirement has, whatever it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Self

import attrs

from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.contractor import EntityType
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.limits import LimitKind, MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import NEVER_WAIVABLE, ReasonCode
from contractor_compliance.domain.value import AtLeast, Id, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Reference", "RequirementHeader", "check_layers", "check_lines_beneath", "reduced_amounts", "reduced_limits"]


@attrs.frozen(kw_only=True)
class Reference(Value):
    """Where a requirement comes from.

    Attributes:
        citation: Statute, rule or contract clause: `RCW 18.27.050`.
        url: Address where it can be read.
        as_of: Day on which it was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories
        >>> reference = Reference(citation="RCW 18.27.050", as_of=date(2026, 11, 1))
        >>> factories.gl_requirement(reference=reference, statutory=True).reference.citation
        'RCW 18.27.050'
    """

    citation: Text
    url: Text | None = None
    as_of: date | None = None


@attrs.frozen(kw_only=True)
class RequirementHeader(Value):
    """What every requirement has.

    Attributes:
        id: Id, unique in the rule book with the version.
        version: Counts up; a version never changes.
        key: What a later set overrides it by; default: the kind of requirement and the line.
        title: Name for people; default: the line.
        payer: Who pays for program cover of the line by default.
        waivable: Reasons for which a waiver may be granted; expired, cancelled and gap never are.
        effective: First day it is valid; None = no beginning.
        until: The day after its last; None = no end.
        reference: The law or contract that it comes from.
        statutory: A set that replaces earlier ones keeps it.
        states: States of work it is for; none = all. Elsewhere it is not applicable.
        entity_types: Legal forms of contractors it is for; none = all.
        tail_years: Years after the assignment's end for which it is judged (domain rule B3.10).

    Example:
        >>> from contractor_compliance.domain import ReasonCode
        >>> header = RequirementHeader(id="gl", waivable=frozenset({ReasonCode.LIMIT_TOO_LOW}))
        >>> header.version, header.statutory, header.tail_years
        (1, False, None)
    """

    #: The word that names the kind in documents.
    tag: ClassVar[str]

    id: Id
    version: Annotated[int, AtLeast(1)] = 1
    key: Id | None = None
    title: Text | None = None
    payer: Payer | None = None
    waivable: frozenset[ReasonCode] = field(default=frozenset(), converter=SetOf[ReasonCode])
    effective: date | None = None
    until: date | None = None
    reference: Reference | None = None
    statutory: bool = False
    states: frozenset[State] = field(default=frozenset(), converter=SetOf[State])
    entity_types: frozenset[EntityType] = field(default=frozenset(), converter=SetOf[EntityType])
    tail_years: Annotated[int, AtLeast(1)] | None = None

    def _faults(self) -> Iterator[Fault]:
        for code in sorted(self.waivable & NEVER_WAIVABLE, key=lambda code: code.value):
            yield Fault(
                "$.waivable",
                code.value,
                "is never waivable: cover that has run out stays run out (B8.3)",
            )
        if self.effective is not None and self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")

    @property
    def override_key(self) -> str:
        """What a later set overrides the requirement by: its key, else its kind, with its line where it has one."""
        return self.key if self.key is not None else ":".join((self.tag, *self._key_parts()))

    def _key_parts(self) -> tuple[str, ...]:
        """Return what tells a requirement from others of its kind, where one set may have several."""
        return ()

    @property
    def subject_line(self) -> Line | None:
        """The line of insurance that it is about; None if it is about none, or about several."""
        return None

    @property
    def parts(self) -> tuple[RequirementHeader, ...]:
        """The requirements that it combines, if it is a group."""
        return ()

    def walk(self) -> Iterator[RequirementHeader]:
        """Yield the requirement and all that it combines."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def relaxed(self, *, limits: tuple[MinimumLimit, ...] = (), evidence: EvidenceRule | None = None) -> Self:
        """Return the requirement as a waiver relaxes it: with other evidence, or with reduced limits.

        A kind that asks for neither is returned as it is.
        """
        if evidence is None:
            return self._reduced(limits)
        changes: dict[str, Any] = {"evidence": evidence}
        return attrs.evolve(self, **changes) if hasattr(self, "evidence") else self

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        del limits  # of none of these does this kind ask
        return self


def check_layers(field: str, lines: frozenset[Line]) -> Iterator[Fault]:
    """Yield a fault for each line that is neither umbrella nor excess."""
    for line in sorted(lines):
        if not line.is_layer:
            yield Fault(f"$.{field}", line, "must be umbrella or excess")


def check_presumed(field: str, layers: frozenset[Line]) -> Iterator[Fault]:
    """Yield a fault where the schedule of an umbrella is presumed and no umbrella counts (domain rule B14.16)."""
    if Line.UMBRELLA not in layers:
        yield Fault("$.presume_umbrella_schedule", "True", f"no umbrella counts; name it in {field} or leave this out")


def check_lines_beneath(field: str, lines: frozenset[Line]) -> Iterator[Fault]:
    """Yield a fault for each line over which no umbrella is written (domain rule B2.7)."""
    for line in sorted(lines):
        if line.is_layer or line in (Line.WC, Line.SURETY_BOND):
            yield Fault(
                f"$.{field}",
                line,
                "no umbrella sits on it; for employers' liability name that line (B2.7)",
            )


def reduced_limits(limits: tuple[MinimumLimit, ...], reduced: tuple[MinimumLimit, ...]) -> tuple[MinimumLimit, ...]:
    """Return limits with those of `reduced` in the place of the same ones."""
    replacements = {minimum.limit: minimum for minimum in reduced}
    return tuple(replacements.get(minimum.limit, minimum) for minimum in limits)


def reduced_amounts(
    occurrence: int, aggregate: int | None, reduced: tuple[MinimumLimit, ...]
) -> tuple[int, int | None]:
    """Return the amounts that layers must reach, with those of `reduced` in the place of the same ones."""
    amounts = {minimum.limit: minimum.cents for minimum in reduced}
    return amounts.get(LimitKind.EACH_OCCURRENCE, occurrence), amounts.get(LimitKind.AGGREGATE, aggregate)
