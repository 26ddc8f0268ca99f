"""Opening and closing, and what the errors of a database become: clear, of our own classes, and discreet."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError
from sqlalchemy.pool import QueuePool

from contractor_compliance.domain import TaxId
from contractor_compliance.errors import (
    CommitUnknownError,
    SchemaError,
    StorageError,
    StoreBusyError,
    StoreClosedError,
    StoreFailedError,
    StoreURLError,
    UnavailableError,
)
from contractor_compliance.storage import Head, Query, Store, open_store
from contractor_compliance.storage.sql import SCHEMA_VERSION, SqlStore, make_engine
from contractor_compliance.storage.sql.failures import translate_commit_error, translate_error
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.steps import COMPANY, CONTRACTOR, changes, commit, settle
from tests.storage.databases import DATABASES, Database, empty_database

SECRET = "correct-horse"  # noqa: S105  # of nobody
TAX_ID = "900000077"


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, request, tmp_path) as database:
        yield database


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", DATABASES[1:], indirect=True)


@pytest.fixture
def store(database: Database) -> Store:
    return SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)


# Opening


def test_a_url_opens_the_store_that_is_there(database: Database, store: Store) -> None:
    settle(store)
    opened = open_store(database.url)
    head = opened.for_company(COMPANY).head()
    opened.close()

    assert 1 == head.sequence


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="create") as caught:
        open_store(f"sqlite:///{tmp_path}/missing.db")

    assert ("missing.db" in str(caught.value), None, []) == (True, caught.value.actual, list(tmp_path.iterdir()))


def test_opening_an_empty_file_says_that_it_has_no_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    with pytest.raises(SchemaError, match="no tables of ours"):
        open_store(f"sqlite:///{tmp_path}/empty.db")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreFailedError, match="no SQLite database"):
        open_store(f"sqlite:///{file}")

    assert "Dear Sir or Madam, " * 100 == file.read_text()


def test_a_folder_cannot_be_opened_as_a_store(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite://"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(StoreURLError, match="memory://"):
        open_store(url)


@pytest.mark.parametrize("url", ["sqlite://records.db", "sqlite://host/records.db", "sqlite://user@/records.db"])
def test_a_file_on_a_host_is_refused_with_the_way_to_write_it(url: str) -> None:
    with pytest.raises(StoreURLError, match=re.escape("sqlite:///file.db")):
        open_store(url)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///records.db", "postgresql+asyncpg://host/records"])
def test_a_url_with_an_unsupported_driver_is_refused(url: str) -> None:
    with pytest.raises(StoreURLError, match="No store of ours uses"):
        open_store(url)


@on_postgresql
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_url_need_not_name_the_driver(database: Database, scheme: str) -> None:
    opened = open_store(database.url.replace("postgresql+psycopg", scheme))
    head = opened.for_company(COMPANY).head()
    opened.close()

    assert Head() == head


@pytest.mark.parametrize(
    ("version", "advice"), [(0, "run the migrations"), (SCHEMA_VERSION + 1, "upgrade the library")]
)
def test_tables_of_another_version_are_refused(database: Database, version: int, advice: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(default_tables().version.update().values(version=version))

    with pytest.raises(SchemaError, match=advice) as caught:
        open_store(database.url)

    assert (version, SCHEMA_VERSION) == (caught.value.actual, caught.value.expected)


@on_postgresql
def test_a_database_without_our_tables_is_refused(database: Database, postgres_url: str) -> None:
    with pytest.raises(SchemaError, match="no tables of ours") as caught:
        open_store(postgres_url)

    assert caught.value.actual is None


def test_every_call_reports_tables_that_are_gone(database: Database, store: Store) -> None:
    settle(store)
    later = changes(store, make.client(name="Later"))
    with database.engine.begin() as connection:
        for table in reversed(default_tables().all):
            table.drop(connection)

    for call in (
        store.head,
        lambda: store.page(Query(), 10),
        lambda: store.get([CONTRACTOR]),
        lambda: store.commit(later),
    ):
        with pytest.raises(SchemaError, match="run the migrations"):
            call()


@on_sqlite
def test_every_connection_has_the_settings_that_keep_what_is_committed(database: Database) -> None:
    engine = database.ours()
    with engine.connect() as first, engine.connect() as second, engine.connect() as third:
        settings = [
            [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS]
            for connection in (first, second, third)
        ]

    assert [list(PRAGMAS.values())] * 3 == settings


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


# Servers that are not there


def unreachable(kind: str, url: str, folder: Path) -> str:
    """Return the URL of a server or database that is not there, with a password in it."""
    base = make_url(url).set(password=SECRET)
    match kind:
        case "port":
            query: dict[str, str] = {}
            return base.set(host="127.0.0.1", port=1, query=query).render_as_string(hide_password=False)
        case "socket":
            return base.set(query={"host": str(folder)}).render_as_string(hide_password=False)
        case "host":
            return base.set(host="nowhere.invalid", query={}).render_as_string(hide_password=False)
        case "database":
            return base.set(database="nothing_is_called_so").render_as_string(hide_password=False)
        case _:
            return base.set(username="nobody_is_called_so").render_as_string(hide_password=False)


@on_postgresql
@pytest.mark.parametrize("kind", ["port", "socket", "host", "database", "user"])
def test_a_server_that_cannot_be_reached_is_reported_quickly_and_without_the_password(
    database: Database, tmp_path: Path, kind: str
) -> None:
    url = unreachable(kind, database.url, tmp_path)
    started = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        open_store(url)
    seconds = time.monotonic() - started

    assert SECRET not in told(caught.value)
    assert seconds < 10


@on_postgresql
def test_every_call_reports_a_server_that_cannot_be_reached(database: Database, store: Store, tmp_path: Path) -> None:
    first = changes(store, make.company())
    engine = create_engine(unreachable("port", database.url, tmp_path))
    away = SqlStore(engine).for_company(COMPANY)

    for call in (away.head, lambda: away.page(Query(), 10), lambda: away.receipt("key"), lambda: away.commit(first)):
        with pytest.raises(UnavailableError) as caught:
            call()
        assert SECRET not in told(caught.value)


@on_postgresql
def test_a_url_that_cannot_be_read_is_not_repeated(database: Database) -> None:
    with pytest.raises(StoreURLError) as caught:
        open_store(f"postgresql://user:{SECRET}@host:port/database")

    assert SECRET not in told(caught.value)


@on_postgresql
def test_a_connection_that_the_server_has_ended_is_replaced(database: Database) -> None:
    store = SqlStore(database.ours(), clock=FrozenClock()).for_company(COMPANY)
    settle(store)
    end_others(database)
    commit(store, make.client(name="Later"))

    assert 2 == store.head().sequence


@on_postgresql
def test_a_host_s_connection_that_the_server_has_ended_is_unavailable(database: Database, store: Store) -> None:
    settle(store)
    later = changes(store, make.client(name="Later"))
    with database.host().connect() as connection:
        inside = SqlStore(connection, clock=FrozenClock()).for_company(COMPANY)
        inside.head()
        end_others(database)
        with pytest.raises(UnavailableError, match="nothing was written"):
            inside.commit(later)


def end_others(database: Database) -> None:
    """End every other connection to the database, as an administrator may."""
    with database.host().connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


# Closing


def test_closing_disposes_of_the_engine_that_the_store_made(database: Database) -> None:
    opened = open_store(database.url)
    assert isinstance(opened, SqlStore)
    opened.for_company(COMPANY).head()
    engine = opened._shared.bind
    assert isinstance(engine, Engine)
    pool = engine.pool
    opened.close()

    assert (0, True) == (pool.checkedin(), engine.pool is not pool)


def test_closing_leaves_the_host_s_engine_as_it_was(database: Database) -> None:
    engine = database.host()
    unbound = SqlStore(engine)
    unbound.for_company(COMPANY).head()
    pool = engine.pool
    unbound.close()

    assert (1, True) == (pool.checkedin(), engine.pool is pool)


def test_closing_leaves_the_host_s_connection_and_transaction_open(database: Database) -> None:
    with database.host().connect() as connection:
        unbound = SqlStore(connection, clock=FrozenClock())
        settle(unbound.for_company(COMPANY))
        unbound.close()
        with pytest.raises(StoreClosedError):
            unbound.for_company(COMPANY).head()

        assert 1 == SqlStore(connection).for_company(COMPANY).head().sequence


# Which drivers


@pytest.mark.parametrize("dialect", [PGDialect_psycopg2(), MySQLDialect_pymysql()], ids=lambda dialect: dialect.driver)
def test_an_engine_of_another_driver_is_refused(dialect: Any) -> None:
    engine = Engine(QueuePool(object), dialect, make_url(f"{dialect.name}://host/records"))

    with pytest.raises(StoreFailedError, match=f"does not work with {dialect.name} by {dialect.driver}"):
        SqlStore(engine)


# What the errors of the database mean


def driver_error(state: str) -> DBAPIError:
    return wrapped(psycopg.errors.lookup(state)("raised by the driver"))


def wrapped(error: psycopg.Error | sqlite3.Error) -> DBAPIError:
    module: Any = psycopg if isinstance(error, psycopg.Error) else sqlite3
    wrapped_error = DBAPIError.instance("SELECT 1", (), error, module.Error)
    assert isinstance(wrapped_error, DBAPIError)
    return wrapped_error


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("08006", UnavailableError),
        ("25006", StoreFailedError),
        ("25P02", StoreFailedError),
        ("28P01", UnavailableError),
        ("3D000", UnavailableError),
        ("3F000", SchemaError),
        ("40001", StoreBusyError),
        ("40P01", StoreBusyError),
        ("42501", StoreFailedError),
        ("42703", SchemaError),
        ("42P01", SchemaError),
        ("53100", StoreFailedError),
        ("53300", UnavailableError),
        ("55P03", StoreBusyError),
        ("57014", StoreBusyError),
        ("57P01", UnavailableError),
        ("57P03", UnavailableError),
        ("22001", StoreFailedError),
        ("23514", StoreFailedError),
        ("42601", StoreFailedError),
        ("XX000", StoreFailedError),
    ],
)
def test_each_error_state_of_postgresql_raises_its_storage_error(state: str, meaning: type[StorageError]) -> None:
    assert meaning is type(translate_error(driver_error(state)))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError),
        (sqlite3.SQLITE_LOCKED, StoreBusyError),
        (sqlite3.SQLITE_FULL, StoreFailedError),
        (sqlite3.SQLITE_READONLY, StoreFailedError),
        (sqlite3.SQLITE_CORRUPT, StoreFailedError),
        (sqlite3.SQLITE_NOTADB, StoreFailedError),
        (sqlite3.SQLITE_IOERR_FSYNC, UnavailableError),
        (sqlite3.SQLITE_CANTOPEN, UnavailableError),
        (sqlite3.SQLITE_INTERRUPT, StoreBusyError),
        (sqlite3.SQLITE_CONSTRAINT_CHECK, StoreFailedError),
    ],
)
def test_each_error_code_of_sqlite_raises_its_storage_error(code: int, meaning: type[StorageError]) -> None:
    error = sqlite3.OperationalError("raised by the driver")
    error.sqlite_errorcode = code

    assert meaning is type(translate_error(wrapped(error)))


@pytest.mark.parametrize(
    ("state", "is_unknown"),
    [(None, True), ("08006", True), ("57P01", True), ("40001", False), ("23505", False), ("53100", False)],
)
def test_a_commit_that_the_server_did_not_refuse_is_unknown(state: str | None, is_unknown: bool) -> None:
    lost = wrapped(psycopg.OperationalError("the connection was lost")) if state is None else driver_error(state)

    assert is_unknown is isinstance(translate_commit_error(lost, "key-a", is_open=False), CommitUnknownError)


# What is not shown


def told(error: BaseException) -> str:
    """Return all that a log or an error tracker would keep of an exception."""
    texts = [str(error), repr(error), repr(error.args), *traceback.format_exception(error)]
    seen: list[BaseException] = [error]
    while (inner := seen[-1].__cause__ or seen[-1].__context__) is not None:
        seen.append(inner)
        texts += [str(inner), repr(inner)]
    return "\n".join(texts)


CHECKED = "ALTER TABLE cc_contractor_history ADD CONSTRAINT host_ck CHECK (name <> 'Refused Rigging LLC')"
TRIGGER = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$;"
    "CREATE TRIGGER refuse BEFORE INSERT ON cc_contractor_history FOR EACH ROW "
    "WHEN (NEW.name = 'Refused Rigging LLC') EXECUTE FUNCTION refuse()"
)
SQLITE_TRIGGER = (
    "CREATE TRIGGER refuse BEFORE INSERT ON cc_contractor_history WHEN NEW.name = 'Refused Rigging LLC' "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END"
)
REFUSALS = {
    "sqlite": [SQLITE_TRIGGER],
    "postgresql": [
        CHECKED,
        TRIGGER.format(body="RAISE EXCEPTION 'refused: %%', NEW.document;"),
        TRIGGER.format(body="RAISE EXCEPTION 'refused' USING DETAIL = NEW.document, ERRCODE = 'check_violation';"),
        TRIGGER.format(body="PERFORM NEW.document::integer;"),
    ],
}


@pytest.mark.parametrize(
    ("database", "refusal"),
    [
        pytest.param(dialect, refusal, marks=[] if dialect == "sqlite" else [pytest.mark.server])
        for dialect, refusals in REFUSALS.items()
        for refusal in refusals
    ],
    ids=["sqlite-trigger", "check", "trigger", "trigger-detail", "cast"],
    indirect=["database"],
)
@pytest.mark.parametrize("bound", ["engine", "connection"])
@pytest.mark.parametrize("contractors", [1, 60], ids=["inserted", "copied"])
def test_an_error_that_quotes_a_row_is_reported_without_the_row(
    database: Database, refusal: str, bound: str, contractors: int
) -> None:
    engine = database.host()
    with engine.connect() as connection:
        settle(SqlStore(engine, clock=FrozenClock()).for_company(COMPANY))
        connection.exec_driver_sql(refusal)
        connection.commit()
        bind: Engine | Connection = engine if bound == "engine" else connection
        store = SqlStore(bind, clock=FrozenClock()).for_company(COMPANY)
        people = [
            make.contractor(id=f"contractor-{number}", legal_name="Refused Rigging LLC", tax_id=TaxId(TAX_ID))
            for number in range(1, contractors + 1)
        ]
        with pytest.raises(StoreFailedError, match="nothing was written") as caught:
            commit(store, *people)

    assert [] == [secret for secret in (TAX_ID, "Refused Rigging LLC", "legal_name") if secret in told(caught.value)]


def test_a_driver_s_error_is_not_chained_to_ours(database: Database) -> None:
    engine = database.host()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE cc_schema")
        connection.exec_driver_sql("DROP TABLE cc_audit")
        connection.commit()
    store = SqlStore(engine).for_company(COMPANY)

    for call in (lambda: store.audit(0, 1), lambda: store.receipt("key"), lambda: commit(store, make.company())):
        with pytest.raises(SchemaError) as caught:
            call()
        assert (None, None) == (caught.value.__cause__, caught.value.__context__)


def test_a_statement_that_sqlalchemy_could_not_send_is_reported_without_its_parameters() -> None:
    unsent = StatementError("a value is wrong", "SELECT ?", (TAX_ID,), ValueError(TAX_ID))

    assert TAX_ID not in told(translate_error(unsent))
    assert "StatementError: ValueError" in str(translate_error(unsent))


def test_an_error_of_sqlalchemy_itself_is_reported_in_its_words() -> None:
    assert "InvalidRequestError: begin first" in str(translate_error(InvalidRequestError("begin first")))


def test_an_engine_of_ours_hides_parameters() -> None:
    engines = [make_engine("sqlite:///nowhere.db"), make_engine(f"postgresql://user:{SECRET}@nowhere/records")]

    assert [True, True] == [engine.hide_parameters for engine in engines]
    assert SECRET not in repr(engines)


# A server that does not answer


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(UnavailableError):
            open_store(f"postgresql://user@127.0.0.1:{port}/records?connect_timeout=2")

    assert time.monotonic() - start < 20


@pytest.mark.parametrize(("query", "seconds"), [("", "10"), ("?connect_timeout=3", "3")])
def test_the_url_sets_how_long_a_connection_may_take(query: str, seconds: str) -> None:
    engine = make_engine(f"postgresql://user@nowhere/records{query}")

    assert seconds == engine.url.query["connect_timeout"]
