"""Units of work on the database: each in its own transaction, or inside that of the host.

With an Engine, a unit begins and commits a transaction. With a Connection, it is a savepoint in the host's transaction,
which it never ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contractor_compliance.errors import StorageError, StoreFailedError
from contractor_compliance.storage.sql.failures import translate_commit_error, translate_error

__all__ = ["reading", "writing"]

_AUTOCOMMIT = "The connection is in autocommit mode and has no transaction: give one that begins and commits."


@contextlib.contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Yield a connection to read from.

    The statements of one read need no snapshot: each filters by the same instant of record, and rows that were recorded
    by then no longer change.

    Raises:
        StorageError: If the database or its driver refuses a statement.
    """
    failure: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            yield bind
        else:
            with bind.connect() as connection:
                yield connection
    except SQLAlchemyError as error:
        failure = translate_error(error)
    if failure is not None:
        _raise(failure)


@contextlib.contextmanager
def writing(bind: Engine | Connection, key: str | None) -> Iterator[Connection]:
    """Yield a connection to write with; the rows count once the block ends without an exception.

    Args:
        bind: The host's connection, inside whose transaction the block runs, or an engine.
        key: Idempotency key of the changes; None for a transaction that need not be repeated.

    Raises:
        CommitUnknownError: If the connection was lost during COMMIT.
        StorageError: If the database or its driver refuses a statement for another reason.
    """
    failure: StorageError | None = None
    unit = _inside(bind) if isinstance(bind, Connection) else _alone(bind, key)
    try:
        with unit as connection:
            yield connection
    except SQLAlchemyError as error:
        failure = translate_error(error)
    if failure is not None:
        _raise(failure)


def _raise(failure: StorageError) -> NoReturn:
    """Raise an exception without that of the driver, which may quote a whole row.

    A context manager is left while the exception of its block is still being handled. So Python chains the two wherever
    the second one is raised in it.
    """
    try:
        raise failure
    finally:
        failure.__context__ = None


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
    failure: StorageError | None = None
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
            failure = translate_commit_error(error, key, is_open=_in_transaction(connection) is True)
            _roll_back(connection)
    if failure is not None:
        raise failure


def _roll_back(connection: Connection) -> None:
    # If the connection is lost, so is the transaction, and the first failure is the one to report.
    with contextlib.suppress(DBAPIError):
        connection.rollback()


def _begin(connection: Connection) -> None:
    """Begin a transaction through SQLAlchemy and its listeners, and refuse a driver that commits each statement.

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
    """Begin as a writer on SQLite.

    A transaction that first reads and then writes fails if another has written in between. And the release of a
    savepoint outside of a transaction would commit, without the host's consent.
    """
    if connection.dialect.name == "sqlite" and not _in_transaction(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _in_transaction(connection: Connection) -> bool | None:
    """Return whether SQLite reports an open transaction; None for other databases, or if the connection is lost."""
    if connection.dialect.name != "sqlite" or connection.invalidated or connection.closed:
        return None
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)
