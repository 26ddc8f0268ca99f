"""Inside the host's transaction, and among the host's tables: the host alone commits and rolls back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, event, inspect, select, text
from sqlalchemy.orm import Session

from contractor_compliance.errors import (
    ConflictError,
    InvalidValueError,
    StoreBusyError,
    StoreFailedError,
)
from contractor_compliance.storage import Head, Query, Store
from contractor_compliance.storage.sql import SqlStore, Tables, build_tables, check_schema, create_schema
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
    contractor_key,
    current,
    found,
    ids,
    row,
    settle,
    state_of,
    update,
    version_of,
)
from tests.storage.databases import DATABASES, NOTES, Database, empty_database

#: How hosts let SQLite's driver begin: when something is written; never, so that they do it; always.
SQLITE_HOSTS = ["driver_begins", "host_begins", *(["always_begun"] if sys.version_info >= (3, 12) else [])]
HOSTS = [*SQLITE_HOSTS, pytest.param("postgresql", marks=pytest.mark.server)]


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database("postgresql" if kind == "postgresql" else "sqlite", request, tmp_path) as database:
        yield database


@pytest.fixture
def host(kind: str, database: Database) -> Engine:
    """The host's engine, with none of our settings."""
    match kind:
        case "host_begins":
            engine = database.host(connect_args={"isolation_level": None, "timeout": 0.1})
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
            return engine
        case "always_begun":
            return database.host(connect_args={"autocommit": False, "timeout": 0.1})
        case "postgresql":
            return database.host(connect_args={"options": "-c lock_timeout=100"})
        case _:
            return database.host(connect_args={"timeout": 0.1})


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def outside(database: Database, clock: FrozenClock) -> Store:
    """The company as others see it, each call in a transaction of its own."""
    return SqlStore(database.engine, clock=clock).for_company(COMPANY)


each_host = pytest.mark.parametrize("kind", HOSTS)
each_database = pytest.mark.parametrize("kind", DATABASES)
on_sqlite = pytest.mark.parametrize("kind", SQLITE_HOSTS)
on_postgresql = pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.server)])


def inside(connection: Connection, clock: FrozenClock, company: str = COMPANY) -> Store:
    return SqlStore(connection, clock=clock).for_company(company)


def note(connection: Connection, words: str) -> None:
    """Write something of the host's own."""
    connection.execute(NOTES.insert().values(text=words))


def notes(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(NOTES.c.text)).scalars())


def look(connection: Connection) -> None:
    """Read something of the host's own."""
    connection.execute(select(NOTES)).all()


def nothing(connection: Connection) -> None:
    """Begin with us."""


def write(connection: Connection) -> None:
    note(connection, "before")


def write_twice(connection: Connection) -> None:
    note(connection, "before")
    with connection.begin_nested():
        note(connection, "in a savepoint")


each_beginning = pytest.mark.parametrize(
    "begin", [nothing, look, write, write_twice], ids=lambda beginning: beginning.__name__
)


# The host's transaction


