"""`MemberDesk`: every use case, as one member of the company."""

from __future__ import annotations

from contractor_compliance.desk.assignments import AssignmentUses
from contractor_compliance.desk.assurance import AssuranceUses
from contractor_compliance.desk.auditing import AuditUses
from contractor_compliance.desk.cover import CoverUses
from contractor_compliance.desk.office import OfficeUses
from contractor_compliance.desk.people import PeopleUses
from contractor_compliance.desk.roster import RosterUses
from contractor_compliance.desk.rules import RuleUses
from contractor_compliance.desk.team import TeamUses
from contractor_compliance.desk.waivers import WaiverUses

__all__ = ["MemberDesk"]


class MemberDesk(
    TeamUses,
    OfficeUses,
    PeopleUses,
    AssignmentUses,
    CoverUses,
    RuleUses,
    WaiverUses,
    RosterUses,
    AssuranceUses,
    AuditUses,
):
    """The desk as one member has it; `ComplianceDesk.acting_as` gives it.

    Each use case is one transaction: whether the member may is part of it, and so are the audit entry, the standings
    that follow, and the answer kept for a repeated request. Whatever cannot be done raises and leaves nothing.

    A use case that changes something takes an idempotency `key`: a request that may be repeated gives the same key
    each time, and has one effect. All may raise `ConflictError`, if somebody changed meanwhile what the decision was
    based on: call again.
    """
