"""The unit of work of a use case: the changes it collects, and the versions of everything that it read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain import Assignment, Company, Dossier, NotBlank, Value
from contractor_compliance.errors import NotAllowedError, NotOnFileError
from contractor_compliance.storage import DossierRecord, Expectation, Key, Kind, Put, Query, Record, Store, key_of, put
from contractor_compliance.storage import rules as store_rules

__all__ = ["UnitOfWork", "check_reason"]

V = TypeVar("V", bound=Value)

#: The records of a unit of work have no time of record yet.
_NOT_YET = datetime.min.replace(tzinfo=UTC)
#: The fields of a dossier that hold what contractors share.
_SHARED = ("clients", "job_codes", "carriers")
_FACTS = ("assignments", "policies", "certificates", "exemptions", "enrollments", "waivers")
_PAGE = 500


def check_reason(reason: str, if_blank: str) -> None:
    """Refuse a reason that is blank, or that no store can hold.

    Raises:
        NotAllowedError: With the message `if_blank`, or with what is wrong with the text.
    """
    if not reason.strip():
        raise NotAllowedError(if_blank)
    if (problem := NotBlank().fault(reason)) is not None:
        raise NotAllowedError(f"The reason {problem}.")


@attrs.define
class UnitOfWork:
    """The changes of one use case, with the version of everything that it read.

    Attributes:
        store: The store that it reads.
        company: The company, as read.
        puts: Values to record, by key.
        removes: Facts to withdraw.
        versions: The version of each aggregate that was read; 0 = there was none.
        result: The content of the use case's result, in plain values.
        detail: The content of the audit entry, in plain values without personal data.
        affected_queries: The queries that find contractors whose standing depends on the changes, though none of their
            own facts changes.
        checks: Conditions of the commit that no version covers: each raises if it is not met.
        switch_to: The generation of standings that listings read from now on; None = as before.
    """

    store: Store
    company: Company
    puts: dict[Key, Value] = attrs.Factory(dict)
    removes: list[Key] = attrs.Factory(list)
    versions: dict[Key, int] = attrs.Factory(dict)
    result: dict[str, Any] = attrs.Factory(dict)
    detail: dict[str, Any] = attrs.Factory(dict)
    affected_queries: list[Query] = attrs.Factory(list)
    checks: list[Callable[[], None]] = attrs.Factory(list)
    switch_to: int | None = None
    _before: dict[str, DossierRecord | None] = attrs.Factory(dict)

    # Reading

    def find(self, cls: type[V], key: Key) -> V | None:
        """Return the present value of a key, or None; either way the decision depends on it."""
        (record,) = self.store.get([key])
        self._expect(key, 0 if record is None else record.version)
        return None if record is None else _of(cls, record.value)

    def get(self, cls: type[V], key: Key) -> V:
        """Return the present value of a key.

        Raises:
            NotOnFileError: If there is none.
        """
        value = self.find(cls, key)
        if value is None:
            raise NotOnFileError(f"There is no {key} in this company.")
        return value

    def dossier(self, contractor_id: str) -> Dossier:
        """Return the dossier of a contractor as it is on file.

        Raises:
            NotOnFileError: If there is no such contractor.
        """
        self.read([contractor_id])
        record = self._before[contractor_id]
        if record is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        return record.dossier

    def read(self, contractor_ids: Iterable[str]) -> None:
        """Read the dossiers of contractors that were not read before, all at once."""
        unread = [id_ for id_ in dict.fromkeys(contractor_ids) if id_ not in self._before]
        for contractor_id, record in zip(unread, self.store.dossiers(unread) if unread else (), strict=True):
            self._remember(contractor_id, record)

    def ids_of(self, query: Query) -> list[str]:
        """Return the ids of everything that a query finds now."""
        ids: list[str] = []
        cursor = None
        while True:
            page = self.store.page(query, _PAGE, cursor)
            ids += [item.key.id for item in page.items]
            if (cursor := page.cursor) is None:
                return ids

    # Changing

    def put(self, value: Value, contractor_id: str | None = None) -> None:
        """Record a value with this use case; the value that it replaces must have been read."""
        key = key_of(value, contractor_id)
        self.puts[key] = value
        self.versions.setdefault(key.aggregate, 0)

    def remove(self, key: Key) -> None:
        """Withdraw a fact with this use case."""
        self.removes.append(key)

    @property
    def contractor_ids(self) -> list[str]:
        """The contractors who change, or whose own facts do."""
        keys = (*self.puts, *self.removes)
        return list(dict.fromkeys(key.aggregate.id for key in keys if key.aggregate.kind is Kind.CONTRACTOR))

    def has_assignments_on_hold(self, contractor_id: str) -> bool:
        """Return whether an assignment of a contractor is on hold, before or after these changes."""
        before = self._before.get(contractor_id)
        on_file = () if before is None else before.dossier.assignments
        changed = (value for key, value in self.puts.items() if key.contractor_id == contractor_id)
        return any(isinstance(value, Assignment) and value.on_hold for value in (*on_file, *changed))

    def refresh(self, query: Query) -> None:
        """Evaluate the standing of every contractor that a query finds at the time of the commit."""
        self.affected_queries.append(query)

    def affected_contractor_ids(self) -> list[str]:
        """Return the ids of the contractors that are affected now, though none of their own facts changes."""
        return list(dict.fromkeys(id_ for query in self.affected_queries for id_ in self.ids_of(query)))

    def units_for(self, contractor_ids: Iterable[str]) -> dict[str, UnitOfWork]:
        """Return a unit of work for each affected contractor, with what contractors share as it will be.

        The versions that a contractor depends on are in its own unit.
        """
        shared = {key: value for key, value in self.puts.items() if not key.kind.is_fact}
        ids = list(contractor_ids)
        units: dict[str, UnitOfWork] = {}
        for contractor_id, record in zip(ids, self.store.dossiers(ids) if ids else (), strict=True):
            units[contractor_id] = unit = UnitOfWork(self.store, self.company, puts=dict(shared))
            unit._remember(contractor_id, record)
        return units

    def puts_to_commit(self) -> tuple[Put, ...]:
        """Return the values to record, as the store takes them."""
        return tuple(put(value, key.contractor_id) for key, value in self.puts.items())

    def dossier_after(self, contractor_id: str) -> Dossier:
        """Return the dossier of a contractor as it will be after these changes.

        Raises:
            NotOnFileError: If the contractor is neither on file nor put.
            InvalidValueError: If the dossier would not be valid; the store would refuse it with the same message.
        """
        self.read([contractor_id])
        before = self._before[contractor_id]
        records = {} if before is None else _records(before.dossier)
        facts_before = [record for key, record in records.items() if key.kind.is_fact]
        for key, value in self.puts.items():
            if key.aggregate == Key(Kind.CONTRACTOR, contractor_id) or key in records or key.kind is Kind.COMPANY:
                records[key] = _record(key, value)
        for key in self.removes:
            records.pop(key, None)
        contractor = records.get(Key(Kind.CONTRACTOR, contractor_id))
        if contractor is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        facts = [record for key, record in records.items() if key.kind.is_fact]
        shared = self._shared(
            records, store_rules.collect_references(facts), store_rules.collect_references(facts_before)
        )
        # As it was read with the contractor: the company may have changed after this unit of work began.
        read = self.company if before is None else before.dossier.company
        company = _record(key_of(self.company), _of(Company, self.puts.get(key_of(self.company), read)))
        record = store_rules.assemble_dossier(contractor, company, facts, shared)
        store_rules.check_contractor(contractor.key, record)
        return record.dossier

    def _shared(
        self, records: dict[Key, Record], named: store_rules.References, named_before: store_rules.References
    ) -> list[Record]:
        """Return the records that the facts name: as put here, as read before, or as read now."""
        keys = [Key(kind, id_) for kind, ids in named.ids for id_ in sorted(ids)]
        shared = {**records, **{key: _record(key, value) for key, value in self.puts.items() if not key.kind.is_fact}}
        missing = [key for key in keys if key not in shared]
        for key, record in zip(missing, self.store.get(missing) if missing else (), strict=True):
            if record is not None:
                shared[key] = record
                self._expect(key, record.version)
        carriers = [record for key, record in shared.items() if key.kind is Kind.CARRIER and named.has(record)]
        new_carriers = self._new_carriers(named, named_before, carriers)
        return [shared[key] for key in keys if key in shared] + carriers + new_carriers

    def _new_carriers(
        self, named: store_rules.References, named_before: store_rules.References, carriers: list[Record]
    ) -> list[Record]:
        """Return the insurers on file that only the changed policies name; several may have the same name."""
        insurers = named.carrier_naics | named.carrier_names
        insurers -= named_before.carrier_naics | named_before.carrier_names
        ids = self.ids_of(Query(kind=Kind.CARRIER, insurers=frozenset(insurers))) if insurers else []
        records = [
            record for record in (self.store.get([Key(Kind.CARRIER, id_) for id_ in ids]) if ids else ()) if record
        ]
        present = {record.key for record in carriers} | self.puts.keys()  # a carrier that is put here is as it will be
        new = [record for record in records if record.key not in present]
        for record in new:
            self._expect(record.key, record.version)
        # An insurer that comes on file before the commit must be noticed too.
        for naic in named.carrier_naics - {record.key.id for record in (*carriers, *records)}:
            self._expect(Key(Kind.CARRIER, naic), 0)
        return new

    def _remember(self, contractor_id: str, record: DossierRecord | None) -> None:
        """Keep the dossier of a contractor as it was read, and expect its versions."""
        self._before[contractor_id] = record
        for expectation in record.expects if record else (Expectation(Key(Kind.CONTRACTOR, contractor_id), 0),):
            self._expect(expectation.key, expectation.version)

    def _expect(self, key: Key, version: int) -> None:
        """Expect the version that was read first, on which the decision may depend."""
        self.versions.setdefault(key, version)


def _records(dossier: Dossier) -> dict[Key, Record]:
    shared = (value for field in _SHARED for value in getattr(dossier, field))
    facts = (fact for field in _FACTS for fact in getattr(dossier, field))
    values = {key_of(value): value for value in (dossier.company, dossier.contractor, *shared)}
    values |= {key_of(fact, dossier.contractor.id): fact for fact in facts}
    return {key: _record(key, value) for key, value in values.items()}


def _record(key: Key, value: Value) -> Record:
    return Record(key, 0, _NOT_YET, None, value)


def _of(cls: type[V], value: object) -> V:
    if not isinstance(value, cls):
        raise TypeError(f"expected {cls.__name__}, not {type(value).__name__}")
    return value
