"""`SqlStore`: the records on SQLite or PostgreSQL, through the host's engine or inside the host's transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import attrs
from sqlalchemy import Connection, Engine

from contractor_compliance.domain import NotBlank
from contractor_compliance.errors import StoreClosedError, StoreFailedError
from contractor_compliance.storage import rules
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Page, Receipt, Record
from contractor_compliance.storage.changes import Changes, Key, id_problem
from contractor_compliance.storage.cursor import place_of, read_cursor, write_cursor
from contractor_compliance.storage.port import Capability, Clock, utc_now
from contractor_compliance.storage.query import Query, check_limit
from contractor_compliance.storage.sql.paging import counting, listed, listing
from contractor_compliance.storage.sql.reading import Reader
from contractor_compliance.storage.sql.statements import statements_of
from contractor_compliance.storage.sql.tables import Tables, default_tables
from contractor_compliance.storage.sql.units import reading, writing
from contractor_compliance.storage.sql.writing import Writer

__all__ = ["BoundSqlStore", "SqlStore"]

P = ParamSpec("P")
T = TypeVar("T")

#: No company has more commits than this.
_LAST = 2**63 - 1


@attrs.define
class _Shared:
    """What a store and its handles have in common."""

    bind: Engine | Connection
    tables: Tables
    clock: Clock
    owns_engine: bool
    is_closed: bool = False


class SqlStore:
    """Keeps records in our tables of a SQLite or PostgreSQL database.

    Given an `Engine`, each commit is a transaction of its own. Given a `Connection`, everything happens inside the
    host's transaction: a commit is a savepoint in it, and the host's rollback leaves nothing of it. What a commit
    answers then counts only once the host has committed, and the company's lock is held until then.

    The store makes no tables, no engine and no connection, and disposes of none: these are the host's.

    Args:
        bind: The host's engine or connection. In async code, inside `run_sync`, the connection that it gives.
        clock: Says what time it is; none given, the machine's.
        tables: Where the tables are; none given, without schema and with the prefix `cc_`.

    Raises:
        StoreFailedError: If the database is neither SQLite nor PostgreSQL by psycopg, `bind` is something else, or it
            translates schemas.
    """

    def __init__(self, bind: Engine | Connection, *, clock: Clock = utc_now, tables: Tables | None = None) -> None:
        self._shared = _Shared(_checked(bind), default_tables() if tables is None else tables, clock, owns_engine=False)

    @classmethod
    def owning(cls, engine: Engine, *, clock: Clock) -> SqlStore:
        """Return a store that disposes of the engine when it is closed."""
        store = cls(engine, clock=clock)
        store._shared.owns_engine = True
        return store

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What is committed stays, and any number of processes may use it at once."""
        return frozenset({Capability.PERSISTENT, Capability.SHARED})

    @property
    def tables(self) -> Tables:
        """The tables that the records are in."""
        return self._shared.tables

    def for_company(self, company_id: str) -> BoundSqlStore:
        """Return the handle of one company."""
        if self._shared.is_closed:
            raise StoreClosedError
        return BoundSqlStore(self._shared, rules.check_company_id(company_id))

    def close(self) -> None:
        """End every handle; the host's engine or connection stays open."""
        self._shared.is_closed = True
        if self._shared.owns_engine and isinstance(self._shared.bind, Engine):
            self._shared.bind.dispose()


def _checked(bind: Engine | Connection) -> Engine | Connection:
    if not isinstance(bind, Engine | Connection):
        raise StoreFailedError(
            f"SqlStore takes an Engine or a Connection, not {type(bind).__name__}; with an async engine, use the "
            "connection that AsyncConnection.run_sync gives, with a Session its connection()."
        )
    if bind.get_execution_options().get("schema_translate_map"):
        raise StoreFailedError(
            "The host's connection translates schemas, which our statements do not follow: name the schema of our "
            "tables in build_tables."
        )
    if bind.dialect.name == "sqlite" or bind.dialect.driver == "psycopg":
        return bind
    raise StoreFailedError(
        "SqlStore works with SQLite, and with PostgreSQL by psycopg 3; "
        f"this is {bind.dialect.name} by {bind.dialect.driver}."
    )


