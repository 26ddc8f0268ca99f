"""Whether the tables are those of this release; and making them in a database that has none."""

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
from contractor_compliance.storage.sql.failures import failure
from contractor_compliance.storage.sql.tables import HEAD_REVISION, SCHEMA_VERSION, Tables, default_tables
from contractor_compliance.storage.sql.units import reading

__all__ = ["begin_ddl", "check_schema", "create_schema", "found_version"]


def check_schema(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Refuse tables that are missing, or not those of this release. It changes nothing.

    Args:
        bind: An engine or a connection.
        tables: Where the tables should be; none given, without schema and with the prefix `cc_`.

    Raises:
        SchemaError: If they are missing, too old or too new; the message says what to do.
        UnavailableError: If the database cannot be reached.
    """
    wanted = default_tables() if tables is None else tables
    found = found_version(bind, wanted)
    if found == SCHEMA_VERSION:
        return
    if found is None:
        advice = "There are no tables of ours in this database: run the migrations, or create_schema if it is empty."
    elif found < SCHEMA_VERSION:
        advice = f"The tables are of version {found} and this release works with {SCHEMA_VERSION}: run the migrations."
    else:
        advice = (
            f"The tables are of version {found} and this release works with {SCHEMA_VERSION}: "
            "upgrade the library to the release that made them, or a later one."
        )
    raise SchemaError(advice, found=found, wanted=SCHEMA_VERSION)


def found_version(bind: Engine | Connection, tables: Tables) -> int | None:
    """Return the version of the tables that are there; None if there are none.

    Raises:
        StorageError: For whatever the database or its driver refuses.
    """
    with reading(bind) as connection:
        if not inspect(connection).has_table(tables.version.name, schema=tables.schema):
            return None
        return connection.execute(select(tables.version.c.version)).scalar_one_or_none()


def create_schema(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Make the tables of this release in a database that has none of them, whole or not at all.

    Given a connection, it happens in the host's transaction. Later releases are reached by migrations.

    Args:
        bind: An engine or a connection.
        tables: Where to make them; none given, without schema and with the prefix `cc_`.

    Raises:
        SchemaError: If there are tables of ours already.
        StorageError: For whatever the database or its driver refuses.
    """
    wanted = default_tables() if tables is None else tables
    version = found_version(bind, wanted)
    if version is not None:
        raise SchemaError(
            f"There are tables of ours already, of version {version}: create_schema is for a database without them.",
            found=version,
            wanted=SCHEMA_VERSION,
        )
    found: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            _create(bind, wanted)
        else:
            with bind.connect() as connection:
                _create(connection, wanted)
                connection.commit()
    except SQLAlchemyError as error:
        found = failure(error)
    if found is not None:
        raise found


def begin_ddl(connection: Connection) -> None:
    """Begin a transaction, if there is none: the driver of SQLite does not do so by itself before it makes a table."""
    if not connection.in_transaction():
        connection.begin()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create(connection: Connection, tables: Tables) -> None:
    begin_ddl(connection)
    tables.metadata.create_all(connection, tables=tables.all, checkfirst=False)
    connection.execute(tables.version.insert().values(version=SCHEMA_VERSION))
    # As Alembic would have left it, so that a later `upgrade` goes on from here.
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
