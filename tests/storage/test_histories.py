"""What was known at an instant stays so: asked right after, and again after everything that came later."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import Contractor, Value
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.storage import Changes, Key, Kind, MemoryStore, Store, open_store
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.contract.reading import SAMPLES
from contractor_compliance.testing.contract.steps import changes
from tests import tiers
from tests.storage.databases import empty_database
from tests.storage.workload import folder

pytestmark = tiers.sized

HISTORIES = tiers.size(tests=40, stress=300)
#: How many of them a store goes through; each number stands for one history.
NUMBERS = {
    "sqlite": tiers.size(tests=8, stress=60, deep=HISTORIES),
    "postgresql": tiers.size(tests=4, stress=30, deep=HISTORIES),
}
CONTRACTORS = ("contractor-1", "contractor-2")
#: What contractors and their facts name.
SHARED = (f.client(), f.job_code(), f.carrier())
#: Values of every kind, with what is hard to keep.
POOL = tuple(value for name, value in SAMPLES.items() if name != "company")


@attrs.frozen
class Event:
    """The clock is set, and then something is committed, or asked.

    Attributes:
        clock: What the clock says.
        changes: What is committed; it may be refused.
        asked: As known at which instant something is asked, if nothing is committed.
    """

    clock: datetime
    changes: Changes | None = None
    asked: datetime | None = None

    def happen(self, store: Store) -> object:
        if self.changes is not None:
            return told(store.commit, self.changes)
        return told(store.dossiers, CONTRACTORS, self.asked)


@attrs.frozen
class History:
    """What happens to a company of its own.

    Attributes:
        company_id: The company.
        events: What happens, in this order.
        keys: Of everything that is put.
        answers: What the store in memory answered: to each event, and as known at each instant of record.
    """

    company_id: str
    events: tuple[Event, ...]
    keys: tuple[Key, ...]
    answers: tuple[list[object], dict[datetime, object]]


@functools.cache
def history(number: int) -> History:
    """Make up a history; each event fits the company as those before leave it, or nearly so."""
    draw, clock, company_id = random.Random(number), FrozenClock(), f"company-{number}"
    store = MemoryStore(clock=clock).for_company(company_id)
    events: list[Event] = []
    keys: dict[Key, None] = {}

    def happen(event: Event) -> None:
        events.append(event)
        event.happen(store)

    def commit(*values: Value, **parts: Any) -> None:
        made = changes(store, *values, key=f"{len(events)}", **parts)
        keys.update(dict.fromkeys(put_.key for put_ in made.puts))
        happen(Event(clock(), made))

    commit(f.company(id=company_id), *SHARED, *(f.contractor(id=contractor) for contractor in CONTRACTORS))
    for _ in range(draw.randint(6, 12)):
        # Often it stands still, and sometimes goes back: nevertheless a commit is recorded later than the one before.
        clock.set(clock() + timedelta(microseconds=draw.choice((0, 0, 1, 5, 10**6, 10**11, -(10**7)))), backwards=True)
        owner = draw.choice(CONTRACTORS)
        there = [key for key in keys if key.contractor_id == owner and store.get([key]) != (None,)]
        name = f"Renamed {draw.random()}"
        match draw.randrange(10):
            case 8:  # refused: nobody knows such a client
                commit(f.assignment(client_id="client-9"), of=owner)
            case 9:  # refused: was decided on something else
                commit(f.assignment(), of=owner, expects={Key(Kind.CONTRACTOR, owner): 99})
            case 0 if there:
                commit(removes=(draw.choice(there),))
            case 1:
                latest = max(clock(), *(instant for instant in [store.head().recorded_at] if instant is not None))
                happen(Event(clock(), asked=latest - timedelta(microseconds=draw.choice((0, 0, 1, 1000)))))
            case 2:
                commit(f.company(id=company_id, name=name), attrs.evolve(f.client(), name=name))
            case 3:
                commit(f.contractor(id=owner, legal_name=name), draw.choice(SHARED))
            case _:
                some = {type(value): value for value in draw.sample(POOL, draw.randint(1, 4))}.values()
                owned = [attrs.evolve(value, id=owner) if isinstance(value, Contractor) else value for value in some]
                commit(*owned, of=owner)
    again = FrozenClock()
    made = History(company_id, tuple(events), tuple(keys), ([], {}))
    return attrs.evolve(made, answers=live(MemoryStore(clock=again).for_company(company_id), again, made))


def told(call: Callable[..., object], *args: object) -> object:
    """Return what a call returns, or what kind of exception it raises and what that says."""
    try:
        return call(*args)
    except ContractorComplianceError as error:
        return type(error), str(error)


def live(store: Store, clock: FrozenClock, history: History) -> tuple[list[object], dict[datetime, object]]:
    """Let a history happen in a store; return the answers, and those as known at each instant of record.

    Raises:
        AssertionError: If an answer as known at an instant was not the same twice.
    """
    answers: list[object] = []
    answers_at: dict[datetime, object] = {}
    for event in history.events:
        clock.set(event.clock, backwards=True)
        answers.append(event.happen(store))
        for at in filter(None, (store.head().recorded_at, event.asked)):
            if at not in answers_at:
                answers_at[at] = as_known(store, history, at)
    clock.set(max(clock(), *answers_at))  # a clock that was put back has caught up
    for at, answer in answers_at.items():
        again = as_known(store, history, at)
        assert answer == again, f"history {history.company_id}, as known at {at}"
        assert repr(answer) == repr(again), f"history {history.company_id}, as known at {at}"
    return answers, answers_at


def as_known(store: Store, history: History, at: datetime) -> tuple[object, object]:
    return store.get(history.keys, at), store.dossiers(CONTRACTORS, at)


def test_answers_as_known_at_an_instant_never_change_in_memory() -> None:
    histories = [history(number) for number in range(HISTORIES)]  # each is lived twice, and asserts it

    refused = sum(
        isinstance(answer, tuple) and isinstance(answer[0], type) for one in histories for answer in one.answers[0]
    )
    asked = sum(len(history_.answers[1]) for history_ in histories)
    print(f"{asked} instants, {refused} refusals")  # noqa: T201 - figures for whoever asks
    assert asked > 5 * HISTORIES
    assert refused > HISTORIES / 10


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def test_answers_as_known_at_an_instant_never_change_in_a_database_and_equal_those_of_memory(
    request: pytest.FixtureRequest, dialect: str
) -> None:
    clock = FrozenClock()
    with folder() as place, empty_database(dialect, request, place) as database:
        unbound = open_store(database.url, clock=clock)
        for number in range(NUMBERS[dialect]):
            played = history(number)

            assert played.answers == live(unbound.for_company(played.company_id), clock, played), f"history {number}"
        unbound.close()
