"""`MemberDesk`: every use case, for one member of the company."""

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
    """The desk of one member, as `ComplianceDesk.acting_as` returns it.

    Each use case is one transaction with the access check, the audit entry, the standings that depend on the change,
    and the result kept for a repeated request. A use case that raises leaves nothing behind.

    A use case that changes something takes an idempotency `key`: a request that may be repeated passes the same key
    each time, and has one effect. Each may raise `ConflictError` if something that the decision depends on was changed
    meanwhile: make the call again.

    Example:
        >>> from contractor_compliance.testing import factories, sample_desk
        >>> desk = sample_desk()
        >>> saved = desk.add_contractor(factories.contractor(id="contractor-2"), key="request-1")
        >>> [entry.contractor_id for entry in desk.roster().entries]
        ['contractor-1', 'contractor-2']
    """
