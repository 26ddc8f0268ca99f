"""What a commit writes, inside a transaction that holds the company's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs
from sqlalchemy import Connection, delete, select

from contractor_compliance.domain import Member, Subject, Value
from contractor_compliance.errors import UnknownCompanyError
from contractor_compliance.storage import rules
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Receipt, Record, Unreadable
from contractor_compliance.storage.changes import Changes, Key, Kind
from contractor_compliance.storage.port import Clock
from contractor_compliance.storage.search import sort_key
from contractor_compliance.storage.sql.bulk import among, insert_rows, update_rows
from contractor_compliance.storage.sql.columns import subject_key
from contractor_compliance.storage.sql.reading import HeadRow, Reader, assembled
from contractor_compliance.storage.sql.records import record_row, word_rows, work_rows
from contractor_compliance.storage.sql.standings import replace_standings
from contractor_compliance.storage.sql.statements import statements_of
from contractor_compliance.storage.sql.tables import Tables

__all__ = ["Writer"]


@attrs.frozen
class Writer:
    """Writes one commit of one company through one connection.

    Attributes:
        connection: The connection; in a transaction.
        tables: Our tables.
        company_id: The company.
        clock: Says what time it is.
    """

    connection: Connection
    tables: Tables
    company_id: str
    clock: Clock

    def commit(self, changes: Changes) -> Receipt:
        """Check and write changes; whoever called ends the transaction."""
        reader = Reader(self.connection, statements_of(self.tables), self.company_id)
        start = self._lock(reader, changes)
        known = reader.receipt(changes.key)
        if known is not None:
            return rules.repeat_receipt(known, changes)
        rules.check_company(self.company_id, changes, exists=start.head.sequence > 0)
        versions = reader.versions(each.key for each in changes.expects)
        rules.check_expectations(changes, versions, start.head.sequence)
        removed = set(reader.values(changes.removes, start.head.recorded_at)) if start.head.recorded_at else set()
        rules.check_removals(changes, removed.__contains__)
        rules.check_standings(changes, versions, start.head.generation)
        rules.check_subjects(changes, self._holders(changes).get)
        now = rules.next_instant(self.clock(), start.head.recorded_at, start.asked)
        before = self._before(reader, changes, versions, start.head.recorded_at)
        written = _written(changes, versions, before, now)
        dossiers = self._after(reader, changes, before, written, start.head.recorded_at)
        for key in changes.touched:
            if key.kind is Kind.CONTRACTOR:
                rules.check_contractor(key, dossiers.get(key.id))
        sequence = start.head.sequence + 1
        entry = rules.make_audit_entry(changes, start.head.seal, sequence, now)
        generation = start.head.generation if changes.switch_to is None else changes.switch_to

        self._write_records(changes, written, versions, now)
        self._write_found_by(changes, dossiers, versions)
        replace_standings(self.connection, self.tables, self.company_id, changes.standings, versions, generation)
        self._write_audit(entry, changes.response)
        columns = self.tables.head.c
        self.connection.execute(
            self.tables.head.update()
            .where(columns.company_id == self.company_id)
            .values(sequence=sequence, recorded_at=now, seal=entry.seal, generation=generation)
        )
        return Receipt(changes.key, changes.fingerprint, sequence, now, changes.response)

    def _lock(self, reader: Reader, changes: Changes) -> HeadRow:
        """Hold the company's lock until the transaction ends; make the row that is locked, for a new company."""
        if self.connection.dialect.name == "sqlite":
            # A transaction of the host's may have read before: writing first tells whether it may still write.
            columns = self.tables.head.c
            same = self.tables.head.update().where(columns.company_id == self.company_id)
            self.connection.execute(same.values(sequence=columns.sequence))
        start = reader.head(locked=True)
        if start is None and any(each.key.kind is Kind.COMPANY for each in changes.puts):
            rules.check_company(self.company_id, changes, exists=False)
            self._insert_head()
            start = reader.head(locked=True)
        if start is None:
            raise UnknownCompanyError(self.company_id)
        return start

    def _insert_head(self) -> None:
        # Another may make the same company at the same time: the later one waits here, and then finds the row.
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # the same call, another class
        row = {"company_id": self.company_id, "sequence": 0, "seal": "", "generation": 0}
        self.connection.execute(insert(self.tables.head).values(row).on_conflict_do_nothing())

    def _holders(self, changes: Changes) -> dict[Subject, str]:
        """Return the ids of the members who have the subjects of those that are put."""
        members = [each.value for each in changes.puts if isinstance(each.value, Member)]
        asked = {subject_key(each.subject): each.subject for each in members if each.subject is not None}
        if not asked:
            return {}
        columns = self.tables.histories[Kind.MEMBER].c
        statement = select(columns.subject_key, columns.id).where(
            columns.company_id == self.company_id,
            columns.superseded_at.is_(None),
            among(self.connection.dialect.name, columns.subject_key, asked),
        )
        return {asked[key]: id_ for key, id_ in self.connection.execute(statement)}

    def _before(
        self, reader: Reader, changes: Changes, versions: dict[Key, int], at: datetime | None
    ) -> dict[str, dict[Key, Record]]:
        """Return the records of the contractors that are touched and were there before."""
        ids = [key.id for key in changes.touched if key.kind is Kind.CONTRACTOR and key in versions]
        return reader.contractors(ids, at) if ids and at else {}

    def _after(
        self,
        reader: Reader,
        changes: Changes,
        before: dict[str, dict[Key, Record]],
        written: Sequence[Record],
        at: datetime | None,
    ) -> dict[str, DossierRecord]:
        """Return the dossiers of the contractors that are touched, as they will be."""
        own = {contractor_id: dict(records) for contractor_id, records in before.items()}
        for record in written:
            if record.key.aggregate.kind is Kind.CONTRACTOR:
                own.setdefault(record.key.aggregate.id, {})[record.key] = record
        for key in changes.removes:
            del own[key.aggregate.id][key]
        new = {record.key: record for record in written if record.key.aggregate.kind is not Kind.CONTRACTOR}

        def shared(named: Iterable[rules.References]) -> dict[Key, Record]:
            return {**(reader.shared(named, at) if at else {}), **new}

        there = {each: records for each, records in own.items() if Key(Kind.CONTRACTOR, each) in records}
        return assembled(self.company_id, there, shared)

    def _write_records(
        self, changes: Changes, written: Sequence[Record], versions: dict[Key, int], now: datetime
    ) -> None:
        new: list[tuple[Key, int]] = []
        changed: list[tuple[Key, int]] = []
        for key in changes.touched:
            (changed if key in versions else new).append((key, versions.get(key, 0) + 1))
        for kind, table in self.tables.identities.items():
            insert_rows(
                self.connection,
                table,
                [(self.company_id, key.id, version) for key, version in new if key.kind is kind],
            )
            rows = [(version, self.company_id, key.id) for key, version in changed if key.kind is kind]
            update_rows(self.connection, table, "version", ("company_id", "id"), rows)
        ended = [*changes.removes, *(record.key for record in written if record.key.aggregate in versions)]
        for kind, table in self.tables.histories.items():
            own = ("company_id", "contractor_id", "id") if kind.is_fact else ("company_id", "id")
            keys = [key for key in ended if key.kind is kind]
            update_rows(
                self.connection, table, "superseded_at", own, [(now, *_own(self.company_id, key)) for key in keys]
            )
            rows = [record_row(self.company_id, record) for record in written if record.key.kind is kind]
            insert_rows(self.connection, table, rows)

    def _write_found_by(self, changes: Changes, dossiers: dict[str, DossierRecord], versions: dict[Key, int]) -> None:
        """Replace what the changed contractors are found by: their words, and their work."""
        renamed = {each.key.id for each in changes.puts if each.key.kind is Kind.CONTRACTOR}
        changed = (*(each.key for each in changes.puts), *changes.removes)
        moved = renamed | {key.aggregate.id for key in changed if key.kind is Kind.ASSIGNMENT}
        for table, ids in ((self.tables.words, renamed), (self.tables.work, moved)):
            there = [each for each in ids if Key(Kind.CONTRACTOR, each) in versions]
            if there:
                columns = table.c
                self.connection.execute(
                    delete(table).where(
                        columns.company_id == self.company_id,
                        among(self.connection.dialect.name, columns.contractor_id, there),
                    )
                )
        found = [dossiers[each].dossier for each in sorted(moved)]
        words = [
            row
            for each in found
            if each.contractor.id in renamed
            for row in word_rows(self.company_id, each.contractor)
        ]
        insert_rows(self.connection, self.tables.words, words)
        names = [
            (sort_key(each.contractor.legal_name), self.company_id, each.contractor.id)
            for each in found
            if each.contractor.id in renamed and Key(Kind.CONTRACTOR, each.contractor.id) in versions
        ]
        update_rows(self.connection, self.tables.standings, "sort_name", ("company_id", "contractor_id"), names)
        work = [row for each in found for row in work_rows(self.company_id, each.contractor, each.assignments)]
        insert_rows(self.connection, self.tables.work, work)

    def _write_audit(self, entry: AuditEntry, response: str) -> None:
        known = {**attrs.asdict(entry), "company_id": self.company_id, "response": response}
        table = self.tables.audit
        insert_rows(self.connection, table, [tuple(known[column.name] for column in table.columns)])


def _written(
    changes: Changes, versions: dict[Key, int], before: dict[str, dict[Key, Record]], now: datetime
) -> list[Record]:
    """Return the records that a commit adds: its values, and the contractors of its facts in their next version."""
    contents: dict[Key, Value | Unreadable] = {}
    for key in changes.touched:
        if key.kind is Kind.CONTRACTOR and key in versions:
            contents[key] = before[key.id][key].content
    contents |= {each.key: each.value for each in changes.puts}
    return [Record(key, versions.get(key.aggregate, 0) + 1, now, None, each) for key, each in contents.items()]


def _own(company_id: str, key: Key) -> tuple[str, ...]:
    return (company_id, key.id) if key.contractor_id is None else (company_id, key.contractor_id, key.id)