def _open(method: Callable[Concatenate[BoundSqlStore, P], T]) -> Callable[Concatenate[BoundSqlStore, P], T]:
    @functools.wraps(method)
    def call(self: BoundSqlStore, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.is_closed or self.shared.is_closed:
            raise StoreClosedError
        return method(self, *args, **kwargs)

    return cast("Callable[Concatenate[BoundSqlStore, P], T]", call)


class BoundSqlStore:
    """The records of one company in a `SqlStore`; see `Store` for what each method promises."""

    def __init__(self, shared: Any, company_id: str) -> None:
        self.shared: _Shared = shared
        self.is_closed = False
        self._company_id = company_id

    @property
    def company_id(self) -> str:
        """The company whose records these are."""
        return self._company_id

    @_open
    def commit(self, changes: Changes) -> Receipt:
        """Record changes, in a transaction or as a part of the host's."""
        with writing(self.shared.bind, changes.key) as connection:
            return Writer(connection, self.shared.tables, self._company_id, self.shared.clock).commit(changes)

    @_open
    def receipt(self, key: str) -> Receipt | None:
        """Return what the commit with a key came to."""
        if NotBlank().fault(key) is not None:
            return None  # no commit has such a key, and not every database takes it as a parameter
        with reading(self.shared.bind) as connection:
            return self._reader(connection).receipt(key)

    @_open
    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        wanted = tuple(keys)
        at = self._instant(known_at)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            pinned = at or _latest(reader)
            found = reader.values(wanted, pinned) if pinned else {}
        return tuple(found.get(key) for key in wanted)

    @_open
    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return all that is known of contractors."""
        wanted = tuple(contractor_ids)
        at = self._instant(known_at)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            pinned = at or _latest(reader)
            # No contractor has an id that cannot be stored, and not every database takes it as a parameter.
            storable = {each for each in wanted if id_problem(each) is None}
            found = reader.dossiers(storable, pinned) if pinned and storable else {}
        return tuple(found.get(each) for each in wanted)

    @_open
    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        wanted = tuple(keys)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            pinned = _latest(reader)
            found = reader.histories(wanted, pinned) if pinned else {}
        return tuple(tuple(found.get(key, ())) for key in wanted)

    @_open
    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` of what a query finds, and whether there is more."""
        check_limit(limit)
        after = None if cursor is None else read_cursor(self._company_id, query, cursor)
        # One more than asked for tells whether this page is the last.
        statement = listing(self.shared.tables, self._company_id, query, limit + 1, after)
        with reading(self.shared.bind) as connection:
            items = tuple(listed(query, row) for row in connection.execute(statement))
        if len(items) <= limit:
            return Page(items)
        place = place_of(query.order, items[limit - 1])
        return Page(items[:limit], write_cursor(self._company_id, query, place))

    @_open
    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        with reading(self.shared.bind) as connection:
            found: int = connection.execute(counting(self.shared.tables, self._company_id, query)).scalar_one()
        return found

    @_open
    def head(self) -> Head:
        """Return where the company stands."""
        with reading(self.shared.bind) as connection:
            found = self._reader(connection).head()
        return Head() if found is None else found.head

    @_open
    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        check_limit(limit)
        with reading(self.shared.bind) as connection:
            return self._reader(connection).audit(min(max(after, -1), _LAST), limit)

    def close(self) -> None:
        """End this handle."""
        self.is_closed = True

    def _reader(self, connection: Connection) -> Reader:
        return Reader(connection, statements_of(self.shared.tables), self._company_id)

    def _instant(self, known_at: datetime | None) -> datetime | None:
        """Return the instant asked about, after making sure that nothing can be recorded before it any more."""
        asked = rules.check_known_at(known_at)
        if asked is None:
            return None
        with reading(self.shared.bind) as connection:
            found = self._reader(connection).head()
        head = None if found is None else found.head.recorded_at
        rules.check_not_future(asked, head, self.shared.clock())
        if found is None or (head is not None and asked <= max(head, found.asked or head)):
            return asked
        columns = self.shared.tables.head.c
        with writing(self.shared.bind, None) as connection:
            # Under the lock: whoever is committing has done so now, and whoever comes later is recorded later.
            later = self.shared.tables.head.update().where(
                columns.company_id == self._company_id,
                (columns.asked_until.is_(None)) | (columns.asked_until < asked),
            )
            connection.execute(later.values(asked_until=asked))
        return asked


def _latest(reader: Reader) -> datetime | None:
    found = reader.head()
    return None if found is None else found.head.recorded_at
