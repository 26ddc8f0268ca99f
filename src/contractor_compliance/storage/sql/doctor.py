"""Examines the settings of a database for risks to the records."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import attrs
from sqlalchemy import Connection, Engine, text

from contractor_compliance.storage.sql.units import reading

__all__ = ["Diagnostic", "Risk", "doctor"]


class Risk(Enum):
    """The risk of a setting: committed records may be lost or wrong, or a guard is missing.

    Example:
        >>> Risk.LOSS.value
        'loss'
    """

    LOSS = "loss"
    GUARD = "guard"


@attrs.frozen
class Diagnostic:
    """One setting that puts records at risk.

    Attributes:
        risk: The kind of risk.
        setting: The name of the setting.
        value: The value of the setting.
        advice: The consequence, and what to do about it.

    Example:
        >>> print(Diagnostic(Risk.GUARD, "busy_timeout", "0", "writers fail at once; set PRAGMA busy_timeout=30000"))
        guard: busy_timeout = 0: writers fail at once; set PRAGMA busy_timeout=30000
    """

    risk: Risk
    setting: str
    value: str
    advice: str

    def __str__(self) -> str:
        return f"{self.risk.value}: {self.setting} = {self.value}: {self.advice}"


def doctor(bind: Engine | Connection) -> tuple[Diagnostic, ...]:
    """Return the settings of a database that put records at risk, as a connection of this bind sees them.

    It reads settings and changes none.

    Raises:
        StorageError: If the database or its driver refuses a statement.

    Example:
        >>> from sqlalchemy import create_engine
        >>> engine = create_engine("sqlite://")
        >>> [diagnostic.setting for diagnostic in doctor(engine)]
        ['journal_mode', 'foreign_keys']
        >>> engine.dispose()
    """
    with reading(bind) as connection:
        examine = _examine_sqlite if connection.dialect.name == "sqlite" else _examine_postgresql
        return tuple(examine(connection))


# The names of the values of `synchronous`: https://sqlite.org/pragma.html#pragma_synchronous
_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


def _examine_sqlite(connection: Connection) -> Iterator[Diagnostic]:
    def pragma(name: str) -> Any:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    synchronous, journal = pragma("synchronous"), pragma("journal_mode")
    if synchronous < 2:
        yield Diagnostic(
            Risk.LOSS,
            "synchronous",
            _SYNCHRONOUS.get(synchronous, str(synchronous)),
            "acknowledged commits are lost when the power fails; set PRAGMA synchronous=FULL on every connection",
        )
    if journal == "delete" and synchronous == 2:
        yield Diagnostic(
            Risk.LOSS,
            "synchronous",
            "FULL",
            "with journal_mode=DELETE the last commit may be undone when the power fails; set PRAGMA journal_mode=WAL, "
            "or synchronous=EXTRA",
        )
    if journal in ("off", "memory"):
        yield Diagnostic(
            Risk.LOSS,
            "journal_mode",
            journal,
            "a crash while writing destroys the file; set PRAGMA journal_mode=WAL",
        )
    elif journal != "wal":
        yield Diagnostic(
            Risk.GUARD,
            "journal_mode",
            journal,
            "readers and writers wait for each other; set PRAGMA journal_mode=WAL",
        )
    if not pragma("foreign_keys"):
        yield Diagnostic(
            Risk.GUARD,
            "foreign_keys",
            "OFF",
            "the database does not check references; set PRAGMA foreign_keys=ON on every connection",
        )
    if not pragma("busy_timeout"):
        yield Diagnostic(
            Risk.GUARD,
            "busy_timeout",
            "0",
            "a writer fails at once where it could wait its turn; set PRAGMA busy_timeout=30000 on every connection",
        )


_SETTINGS = """
SELECT name, setting FROM pg_catalog.pg_settings
WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes', 'server_encoding', 'server_version_num')
"""
_ROLE = "SELECT rolsuper, rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user"


def _examine_postgresql(connection: Connection) -> Iterator[Diagnostic]:
    settings: dict[str, str] = dict(connection.execute(text(_SETTINGS)).all())
    losses = {
        "synchronous_commit": "acknowledged commits are lost when the server crashes; set it to on",
        "fsync": "a crash of the machine destroys the database; set it to on",
        "full_page_writes": "a crash while writing destroys pages; set it to on",
    }
    for name, advice in losses.items():
        if settings.get(name) == "off":
            yield Diagnostic(Risk.LOSS, name, "off", advice)
    if settings.get("server_encoding") != "UTF8":
        yield Diagnostic(
            Risk.LOSS,
            "server_encoding",
            str(settings.get("server_encoding")),
            "not every name can be stored, and order differs; make the database with ENCODING UTF8",
        )
    is_super, bypasses = connection.execute(text(_ROLE)).one()
    if is_super or bypasses:
        yield Diagnostic(
            Risk.GUARD,
            "role",
            "superuser" if is_super else "bypassrls",
            "a mistake or an intruder can change every table; connect as a user that owns only these tables",
        )
