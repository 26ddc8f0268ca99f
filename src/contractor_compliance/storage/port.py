"""The port: what every store promises, by number; `contractor_compliance.testing.StoreContract` tests each promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Protocol

from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Head, Page, Receipt, Record
from contractor_compliance.storage.changes import Changes, Key
from contractor_compliance.storage.query import Query

__all__ = ["Capability", "Clock", "Store", "UnboundStore", "utc_now"]

#: Says what time it is: an aware instant.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant, UTC: the clock of a store that was given none."""
    return datetime.now(UTC)  # noqa: TID251  # the one place where a store without a clock gets its time


class Capability(Enum):
    """What not every store can do; each says which of these it does."""

    PERSISTENT = "persistent"  # what was committed is there when the store is opened again
    SHARED = "shared"  # several processes may use it at once


class UnboundStore(Protocol):
    """A store before a company is chosen. It has no data methods: no call can forget to say whose data it means."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the store can do beyond the promises."""

    def for_company(self, company_id: str) -> Store:
        """Return the handle of one company, which need not exist yet.

        Raises:
            InvalidValueError: If the id is blank.
            StoreClosedError: If the store was closed.
        """

    def close(self) -> None:
        """Let go of what the store itself opened, and of every handle. Closing twice is closing once."""


class Store(Protocol):
    """The records of one company: a handle that reaches no other.

    Whoever implements it keeps these promises. "Current" means recorded and not superseded.

    Committing

    1.  A commit is recorded whole or not at all, whatever fails.
    2.  A commit that returned is there for every later read, on this handle and on others.
    3.  The first commit of a company puts the `Company` itself; until then others are refused (`UnknownCompanyError`).
        A `Company` of another id is refused (`InvalidValueError`).
    4.  A key that was committed before, with the same fingerprint, is answered with its receipt, marked `repeated`,
        and nothing is written: not even a difference in the changes is looked at.
    5.  A key that was committed before with another fingerprint is refused (`KeyReusedError`).
    6.  A refused or failed commit leaves its key free.
    7.  Every version expected is the current one, and so is the sequence if one is expected, else `ConflictError`
        names each that is not.
    8.  A commit raises the version of each aggregate that it touches by one; the first version is 1.
        A commit that touches a fact touches its contractor.
    9.  `recorded_at` is the clock's time or, if that is not later, one microsecond after the head or after the latest
        instant that has been asked about. It is the same to the microsecond wherever it is read.
    10. The sequence begins at 1, goes up by one, and has no gap.
    11. `seal` is called once, with the seal before, the sequence, the time of record and the payload's hash; if it
        raises, nothing is written and its exception comes through.
    12. After the commit each contractor in it still makes a valid `Dossier`: what a fact refers to is on file, or
        `InvalidValueError` says what is not. A fact that is removed must be there.
    13. Two members that are current never have the same subject (`InvalidValueError`).
    14. Standings are replaced in place, without history: those of the same contractor and generation.
        A generation is seen by pages once a commit has switched to it; a contractor of whom nothing was put in that
        generation is seen with the rows of the latest one before it, and one of whom no rows were put has none.
        What would be of an earlier generation than the one seen is refused (`ConflictError`), and standings of a
        contractor that is not there (`InvalidValueError`).

    Reading

    15. `get`, `history` and `dossiers` answer in the order asked, one answer each, also for what is asked twice.
    16. What is not on file is answered with None (`get`, `dossiers`) or nothing (`history`), never with an error.
    17. `known_at` reads what was on file at that instant, commits recorded at that very instant included.
        Without it, what is on file now.
    18. `known_at` later than the clock and the head is refused (`FutureInstantError`), also after it was answered once
        and the clock was put back; naive instants are refused.
    19. An answer as known at an instant never changes afterwards, even if the clock is put back; of a company that is
        not there yet, that nothing was known of it binds nobody.
    20. All parts of one answer are of one instant, whatever is committed meanwhile. Several threads may use one store,
        each with handles of its own.
    21. A dossier holds the company, the contractor, its facts, and the clients, job codes and carriers that these
        name (carriers by NAIC number or normalized name), each in the order of its ids.
    22. A value comes back equal to what was put, and ids and texts are compared exactly: case, accents, blanks.
    23. What cannot be read back is reported in its place, beside what can be read, and kept.
    24. `history` lists every version, oldest first; each is superseded when the next is recorded, or it was removed.
    25. A page lists what the query finds, in its order, at most `limit` items; the cursor leads on from the last one.
        What keeps its place throughout is listed once, whatever is committed between two pages.
    26. `count` is the number of items on all pages.
    27. A cursor of another query, of another company, or made up, is refused (`CursorError`).
    28. `audit` lists the entries after a sequence, ascending, at most `limit` of them.
    29. `receipt` gives what a key came to, and `head` where the company stands; for what is not there, None and a
        head at 0.

    Always

    30. Another company's ids, cursors and keys are answered exactly like ids, cursors and keys that do not exist.
    31. What is returned or was put can be changed by nobody: a later change of an argument changes nothing here.
    32. After `close`, of the handle or of the store, every other method raises `StoreClosedError`.
    33. Whatever else goes wrong is a `StorageError`; one that was not raised is no answer.
    """

    @property
    def company_id(self) -> str:
        """The company whose records these are."""

    def commit(self, changes: Changes) -> Receipt:
        """Record changes in one transaction (promises 1 to 14).

        Raises:
            ConflictError: If something expected has changed: read and decide again.
            KeyReusedError: If the key belongs to another request.
            InvalidValueError: If a contractor would not make a valid dossier, or a subject would be a member twice.
            UnknownCompanyError: If the company is not there and the changes do not bring it.
            CommitUnknownError: If the connection was lost: commit again with the same key.
            UnavailableError: If the database could not be reached, or was busy: nothing was written.
        """

    def receipt(self, key: str) -> Receipt | None:
        """Return what the commit with an idempotency key came to, or None (promise 29)."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys, as now or as known at an instant (promises 15 to 23).

        Raises:
            FutureInstantError: If the instant is later than now.
        """

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return all that is known of contractors, as now or as known at an instant (promises 15 to 23).

        Raises:
            FutureInstantError: If the instant is later than now.
        """

    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values, oldest first (promises 15, 16, 22 to 24)."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` of what a query finds now, from the beginning or from a cursor (promises 25, 27).

        Raises:
            CursorError: If the cursor does not belong to the query.
            InvalidValueError: If the limit is not between 1 and 1000.
        """

    def count(self, query: Query) -> int:
        """Return how many values a query finds now (promise 26)."""

    def head(self) -> Head:
        """Return where the company stands (promise 29)."""

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence (promise 28).

        Raises:
            InvalidValueError: If the limit is not between 1 and 1000.
        """

    def close(self) -> None:
        """End this handle (promise 32)."""
