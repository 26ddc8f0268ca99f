"""Use cases of the team: the members of a company, their states and their roles (M9)."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from contractor_compliance.desk.access import OWNER, PERMISSION_TITLES
from contractor_compliance.desk.context import RequestContext
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Member, MemberState, Role
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query, text_hash

__all__ = ["TeamUseCases"]


class TeamUseCases(UseCases):
    """Use cases of members and roles."""

    def invite_member(
        self, name: str, *, role_ids: Iterable[str], email: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Invite a person to become a member of the company.

        The result holds the `invitation`, a secret: `ComplianceDesk.accept_invitation` binds the person who presents
        it to the member.

        Args:
            name: Display name.
            role_ids: Ids of the roles that the member will have.
            email: Where the invitation goes; a label, never an identity.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such role.
            NotAllowedError: If a role allows what the member may not do.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> invited = sample_desk().invite_member("Robin Sample", role_ids=["recruiter"])
            >>> invited.invitation.startswith(invited.id)
            True
        """
        roles = frozenset(role_ids)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            _check_roles(unit, context, roles)
            member = Member(id=self._config.ids(), name=name, state=MemberState.INVITED, email=email, roles=roles)
            unit.put(member)
            token = self._config.tokens()
            unit.result["invitation"] = f"{member.id}.{token}"
            unit.detail["invitation"] = text_hash(token)
            return member.id

        return self._execute("invite_member", key, (name, roles, email), decide)

    def suspend_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Suspend a member, who may do nothing until reinstated.

        Args:
            member_id: The member to suspend.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If that member is not active, or is the last owner.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> manager_id = next(member.id for member in desk.members() if "manager" in member.roles)
            >>> _ = desk.suspend_member(manager_id)
            >>> [member.state.value for member in desk.members() if member.id == manager_id]
            ['suspended']
        """
        return self._change_state("suspend_member", member_id, key, {MemberState.ACTIVE}, MemberState.SUSPENDED)

    def reinstate_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Reinstate a member who was suspended or removed, with the roles from before.

        Args:
            member_id: The member to reinstate.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If that member is neither suspended nor removed, was removed before accepting the
                invitation, or has a role that allows what the acting member may not do.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> manager_id = next(member.id for member in desk.members() if "manager" in member.roles)
            >>> _ = desk.suspend_member(manager_id)
            >>> desk.reinstate_member(manager_id).id == manager_id
            True
        """
        away = {MemberState.SUSPENDED, MemberState.REMOVED}
        return self._change_state("reinstate_member", member_id, key, away, MemberState.ACTIVE)

    def remove_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Remove a member, for every call that starts after this one has returned.

        What the member did stays attributed to that member.

        Args:
            member_id: The member to remove.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If that member was removed before, or is the last owner.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> manager_id = next(member.id for member in desk.members() if "manager" in member.roles)
            >>> _ = desk.remove_member(manager_id)
            >>> [member.state.value for member in desk.members() if member.id == manager_id]
            ['removed']
        """
        there = {MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.INVITED}
        return self._change_state("remove_member", member_id, key, there, MemberState.REMOVED)

    def assign_roles(self, member_id: str, role_ids: Iterable[str], *, key: str | None = None) -> CommandResult:
        """Replace the roles of a member.

        Args:
            member_id: The member whose roles change.
            role_ids: Ids of all roles that the member has from now on.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member or role.
            NotAllowedError: If a role allows what the acting member may not do, if only the other member is an owner,
                or if no owner would be left.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> manager_id = next(member.id for member in desk.members() if "manager" in member.roles)
            >>> _ = desk.assign_roles(manager_id, ["auditor"])
            >>> [sorted(member.roles) for member in desk.members() if member.id == manager_id]
            [['auditor']]
        """
        roles = frozenset(role_ids)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            _check_roles(unit, context, roles)
            member = unit.get(Member, Key(Kind.MEMBER, member_id))
            _check_owner_decides(context, member)
            unit.put(attrs.evolve(member, roles=roles))
            if OWNER in member.roles:
                _check_owner_left(unit)
            return member_id

        return self._execute("assign_roles", key, (member_id, roles), decide)

    def put_role(self, role: Role, *, key: str | None = None) -> CommandResult:
        """Add a role, or change what a role allows.

        Args:
            role: The role, with all its permissions.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If the role has a permission that the member does not have, or is the owner's role.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().put_role(factories.role(id="helper", permissions=frozenset({"add_contractor"}))).id
            'helper'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if role.id == OWNER:
                raise NotAllowedError("The owner's role allows everything and is not changed; add another role.")
            if beyond := sorted(permission for permission in role.permissions if not context.may(permission)):
                titles = ", ".join(PERMISSION_TITLES.get(permission, permission) for permission in beyond)
                raise NotAllowedError(f"A role cannot allow what you may not do yourself: {titles}.")
            unit.find(Role, Key(Kind.ROLE, role.id))
            unit.put(role)
            return role.id

        return self._execute("put_role", key, (role,), decide)

    def members(self) -> tuple[Member, ...]:
        """Return all members by name, including those who were removed.

        Raises:
            AccessDeniedError: If the member may not see the team.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> [(member.name, member.state.value) for member in sample_desk().members()]
            [('Mel Sample', 'active'), ('Owner', 'active')]
        """
        context = self._enter("members")
        ids = UnitOfWork(self._store, context.company).ids_of(Query(kind=Kind.MEMBER))
        records = self._store.get([Key(Kind.MEMBER, member_id) for member_id in ids])
        return tuple(record.value for record in records if record)

    def roles(self) -> tuple[Role, ...]:
        """Return all roles by title.

        Raises:
            AccessDeniedError: If the member may not see the team.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> [role.id for role in sample_desk().roles()]
            ['auditor', 'billing', 'manager', 'owner', 'recruiter', 'reviewer']
        """
        context = self._enter("roles")
        ids = UnitOfWork(self._store, context.company).ids_of(Query(kind=Kind.ROLE))
        records = self._store.get([Key(Kind.ROLE, role_id) for role_id in ids])
        return tuple(record.value for record in records if record)

    def _change_state(
        self, action: str, member_id: str, key: str | None, allowed: set[MemberState], state: MemberState
    ) -> CommandResult:
        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            member = unit.get(Member, Key(Kind.MEMBER, member_id))
            if member.state not in allowed:
                states = " or ".join(sorted(origin.label for origin in allowed))
                raise NotAllowedError(
                    f"Member {member_id!r} is {member.state.label}; only {states} members become {state.label}."
                )
            _check_owner_decides(context, member)
            if member.state is MemberState.REMOVED:
                if member.subject is None:
                    raise NotAllowedError(
                        f"Member {member_id!r} was removed before accepting: invite this person again."
                    )
                _check_roles(unit, context, member.roles)
            unit.put(attrs.evolve(member, state=state))
            if OWNER in member.roles:
                _check_owner_left(unit)
            return member_id

        return self._execute(action, key, (member_id,), decide)


