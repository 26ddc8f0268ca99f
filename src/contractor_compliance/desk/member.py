"""`MemberDesk`: every use case, as one member of the company."""

from __future__ import annotations

from contractor_compliance.desk.assignments import AssignmentUseCases
from contractor_compliance.desk.assurance import AssuranceUseCases
from contractor_compliance.desk.audit import AuditUseCases
from contractor_compliance.desk.company import CompanyUseCases
from contractor_compliance.desk.contractors import ContractorUseCases
from contractor_compliance.desk.cover import CoverageUseCases
from contractor_compliance.desk.requirements import RequirementUseCases
from contractor_compliance.desk.roster import RosterUseCases
from contractor_compliance.desk.team import TeamUseCases
from contractor_compliance.desk.waivers import WaiverUseCases

__all__ = ["MemberDesk"]


class MemberDesk(
    TeamUseCases,
    CompanyUseCases,
    ContractorUseCases,
    AssignmentUseCases,
    CoverageUseCases,
    RequirementUseCases,
    WaiverUseCases,
    RosterUseCases,
    AssuranceUseCases,
    AuditUseCases,
):
    """The desk as one member has it; `ComplianceDesk.acting_as` gives it.

    Each use case is one transaction: whether the member may is part of it, and so are the audit entry, the standings
    that follow, and the answer kept for a repeated request. Whatever cannot be done raises and leaves nothing.

    A use case that changes something takes an idempotency `key`: a request that may be repeated gives the same key
    each time, and has one effect. All may raise `ConflictError`, if somebody changed meanwhile what the decision was
    based on: call again.
    """
