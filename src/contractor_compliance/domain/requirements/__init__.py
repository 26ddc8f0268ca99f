"""What a company asks for: a closed union of requirements, one module a kind.

"Policy" always means an insurance policy; the rules are requirements, kept in a rule book.
"""

from contractor_compliance.domain.requirements.combined_limit import CombinedLimitRequirement
from contractor_compliance.domain.requirements.coverage import (
    CarrierRule,
    CoverageRequirement,
    EndorsementRule,
    ExcludedWorkerRule,
    ExclusionRule,
)
from contractor_compliance.domain.requirements.custom import Custom
from contractor_compliance.domain.requirements.exemption import ExemptionRequirement
from contractor_compliance.domain.requirements.groups import AllOf, AnyOf, Requirement
from contractor_compliance.domain.requirements.header import Reference, RequirementHeader
from contractor_compliance.domain.requirements.occupational_accident import OccupationalAccidentRequirement
from contractor_compliance.domain.requirements.umbrella import UmbrellaRequirement

__all__ = [
    "AllOf",
    "AnyOf",
    "CarrierRule",
    "CombinedLimitRequirement",
    "CoverageRequirement",
    "Custom",
    "EndorsementRule",
    "ExcludedWorkerRule",
    "ExclusionRule",
    "ExemptionRequirement",
    "OccupationalAccidentRequirement",
    "Reference",
    "Requirement",
    "RequirementHeader",
    "UmbrellaRequirement",
]
