"""A member who is removed while working does nothing more: two thousand races, in each store that ships."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import use_cases
from contractor_compliance.desk.context import DeskConfig, RequestContext, enter
from contractor_compliance.domain import Subject
from contractor_compliance.storage import Changes, Kind, MemoryStore, Receipt, Store
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.desk_security.calls import COMPANIES, NOW, OURS, KeptInMemory, build
from tests.desk_security.racing import PLANNED, Arena, Planned, free_race, plans
from tests.storage.databases import DATABASES, empty_database
from tests.storage.postgres import MEMORY

pytestmark = tiers.sized

#: How many races of two threads, and how many by plan, by store.
FREE = tiers.size(
    tests={"memory": 60, "sqlite": 15, "postgresql": 8},
    stress={"memory": 1000, "sqlite": 250, "postgresql": 120},
)
BY_PLAN = tiers.size(
    tests={"memory": 60, "sqlite": 20, "postgresql": 20},
    stress={"memory": 370, "sqlite": 150, "postgresql": 110},
)
#: One plan of so many is carried out, on each store.
PLANS = tiers.size(
    tests={"memory": 3, "sqlite": 7, "postgresql": 7}, stress={"memory": 1, "sqlite": 1, "postgresql": 1}
)
TIMES = tiers.size(tests=1, stress=1, deep=5)
#: The longest pause before the removal, in seconds: about as long as a call takes.
PAUSES = {"memory": 0.001, "sqlite": 0.006, "postgresql": 0.009}


@pytest.fixture(scope="module", params=["memory", *DATABASES])
def arena(request: pytest.FixtureRequest) -> Iterator[Arena]:
    """Our company in each store; on a database, whoever removes and whoever is removed have their own connections."""
    clock = FrozenClock(NOW)
    if request.param == "memory":
        unbound = MemoryStore(clock=clock)
        build(unbound, OURS, clock)
        yield Arena.in_memory(KeptInMemory(unbound))
        return
    # What the disk does is tested with the stores; here a file may lie in memory too.
    with (
        TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        empty_database(request.param, request, Path(folder)) as database,
    ):
        build(SqlStore(database.engine, clock=clock), OURS, clock)
        first, second = (SqlStore(database.ours(), clock=clock).for_company(COMPANIES[OURS]) for _ in range(2))
        yield Arena(first, second, request.param)


@pytest.fixture(scope="module")
def every(arena: Arena) -> list[Planned]:
    """Every plan."""
    return plans(arena)


@pytest.fixture(autouse=True)
def quick_switches() -> Iterator[None]:
    """Threads take turns far more often than usual, so that they meet at more points."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    yield
    sys.setswitchinterval(usual)


def test_the_races_number_two_thousand_in_stress_and_a_sample_otherwise() -> None:
    assert tiers.size(tests=150, stress=2000) <= sum((*FREE.values(), *BY_PLAN.values()))


def test_a_removed_member_does_nothing_after_the_removal_in_any_race_of_two_threads(arena: Arena) -> None:
    chance = random.Random("free races")
    count = FREE[arena.name] * TIMES
    told: list[str] = []
    overlapped = in_time = 0

    for here, name in arena.victims("free", count):
        race = free_race(here, name, chance.uniform(0, PAUSES[arena.name]))
        told += race.wrong(here, name)
        overlapped += race.overlapped
        in_time += any(attempt.succeeded for attempt in race.attempts)

    assert [] == told
    # Else these were no races: most calls began before the removal had returned, and some were in time.
    assert overlapped > count // 2
    assert in_time


def test_a_member_removed_before_any_step_of_a_call_does_nothing_after_the_removal(
    arena: Arena, every: list[Planned]
) -> None:
    """Removed, suspended or without roles, by another connection, between two steps of a call that has begun."""
    count = BY_PLAN[arena.name] * TIMES
    chosen = every[:: PLANS[arena.name]]
    assert len(chosen) <= count, "each plan is tried"
    told: list[str] = []
    came_first = 0

    for (here, name), plan in zip(arena.victims("planned", count), itertools.cycle(chosen), strict=False):
        wrong, succeeded = plan.run(here, name)
        told += wrong
        came_first += succeeded

    assert [] == told
    # Some calls are over before the last steps; all others were refused.
    assert 0 < came_first < count // 2


# What would be found


class _Careless:
    """A store that does not learn what a decision about access was based on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, changes: Changes) -> Receipt:
        expects = tuple(
            expectation for expectation in changes.expects if expectation.key.kind not in (Kind.MEMBER, Kind.ROLE)
        )
        return self._store.commit(attrs.evolve(changes, expects=expects))


def careless(arena: Arena) -> Any:
    """Return the victim's handle, for a desk that forgets to expect that its member and roles are as they were."""
    return _Careless(arena.second)


def test_a_desk_that_does_not_expect_its_member_unchanged_is_found_by_plan(arena: Arena, every: list[Planned]) -> None:
    removals = [race for race in every if race.end == "removed"]
    planned = {
        plan.call
        for (here, name), plan in zip(arena.victims("careless", len(removals)), removals, strict=True)
        if any("wrote" in told for told in plan.run(here, name, careless(here))[0])
    }

    assert set(PLANNED) == planned


def test_a_desk_that_does_not_expect_its_member_unchanged_is_found_by_two_threads(arena: Arena) -> None:
    """One race in ten finds it."""
    chance = random.Random("careless races")
    faults = (
        free_race(here, name, chance.uniform(0, PAUSES[arena.name]), careless(here)).wrong(here, name)
        for here, name in arena.victims("rash", FREE[arena.name])
    )

    assert any(faults)


@pytest.fixture
def _remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that looks up once who a subject is, and never again."""
    contexts: dict[Subject, RequestContext] = {}

    def remembered(setting: DeskConfig, subject: Subject, permission: str) -> RequestContext:
        if subject not in contexts or subject.subject == f"{OURS}-owner":
            contexts[subject] = enter(setting, subject, permission)
        return contexts[subject]

    monkeypatch.setattr(use_cases, "enter", remembered)


@pytest.mark.usefixtures("_remembering")
def test_a_desk_that_remembers_permissions_is_found_out(arena: Arena) -> None:
    (here, by_plan), (_, free) = arena.victims("remembered", 2)
    here.desk(free).rulebook()

    assert Planned("put_rate_card", "removed", 99).run(here, by_plan)[0]
    assert free_race(here, free, 0).wrong(here, free)
