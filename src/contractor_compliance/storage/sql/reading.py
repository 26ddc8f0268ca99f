"""Reads values, dossiers, histories, receipts and audit entries by ids, each in a fixed number of statements."""

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

__all__ = ["HeadRow", "Reader", "assemble_dossiers"]

#: Returns the company and the shared records of references, by key.
_SharedReader = Callable[[Iterable[rules.References]], Mapping[Key, Record]]


@attrs.frozen
class HeadRow:
    """A company's row in the head table.

    Attributes:
        head: The head that a store returns.
        asked_until: The latest instant beyond the head that was read as known at.
    """

    head: Head
    asked_until: datetime | None


@attrs.frozen
class Reader:
    """Reads the records of one company through one connection.

    Attributes:
        connection: The connection.
        statements: The statements of our tables.
        company_id: The company, which is a condition of each of them.
    """

    connection: Connection
    statements: Statements
    company_id: str

    def head(self, *, locked: bool = False) -> HeadRow | None:
        """Return the row of the company in the head table; None if the company does not exist.

        Args:
            locked: Hold the company's lock until the transaction ends.
        """
        row = self.statements.head(self.connection, self.company_id, locked=locked)
        if row is None:
            return None
        sequence, recorded_at, seal, generation, asked_until = row
        return HeadRow(Head(sequence, read_instant(recorded_at), seal, generation), read_instant(asked_until))

    def versions(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the current version of each aggregate that is on file, with a statement for each kind."""
        versions: dict[Key, int] = {}
        for kind, kind_keys in _by_kind(keys).items():
            rows = self.statements.versions(self.connection, self.company_id, kind, {key.id for key in kind_keys})
            by_id = {id_: version for id_, version in rows}  # noqa: C416  # rows of a driver, no tuples to a checker
            versions |= {key: by_id[key.id] for key in kind_keys if key.id in by_id}
        return versions

    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of the commit with a key."""
        row = self.statements.receipt(self.connection, self.company_id, key)
        if row is None:
            return None
        stored_key, fingerprint, sequence, recorded_at, response = row
        return Receipt(stored_key, fingerprint, sequence, read_instant(recorded_at), response)

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        rows = self.statements.audit(self.connection, self.company_id, after, limit)
        return tuple(_entry(*row) for row in rows)

    def values(self, keys: Sequence[Key], at: datetime) -> dict[Key, Record]:
        """Return the values that were on file at an instant, with a statement for each kind."""
        return {
            record.key: record
            for kind, kind_keys in _by_kind(keys).items()
            for record in self._by_keys(kind, kind_keys, at, is_history=False)
        }

    def histories(self, keys: Sequence[Key], at: datetime) -> dict[Key, list[Record]]:
        """Return every version of values up to an instant, oldest first, with a statement for each kind."""
        histories: dict[Key, list[Record]] = {}
        for kind, kind_keys in _by_kind(keys).items():
            for record in self._by_keys(kind, kind_keys, at, is_history=True):
                histories.setdefault(record.key, []).append(record)
        return histories

    def contractors(self, contractor_ids: Collection[str], at: datetime) -> dict[str, dict[Key, Record]]:
        """Return the contractors that were on file at an instant with their facts, with a statement for each kind."""
        contractors: dict[str, dict[Key, Record]] = {}
        for kind in (Kind.CONTRACTOR, *FACTS):
            for record in self._on_file(kind, "contractor_id" if kind.is_fact else "id", contractor_ids, at):
                owner_id = record.key.contractor_id or record.key.id
                contractors.setdefault(owner_id, {})[record.key] = record
        return contractors

    def shared(self, references: Iterable[rules.References], at: datetime) -> dict[Key, Record]:
        """Return the company and the clients, job codes and carriers of references, with a statement for each kind.

        Carriers take two statements, one for the index of numbers and one for that of names.
        """
        ids: dict[Kind, set[str]] = {Kind.COMPANY: {self.company_id}}
        naics: set[str] = set()
        names: set[str] = set()
        for reference in references:
            for kind, kind_ids in reference.ids:
                ids.setdefault(kind, set()).update(kind_ids)
            naics |= reference.carrier_naics
            names |= reference.carrier_names
        searches = [(kind, "id", kind_ids) for kind, kind_ids in ids.items()]
        searches += [(Kind.CARRIER, "naic", naics), (Kind.CARRIER, "carrier_key", set(map(carrier_key, names)))]
        return {
            record.key: record
            for kind, column, texts in searches
            if texts
            for record in self._on_file(kind, column, texts, at)
        }

    def dossiers(self, contractor_ids: Collection[str], at: datetime) -> dict[str, DossierRecord]:
        """Return the dossiers of contractors at an instant, in a fixed number of statements."""
        contractors = {
            contractor_id: records
            for contractor_id, records in self.contractors(contractor_ids, at).items()
            if Key(Kind.CONTRACTOR, contractor_id) in records
        }
        return assemble_dossiers(self.company_id, contractors, lambda references: self.shared(references, at))

    def _on_file(self, kind: Kind, column: str, texts: Collection[str], at: datetime) -> Iterable[Record]:
        return _records(kind, self.statements.on_file(self.connection, self.company_id, kind, column, texts, at), at)

    def _by_keys(self, kind: Kind, keys: Sequence[Key], at: datetime, *, is_history: bool) -> Iterable[Record]:
        owners = {key.contractor_id or "" for key in keys}
        ids = {key.id for key in keys}
        connection, company_id = self.connection, self.company_id
        rows = self.statements.by_keys(connection, company_id, kind, ids, owners, at, is_history=is_history)
        return _records(kind, rows, at)


def _entry(sequence: int, recorded_at: Any, *texts: Any) -> AuditEntry:
    """Return an audit entry; a column of SQLite may have a value that is no text, if it was changed by hand."""
    entry = AuditEntry(sequence, read_instant(recorded_at), *texts)
    if not all(text is None or isinstance(text, str) for text in texts):
        problem = "a column has a value that is no text; the table was changed by hand: restore the row from a backup"
        raise UnreadableError((f"the audit entry {sequence}: {problem}",))
    return entry


def _records(kind: Kind, rows: Any, at: datetime) -> Iterable[Record]:
    for row in rows:
        if kind.is_fact:
            contractor_id, id_, version, recorded_at, superseded_at, format_, document = row
            key = Key(kind, id_, contractor_id)
        else:
            id_, version, recorded_at, superseded_at, format_, document = row
            key = Key(kind, id_)
        end = read_instant(superseded_at)
        if end is not None and end > at:
            end = None  # later versions were not known then
        yield record_of(key, version, read_instant(recorded_at), end, format_, document)


def assemble_dossiers(
    company_id: str, contractors: Mapping[str, Mapping[Key, Record]], read_shared: _SharedReader
) -> dict[str, DossierRecord]:
    """Return the dossiers of contractors from their records.

    Args:
        company_id: The company.
        contractors: The records of each contractor: its own and those of its facts.
        read_shared: Returns the company and the shared records that the facts refer to.
    """
    facts = {
        contractor_id: [record for key, record in records.items() if key.kind.is_fact]
        for contractor_id, records in contractors.items()
    }
    references = {contractor_id: rules.collect_references(records) for contractor_id, records in facts.items()}
    shared: Mapping[Key, Record] = read_shared(references.values()) if references else {}
    carriers = _Carriers(record for key, record in shared.items() if key.kind is Kind.CARRIER)
    company = shared.get(Key(Kind.COMPANY, company_id))
    dossiers = {}
    for contractor_id, records in contractors.items():
        keys = [Key(kind, id_) for kind, ids in references[contractor_id].ids for id_ in ids]
        others = [shared[key] for key in keys if key in shared] + carriers.find(references[contractor_id])
        contractor = records[Key(Kind.CONTRACTOR, contractor_id)]
        dossiers[contractor_id] = rules.assemble_dossier(contractor, company, facts[contractor_id], others)
    return dossiers


class _Carriers:
    """Carriers by number and by name, so that a thousand dossiers need not look at each of them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_naic: dict[str, list[Record]] = {}
        self._by_name: dict[str, list[Record]] = {}
        for record in records:
            naic, name = rules.insurer_keys(record)
            if naic is not None:
                self._by_naic.setdefault(naic, []).append(record)
            self._by_name.setdefault(name, []).append(record)

    def find(self, references: rules.References) -> list[Record]:
        by_naic = (record for naic in references.carrier_naics for record in self._by_naic.get(naic, ()))
        by_name = (record for name in references.carrier_names for record in self._by_name.get(name, ()))
        return list({record.key: record for record in (*by_naic, *by_name)}.values())


def _by_kind(keys: Iterable[Key]) -> dict[Kind, list[Key]]:
    keys_by_kind: dict[Kind, list[Key]] = {}
    for key in dict.fromkeys(keys):
        keys_by_kind.setdefault(key.kind, []).append(key)
    return keys_by_kind
