"""The store in memory: the promises of the port in the plainest code.

It is the specification that other stores are compared with. So it looks at every value where other stores use an index.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import attrs

from contractor_compliance.domain import Member, Subject, Value
from contractor_compliance.errors import StoreClosedError
from contractor_compliance.results import StandingRow
from contractor_compliance.storage import rules
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Page, PageItem, Receipt, Record
from contractor_compliance.storage.changes import Changes, Key, Kind
from contractor_compliance.storage.cursor import Place, place_of, read_cursor, write_cursor
from contractor_compliance.storage.matching import matches
from contractor_compliance.storage.port import Capability, Clock, utc_now
from contractor_compliance.storage.query import Query, check_limit
from contractor_compliance.storage.search import name_of

__all__ = ["BoundMemoryStore", "MemoryStore"]

P = ParamSpec("P")
T = TypeVar("T")
#: Returns the record of a key as of one instant.
_Lookup = Callable[[Key], Record | None]


class _Company:
    """The records of one company."""

    def __init__(self) -> None:
        self.head = Head()
        self.asked_until: datetime | None = None  # the latest instant beyond the head that was read as known at
        self.histories: dict[Key, list[Record]] = {}
        self.facts: dict[str, dict[Key, None]] = {}  # the keys of each contractor's facts, also of removed ones
        self.standings: dict[str, dict[int, tuple[StandingRow, ...]]] = {}  # by contractor and generation
        self.audit: list[AuditEntry] = []
        self.receipts: dict[str, Receipt] = {}

    def current(self, key: Key) -> Record | None:
        """Return the latest version of a value, unless it was removed."""
        history = self.histories.get(key)
        return history[-1] if history and history[-1].superseded_at is None else None

    def known_at(self, key: Key, at: datetime) -> Record | None:
        """Return the version of a value that was on file at an instant."""
        for record in self.histories.get(key, ()):
            if record.recorded_at <= at and (record.superseded_at is None or at < record.superseded_at):
                return attrs.evolve(record, superseded_at=None)
        return None

    def keys(self, kind: Kind) -> list[Key]:
        """Return the keys of a kind, also of removed values."""
        return [key for key in self.histories if key.kind is kind]


class _Shared:
    """The state that a store shares with its handles."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.companies: dict[str, _Company] = {}
        self.is_closed = False


class MemoryStore:
    """Keeps the records of any number of companies for as long as the process lives.

    Args:
        clock: Returns the present time; the default is the clock of the machine.

    Example:
        >>> store = MemoryStore()
        >>> store.for_company("company-1").head().sequence
        0
    """

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._shared = _Shared(clock)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """An empty set: records in memory are neither persistent nor shared."""
        return frozenset()

    def for_company(self, company_id: str) -> BoundMemoryStore:
        """Return the handle of one company."""
        if self._shared.is_closed:
            raise StoreClosedError
        return BoundMemoryStore(self._shared, rules.check_company_id(company_id))

    def close(self) -> None:
        """Close every handle."""
        self._shared.is_closed = True


def _locked(method: Callable[Concatenate[BoundMemoryStore, P], T]) -> Callable[Concatenate[BoundMemoryStore, P], T]:
    """Run a method in one thread at a time, and refuse it once the handle or the store is closed."""

    @functools.wraps(method)
    def call(self: BoundMemoryStore, *args: P.args, **kwargs: P.kwargs) -> T:
        with self.shared.lock:
            if self.is_closed or self.shared.is_closed:
                raise StoreClosedError
            return method(self, *args, **kwargs)

    return cast("Callable[Concatenate[BoundMemoryStore, P], T]", call)


