"""Who was removed does nothing more: not a call that begins afterwards, and not the rest of one that began before."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import MemberDesk
from contractor_compliance.domain import Member, MemberState, Role, RuleBook
from contractor_compliance.errors import AccessDeniedError, ConflictError
from contractor_compliance.storage import AuditEntry, Key, Kind, Store
from contractor_compliance.storage.sql import SqlStore
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
    build,
    desk_of,
    invoke,
    subject_of,
)
from tests.desk_security.interleaving import Run, interleavings
from tests.storage.databases import DATABASES, Database, empty_database

VICTIM = "ours-victim"
WRITES = [name for name, row in TABLE.items() if row.writes]
DEEP = bool(os.environ.get("CC_DEEP"))
#: How many races, at least: as many as the daily run has time for, or thousands.
RACES = {"sqlite": 2000 if DEEP else 120, "postgresql": 500 if DEEP else 40}


def entries_of(store: Store) -> Iterator[AuditEntry]:
    after = 0
    while page := store.audit(after, 1000):
        yield from page
        after = page[-1].sequence


def victim(name: str = "victim", **changes: Any) -> Member:
    usual = {
        "id": f"ours-{name}",
        "name": name,
        "state": MemberState.ACTIVE,
        "subject": subject_of(OURS, name),
        # An owner: whatever is refused, it is not for want of a permission.
        "roles": frozenset({"owner"}),
    }
    return Member(**{**usual, **changes})


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


def runs(company: KeptInMemory, name: str, end: Callable[[MemberDesk], object]) -> Iterator[Run]:
    """Make a call as the victim, and end its membership before each step of it."""

    def act(store: Store) -> object:
        return invoke(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "victim")), name, Ids(OURS))

    def meanwhile(store: Store) -> object:
        return end(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner")))

    return interleavings(company, COMPANIES[OURS], call=act, meanwhile=meanwhile)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_recorded_after_the_end_of_a_membership(
    company: KeptInMemory, name: str, end: Callable[[MemberDesk], object]
) -> None:
    came_first: list[Run] = []
    came_late: list[Run] = []
    for run in runs(company, name, end):
        assert run.meanwhile_raised is None
        assert [] == [each.action for each in run.store.audit(run.between, 1000) if each.actor == VICTIM]
        written = any(each.actor == VICTIM and each.action == name for each in entries_of(run.store))
        (came_first if written else came_late).append(run)

    # It is there if its commit came before; else it was refused.
    assert None is came_first[-1].raised
    assert isinstance(came_late[0].raised, AccessDeniedError)
    assert all(isinstance(each.raised, AccessDeniedError | ConflictError) for each in came_late)
    assert len(came_late) > 3


OF_ITSELF: dict[str, Callable[[MemberDesk], object]] = {
    "remove_member": lambda me: me.remove_member(VICTIM),
    "suspend_member": lambda me: me.suspend_member(VICTIM),
    "assign_roles": lambda me: me.assign_roles(VICTIM, ["manager"]),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("call", OF_ITSELF.values(), ids=OF_ITSELF)
def test_nor_by_whoever_decides_about_its_own_membership(
    company: KeptInMemory, call: Callable[[MemberDesk], object], end: Callable[[MemberDesk], object]
) -> None:
    """It reads its membership a second time, then."""
    for run in interleavings(
        company,
        COMPANIES[OURS],
        call=lambda store: call(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "victim"))),
        meanwhile=lambda store: end(desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))),
    ):
        late = [each.action for each in run.store.audit(run.between, 1000) if each.actor == VICTIM]
        assert [] == late or run.meanwhile_raised is not None


def test_nobody_gives_a_role_back_what_is_taken_from_it_meanwhile(in_memory: KeptInMemory) -> None:
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
            (found,) = run.store.get([Key(Kind.ROLE, role.id)])
            assert found is not None
            assert less == found.value


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.writes])
def test_nothing_is_shown_to_whoever_is_removed_before_it_is_known_who_asks(company: KeptInMemory, name: str) -> None:
    first, second = itertools.islice(runs(company, name, ENDS["removed"]), 2)

    # Who asks is found by the first step, and what he is now is read by the second.
    assert [AccessDeniedError] * 2 == [type(first.raised), type(second.raised)]


def test_a_publication_ends_with_the_membership_of_whoever_publishes(company: KeptInMemory) -> None:
    """Its pages are commits of their own; the last page and the switch must not come after the removal."""
    with company.fork() as store:
        ours = store.for_company(COMPANIES[OURS])
        desk = desk_of(ours, FrozenClock(NOW))
        before: RuleBook = desk.acting_as(subject_of(OURS, "owner")).rulebook()

        def progress(done: int, total: int) -> None:
            desk.acting_as(subject_of(OURS, "owner")).remove_member(VICTIM)

        with pytest.raises(AccessDeniedError):
            invoke(desk.acting_as(subject_of(OURS, "victim")), "publish_rulebook", Ids(OURS), progress=progress)

        last = [each.actor for each in entries_of(ours)][-1]
        assert ("ours-founder", before) == (last, desk.acting_as(subject_of(OURS, "owner")).rulebook())


@pytest.mark.parametrize("name", WRITES)
def test_a_request_that_was_carried_out_is_not_answered_again_after_the_removal(
    company: KeptInMemory, name: str
) -> None:
    with company.fork() as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        me = desk.acting_as(subject_of(OURS, "victim"))
        invoke(me, name, Ids(OURS), key="once")
        desk.acting_as(subject_of(OURS, "owner")).remove_member(VICTIM)

        with pytest.raises(AccessDeniedError):
            invoke(me, name, Ids(OURS), key="once")


def test_what_a_removed_member_did_stays_attributed_to_it(company: KeptInMemory) -> None:
    with company.fork() as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        done = desk.acting_as(subject_of(OURS, "victim")).put_client(make.client(id="left"))
        owner = desk.acting_as(subject_of(OURS, "owner"))
        owner.remove_member(VICTIM)

        (entry,) = owner.audit_entries(done.sequence - 1, 1)
        assert (VICTIM, "put_client") == (entry.actor, entry.action)
        assert VICTIM in {each.id for each in owner.members()}


# Races on databases


@pytest.fixture(params=DATABASES)
def races(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, request, tmp_path) as database:
        yield database


@attrs.frozen
class Attempt:
    """A call of the one who is being removed.

    Attributes:
        began: When it began, by the clock of the machine.
        succeeded: Whether it did.
    """

    began: int
    succeeded: bool


def test_no_call_that_begins_after_the_removal_succeeds_in_any_race(races: Database) -> None:
    """One thread calls, reading and writing in turn, while another removes it; each has its own connections."""
    wanted = RACES[races.dialect]
    clock = FrozenClock(NOW)
    build(SqlStore(races.engine, clock=clock), OURS, clock)
    first, second = (SqlStore(races.ours(), clock=clock).for_company(COMPANIES[OURS]) for _ in range(2))
    names = [f"victim-{number}" for number in range(wanted)]
    helper = Role(id="helper", title="Helper", permissions=frozenset({"put_rate_card", "see_requirements"}))
    add_members(first, *(victim(each, roles=frozenset({helper.id})) for each in names), roles=(helper,))
    owner = desk_of(first, clock).acting_as(subject_of(OURS, "owner"))
    removed: dict[str, int] = {}

    found: list[str] = []
    overlapped = 0
    for name in names:
        attempts, removal = _race(owner, desk_of(second, clock).acting_as(subject_of(OURS, name)), name)
        removed[f"ours-{name}"], returned = removal
        late = [each for each in attempts if each.began > returned]
        found += [f"{name} was answered" for each in late if each.succeeded]
        assert late, "the last attempt begins after the removal"
        overlapped += any(each.began < returned for each in attempts)

    entries = list(entries_of(first))
    found += [
        f"{each.actor} wrote {each.sequence} after {removed[each.actor]}"
        for each in entries
        if each.sequence > removed.get(each.actor, each.sequence)
    ]
    assert [] == found
    # Else these were no races: most calls began before the removal had returned, and some were in time.
    assert overlapped > wanted // 2
    assert any(each.actor in removed for each in entries)


def _race(owner: MemberDesk, me: MemberDesk, name: str) -> tuple[list[Attempt], tuple[int, int]]:
    """Return what somebody tried, and the sequence of his removal with the instant at which it returned."""
    attempts: list[Attempt] = []
    ready = threading.Barrier(2)
    over = threading.Event()
    failures: list[BaseException] = []

    def attempt(number: int) -> None:
        began = time.monotonic_ns()
        try:
            if number % 2:
                me.rulebook()
            else:
                me.put_rate_card(make.rate_card(id=f"card-{name}", title=f"Version {number}"))
        except (AccessDeniedError, ConflictError):
            attempts.append(Attempt(began, succeeded=False))
        else:
            attempts.append(Attempt(began, succeeded=True))

    def act() -> None:
        try:
            ready.wait()
            number = 0
            while not over.is_set():
                attempt(number)
                number += 1
            # Both a call that writes and one that reads begin afterwards.
            attempt(0)
            attempt(1)
        except BaseException as error:  # noqa: BLE001  # told to the thread of the test
            failures.append(error)

    thread = threading.Thread(target=act)
    thread.start()
    ready.wait()
    # Not always at the same point of the other's call.
    time.sleep(int(name.rpartition("-")[2]) % 7 / 1000)
    try:
        done = owner.remove_member(f"ours-{name}")
        returned = time.monotonic_ns()
    finally:
        over.set()
        thread.join()
    assert [] == failures
    return attempts, (done.sequence, returned)
