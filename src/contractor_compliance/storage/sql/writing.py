"""Writes a commit, inside a transaction that holds the company's lock."""

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
from contractor_compliance.storage.sql.reading import HeadRow, Reader, assemble_dossiers
from contractor_compliance.storage.sql.records import insurer_rows, record_row, word_rows, work_rows
from contractor_compliance.storage.sql.standings import replace_standings
from contractor_compliance.storage.sql.statements import statements_of
from contractor_compliance.storage.sql.tables import Tables

__all__ = ["Writer"]


@attrs.frozen
class Writer:
    """Writes one commit of one company through one connection.

    Attributes:
        connection: The connection, in a transaction.
        tables: Our tables.
        company_id: The company.
        clock: Returns the present time.
    """

    connection: Connection
    tables: Tables
    company_id: str
    clock: Clock

    def commit(self, changes: Changes) -> Receipt:
        """Check and write changes; the caller ends the transaction."""
        reader = Reader(self.connection, statements_of(self.tables), self.company_id)
        start = self._lock(reader, changes)
        receipt = reader.receipt(changes.key)
        if receipt is not None:
            return rules.repeat_receipt(receipt, changes)
        rules.check_company(self.company_id, changes, exists=start.head.sequence > 0)
        versions = reader.versions(expectation.key for expectation in changes.expects)
        rules.check_expectations(changes, versions, start.head.sequence)
        removed = set(reader.values(changes.removes, start.head.recorded_at)) if start.head.recorded_at else set()
        rules.check_removals(changes, removed.__contains__)
        rules.check_standings(changes, versions, start.head.generation)
        rules.check_subjects(changes, self._holders(changes).get)
        now = rules.next_instant(self.clock(), start.head.recorded_at, start.asked_until)
        before = self._before(reader, changes, versions, start.head.recorded_at)
        records = _new_records(changes, versions, before, now)
        dossiers = self._after(reader, changes, before, records, start.head.recorded_at)
        for key in changes.touched:
            if key.kind is Kind.CONTRACTOR:
                rules.check_contractor(key, dossiers.get(key.id))
        sequence = start.head.sequence + 1
        entry = rules.make_audit_entry(changes, start.head.seal, sequence, now)
        generation = start.head.generation if changes.switch_to is None else changes.switch_to

        self._write_records(changes, records, versions, now)
        self._write_lists(changes, dossiers, versions)
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
        """Lock the company until the transaction ends; insert the row that is locked if the company is new."""
        if self.connection.dialect.name == "sqlite":
            # If a transaction of the host has read before, this write fails at once when it may no longer write.
            columns = self.tables.head.c
            update = self.tables.head.update().where(columns.company_id == self.company_id)
            self.connection.execute(update.values(sequence=columns.sequence))
        start = reader.head(locked=True)
        if start is None and any(change.key.kind is Kind.COMPANY for change in changes.puts):
            rules.check_company(self.company_id, changes, exists=False)
            self._insert_head()
            start = reader.head(locked=True)
        if start is None:
            raise UnknownCompanyError(self.company_id)
        return start

    def _insert_head(self) -> None:
        # If two commits create the same company at once, the later one waits here and then finds the row.
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # the same call, another class
        row = {"company_id": self.company_id, "sequence": 0, "seal": "", "generation": 0}
        self.connection.execute(insert(self.tables.head).values(row).on_conflict_do_nothing())

    def _holders(self, changes: Changes) -> dict[Subject, str]:
        """Return the ids of the current members with the subjects of the members that are put."""
        members = [change.value for change in changes.puts if isinstance(change.value, Member)]
        subjects = {subject_key(member.subject): member.subject for member in members if member.subject is not None}
        if not subjects:
            return {}
        columns = self.tables.histories[Kind.MEMBER].c
        statement = select(columns.subject_key, columns.id).where(
            columns.company_id == self.company_id,
            columns.superseded_at.is_(None),
            among(self.connection.dialect.name, columns.subject_key, subjects),
        )
        return {subjects[key]: id_ for key, id_ in self.connection.execute(statement)}

    def _before(
        self, reader: Reader, changes: Changes, versions: dict[Key, int], at: datetime | None
    ) -> dict[str, dict[Key, Record]]:
        """Return the records of the contractors that are touched and were on file before."""
        ids = [key.id for key in changes.touched if key.kind is Kind.CONTRACTOR and key in versions]
        return reader.contractors(ids, at) if ids and at else {}

    def _after(
        self,
        reader: Reader,
        changes: Changes,
        before: dict[str, dict[Key, Record]],
        new_records: Sequence[Record],
        at: datetime | None,
    ) -> dict[str, DossierRecord]:
        """Return the dossiers of the contractors that are touched, as they will be after the commit."""
        contractors = {contractor_id: dict(records) for contractor_id, records in before.items()}
        shared = {}
        for record in new_records:
            if record.key.aggregate.kind is Kind.CONTRACTOR:
                contractors.setdefault(record.key.aggregate.id, {})[record.key] = record
            else:
                shared[record.key] = record
        for key in changes.removes:
            del contractors[key.aggregate.id][key]

        def read_shared(references: Iterable[rules.References]) -> dict[Key, Record]:
            return {**(reader.shared(references, at) if at else {}), **shared}

        complete = {id_: records for id_, records in contractors.items() if Key(Kind.CONTRACTOR, id_) in records}
        return assemble_dossiers(self.company_id, complete, read_shared)

    def _write_records(
        self, changes: Changes, records: Sequence[Record], versions: dict[Key, int], now: datetime
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
        superseded = [*changes.removes, *(record.key for record in records if record.key.aggregate in versions)]
        for kind, table in self.tables.histories.items():
            ids = ("company_id", "contractor_id", "id") if kind.is_fact else ("company_id", "id")
            ends = [(now, *_ids_of(self.company_id, key)) for key in superseded if key.kind is kind]
            update_rows(self.connection, table, "superseded_at", ids, ends)
            insert_rows(
                self.connection,
                table,
                [record_row(self.company_id, record) for record in records if record.key.kind is kind],
            )

    def _write_lists(self, changes: Changes, dossiers: dict[str, DossierRecord], versions: dict[Key, int]) -> None:
        """Replace the words, the insurers and the work by which the changed contractors are found."""
        changed = (*(change.key for change in changes.puts), *changes.removes)
        renamed = {key.id for key in changed if key.kind is Kind.CONTRACTOR}
        moved = renamed | {key.aggregate.id for key in changed if key.kind is Kind.ASSIGNMENT}
        insured = {key.aggregate.id for key in changed if key.kind is Kind.POLICY}
        lists = ((self.tables.words, renamed), (self.tables.insurers, insured), (self.tables.work, moved))
        for table, ids in lists:
            existing = [id_ for id_ in ids if Key(Kind.CONTRACTOR, id_) in versions]
            if existing:
                columns = table.c
                self.connection.execute(
                    delete(table).where(
                        columns.company_id == self.company_id,
                        among(self.connection.dialect.name, columns.contractor_id, existing),
                    )
                )
        moved_dossiers = [dossiers[id_].dossier for id_ in sorted(moved)]
        contractors = [dossier.contractor for dossier in moved_dossiers if dossier.contractor.id in renamed]
        words = [row for contractor in contractors for row in word_rows(self.company_id, contractor)]
        insert_rows(self.connection, self.tables.words, words)
        insurers = [
            row for id_ in sorted(insured) for row in insurer_rows(self.company_id, id_, dossiers[id_].dossier.policies)
        ]
        insert_rows(self.connection, self.tables.insurers, insurers)
        names = [
            (sort_key(contractor.legal_name), self.company_id, contractor.id)
            for contractor in contractors
            if Key(Kind.CONTRACTOR, contractor.id) in versions
        ]
        update_rows(self.connection, self.tables.standings, "sort_name", ("company_id", "contractor_id"), names)
        work = [
            row
            for dossier in moved_dossiers
            for row in work_rows(self.company_id, dossier.contractor, dossier.assignments)
        ]
        insert_rows(self.connection, self.tables.work, work)

    def _write_audit(self, entry: AuditEntry, response: str) -> None:
        fields = {**attrs.asdict(entry), "company_id": self.company_id, "response": response}
        table = self.tables.audit
        insert_rows(self.connection, table, [tuple(fields[column.name] for column in table.columns)])


def _new_records(
    changes: Changes, versions: dict[Key, int], before: dict[str, dict[Key, Record]], now: datetime
) -> list[Record]:
    """Return the records that a commit adds: its values, and the contractors of its facts in their next version."""
    contents: dict[Key, Value | Unreadable] = {}
    for key in changes.touched:
        if key.kind is Kind.CONTRACTOR and key in versions:
            contents[key] = before[key.id][key].content
    contents |= {change.key: change.value for change in changes.puts}
    return [Record(key, versions.get(key.aggregate, 0) + 1, now, None, content) for key, content in contents.items()]


def _ids_of(company_id: str, key: Key) -> tuple[str, ...]:
    return (company_id, key.id) if key.contractor_id is None else (company_id, key.contractor_id, key.id)
