"""Records on SQLite and PostgreSQL, through SQLAlchemy: the host may own the engine, the transaction and the tables."""

from contractor_compliance.storage.sql.opening import open_url
from contractor_compliance.storage.sql.schema import check_schema, create_schema
from contractor_compliance.storage.sql.store import BoundSqlStore, SqlStore
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION, Tables, build_tables

__all__ = [
    "SCHEMA_VERSION",
    "BoundSqlStore",
    "SqlStore",
    "Tables",
    "build_tables",
    "check_schema",
    "create_schema",
    "open_url",
]
