"""What in the database's settings endangers the records."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import attrs
from sqlalchemy import Connection, Engine, text

from contractor_compliance.storage.sql.units import reading

__all__ = ["Danger", "Symptom", "doctor"]


class Danger(Enum):
    """How bad it is: committed records may be lost or wrong, or a guard is missing."""

    LOSS = "loss"
    GUARD = "guard"


@attrs.frozen
class Symptom:
    """One setting that is not as it should be.

    Attributes:
        danger: How bad it is.
        setting: Its name.
        found: Its value.
        advice: What may happen, and what to do.
    """

    danger: Danger
    setting: str
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{self.danger.value}: {self.setting} = {self.found}: {self.advice}"


def doctor(bind: Engine | Connection) -> tuple[Symptom, ...]:
    """Return what endangers records in this database, as this connection or this engine's connections see it.

    It reads settings and changes none.

    Raises:
        StorageError: For whatever the database or its driver refuses.
    """
    with reading(bind) as connection:
        look = _sqlite if connection.dialect.name == "sqlite" else _postgresql
        return tuple(look(connection))


# What each value of `synchronous` is called: https://sqlite.org/pragma.html#pragma_synchronous
_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


def _sqlite(connection: Connection) -> Iterator[Symptom]:
    def pragma(name: str) -> Any:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    synchronous, journal = pragma("synchronous"), pragma("journal_mode")
    if synchronous < 2:
        yield Symptom(
            Danger.LOSS,
            "synchronous",
            _SYNCHRONOUS.get(synchronous, str(synchronous)),
            "acknowledged commits are lost when the power fails; set PRAGMA synchronous=FULL on every connection",
        )
    if journal == "delete" and synchronous == 2:
        yield Symptom(
            Danger.LOSS,
            "synchronous",
            "FULL",
            "with journal_mode=DELETE the last commit may be undone when the power fails; set PRAGMA journal_mode=WAL, "
            "or synchronous=EXTRA",
        )
    if journal in ("off", "memory"):
        yield Symptom(
            Danger.LOSS,
            "journal_mode",
            journal,
            "a crash while writing destroys the file; set PRAGMA journal_mode=WAL",
        )
    elif journal != "wal":
        yield Symptom(
            Danger.GUARD,
            "journal_mode",
            journal,
            "readers and writers wait for each other; set PRAGMA journal_mode=WAL",
        )
    if not pragma("foreign_keys"):
        yield Symptom(
            Danger.GUARD,
            "foreign_keys",
            "OFF",
            "the database does not check references; set PRAGMA foreign_keys=ON on every connection",
        )
    if not pragma("busy_timeout"):
        yield Symptom(
            Danger.GUARD,
            "busy_timeout",
            "0",
            "a writer fails at once where it could wait its turn; set PRAGMA busy_timeout=30000 on every connection",
        )


_SETTINGS = """
SELECT name, setting FROM pg_catalog.pg_settings
WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes', 'server_encoding', 'server_version_num')
"""
_ROLE = "SELECT rolsuper, rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user"


def _postgresql(connection: Connection) -> Iterator[Symptom]:
    settings: dict[str, str] = dict(connection.execute(text(_SETTINGS)).all())
    losses = {
        "synchronous_commit": "acknowledged commits are lost when the server crashes; set it to on",
        "fsync": "a crash of the machine destroys the database; set it to on",
        "full_page_writes": "a crash while writing destroys pages; set it to on",
    }
    for name, advice in losses.items():
        if settings.get(name) == "off":
            yield Symptom(Danger.LOSS, name, "off", advice)
    if settings.get("server_encoding") != "UTF8":
        yield Symptom(
            Danger.LOSS,
            "server_encoding",
            str(settings.get("server_encoding")),
            "not every name can be stored, and order differs; make the database with ENCODING UTF8",
        )
    is_super, bypasses = connection.execute(text(_ROLE)).one()
    if is_super or bypasses:
        yield Symptom(
            Danger.GUARD,
            "role",
            "superuser" if is_super else "bypassrls",
            "a slip or an intruder can change whatever there is; connect as a user that owns nothing else",
        )
