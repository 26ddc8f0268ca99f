"""The tables: an identity and a history of each aggregate, a history of each fact, and tables for lists."""

from __future__ import annotations

import functools
import re
from enum import Enum
from typing import Any

import attrs
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage.changes import Kind
from contractor_compliance.storage.sql.columns import COLUMNS
from contractor_compliance.storage.sql.types import Instant, PlainText, exact_text

__all__ = ["HEAD_REVISION", "RECORD_COLUMNS", "SCHEMA_VERSION", "Tables", "build_tables", "default_tables"]

#: The version of the tables that this release works with, to which the newest migration leads.
SCHEMA_VERSION = 1
#: The newest migration.
HEAD_REVISION = "cc_0001"

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
#: With these lengths, the longest of our names fits the 63 characters of PostgreSQL.
_MAX_LENGTHS = {"schema": 63, "prefix": 20}
_CURRENT = "superseded_at IS NULL"

#: The columns of every history before its typed columns.
RECORD_COLUMNS = ("version", "recorded_at", "superseded_at", "format", "document")


@attrs.frozen(eq=False)
class Tables:
    """Our tables in one `MetaData`.

    Attributes:
        metadata: The `MetaData` that they are in.
        schema: Their schema; None = the default schema of the connection.
        prefix: The prefix of each name.
        version: One row: the version of the tables.
        head: One row for each company: its last commit, and the lock that its writers wait for.
        identities: One row for each aggregate that was ever on file, with its version; foreign keys refer to it.
        histories: One row for each version of each value; only `superseded_at` of a row ever changes.
        words: The words by which each contractor is found now.
        insurers: The insurers of each contractor's policies now, as any source states them.
        work: The state, client and job code of each contractor's assignments now.
        standings: The stored timelines.
        audit: One row for each commit.

    Example:
        >>> tables = build_tables()
        >>> tables.histories[Kind.POLICY].name
        'cc_policy_history'
    """

    metadata: MetaData
    schema: str | None
    prefix: str
    version: Table
    head: Table
    identities: dict[Kind, Table]
    histories: dict[Kind, Table]
    words: Table
    insurers: Table
    work: Table
    standings: Table
    audit: Table

    @property
    def all(self) -> tuple[Table, ...]:
        """All of them, each after those that it refers to."""
        ids = {
            id(table)
            for table in (
                *(self.version, self.head, self.words, self.insurers, self.work, self.standings, self.audit),
                *self.identities.values(),
                *self.histories.values(),
            )
        }
        return tuple(table for table in self.metadata.sorted_tables if id(table) in ids)


def build_tables(metadata: MetaData | None = None, *, schema: str | None = None, prefix: str = "cc_") -> Tables:
    """Describe our tables in a `MetaData`: that of the host, or a new one.

    Args:
        metadata: The `MetaData` of the host; None = a new one.
        schema: A schema of the database (PostgreSQL), or the name of an attached file (SQLite).
        prefix: The prefix of each name, which keeps them apart from the names of the host.

    Raises:
        InvalidValueError: If schema or prefix is no plain lower-case name, of at most 63 and 20 characters.

    Example:
        >>> build_tables(prefix="compliance_").head.name
        'compliance_head'
    """
    for argument, name in (("schema", schema), ("prefix", prefix)):
        longest = _MAX_LENGTHS[argument]
        if name is not None and not (_NAME.fullmatch(name) and len(name) <= longest):
            problem = f"must be lower case letters, digits and underscores, at most {longest} of them, no digit first"
            raise InvalidValueError("build_tables", (Fault(f"$.{argument}", repr(name), problem),))
    return _Builder(MetaData() if metadata is None else metadata, schema, prefix).build()


@functools.cache
def default_tables() -> Tables:
    """Return our tables without schema and with the prefix `cc_`, the same object on each call.

    SQLAlchemy compiles a statement once for the same tables. Building the tables and compiling the statements takes
    longer than a transaction, and a host may open a store in each of its transactions.
    """
    return build_tables()


