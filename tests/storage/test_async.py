"""An async host: the store runs inside `run_sync`, on the connection that this gives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from contractor_compliance.errors import ConflictError, StoreBusyError, StoreFailedError
from contractor_compliance.storage import Head, Query, Store
from contractor_compliance.storage.sql import SqlStore, bulk, check_schema
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.steps import (
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    TICK,
    changes,
    client_key,
    commit,
    current,
    ids,
    row,
    settle,
    update,
)
from tests.storage.databases import DATABASES, NOTES, Database, empty_database

T = TypeVar("T")
#: Many more than are inserted one by one on PostgreSQL.
MANY = 120


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, request, tmp_path) as database:
        yield database


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def outside(database: Database, clock: FrozenClock) -> Store:
    """The company as others see it, without any async."""
    return SqlStore(database.engine, clock=clock).for_company(COMPANY)


def run(database: Database, work: Callable[[AsyncEngine], Awaitable[T]], **options: Any) -> T:
    """Run the host's work with an async engine of its own."""

    async def main() -> T:
        engine = create_async_engine(database.url.replace("sqlite://", "sqlite+aiosqlite://"), **options)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(main())


async def ask(connection: AsyncConnection, clock: FrozenClock, call: Callable[[Store], T]) -> T:
    """Call the company's store on the connection."""

    def inside(sync: Connection) -> T:
        return call(SqlStore(sync, clock=clock).for_company(COMPANY))

    return await connection.run_sync(inside)


def test_a_commit_is_there_once_the_host_has_committed(database: Database, outside: Store, clock: FrozenClock) -> None:
    first = changes(outside, make.company())

    async def work(engine: AsyncEngine) -> Head:
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: SqlStore(sync, clock=clock).for_company(COMPANY).commit(first))
            await connection.execute(NOTES.insert().values(text="of the host"))
            return outside.head()

    before = run(database, work)

    assert (Head(), 1, first.key) == (before, outside.head().sequence, outside.audit(0, 1)[0].key)


@pytest.mark.parametrize("begin", ["nothing", "look", "write"])
def test_the_host_s_rollback_leaves_nothing(database: Database, outside: Store, clock: FrozenClock, begin: str) -> None:
    first = changes(outside, make.company(), make.client())

    async def work(engine: AsyncEngine) -> list[str]:
        async with engine.connect() as connection:
            if begin == "look":
                await connection.execute(select(NOTES))
            elif begin == "write":
                await connection.execute(NOTES.insert().values(text="before"))
            await ask(connection, clock, lambda store: store.commit(first))
            await connection.execute(NOTES.insert().values(text="after"))
            await connection.rollback()
            return list((await connection.execute(select(NOTES.c.text))).scalars())

    notes = run(database, work)

    assert ([], Head(), (None,)) == (notes, outside.head(), outside.get([COMPANY_KEY]))


def test_an_exception_of_the_host_s_leaves_nothing(database: Database, outside: Store, clock: FrozenClock) -> None:
    first = changes(outside, make.company())

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await ask(connection, clock, lambda store: store.commit(first))
            raise LookupError

    with pytest.raises(LookupError):
        run(database, work)

    assert Head() == outside.head()


