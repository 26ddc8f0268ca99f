"""The kinds of requirement, each with its evaluation. Groups are judged by what they combine, in `judge`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from contractor_compliance.domain.requirements import (
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    ExemptionRequirement,
    OccupationalAccidentRequirement,
    RequirementHeader,
    UmbrellaRequirement,
)
from contractor_compliance.evaluation.kinds.combined_limit import COMBINED_LIMIT
from contractor_compliance.evaluation.kinds.coverage import COVERAGE
from contractor_compliance.evaluation.kinds.custom import CUSTOM
from contractor_compliance.evaluation.kinds.exemption import EXEMPTION
from contractor_compliance.evaluation.kinds.kind import RequirementKind
from contractor_compliance.evaluation.kinds.occupational_accident import OCCUPATIONAL_ACCIDENT
from contractor_compliance.evaluation.kinds.umbrella import UMBRELLA

__all__ = ["EVALUATED_KINDS"]

#: Every kind but the groups; a test compares it with the union of requirements.
EVALUATED_KINDS: Mapping[type[RequirementHeader], RequirementKind] = MappingProxyType(
    {
        CoverageRequirement: COVERAGE,
        UmbrellaRequirement: UMBRELLA,
        CombinedLimitRequirement: COMBINED_LIMIT,
        ExemptionRequirement: EXEMPTION,
        OccupationalAccidentRequirement: OCCUPATIONAL_ACCIDENT,
        Custom: CUSTOM,
    }
)
