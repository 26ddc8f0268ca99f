"""The port of a store and its numbered promises, each of which `contractor_compliance.testing.StoreContract` tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Protocol

from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Page, Receipt, Record
from contractor_compliance.storage.changes import Changes, Key
from contractor_compliance.storage.query import Query

__all__ = ["Capability", "Clock", "Store", "UnboundStore", "utc_now"]

#: A function that returns the present time as an aware instant.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant in UTC: the default clock of a store.

    Example:
        >>> utc_now().tzinfo
        datetime.timezone.utc
    """
    return datetime.now(UTC)  # noqa: TID251  # the one place where a store without a clock gets its time


class Capability(Enum):
    """A capability that a store may have beyond the promises.

    Example:
        >>> from contractor_compliance.storage import MemoryStore
        >>> Capability.PERSISTENT in MemoryStore().capabilities
        False
    """

    PERSISTENT = "persistent"  # commits are there when the store is opened again
    SHARED = "shared"  # several processes may use it at once


class UnboundStore(Protocol):
    """A store before a company is chosen.

    It has no data methods, so that no call can leave out the company.

    Example:
        >>> from contractor_compliance.storage import MemoryStore
        >>> unbound: UnboundStore = MemoryStore()
        >>> unbound.for_company("company-1").head().sequence
        0
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The capabilities of the store beyond the promises."""

    def for_company(self, company_id: str) -> Store:
        """Return the handle of one company, which need not exist yet.

        Raises:
            InvalidValueError: If the id is blank.
            StoreClosedError: If the store was closed.
        """

    def close(self) -> None:
        """Close every handle, and the connections that the store itself opened. A second call does nothing."""


