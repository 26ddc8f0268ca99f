"""Migrations that bring our tables to this release, alone or as a branch of the host's own Alembic chain.

A host with a chain of its own adds `contractor_compliance:storage/sql/migrations/versions` to its `version_locations`
and `include_object=host_include_object()` to `context.configure` in its `env.py`. Without such a chain, `upgrade` runs
the migrations, with a version table of its own.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from contractor_compliance.errors import MissingExtraError, StorageError
from contractor_compliance.storage.sql.failures import translate_error
from contractor_compliance.storage.sql.schema import begin_ddl
from contractor_compliance.storage.sql.tables import Tables, default_tables

__all__ = ["host_include_object", "own_include_object", "upgrade", "upgrade_sql"]

#: The shape of Alembic's `include_object`.
IncludeObject = Callable[[Any, str | None, str, bool, Any], bool]

_NEWEST = "contractor_compliance@head"
_SCRIPTS = "contractor_compliance:storage/sql/migrations"


def upgrade(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Bring our tables to this release, all of them or none, and create them in a database without them.

    With a connection it runs in the host's transaction and does not end it.

    Args:
        bind: An engine or a connection.
        tables: The tables to upgrade; the default is those without schema and with the prefix `cc_`.

    Raises:
        MissingExtraError: If Alembic is not installed.
        StorageError: If the database or its driver refuses a statement.

    Example:
        >>> from contractor_compliance.storage.sql import check_schema
        >>> from sqlalchemy import create_engine
        >>> engine = create_engine("sqlite://")
        >>> with engine.connect() as connection:
        ...     upgrade(connection)
        ...     check_schema(connection)
        >>> engine.dispose()
    """
    upgrade_to(bind, _NEWEST, tables)


def upgrade_to(bind: Engine | Connection, revision: str, tables: Tables | None = None) -> None:
    """Bring our tables to a revision, which may be older than that of this release; see `upgrade`."""
    old_tables = default_tables() if tables is None else tables
    failure: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            _upgrade(bind, old_tables, revision)
        else:
            with bind.connect() as connection:
                _upgrade(connection, old_tables, revision)
                connection.commit()
    except SQLAlchemyError as error:
        failure = translate_error(error)
    if failure is not None:
        raise failure


def upgrade_sql(dialect: str, tables: Tables | None = None) -> str:
    """Return the SQL that creates our tables in an empty database, to be run by hand.

    Args:
        dialect: `postgresql` or `sqlite`.
        tables: The tables to create; the default is those without schema and with the prefix `cc_`.

    Raises:
        MissingExtraError: If Alembic is not installed.

    Example:
        >>> "CREATE TABLE cc_head (" in upgrade_sql("sqlite")
        True
    """
    output = io.StringIO()
    _run(
        {"dialect_name": dialect, "output_buffer": output, **_options(tables or default_tables())}, _NEWEST, as_sql=True
    )
    return output.getvalue()


def host_include_object(tables: Tables | None = None) -> IncludeObject:
    """Return the `include_object` for a host's env.py, so that its autogenerate leaves our tables alone.

    Prefix and schema identify our tables, including those of other releases.

    Example:
        >>> from sqlalchemy import MetaData, Table
        >>> include = host_include_object()
        >>> [include(Table(name, MetaData()), name, "table", True, None) for name in ("orders", "cc_head")]
        [True, False]
    """
    ours = default_tables() if tables is None else tables

    # Alembic passes its flag by position.
    def include(subject: Any, name: str | None, type_: str, _reflected: bool, _compared: Any) -> bool:  # noqa: FBT001
        return not _is_ours(ours, subject, name, type_)

    return include


def own_include_object(tables: Tables | None = None) -> IncludeObject:
    """Return the `include_object` that includes our tables and leaves out those of the host.

    Example:
        >>> from sqlalchemy import MetaData, Table
        >>> include = own_include_object()
        >>> [include(Table(name, MetaData()), name, "table", True, None) for name in ("orders", "cc_head")]
        [False, True]
    """
    ours = default_tables() if tables is None else tables

    # Alembic passes its flag by position.
    def include(subject: Any, name: str | None, type_: str, _reflected: bool, _compared: Any) -> bool:  # noqa: FBT001
        is_stamp = type_ == "table" and name == _stamp(ours)
        return _is_ours(ours, subject, name, type_) and not is_stamp

    return include


def _is_ours(tables: Tables, subject: Any, name: str | None, type_: str) -> bool:
    # Every other object, such as an index, belongs to a table.
    table = subject if type_ == "table" else getattr(subject, "table", None)
    table_name, schema = (name, None) if table is None else (table.name, table.schema)
    return table_name is not None and table_name.startswith(tables.prefix) and schema == tables.schema


def _stamp(tables: Tables) -> str:
    """Return the name of the table in which Alembic records the revision of our own chain."""
    return f"{tables.prefix}alembic_version"


def _upgrade(connection: Connection, tables: Tables, revision: str) -> None:
    begin_ddl(connection)
    _run({"connection": connection, **_options(tables)}, revision, as_sql=False)


def _options(tables: Tables) -> dict[str, Any]:
    return {
        "cc_prefix": tables.prefix,
        "cc_schema": tables.schema,
        "target_metadata": tables.metadata,
        # Also on SQLite, where Alembic by default would leave half of a migration behind.
        "transactional_ddl": True,
        "version_table": _stamp(tables),
        "version_table_schema": tables.schema,
    }


def _run(settings: dict[str, Any], revision: str, *, as_sql: bool) -> None:
    try:
        command: Any = importlib.import_module("alembic.command")
        config: Any = importlib.import_module("alembic.config").Config()
    except ImportError as error:
        raise MissingExtraError("Running migrations", "migrations") from error
    config.set_main_option("script_location", _SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["contractor_compliance"] = settings
    command.upgrade(config, revision, sql=as_sql)
