"""Checks that the tables are those of this release, and creates them in a database without them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from contractor_compliance.errors import SchemaError, StorageError
from contractor_compliance.storage.sql.failures import translate_error
from contractor_compliance.storage.sql.tables import HEAD_REVISION, SCHEMA_VERSION, Tables, default_tables
from contractor_compliance.storage.sql.units import reading

__all__ = ["begin_ddl", "check_schema", "create_schema", "read_version"]


def check_schema(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Refuse a database whose tables are missing or not those of this release, without changing it.

    Args:
        bind: An engine or a connection.
        tables: The tables to look for; the default is those without schema and with the prefix `cc_`.

    Raises:
        SchemaError: If they are missing, too old or too new; the message says what to do.
        UnavailableError: If the database cannot be reached.

    Example:
        >>> from contractor_compliance.storage.sql import create_schema
        >>> from sqlalchemy import create_engine
        >>> engine = create_engine("sqlite://")
        >>> with engine.connect() as connection:
        ...     create_schema(connection)
        ...     check_schema(connection)
        >>> engine.dispose()
    """
    expected = default_tables() if tables is None else tables
    actual = read_version(bind, expected)
    if actual == SCHEMA_VERSION:
        return
    if actual is None:
        advice = (
            f"There are no tables of ours in this database (no table {expected.version.fullname!r}): "
            "run the migrations, or create_schema if it is empty."
        )
    elif actual < SCHEMA_VERSION:
        advice = f"The tables are of version {actual} and this release works with {SCHEMA_VERSION}: run the migrations."
    else:
        advice = (
            f"The tables are of version {actual} and this release works with {SCHEMA_VERSION}: "
            "upgrade the library to the release that made them, or a later one."
        )
    raise SchemaError(advice, actual=actual, expected=SCHEMA_VERSION)


def read_version(bind: Engine | Connection, tables: Tables) -> int | None:
    """Return the version of the tables in a database; None if it has no tables of ours.

    Raises:
        StorageError: If the database or its driver refuses a statement.
    """
    with reading(bind) as connection:
        if not inspect(connection).has_table(tables.version.name, schema=tables.schema):
            return None
        return connection.execute(select(tables.version.c.version)).scalar_one_or_none()


def create_schema(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Create the tables of this release in a database without them, all of them or none.

    With a connection it runs in the host's transaction and does not end it. Migrations lead on to later releases.

    Args:
        bind: An engine or a connection.
        tables: The tables to create; the default is those without schema and with the prefix `cc_`.

    Raises:
        SchemaError: If there are tables of ours already.
        StorageError: If the database or its driver refuses a statement.

    Example:
        >>> from sqlalchemy import create_engine, inspect
        >>> engine = create_engine("sqlite://")
        >>> with engine.connect() as connection:
        ...     create_schema(connection)
        ...     inspect(connection).has_table("cc_head")
        True
        >>> engine.dispose()
    """
    new_tables = default_tables() if tables is None else tables
    version = read_version(bind, new_tables)
    if version is not None:
        raise SchemaError(
            f"There are tables of ours already, of version {version}: run the migrations instead of create_schema.",
            actual=version,
            expected=SCHEMA_VERSION,
        )
    failure: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            _create(bind, new_tables)
        else:
            with bind.connect() as connection:
                _create(connection, new_tables)
                connection.commit()
    except SQLAlchemyError as error:
        failure = translate_error(error)
    if failure is not None:
        raise failure


def begin_ddl(connection: Connection) -> None:
    """Begin a transaction if there is none; the driver of SQLite does not begin one before it creates a table."""
    if not connection.in_transaction():
        connection.begin()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create(connection: Connection, tables: Tables) -> None:
    begin_ddl(connection)
    tables.metadata.create_all(connection, tables=tables.all, checkfirst=False)
    connection.execute(tables.version.insert().values(version=SCHEMA_VERSION))
    # The stamp of Alembic, so that a later `upgrade` starts from here.
    name = f"{tables.prefix}alembic_version"
    stamp = Table(
        name,
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{name}_pkc"),
        schema=tables.schema,
    )
    stamp.create(connection, checkfirst=False)
    connection.execute(stamp.insert().values(version_num=HEAD_REVISION))
