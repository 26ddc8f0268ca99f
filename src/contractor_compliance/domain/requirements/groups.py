"""Groups of requirements, and the union of all kinds.

A new kind is a module beside this one and a member of the union `Requirement`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, Self, get_args

import attrs

from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirements.combined_limit import CombinedLimitRequirement
from contractor_compliance.domain.requirements.coverage import CoverageRequirement
from contractor_compliance.domain.requirements.custom import Custom
from contractor_compliance.domain.requirements.exemption import ExemptionRequirement
from contractor_compliance.domain.requirements.header import RequirementHeader
from contractor_compliance.domain.requirements.occupational_accident import OccupationalAccidentRequirement
from contractor_compliance.domain.requirements.umbrella import UmbrellaRequirement
from contractor_compliance.domain.value import repeated
from contractor_compliance.errors import Fault

__all__ = ["KINDS", "AllOf", "AnyOf", "Requirement", "RequirementGroup"]


@attrs.frozen(kw_only=True)
class RequirementGroup(RequirementHeader):
    """Requirements that are judged together.

    Attributes:
        members: The members; ids unique among them.
    """

    members: tuple[Requirement, ...] = field(converter=TupleOf["Requirement"])

    def _key_parts(self) -> tuple[str, ...]:
        return (self.id,)

    @property
    def subject_line(self) -> Line | None:
        """The line that all members are about, if it is one."""
        lines = {member.subject_line for member in self.members}
        return lines.pop() if len(lines) == 1 else None

    @property
    def parts(self) -> tuple[Requirement, ...]:
        """The members."""
        return self.members

    def relaxed(self, *, limits: tuple[MinimumLimit, ...] = (), evidence: EvidenceRule | None = None) -> Self:
        """Return the group with each member relaxed."""
        return attrs.evolve(
            self, members=tuple(member.relaxed(limits=limits, evidence=evidence) for member in self.members)
        )

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if not self.members:
            yield Fault("$.members", "()", "must have at least one member")
        yield from repeated(self.members, "members", lambda member: member.id)
        for index, member in enumerate(self.members):
            if member.tail_years is not None:
                yield Fault(
                    f"$.members[{index}].tail_years",
                    str(member.tail_years),
                    "set it on the outermost requirement",
                )


@attrs.frozen(kw_only=True)
class AllOf(RequirementGroup):
    """Every member must be met; the answer of a day is the worst member's.

    Attributes:
        members: The members; ids unique among them.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> both = AllOf(id="people", members=(factories.wc_requirement(), factories.el_requirement()))
        >>> evaluate(factories.dossier(), factories.rulebook(both), as_of=date(2026, 6, 1)).verdict
        <Verdict.NON_COMPLIANT: 'non_compliant'>
    """

    tag: ClassVar[str] = "all_of"


@attrs.frozen(kw_only=True)
class AnyOf(RequirementGroup):
    """One member must be met; the answer of a day is the best member's.

    Attributes:
        members: The members; ids unique among them.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> either = AnyOf(id="people", members=(factories.auto_requirement(), factories.gl_requirement()))
        >>> dossier = factories.dossier(factories.gl_policy())
        >>> evaluate(dossier, factories.rulebook(either), as_of=date(2026, 6, 1)).verdict
        <Verdict.COMPLIANT: 'compliant'>
    """

    tag: ClassVar[str] = "any_of"


#: The closed union of requirements.
Requirement = (
    CoverageRequirement
    | UmbrellaRequirement
    | CombinedLimitRequirement
    | ExemptionRequirement
    | OccupationalAccidentRequirement
    | Custom
    | AnyOf
    | AllOf
)
#: Every kind by the word that names it in documents.
KINDS: Mapping[str, type[RequirementHeader]] = MappingProxyType({kind.tag: kind for kind in get_args(Requirement)})
