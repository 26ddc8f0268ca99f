"""Bulk statements: many rows into a table as tuples of the driver, and out of it by lists of ids."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, Text, any_, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from contractor_compliance.storage.sql.types import binder

__all__ = ["among", "insert_rows", "update_rows"]

#: From this number of rows on, PostgreSQL's COPY is faster than a prepared INSERT.
_COPY_FROM = 50


def among(dialect: str, column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of some texts, with one parameter for all of them."""
    listed = sorted(texts)
    if dialect == "postgresql":
        return column == any_(bindparam(None, listed, type_=ARRAY(Text), unique=True))
    elements = func.json_each(json.dumps(listed)).table_valued("value")
    return column.in_(select(elements.c.value))


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, whose values are in the order of the table's columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM and _can_copy(connection):
        _copy(connection, table, rows)
        return
    names = [column.name for column in table.columns]
    prepare = connection.dialect.identifier_preparer
    mark = _mark(connection)
    statement = (
        f"INSERT INTO {prepare.format_table(table)} ({', '.join(map(prepare.quote, names))}) "  # noqa: S608  # our names
        f"VALUES ({', '.join([mark] * len(names))})"
    )
    connection.exec_driver_sql(statement, _bound(connection, table, names, rows))


def update_rows(
    connection: Connection, table: Table, assignment: str, where: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set one column of the rows with given values; `superseded_at` is set in current rows only.

    Args:
        connection: The connection.
        table: The table.
        assignment: The column that is set.
        where: The columns that a row is found by.
        rows: The value to set, then those of the columns that the row is found by.
    """
    if not rows:
        return
    prepare = connection.dialect.identifier_preparer
    mark = _mark(connection)
    conditions = [f"{prepare.quote(name)} = {mark}" for name in where]
    if assignment == "superseded_at":
        conditions.append("superseded_at IS NULL")
    statement = (
        f"UPDATE {prepare.format_table(table)} SET {prepare.quote(assignment)} = {mark} "  # noqa: S608  # our names
        f"WHERE {' AND '.join(conditions)}"
    )
    connection.exec_driver_sql(statement, _bound(connection, table, [assignment, *where], rows))


def _mark(connection: Connection) -> str:
    # The placeholder of the driver itself, whatever the host has configured for SQLAlchemy.
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _bound(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return rows as the driver takes them; the driver of SQLite takes neither days nor instants."""
    binders = [binder(table.c[name].type, connection.dialect.name) for name in names]
    if not any(binders):
        return list(rows)
    return [
        tuple(value if bind is None or value is None else bind(value) for bind, value in zip(binders, row, strict=True))
        for row in rows
    ]


def _can_copy(connection: Connection) -> bool:
    # The cursors of async drivers copy only when awaited.
    return not connection.dialect.is_async


def _copy(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    prepare = connection.dialect.identifier_preparer
    names = ", ".join(prepare.quote(column.name) for column in table.columns)
    statement = f"COPY {prepare.format_table(table)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as error:
        is_lost = bool(driver.closed)
        raise DBAPIError.instance(statement, None, error, dbapi.Error, connection_invalidated=is_lost) from None
