"""The store on SQLite and PostgreSQL, through the host's engine or inside the host's transaction."""

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
from contractor_compliance.storage.sql.paging import count_statement, page_item, page_statement
from contractor_compliance.storage.sql.reading import Reader
from contractor_compliance.storage.sql.statements import statements_of
from contractor_compliance.storage.sql.tables import Tables, default_tables
from contractor_compliance.storage.sql.units import reading, writing
from contractor_compliance.storage.sql.writing import Writer

__all__ = ["BoundSqlStore", "SqlStore"]

P = ParamSpec("P")
T = TypeVar("T")

#: The largest sequence that a database can store.
_MAX_SEQUENCE = 2**63 - 1


@attrs.define
class _Shared:
    """The state that a store shares with its handles."""

    bind: Engine | Connection
    tables: Tables
    clock: Clock
    owns_engine: bool
    is_closed: bool = False


class SqlStore:
    """Keeps records in our tables of a SQLite or PostgreSQL database.

    With an `Engine`, each commit is a transaction of its own. With a `Connection`, a commit is a savepoint inside the
    host's transaction, and a rollback of the host undoes it. Then a receipt counts only once the host has committed,
    and the company is locked until then.

    The host owns the tables, the engine and the connection: the store creates none of them and disposes of none.

    Args:
        bind: The host's engine or connection. In async code it is the connection that `run_sync` passes.
        clock: Returns the present time; the default is the clock of the machine.
        tables: The tables of the store; the default is those without schema and with the prefix `cc_`.

    Raises:
        StoreFailedError: If `bind` is no engine or connection of SQLite or of PostgreSQL by psycopg, or translates
            schemas.

    Example:
        >>> from contractor_compliance.storage.sql import create_schema
        >>> from sqlalchemy import create_engine
        >>> engine = create_engine("sqlite://")
        >>> with engine.connect() as connection:
        ...     create_schema(connection)
        ...     SqlStore(connection).for_company("company-1").head().sequence
        0
        >>> engine.dispose()
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
        """Commits persist, and any number of processes may use the database at once."""
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
        """Close every handle; the host's engine or connection stays open."""
        self._shared.is_closed = True
        if self._shared.owns_engine and isinstance(self._shared.bind, Engine):
            self._shared.bind.dispose()


def _checked(bind: Engine | Connection) -> Engine | Connection:
    if not isinstance(bind, Engine | Connection):
        raise StoreFailedError(
            f"SqlStore takes an Engine or a Connection, not {type(bind).__name__}: with an async engine, use the "
            "connection that AsyncConnection.run_sync passes, with a Session its connection()."
        )
    if bind.get_execution_options().get("schema_translate_map"):
        raise StoreFailedError(
            "The host's connection has a schema_translate_map, which our statements do not follow: give the schema of "
            "our tables to build_tables, and use a connection without the map."
        )
    if bind.dialect.name == "sqlite" or bind.dialect.driver == "psycopg":
        return bind
    raise StoreFailedError(
        f"SqlStore does not work with {bind.dialect.name} by {bind.dialect.driver}: "
        "use SQLite, or PostgreSQL by psycopg 3."
    )


