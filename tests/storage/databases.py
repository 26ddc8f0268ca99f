"""Databases with our tables and nothing in them, for the tests of the SQL store: each is a copy of one made once."""

from __future__ import annotations

import functools
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Engine, create_engine, text

from contractor_compliance.storage import Key
from contractor_compliance.storage.sql import Tables, build_tables, create_schema, make_engine
from tests.storage.postgres import PostgresServer

__all__ = ["DATABASES", "Database", "damage", "empty_database", "postgres_database", "sqlite_database"]

#: The parameters of a test that runs on both databases.
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.server))

_prepared: weakref.WeakSet[PostgresServer] = weakref.WeakSet()


@attrs.define
class Database:
    """A database, and the engines that a test made for it.

    Attributes:
        url: Its URL.
        engines: What `close` disposes of.
    """

    url: str
    engines: list[Engine] = attrs.field(factory=list)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    def ours(self) -> Engine:
        """Return an engine with the settings of ours."""
        return self._kept(make_engine(self.url))

    def host(self, **options: Any) -> Engine:
        """Return an engine as a host makes it, without our settings."""
        return self._kept(create_engine(self.url, **options))

    def close(self) -> None:
        """Dispose of the engines."""
        for each in self.engines:
            each.dispose()

    def _kept(self, engine: Engine) -> Engine:
        self.engines.append(engine)
        return engine


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """Give a file with our tables in a folder."""
    file = folder / "records.db"
    file.write_bytes(_sqlite_template())
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@contextmanager
def postgres_database(server: PostgresServer) -> Iterator[Database]:
    """Give a database with our tables on a server, and drop it afterwards."""
    if server not in _prepared:
        server.prepare_template(_fill)
        _prepared.add(server)
    name = server.create_database()
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop_database(name)


@contextmanager
def empty_database(dialect: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """Give a database with our tables of either kind; a server is looked for only if it is needed."""
    if dialect == "sqlite":
        with sqlite_database(folder) as database:
            yield database
    else:
        with postgres_database(request.getfixturevalue("postgres_server")) as database:
            yield database


def damage(engine: Engine, company_id: str, key: Key, tables: Tables | None = None) -> None:
    """Cut the stored document of the current version of a value short."""
    history = (tables or build_tables()).histories[key.kind]
    condition = [history.c.company_id == company_id, history.c.id == key.id, history.c.superseded_at.is_(None)]
    if key.contractor_id is not None:
        condition.append(history.c.contractor_id == key.contractor_id)
    with engine.begin() as connection:
        changed = connection.execute(history.update().where(*condition).values(document='{"id":'))
        assert changed.rowcount == 1


@functools.cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        _fill(f"sqlite:///{file}")
        return file.read_bytes()


def _fill(url: str) -> None:
    engine = make_engine(url)
    create_schema(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