class _Builder:
    def __init__(self, metadata: MetaData, schema: str | None, prefix: str) -> None:
        self.metadata = metadata
        self.schema = schema
        self.prefix = prefix

    def build(self) -> Tables:
        head = self.head()
        identities = {kind: self.identity(kind) for kind in Kind if not kind.is_fact}
        return Tables(
            metadata=self.metadata,
            schema=self.schema,
            prefix=self.prefix,
            version=self.table("schema", Column("version", Integer, nullable=False), self.key("schema", "version")),
            head=head,
            identities=identities,
            histories={kind: self.history(kind) for kind in Kind},
            words=self.words(),
            insurers=self.insurers(),
            work=self.work(),
            standings=self.standings(),
            audit=self.audit(),
        )

    # Every constraint and index has a name, so that migrations can refer to it. Every name has the prefix, because
    # indexes share one name space with those of the host.

    def table(self, name: str, *parts: Any) -> Table:
        return Table(self.prefix + name, self.metadata, *parts, schema=self.schema)

    def key(self, table: str, *columns: str) -> PrimaryKeyConstraint:
        return PrimaryKeyConstraint(*columns, name=f"{self.prefix}{table}_pk")

    def index(self, table: str, *columns: str, unique: bool = False, where: str | None = None) -> Index:
        condition = None if where is None else text(where)
        name = f"{self.prefix}{table}_{'_'.join(columns[1:])}"[:60]
        return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)

    def refers(self, table: str, column: str, to: str) -> ForeignKeyConstraint:
        """Return the foreign key from a column, led by the company, to the identity of a kind."""
        target = f"{self.prefix}{to}" if self.schema is None else f"{self.schema}.{self.prefix}{to}"
        return ForeignKeyConstraint(
            ["company_id", column], [f"{target}.company_id", f"{target}.id"], name=f"{self.prefix}{table}_{column}_fk"
        )

    def of_company(self, table: str) -> ForeignKeyConstraint:
        target = f"{self.prefix}head" if self.schema is None else f"{self.schema}.{self.prefix}head"
        return ForeignKeyConstraint(["company_id"], [f"{target}.company_id"], name=f"{self.prefix}{table}_company_fk")

    def among(self, table: str, column: str, codes: tuple[str, ...]) -> CheckConstraint:
        listed = ", ".join(f"'{code}'" for code in codes)
        return CheckConstraint(f"{column} IN ({listed})", name=f"{self.prefix}{table}_{column}_ck")

    def head(self) -> Table:
        return self.table(
            "head",
            _id("company_id"),
            Column("sequence", BigInteger, nullable=False),
            Column("recorded_at", Instant),
            Column("asked_until", Instant),
            Column("seal", PlainText, nullable=False),
            Column("generation", BigInteger, nullable=False),
            self.key("head", "company_id"),
        )

    def identity(self, kind: Kind) -> Table:
        name = kind.value
        return self.table(
            name,
            _id("company_id"),
            _id("id"),
            Column("version", BigInteger, nullable=False),
            self.key(name, "company_id", "id"),
            self.of_company(name),
        )

    def history(self, kind: Kind) -> Table:
        name = f"{kind.value}_history"
        ids = ("company_id", "contractor_id", "id") if kind.is_fact else ("company_id", "id")
        typed = COLUMNS[kind]
        refers = [self.refers(name, "contractor_id", "contractor")] if kind.is_fact else []
        if not kind.is_fact:
            refers.append(self.refers(name, "id", kind.value))
        if kind is Kind.ASSIGNMENT:
            refers += [self.refers(name, "client_id", "client"), self.refers(name, "job_code_id", "job_code")]
        return self.table(
            name,
            *(_id(column) for column in ids),
            Column("version", BigInteger, nullable=False),
            Column("recorded_at", Instant, nullable=False),
            Column("superseded_at", Instant),
            Column("format", SmallInteger, nullable=False),
            Column("document", PlainText, nullable=False),
            *(Column(column.name, column.type()) for column in typed),
            self.key(name, *ids, "version"),
            *refers,
            *(self.among(name, column.name, column.codes) for column in typed if column.codes),
            CheckConstraint("superseded_at > recorded_at", name=f"{self.prefix}{name}_order_ck"),
            # The database itself refuses a second current version.
            self.index(name, *ids, unique=True, where=_CURRENT),
            *self.searched(kind, name),
        )

    def searched(self, kind: Kind, name: str) -> list[Index]:
        match kind:
            case Kind.CONTRACTOR:
                searched = [("sort_name", "id"), ("home_state", "sort_name", "id"), ("email_key",)]
            case Kind.CARRIER:
                searched = [("naic",), ("carrier_key",)]
            case Kind.ENROLLMENT:
                searched = [("state", "contractor_id"), ("step", "contractor_id")]
            case Kind.MEMBER:
                searched = [("sort_name", "id")]
            case _:
                return []
        indexes = [self.index(name, "company_id", *columns, where=_CURRENT) for columns in searched]
        if kind is Kind.MEMBER:
            indexes.append(self.index(name, "company_id", "subject_key", unique=True, where=_CURRENT))
        return indexes

    def words(self) -> Table:
        return self.table(
            "contractor_word",
            _id("company_id"),
            _id("contractor_id"),
            _id("word"),
            self.key("contractor_word", "company_id", "contractor_id", "word"),
            self.refers("contractor_word", "contractor_id", "contractor"),
            self.index("contractor_word", "company_id", "word", "contractor_id"),
        )

    def insurers(self) -> Table:
        return self.table(
            "contractor_insurer",
            _id("company_id"),
            _id("contractor_id"),
            _id("insurer"),  # a NAIC number, or the digest of a name
            self.key("contractor_insurer", "company_id", "contractor_id", "insurer"),
            self.refers("contractor_insurer", "contractor_id", "contractor"),
            # A change of an insurer's rating looks up the contractors that it insures.
            self.index("contractor_insurer", "company_id", "insurer", "contractor_id"),
        )

    def work(self) -> Table:
        return self.table(
            "contractor_work",
            _id("company_id"),
            _id("contractor_id"),
            _id("assignment_id"),
            _id("state"),  # empty if it is unknown, because a part of the key cannot be null
            _id("job_code_id", nullable=True),
            _id("client_id", nullable=True),
            Column("first_day", Date),
            Column("last_day", Date),
            # A copy from the contractor, so that an index gives the contractors of some work in the order of names.
            _id("sort_name"),
            self.key("contractor_work", "company_id", "contractor_id", "assignment_id", "state"),
            self.refers("contractor_work", "contractor_id", "contractor"),
            self.index("contractor_work", "company_id", "state", "sort_name", "contractor_id"),
            self.index("contractor_work", "company_id", "state", "job_code_id", "sort_name", "contractor_id"),
            self.index("contractor_work", "company_id", "job_code_id", "sort_name", "contractor_id"),
            self.index("contractor_work", "company_id", "client_id", "sort_name", "contractor_id"),
        )

    def standings(self) -> Table:
        name = "standing"
        return self.table(
            name,
            _id("company_id"),
            _id("contractor_id"),
            Column("since_generation", BigInteger, nullable=False),
            Column("until_generation", BigInteger),
            Column("first_day", Date, nullable=False),
            Column("end_day", Date),
            _id("verdict"),
            _id("insurance_status"),
            Column("worst_requirement", PlainText),
            Column("reasons", PlainText, nullable=False),
            Column("rulebook_id", PlainText, nullable=False),
            Column("rulebook_version", BigInteger, nullable=False),
            _id("sort_name"),  # as in the table of work
            self.key(name, "company_id", "contractor_id", "since_generation", "first_day"),
            self.refers(name, "contractor_id", "contractor"),
            self.among(name, "verdict", _codes(Verdict)),
            self.among(name, "insurance_status", _codes(InsuranceStatus)),
            self.index(name, "company_id", "verdict", "sort_name", "contractor_id"),
            self.index(name, "company_id", "insurance_status", "sort_name", "contractor_id"),
            self.index(name, "company_id", "end_day", "contractor_id"),
        )

    def audit(self) -> Table:
        return self.table(
            "audit",
            _id("company_id"),
            Column("sequence", BigInteger, nullable=False),
            Column("recorded_at", Instant, nullable=False),
            Column("actor", PlainText, nullable=False),
            Column("action", PlainText, nullable=False),
            _id("key"),
            Column("fingerprint", PlainText, nullable=False),
            Column("response", PlainText, nullable=False),
            Column("detail", PlainText),
            Column("detail_hash", PlainText, nullable=False),
            Column("seal", PlainText, nullable=False),
            self.key("audit", "company_id", "sequence"),
            UniqueConstraint("company_id", "key", name=f"{self.prefix}audit_key_uq"),
            UniqueConstraint("company_id", "recorded_at", name=f"{self.prefix}audit_recorded_at_uq"),
            self.of_company("audit"),
        )


def _id(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, exact_text(), nullable=nullable)


def _codes(codes: type[Enum]) -> tuple[str, ...]:
    return tuple(code.value for code in codes)
