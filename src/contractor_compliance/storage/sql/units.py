"""One unit of work on the database: in a transaction of our own, or inside the host's.

Given an Engine, a unit begins and commits. Given a Connection, it is a savepoint in the host's transaction, which it
never ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contractor_compliance.errors import StorageError, StoreFailedError
from contractor_compliance.storage.sql.failures import failure, failure_of_commit

__all__ = ["reading", "writing"]

_AUTOCOMMIT = "The connection is in autocommit mode: there is no transaction. Give one that begins and commits."


@contextlib.contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Give a connection to read from.

    Statements of one read need no snapshot: each filters by the same instant of record, and what was recorded by then
    no longer changes.

    Raises:
        StorageError: For whatever the database or its driver refuses.
    """
    found: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            yield bind
        else:
            with bind.connect() as connection:
                yield connection
    except SQLAlchemyError as error:
        found = failure(error)
    if found is not None:
        _raise(found)


@contextlib.contextmanager
def writing(bind: Engine | Connection, key: str | None) -> Iterator[Connection]:
    """Give a connection to write with; what was written counts once the block ends without an exception.

    Args:
        bind: The host's connection, inside whose transaction the block runs, or an engine.
        key: Idempotency key of what is written; None for what nobody needs to repeat.

    Raises:
        CommitUnknownError: If the connection was lost during COMMIT.
        StorageError: For whatever else the database or its driver refuses.
    """
    found: StorageError | None = None
    unit = _inside(bind) if isinstance(bind, Connection) else _alone(bind, key)
    try:
        with unit as connection:
            yield connection
    except SQLAlchemyError as error:
        found = failure(error)
    if found is not None:
        _raise(found)


def _raise(found: StorageError) -> NoReturn:
    """Raise an exception of ours without the driver's, which may quote a whole row.

    A context manager is left while the exception of its block is still being handled, so that Python chains the two
    wherever ours is raised in it.
    """
    try:
        raise found
    finally:
        found.__context__ = None


@contextlib.contextmanager
def _inside(connection: Connection) -> Iterator[Connection]:
    _begin(connection)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver.isolation_level is None and not driver.in_transaction:
        raise StoreFailedError(_AUTOCOMMIT)
    _take_write_lock(connection)
    with connection.begin_nested():
        yield connection


@contextlib.contextmanager
def _alone(engine: Engine, key: str | None) -> Iterator[Connection]:
    found: StorageError | None = None
    with engine.connect() as connection:
        _begin(connection)
        _take_write_lock(connection)
        try:
            yield connection
        except BaseException:
            _roll_back(connection)
            raise
        try:
            connection.commit()
        except SQLAlchemyError as error:
            found = failure_of_commit(error, key, is_open=_in_transaction(connection) is True)
            _roll_back(connection)
    if found is not None:
        raise found


def _roll_back(connection: Connection) -> None:
    # The connection may be gone; then so is the transaction, and the first failure is the one to tell.
    with contextlib.suppress(DBAPIError):
        connection.rollback()


def _begin(connection: Connection) -> None:
    """Let SQLAlchemy, and what the host has listen to it, begin as they do; refuse a driver that ends each statement.

    Raises:
        StoreFailedError: If the driver is in autocommit mode: nothing would be written whole or not at all.
    """
    if not connection.in_transaction():
        connection.begin()
    driver: Any = connection.connection.driver_connection
    # SQLite's driver has the attribute since Python 3.12; in its usual mode it is -1.
    if getattr(driver, "autocommit", None) is True:
        raise StoreFailedError(_AUTOCOMMIT)


def _take_write_lock(connection: Connection) -> None:
    """Begin, on SQLite, as a writer.

    A reader that wants to write later may find that another has written since, and then has to start again. And a
    savepoint outside of a transaction would commit when it is released, behind the host's back.
    """
    if connection.dialect.name == "sqlite" and not _in_transaction(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _in_transaction(connection: Connection) -> bool | None:
    """Return whether SQLite says that a transaction is open; None for other databases, or if the connection is gone."""
    if connection.dialect.name != "sqlite" or connection.invalidated or connection.closed:
        return None
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)
