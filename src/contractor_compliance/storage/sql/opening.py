"""Opens a store from a URL, with an engine of its own and the settings that keep every commit."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from contractor_compliance.errors import MissingExtraError, SchemaError, StoreURLError
from contractor_compliance.storage.port import Clock, utc_now
from contractor_compliance.storage.sql.schema import check_schema
from contractor_compliance.storage.sql.store import SqlStore
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION

__all__ = ["check_file", "make_engine", "open_url"]

#: A server that is down may never refuse the connection.
_CONNECT_SECONDS = 10
#: The time that a writer waits for the writers before it.
_BUSY_TIMEOUT_MS = 30_000
#: With any other `synchronous`, SQLite in WAL mode loses acknowledged commits when the power fails.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
)


def open_url(url: str, *, clock: Clock = utc_now) -> SqlStore:
    """Open the store at the URL of a SQLite file or a PostgreSQL database that has our tables.

    Raises:
        StoreURLError: If the URL is not of a SQLite file or a PostgreSQL database.
        MissingExtraError: If psycopg is not installed.
        SchemaError: If the tables are missing, too old or too new.
        UnavailableError: If the database cannot be reached.

    Example:
        >>> from contractor_compliance.storage.sql import create_schema
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     engine = make_engine(f"sqlite:///{folder}/compliance.db")
        ...     create_schema(engine)
        ...     engine.dispose()
        ...     open_url(f"sqlite:///{folder}/compliance.db").close()
    """
    check_file(url)
    engine = make_engine(url)
    try:
        check_schema(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore.owning(engine, clock=clock)


def check_file(url: str) -> None:
    """Refuse a SQLite file that does not exist, because connecting to it would create an empty one.

    Raises:
        StoreURLError: If the URL is not of a SQLite file or a PostgreSQL database.
        SchemaError: If the file does not exist.
    """
    parsed = _parsed(url)
    if parsed.drivername == "sqlite" and not Path(parsed.database or "").exists():
        raise SchemaError(
            f"There is no file {parsed.database!r}: create it with `python -m contractor_compliance.storage.sql create "
            f"sqlite:///{parsed.database}`, or create_schema(make_engine(...)).",
            actual=None,
            expected=SCHEMA_VERSION,
        )


def make_engine(url: str) -> Engine:
    """Return an engine with the settings that a store needs; the caller disposes of it.

    On SQLite: WAL, `synchronous=FULL`, foreign keys, and writers that wait up to 30 seconds for each other. On
    PostgreSQL: a server that does not answer within 10 seconds is given up, unless the URL has a `connect_timeout`.

    Raises:
        StoreURLError: If the URL is not of a SQLite file or a PostgreSQL database.
        MissingExtraError: If psycopg is not installed.

    Example:
        >>> engine = make_engine("sqlite:///compliance.db")
        >>> engine.dialect.name
        'sqlite'
        >>> engine.dispose()
    """
    parsed = _parsed(url)
    if parsed.drivername == "sqlite":
        engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _set_pragmas)
        return engine
    try:
        importlib.import_module("psycopg")
    except ImportError as error:
        raise MissingExtraError("A store on PostgreSQL", "postgres") from error
    if "connect_timeout" not in parsed.query:
        parsed = parsed.update_query_dict({"connect_timeout": str(_CONNECT_SECONDS)})
    return create_engine(parsed, hide_parameters=True, pool_pre_ping=True)


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
    except BaseException:
        connection.close()  # the pool does not own it yet, and so would not close it
        raise
    cursor.close()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The URL is not repeated, because it may hold a password.
        raise StoreURLError("The URL of the database cannot be read; write it as sqlite:///compliance.db.") from None
    backend, _, driver = parsed.drivername.partition("+")
    if backend == "sqlite" and driver in ("", "pysqlite"):
        if parsed.host or parsed.username:
            raise StoreURLError("A SQLite file has no host: write three slashes before its path, sqlite:///file.db.")
        if parsed.database in (None, "", ":memory:"):
            raise StoreURLError("A database in memory is gone with its connection: use memory://, or name a file.")
        return parsed.set(drivername="sqlite")
    if backend == "postgresql" and driver in ("", "psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreURLError(
        f"No store of ours uses {parsed.drivername!r}; write sqlite:///file.db or postgresql://user@host/database."
    )
