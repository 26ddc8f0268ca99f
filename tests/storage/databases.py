"""Databases with our tables and nothing in them, for the tests of the SQL store: each is a copy of one made once."""

from __future__ import annotations

import functools
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Column, Dialect, Engine, MetaData, Table, Text, create_engine, event, make_url, text

from contractor_compliance.domain import EnrollmentState, State
from contractor_compliance.results import Verdict
from contractor_compliance.storage import Key, Kind, Order, Query, Store
from contractor_compliance.storage.sql import create_schema, make_engine
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.testing.history import as_bytes
from tests import tiers
from tests.storage.postgres import PostgresServer

__all__ = [
    "DATABASES",
    "NOTES",
    "Database",
    "answers_of",
    "damage",
    "empty_database",
    "postgres_database",
    "sqlite_database",
]

#: The parameters of a test that runs on both databases.
DATABASES = (
    "sqlite",
    pytest.param("postgresql", marks=(pytest.mark.server, tiers.sampled(3, of="postgresql"))),
)

#: A table of the host's own, which is there beside ours.
NOTES = Table("note", MetaData(), Column("text", Text, nullable=False))

_prepared: weakref.WeakSet[PostgresServer] = weakref.WeakSet()


@attrs.define(eq=False)
class _LentEngine:
    """An engine that connects to whichever database it is lent to."""

    engine: Engine
    url: str = ""

    @classmethod
    def of(cls, dialect: str) -> _LentEngine:
        """Return a new one that connects to nothing yet."""
        engine = make_engine("sqlite:///nowhere.db" if dialect == "sqlite" else "postgresql://nobody@/nowhere")
        lent = cls(engine)

        @event.listens_for(engine, "do_connect")
        def connect(dialect: Dialect, _record: object, _arguments: object, options: dict[str, Any]) -> Any:
            arguments, url_options = dialect.create_connect_args(make_url(lent.url))
            return dialect.connect(*arguments, **{**options, **url_options})

        return lent


_idle: dict[str, list[_LentEngine]] = {}


@attrs.define
class Database:
    """A database, and the engines that a test made for it.

    Attributes:
        url: Its URL.
        engines: What `close` disposes of.
    """

    url: str
    engines: list[Engine] = attrs.field(factory=list)
    _lent: _LentEngine | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    @property
    def engine(self) -> Engine:
        """An engine with the settings of ours, lent to this database alone until it is closed.

        Others had it before, so that SQLAlchemy need not compile every statement for every test.
        """
        if self._lent is None:
            idle = _idle.setdefault(self.dialect, [])
            self._lent = idle.pop() if idle else _LentEngine.of(self.dialect)
            self._lent.url = self.url
        return self._lent.engine

    def ours(self) -> Engine:
        """Return another engine with the settings of ours."""
        return self._kept(make_engine(self.url))

    def host(self, **options: Any) -> Engine:
        """Return an engine as a host makes it, without our settings."""
        return self._kept(create_engine(self.url, **options))

    def clear(self) -> None:
        """Delete every record: far quicker than to make another database on a server."""
        tables = [table for table in reversed(default_tables().all) if table is not default_tables().version]
        with self.engine.begin() as connection:
            connection.exec_driver_sql("; ".join(str(table.delete()) for table in tables))

    def close(self) -> None:
        """Dispose of the engines, and give back the one that was lent."""
        for engine in self.engines:
            engine.dispose()
        if self._lent is not None:
            self._lent.engine.dispose()
            _idle[self.dialect].append(self._lent)
            self._lent = None

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


def damage(engine: Engine, company_id: str, key: Key) -> None:
    """Cut the stored document of the current version of a value short."""
    history = default_tables().histories[key.kind]
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
    NOTES.create(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def answers_of(store: Store, contractors: int, instants: Sequence[datetime]) -> Iterator[bytes]:
    """Yield what a store tells of an invented company, question by question, as bytes."""
    people = [item.key.id for item in store.page(Query(order=Order.ID), 1000).items]
    assert contractors == len(people)
    keys = [Key(kind, item.key.id) for kind in _LISTED for item in store.page(Query(kind=kind), 1000).items]
    for query in _QUERIES:
        yield as_bytes(store.page(query, 1000))
        yield as_bytes(store.count(query))
    for at in (None, *instants):
        yield as_bytes(store.dossiers(people, at))
        yield as_bytes(store.get(keys, at))
    yield as_bytes(store.history(keys))
    yield as_bytes(store.audit(0, 1000))
    yield as_bytes(store.head())


_LISTED = tuple(kind for kind in Kind if not kind.is_fact)
_DAY = date(2026, 7, 1)
_QUERIES = (
    *(Query(kind=kind) for kind in _LISTED),
    *(Query(on=_DAY, order=order) for order in Order),
    *(Query(on=_DAY, verdicts=frozenset({verdict})) for verdict in Verdict),
    *(Query(on=_DAY, work_states=frozenset({state})) for state in (State.CA, State.FL, State.TX)),
    *(Query(opt_in=frozenset({enrollment_state})) for enrollment_state in EnrollmentState),
    Query(text="a", home_states=frozenset({State.CA, State.FL, State.TX, State.NY})),
    Query(on=_DAY, changes_by=date(2026, 12, 31), order=Order.NEXT_CHANGE),
)
