"""The store that keeps everything in memory: the promises of the port, written as plainly as they can be.

It is the specification that other stores are compared with, so it looks at every value where they use an index.
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
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Listed, Page, Receipt, Record
from contractor_compliance.storage.changes import Changes, Key, Kind
from contractor_compliance.storage.cursor import Place, place_of, read_cursor, write_cursor
from contractor_compliance.storage.matching import meets
from contractor_compliance.storage.port import Capability, Clock, utc_now
from contractor_compliance.storage.query import Query, check_limit
from contractor_compliance.storage.search import name_of

__all__ = ["BoundMemoryStore", "MemoryStore"]

P = ParamSpec("P")
T = TypeVar("T")
_Known = Callable[[Key], Record | None]


class _Company:
    """The records of one company."""

    def __init__(self) -> None:
        self.head = Head()
        self.asked: datetime | None = None  # the latest instant beyond the head that was asked about
        self.histories: dict[Key, list[Record]] = {}
        self.facts: dict[str, dict[Key, None]] = {}  # of each contractor, removed ones included
        self.standings: dict[str, dict[int, tuple[StandingRow, ...]]] = {}  # of each contractor, by generation
        self.audit: list[AuditEntry] = []
        self.receipts: dict[str, Receipt] = {}

    def current(self, key: Key) -> Record | None:
        """Return the latest version of a value, unless it was removed."""
        history = self.histories.get(key)
        return history[-1] if history and history[-1].superseded_at is None else None

    def known(self, key: Key, at: datetime) -> Record | None:
        """Return the version of a value that was on file at an instant."""
        for record in self.histories.get(key, ()):
            if record.recorded_at <= at and (record.superseded_at is None or at < record.superseded_at):
                return attrs.evolve(record, superseded_at=None)
        return None

    def keys(self, kind: Kind) -> list[Key]:
        """Return the keys of a kind, of what was removed too."""
        return [key for key in self.histories if key.kind is kind]


class _Shared:
    """What a store and its handles have in common."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.companies: dict[str, _Company] = {}
        self.is_closed = False


class MemoryStore:
    """Keeps the records of any number of companies for as long as the process lives.

    Args:
        clock: Says what time it is; none given, the machine's.
    """

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._shared = _Shared(clock)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """None: what is in memory is neither kept nor shared."""
        return frozenset()

    def for_company(self, company_id: str) -> BoundMemoryStore:
        """Return the handle of one company."""
        if self._shared.is_closed:
            raise StoreClosedError
        return BoundMemoryStore(self._shared, rules.check_company_id(company_id))

    def close(self) -> None:
        """End every handle."""
        self._shared.is_closed = True


def _locked(method: Callable[Concatenate[BoundMemoryStore, P], T]) -> Callable[Concatenate[BoundMemoryStore, P], T]:
    """Let one thread in at a time, and none after the end."""

    @functools.wraps(method)
    def call(self: BoundMemoryStore, *args: P.args, **kwargs: P.kwargs) -> T:
        with self.shared.lock:
            if self.is_closed or self.shared.is_closed:
                raise StoreClosedError
            return method(self, *args, **kwargs)

    return cast("Callable[Concatenate[BoundMemoryStore, P], T]", call)


