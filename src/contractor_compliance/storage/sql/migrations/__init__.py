"""Migrations: our tables brought to this release, by us alone or as a branch of the host's own Alembic chain.

A host with a chain of its own adds `contractor_compliance:storage/sql/migrations/versions` to its `version_locations`
and `include_object=host_include_object()` to `context.configure` in its `env.py`. Without one, `upgrade` does it all,
with a version table of its own.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from contractor_compliance.errors import MissingExtraError, StorageError
from contractor_compliance.storage.sql.failures import failure
from contractor_compliance.storage.sql.schema import begin_ddl
from contractor_compliance.storage.sql.tables import Tables, default_tables

__all__ = ["host_include_object", "own_include_object", "upgrade", "upgrade_sql"]

#: The shape of Alembic's `include_object`.
IncludeObject = Callable[[Any, str | None, str, bool, Any], bool]

_NEWEST = "contractor_compliance@head"
_SCRIPTS = "contractor_compliance:storage/sql/migrations"


def upgrade(bind: Engine | Connection, tables: Tables | None = None) -> None:
    """Bring our tables to this release, whole or not at all; on a database without them, make them.

    Given a connection, it happens in the host's transaction, which is not ended.

    Args:
        bind: An engine or a connection.
        tables: Where the tables are; none given, without schema and with the prefix `cc_`.

    Raises:
        MissingExtraError: If Alembic is not installed.
        StorageError: For whatever the database or its driver refuses.
    """
    upgrade_to(bind, _NEWEST, tables)


def upgrade_to(bind: Engine | Connection, revision: str, tables: Tables | None = None) -> None:
    """Bring our tables up to a revision, which may be an older one than this release's; see `upgrade`."""
    wanted = default_tables() if tables is None else tables
    found: StorageError | None = None
    try:
        if isinstance(bind, Connection):
            _upgrade(bind, wanted, revision)
        else:
            with bind.connect() as connection:
                _upgrade(connection, wanted, revision)
                connection.commit()
    except SQLAlchemyError as error:
        found = failure(error)
    if found is not None:
        raise found


def upgrade_sql(dialect: str, tables: Tables | None = None) -> str:
    """Return the SQL that makes our tables in an empty database, for whoever runs it by hand.

    Args:
        dialect: `postgresql` or `sqlite`.
        tables: Where the tables will be.

    Raises:
        MissingExtraError: If Alembic is not installed.
    """
    written = io.StringIO()
    _run(
        {"dialect_name": dialect, "output_buffer": written, **_place(tables or default_tables())}, _NEWEST, as_sql=True
    )
    return written.getvalue()


def host_include_object(tables: Tables | None = None) -> IncludeObject:
    """Return the `include_object` of a host's env.py: its autogenerate then neither drops nor alters what is ours.

    What is ours is told by prefix and schema, tables of other releases included.
    """
    wanted = default_tables() if tables is None else tables

    # Alembic passes its flag by position.
    def include(subject: Any, name: str | None, type_: str, _reflected: bool, _compared: Any) -> bool:  # noqa: FBT001
        return not _is_ours(wanted, subject, name, type_)

    return include


def own_include_object(tables: Tables | None = None) -> IncludeObject:
    """Return the reverse: an `include_object` that sees our tables and nothing of the host's."""
    wanted = default_tables() if tables is None else tables

    # Alembic passes its flag by position.
    def include(subject: Any, name: str | None, type_: str, _reflected: bool, _compared: Any) -> bool:  # noqa: FBT001
        is_stamp = type_ == "table" and name == _stamp(wanted)
        return _is_ours(wanted, subject, name, type_) and not is_stamp

    return include


def _is_ours(tables: Tables, subject: Any, name: str | None, type_: str) -> bool:
    # Whatever is not a table belongs to one.
    table = subject if type_ == "table" else getattr(subject, "table", None)
    found = (name, None) if table is None else (table.name, table.schema)
    return found[0] is not None and found[0].startswith(tables.prefix) and found[1] == tables.schema


def _stamp(tables: Tables) -> str:
    """Return the name of the table in which Alembic notes how far our own chain has come."""
    return f"{tables.prefix}alembic_version"


def _upgrade(connection: Connection, tables: Tables, revision: str) -> None:
    begin_ddl(connection)
    _run({"connection": connection, **_place(tables)}, revision, as_sql=False)


def _place(tables: Tables) -> dict[str, Any]:
    return {
        "cc_prefix": tables.prefix,
        "cc_schema": tables.schema,
        "target_metadata": tables.metadata,
        # Also on SQLite, where Alembic by itself would leave half a migration behind.
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
