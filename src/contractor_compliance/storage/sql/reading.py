"""Reads by ids: values, dossiers, histories, receipts, audit entries, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from contractor_compliance.domain import Carrier
from contractor_compliance.evaluation.names import normal_name
from contractor_compliance.storage import rules
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Receipt, Record
from contractor_compliance.storage.changes import FACTS, Key, Kind
from contractor_compliance.storage.sql.bulk import among
from contractor_compliance.storage.sql.columns import carrier_key
from contractor_compliance.storage.sql.records import record_of
from contractor_compliance.storage.sql.tables import RECORD_COLUMNS, Tables

__all__ = ["HeadRow", "Reader", "assembled"]

#: Returns the company and what is shared, by key, of all that facts name.
_Shared = Callable[[Iterable[rules.Named]], Mapping[Key, Record]]


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
        tables: Our tables.
        company_id: The company. Its condition is put into every statement by `_history` and `_of_company`.
    """

    connection: Connection
    tables: Tables
    company_id: str

    def head(self, *, locked: bool = False) -> HeadRow | None:
        """Return where the company stands; None if it is not there.

        Args:
            locked: Hold the company's lock until the transaction ends: the row, on PostgreSQL; on SQLite whoever
                writes holds the lock of the whole file.
        """
        columns = self.tables.head.c
        statement = select(
            *(columns.sequence, columns.recorded_at, columns.seal, columns.generation, columns.asked_until)
        ).where(columns.company_id == self.company_id)
        row = self.connection.execute(statement.with_for_update() if locked else statement).one_or_none()
        return None if row is None else HeadRow(Head(*row[:4]), row[4])

    def versions(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the current version of each aggregate that is there."""
        found: dict[Key, int] = {}
        for kind, ids in _by_kind(keys).items():
            columns = self.tables.identities[kind].c
            statement = select(columns.id, columns.version).where(
                columns.company_id == self.company_id, self._among(columns.id, [each.id for each in ids])
            )
            found |= {Key(kind, id_): version for id_, version in self.connection.execute(statement)}
        return found

    def receipt(self, key: str) -> Receipt | None:
        """Return what the commit with a key came to."""
        columns = self.tables.audit.c
        statement = select(
            *(columns.key, columns.fingerprint, columns.sequence, columns.recorded_at, columns.response)
        ).where(columns.company_id == self.company_id, columns.key == key)
        row = self.connection.execute(statement).one_or_none()
        return None if row is None else Receipt(*row)

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        columns = self.tables.audit.c
        fields = (columns[field.name] for field in attrs.fields(AuditEntry))
        statement = select(*fields).where(columns.company_id == self.company_id, columns.sequence > after)
        return tuple(
            AuditEntry(*row) for row in self.connection.execute(statement.order_by(columns.sequence).limit(limit))
        )

    def values(self, keys: Sequence[Key], at: datetime) -> dict[Key, Record]:
        """Return the values that were on file at an instant, a statement for each kind."""
        found: dict[Key, Record] = {}
        for kind, wanted in _by_kind(keys).items():
            statement = self._history(kind).where(self._known(kind, at), *self._named(kind, wanted))
            found |= {record.key: record for record in self._records(kind, statement, at)}
        return found

    def histories(self, keys: Sequence[Key], at: datetime) -> dict[Key, list[Record]]:
        """Return every version of values up to an instant, oldest first, a statement for each kind."""
        found: dict[Key, list[Record]] = {}
        for kind, wanted in _by_kind(keys).items():
            columns = self.tables.histories[kind].c
            statement = self._history(kind).where(columns.recorded_at <= at, *self._named(kind, wanted))
            for record in self._records(kind, statement.order_by(columns.version), at):
                found.setdefault(record.key, []).append(record)
        return found

    def contractors(self, contractor_ids: Collection[str], at: datetime) -> dict[str, dict[Key, Record]]:
        """Return the contractors that were on file at an instant, each with its facts: a statement for each kind."""
        found: dict[str, dict[Key, Record]] = {}
        for kind in (Kind.CONTRACTOR, *FACTS):
            columns = self.tables.histories[kind].c
            owner = columns.contractor_id if kind.is_fact else columns.id
            statement = self._history(kind).where(self._known(kind, at), self._among(owner, contractor_ids))
            for record in self._records(kind, statement, at):
                owner_id = record.key.contractor_id or record.key.id
                found.setdefault(owner_id, {})[record.key] = record
        return found

    def shared(self, named: Iterable[rules.Named], at: datetime) -> dict[Key, Record]:
        """Return the company, and the clients, job codes and carriers that are named: a statement for each kind."""
        ids: dict[Kind, set[str]] = {Kind.COMPANY: {self.company_id}}
        naics: set[str] = set()
        names: set[str] = set()
        for each in named:
            for kind, wanted in each.ids:
                ids.setdefault(kind, set()).update(wanted)
            naics |= each.carrier_naics
            names |= each.carrier_names
        found: dict[Key, Record] = {}
        for kind, wanted_ids in ids.items():
            if wanted_ids:
                condition = self._among(self.tables.histories[kind].c.id, wanted_ids)
                statement = self._history(kind).where(self._known(kind, at), condition)
                found |= {record.key: record for record in self._records(kind, statement, at)}
        if naics or names:
            columns = self.tables.histories[Kind.CARRIER].c
            condition = or_(
                self._among(columns.naic, naics),
                self._among(columns.carrier_key, {carrier_key(each) for each in names}),
            )
            statement = self._history(Kind.CARRIER).where(self._known(Kind.CARRIER, at), condition)
            found |= {record.key: record for record in self._records(Kind.CARRIER, statement, at)}
        return found

    def dossiers(self, contractor_ids: Collection[str], at: datetime) -> dict[str, DossierRecord]:
        """Return all that was known of contractors at an instant, in a fixed number of statements."""
        own = {
            contractor_id: records
            for contractor_id, records in self.contractors(contractor_ids, at).items()
            if Key(Kind.CONTRACTOR, contractor_id) in records
        }
        return assembled(self.company_id, own, lambda named: self.shared(named, at))

    def _history(self, kind: Kind) -> Select[Any]:
        columns = self.tables.histories[kind].c
        own = (columns.contractor_id, columns.id) if kind.is_fact else (columns.id,)
        return select(*own, *(columns[name] for name in RECORD_COLUMNS)).where(columns.company_id == self.company_id)

    def _known(self, kind: Kind, at: datetime) -> ColumnElement[bool]:
        columns = self.tables.histories[kind].c
        ended = columns.superseded_at
        return and_(columns.recorded_at <= at, or_(ended.is_(None), ended > at))

    def _named(self, kind: Kind, keys: Iterable[Key]) -> Iterable[ColumnElement[bool]]:
        columns = self.tables.histories[kind].c
        listed = tuple(keys)
        yield self._among(columns.id, {each.id for each in listed})
        if kind.is_fact:
            yield self._among(columns.contractor_id, {each.contractor_id or "" for each in listed})

    def _records(self, kind: Kind, statement: Select[Any], at: datetime) -> Iterable[Record]:
        for row in self.connection.execute(statement):
            if kind.is_fact:
                contractor_id, id_, *rest = row
                key = Key(kind, id_, contractor_id)
            else:
                id_, *rest = row
                key = Key(kind, id_)
            if rest[2] is not None and rest[2] > at:
                rest[2] = None  # what came later was not known
            yield record_of(key, rest)

    def _among(self, column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
        return among(self.connection.dialect.name, column, texts)


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
    named = {contractor_id: rules.named_by(records) for contractor_id, records in facts.items()}
    found: Mapping[Key, Record] = shared(named.values()) if named else {}
    carriers = _Carriers(record for key, record in found.items() if key.kind is Kind.CARRIER)
    company = found.get(Key(Kind.COMPANY, company_id))
    dossiers = {}
    for contractor_id, records in contractors.items():
        own = named[contractor_id]
        others = [record for kind, ids in own.ids for each in ids if (record := found.get(Key(kind, each))) is not None]
        contractor = records[Key(Kind.CONTRACTOR, contractor_id)]
        dossiers[contractor_id] = rules.dossier_record(
            contractor, company, facts[contractor_id], [*others, *carriers.named(own)]
        )
    return dossiers


class _Carriers:
    """Carriers by what policies name them by, so that a thousand dossiers need not look at each of them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_naic: dict[str, list[Record]] = {}
        self._by_name: dict[str, list[Record]] = {}
        for record in records:
            carrier = record.content
            # Of one that cannot be read, its id is known: its NAIC number or else its name.
            naic, name = (
                (carrier.naic, carrier.name) if isinstance(carrier, Carrier) else (record.key.id, record.key.id)
            )
            if naic is not None:
                self._by_naic.setdefault(naic, []).append(record)
            self._by_name.setdefault(normal_name(name), []).append(record)

    def named(self, named: rules.Named) -> Iterable[Record]:
        by_naic = (record for naic in named.carrier_naics for record in self._by_naic.get(naic, ()))
        by_name = (record for name in named.carrier_names for record in self._by_name.get(name, ()))
        return {record.key: record for record in (*by_naic, *by_name)}.values()


def _by_kind(keys: Iterable[Key]) -> dict[Kind, list[Key]]:
    found: dict[Kind, list[Key]] = {}
    for key in dict.fromkeys(keys):
        found.setdefault(key.kind, []).append(key)
    return found