class BoundMemoryStore:
    """The records of one company in a `MemoryStore`; see `Store` for what each method promises."""

    def __init__(self, shared: Any, company_id: str) -> None:
        self.shared: _Shared = shared
        self.is_closed = False
        self._company_id = company_id

    @property
    def company_id(self) -> str:
        """The company whose records these are."""
        return self._company_id

    @_locked
    def commit(self, changes: Changes) -> Receipt:
        """Record changes: everything is checked before the first thing is written."""
        company = self._company
        if changes.key in company.receipts:
            return rules.repeated(company.receipts[changes.key], changes)
        rules.check_company(self._company_id, changes, exists=company.head.sequence > 0)
        found = (company.current(each.key) for each in changes.expects)
        versions = {record.key: record.version for record in found if record is not None}
        rules.check_expectations(changes, versions, company.head.sequence)
        rules.check_removals(changes, lambda key: company.current(key) is not None)
        rules.check_standings(changes, versions, company.head.generation)
        rules.check_subjects(changes, lambda subject: _holder(company, subject))
        now = rules.next_instant(self.shared.clock(), company.head.recorded_at, company.asked)
        written = _written(company, changes, versions, now)
        self._check_contractors(changes, {each.key: each for each in written})
        sequence = company.head.sequence + 1
        entry = rules.audit_entry(changes, company.head.seal, sequence, now)
        receipt = Receipt(changes.key, changes.fingerprint, sequence, now, changes.response)

        # From here on nothing can fail.
        for key in (*(each.key for each in written), *changes.removes):
            if (before := company.current(key)) is not None:
                company.histories[key][-1] = attrs.evolve(before, superseded_at=now)
        for record in written:
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
        """Return what the commit with a key came to."""
        return self._company.receipts.get(key)

    @_locked
    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        return tuple(map(self._known(known_at), keys))

    @_locked
    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return all that is known of contractors."""
        known = self._known(known_at)
        return tuple(self._dossier(each, known, self._company.facts.get(each, ())) for each in contractor_ids)

    @_locked
    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        return tuple(tuple(self._company.histories.get(key, ())) for key in keys)

    @_locked
    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` of what a query finds: all of it sorted, from after the place of the cursor."""
        check_limit(limit)
        after = None if cursor is None else read_cursor(self._company_id, query, cursor)
        found = sorted(((place_of(query.order, item), item) for item in self._found(query)), key=_in_order)
        rest = [each for each in found if after is None or _in_order(each) > (after.sort, after.id)]
        leads_on = len(rest) > limit
        following = write_cursor(self._company_id, query, rest[limit - 1][0]) if leads_on else None
        return Page(tuple(item for _, item in rest[:limit]), following)

    @_locked
    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        return len(self._found(query))

    @_locked
    def head(self) -> Head:
        """Return where the company stands."""
        return self._company.head

    @_locked
    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        check_limit(limit)
        return tuple(each for each in self._company.audit if each.sequence > after)[:limit]

    def close(self) -> None:
        """End this handle."""
        self.is_closed = True

    @property
    def _company(self) -> _Company:
        # A company that is not there is like one in which there is nothing.
        return self.shared.companies.get(self._company_id) or _Company()

    def _known(self, known_at: datetime | None) -> _Known:
        """Return what tells the value of a key as of one instant, after which nothing can be recorded before it."""
        company = self._company
        asked = rules.check_known_at(known_at)
        if asked is None:
            return company.current
        rules.check_not_future(asked, company.head.recorded_at, self.shared.clock())
        company.asked = asked if company.asked is None else max(asked, company.asked)
        return lambda key: company.known(key, asked)

    def _check_contractors(self, changes: Changes, written: dict[Key, Record]) -> None:
        """Refuse changes that leave a contractor without a valid dossier."""
        removed = set(changes.removes)

        def will_be(key: Key) -> Record | None:
            return None if key in removed else written.get(key) or self._company.current(key)

        facts: dict[str, dict[Key, None]] = {}
        for key in written:
            if key.contractor_id is not None:
                facts.setdefault(key.contractor_id, {})[key] = None
        for key in changes.touched:
            if key.kind is Kind.CONTRACTOR:
                own = self._company.facts.get(key.id, {}) | facts.get(key.id, {})
                rules.check_contractor(key, self._dossier(key.id, will_be, own))

    def _dossier(self, contractor_id: str, known: _Known, facts: Iterable[Key]) -> DossierRecord | None:
        """Put a dossier together from what `known` says of each key."""
        contractor = known(Key(Kind.CONTRACTOR, contractor_id))
        if contractor is None:
            return None
        records = [record for key in facts if (record := known(key)) is not None]
        named = rules.named_by(records)
        keys = [Key(kind, each) for kind, ids in named.ids for each in ids] + [
            key
            for key in self._company.keys(Kind.CARRIER)
            if (carrier := known(key)) is not None and named.names(carrier)
        ]
        shared = [record for key in keys if (record := known(key)) is not None]
        return rules.dossier_record(contractor, known(Key(Kind.COMPANY, self._company_id)), records, shared)

    def _found(self, query: Query) -> list[Listed]:
        found = []
        for key in self._company.keys(query.kind):
            record = self._company.current(key)
            if record is None:
                continue
            keys = self._company.facts.get(key.id, ()) if key.kind is Kind.CONTRACTOR else ()
            facts = [fact.content for each in keys if (fact := self._company.current(each)) is not None]
            standing = self._standing(key.id, query.on) if key.kind is Kind.CONTRACTOR else None
            if meets(query, record.content, facts, standing):
                name = name_of(record.content) if isinstance(record.content, Value) else key.id
                found.append(Listed(key, record.version, name, standing))
        return found

    def _standing(self, contractor_id: str, day: date | None) -> StandingRow | None:
        stored = self._company.standings.get(contractor_id, {})
        generation = max((each for each in stored if each <= self._company.head.generation), default=None)
        if day is None or generation is None:
            return None
        rows = stored[generation]
        return next((row for row in rows if row.start <= day and (row.end is None or day < row.end)), None)


def _written(company: _Company, changes: Changes, versions: dict[Key, int], now: datetime) -> list[Record]:
    """Return the records that a commit adds: its values, and the contractors of its facts in their next version."""
    contents: dict[Key, Any] = {}
    for key in changes.touched:
        if (current := company.current(key)) is not None:
            contents[key] = current.content
    contents |= {each.key: each.value for each in changes.puts}
    return [Record(key, versions.get(key.aggregate, 0) + 1, now, None, each) for key, each in contents.items()]


def _holder(company: _Company, subject: Subject) -> str | None:
    for key in company.keys(Kind.MEMBER):
        member = company.current(key)
        if member is not None and isinstance(member.content, Member) and member.content.subject == subject:
            return key.id
    return None


def _in_order(found: tuple[Place, Listed]) -> tuple[str, str]:
    return found[0].sort, found[0].id
