"""The statements of reads by ids; each is compiled once, because that takes longer than to run it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import ARRAY, ColumnElement, Connection, Select, Text, and_, any_, bindparam, func, or_, select

from contractor_compliance.storage.answers import AuditEntry
from contractor_compliance.storage.changes import Kind
from contractor_compliance.storage.sql.tables import RECORD_COLUMNS, Tables
from contractor_compliance.storage.sql.types import Instant, PlainText, written_instant

__all__ = ["Statements", "statements_of"]

#: Makes the condition that a column is one of some texts, with one parameter for all of them.
_Among = Callable[[ColumnElement[str], str], ColumnElement[bool]]


@attrs.frozen
class _Prepared:
    """A statement as the driver takes it.

    Attributes:
        sql: The text of the statement.
        names: The parameters in their order, for a driver that takes them by position.
        constants: Parameters that SQLAlchemy adds itself, such as the OFFSET beside a LIMIT of SQLite.
    """

    sql: str
    names: tuple[str, ...] | None
    constants: Mapping[str, Any]


class Statements:
    """The statements of one set of tables, on either database."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._prepared: dict[tuple[Any, ...], _Prepared] = {}

    def head(self, connection: Connection, company_id: str, *, locked: bool) -> Any:
        """Return the company's row in the head table, or None."""

        def build(_: _Among) -> Select[Any]:
            columns = self._tables.head.c
            head = (columns.sequence, columns.recorded_at, columns.seal, columns.generation, columns.asked_until)
            statement = select(*head).where(_of_company(columns))
            # SQLite has no FOR UPDATE, and SQLAlchemy leaves it out there: a writer holds the lock of the whole file.
            return statement.with_for_update() if locked else statement

        return self._run(connection, ("head", locked), build, company=company_id).one_or_none()

    def versions(self, connection: Connection, company_id: str, kind: Kind, ids: Collection[str]) -> Any:
        """Return the id and the version of each aggregate of a kind that is on file."""

        def build(among: _Among) -> Select[Any]:
            columns = self._tables.identities[kind].c
            return select(columns.id, columns.version).where(_of_company(columns), among(columns.id, "ids"))

        return self._run(connection, ("versions", kind), build, company=company_id, ids=ids)

    def receipt(self, connection: Connection, company_id: str, key: str) -> Any:
        """Return the columns of the receipt of a key, or None."""

        def build(_: _Among) -> Select[Any]:
            columns = self._tables.audit.c
            receipt = (columns.key, columns.fingerprint, columns.sequence, columns.recorded_at, columns.response)
            return select(*receipt).where(_of_company(columns), columns.key == bindparam("key"))

        return self._run(connection, ("receipt",), build, company=company_id, key=key).one_or_none()

    def audit(self, connection: Connection, company_id: str, after: int, limit: int) -> Any:
        """Return the fields of the audit entries after a sequence, in order."""

        def build(_: _Among) -> Select[Any]:
            columns = self._tables.audit.c
            fields = (columns[field.name] for field in attrs.fields(AuditEntry))
            statement = select(*fields).where(_of_company(columns), columns.sequence > bindparam("after"))
            return statement.order_by(columns.sequence).limit(bindparam("most"))

        return self._run(connection, ("audit",), build, company=company_id, after=after, most=limit)

    def on_file(
        self, connection: Connection, company_id: str, kind: Kind, column: str, texts: Collection[str], at: datetime
    ) -> Any:
        """Return the rows of a history that were on file at an instant, by the texts in one of its columns."""

        def build(among: _Among) -> Select[Any]:
            columns = self._tables.histories[kind].c
            return self._records(kind).where(_on_file(columns), among(columns[column], "texts"))

        return self._run(connection, ("on_file", kind, column), build, company=company_id, texts=texts, at=at)

    def by_keys(
        self,
        connection: Connection,
        company_id: str,
        kind: Kind,
        ids: Collection[str],
        owners: Collection[str],
        at: datetime,
        *,
        is_history: bool,
    ) -> Any:
        """Return the rows of a history by ids, and for facts also by contractors.

        Args:
            connection: The connection.
            company_id: The company.
            kind: The kind.
            ids: The ids.
            owners: The contractors of facts.
            at: The instant.
            is_history: Return every version that was recorded by then, oldest first, not just the one on file then.
        """

        def build(among: _Among) -> Select[Any]:
            columns = self._tables.histories[kind].c
            statement = self._records(kind).where(among(columns.id, "ids"))
            if kind.is_fact:
                statement = statement.where(among(columns.contractor_id, "owners"))
            if is_history:
                return statement.where(columns.recorded_at <= bindparam("at", type_=Instant)).order_by(columns.version)
            return statement.where(_on_file(columns))

        parameters = {"company": company_id, "ids": ids, "at": at, **({"owners": owners} if kind.is_fact else {})}
        return self._run(connection, ("by_keys", kind, is_history), build, **parameters)

    def _records(self, kind: Kind) -> Select[Any]:
        columns = self._tables.histories[kind].c
        ids = (columns.contractor_id, columns.id) if kind.is_fact else (columns.id,)
        return select(*ids, *(columns[name] for name in RECORD_COLUMNS)).where(_of_company(columns))

    def _run(
        self, connection: Connection, name: tuple[Any, ...], build: Callable[[_Among], Select[Any]], **values: Any
    ) -> Any:
        dialect = connection.dialect
        is_sqlite = dialect.name == "sqlite"
        prepared = self._prepared.get((dialect.name, *name))
        if prepared is None:
            compiled = build(_among_json if is_sqlite else _among_array).compile(dialect=dialect)
            names = getattr(compiled, "positiontup", None)
            constants = {key: value for key, value in compiled.params.items() if key not in values}
            prepared = _Prepared(str(compiled), None if names is None else tuple(names), constants)
            self._prepared[dialect.name, *name] = prepared
        bound = {**prepared.constants, **{key: _bound(value, is_sqlite=is_sqlite) for key, value in values.items()}}
        parameters = bound if prepared.names is None else tuple(bound[key] for key in prepared.names)
        return connection.exec_driver_sql(prepared.sql, parameters)


@functools.lru_cache(maxsize=16)
def statements_of(tables: Tables) -> Statements:
    """Return the statements of tables, the same ones on each call: a host may make a store for each connection."""
    return Statements(tables)


def _of_company(columns: Any) -> ColumnElement[bool]:
    """Return the condition of every statement, that a row is of the company."""
    condition: ColumnElement[bool] = columns.company_id == bindparam("company")
    return condition


def _on_file(columns: Any) -> ColumnElement[bool]:
    at, ended = bindparam("at", type_=Instant), columns.superseded_at
    return and_(columns.recorded_at <= at, or_(ended.is_(None), ended > at))


def _among_json(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    elements = func.json_each(bindparam(parameter, type_=PlainText)).table_valued("value")
    return column.in_(select(elements.c.value))


def _among_array(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    return column == any_(bindparam(parameter, type_=ARRAY(Text)))


def _bound(value: Any, *, is_sqlite: bool) -> Any:
    if isinstance(value, datetime):
        return written_instant(value) if is_sqlite else value
    if isinstance(value, str | int):
        return value
    listed = sorted(value)
    return json.dumps(listed) if is_sqlite else listed
