"""What must hold between the rows of our tables, whatever happened while they were written."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import attrs
from sqlalchemy import Connection, Engine, Table, make_url, select

from contractor_compliance.domain import Dossier
from contractor_compliance.serialization import read_record
from contractor_compliance.storage import FACTS, VALUES, AuditEntry, Key, Kind, Record, sha256_seal, text_hash
from contractor_compliance.storage.search import sort_key
from contractor_compliance.storage.sql import SqlStore, Tables, build_tables
from contractor_compliance.storage.sql.records import insurer_rows, record_row, word_rows, work_rows

__all__ = ["fingerprint", "fingerprint_of_file", "problems"]

_TABLES = build_tables()


def problems(bind: Engine | Connection) -> list[str]:
    """Return a sentence for each rule that is broken, in any company; none = all is well."""
    if isinstance(bind, Connection):
        return sorted(set(_problems(bind)))
    with bind.connect() as connection:
        # Others may be writing: all statements must see the same.
        begin = "BEGIN" if connection.dialect.name == "sqlite" else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
        connection.exec_driver_sql(begin)
        return sorted(set(_problems(connection)))


def _problems(connection: Connection) -> Iterator[str]:
    companies = _companies(connection)
    for company_id, company in companies.items():
        for problem in (*_chain(company), *_versions(company), *_found_by(company), *_standings(company)):
            yield f"{company_id}: {problem}"
        handle = SqlStore(connection, tables=_TABLES).for_company(company_id)
        ids = sorted(key.id for key in company.current if key.kind is Kind.CONTRACTOR)
        for dossier in handle.dossiers(ids):
            if dossier is None or not isinstance(dossier.content, Dossier):
                yield f"{company_id}: a contractor makes no valid dossier: {dossier}"


@attrs.define
class _Company:
    head: Any = None
    audit: list[Any] = attrs.field(factory=list)
    versions: dict[Key, int] = attrs.field(factory=dict)
    records: defaultdict[Key, list[Record]] = attrs.field(factory=lambda: defaultdict(list))
    #: What the typed columns hold, and what they should.
    typed: list[tuple[Key, Any, Any]] = attrs.field(factory=list)
    words: set[Any] = attrs.field(factory=set)
    insurers: set[Any] = attrs.field(factory=set)
    work: set[Any] = attrs.field(factory=set)
    standings: list[Any] = attrs.field(factory=list)

    @property
    def current(self) -> dict[Key, Record]:
        return {
            key: record for key, records in self.records.items() for record in records if record.superseded_at is None
        }


def _companies(connection: Connection) -> dict[str, _Company]:
    """Return all rows, by the company that they say they are of."""
    companies: defaultdict[str, _Company] = defaultdict(_Company)

    def rows(table: Table) -> Iterator[Any]:
        yield from connection.execute(select(table))

    for row in rows(_TABLES.head):
        companies[row.company_id].head = row
    for entry in connection.execute(select(_TABLES.audit).order_by(_TABLES.audit.c.sequence)):
        companies[entry.company_id].audit.append(entry)
    for kind, table in _TABLES.identities.items():
        for row in rows(table):
            companies[row.company_id].versions[Key(kind, row.id)] = row.version
    for kind, table in _TABLES.histories.items():
        for version in connection.execute(select(table).order_by(table.c.version)):
            key = Key(kind, version.id, version.contractor_id if kind in FACTS else None)
            value = read_record(version.document, VALUES[kind], version.format)
            record = Record(key, version.version, version.recorded_at, version.superseded_at, value)
            company = companies[version.company_id]
            company.records[key].append(record)
            company.typed.append((key, tuple(version), record_row(version.company_id, record)))
    for row in rows(_TABLES.words):
        companies[row.company_id].words.add(tuple(row))
    for row in rows(_TABLES.insurers):
        companies[row.company_id].insurers.add(tuple(row))
    for row in rows(_TABLES.work):
        companies[row.company_id].work.add(tuple(row))
    for row in rows(_TABLES.standings):
        companies[row.company_id].standings.append(row)
    return dict(companies)


def _chain(company: _Company) -> Iterator[str]:
    """Yield what is wrong with the audit chain and with the head."""
    if company.head is None:
        yield "it has rows and no head"
        return
    audit = company.audit
    if [row.sequence for row in audit] != list(range(1, len(audit) + 1)):
        yield "the sequence has a gap"
    if any(one.recorded_at >= other.recorded_at for one, other in pairwise(audit)):
        yield "a later commit is recorded no later"
    before = ""
    for row in audit:
        entry = AuditEntry(*(getattr(row, field.name) for field in attrs.fields(AuditEntry)))
        if row.detail_hash != text_hash(row.detail):
            yield f"the hash of the detail of {row.sequence} is not its own"
        if row.seal != sha256_seal(before, row.sequence, row.recorded_at, entry.payload_hash):
            yield f"the seal of {row.sequence} does not verify"
        before = row.seal
    head = company.head
    last = (audit[-1].sequence, audit[-1].recorded_at, audit[-1].seal) if audit else None
    if (head.sequence, head.recorded_at, head.seal) != last:
        yield "the head is not the last entry of the audit"


def _versions(company: _Company) -> Iterator[str]:
    """Yield what is wrong with the identities and the histories."""
    instants = {row.recorded_at for row in company.audit}
    for key, version in company.versions.items():
        if [record.version for record in company.records.get(key, ())] != list(range(1, version + 1)):
            yield f"{key}: version {version} does not come from its history"
    for key, records in company.records.items():
        owner = {record.version: record.recorded_at for record in company.records.get(key.aggregate, ())}
        if key.aggregate not in company.versions:
            yield f"{key}: has no identity"
        if any(owner.get(record.version) != record.recorded_at for record in records):
            yield f"{key}: has a version that its aggregate has not"
        if not {record.recorded_at for record in records} <= instants:
            yield f"{key}: was recorded by no commit"
        if not {record.superseded_at for record in records} <= {*instants, None}:
            yield f"{key}: was superseded by no commit"
        yield from _one_at_a_time(key, records)
    for key, actual, expected in company.typed:
        if actual != expected:
            yield f"{key}: a column does not say what the document does"


def _one_at_a_time(key: Key, records: list[Record]) -> Iterator[str]:
    for one, other in pairwise(records):
        if one.superseded_at is None or one.superseded_at > other.recorded_at:
            yield f"{key}: two versions are current at once"
        elif one.superseded_at != other.recorded_at and not key.kind.is_fact:
            yield f"{key}: was not there for a time"
    if records[-1].superseded_at is not None and not key.kind.is_fact:
        yield f"{key}: has no current version"


def _found_by(company: _Company) -> Iterator[str]:
    """Yield what is wrong with the rows that contractors are found by."""
    words: set[Any] = set()
    insurers: set[Any] = set()
    work: set[Any] = set()
    for key, record in company.current.items():
        if key.kind is Kind.CONTRACTOR:
            assignments = [
                current.content
                for fact, current in company.current.items()
                if fact.kind is Kind.ASSIGNMENT and fact.contractor_id == key.id
            ]
            policies = [
                current.value
                for fact, current in company.current.items()
                if fact.kind is Kind.POLICY and fact.contractor_id == key.id
            ]
            company_id = company.head.company_id if company.head else ""
            insurers |= set(insurer_rows(company_id, key.id, policies))
            words |= set(word_rows(company_id, record.value))
            work |= set(work_rows(company_id, record.value, assignments))
    if words != company.words:
        yield "the words are not those of the contractors"
    if insurers != company.insurers:
        yield "the insurers are not those of the policies"
    if work != company.work:
        yield "the work is not that of the assignments"


def _standings(company: _Company) -> Iterator[str]:
    """Yield what is wrong with the timelines: in each generation a contractor has one, without gap or overlap."""
    by_contractor: defaultdict[str, list[Any]] = defaultdict(list)
    for standing in company.standings:
        by_contractor[standing.contractor_id].append(standing)
    for contractor_id, rows in by_contractor.items():
        contractor = company.current.get(Key(Kind.CONTRACTOR, contractor_id))
        if contractor is None or {row.sort_name for row in rows} != {sort_key(contractor.value.legal_name)}:
            yield f"the standing of {contractor_id!r} is of nobody, or not sorted by its name"
        for generation in {row.since_generation for row in rows}:
            seen = sorted((row for row in rows if _is_of(row, generation)), key=lambda row: row.first_day)
            if {row.since_generation for row in seen} != {generation}:
                yield f"the standing of {contractor_id!r} is of two generations at once"
            if any(one.end_day != other.first_day for one, other in pairwise(seen)):
                yield f"the standing of {contractor_id!r} has a gap or an overlap"


def _is_of(row: Any, generation: int) -> bool:
    return bool(
        row.since_generation <= generation and (row.until_generation is None or generation < row.until_generation)
    )


# Whether two databases hold the same.


def fingerprint(connection: Any) -> str:
    """Return a digest of every row of our tables, as one statement or transaction of a driver's connection sees them.

    The digests of SQLite and of PostgreSQL differ.
    """
    digest = hashlib.sha256()
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN")
        for name in _ordered(_TABLES):
            rows = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - our names
            digest.update(f"{name} {sorted(map(repr, rows))}".encode())
        connection.execute("COMMIT")
    else:
        selects = (
            f"SELECT '{name}', md5(string_agg(t::text, chr(10) ORDER BY t::text COLLATE \"C\")) FROM {name} t"  # noqa: S608 - our names
            for name in _ordered(_TABLES)
        )
        digest.update(repr(connection.execute(" UNION ALL ".join(selects)).fetchall()).encode())
    return digest.hexdigest()


def fingerprint_of_file(url: str) -> str:
    """Return the digest of a SQLite file, which is opened and closed for it: what a killed writer left is recovered."""
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as connection:
        return fingerprint(connection)


def _ordered(tables: Tables) -> Iterable[str]:
    return sorted(table.name for table in tables.all)
