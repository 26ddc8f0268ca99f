"""Reads by ids: values, dossiers, histories, receipts, audit entries, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Connection

from contractor_compliance.errors import UnreadableError
from contractor_compliance.storage import rules
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Receipt, Record
from contractor_compliance.storage.changes import FACTS, Key, Kind
from contractor_compliance.storage.sql.columns import carrier_key
from contractor_compliance.storage.sql.records import record_of
from contractor_compliance.storage.sql.statements import Statements
from contractor_compliance.storage.sql.types import read_instant

__all__ = ["HeadRow", "Reader", "assembled"]

#: Returns the company and what is shared, by key, of all that facts name.
_Shared = Callable[[Iterable[rules.References]], Mapping[Key, Record]]


@attrs.frozen
class HeadRow:
    """A company's row in the head table.

    Attributes:
        head: What is told of it.
        asked: The latest instant beyond the head that was asked about.
    """

    head: Head
    asked: datetime | None


@attrs.frozen
class Reader:
    """Reads the records of one company through one connection.

    Attributes:
        connection: The connection.
        statements: The statements of our tables.
        company_id: The company, whose condition is in each of them.
    """

    connection: Connection
    statements: Statements
    company_id: str

    def head(self, *, locked: bool = False) -> HeadRow | None:
        """Return where the company stands; None if it is not there.

        Args:
            locked: Hold the company's lock until the transaction ends.
        """
        row = self.statements.head(self.connection, self.company_id, locked=locked)
        if row is None:
            return None
        sequence, recorded_at, seal, generation, asked = row
        return HeadRow(Head(sequence, read_instant(recorded_at), seal, generation), read_instant(asked))

    def versions(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the current version of each aggregate that is there, a statement for each kind."""
        found: dict[Key, int] = {}
        for kind, wanted in _by_kind(keys).items():
            rows = self.statements.versions(self.connection, self.company_id, kind, {key.id for key in wanted})
            versions = {id_: version for id_, version in rows}  # noqa: C416  # rows of a driver, no tuples to a checker
            found |= {key: versions[key.id] for key in wanted if key.id in versions}
        return found

    def receipt(self, key: str) -> Receipt | None:
        """Return what the commit with a key came to."""
        row = self.statements.receipt(self.connection, self.company_id, key)
        if row is None:
            return None
        known_key, fingerprint, sequence, recorded_at, response = row
        return Receipt(known_key, fingerprint, sequence, read_instant(recorded_at), response)

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        rows = self.statements.audit(self.connection, self.company_id, after, limit)
        return tuple(_entry(*row) for row in rows)

    def values(self, keys: Sequence[Key], at: datetime) -> dict[Key, Record]:
        """Return the values that were on file at an instant, a statement for each kind."""
        return {
            record.key: record
            for kind, wanted in _by_kind(keys).items()
            for record in _records(kind, self._named(kind, wanted, at, past=False), at)
        }

    def histories(self, keys: Sequence[Key], at: datetime) -> dict[Key, list[Record]]:
        """Return every version of values up to an instant, oldest first, a statement for each kind."""
        found: dict[Key, list[Record]] = {}
        for kind, wanted in _by_kind(keys).items():
            for record in _records(kind, self._named(kind, wanted, at, past=True), at):
                found.setdefault(record.key, []).append(record)
        return found

    def contractors(self, contractor_ids: Collection[str], at: datetime) -> dict[str, dict[Key, Record]]:
        """Return the contractors that were on file at an instant, each with its facts: a statement for each kind."""
        found: dict[str, dict[Key, Record]] = {}
        for kind in (Kind.CONTRACTOR, *FACTS):
            for record in self._known(kind, "contractor_id" if kind.is_fact else "id", contractor_ids, at):
                owner_id = record.key.contractor_id or record.key.id
                found.setdefault(owner_id, {})[record.key] = record
        return found

    def shared(self, named: Iterable[rules.References], at: datetime) -> dict[Key, Record]:
        """Return the company, and the clients, job codes and carriers that are named: a statement for each kind.

        Carriers take two, for an index finds them by number or by name.
        """
        ids: dict[Kind, set[str]] = {Kind.COMPANY: {self.company_id}}
        naics: set[str] = set()
        names: set[str] = set()
        for each in named:
            for kind, wanted in each.ids:
                ids.setdefault(kind, set()).update(wanted)
            naics |= each.carrier_naics
            names |= each.carrier_names
        asked = [(kind, "id", wanted) for kind, wanted in ids.items()]
        asked += [(Kind.CARRIER, "naic", naics), (Kind.CARRIER, "carrier_key", set(map(carrier_key, names)))]
        return {
            record.key: record
            for kind, column, texts in asked
            if texts
            for record in self._known(kind, column, texts, at)
        }

    def dossiers(self, contractor_ids: Collection[str], at: datetime) -> dict[str, DossierRecord]:
        """Return all that was known of contractors at an instant, in a fixed number of statements."""
        own = {
            contractor_id: records
            for contractor_id, records in self.contractors(contractor_ids, at).items()
            if Key(Kind.CONTRACTOR, contractor_id) in records
        }
        return assembled(self.company_id, own, lambda named: self.shared(named, at))

    def _known(self, kind: Kind, column: str, texts: Collection[str], at: datetime) -> Iterable[Record]:
        return _records(kind, self.statements.known(self.connection, self.company_id, kind, column, texts, at), at)

    def _named(self, kind: Kind, keys: Iterable[Key], at: datetime, *, past: bool) -> Any:
        listed = tuple(keys)
        owners = {each.contractor_id or "" for each in listed}
        ids = {each.id for each in listed}
        return self.statements.named(self.connection, self.company_id, kind, ids, owners, at, past=past)