@each_host
@each_beginning
def test_the_host_s_rollback_leaves_nothing(
    database: Database, host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    first = changes(outside, make.company(), make.client())
    with host.connect() as connection:
        begin(connection)
        inside(connection, clock).commit(first)
        note(connection, "after")
        connection.rollback()

    assert (Head(), (None,), []) == (outside.head(), outside.get([COMPANY_KEY]), notes(host))


@each_host
@each_beginning
def test_a_connection_that_is_given_back_without_a_commit_leaves_nothing(
    host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    first = changes(outside, make.company())
    with host.connect() as connection:
        begin(connection)
        inside(connection, clock).commit(first)

    assert (Head(), []) == (outside.head(), notes(host))


@each_host
@each_beginning
def test_the_host_s_commit_keeps_its_own_rows_and_those_of_the_store(
    host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    first = changes(outside, make.company())
    with host.begin() as connection:
        begin(connection)
        inside(connection, clock).commit(first)
        note(connection, "after")

    assert (1, "after") == (outside.head().sequence, notes(host)[-1])


@each_host
@each_beginning
def test_a_commit_inside_the_host_s_transaction_is_unseen_by_others_until_the_host_commits(
    host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    first = changes(outside, make.company())
    with host.connect() as connection:
        begin(connection)
        inside(connection, clock).commit(first)
        seen = (outside.head(), outside.receipt(first.key))
        connection.commit()

    assert (Head(), None) == seen


@each_host
def test_the_host_sees_what_the_store_committed_inside_its_transaction(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    with host.connect() as connection:
        store = inside(connection, clock)
        commit(store, make.gl_policy(), standings=[update(row())])
        seen = (
            store.head().sequence,
            len(store.dossiers([CONTRACTOR.id])[0].dossier.policies),
            ids(store.page(Query(), 10).items),
        )

    assert (2, 1, [CONTRACTOR.id]) == seen


@each_host
def test_several_commits_of_several_companies_are_one_transaction(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    with host.connect() as connection:
        for company in (COMPANY, "company-2", COMPANY):
            commit(inside(connection, clock, company), make.company(id=company))
        heads = [inside(connection, clock, company_id).head().sequence for company_id in (COMPANY, "company-2")]
        connection.rollback()

    assert ([2, 1], Head()) == (heads, outside.head())


@each_host
def test_a_savepoint_of_the_host_s_takes_back_what_was_committed_in_it(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    with host.begin() as connection:
        store = inside(connection, clock)
        commit(store, make.client(name="First"))
        with connection.begin_nested() as savepoint:
            commit(store, make.client(name="Second"))
            savepoint.rollback()
        commit(store, make.client(name="Third"))

    assert (["Sample Mills Corp", "First", "Third"], 3) == (
        [record.value.name for record in outside.history([client_key()])[0]],
        outside.head().sequence,
    )


@each_host
def test_a_store_works_on_the_connection_of_a_session(host: Engine, outside: Store, clock: FrozenClock) -> None:
    first = changes(outside, make.company())
    with Session(host) as session:
        session.execute(NOTES.insert().values(text="by the session"))
        inside(session.connection(), clock).commit(first)
        before = outside.head()
        session.commit()

    assert (Head(), 1, ["by the session"]) == (before, outside.head().sequence, notes(host))


@each_host
def test_a_session_s_rollback_leaves_nothing(host: Engine, outside: Store, clock: FrozenClock) -> None:
    first = changes(outside, make.company())
    with Session(host) as session:
        inside(session.connection(), clock).commit(first)
        session.rollback()

    assert Head() == outside.head()


# What goes wrong inside


@each_host
@each_beginning
def test_a_refused_commit_leaves_the_host_s_transaction_as_it_was(
    host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    settle(outside)
    refused = changes(outside, make.client(name="Refused"), expects={COMPANY_KEY: 7})
    later = changes(outside, make.client(name="Later"))
    with host.begin() as connection:
        begin(connection)
        note(connection, "before the refusal")
        with pytest.raises(ConflictError):
            inside(connection, clock).commit(refused)
        note(connection, "after the refusal")
        inside(connection, clock).commit(later)

    assert (["before the refusal", "after the refusal"], 2, "Later") == (
        notes(host)[-2:],
        outside.head().sequence,
        current(outside, client_key()).value.name,
    )


@each_host
@each_beginning
def test_an_error_of_the_database_leaves_the_host_s_transaction_as_it_was(
    host: Engine, outside: Store, clock: FrozenClock, begin: Any
) -> None:
    settle(outside)
    first, later = changes(outside, make.client(name="First")), changes(outside, make.client(name="Later"))
    with host.begin() as connection:
        begin(connection)
        note(connection, "before the error")
        with occupied(connection, clock), pytest.raises(StoreFailedError):
            inside(connection, clock).commit(first)
        note(connection, "after the error")
        inside(connection, clock).commit(later)

    assert (["before the error", "after the error"], 2, "Later") == (
        notes(host)[-2:],
        outside.head().sequence,
        current(outside, client_key()).value.name,
    )


@contextmanager
def occupied(connection: Connection, clock: FrozenClock) -> Iterator[None]:
    """Take the place in the audit of the next commit, so that the database refuses it at the end."""
    audit = build_tables().audit
    texts = dict.fromkeys(("actor", "action", "key", "fingerprint", "response", "detail_hash", "seal"), "occupied")
    connection.execute(
        audit.insert(), {"company_id": COMPANY, "sequence": 2, "recorded_at": clock() - timedelta(days=1), **texts}
    )
    yield
    connection.execute(audit.delete().where(audit.c.key == "occupied"))


@each_host
def test_a_connection_that_was_closed_is_refused(host: Engine, outside: Store, clock: FrozenClock) -> None:
    first = changes(outside, make.company())
    with host.connect() as connection:
        store = inside(connection, clock)

    for call in (lambda: store.commit(first), store.head):
        with pytest.raises(StoreFailedError, match="This Connection is closed"):
            call()


@on_postgresql
@pytest.mark.parametrize("bound", ["connection", "engine"])
def test_a_connection_that_ends_each_statement_is_refused(
    database: Database, outside: Store, clock: FrozenClock, bound: str
) -> None:
    engine = database.host(isolation_level="AUTOCOMMIT")
    first = changes(outside, make.company())
    with engine.connect() as connection:
        store = SqlStore(connection if bound == "connection" else engine, clock=clock).for_company(COMPANY)
        with pytest.raises(StoreFailedError, match="autocommit"):
            store.commit(first)

    assert Head() == outside.head()


def test_a_connection_to_sqlite_that_ends_each_statement_is_refused(
    database: Database, outside: Store, clock: FrozenClock
) -> None:
    first = changes(outside, make.company())
    with database.host(isolation_level="AUTOCOMMIT").connect() as connection:
        with pytest.raises(StoreFailedError, match="autocommit"):
            inside(connection, clock).commit(first)

        assert (False, Head()) == (connection.connection.driver_connection.in_transaction, outside.head())


def test_an_engine_whose_driver_ends_each_statement_begins_for_us(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database.host(isolation_level="AUTOCOMMIT"), clock=clock).for_company(COMPANY)
    settle(store)
    with pytest.raises(ConflictError):
        commit(store, make.client(name="Refused"), make.gl_policy(), expects={COMPANY_KEY: 7})

    assert (1, 1) == (store.head().sequence, version_of(store, CONTRACTOR))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the driver of older Pythons has no such mode")
@pytest.mark.parametrize("bound", ["connection", "engine"])
def test_a_driver_of_sqlite_that_never_commits_is_refused(
    database: Database, outside: Store, clock: FrozenClock, bound: str
) -> None:
    engine = database.host(connect_args={"autocommit": True})
    first = changes(outside, make.company())
    with engine.connect() as connection:
        store = SqlStore(connection if bound == "connection" else engine, clock=clock).for_company(COMPANY)
        with pytest.raises(StoreFailedError, match="autocommit"):
            store.commit(first)

    assert Head() == outside.head()


@on_postgresql
def test_a_transaction_that_may_only_read_is_read_from_and_not_written_to(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    later = changes(outside, make.client(name="Later"))
    with host.connect().execution_options(postgresql_readonly=True) as connection:
        with pytest.raises(StoreFailedError, match="may only read"):
            inside(connection, clock).commit(later)

        assert 1 == inside(connection, clock).head().sequence


# Others at the same time


@each_host
def test_another_writer_of_the_company_waits_until_the_host_has_ended(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    first, later = changes(outside, make.client(name="First")), changes(outside, make.client(name="Later"), expects={})
    with host.connect() as connection, host.connect() as other:
        inside(connection, clock).commit(first)
        with pytest.raises(StoreBusyError):
            inside(other, clock).commit(later)
        connection.rollback()
        other.rollback()
        inside(other, clock).commit(later)
        other.commit()

    assert (2, "Later") == (outside.head().sequence, current(outside, client_key()).value.name)


@on_postgresql
def test_writers_of_different_companies_do_not_wait(host: Engine, outside: Store, clock: FrozenClock) -> None:
    with host.connect() as connection, host.connect() as other:
        found(inside(connection, clock))
        found(inside(other, clock, "company-2"))
        other.commit()
        connection.commit()

    assert 1 == outside.head().sequence


@on_postgresql
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_commit_in_a_stale_snapshot_can_be_retried(
    host: Engine, outside: Store, clock: FrozenClock, level: str
) -> None:
    settle(outside)
    later = changes(outside, make.client(name="Later"), expects={contractor_key("contractor-2"): 0})
    with host.connect().execution_options(isolation_level=level) as connection:
        store = inside(connection, clock)
        store.head()
        commit(outside, make.contractor(id="contractor-2"))
        with pytest.raises(StoreBusyError):
            store.commit(later)
        connection.rollback()
        with pytest.raises(ConflictError):
            store.commit(later)


@on_postgresql
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_commit_in_a_snapshot_of_the_present_is_kept(
    host: Engine, outside: Store, clock: FrozenClock, level: str
) -> None:
    settle(outside)
    with host.connect().execution_options(isolation_level=level) as connection:
        commit(inside(connection, clock), make.client(name="Later"))
        connection.commit()

    assert "Later" == current(outside, client_key()).value.name


@on_postgresql
def test_a_stale_snapshot_is_not_asked_about_the_present_instant(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    with host.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        store = inside(connection, clock)
        store.head()
        clock.advance(hours=1)
        commit(outside, make.gl_policy())
        clock.advance(hours=1)
        with pytest.raises(StoreBusyError):
            store.dossiers([CONTRACTOR.id], clock())
        connection.rollback()

        assert 1 == len(store.dossiers([CONTRACTOR.id], clock())[0].dossier.policies)


@pytest.mark.parametrize("kind", [sqlite_host for sqlite_host in SQLITE_HOSTS if sqlite_host != "driver_begins"])
def test_a_commit_after_a_stale_read_can_be_retried(host: Engine, outside: Store, clock: FrozenClock) -> None:
    settle(outside)
    later = changes(outside, make.gl_policy())
    with host.connect() as connection:
        store = inside(connection, clock)
        store.head()
        commit(outside, make.client(name="Meanwhile"))
        with pytest.raises(StoreBusyError):
            store.commit(later)
        connection.rollback()
        store.commit(later)
        connection.commit()

    assert 3 == outside.head().sequence


# Two times


@each_host
def test_an_instant_between_the_last_commit_and_now_can_be_asked_about_in_the_host_s_transaction(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    clock.advance(hours=1)
    asked = clock()
    with host.begin() as connection:
        store = inside(connection, clock)
        answer = store.dossiers([CONTRACTOR.id], asked)
        receipt = commit(store, make.gl_policy())
        again = store.dossiers([CONTRACTOR.id], asked)

    assert (answer, answer, asked + TICK) == (again, outside.dossiers([CONTRACTOR.id], asked), receipt.recorded_at)


@each_host
def test_an_instant_asked_about_inside_the_host_s_transaction_binds_later_commits_of_others(
    host: Engine, outside: Store, clock: FrozenClock
) -> None:
    settle(outside)
    asked = clock.advance(hours=1)
    with host.begin() as connection:
        inside(connection, clock).get([CONTRACTOR], asked)

    assert asked + TICK == commit(outside, make.gl_policy()).recorded_at


# The host's own ways


@on_sqlite
def test_the_host_s_engine_need_not_check_foreign_keys(host: Engine, outside: Store, clock: FrozenClock) -> None:
    with host.begin() as connection:
        checked = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
        settle(inside(connection, clock))
        with pytest.raises(InvalidValueError):
            commit(inside(connection, clock), make.assignment(id="assignment-2", client_id="client-9"))

    assert (0, 1) == (checked, outside.head().sequence)


@pytest.mark.parametrize(
    ("kind", "style"),
    [("driver_begins", "named"), pytest.param("postgresql", "format", marks=pytest.mark.server)],
)
def test_the_host_may_write_parameters_in_another_style(database: Database, clock: FrozenClock, style: str) -> None:
    store = SqlStore(database.host(paramstyle=style), clock=clock).for_company(COMPANY)
    settle(store)
    commit(store, make.gl_policy(), standings=[update(row())])

    assert (2, [CONTRACTOR.id]) == (store.head().sequence, ids(store.page(Query(on=make.WORK_START), 10).items))


@pytest.mark.parametrize("bound", ["connection", "engine"])
def test_the_refusal_of_a_host_that_translates_schemas_says_to_name_the_schema(database: Database, bound: str) -> None:
    engine = database.host().execution_options(schema_translate_map={None: "tenant"})
    with engine.connect() as connection, pytest.raises(StoreFailedError, match="build_tables"):
        SqlStore(connection if bound == "connection" else engine)


# The host's tables


def exercise(store: Store) -> tuple[Any, ...]:
    """Use every table, and return the answers."""
    settle(store, standings=[update(row())], switch_to=1, key="first")
    commit(store, make.gl_policy(), make.enrollment(), make.member(), make.rulebook(), key="second")
    commit(store, *(make.contractor(id=f"contractor-{number}") for number in range(2, 62)), key="third")
    found_by = Query(text="sample", on=make.WORK_START, client_ids=frozenset({"client-1"}))
    return (*state_of(store, CONTRACTOR, COMPANY_KEY), store.page(found_by, 10))


@on_postgresql
def test_our_tables_may_stand_in_a_schema_with_a_prefix_of_the_host_s(
    database: Database, host: Engine, outside: Store, clock: FrozenClock
) -> None:
    metadata = MetaData()
    Table("host_table", metadata, Column("id", Integer, primary_key=True), schema="compliance")
    tables = build_tables(metadata, schema="compliance", prefix="x_")
    with host.begin() as connection:
        connection.execute(text("CREATE SCHEMA compliance"))
        create_schema(connection, tables)
    check_schema(host, tables)
    told = exercise(SqlStore(host, clock=clock, tables=tables).for_company(COMPANY))

    assert {"x_alembic_version", *(table.name for table in tables.all)} == set(
        inspect(host).get_table_names(schema="compliance")
    )
    assert Head() == outside.head()
    assert exercise(outside) == told


def test_our_tables_may_have_a_prefix_of_the_host_s(
    database: Database, host: Engine, outside: Store, clock: FrozenClock
) -> None:
    tables = build_tables(MetaData(), prefix="x_")
    create_schema(host, tables)
    told = exercise(SqlStore(host, clock=clock, tables=tables).for_company(COMPANY))

    assert Head() == outside.head()
    assert exercise(outside) == told


def test_our_tables_may_stand_in_an_attached_file(
    database: Database, outside: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    host = database.host()
    event.listen(
        host, "connect", lambda driver, _: driver.execute(f"ATTACH '{tmp_path / 'other.db'}' AS compliance").close()
    )
    tables = build_tables(MetaData(), schema="compliance", prefix="x_")
    create_schema(host, tables)
    told = exercise(SqlStore(host, clock=clock, tables=tables).for_company(COMPANY))

    assert {"x_alembic_version", *(table.name for table in tables.all)} == set(
        inspect(host).get_table_names(schema="compliance")
    )
    assert Head() == outside.head()
    assert exercise(outside) == told


@each_database
def test_two_prefixes_in_one_database_are_apart(database: Database, clock: FrozenClock) -> None:
    host, metadata = database.host(), MetaData()
    both = [build_tables(metadata, prefix=prefix) for prefix in ("x_", "y_")]
    for tables in both:
        create_schema(host, tables)
    first, second = (SqlStore(host, clock=clock, tables=prefixed).for_company(COMPANY) for prefixed in both)
    exercise(first)
    found(second)

    assert (3, 1, (None,)) == (first.head().sequence, second.head().sequence, second.get([CONTRACTOR]))


@each_database
def test_tables_of_two_prefixes_are_written_in_one_transaction_of_the_host(
    database: Database, clock: FrozenClock
) -> None:
    host = database.host()
    both: list[Tables] = [build_tables(prefix="x_"), build_tables()]
    create_schema(host, both[0])
    with host.connect() as connection:
        for tables in both:
            found(SqlStore(connection, clock=clock, tables=tables).for_company(COMPANY))
        connection.rollback()

    heads = [SqlStore(host, tables=prefixed).for_company(COMPANY).head() for prefixed in both]
    assert [Head(), Head()] == heads


@pytest.mark.parametrize("name", ["", "X_", "x-", "1x", "x y", 'x"', "x;--", "é", "x" * 64])
@pytest.mark.parametrize("part", ["schema", "prefix"])
def test_a_schema_and_a_prefix_are_plain_names(part: str, name: str) -> None:
    with pytest.raises(InvalidValueError, match=part):
        build_tables(**{part: name})


def test_a_prefix_leaves_room_for_the_longest_name() -> None:
    build_tables(prefix="x" * 20)

    with pytest.raises(InvalidValueError, match="at most 20"):
        build_tables(prefix="x" * 21)


@each_database
def test_the_longest_table_prefix_works(database: Database, clock: FrozenClock) -> None:
    tables = build_tables(prefix="x" * 20)
    create_schema(database.host(), tables)

    assert 3 == exercise(SqlStore(database.host(), clock=clock, tables=tables).for_company(COMPANY))[0].sequence


# What a store can be given


@pytest.mark.parametrize("given", [None, "sqlite:///file.db", object()], ids=["none", "url", "object"])
def test_a_store_is_given_an_engine_or_a_connection(given: Any) -> None:
    with pytest.raises(StoreFailedError, match="takes an Engine or a Connection"):
        SqlStore(given)


def test_a_session_itself_is_refused_with_the_way_to_its_connection(database: Database) -> None:
    with Session(database.host()) as session, pytest.raises(StoreFailedError, match=r"connection\(\)"):
        SqlStore(session)  # type: ignore[arg-type]  # what is tested
