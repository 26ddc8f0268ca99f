"""A company is founded once, and its members come, work and go; who may do what is tested with the access table."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from contractor_compliance.desk import DEFAULT_ROLES, OWNER, ComplianceDesk
from contractor_compliance.domain import MemberState
from contractor_compliance.errors import AccessDeniedError, NotAllowedError, NotOnFileError, UnknownCompanyError
from contractor_compliance.storage import Key, Kind, UnboundStore
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk.world import NOW, World, refusal, subject
from tests.storage.databases import Database


class TestFounding:
    def test_a_new_company_has_its_owner_and_the_default_roles(self, founded: World) -> None:
        (owner,) = founded.owner.members()

        assert (subject("owner"), frozenset({OWNER}), MemberState.ACTIVE) == (owner.subject, owner.roles, owner.state)
        assert {default_role.id: default_role for default_role in DEFAULT_ROLES} == {
            role.id: role for role in founded.owner.roles()
        }

    def test_a_new_company_requires_nothing(self, founded: World) -> None:
        founded.record(make.contractor())

        assert "not_required" == founded.owner.profile("contractor-1").report.verdict.value

    def test_creating_a_company_again_changes_nothing(self, founded: World) -> None:
        before = founded.state()

        founded.desk.create_company(make.company(id=founded.company_id, name="Another"), subject("another"))

        assert before == founded.state()

    def test_no_member_may_do_anything_before_the_company_is_created(
        self, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        desk = ComplianceDesk(unbound.for_company("company-none"), clock=clock)

        with pytest.raises(UnknownCompanyError, match="no company 'company-none'"):
            desk.acting_as(subject("owner")).roster()

    @pytest.fixture
    def url(self, database: Database | None, tmp_path: Path) -> str:
        """The URL of a store: of a new file, or of the server."""
        if database is None or database.dialect == "sqlite":
            return f"sqlite:///{tmp_path / 'new.db'}"
        return database.url

    def test_opening_a_company_again_finds_its_records_and_makes_no_other_owner(
        self, url: str, company_id: str
    ) -> None:
        name = f"Sample Staffing {company_id}"
        with ComplianceDesk.open(url, company=name, owner=subject("owner"), clock=FrozenClock(NOW)) as desk:
            desk.acting_as(subject("owner")).add_contractor(make.contractor())

        with ComplianceDesk.open(url, company=name, owner=subject("another"), clock=FrozenClock(NOW)) as desk:
            contractor_ids = [entry.contractor_id for entry in desk.acting_as(subject("owner")).roster().entries]
            with pytest.raises(AccessDeniedError):
                desk.acting_as(subject("another")).roster()

        assert ["contractor-1"] == contractor_ids


def member_of(invitation: str) -> str:
    """Return the id of the member that an invitation is for."""
    return invitation.rpartition(".")[0]


class TestInvitations:
    @pytest.fixture
    def invitation(self, world: World) -> str:
        """The invitation of a member who was invited as a recruiter."""
        return str(world.owner.invite_member("Rae Sample", role_ids=["recruiter"], email="rae@example.com").invitation)

    def test_a_person_who_accepts_an_invitation_is_a_member_from_then_on(self, world: World, invitation: str) -> None:
        world.desk.accept_invitation(invitation, subject("rae"))

        world.acting_as("rae").add_contractor(make.contractor())
        (entry,) = world.auditor.audit_entries(world.store.head().sequence - 1)
        assert (member_of(invitation), "add_contractor") == (entry.actor, entry.action)

    def test_an_invitation_is_used_once(self, world: World, invitation: str) -> None:
        world.desk.accept_invitation(invitation, subject("rae"))

        with world.refuses(NotAllowedError, "This invitation was used, or withdrawn"):
            world.desk.accept_invitation(invitation, subject("somebody"))

    def test_accepting_an_invitation_again_as_the_same_person_has_the_same_answer(
        self, world: World, invitation: str
    ) -> None:
        first = world.desk.accept_invitation(invitation, subject("rae"))

        again = world.desk.accept_invitation(invitation, subject("rae"))

        assert attrs.evolve(first, repeated=True) == again

    @refusal
    def test_a_withdrawn_invitation_is_not_accepted(self, world: World, invitation: str) -> None:
        world.owner.remove_member(member_of(invitation))

        with world.refuses(NotAllowedError, "This invitation was used, or withdrawn"):
            world.desk.accept_invitation(invitation, subject("rae"))

    def test_a_member_accepts_no_invitation_for_another_member(self, world: World, invitation: str) -> None:
        with world.refuses(NotAllowedError, "is a member of this company already"):
            world.desk.accept_invitation(invitation, subject("manager"))

    def test_an_invitation_that_the_company_does_not_have_is_not_accepted(self, world: World, other: World) -> None:
        theirs = other.owner.invite_member("Rae Sample", role_ids=["recruiter"], key="a key of theirs")
        assert "id-2" == theirs.id

        with world.refuses(NotAllowedError, "There is no such invitation in this company"):
            world.desk.accept_invitation(str(theirs.invitation), subject("rae"))

    @refusal
    @pytest.mark.parametrize("guess", ["{id}", "{id}.", "{id}.guess", "", ".", "x" * 900])
    def test_knowing_who_was_invited_does_not_let_a_person_in(self, world: World, invitation: str, guess: str) -> None:
        guessed = guess.format(id=member_of(invitation))

        with world.refuses(NotAllowedError, "There is no such invitation in this company"):
            world.desk.accept_invitation(guessed, subject("rae"))

    @refusal
    def test_an_invitation_of_a_member_that_was_not_invited_is_refused(self, world: World) -> None:
        with world.refuses(NotAllowedError, "There is no such invitation in this company"):
            world.desk.accept_invitation("manager-1.token", subject("rae"))

    def test_an_invitation_stands_in_no_list_and_in_no_audit_entry(self, world: World, invitation: str) -> None:
        world.desk.accept_invitation(invitation, subject("rae"))
        token = invitation.rpartition(".")[2]

        told = [*world.auditor.members(), *world.auditor.audit_entries(0, 1000)]
        told += world.auditor.history(Key(Kind.MEMBER, member_of(invitation)))
        assert token not in repr(told)

    def test_inviting_again_with_the_same_key_gives_the_same_invitation(self, world: World) -> None:
        first, again = (world.owner.invite_member("Rae Sample", role_ids=["auditor"], key="rae") for _ in range(2))

        assert (first.invitation, True) == (again.invitation, again.repeated)

    @refusal
    def test_an_invitation_to_a_role_that_is_not_on_file_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no role 'juggler'"):
            world.owner.invite_member("Rae Sample", role_ids=["juggler"])

    def test_an_email_address_of_an_invitation_is_a_label_and_gives_no_access(
        self, world: World, invitation: str
    ) -> None:
        with pytest.raises(AccessDeniedError):
            world.acting_as("rae@example.com").roster()


class TestMembership:
    def test_a_suspended_member_may_do_nothing_until_reinstated(self, world: World) -> None:
        world.owner.suspend_member("recruiter-1")
        with pytest.raises(AccessDeniedError):
            world.recruiter.roster()

        world.owner.reinstate_member("recruiter-1")

        assert () == world.recruiter.roster().entries

    def test_a_removed_member_stays_listed(self, world: World) -> None:
        world.owner.remove_member("recruiter-1")

        states = {member.id: member.state for member in world.auditor.members()}
        assert MemberState.REMOVED is states["recruiter-1"]

    def test_a_removed_member_may_be_reinstated_as_the_same_member(self, world: World) -> None:
        world.owner.remove_member("recruiter-1")

        world.owner.reinstate_member("recruiter-1")

        assert "contractor-1" == world.recruiter.add_contractor(make.contractor()).id

    @refusal
    def test_a_member_removed_before_accepting_must_be_invited_again(self, world: World) -> None:
        invited = world.owner.invite_member("New", role_ids=["recruiter"]).id
        world.owner.remove_member(invited)

        with world.refuses(NotAllowedError, "was removed before accepting: invite this person again"):
            world.owner.reinstate_member(invited)

    @refusal
    def test_a_member_cannot_reinstate_another_who_may_do_more(self, world: World) -> None:
        staff = make.role(id="staff", title="Staff", permissions=frozenset({"reinstate_member", "see_team"}))
        world.owner.put_role(staff)
        world.owner.assign_roles("billing-1", ["staff"])
        world.owner.remove_member("manager-1")

        with world.refuses(NotAllowedError, "The role 'manager' allows what you may not do yourself"):
            world.billing.reinstate_member("manager-1")

    def test_newly_assigned_roles_take_the_place_of_the_earlier_ones(self, world: World) -> None:
        world.owner.assign_roles("recruiter-1", ["billing"])

        world.recruiter.put_rate_card(make.rate_card())
        with world.refuses(AccessDeniedError, "may not add contractor"):
            world.recruiter.add_contractor(make.contractor())

    def test_a_company_may_add_roles_of_its_own(self, world: World) -> None:
        world.owner.put_role(make.role(id="greeter", title="Greeter", permissions=frozenset({"add_contractor"})))
        world.owner.assign_roles("billing-1", ["greeter"])

        assert "contractor-1" == world.billing.add_contractor(make.contractor()).id

    @refusal
    def test_the_last_owner_cannot_be_removed_suspended_or_given_other_roles(self, world: World) -> None:
        owner = next(member.id for member in world.owner.members() if OWNER in member.roles)

        for change in (
            lambda: world.owner.remove_member(owner),
            lambda: world.owner.suspend_member(owner),
            lambda: world.owner.assign_roles(owner, ["manager"]),
        ):
            with world.refuses(NotAllowedError, "without an owner"):
                change()

    @refusal
    def test_a_change_of_a_member_that_is_not_on_file_is_refused(self, world: World) -> None:
        for change in (world.owner.remove_member, world.owner.suspend_member, world.owner.reinstate_member):
            with world.refuses(NotOnFileError, "no member 'member-9'"):
                change("member-9")