def _check_roles(unit: UnitOfWork, context: RequestContext, roles: frozenset[str]) -> None:
    """Refuse roles that do not exist, or that have a permission which the member does not have."""
    for role_id in sorted(roles):
        role = unit.get(Role, Key(Kind.ROLE, role_id))
        if OWNER in context.member.roles:
            continue
        # A member with every permission is still no owner: only owners decide about owners.
        if role_id == OWNER or any(not context.may(permission) for permission in role.permissions):
            raise NotAllowedError(f"The role {role_id!r} allows what you may not do yourself; ask an owner.")


def _check_owner_decides(context: RequestContext, member: Member) -> None:
    """Refuse to change an owner unless the acting member is an owner too."""
    if OWNER in member.roles and OWNER not in context.member.roles:
        raise NotAllowedError("Only an owner decides about an owner.")


def _check_owner_left(unit: UnitOfWork) -> None:
    """Refuse to leave a company without an active owner.

    The commit expects the version of every owner counted, so two owners cannot remove each other at once.
    """
    owners = []
    for record in unit.store.get([Key(Kind.MEMBER, id_) for id_ in unit.ids_of(Query(kind=Kind.MEMBER))]):
        if record is not None:
            member = unit.puts.get(record.key, record.value)
            if isinstance(member, Member) and member.state is MemberState.ACTIVE and OWNER in member.roles:
                owners.append(member)
                unit.versions.setdefault(record.key, record.version)
    if not owners:
        raise NotAllowedError("This would leave the company without an owner; make another member an owner first.")
