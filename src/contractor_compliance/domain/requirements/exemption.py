"""An exemption in the place of workers' compensation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirements.header import RequirementHeader
from contractor_compliance.errors import Fault

__all__ = ["ExemptionRequirement"]


@attrs.frozen(kw_only=True)
class ExemptionRequirement(RequirementHeader):
    """A paper in the place of workers' compensation, good for each state of work; a member of an `AnyOf`.

    Attributes:
        kinds: Kinds of paper that satisfy.
        evidence: What evidence counts.

    Example:
        >>> from contractor_compliance.domain import ExemptionKind
        >>> from contractor_compliance.testing import factories
        >>> exemption = ExemptionRequirement(id="exempt", kinds=frozenset({ExemptionKind.OWNER_EXEMPTION}))
        >>> [member.id for member in factories.any_of(factories.wc_requirement(id="wc"), exemption).members]
        ['wc', 'exempt']
    """

    tag: ClassVar[str] = "exemption"

    kinds: frozenset[ExemptionKind] = field(converter=SetOf[ExemptionKind])
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if not self.kinds:
            yield Fault("$.kinds", "none", "name at least one kind of exemption that satisfies")

    @property
    def subject_line(self) -> Line:
        """Workers' compensation, in whose place the exemption stands."""
        return Line.WC
