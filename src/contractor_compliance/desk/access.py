"""Permissions with their written titles, roles as sets of permissions, and what each use case may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from contractor_compliance.domain import Member, MemberState, Role
from contractor_compliance.errors import AccessDeniedError
from contractor_compliance.storage import FACTS, Key, Kind

__all__ = [
    "CHANGES",
    "DEFAULT_ROLES",
    "OWNER",
    "PERMISSION_TITLES",
    "READS",
    "WRITES",
    "allows",
    "check_access",
    "check_changes",
    "permission_of",
]

_WRITE_TITLES = {
    "accept_certificate_failure": "ask that a certificate's failure be accepted",
    "add_assignment": "add assignments",
    "add_contractor": "add contractors",
    "add_job_code": "add job codes",
    "adjust_pay": "adjust pay",
    "approve_job_code": "approve job codes",
    "assign_roles": "assign roles",
    "cancel_assignment": "cancel assignments",
    "change_assignment": "change assignments",
    "change_company": "change the company's name and time zone",
    "change_job_code": "change the job code of assignments",
    "change_settings": "change the company's settings",
    "end_assignment": "end assignments",
    "grant_waiver": "grant waivers",
    "invite_member": "invite members",
    "override_gate": "override the assignment gate",
    "propose_job_code": "propose job codes",
    "publish_rulebook": "publish rule books",
    "put_carrier": "update insurers",
    "put_client": "update clients",
    "put_rate_card": "update rate cards",
    "put_role": "update roles",
    "record_cancellation": "record cancellations",
    "record_certificate": "record certificates",
    "record_exemption": "record exemptions",
    "record_opt_in": "record opt-ins",
    "record_policy": "record policies",
    "record_reinstatement": "record reinstatements",
    "reinstate_member": "reinstate members",
    "reject_waiver": "reject waivers",
    "release_assignment": "release assignments on hold",
    "remove_member": "remove members",
    "rename_job_code": "rename job codes",
    "request_waiver": "request waivers",
    "retire_job_code": "retire job codes",
    "review_certificate": "review certificates",
    "revoke_waiver": "revoke waivers",
    "suspend_member": "suspend members",
    "update_contractor": "update contractors",
    "withdraw_fact": "withdraw facts",
    "withdraw_publication": "withdraw a publication",
}
_READ_TITLES = {
    "see_audit": "see the audit",
    "see_contractors": "see contractors",
    "see_requirements": "see requirements",
    "see_tax_ids": "see tax ids",
    "see_team": "see the team",
}
#: The permissions to change something.
WRITES = frozenset(_WRITE_TITLES)
#: The permissions to see something.
READS = frozenset(_READ_TITLES)
#: The written title of each permission, which completes the sentence "You may ...".
PERMISSION_TITLES: Mapping[str, str] = MappingProxyType(_WRITE_TITLES | _READ_TITLES)
_SHARED_PERMISSIONS = {
    "audit_day": "see_contractors",
    "audit_entries": "see_audit",
    "due_changes": "see_contractors",
    "facets": "see_contractors",
    "history": "see_audit",
    "members": "see_team",
    "preview_assignment": "add_assignment",
    "preview_review": "review_certificate",
    "preview_rulebook": "publish_rulebook",
    "profile": "see_contractors",
    "roles": "see_team",
    "roster": "see_contractors",
    "rulebook": "see_requirements",
    "verify": "see_audit",
    "waived_but_failing": "see_contractors",
}
#: The id of the role that allows everything.
OWNER = "owner"

_TEAM = frozenset({"assign_roles", "invite_member", "put_role", "reinstate_member", "remove_member", "suspend_member"})
_SETTINGS = frozenset({"change_settings", "publish_rulebook", "put_rate_card"})
_DECISIONS = frozenset({"grant_waiver", "override_gate", "reject_waiver", "revoke_waiver"})
_REVIEW = frozenset(
    {
        "accept_certificate_failure",
        "put_carrier",
        "record_cancellation",
        "record_certificate",
        "record_exemption",
        "record_policy",
        "record_reinstatement",
        "request_waiver",
        "review_certificate",
    }
)
_RECRUITING = frozenset(
    {
        "add_assignment",
        "add_contractor",
        "cancel_assignment",
        "change_assignment",
        "change_job_code",
        "end_assignment",
        "propose_job_code",
        "put_client",
        "record_certificate",
        "record_opt_in",
        "record_policy",
        "release_assignment",
        "request_waiver",
        "update_contractor",
    }
)
_BILLING = frozenset({"adjust_pay", "put_rate_card"})
_LOOKING = frozenset({"see_contractors", "see_requirements"})

#: The roles of a new company. They are data: a company changes them, and adds its own.
DEFAULT_ROLES = (
    Role(id=OWNER, title="Owner", permissions=WRITES | READS),
    Role(id="manager", title="Manager", permissions=(WRITES - _TEAM) | READS),
    Role(id="recruiter", title="Recruiter", permissions=_RECRUITING | _LOOKING),
    Role(id="reviewer", title="Reviewer", permissions=_REVIEW | _LOOKING),
    Role(id="billing", title="Billing", permissions=_BILLING | _LOOKING | {"see_tax_ids"}),
    Role(id="auditor", title="Auditor", permissions=_LOOKING | {"see_audit", "see_team"}),
)


_CHANGED_BY: tuple[tuple[frozenset[Kind], frozenset[str]], ...] = (
    (frozenset({Kind.MEMBER}), _TEAM - {"put_role"}),
    (frozenset({Kind.ROLE}), frozenset({"put_role"})),
    (frozenset({Kind.COMPANY}), frozenset({"change_company", "change_settings"})),
    (frozenset({Kind.RULEBOOK}), frozenset({"publish_rulebook", "withdraw_publication"})),
    (frozenset({Kind.RATE_CARD}), frozenset({"put_rate_card"})),
    (frozenset({Kind.CLIENT}), frozenset({"put_client"})),
    (frozenset({Kind.CARRIER}), frozenset({"put_carrier"})),
    (
        frozenset({Kind.JOB_CODE}),
        frozenset({"add_job_code", "approve_job_code", "propose_job_code", "rename_job_code", "retire_job_code"}),
    ),
    (frozenset({Kind.CONTRACTOR}), frozenset({"add_contractor", "update_contractor"})),
    (frozenset({Kind.ENROLLMENT}), frozenset({"record_opt_in"})),
    (
        frozenset({Kind.ASSIGNMENT}),
        frozenset(
            {
                "add_assignment",
                "adjust_pay",
                "cancel_assignment",
                "change_assignment",
                "change_job_code",
                "end_assignment",
                "release_assignment",
            }
        ),
    ),
    (frozenset({Kind.POLICY}), frozenset({"record_cancellation", "record_policy", "record_reinstatement"})),
    (frozenset({Kind.EXEMPTION}), frozenset({"record_exemption"})),
    (frozenset({Kind.CERTIFICATE}), frozenset({"review_certificate"})),
    (frozenset({Kind.CERTIFICATE, Kind.POLICY}), frozenset({"record_certificate"})),
    (frozenset({Kind.WAIVER}), _DECISIONS - {"override_gate"} | {"accept_certificate_failure", "request_waiver"}),
    (frozenset(FACTS), frozenset({"withdraw_fact"})),
)
#: The kinds of record that each use case may record or withdraw. Python lets a host pass a role where a client belongs;
#: without this check, a member who may change clients could change roles.
CHANGES: dict[str, frozenset[Kind]] = {action: kinds for kinds, actions in _CHANGED_BY for action in actions}


def permission_of(use_case: str) -> str:
    """Return the permission that a use case needs: that of its own name, unless it shares one.

    Args:
        use_case: The name of a method of `MemberDesk`.

    Raises:
        KeyError: If there is no such use case.

    Example:
        >>> from contractor_compliance.desk import PERMISSION_TITLES, permission_of
        >>> PERMISSION_TITLES[permission_of("roster")]
        'see contractors'
    """
    return _SHARED_PERMISSIONS[use_case] if use_case not in CHANGES else use_case


def allows(member: Member, roles: tuple[Role, ...], permission: str) -> bool:
    """Return whether a member is active and has a role with the permission; an owner's role has all of them.

    The owner's role on file may have been written by a release that had fewer use cases.
    """
    may = any(permission in (role.permissions if role.id != OWNER else WRITES | READS) for role in roles)
    return member.state is MemberState.ACTIVE and may


def check_access(member: Member | None, roles: tuple[Role, ...], permission: str) -> None:
    """Refuse a member who does not have the permission.

    Raises:
        AccessDeniedError: If there is no such member, or the member may not; the message does not say which.
    """
    if member is None or not allows(member, roles, permission):
        raise AccessDeniedError(f"You may not {PERMISSION_TITLES[permission]} in this company.")


def check_changes(action: str, keys: Iterable[Key]) -> None:
    """Refuse to record a kind of value that a use case is not about, whatever class of value it was given.

    Raises:
        TypeError: If it would change something of another kind.
    """
    for key in keys:
        if key.kind not in CHANGES[action]:
            kinds = " or ".join(sorted(kind.value for kind in CHANGES[action]))
            raise TypeError(f"{action} takes a {kinds}, not a {key.kind.value}")
