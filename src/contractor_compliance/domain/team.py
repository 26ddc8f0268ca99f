"""The people who use the system for a company. Identity comes from the host; there are no passwords here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import attrs

from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import Id, Matches, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Member", "MemberState", "Permission", "Role", "Subject"]

#: The name of a use case that a role may carry out: `add_assignment`.
Permission = Annotated[str, Matches(r"[a-z]+(_[a-z]+)*", "must be lower case words joined by underscores")]


@attrs.frozen(kw_only=True)
class Subject(Value):
    """Who someone is to the host's identity provider. Never an e-mail address: those are reassigned.

    Attributes:
        issuer: The identity provider.
        subject: Its own unchanging id of the person.

    Example:
        >>> subject = Subject(issuer="https://login.example", subject="user-17")
        >>> subject == Subject(issuer="https://other.example", subject="user-17")
        False
    """

    issuer: Id
    subject: Id


class MemberState(LabeledCode):
    """Life of a membership.

    Example:
        >>> from contractor_compliance.domain import Member
        >>> Member(id="member-1", name="Sam Sample", state=MemberState.INVITED).subject is None
        True
    """

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


@attrs.frozen(kw_only=True)
class Role(Value):
    """A named set of permissions; roles are data.

    Attributes:
        id: Id, unique in the company.
        title: Name for people.
        permissions: Use cases that it allows.

    Example:
        >>> role = Role(id="clerk", title="Clerk", permissions=frozenset({"see_contractors", "record_certificate"}))
        >>> "grant_waiver" in role.permissions
        False
    """

    id: Id
    title: Text
    permissions: frozenset[Permission] = field(default=frozenset(), converter=SetOf[Permission])


@attrs.frozen(kw_only=True)
class Member(Value):
    """One person in one company.

    Attributes:
        id: Id, unique in the company.
        name: Display name.
        state: Invited, active, suspended or removed.
        subject: Identity, bound on first arrival; an invited member has none yet.
        email: Where the invitation went: a label only.
        roles: Ids of the roles held.

    Example:
        >>> from contractor_compliance.domain import MemberState, Subject
        >>> subject = Subject(issuer="https://login.example", subject="user-17")
        >>> member = Member(id="member-1", name="Sam Sample", state=MemberState.ACTIVE, subject=subject)
        >>> member.state.value, member.roles
        ('active', frozenset())
    """

    id: Id
    name: Text
    state: MemberState
    subject: Subject | None = None
    email: Text | None = None
    roles: frozenset[Id] = field(default=frozenset(), converter=SetOf[Id])

    def _faults(self) -> Iterator[Fault]:
        if self.subject is None and self.state in (MemberState.ACTIVE, MemberState.SUSPENDED):
            yield Fault(
                "$.subject",
                "None",
                f"a member who is {self.state.value} has arrived and so has an identity",
            )
