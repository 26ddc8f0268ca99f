"""Who was removed does nothing more: not a call that begins afterwards, and not the rest of one that began before."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import attrs
import pytest

from contractor_compliance.desk import MemberDesk
from contractor_compliance.domain import Role, RuleBook
from contractor_compliance.errors import AccessDeniedError, ConflictError
from contractor_compliance.storage import Key, Kind, Store
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk_security.access_table import TABLE
from tests.desk_security.calls import (
    COMPANIES,
    NOW,
    OURS,
    Ids,
    KeptInMemory,
    add_members,
    desk_of,
    invoke,
    subject_of,
)
from tests.desk_security.interleaving import OutcomePeriod, interleavings
from tests.desk_security.racing import entries_of, victim

VICTIM = "ours-victim"
WRITES = [name for name, row in TABLE.items() if row.writes]


# Every way in which a removal falls between the steps of a call


@pytest.fixture(scope="module")
def company(in_memory: KeptInMemory) -> Iterator[KeptInMemory]:
    """Our company, with a member to be removed."""
    with in_memory.fork() as store:
        add_members(store.for_company(COMPANIES[OURS]), victim())
        yield KeptInMemory(store)


ENDS: dict[str, Callable[[MemberDesk], object]] = {
    "removed": lambda owner: owner.remove_member(VICTIM),
    "suspended": lambda owner: owner.suspend_member(VICTIM),
    "stripped": lambda owner: owner.assign_roles(VICTIM, []),
}


def runs(company: KeptInMemory, name: str, end: Callable[[MemberDesk], object]) -> Iterator[OutcomePeriod]:
    """Make a call as the victim, and end its membership before each step of it."""

    def act(store: Store) -> object:
        return invoke(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "victim")), name, Ids(OURS))

    def meanwhile(store: Store) -> object:
        return end(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner")))

    return interleavings(company, COMPANIES[OURS], call=act, meanwhile=meanwhile, name=name)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_recorded_after_the_end_of_a_membership(
    company: KeptInMemory, name: str, end: Callable[[MemberDesk], object]
) -> None:
    came_first: list[OutcomePeriod] = []
    came_late: list[OutcomePeriod] = []
    for run in runs(company, name, end):
        assert run.meanwhile_raised is None
        assert [] == [entry.action for entry in run.store.audit(run.between, 1000) if entry.actor == VICTIM]
        written = any(entry.actor == VICTIM and entry.action == name for entry in entries_of(run.store))
        (came_first if written else came_late).append(run)

    # It is there if its commit came before; else it was refused.
    assert None is came_first[-1].raised
    assert isinstance(came_late[0].raised, AccessDeniedError)
    assert all(isinstance(attempt.raised, AccessDeniedError | ConflictError) for attempt in came_late)
    assert len(came_late) > 3


OF_ITSELF: dict[str, Callable[[MemberDesk], object]] = {
    "remove_member": lambda me: me.remove_member(VICTIM),
    "suspend_member": lambda me: me.suspend_member(VICTIM),
    "assign_roles": lambda me: me.assign_roles(VICTIM, ["manager"]),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("call", OF_ITSELF.values(), ids=OF_ITSELF)
def test_a_member_that_decides_about_its_own_membership_records_nothing_after_its_end(
    company: KeptInMemory, call: Callable[[MemberDesk], object], end: Callable[[MemberDesk], object]
) -> None:
    """It reads its membership a second time, then."""
    for run in interleavings(
        company,
        COMPANIES[OURS],
        call=lambda store: call(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "victim"))),
        meanwhile=lambda store: end(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))),
    ):
        late = [entry.action for entry in run.store.audit(run.between, 1000) if entry.actor == VICTIM]
        assert [] == late or run.meanwhile_raised is not None


def test_a_permission_taken_from_a_role_is_not_given_back_by_a_simultaneous_change(in_memory: KeptInMemory) -> None:
    role = Role(id="lead", title="Lead", permissions=frozenset({"put_role", "add_contractor"}))
    less = attrs.evolve(role, permissions=frozenset({"add_contractor"}))
    with in_memory.fork() as start:
        add_members(start.for_company(COMPANIES[OURS]), victim(roles=frozenset({role.id})), roles=(role,))
        for run in interleavings(
            KeptInMemory(start),
            COMPANIES[OURS],
            call=lambda store: desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "victim")).put_role(role),
            meanwhile=lambda store: (
                desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner")).put_role(less)
            ),
        ):
            (record,) = run.store.get([Key(Kind.ROLE, role.id)])
            assert record is not None
            assert less == record.value


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.writes])
def test_nothing_is_shown_to_a_member_removed_before_the_desk_has_read_its_state(
    company: KeptInMemory, name: str
) -> None:
    first, second = itertools.islice(runs(company, name, ENDS["removed"]), 2)

    # The first step finds the member who asks, and the second reads the member's state.
    assert [AccessDeniedError] * 2 == [type(first.raised), type(second.raised)]


@pytest.mark.parametrize("name", ["publish_rulebook", "withdraw_publication"])
def test_a_publication_ends_with_the_membership_of_its_publisher(company: KeptInMemory, name: str) -> None:
    """Its pages are commits of their own; the last page and the switch must not come after the removal."""
    with company.fork(name) as store:
        ours = store.for_company(COMPANIES[OURS])
        desk = desk_of(ours, FrozenClock(NOW))
        before: RuleBook = desk.acting_as(subject_of(OURS, "owner")).rulebook()

        def progress(done: int, total: int) -> None:
            desk.acting_as(subject_of(OURS, "owner")).remove_member(VICTIM)

        with pytest.raises(AccessDeniedError):
            invoke(desk.acting_as(subject_of(OURS, "victim")), name, Ids(OURS), progress=progress)

        last = [entry.actor for entry in entries_of(ours)][-1]
        assert ("ours-founder", before) == (last, desk.acting_as(subject_of(OURS, "owner")).rulebook())


@pytest.mark.parametrize("name", WRITES)
def test_a_request_that_was_carried_out_is_not_answered_again_after_the_removal(
    company: KeptInMemory, name: str
) -> None:
    with company.fork(name) as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        me = desk.acting_as(subject_of(OURS, "victim"))
        invoke(me, name, Ids(OURS), key="once")
        desk.acting_as(subject_of(OURS, "owner")).remove_member(VICTIM)

        with pytest.raises(AccessDeniedError):
            invoke(me, name, Ids(OURS), key="once")


def test_the_audit_entries_of_a_removed_member_stay_attributed_to_that_member(company: KeptInMemory) -> None:
    with company.fork() as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        done = desk.acting_as(subject_of(OURS, "victim")).put_client(make.client(id="left"))
        owner = desk.acting_as(subject_of(OURS, "owner"))
        owner.remove_member(VICTIM)

        (entry,) = owner.audit_entries(done.sequence - 1, 1)
        assert (VICTIM, "put_client") == (entry.actor, entry.action)
        assert VICTIM in {member.id for member in owner.members()}
