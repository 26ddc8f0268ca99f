"""Every kind of write that a store does, in small: what the tests of crashes, faults and lost power run.

A *use case* writes once, as often as it is asked to: its number makes each time another request. A *script* is use
cases one after the other, of two companies, in changes that were made beforehand: whoever runs it again after a
failure asks with the same keys at the same times, and must come to the same end.
"""

from __future__ import annotations

import functools
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from contractor_compliance.domain import Line, State, Subject, Value
from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import (
    Changes,
    Key,
    Kind,
    MemoryStore,
    Receipt,
    Record,
    StandingUpdate,
    Store,
    UnboundStore,
)
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.contract.steps import changes, row, state_of, update
from tests.storage.postgres import MEMORY

__all__ = [
    "CASES",
    "COMPANIES",
    "Act",
    "UseCase",
    "answers",
    "case",
    "expected",
    "folder",
    "prepare",
    "script",
]

COMPANIES = ("company-1", "company-2")
#: What the clock says before the first act.
_START = datetime(2026, 7, 1, 12, tzinfo=UTC)

#: Makes the changes of one use case, for a store as it is, and a number that makes them another request.
Maker: TypeAlias = Callable[[Store, int], Changes]


@attrs.frozen
class UseCase:
    """One kind of write.

    Attributes:
        make: Makes its changes.
        needs: The name of the use case that must have been done with the same number before.
        founds: Whether it makes a company; the others need one with its first contractor.
    """

    make: Maker
    needs: str | None = None
    founds: bool = False

    @property
    def name(self) -> str:
        return self.make.__name__


def found(store: Store, number: int) -> Changes:
    return _changes(store, "found", number, f.company(id=store.company_id))


def enlist(store: Store, number: int) -> Changes:
    """Make changes that put a new contractor, with facts of every kind and all that these name."""
    contractor_id = f"contractor-{number}"
    named = {"carrier_naic": f"{90_000 + number}", "carrier_name": f"Sample Mutual {number}"}
    return _changes(
        *(store, "enlist", number),
        f.client(id=f"client-{number}", name=f"Sample Mills {number}"),
        f.job_code(id=f"RIG-{number}"),
        f.carrier(naic=named["carrier_naic"], name=named["carrier_name"]),
        f.contractor(id=contractor_id, legal_name=f"Sample Rigging {number} LLC"),
        f.assignment(client_id=f"client-{number}", job_code_id=f"RIG-{number}"),
        f.gl_policy(**named),
        f.wc_policy(**named),
        *(f.certificate(), f.exemption(), f.enrollment(), f.waiver()),
        of=contractor_id,
        standings=(StandingUpdate(contractor_id, _timeline(contractor_id, number), store.head().generation),),
    )


def correct(store: Store, number: int) -> Changes:
    """Make changes that put another name, another policy and another assignment in the place of those on file."""
    return _changes(
        *(store, "correct", number),
        f.contractor(legal_name=f"Corrected Rigging {number} LLC", email=f"pat{number}@example.com"),
        f.policy(Line.GL, number=f"CORRECTED-{number}"),
        f.assignment(
            client_id="client-1", job_code_id="RIG-1", work_states=frozenset({State.AL, list(State)[number % 50]})
        ),
    )


def amend(store: Store, number: int) -> Changes:
    return _changes(store, "amend", number, f.exemption(id="exemption-2", people=(f"person-{number}",)))


def remove(store: Store, number: int) -> Changes:
    key = Key(Kind.EXEMPTION, "exemption-2", "contractor-1")
    return _changes(store, "remove", number, removes=(key,))


def stand(store: Store, number: int) -> Changes:
    """Make changes that replace a timeline, in the generation that is read and in the next."""
    now = store.head().generation
    updates = [update(*_timeline("contractor-1", number + offset), generation=now + offset) for offset in (0, 1)]
    return _changes(store, "stand", number, standings=tuple(updates))


def switch(store: Store, number: int) -> Changes:
    return _changes(store, "switch", number, switch_to=store.head().generation + 1)


def staff(store: Store, number: int) -> Changes:
    """Make changes that put two members and their role."""
    members = [
        f.member(
            id=f"member-{number}-{index}", subject=Subject(issuer="https://id.example.com", subject=f"{number}-{index}")
        )
        for index in (1, 2)
    ]
    return _changes(store, "staff", number, f.role(title=f"Recruiter {number}"), *members)


def rule(store: Store, number: int) -> Changes:
    return _changes(store, "rule", number, f.rulebook(f.gl_requirement(), version=number), f.rate_card())


def spread(store: Store, number: int) -> Changes:
    """Make changes of more rows than are worth an INSERT: PostgreSQL copies them."""
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(61)]
    rows = [row(start=first, end=last) for first, last in itertools.pairwise(days)]
    everywhere = f.assignment(
        id="assignment-everywhere", client_id="client-1", job_code_id="RIG-1", work_states=frozenset(State)
    )
    here = update(*rows, generation=store.head().generation)
    return _changes(store, "spread", number, everywhere, standings=(here,))


