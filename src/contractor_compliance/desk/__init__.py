"""The use cases of an agency for a host, each as a named member, in one transaction, with its audit entry."""

from contractor_compliance.desk.access import DEFAULT_ROLES, OWNER, PERMISSION_TITLES, READS, WRITES, permission_of
from contractor_compliance.desk.assignments import Preview
from contractor_compliance.desk.assurance import DayAudit, DueChange, HindsightOutcome, Revision
from contractor_compliance.desk.audit import ChangeEntry, Verification
from contractor_compliance.desk.context import Anchor, hmac_seal
from contractor_compliance.desk.desk import ComplianceDesk
from contractor_compliance.desk.member import MemberDesk
from contractor_compliance.desk.presets import PRESETS, preset
from contractor_compliance.desk.requirements import Change, Progress
from contractor_compliance.desk.roster import Job, Profile, Roster, RosterEntry
from contractor_compliance.desk.use_cases import CommandResult

__all__ = [
    "DEFAULT_ROLES",
    "OWNER",
    "PERMISSION_TITLES",
    "PRESETS",
    "READS",
    "WRITES",
    "Anchor",
    "Change",
    "ChangeEntry",
    "CommandResult",
    "ComplianceDesk",
    "DayAudit",
    "DueChange",
    "HindsightOutcome",
    "Job",
    "MemberDesk",
    "Preview",
    "Profile",
    "Progress",
    "Revision",
    "Roster",
    "RosterEntry",
    "Verification",
    "hmac_seal",
    "permission_of",
    "preset",
]
