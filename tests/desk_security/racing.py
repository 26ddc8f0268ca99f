"""Races between a call of a member and the end of its membership: free ones of two threads, and ones by plan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import attrs

from contractor_compliance.desk import MemberDesk
from contractor_compliance.domain import Member, MemberState, Role
from contractor_compliance.errors import AccessDeniedError, ConflictError, NotAllowedError
from contractor_compliance.storage import AuditEntry, Store
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk_security.calls import (
    COMPANIES,
    NOW,
    OURS,
    Ids,
    KeptInMemory,
    add_members,
    desk_of,
    rulebook_of,
    subject_of,
)
from tests.desk_security.interleaving import Watched

__all__ = ["ENDS", "PLANNED", "Arena", "Planned", "entries_of", "free_race", "plans", "steps_of", "victim"]


def entries_of(store: Store) -> Iterator[AuditEntry]:
    """Yield all audit entries."""
    after = 0
    while page := store.audit(after, 1000):
        yield from page
        after = page[-1].sequence


def victim(name: str = "victim", **changes: Any) -> Member:
    """Return a member who is to be removed: an owner, for whatever is refused, it is not for want of a permission."""
    usual = {
        "id": f"ours-{name}",
        "name": name,
        "state": MemberState.ACTIVE,
        "subject": subject_of(OURS, name),
        "roles": frozenset({"owner"}),
    }
    return Member(**{**usual, **changes})


@attrs.frozen
class Arena:
    """Our company, with one handle of its store for whoever removes, and another for whoever is removed.

    Attributes:
        first: The owner's.
        second: The other's.
        name: `memory`, `sqlite` or `postgresql`.
        origin: What a store in memory is copied from.
    """

    first: Store
    second: Store
    name: str
    origin: KeptInMemory | None = None

    @property
    def owner(self) -> MemberDesk:
        """The desk of the owner."""
        return desk_of(self.first, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))

    def desk(self, name: str, store: Any = None) -> MemberDesk:
        """Return the desk of a victim."""
        return desk_of(store or self.second, FrozenClock(NOW)).acting_as(subject_of(OURS, name))

    @classmethod
    def in_memory(cls, origin: KeptInMemory) -> Arena:
        """Return one in memory."""
        with origin.fork() as unbound:
            first, second = (unbound.for_company(COMPANIES[OURS]) for _ in range(2))
        return cls(first, second, "memory", origin)

    def victims(self, what: str, count: int) -> Iterator[tuple[Arena, str]]:
        """Yield the names of members to be removed, each with where it is to be: it is one as soon as it is yielded.

        A store in memory looks at every member in order to find one, so that there it is a new one now and then.
        """
        names = [f"{what}-{number}" for number in range(count)]
        for start in range(0, count, 40):
            batch = names[start : start + 40]
            here = self if self.origin is None else self.in_memory(self.origin)
            here.add_victims(batch)
            for name in batch:
                yield here, name

    def add_victims(self, names: list[str]) -> None:
        """Add members who may make the calls of this module, and little else."""
        permissions = frozenset({"put_role", "see_requirements", *PLANNED})
        helper = Role(id="helper", title="Helper", permissions=permissions)
        add_members(self.first, *(victim(name, roles=frozenset({helper.id})) for name in names), roles=(helper,))


# By plan

#: Calls that can be made again and again, by use case: of one commit, of one that is tried again when others come
#: between, and of many commits.
PLANNED: dict[str, Callable[[MemberDesk, str], object]] = {
    "put_rate_card": lambda me, name: me.put_rate_card(make.rate_card(id="ours-card", title=name)),
    "put_client": lambda me, name: me.put_client(make.client(id="ours-client", name=f"Sample Looms {name}")),
    "record_exemption": lambda me, name: me.record_exemption("ours-second", make.exemption(id="e-1", number=name)),
    "publish_rulebook": lambda me, name: me.publish_rulebook(rulebook_of(Ids(OURS), title=name)),
}
#: How a membership ends.
ENDS: dict[str, Callable[[MemberDesk, str], object]] = {
    "removed": lambda owner, member_id: owner.remove_member(member_id),
    "suspended": lambda owner, member_id: owner.suspend_member(member_id),
    "stripped": lambda owner, member_id: owner.assign_roles(member_id, []),
}


@attrs.frozen
class Planned:
    """A race that goes by a plan.

    Attributes:
        call: The use case.
        end: How the membership ends.
        step: Before which step of the call.
    """

    call: str
    end: str
    step: int

    def run(self, arena: Arena, name: str, store: Store | None = None) -> tuple[list[str], bool]:
        """Carry it out, and return what is wrong, and whether the call came first.

        Args:
            arena: Where.
            name: The victim's.
            store: What it works with, if not with the arena's.
        """
        owner, member_id = arena.owner, f"ours-{name}"
        ended: list[int] = []

        def end() -> None:
            ENDS[self.end](owner, member_id)
            ended.append(arena.first.head().sequence)

        watched: Any = Watched(store or arena.second, self.step, end)
        wrong = []
        succeeded = self._call(arena.desk(name, watched), name)
        if not ended:
            end()
        wrote = [entry for entry in arena.first.audit(ended[0], 1000) if entry.actor == member_id]
        wrong += [f"{name} wrote {entry.action} after the end ({self})" for entry in wrote]
        before = arena.first.audit(ended[0] - 2, 1)[0]
        if succeeded and (member_id, self.call) != (before.actor, before.action):
            wrong.append(f"{name} was answered that it had succeeded ({self})")
        me = arena.desk(name, store)
        if self._call(me, name) or _succeeds(me.rulebook):
            wrong.append(f"{name} was answered after the end ({self})")
        if self.call == "publish_rulebook" and not succeeded and self.step > 1:
            _withdraw(owner)
        return wrong, succeeded

    def _call(self, me: MemberDesk, name: str) -> bool:
        return _succeeds(lambda: PLANNED[self.call](me, name))


def _withdraw(owner: MemberDesk) -> None:
    with suppress(NotAllowedError):  # it had not begun
        owner.withdraw_publication()


def _succeeds(call: Callable[[], object]) -> bool:
    try:
        call()
    except (AccessDeniedError, ConflictError):
        return False
    return True


def steps_of(arena: Arena, call: str) -> int:
    """Return in how many steps a member who is not removed makes a call."""
    ((here, name),) = arena.victims(f"counted-{call}", 1)
    watched: Any = Watched(here.second, 0, lambda: None)
    PLANNED[call](here.desk(name, watched), name)
    return int(watched.steps)


def plans(arena: Arena) -> list[Planned]:
    """Return every plan: each call, each end, before each step and after the last.

    A publication is many commits, and its membership is always ended by a removal: else this would take too long.
    """
    return [
        Planned(call, end, step)
        for call in PLANNED
        for step in range(1, steps_of(arena, call) + 2)
        for end in (["removed"] if call == "publish_rulebook" else ENDS)
    ]


# Free


@attrs.frozen
class Attempt:
    """A call of the one who is being removed.

    Attributes:
        began: When it began, by the clock of the machine.
        succeeded: Whether it did.
    """

    began: int
    succeeded: bool


@attrs.frozen
class Free:
    """What came of a race of two threads.

    Attributes:
        attempts: What the one who was removed has tried.
        sequence: Number of the commit that removed the member.
        returned: When the removal returned.
    """

    attempts: list[Attempt]
    sequence: int
    returned: int

    @property
    def overlapped(self) -> bool:
        """Whether a call began before the removal had returned."""
        return any(attempt.began < self.returned for attempt in self.attempts)

    def wrong(self, arena: Arena, name: str) -> list[str]:
        """Return what is wrong with it."""
        late = [attempt for attempt in self.attempts if attempt.began > self.returned]
        assert late, "the last attempts begin after the removal"
        wrong = [f"{name} was answered after its removal" for attempt in late if attempt.succeeded]
        after = arena.first.audit(self.sequence, 1000)
        return wrong + [
            f"{name} wrote {entry.sequence} after its removal" for entry in after if entry.actor == f"ours-{name}"
        ]


def free_race(arena: Arena, name: str, pause: float, store: Store | None = None) -> Free:
    """Let one thread call, writing and reading in turn, while another removes it.

    Args:
        arena: Where.
        name: The victim's.
        pause: Seconds between the first call and the removal.
        store: What the victim works with, if not with the arena's.
    """
    owner, me = arena.owner, arena.desk(name, store)
    attempts: list[Attempt] = []
    ready = threading.Barrier(2)
    over = threading.Event()
    failures: list[BaseException] = []

    def attempt(number: int) -> None:
        began = time.monotonic_ns()
        call = me.rulebook if number % 2 else lambda: PLANNED["put_rate_card"](me, f"{name} {number}")
        attempts.append(Attempt(began, _succeeds(call)))

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
        except BaseException as error:  # noqa: BLE001  # reported to the thread of the test
            failures.append(error)

    thread = threading.Thread(target=act)
    thread.start()
    ready.wait()
    time.sleep(pause)
    try:
        done = owner.remove_member(f"ours-{name}")
        returned = time.monotonic_ns()
    finally:
        over.set()
        thread.join()
    assert [] == failures
    return Free(attempts, done.sequence, returned)
