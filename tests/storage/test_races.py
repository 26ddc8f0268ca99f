"""Many processes at once: no update is lost, the sequence has no gap, companies stay apart, and readers see no half."""

from __future__ import annotations

import functools
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import attrs
import pytest
from sqlalchemy import Engine

from contractor_compliance.domain import Dossier
from contractor_compliance.errors import ConflictError, StoreBusyError
from contractor_compliance.storage import Kind, Receipt, Store, open_store, put, utc_now
from contractor_compliance.storage.sql import SqlStore, make_engine
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.contract.steps import changes
from tests import tiers
from tests.storage.databases import DATABASES, empty_database
from tests.storage.judge import problems
from tests.storage.processes import Child, alone
from tests.storage.workload import COMPANIES, folder

pytestmark = tiers.sized

WRITERS = 8
#: Of each writer.
WRITES = tiers.size(tests=10, stress=30, deep=250)
#: How many instants a reader asks about at least, while writing goes on.
SOME = 4
#: What is counted up: few, so that the writers get in each other's way.
COUNTERS = tuple(f"contractor-{number}" for number in range(1, 6))


@attrs.frozen
class Written:
    """What one writer did: its receipts, what each of them counted, and how often it came too late."""

    company_id: str
    receipts: tuple[Receipt, ...]
    counted: tuple[str, ...]
    conflicts: int


@attrs.frozen
class Read:
    """What one reader saw.

    Attributes:
        dossiers: How many it saw.
        halves: Those that were no whole ones.
        asked: As known at how many instants it asked.
        changed: The instants at which it was given another answer later.
    """

    dossiers: int
    halves: tuple[str, ...]
    asked: int
    changed: tuple[datetime, ...]


def race(url: str, writes: int) -> tuple[list[Written], list[Read]]:
    """Let eight processes write to one company, two to another, and one read from each."""
    engine = make_engine(url)
    first: list[Written] = []
    for company_id in COMPANIES:
        begin(SqlStore(engine).for_company(company_id))
        # Statements that are compiled here need not be compiled by each process; its connections are its own.
        first.append(write(engine, company_id, WRITERS, 1))
        read(engine, company_id, 0)
    engine.dispose()
    gate, key = os.pipe()

    def at_once(work: Callable[[], object]) -> Child:
        def child(tell: Callable[[object], None]) -> None:
            os.close(key)
            os.read(gate, 1)  # until nobody holds the key any more
            tell(work())

        return Child(child)

    counts = dict(zip(COMPANIES, (WRITERS, 2), strict=True))
    # The first writer of a company ends only after its reader has asked some times: reading and writing overlap,
    # however busy the machine is and however long a reader waits for its turn.
    pipes = {company: os.pipe() for company in COMPANIES}
    writers = [
        at_once(
            functools.partial(
                *(write, engine, company, number, writes),
                before_last=functools.partial(os.read, pipes[company][0], 1) if number == 0 else None,
            )
        )
        for company, count in counts.items()
        for number in range(count)
    ]
    readers = [
        at_once(
            functools.partial(
                *(read, engine, company, 2 + count * writes),
                after_some=functools.partial(os.write, pipes[company][1], b"."),
            )
        )
        for company, count in counts.items()
    ]
    os.close(gate)
    os.close(key)
    (written, seen) = ([process.end()[0][0] for process in group] for group in (writers, readers))
    for ends in pipes.values():
        for end in ends:
            os.close(end)
    return [*first, *written], seen


def begin(store: Store) -> None:
    contractors = [f.contractor(id=counter) for counter in COUNTERS]
    facts = [put(policy, counter) for counter in COUNTERS for policy in counting(0)]
    store.commit(changes(store, f.company(id=store.company_id), *contractors, *facts))


def counting(number: int) -> tuple[Any, ...]:
    """Return the two facts that always say the same number."""
    return f.gl_policy(number=f"{number}"), f.wc_policy(number=f"{number}")


def number_of(dossier: Dossier) -> int | None:
    """Return the number that the two facts say; None if they say two."""
    numbers = {policy.identifications[0].number for policy in dossier.policies}
    return int(numbers.pop() or "") if len(numbers) == 1 and len(dossier.policies) == 2 else None


