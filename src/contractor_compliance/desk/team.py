"""Members and roles: who works for the company, and what each may do (M9)."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from contractor_compliance.desk.access import OWNER
from contractor_compliance.desk.context import RequestContext
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Member, MemberState, Role
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query, text_hash

__all__ = ["TeamUseCases"]


class TeamUseCases(UseCases):
    """Use cases of the team."""

    def invite_member(
        self, name: str, *, roles: Iterable[str], email: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Invite somebody; `ComplianceDesk.accept_invitation` binds whoever arrives with the answer's `invitation`.

        Args:
            name: Display name.
            roles: Ids of the roles that it will have.
            email: Where the invitation goes; a label, never an identity.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such role.
            NotAllowedError: If a role allows what the member may not do.
        """
        wanted = frozenset(roles)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            _check_roles(unit, context, wanted)
            member = Member(id=self._config.ids(), name=name, state=MemberState.INVITED, email=email, roles=wanted)
            unit.put(member)
            token = self._config.tokens()
            unit.answer["invitation"] = f"{member.id}.{token}"
            unit.detail["invitation"] = text_hash(token)
            return member.id

        return self._execute("invite_member", key, (name, wanted, email), decide)

    def suspend_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Let a member do nothing until it is reinstated.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If it is not active, or the last owner.
        """
        return self._change_state("suspend_member", member_id, key, {MemberState.ACTIVE}, MemberState.SUSPENDED)

    def reinstate_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Let a member that was suspended or removed work again, with the roles that it had.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If it is neither, was removed before it arrived, or a role of it allows what the member may
                not do.
        """
        away = {MemberState.SUSPENDED, MemberState.REMOVED}
        return self._change_state("reinstate_member", member_id, key, away, MemberState.ACTIVE)

    def remove_member(self, member_id: str, *, key: str | None = None) -> CommandResult:
        """Remove a member, for every call that starts after this one has returned. What it did stays attributed to it.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member.
            NotAllowedError: If it was removed before, or is the last owner.
        """
        there = {MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.INVITED}
        return self._change_state("remove_member", member_id, key, there, MemberState.REMOVED)

    def assign_roles(self, member_id: str, roles: Iterable[str], *, key: str | None = None) -> CommandResult:
        """Give a member other roles, in the place of those it has.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such member or role.
            NotAllowedError: If a role allows what the member may not do, the other one is an owner and the member is
                none, or no owner would be left.
        """
        wanted = frozenset(roles)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            _check_roles(unit, context, wanted)
            member = unit.get(Member, Key(Kind.MEMBER, member_id))
            _check_owner_decides(context, member)
            unit.put(attrs.evolve(member, roles=wanted))
            if OWNER in member.roles:
                _check_owner_left(unit)
            return member_id

        return self._execute("assign_roles", key, (member_id, wanted), decide)

    def put_role(self, role: Role, *, key: str | None = None) -> CommandResult:
        """Add a role, or change what one allows. Nobody gives more than he has.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If it holds what the member does not have, or is the owner's role.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if role.id == OWNER:
                raise NotAllowedError("The owner's role allows everything and is not changed; add another role.")
            beyond = sorted(each for each in role.permissions if not context.may(each))
            if beyond:
                raise NotAllowedError(f"A role cannot allow what you may not do yourself: {', '.join(beyond)}.")
            unit.find(Role, Key(Kind.ROLE, role.id))
            unit.put(role)
            return role.id

        return self._execute("put_role", key, (role,), decide)

    def members(self) -> tuple[Member, ...]:
        """Return all members, by name, those that were removed too.

        Raises:
            AccessDeniedError: If the member may not see the team.
        """
        context = self._enter("see_team")
        ids = UnitOfWork(self._store, context.company).ids_of(Query(kind=Kind.MEMBER))
        return tuple(each.value for each in self._store.get([Key(Kind.MEMBER, id_) for id_ in ids]) if each)

    def roles(self) -> tuple[Role, ...]:
        """Return all roles, by title.

        Raises:
            AccessDeniedError: If the member may not see the team.
        """
        context = self._enter("see_team")
        ids = UnitOfWork(self._store, context.company).ids_of(Query(kind=Kind.ROLE))
        return tuple(each.value for each in self._store.get([Key(Kind.ROLE, id_) for id_ in ids]) if each)

    def _change_state(
        self, action: str, member_id: str, key: str | None, allowed: set[MemberState], state: MemberState
    ) -> CommandResult:
        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            member = unit.get(Member, Key(Kind.MEMBER, member_id))
            if member.state not in allowed:
                wanted = " or ".join(sorted(each.value for each in allowed))
                raise NotAllowedError(
                    f"Member {member_id!r} is {member.state.value}; only {wanted} members become {state.value}."
                )
            _check_owner_decides(context, member)
            if member.state is MemberState.REMOVED:
                if member.subject is None:
                    raise NotAllowedError(f"Member {member_id!r} was removed before it arrived: invite it again.")
                _check_roles(unit, context, member.roles)
            unit.put(attrs.evolve(member, state=state))
            if OWNER in member.roles:
                _check_owner_left(unit)
            return member_id

        return self._execute(action, key, (member_id,), decide)


def _check_roles(unit: UnitOfWork, context: RequestContext, roles: frozenset[str]) -> None:
    """Refuse roles that do not exist, or that hold what the member does not have."""
    for role_id in sorted(roles):
        role = unit.get(Role, Key(Kind.ROLE, role_id))
        if OWNER in context.member.roles:
            continue
        # Who may do all that an owner may is no owner yet: only owners decide about owners.
        if role_id == OWNER or any(not context.may(each) for each in role.permissions):
            raise NotAllowedError(f"The role {role_id!r} allows what you may not do yourself; ask an owner.")


def _check_owner_decides(context: RequestContext, member: Member) -> None:
    """Refuse to change an owner, unless an owner does."""
    if OWNER in member.roles and OWNER not in context.member.roles:
        raise NotAllowedError("Only an owner decides about an owner.")


def _check_owner_left(unit: UnitOfWork) -> None:
    """Refuse to leave a company without an active owner.

    Two owners who remove each other at once are kept apart by what the decision expects: every owner counted.
    """
    owners = []
    for record in unit.store.get([Key(Kind.MEMBER, each) for each in unit.ids_of(Query(kind=Kind.MEMBER))]):
        if record is not None:
            member = unit.puts.get(record.key, record.value)
            if isinstance(member, Member) and member.state is MemberState.ACTIVE and OWNER in member.roles:
                owners.append(member)
                unit.versions.setdefault(record.key, record.version)
    if not owners:
        raise NotAllowedError("This would leave the company without an owner; make another member an owner first.")
