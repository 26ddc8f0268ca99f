"""The host's door: the use cases of an agency, each as a named member, in one transaction, with its audit entry."""

from contractor_compliance.desk.access import DEFAULT_ROLES, OWNER, READS, WRITES
from contractor_compliance.desk.assignments import Preview
from contractor_compliance.desk.assurance import DayAudit, DayCell, DueChange, Learned
from contractor_compliance.desk.auditing import ChangeEntry, Verification
from contractor_compliance.desk.core import Done
from contractor_compliance.desk.desk import ComplianceDesk
from contractor_compliance.desk.member import MemberDesk
from contractor_compliance.desk.presets import PRESETS, preset
from contractor_compliance.desk.roster import Job, Profile, Roster, RosterEntry
from contractor_compliance.desk.rules import Change, Progress
from contractor_compliance.desk.scene import Anchor, hmac_seal

__all__ = [
    "DEFAULT_ROLES",
    "OWNER",
    "PRESETS",
    "READS",
    "WRITES",
    "Anchor",
    "Change",
    "ChangeEntry",
    "ComplianceDesk",
    "DayAudit",
    "DayCell",
    "Done",
    "DueChange",
    "Job",
    "Learned",
    "MemberDesk",
    "Preview",
    "Profile",
    "Progress",
    "Roster",
    "RosterEntry",
    "Verification",
    "hmac_seal",
    "preset",
]