def write(
    engine: Engine,
    company_id: str,
    writer: int,
    writes: int,
    *,
    before_last: Callable[[], object] | None = None,
) -> Written:
    """Count up, each time one of the counters, and again if another was quicker."""
    draw = random.Random(writer)
    store = SqlStore(engine).for_company(company_id)
    receipts: list[Receipt] = []
    counted: list[str] = []
    conflicts = 0
    while len(receipts) < writes:
        if before_last is not None and len(receipts) == writes - 1:
            before_last()
            before_last = None
        contractor_id = draw.choice(COUNTERS)
        (record,) = patient(lambda counter=contractor_id: store.dossiers([counter]))
        request = changes(
            *(store, *counting(number_of(record.dossier) + 1)),
            of=contractor_id,
            key=f"{company_id} {writer} {len(receipts)}",
            expects={
                expectation.key: expectation.version
                for expectation in record.expects
                if expectation.key.kind is Kind.CONTRACTOR
            },
        )
        try:
            receipts.append(patient(lambda commit_=request: store.commit(commit_)))
            counted.append(contractor_id)
        except ConflictError:
            conflicts += 1
    engine.dispose()
    return Written(company_id, tuple(receipts), tuple(counted), conflicts)


def patient(work: Callable[[], Any]) -> Any:
    """Do something again while the store is busy."""
    while True:
        try:
            return work()
        except StoreBusyError:
            time.sleep(0.01)


def read(engine: Engine, company_id: str, last: int, *, after_some: Callable[[], object] = lambda: None) -> Read:
    """Read until all is written, as it is and as it was known just now; then ask for the latter again."""
    store = SqlStore(engine).for_company(company_id)
    seen: list[Any] = []
    answers: dict[datetime, Any] = {}
    while patient(store.head).sequence < last or not answers:
        now = utc_now()
        answers[now] = patient(lambda at=now: store.dossiers(COUNTERS, at))
        seen += [*answers[now], *patient(lambda: store.dossiers(COUNTERS))]
        if len(answers) == SOME:
            after_some()
        time.sleep(0.01)
    changed = tuple(at for at, answer in answers.items() if store.dossiers(COUNTERS, at) != answer)
    engine.dispose()
    halves = tuple(str(record) for record in seen if number_of(record.dossier) is None)
    return Read(len(seen), halves, len(answers), changed)


@pytest.mark.parametrize("dialect", DATABASES)
def test_writers_at_the_same_time_lose_no_update_and_mix_nothing(request: pytest.FixtureRequest, dialect: str) -> None:
    with folder() as place, empty_database(dialect, request, place) as database:
        began = time.monotonic()
        written, seen = alone(race, database.url, WRITES)
        took = time.monotonic() - began
        store = open_store(database.url)
        engine = database.ours()

        for company_id, count in zip(COMPANIES, (WRITERS, 2), strict=True):
            company_written = [writer for writer in written if writer.company_id == company_id]
            handle = store.for_company(company_id)
            receipts = sorted(
                (receipt for one in company_written for receipt in one.receipts), key=lambda receipt: receipt.sequence
            )
            assert list(range(2, count * WRITES + 3)) == [receipt.sequence for receipt in receipts]
            assert all(one.recorded_at < other.recorded_at for one, other in pairwise(receipts))
            entries = [entry for after in range(0, len(receipts) + 2, 1000) for entry in handle.audit(after, 1000)]
            assert [receipt.key for receipt in receipts] == [entry.key for entry in entries[1:]]
            assert not any(receipt.repeated for receipt in receipts)
            counts = Counter(counter for one in company_written for counter in one.counted)
            final = handle.dossiers(COUNTERS)
            assert [counts[counter] for counter in COUNTERS] == [
                record and number_of(record.dossier) for record in final
            ]
        store.close()
        assert [] == problems(engine)
        conflicts = sum(writer.conflicts for writer in written)
        print(dialect, f"{took:.1f} s", f"{conflicts} conflicts", seen)  # noqa: T201 - figures for whoever asks
        assert conflicts > WRITES / 5  # or nobody was in anybody's way

    assert [((), ())] * 2 == [(reader.halves, reader.changed) for reader in seen]
    assert all(reader.asked >= SOME for reader in seen)