def _entry(sequence: int, recorded_at: Any, *texts: Any) -> AuditEntry:
    """Return an audit entry; SQLite takes anything for a text, if it is put there by hand."""
    entry = AuditEntry(sequence, read_instant(recorded_at), *texts)
    if not all(each is None or isinstance(each, str) for each in texts):
        told = "it holds what is no text; somebody has changed the table by hand"
        raise UnreadableError((f"the audit entry {sequence}: {told}",))
    return entry


def _records(kind: Kind, rows: Any, at: datetime) -> Iterable[Record]:
    for row in rows:
        if kind.is_fact:
            contractor_id, id_, version, recorded_at, superseded_at, format_, document = row
            key = Key(kind, id_, contractor_id)
        else:
            id_, version, recorded_at, superseded_at, format_, document = row
            key = Key(kind, id_)
        ended = read_instant(superseded_at)
        if ended is not None and ended > at:
            ended = None  # what came later was not known
        yield record_of(key, version, read_instant(recorded_at), ended, format_, document)


def assembled(
    company_id: str, contractors: Mapping[str, Mapping[Key, Record]], shared: _Shared
) -> dict[str, DossierRecord]:
    """Put the dossiers of contractors together.

    Args:
        company_id: The company.
        contractors: The records of each: itself and its facts.
        shared: Returns the company and what is shared, of all that the facts name.
    """
    facts = {
        contractor_id: [record for key, record in records.items() if key.kind.is_fact]
        for contractor_id, records in contractors.items()
    }
    named = {contractor_id: rules.collect_references(records) for contractor_id, records in facts.items()}
    found: Mapping[Key, Record] = shared(named.values()) if named else {}
    carriers = _Carriers(record for key, record in found.items() if key.kind is Kind.CARRIER)
    company = found.get(Key(Kind.COMPANY, company_id))
    dossiers = {}
    for contractor_id, records in contractors.items():
        own = named[contractor_id]
        others = [record for kind, ids in own.ids for each in ids if (record := found.get(Key(kind, each))) is not None]
        contractor = records[Key(Kind.CONTRACTOR, contractor_id)]
        dossiers[contractor_id] = rules.assemble_dossier(
            contractor, company, facts[contractor_id], [*others, *carriers.named(own)]
        )
    return dossiers


class _Carriers:
    """Carriers by what policies name them by, so that a thousand dossiers need not look at each of them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_naic: dict[str, list[Record]] = {}
        self._by_name: dict[str, list[Record]] = {}
        for record in records:
            naic, name = rules.insurer_keys(record)
            if naic is not None:
                self._by_naic.setdefault(naic, []).append(record)
            self._by_name.setdefault(name, []).append(record)

    def named(self, named: rules.References) -> Iterable[Record]:
        by_naic = (record for naic in named.carrier_naics for record in self._by_naic.get(naic, ()))
        by_name = (record for name in named.carrier_names for record in self._by_name.get(name, ()))
        return {record.key: record for record in (*by_naic, *by_name)}.values()


def _by_kind(keys: Iterable[Key]) -> dict[Kind, list[Key]]:
    found: dict[Kind, list[Key]] = {}
    for key in dict.fromkeys(keys):
        found.setdefault(key.kind, []).append(key)
    return found