class Store(Protocol):
    """The records of one company: a handle that reaches no other company.

    Every store keeps these promises. "Current" means recorded and not superseded.

    Committing

    1.  The store records a commit whole or not at all, whatever fails.
    2.  A commit that has returned is there for every later read, on this handle and on others.
    3.  The first commit of a company puts its `Company`. The store refuses every other commit before it
        (`UnknownCompanyError`), and always refuses a `Company` of another id (`InvalidValueError`).
    4.  If a key was committed before with the same fingerprint, the store returns its receipt, marked `repeated`.
        It writes nothing, and it does not compare the changes.
    5.  If a key was committed before with another fingerprint, the store refuses the commit (`KeyReusedError`).
    6.  A commit that was refused or failed leaves its key free.
    7.  Every expected version must be the current one, and so must the sequence if one is expected. Else the store
        refuses the commit, and `ConflictError` names each that differs.
    8.  A commit raises the version of each aggregate that it touches by one. The first version is 1.
        A commit that touches a fact touches its contractor.
    9.  `recorded_at` is the time of the clock. If that is not later than the head and than every instant that was
        read as known at, it is one microsecond after the latest of these. Every read gives the same microsecond.
    10. The sequence of a company starts at 1 and rises by one with each commit, without a gap.
    11. The store calls `seal` once for each commit, with the previous seal, the sequence, the time of record and the
        hash of the payload. If `seal` raises, the store writes nothing and the exception reaches the caller.
    12. After a commit, each contractor that it touches has a valid `Dossier`: every value that a fact refers to is on
        file. Else the store refuses the commit (`InvalidValueError`), as it does if a removed fact is not on file.
    13. No two current members have the same subject. Else the store refuses the commit (`InvalidValueError`).
    14. Standings have no history: new rows replace those of the same contractor and generation.
        Pages read a generation once a commit has switched to it. A contractor without rows of that generation has
        those of the latest earlier one. A contractor that never had rows has no standing.
        The store refuses standings of a generation earlier than the one that pages read (`ConflictError`), and
        standings of a contractor that is not on file (`InvalidValueError`).

    Reading

    15. `get`, `history` and `dossiers` return one answer for each item that was asked for, in the same order, also for
        an item that was asked for twice.
    16. The answer for a value that is not on file is None (`get`, `dossiers`) or empty (`history`), never an error.
    17. A read with `known_at` returns the values that were on file at that instant, including those of commits
        recorded at that very instant. A read without it returns the values that are on file now.
    18. The store refuses a `known_at` later than both the clock and the head (`FutureInstantError`), also if it has
        answered that instant before the clock was put back. It refuses a naive instant.
    19. An answer as known at an instant never changes later, even if the clock is put back. A company that does not
        exist yet is the exception: its first commit may be recorded at an instant that was read before.
    20. All parts of one answer are of one instant, whatever is committed meanwhile. Several threads may use one store,
        each with its own handles.
    21. A dossier has the company, the contractor, its facts, and the clients, job codes and carriers that these refer
        to (carriers by NAIC number or normalized name). Each of these is in the order of its ids.
    22. A value that is read equals the value that was put. Ids and texts are compared exactly: case, accents, blanks.
    23. The store reports a value that it cannot read in the place of that value, returns every other value, and keeps
        what it cannot read.
    24. `history` lists every version, oldest first. Each version is superseded at the instant when the next one is
        recorded, or when the value is removed.
    25. A page lists at most `limit` items that the query finds, in its order. The cursor continues after the last one.
        An item that keeps its place throughout is listed once, whatever is committed between two pages.
    26. `count` returns the number of items on all pages.
    27. The store refuses a cursor of another query, of another company, or of no store (`CursorError`).
    28. `audit` lists the entries after a sequence, in ascending order, at most `limit` of them.
    29. `receipt` returns the receipt of a key, and `head` the last commit of the company. Without such a commit the
        answers are None and a head with the sequence 0.

    Always

    30. The store treats ids, cursors and keys of another company exactly like ids, cursors and keys that do not exist.
    31. No caller can change a value that was returned or put: a later change of an argument changes no record.
    32. After `close`, of the handle or of the store, every other method raises `StoreClosedError`.
    33. The store raises every other failure as a `StorageError`. It never returns an answer instead.

    Example:
        >>> from contractor_compliance.storage import Changes, Expectation, MemoryStore, key_of, put
        >>> from contractor_compliance.testing import factories
        >>> company = factories.company()
        >>> store = MemoryStore().for_company(company.id)
        >>> opening = {"actor": "setup", "action": "create", "key": "request-1", "fingerprint": "digest-1"}
        >>> store.commit(Changes(**opening, puts=[put(company)], expects=[Expectation(key_of(company), 0)])).sequence
        1
        >>> (record,) = store.get([key_of(company)])
        >>> record.version, record.value == company
        (1, True)
    """

    @property
    def company_id(self) -> str:
        """The id of the company whose records these are."""

    def commit(self, changes: Changes) -> Receipt:
        """Record changes in one transaction (promises 1 to 14).

        Raises:
            ConflictError: If a version or the sequence is not the expected one: read and decide again.
            KeyReusedError: If the key belongs to another request.
            InvalidValueError: If a contractor would have no valid dossier, or two members would have one subject.
            UnknownCompanyError: If the company does not exist and the changes do not put it.
            CommitUnknownError: If the connection was lost: commit again with the same key.
            UnavailableError: If the database could not be reached, or was busy: nothing was written.
        """

    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of the commit with an idempotency key, or None (promise 29)."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys, as now or as known at an instant (promises 15 to 23).

        Raises:
            FutureInstantError: If the instant is later than now.
        """

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return the dossiers of contractors, as now or as known at an instant (promises 15 to 23).

        Raises:
            FutureInstantError: If the instant is later than now.
        """

    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values, oldest first (promises 15, 16, 22 to 24)."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` items that a query finds now, from the first one or from a cursor (promises 25, 27).

        Raises:
            CursorError: If the cursor does not belong to the query.
            InvalidValueError: If the limit is not between 1 and 1000.
        """

    def count(self, query: Query) -> int:
        """Return how many values a query finds now (promise 26)."""

    def head(self) -> Head:
        """Return the last commit of the company and the generation that pages read (promise 29)."""

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence (promise 28).

        Raises:
            InvalidValueError: If the limit is not between 1 and 1000.
        """

    def close(self) -> None:
        """Close this handle (promise 32)."""
