"""The rule book: versioned, effective-dated sets of requirements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.fields import SetOf, TupleOf, field
from contractor_compliance.domain.interval import ALWAYS, Interval, IntervalSet, overlapping
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.requirements import Requirement
from contractor_compliance.domain.value import AtLeast, Id, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = ["RequirementSet", "RuleBook", "SetLevel", "SetMode"]


class SetLevel(LabeledCode):
    """To what a requirement set is attached. Sets apply in this order, each over the ones before it.

    Example:
        >>> [level.value for level in SetLevel]
        ['default', 'job_code', 'client', 'contractor']
    """

    DEFAULT = "default"
    JOB_CODE = "job_code"
    CLIENT = "client"
    CONTRACTOR = "contractor"


class SetMode(LabeledCode):
    """How a set meets the sets before it: adding to them, or taking their place (statutory requirements stay).

    Example:
        >>> SetMode("replace").label
        'replaces earlier sets'
    """

    EXTEND = "extend"
    REPLACE = "replace"


@attrs.frozen(kw_only=True)
class RequirementSet(Value):
    """Requirements that apply together.

    Attributes:
        id: Id, unique in the rule book.
        level: To what it is attached.
        applies_to: Job codes, client ids or contractor ids, as the level says; empty for the default.
        mode: Add to the sets before it, or replace them.
        requirements: The requirements. Two with the same key must not be valid on the same day.
        effective: First day of the set; None = no beginning.
        until: The day after its last; None = no end.
        for_contracts_from: Spare assignments contracted before this day.
        always: Contractor level only: judged even while the contractor has no active assignment.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import SetLevel
        >>> clients = frozenset({"client-1"})
        >>> set_ = RequirementSet(id="a", level=SetLevel.CLIENT, applies_to=clients, effective=date(2026, 7, 1))
        >>> date(2026, 6, 30) in set_.days, date(2026, 7, 1) in set_.days
        (False, True)
    """

    id: Id
    level: SetLevel = SetLevel.DEFAULT
    applies_to: frozenset[Id] = field(default=frozenset(), converter=SetOf[Id])
    mode: SetMode = SetMode.EXTEND
    requirements: tuple[Requirement, ...] = field(default=(), converter=TupleOf[Requirement])
    effective: date | None = None
    until: date | None = None
    for_contracts_from: date | None = None
    always: bool = False

    def _faults(self) -> Iterator[Fault]:
        if self.effective is not None and self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")
        if self.level is SetLevel.DEFAULT and self.applies_to:
            yield Fault(
                "$.applies_to",
                repr(sorted(self.applies_to)),
                "a default set applies to all; leave it empty",
            )
        if self.level is not SetLevel.DEFAULT and not self.applies_to:
            yield Fault("$.applies_to", "none", f"name the {self.level.value} ids that the set applies to")
        if self.always and self.level is not SetLevel.CONTRACTOR:
            yield Fault("$.always", "True", "only a set at contractor level is judged without an assignment")
        alike: dict[str, list[tuple[IntervalSet, str]]] = {}
        for index, requirement in enumerate(self.requirements):
            span = IntervalSet.of(requirement.effective, requirement.until)
            alike.setdefault(requirement.override_key, []).append((span, f"requirements[{index}]"))
        for key, rivals in alike.items():
            for earlier, later in overlapping(rivals):
                yield Fault(
                    f"$.{later}.key",
                    repr(key),
                    f"is valid on the same days as {earlier}, which has the same key; end one first",
                )

    @property
    def days(self) -> IntervalSet:
        """The days on which the set is valid."""
        return IntervalSet.of(self.effective, self.until)


@attrs.frozen(kw_only=True)
class RuleBook(Value):
    """A company's requirements in one version. Versions never change; each day is judged by what is valid that day.

    Attributes:
        id: The host's own id.
        version: Counts up with every publication.
        title: Name for people.
        sets: The requirement sets. Default sets must cover every day, one at a time.

    Example:
        >>> from contractor_compliance.domain import RequirementSet
        >>> from contractor_compliance.testing import factories
        >>> default = RequirementSet(id="default", requirements=(factories.gl_requirement(),))
        >>> RuleBook(id="rulebook-1", version=3, sets=(default,)).sets[0].level.value
        'default'
        >>> RuleBook(id="rulebook-1", sets=())
        Traceback (most recent call last):
        contractor_compliance.errors.InvalidValueError: RuleBook is not valid:
          $.sets = the beginning to the end: no default set applies on these days ...
    """

    id: Id
    version: Annotated[int, AtLeast(1)] = 1
    title: Text | None = None
    sets: tuple[RequirementSet, ...] = field(converter=TupleOf[RequirementSet])

    def _faults(self) -> Iterator[Fault]:
        yield from repeated(self.sets, "sets", lambda set_: set_.id)
        yield from self._default_gaps()
        yield from self._ambiguous_sets()
        yield from self._repeated_versions()

    def _default_gaps(self) -> Iterator[Fault]:
        covered = IntervalSet(
            Interval(set_.effective, set_.until)
            for set_ in self.sets
            if set_.level is SetLevel.DEFAULT and set_.for_contracts_from is None
        )
        for gap in ALWAYS - covered:
            yield Fault(
                "$.sets",
                f"{gap.start or 'the beginning'} to {gap.end or 'the end'}",
                "no default set applies on these days to every contract; add one, empty if nothing is required",
            )

    def _ambiguous_sets(self) -> Iterator[Fault]:
        alike: dict[tuple[SetLevel, date | None, str | None], list[tuple[IntervalSet, str]]] = {}
        for index, set_ in enumerate(self.sets):
            for target in sorted(set_.applies_to) or (None,):
                rivals = alike.setdefault((set_.level, set_.for_contracts_from, target), [])
                rivals.append((set_.days, f"sets[{index}]"))
        for (_, _, target), rivals in alike.items():
            for earlier, later in overlapping(rivals):
                yield Fault(
                    f"$.{later}",
                    "every contractor" if target is None else repr(target),
                    f"applies to the same as {earlier} on the same days; end one first or join them",
                )

    def _repeated_versions(self) -> Iterator[Fault]:
        seen: dict[tuple[str, int], tuple[str, Requirement]] = {}
        for place, set_ in enumerate(self.sets):
            for index, requirement in enumerate(set_.requirements):
                path = f"sets[{place}].requirements[{index}]"
                first = seen.setdefault((requirement.id, requirement.version), (path, requirement))
                if first[1] != requirement:
                    yield Fault(
                        f"$.{path}.version",
                        str(requirement.version),
                        f"{requirement.id!r} stands at {first[0]} with other content; a version never changes",
                    )