class BoundMemoryStore:
    """The records of one company in a `MemoryStore`; see `Store` for the promises of each method."""

    def __init__(self, shared: Any, company_id: str) -> None:
        self.shared: _Shared = shared
        self.is_closed = False
        self._company_id = company_id

    @property
    def company_id(self) -> str:
        """The id of the company whose records these are."""
        return self._company_id

    @_locked
    def commit(self, changes: Changes) -> Receipt:
        """Record changes, all of which are checked before any of them is written."""
        company = self._company
        if changes.key in company.receipts:
            return rules.repeat_receipt(company.receipts[changes.key], changes)
        rules.check_company(self._company_id, changes, exists=company.head.sequence > 0)
        expected = (company.current(expectation.key) for expectation in changes.expects)
        versions = {record.key: record.version for record in expected if record is not None}
        rules.check_expectations(changes, versions, company.head.sequence)
        rules.check_removals(changes, lambda key: company.current(key) is not None)
        rules.check_standings(changes, versions, company.head.generation)
        rules.check_subjects(changes, lambda subject: _member_with(company, subject))
        now = rules.next_instant(self.shared.clock(), company.head.recorded_at, company.asked_until)
        records = _new_records(company, changes, versions, now)
        self._check_contractors(changes, {record.key: record for record in records})
        sequence = company.head.sequence + 1
        entry = rules.make_audit_entry(changes, company.head.seal, sequence, now)
        receipt = Receipt(changes.key, changes.fingerprint, sequence, now, changes.response)

        # From here on nothing can fail.
        for key in (*(record.key for record in records), *changes.removes):
            if (before := company.current(key)) is not None:
                company.histories[key][-1] = attrs.evolve(before, superseded_at=now)
        for record in records:
            company.histories.setdefault(record.key, []).append(record)
            if record.key.contractor_id is not None:
                company.facts.setdefault(record.key.contractor_id, {})[record.key] = None
        for update in changes.standings:
            company.standings.setdefault(update.contractor_id, {})[update.generation] = update.rows
        generation = company.head.generation if changes.switch_to is None else changes.switch_to
        company.head = Head(sequence, now, entry.seal, generation)
        company.audit.append(entry)
        company.receipts[changes.key] = receipt
        self.shared.companies[self._company_id] = company
        return receipt

    @_locked
    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of the commit with a key."""
        return self._company.receipts.get(key)

    @_locked
    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        return tuple(map(self._lookup(known_at), keys))

    @_locked
    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return the dossiers of contractors."""
        lookup, facts = self._lookup(known_at), self._company.facts
        return tuple(self._dossier(id_, lookup, facts.get(id_, ())) for id_ in contractor_ids)

    @_locked
    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        return tuple(tuple(self._company.histories.get(key, ())) for key in keys)

    @_locked
    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` items that a query finds: all of them sorted, from after the place of the cursor."""
        check_limit(limit)
        after = None if cursor is None else read_cursor(self._company_id, query, cursor)
        placed = sorted(((place_of(query.order, item), item) for item in self._items(query)), key=_order_of)
        remaining = [pair for pair in placed if after is None or _order_of(pair) > (after.sort, after.id)]
        next_cursor = write_cursor(self._company_id, query, remaining[limit - 1][0]) if len(remaining) > limit else None
        return Page(tuple(item for _, item in remaining[:limit]), next_cursor)

    @_locked
    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        return len(self._items(query))

    @_locked
    def head(self) -> Head:
        """Return the last commit of the company and the generation that pages read."""
        return self._company.head

    @_locked
    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        check_limit(limit)
        return tuple(entry for entry in self._company.audit if entry.sequence > after)[:limit]

    def close(self) -> None:
        """Close this handle."""
        self.is_closed = True

    @property
    def _company(self) -> _Company:
        # A company that does not exist is like one without records.
        return self.shared.companies.get(self._company_id) or _Company()

    def _lookup(self, known_at: datetime | None) -> _Lookup:
        """Return the function that looks keys up as of one instant; no later commit is recorded up to that instant."""
        company = self._company
        instant = rules.check_known_at(known_at)
        if instant is None:
            return company.current
        rules.check_not_future(instant, company.head.recorded_at, self.shared.clock())
        company.asked_until = instant if company.asked_until is None else max(instant, company.asked_until)
        return lambda key: company.known_at(key, instant)

    def _check_contractors(self, changes: Changes, records: dict[Key, Record]) -> None:
        """Refuse changes that leave a contractor without a valid dossier."""
        removed = set(changes.removes)

        def lookup(key: Key) -> Record | None:
            return None if key in removed else records.get(key) or self._company.current(key)

        facts: dict[str, dict[Key, None]] = {}
        for key in records:
            if key.contractor_id is not None:
                facts.setdefault(key.contractor_id, {})[key] = None
        for key in changes.touched:
            if key.kind is Kind.CONTRACTOR:
                fact_keys = self._company.facts.get(key.id, {}) | facts.get(key.id, {})
                rules.check_contractor(key, self._dossier(key.id, lookup, fact_keys))

    def _dossier(self, contractor_id: str, lookup: _Lookup, fact_keys: Iterable[Key]) -> DossierRecord | None:
        """Assemble a dossier from the records that `lookup` returns."""
        contractor = lookup(Key(Kind.CONTRACTOR, contractor_id))
        if contractor is None:
            return None
        facts = [record for key in fact_keys if (record := lookup(key)) is not None]
        references = rules.collect_references(facts)
        keys = [Key(kind, id_) for kind, ids in references.ids for id_ in ids]
        carriers = map(lookup, self._company.keys(Kind.CARRIER))
        shared = [record for record in map(lookup, keys) if record is not None]
        shared += [carrier for carrier in carriers if carrier is not None and references.has(carrier)]
        return rules.assemble_dossier(contractor, lookup(Key(Kind.COMPANY, self._company_id)), facts, shared)

    def _items(self, query: Query) -> list[PageItem]:
        items = []
        for key in self._company.keys(query.kind):
            record = self._company.current(key)
            if record is None:
                continue
            keys = self._company.facts.get(key.id, ()) if key.kind is Kind.CONTRACTOR else ()
            facts = [fact.content for fact in map(self._company.current, keys) if fact is not None]
            standing = self._standing(key.id, query.on) if key.kind is Kind.CONTRACTOR else None
            if matches(query, record.content, facts, standing):
                name = name_of(record.content) if isinstance(record.content, Value) else key.id
                items.append(PageItem(key, record.version, name, standing))
        return items

    def _standing(self, contractor_id: str, day: date | None) -> StandingRow | None:
        stored = self._company.standings.get(contractor_id, {})
        readable = (generation for generation in stored if generation <= self._company.head.generation)
        generation = max(readable, default=None)
        if day is None or generation is None:
            return None
        rows = stored[generation]
        return next((row for row in rows if row.start <= day and (row.end is None or day < row.end)), None)


def _new_records(company: _Company, changes: Changes, versions: dict[Key, int], now: datetime) -> list[Record]:
    """Return the records that a commit adds: its values, and the contractors of its facts in their next version."""
    contents: dict[Key, Any] = {}
    for key in changes.touched:
        if (current := company.current(key)) is not None:
            contents[key] = current.content
    contents |= {change.key: change.value for change in changes.puts}
    return [Record(key, versions.get(key.aggregate, 0) + 1, now, None, content) for key, content in contents.items()]


def _member_with(company: _Company, subject: Subject) -> str | None:
    for key in company.keys(Kind.MEMBER):
        member = company.current(key)
        if member is not None and isinstance(member.content, Member) and member.content.subject == subject:
            return key.id
    return None


def _order_of(placed: tuple[Place, PageItem]) -> tuple[str, str]:
    return placed[0].sort, placed[0].id