def _open(method: Callable[Concatenate[BoundSqlStore, P], T]) -> Callable[Concatenate[BoundSqlStore, P], T]:
    @functools.wraps(method)
    def call(self: BoundSqlStore, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.is_closed or self.shared.is_closed:
            raise StoreClosedError
        return method(self, *args, **kwargs)

    return cast("Callable[Concatenate[BoundSqlStore, P], T]", call)


class BoundSqlStore:
    """The records of one company in a `SqlStore`; see `Store` for the promises of each method.

    Example:
        >>> from contractor_compliance.storage.sql import create_schema
        >>> from sqlalchemy import create_engine
        >>> engine = create_engine("sqlite://")
        >>> with engine.connect() as connection:
        ...     create_schema(connection)
        ...     SqlStore(connection).for_company("company-1").company_id
        'company-1'
        >>> engine.dispose()
    """

    def __init__(self, shared: Any, company_id: str) -> None:
        self.shared: _Shared = shared
        self.is_closed = False
        self._company_id = company_id

    @property
    def company_id(self) -> str:
        """The id of the company whose records these are."""
        return self._company_id

    @_open
    def commit(self, changes: Changes) -> Receipt:
        """Record changes, in a transaction or as a part of that of the host."""
        with writing(self.shared.bind, changes.key) as connection:
            return Writer(connection, self.shared.tables, self._company_id, self.shared.clock).commit(changes)

    @_open
    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of the commit with a key."""
        if NotBlank().fault(key) is not None:
            return None  # no commit has such a key, and not every database takes it as a parameter
        with reading(self.shared.bind) as connection:
            return self._reader(connection).receipt(key)

    @_open
    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        keys = tuple(keys)
        instant = self._instant(known_at)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            at = instant or _latest(reader)
            records = reader.values(keys, at) if at else {}
        return tuple(records.get(key) for key in keys)

    @_open
    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return the dossiers of contractors."""
        ids = tuple(contractor_ids)
        instant = self._instant(known_at)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            at = instant or _latest(reader)
            # No contractor has an id that cannot be stored, and not every database takes it as a parameter.
            storable = {id_ for id_ in ids if id_problem(id_) is None}
            dossiers = reader.dossiers(storable, at) if at and storable else {}
        return tuple(dossiers.get(id_) for id_ in ids)

    @_open
    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        keys = tuple(keys)
        with reading(self.shared.bind) as connection:
            reader = self._reader(connection)
            at = _latest(reader)
            histories = reader.histories(keys, at) if at else {}
        return tuple(tuple(histories.get(key, ())) for key in keys)

    @_open
    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` items that a query finds, and a cursor if there are more."""
        check_limit(limit)
        after = None if cursor is None else read_cursor(self._company_id, query, cursor)
        # One item beyond the limit shows whether this page is the last.
        statement = page_statement(self.shared.tables, self._company_id, query, limit + 1, after)
        with reading(self.shared.bind) as connection:
            items = tuple(page_item(query, row) for row in connection.execute(statement))
        if len(items) <= limit:
            return Page(items)
        place = place_of(query.order, items[limit - 1])
        return Page(items[:limit], write_cursor(self._company_id, query, place))

    @_open
    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        with reading(self.shared.bind) as connection:
            statement = count_statement(self.shared.tables, self._company_id, query)
            number: int = connection.execute(statement).scalar_one()
        return number

    @_open
    def head(self) -> Head:
        """Return the last commit of the company and the generation that pages read."""
        with reading(self.shared.bind) as connection:
            row = self._reader(connection).head()
        return Head() if row is None else row.head

    @_open
    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        check_limit(limit)
        with reading(self.shared.bind) as connection:
            return self._reader(connection).audit(min(max(after, -1), _MAX_SEQUENCE), limit)

    def close(self) -> None:
        """Close this handle."""
        self.is_closed = True

    def _reader(self, connection: Connection) -> Reader:
        return Reader(connection, statements_of(self.shared.tables), self._company_id)

    def _instant(self, known_at: datetime | None) -> datetime | None:
        """Return the instant in UTC once no later commit can be recorded up to it; None for now."""
        instant = rules.check_known_at(known_at)
        if instant is None:
            return None
        with reading(self.shared.bind) as connection:
            row = self._reader(connection).head()
        head = None if row is None else row.head.recorded_at
        rules.check_not_future(instant, head, self.shared.clock())
        if row is None or (head is not None and instant <= max(head, row.asked_until or head)):
            return instant
        columns = self.shared.tables.head.c
        with writing(self.shared.bind, None) as connection:
            # This waits for the lock: earlier commits have ended then, and later ones are recorded later.
            update = self.shared.tables.head.update().where(
                columns.company_id == self._company_id,
                (columns.asked_until.is_(None)) | (columns.asked_until < instant),
            )
            connection.execute(update.values(asked_until=instant))
        return instant


def _latest(reader: Reader) -> datetime | None:
    row = reader.head()
    return None if row is None else row.head.recorded_at
