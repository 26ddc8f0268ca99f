"""Translates the errors of every driver into one tree of exceptions.

A driver's text may quote a whole row, tax ids included. So a message has the error's class, its code and the primary
sentence of the database only, and the driver's exception is not chained.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from contractor_compliance.errors import (
    CommitUnknownError,
    SchemaError,
    StorageError,
    StoreBusyError,
    StoreFailedError,
    UnavailableError,
)
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION

__all__ = ["translate_commit_error", "translate_error"]

#: The advice to the caller, by class.
_ADVICE: dict[type[StorageError], str] = {
    StoreBusyError: "nothing was written; run the whole transaction again",
    UnavailableError: "nothing was written; try again once the database can be reached",
    StoreFailedError: "nothing was written; remove the cause, then try again",
}
# Primary result codes of SQLite: https://sqlite.org/rescode.html
_SQLITE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusyError, "The database is locked by another writer"),
    sqlite3.SQLITE_LOCKED: (StoreBusyError, "A table is locked by another statement"),
    sqlite3.SQLITE_FULL: (StoreFailedError, "The disk is full"),
    sqlite3.SQLITE_READONLY: (StoreFailedError, "The database may only be read"),
    sqlite3.SQLITE_CORRUPT: (StoreFailedError, "The database file is damaged"),
    sqlite3.SQLITE_NOTADB: (StoreFailedError, "The file is no SQLite database"),
    sqlite3.SQLITE_IOERR: (UnavailableError, "The disk failed to read or write"),
    sqlite3.SQLITE_CANTOPEN: (UnavailableError, "The database file cannot be opened"),
    sqlite3.SQLITE_INTERRUPT: (StoreBusyError, "The statement was interrupted"),
}
# SQLSTATE codes, and classes of them: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES: dict[str, tuple[type[StorageError], str]] = {
    "08": (UnavailableError, "The connection to the database was lost"),
    "25P02": (StoreFailedError, "The transaction has failed before and must be rolled back"),
    "25006": (StoreFailedError, "The transaction may only read"),
    "28": (UnavailableError, "The database refused the login"),
    "3D000": (UnavailableError, "There is no such database"),
    "40": (StoreBusyError, "The database asks for the transaction to be run again"),
    "42501": (StoreFailedError, "The database user lacks a privilege"),
    "53100": (StoreFailedError, "The disk is full"),
    "53": (UnavailableError, "The database has run out of a resource"),
    "55P03": (StoreBusyError, "A lock could not be had in time"),
    "57014": (StoreBusyError, "The statement was cancelled, or ran out of time"),
    "57P": (UnavailableError, "The database is shutting down or starting"),
}
#: Classes of SQLSTATE codes whose primary sentence may quote a value: data exceptions, and errors of triggers.
_QUOTING = ("22", "P0")


def translate_error(error: SQLAlchemyError) -> StorageError:
    """Return the exception for an error of SQLAlchemy or of the driver, after which nothing was committed."""
    if isinstance(error, PoolTimeoutError):
        return _make_error(StoreBusyError, "Every connection of the pool is in use", "")
    if not isinstance(error, DBAPIError):
        # The text of a statement that SQLAlchemy could not send includes its parameters.
        text = type(error.orig).__name__ if isinstance(error, StatementError) else str(error)
        return _make_error(StoreFailedError, "The connection cannot be used", f"{type(error).__name__}: {text}")
    if _is_undefined_table(error.orig):
        return SchemaError(
            "The tables are missing, or not those of this release: run the migrations, or create_schema on an "
            f"empty database ({_origin(error.orig)}).",
            actual=None,
            expected=SCHEMA_VERSION,
        )
    if error.connection_invalidated:
        return _make_error(UnavailableError, "The connection to the database was lost", _origin(error.orig))
    cls, sentence = _meaning(error.orig)
    return _make_error(cls, sentence, _origin(error.orig))


def translate_commit_error(error: SQLAlchemyError, key: str | None, *, is_open: bool) -> StorageError:
    """Return the exception for an error of COMMIT itself, after which the transaction may be committed or not.

    Args:
        error: The error.
        key: Idempotency key of the changes; None for a transaction that need not be repeated.
        is_open: Whether the driver reports that the transaction is still open: then it was not committed.
    """
    orig = error.orig if isinstance(error, DBAPIError) else None
    code = _sqlite_code(orig)
    # SQLite may have written all of a transaction to its log and then failed to sync it. Then recovery of the log
    # restores it. After every other code of SQLite the transaction is not in the log.
    refused = code != sqlite3.SQLITE_IOERR if code is not None else (_sqlstate(orig) or "08")[:2] not in ("08", "57")
    return translate_error(error) if key is None or is_open or refused else CommitUnknownError(key)


def _make_error(cls: type[StorageError], sentence: str, origin: str) -> StorageError:
    return cls(f"{sentence}: {_ADVICE[cls]}{f' ({origin})' if origin else ''}.")


def _meaning(orig: Any) -> tuple[type[StorageError], str]:
    code, state = _sqlite_code(orig), _sqlstate(orig)
    if code is not None and code in _SQLITE:
        return _SQLITE[code]
    for length in (5, 3, 2):
        if state is not None and state[:length] in _POSTGRES:
            return _POSTGRES[state[:length]]
    # psycopg has a subclass for a connection that timed out.
    is_operational = any(cls.__name__ == "OperationalError" for cls in type(orig).__mro__)
    if is_operational and code is None and state is None:
        return UnavailableError, "The database cannot be reached"
    return StoreFailedError, "The database refused a statement"


def _is_undefined_table(orig: Any) -> bool:
    is_missing = isinstance(orig, sqlite3.OperationalError) and str(orig).startswith(
        ("no such table", "no such column")
    )
    return is_missing or _sqlstate(orig) in ("42P01", "42703", "3F000")


def _sqlite_code(orig: Any) -> int | None:
    code = getattr(orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _sqlstate(orig: Any) -> str | None:
    state: str | None = getattr(orig, "sqlstate", None)
    return state


def _origin(orig: Any) -> str:
    # `str(orig)` of PostgreSQL has a DETAIL with the whole row; SQLite names tables and columns only.
    diagnostics = getattr(orig, "diag", None)
    text = getattr(diagnostics, "message_primary", None) or (str(orig) if _sqlstate(orig) is None else "")
    if (_sqlstate(orig) or "").startswith(_QUOTING):
        text = ""
    name = getattr(orig, "sqlite_errorname", None) or _sqlstate(orig) or ""
    return " ".join(part for part in (type(orig).__name__, name, text.strip().partition("\n")[0]) if part)