def _changes(store: Store, name: str, number: int, *values: Value, **parts: Any) -> Changes:
    key = f"{name}-{number}"
    told = {
        "action": name,
        "fingerprint": f"request {key}",
        "response": f"answer {key}",
        "detail": f'{{"n": {number}}}',
    }
    return changes(store, *values, key=key, **told, **parts)


def _timeline(contractor_id: str, number: int) -> tuple[StandingRow, ...]:
    turn = date(2026, 1, 1) + timedelta(days=number)
    return (
        row(contractor_id, end=turn, verdict=Verdict.NON_COMPLIANT, insurance=InsuranceStatus.UNINSURED),
        row(contractor_id, start=turn, rulebook_version=number),
    )


CASES = (
    UseCase(found, founds=True),
    UseCase(enlist),
    UseCase(correct),
    UseCase(amend),
    UseCase(remove, needs="amend"),
    UseCase(stand),
    UseCase(switch),
    UseCase(staff),
    UseCase(rule),
    UseCase(spread),
)


def case(name: str) -> UseCase:
    """Return the use case of a name."""
    return next(listed_case for listed_case in CASES if listed_case.name == name)


def prepare(store: Store) -> None:
    """Commit what the use cases need that do not make a company."""
    store.commit(found(store, 1))
    store.commit(enlist(store, 1))


@attrs.frozen
class Act:
    """One step of a script.

    Attributes:
        company_id: Whose it is.
        at: What the clock says.
        changes: What is committed; None = what is known of the first contractor by then is asked, which notes that
            nothing may be recorded before.
    """

    company_id: str
    at: datetime
    changes: Changes | None

    @property
    def kind(self) -> str:
        return "ask" if self.changes is None else self.changes.action

    @property
    def name(self) -> str:
        return "ask" if self.changes is None else self.changes.key

    def run(self, unbound: UnboundStore, clock: FrozenClock) -> Receipt | tuple[Record | None, ...]:
        """Do it, and return the answer: that of a repeated request is the one of the first."""
        clock.set(self.at, backwards=True)
        store = unbound.for_company(self.company_id)
        if self.changes is None:
            return store.get([Key(Kind.CONTRACTOR, "contractor-1")], self.at)
        return attrs.evolve(store.commit(self.changes), repeated=False)


#: What a script does. A name without a number asks.
_PLOT = (
    ("company-1", "found", 1),
    ("company-1", "enlist", 1),
    ("company-2", "found", 1),
    ("company-1", "correct", 1),
    ("company-1", "amend", 1),
    ("company-2", "enlist", 1),
    ("company-1", "ask", 0),
    ("company-1", "remove", 1),
    ("company-1", "stand", 1),
    ("company-1", "switch", 1),
    ("company-2", "correct", 1),
    ("company-1", "staff", 1),
    ("company-1", "rule", 1),
    ("company-1", "spread", 1),
    ("company-1", "enlist", 2),
    ("company-2", "ask", 0),
    ("company-1", "correct", 2),
    ("company-1", "stand", 2),
    ("company-1", "switch", 2),
)


@functools.cache
def script() -> tuple[Act, ...]:
    """Return the acts, each with the changes that fit the store as the acts before leave it."""
    clock = FrozenClock(_START)
    memory = MemoryStore(clock=clock)
    acts = []
    for company_id, name, number in _PLOT:
        # After an instant was asked about the clock stands still: the next commit is recorded later nevertheless.
        if not acts or acts[-1].changes is not None:
            clock.advance(seconds=1)
        make = None if name == "ask" else case(name).make
        act = Act(company_id, clock(), make and make(memory.for_company(company_id), number))
        act.run(memory, clock)
        acts.append(act)
    return tuple(acts)


def answers(unbound: UnboundStore) -> Iterator[object]:
    """Yield what a store tells of all that the script put: as it is, as it was, and as it was known at each commit."""
    for company_id in COMPANIES:
        store = unbound.for_company(company_id)
        keys = sorted(
            {put_.key for act in script() if act.changes and act.company_id == company_id for put_ in act.changes.puts},
            key=str,
        )
        contractors = [key.id for key in keys if key.kind is Kind.CONTRACTOR]
        yield state_of(store, *keys)
        for entry in store.audit(0, 1000):
            yield store.receipt(entry.key)
            yield store.get(keys, entry.recorded_at)
            yield store.dossiers(contractors, entry.recorded_at)


@functools.cache
def expected() -> tuple[object, ...]:
    """Return what a store must answer after the script: what the store in memory does."""
    clock = FrozenClock(_START)
    memory = MemoryStore(clock=clock)
    for act in script():
        act.run(memory, clock)
    return tuple(answers(memory))


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder in memory, where the system has one: what is written there is synced in no time."""
    with tempfile.TemporaryDirectory(prefix="cc-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)
