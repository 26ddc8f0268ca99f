"""Who may do what: each use case is a permission, and roles are sets of them."""

from __future__ import annotations

from collections.abc import Iterable

from contractor_compliance.domain import Member, MemberState, Role
from contractor_compliance.errors import AccessDeniedError
from contractor_compliance.storage import FACTS, Key, Kind

__all__ = ["CHANGES", "DEFAULT_ROLES", "OWNER", "READS", "WRITES", "allows", "check_access", "check_changes"]

#: What changes something, each the name of a method of the desk.
WRITES = frozenset(
    {
        "accept_certificate_failure",
        "add_assignment",
        "add_contractor",
        "add_job_code",
        "adjust_pay",
        "approve_job_code",
        "assign_roles",
        "cancel_assignment",
        "change_assignment",
        "change_company",
        "change_job_code",
        "change_settings",
        "end_assignment",
        "grant_waiver",
        "invite_member",
        "override_gate",
        "propose_job_code",
        "publish_rulebook",
        "put_carrier",
        "put_client",
        "put_rate_card",
        "put_role",
        "record_cancellation",
        "record_certificate",
        "record_exemption",
        "record_opt_in",
        "record_policy",
        "record_reinstatement",
        "reinstate_member",
        "reject_waiver",
        "release_assignment",
        "remove_member",
        "rename_job_code",
        "request_waiver",
        "retire_job_code",
        "review_certificate",
        "revoke_waiver",
        "suspend_member",
        "update_contractor",
        "withdraw_fact",
        "withdraw_publication",
    }
)
#: What shows something.
READS = frozenset(
    {
        "see_audit",
        "see_contractors",
        "see_requirements",
        "see_tax_ids",
        "see_team",
    }
)
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

#: The roles that a new company has. They are data: a company changes them, and adds its own.
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
#: What each use case may record or withdraw. Python lets a host hand over a role where a client belongs; then whoever
#: may change clients could change roles.
CHANGES: dict[str, frozenset[Kind]] = {action: kinds for kinds, actions in _CHANGED_BY for action in actions}


def allows(member: Member, roles: tuple[Role, ...], permission: str) -> bool:
    """Whether a member may do something: it is active, and one of its roles has the permission; an owner's has all.

    The owner's role on file may be of a release that had fewer use cases.
    """
    may = any(permission in (each.permissions if each.id != OWNER else WRITES | READS) for each in roles)
    return member.state is MemberState.ACTIVE and may


def check_access(member: Member | None, roles: tuple[Role, ...], permission: str) -> None:
    """Refuse who may not.

    Raises:
        AccessDeniedError: If there is no such member, or it may not; the message does not tell which.
    """
    if member is None or not allows(member, roles, permission):
        raise AccessDeniedError(f"You may not {permission.replace('_', ' ')} in this company.")


def check_changes(action: str, keys: Iterable[Key]) -> None:
    """Refuse to record what a use case is not about, whatever class of value it was given.

    Raises:
        TypeError: If it would change something of another kind.
    """
    for key in keys:
        if key.kind not in CHANGES[action]:
            kinds = " or ".join(sorted(each.value for each in CHANGES[action]))
            raise TypeError(f"{action} takes a {kinds}, not a {key.kind.value}")
