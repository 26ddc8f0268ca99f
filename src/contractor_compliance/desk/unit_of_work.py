"""What a use case is about to change: collected, thought through to the end, and then committed once."""

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

#: The records of a draft are of no instant yet.
_NOT_YET = datetime.min.replace(tzinfo=UTC)
#: Where a dossier holds what is shared by contractors.
_SHARED = ("clients", "job_codes", "carriers")
_FACTS = ("assignments", "policies", "certificates", "exemptions", "enrollments", "waivers")
_PAGE = 500


def check_reason(reason: str, otherwise: str) -> None:
    """Refuse a reason that says nothing, or that no store can hold.

    Raises:
        NotAllowedError: With what is said otherwise, if it is blank.
    """
    if not reason.strip():
        raise NotAllowedError(otherwise)
    if (problem := NotBlank().fault(reason)) is not None:
        raise NotAllowedError(f"The reason {problem}.")


@attrs.define
class UnitOfWork:
    """The changes of one use case, with the versions of all that it read.

    Attributes:
        store: Where it reads.
        company: The company, as read.
        puts: Values to record, by key.
        removes: Facts to withdraw.
        versions: The version of each aggregate that was read; 0 = there was none.
        answer: What the use case answers; plain values.
        detail: What the audit entry says; plain values without personal data.
        concerned: What finds the contractors whose standing follows from what is changed, though none of their own
            facts is.
        checks: What must still hold when the changes are recorded, though no version tells: each raises if it does not.
        switch_to: The generation of standings that is read from now on; None = as before.
    """

    store: Store
    company: Company
    puts: dict[Key, Value] = attrs.Factory(dict)
    removes: list[Key] = attrs.Factory(list)
    versions: dict[Key, int] = attrs.Factory(dict)
    answer: dict[str, Any] = attrs.Factory(dict)
    detail: dict[str, Any] = attrs.Factory(dict)
    concerned: list[Query] = attrs.Factory(list)
    checks: list[Callable[[], None]] = attrs.Factory(list)
    switch_to: int | None = None
    _before: dict[str, DossierRecord | None] = attrs.Factory(dict)

    # Reading

    def find(self, cls: type[V], key: Key) -> V | None:
        """Return the current value of a key, or None; either way the decision depends on it."""
        (record,) = self.store.get([key])
        self._expect(key, 0 if record is None else record.version)
        return None if record is None else _of(cls, record.value)

    def get(self, cls: type[V], key: Key) -> V:
        """Return the current value of a key.

        Raises:
            NotOnFileError: If there is none.
        """
        found = self.find(cls, key)
        if found is None:
            raise NotOnFileError(f"There is no {key} in this company.")
        return found

    def dossier(self, contractor_id: str) -> Dossier:
        """Return what is on file of a contractor.

        Raises:
            NotOnFileError: If it is not there.
        """
        self.read([contractor_id])
        record = self._before[contractor_id]
        if record is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        return record.dossier

    def read(self, contractor_ids: Iterable[str]) -> None:
        """Read what is on file of contractors, those that were not read before, at once."""
        wanted = [each for each in dict.fromkeys(contractor_ids) if each not in self._before]
        for contractor_id, record in zip(wanted, self.store.dossiers(wanted) if wanted else (), strict=True):
            self._note(contractor_id, record)

    def ids_of(self, query: Query) -> list[str]:
        """Return the ids of all that a query finds now."""
        ids: list[str] = []
        cursor = None
        while True:
            page = self.store.page(query, _PAGE, cursor)
            ids += [each.key.id for each in page.items]
            if (cursor := page.cursor) is None:
                return ids

    # Changing

    def put(self, value: Value, contractor_id: str | None = None) -> None:
        """Record a value with this use case. What it replaces must have been read."""
        key = key_of(value, contractor_id)
        self.puts[key] = value
        self.versions.setdefault(key.aggregate, 0)

    def remove(self, key: Key) -> None:
        """Withdraw a fact with this use case."""
        self.removes.append(key)

    @property
    def contractors(self) -> list[str]:
        """The contractors whose own facts change."""
        keys = (*self.puts, *self.removes)
        return list(dict.fromkeys(key.aggregate.id for key in keys if key.aggregate.kind is Kind.CONTRACTOR))

    def holds(self, contractor_id: str) -> bool:
        """Whether work of a contractor is on hold, before or after these changes."""
        before = self._before.get(contractor_id)
        on_file = () if before is None else before.dossier.assignments
        put = (each for key, each in self.puts.items() if key.contractor_id == contractor_id)
        return any(isinstance(each, Assignment) and each.on_hold for each in (*on_file, *put))

    def refresh(self, query: Query) -> None:
        """Have the standing worked out anew of every contractor that a query finds when the changes are recorded."""
        self.concerned.append(query)

    def affected_contractors(self) -> list[str]:
        """Return the ids of the contractors that are concerned now."""
        return list(dict.fromkeys(each for query in self.concerned for each in self.ids_of(query)))

    def of_others(self, contractor_ids: Iterable[str]) -> dict[str, UnitOfWork]:
        """Return a draft for each of those who are concerned, in which what is shared is as it will be.

        What each of them depends on is in its own versions.
        """
        shared = {key: value for key, value in self.puts.items() if not key.kind.is_fact}
        wanted = list(contractor_ids)
        units: dict[str, UnitOfWork] = {}
        for contractor_id, record in zip(wanted, self.store.dossiers(wanted) if wanted else (), strict=True):
            units[contractor_id] = unit = UnitOfWork(self.store, self.company, puts=dict(shared))
            unit._note(contractor_id, record)
        return units

    def changes_of_values(self) -> tuple[Put, ...]:
        """Return the values to record."""
        return tuple(put(value, key.contractor_id) for key, value in self.puts.items())

    def after(self, contractor_id: str) -> Dossier:
        """Return a contractor's dossier as it will be.

        Raises:
            NotOnFileError: If the contractor is not there and not put.
            InvalidValueError: If it would be no valid dossier; the store would refuse it in the same words.
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
        # As it was read with the contractor: the draft may have been begun before it changed.
        read = self.company if before is None else before.dossier.company
        company = _record(key_of(self.company), _of(Company, self.puts.get(key_of(self.company), read)))
        record = store_rules.assemble_dossier(contractor, company, facts, shared)
        store_rules.check_contractor(contractor.key, record)
        return record.dossier

    def _shared(
        self, records: dict[Key, Record], named: store_rules.References, named_before: store_rules.References
    ) -> list[Record]:
        """Return what the facts name: as put here, as read before, or as looked up now."""
        keys = [Key(kind, each) for kind, ids in named.ids for each in sorted(ids)]
        known = {**records, **{key: _record(key, value) for key, value in self.puts.items() if not key.kind.is_fact}}
        missing = [key for key in keys if key not in known]
        for key, record in zip(missing, self.store.get(missing) if missing else (), strict=True):
            if record is not None:
                known[key] = record
                self._expect(key, record.version)
        carriers = [record for key, record in known.items() if key.kind is Kind.CARRIER and named.has(record)]
        return (
            [known[key] for key in keys if key in known] + carriers + self._new_carriers(named, named_before, carriers)
        )

    def _new_carriers(
        self, named: store_rules.References, named_before: store_rules.References, known: list[Record]
    ) -> list[Record]:
        """Return carriers on file that only the changed policies name; of one name there may be several."""
        insurers = named.carrier_naics | named.carrier_names
        insurers -= named_before.carrier_naics | named_before.carrier_names
        ids = self.ids_of(Query(kind=Kind.CARRIER, insurers=frozenset(insurers))) if insurers else []
        records = self.store.get([Key(Kind.CARRIER, each) for each in ids]) if ids else ()
        seen = {record.key for record in known} | self.puts.keys()  # what is put here is known as it will be
        found = [each for each in records if each is not None and each.key not in seen]
        for each in found:
            self._expect(each.key, each.version)
        # One that comes on file before this is recorded must be looked at too.
        for naic in named.carrier_naics - {each.key.id for each in (*known, *records) if each is not None}:
            self._expect(Key(Kind.CARRIER, naic), 0)
        return found

    def _note(self, contractor_id: str, record: DossierRecord | None) -> None:
        """Note what was read of a contractor."""
        self._before[contractor_id] = record
        for each in record.expects if record else (Expectation(Key(Kind.CONTRACTOR, contractor_id), 0),):
            self._expect(each.key, each.version)

    def _expect(self, key: Key, version: int) -> None:
        """Note the version that was read; the first one counts, for what was decided by it may be out of date."""
        self.versions.setdefault(key, version)


def _records(dossier: Dossier) -> dict[Key, Record]:
    shared = (each for field in _SHARED for each in getattr(dossier, field))
    facts = (each for field in _FACTS for each in getattr(dossier, field))
    found = {key_of(each): each for each in (dossier.company, dossier.contractor, *shared)}
    found |= {key_of(each, dossier.contractor.id): each for each in facts}
    return {key: _record(key, each) for key, each in found.items()}


def _record(key: Key, value: Value) -> Record:
    return Record(key, 0, _NOT_YET, None, value)


def _of(cls: type[V], value: object) -> V:
    if not isinstance(value, cls):
        raise TypeError(f"expected {cls.__name__}, not {type(value).__name__}")
    return value
