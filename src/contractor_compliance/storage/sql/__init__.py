"""Stores on SQLite and PostgreSQL through SQLAlchemy; the host may own the engine, the transaction and the tables."""

from contractor_compliance.storage.sql.doctor import Diagnostic, Risk, doctor
from contractor_compliance.storage.sql.migrations import (
    host_include_object,
    own_include_object,
    upgrade,
    upgrade_sql,
)
from contractor_compliance.storage.sql.opening import make_engine, open_url
from contractor_compliance.storage.sql.schema import check_schema, create_schema
from contractor_compliance.storage.sql.store import BoundSqlStore, SqlStore
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION, Tables, build_tables

__all__ = [
    "SCHEMA_VERSION",
    "BoundSqlStore",
    "Diagnostic",
    "Risk",
    "SqlStore",
    "Tables",
    "build_tables",
    "check_schema",
    "create_schema",
    "doctor",
    "host_include_object",
    "make_engine",
    "open_url",
    "own_include_object",
    "upgrade",
    "upgrade_sql",
]