def test_every_call_of_a_store_works_inside_an_async_transaction(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    def everything(store: Store) -> tuple[Any, ...]:
        settle(store, standings=[update(row())], switch_to=1, key="first")
        commit(store, make.gl_policy(), make.member(), key="second")
        commit(store, make.client(name="Renamed"), key="third", response="done")
        asked = clock.advance(hours=1)
        query = Query(text="sample", on=make.WORK_START)
        return (
            store.get([CONTRACTOR, client_key("client-9")]),
            store.dossiers([CONTRACTOR.id]),
            store.dossiers([CONTRACTOR.id], asked),
            store.history([client_key()]),
            store.page(query, 10),
            store.count(query),
            store.head(),
            store.audit(0, 10),
            store.receipt("third"),
        )

    async def work(engine: AsyncEngine) -> tuple[Any, ...]:
        async with engine.connect() as connection:
            return await ask(connection, clock, everything)

    started = clock()
    told = run(database, work)
    clock.set(started, backwards=True)

    assert everything(outside) == told


def test_many_records_are_written_without_the_copy_that_async_drivers_lack(
    database: Database, outside: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[object] = []
    monkeypatch.setattr(bulk, "_copy", lambda *arguments: copied.append(arguments))
    settle(outside)
    many = changes(outside, *(make.contractor(id=f"another-{number:03}") for number in range(MANY)))

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await ask(connection, clock, lambda store: store.commit(many))

    run(database, work)

    assert ([], MANY + 1, "another-119") == (
        copied,
        outside.count(Query()),
        ids(outside.page(Query(), 1000).items)[MANY - 1],
    )


def test_a_refused_commit_leaves_the_host_s_transaction_as_it_was(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    refused = changes(outside, make.client(name="Refused"), expects={COMPANY_KEY: 7})
    later = changes(outside, make.client(name="Later"))

    async def work(engine: AsyncEngine) -> list[str]:
        async with engine.begin() as connection:
            await connection.execute(NOTES.insert().values(text="before"))
            with pytest.raises(ConflictError):
                await ask(connection, clock, lambda store: store.commit(refused))
            await ask(connection, clock, lambda store: store.commit(later))
            return list((await connection.execute(select(NOTES.c.text))).scalars())

    notes = run(database, work)

    assert (["before"], 2, "Later") == (notes, outside.head().sequence, current(outside, client_key()).value.name)


def test_an_instant_between_the_last_commit_and_now_can_be_asked_about(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    asked = clock.advance(hours=1)

    async def work(engine: AsyncEngine) -> Any:
        async with engine.begin() as connection:
            return await ask(connection, clock, lambda store: store.dossiers([CONTRACTOR.id], asked))

    answer = run(database, work)
    receipt = commit(outside, make.gl_policy())

    assert (answer, asked + TICK) == (outside.dossiers([CONTRACTOR.id], asked), receipt.recorded_at)


def test_a_store_works_on_the_connection_of_an_async_session(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    first = changes(outside, make.company())

    async def work(engine: AsyncEngine) -> Head:
        async with AsyncSession(engine) as session:
            await ask(await session.connection(), clock, lambda store: store.commit(first))
            before = outside.head()
            await session.commit()
        return before

    before = run(database, work)

    assert (Head(), 1) == (before, outside.head().sequence)


def test_tasks_that_write_one_company_take_their_turns(database: Database, outside: Store, clock: FrozenClock) -> None:
    settle(outside)
    all_changes = [changes(outside, make.contractor(id=f"another-{number}")) for number in range(5)]

    async def work(engine: AsyncEngine) -> None:
        async def one(number: int) -> None:
            async with engine.begin() as connection:
                await ask(connection, clock, lambda store: store.commit(all_changes[number]))

        await asyncio.gather(*map(one, range(5)))

    run(database, work)

    assert ([1, 2, 3, 4, 5, 6], 6) == ([entry.sequence for entry in outside.audit(0, 10)], outside.count(Query()))


def test_the_schema_is_checked_inside_an_async_transaction(database: Database) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.run_sync(check_schema)

    run(database, work)


def test_an_error_of_the_database_is_translated_in_an_async_transaction_as_well(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    first, second = (changes(outside, make.client(name=name)) for name in ("First", "Second"))
    is_sqlite = database.dialect == "sqlite"
    options = {"timeout": 0.1} if is_sqlite else {"options": "-c lock_timeout=100"}

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection, engine.connect() as other:
            await ask(connection, clock, lambda store: store.commit(first))
            with pytest.raises(StoreBusyError):
                await ask(other, clock, lambda store: store.commit(second))

    run(database, work, connect_args=options)


def test_an_async_engine_is_refused_with_the_way_to_its_connection(database: Database) -> None:
    async def work(engine: AsyncEngine) -> None:
        with pytest.raises(StoreFailedError, match="run_sync"):
            SqlStore(engine)  # type: ignore[arg-type]  # what is tested
        async with engine.connect() as connection:
            with pytest.raises(StoreFailedError, match="run_sync"):
                SqlStore(connection)  # type: ignore[arg-type]  # what is tested

    run(database, work)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_store_outside_of_run_sync_is_refused_by_sqlalchemy_in_our_words(
    database: Database, clock: FrozenClock
) -> None:
    async def work(engine: AsyncEngine) -> None:
        store = SqlStore(engine.sync_engine, clock=clock).for_company(COMPANY)
        with pytest.raises(StoreFailedError, match="MissingGreenlet"):
            store.head()

    run(database, work)
