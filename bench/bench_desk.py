"""The desk as a company grows: pages of the roster, one change with its standing, a rule book that touches everybody.

    python bench/bench_desk.py [--contractors N ...] [--postgresql URL]

Each size is filled anew, with standings. Every figure is a median; pages are asked for by state, job code and
insurance status together, from the first page on.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import attrs
from measure import print_table
from sqlalchemy import Engine, event, text

from contractor_compliance.desk import DEFAULT_ROLES, ComplianceDesk, MemberDesk
from contractor_compliance.desk.context import pending_key
from contractor_compliance.domain import Member, MemberState, State, Subject
from contractor_compliance.results import InsuranceStatus
from contractor_compliance.storage import Changes, Expectation, Order, Query, Receipt, Store, key_of, put
from contractor_compliance.storage.sql import SqlStore, create_schema, make_engine
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing.companies import Invented, invented_company

SEED = 7
PUBLISHING = ("published, /s", "longest commit, ms", "slowest page meanwhile, ms", "a client of so many, s")
OWNER = Subject(issuer="https://id.example.com", subject="bench")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contractors", type=int, nargs="+", default=[10_000], help="sizes (default: 10000)")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database to measure as well, for one size")
    parser.add_argument("--publish", action="store_true", help="also publish a rule book that touches everybody")
    options, _ = parser.parse_known_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.contractors:
            engine = make_engine(f"sqlite:///{Path(folder) / f'{size}.db'}")
            rows.append(measured(engine, size, publish=options.publish))
            if options.postgresql:
                rows.append(measured(make_engine(options.postgresql), size, publish=options.publish))
    head = (
        "database",
        "contractors",
        "page(50), ms",
        "statements",
        "later page, ms",
        "due, ms",
        "one change, ms",
        *PUBLISHING,
    )
    print_table("The desk as a company grows", head, rows)


def measured(engine: Engine, size: int, *, publish: bool) -> tuple[str, ...]:
    """Fill a database and time what a host does all day."""
    create_schema(engine)
    company = invented_company(contractors=size, seed=SEED)
    store = SqlStore(engine).for_company(company.company.id)
    for changes in company.commits(batch=1000, standings=True):
        store.commit(changes)
    desk = desk_of(company, store)
    settle(engine)
    filters: dict[str, Any] = {
        "work_states": [State.TX],
        "job_codes": [commonest(company, store)],
        "insurance_status": [InsuranceStatus.INSURED, InsuranceStatus.PARTLY_INSURED, InsuranceStatus.UNINSURED],
    }
    first = desk.roster(limit=50, **filters)
    statements = counted(engine, lambda: desk.roster(limit=50, **filters))
    page = timed(lambda: desk.roster(limit=50, **filters), 20)
    assert first.cursor is not None, "the page is not full: take a larger size"
    later = timed(lambda: desk.roster(limit=50, cursor=first.cursor, **filters), 20)
    due = timed(lambda: store.page(due_query(company), 50), 10)
    ids = [company.contractor(index * size // 30).contractor for index in range(30)]
    changed = iter(ids * 2)

    def change() -> None:
        contractor = next(changed)
        desk.update_contractor(attrs.evolve(contractor, phone=f"555-{next(numbers):04}"))

    numbers = iter(range(1000))
    one = timed(change, 30)
    publishing = published(company, engine, size) if publish else ("-",) * len(PUBLISHING)
    engine.dispose()
    return (
        engine.name,
        f"{size:,}",
        f"{page * 1e3:.1f}",
        str(statements),
        f"{later * 1e3:.1f}",
        f"{due * 1e3:.1f}",
        f"{one * 1e3:.1f}",
        *publishing,
    )


def published(company: Invented, engine: Engine, size: int) -> tuple[str, ...]:
    """Publish a rule book that touches everybody and change the client that most work for, while others read."""
    store, other = (SqlStore(engine).for_company(company.company.id) for _ in range(2))
    timed_store = Timed(store)
    clock = FrozenClock(noon(company))
    desk = ComplianceDesk(timed_store, clock=clock).acting_as(OWNER)
    reader = ComplianceDesk(other, clock=clock).acting_as(OWNER)
    book = attrs.evolve(company.rulebook, title="Another title")
    seconds, slowest = while_reading(reader, lambda: desk.publish_rulebook(book))
    longest = max(timed_store.commits)
    client = max(company.clients, key=lambda client: store.count(Query(client_ids=frozenset({client.id}))))
    concerned = store.count(Query(client_ids=frozenset({client.id})))
    renamed, _ = while_reading(reader, lambda: desk.put_client(attrs.evolve(client, name=f"{client.name} Renamed")))
    return (
        f"{size / seconds:.0f}",
        f"{longest * 1e3:.0f}",
        f"{slowest * 1e3:.0f}",
        f"{concerned:,}: {renamed:.1f}",
    )


class Timed:
    """Passes everything on to a store and notes how long each commit takes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.commits: list[float] = []

    def commit(self, changes: Changes) -> Receipt:
        start = perf_counter()
        try:
            return self._store.commit(changes)
        finally:
            self.commits.append(perf_counter() - start)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def while_reading(reader: MemberDesk, call: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that a call takes, and the slowest page of a roster that another thread read meanwhile."""
    done = threading.Event()
    pages: list[float] = []

    def read() -> None:
        while not done.is_set():
            start = perf_counter()
            reader.roster(limit=50)
            pages.append(perf_counter() - start)
            done.wait(0.5)

    thread = threading.Thread(target=read)
    thread.start()
    start = perf_counter()
    try:
        call()
    finally:
        seconds = perf_counter() - start
        done.set()
        thread.join()
    return seconds, max(pages)


def desk_of(company: Invented, store: Store) -> MemberDesk:
    """Give the invented company an owner, and a rule book where the desk looks for it."""
    book = attrs.evolve(company.rulebook, id=company.company.id)
    owner = Member(id="bench", name="Bench", state=MemberState.ACTIVE, subject=OWNER, roles=frozenset({"owner"}))
    (role,) = (default_role for default_role in DEFAULT_ROLES if default_role.id == "owner")
    values = (book, attrs.evolve(book, id=pending_key(company.company.id).id), owner, role)
    records = store.get([key_of(value) for value in values])
    versions = [0 if record is None else record.version for record in records]
    store.commit(
        Changes(
            actor="bench",
            action="prepare",
            key="prepare",
            fingerprint="prepare",
            puts=tuple(map(put, values)),
            expects=tuple(Expectation(key_of(value), version) for value, version in zip(values, versions, strict=True)),
        )
    )
    return ComplianceDesk(store, clock=FrozenClock(noon(company))).acting_as(OWNER)


def noon(company: Invented) -> datetime:
    return datetime(company.today.year, company.today.month, company.today.day, 16, tzinfo=UTC)


def settle(engine: Engine) -> None:
    """Let PostgreSQL look at what it holds, as it does by itself within a minute."""
    if engine.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def commonest(company: Invented, store: Store) -> str:
    """Return the job code that most have in Texas."""

    def found(code: str) -> int:
        return store.count(Query(on=company.today, work_states=frozenset({State.TX}), job_code_ids=frozenset({code})))

    return max((job_code.id for job_code in company.job_codes), key=found)


def due_query(company: Invented) -> Query:
    return Query(on=company.today, changes_by=company.today + timedelta(days=30), order=Order.NEXT_CHANGE)


def timed(call: Callable[[], object], times: int) -> float:
    """Return the median seconds of a call."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        call()
        seconds.append(perf_counter() - start)
    return median(seconds)


def counted(engine: Engine, call: Callable[[], object]) -> int:
    """Return how many statements a call runs."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)


if __name__ == "__main__":
    main()
