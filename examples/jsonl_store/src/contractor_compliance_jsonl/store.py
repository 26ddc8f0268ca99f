"""The store: one journal for each company, replayed into the library's memory store, which answers.

The memory store has the rules and refuses commits. This module writes each accepted commit to the journal before it
returns the receipt, and replays the lines that other processes have written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import FileIO
from pathlib import Path

from contractor_compliance.errors import (
    CommitUnknownError,
    DocumentError,
    StoreClosedError,
    StoreFailedError,
    StoreURLError,
)
from contractor_compliance.storage import (
    AuditEntry,
    Capability,
    Changes,
    Clock,
    DossierRecord,
    Head,
    Key,
    MemoryStore,
    Page,
    Query,
    Receipt,
    Record,
    Store,
    rules,
    text_hash,
    utc_now,
)

from contractor_compliance_jsonl.journal import Journal, Line
from contractor_compliance_jsonl.lines import asked_line, changes_of, commit_line, record_of

__all__ = ["BoundJsonlStore", "JsonlStore", "open_url"]

FORMAT = "contractor-compliance-jsonl/1"


def open_url(url: str, *, clock: Clock = utc_now) -> JsonlStore:
    """Open the store at `jsonl:///folder`, or at `jsonl://folder` below the working directory.

    All text after `jsonl://` is the path.

    Raises:
        StoreURLError: If the URL is not that of a folder that exists.
    """
    scheme, _, path = url.partition("://")
    if scheme != "jsonl" or not path:
        raise StoreURLError(
            f"The URL {url!r} names no folder: write jsonl:///path/to/folder, or jsonl://folder below the working "
            "directory."
        )
    return JsonlStore(Path(path), clock=clock)


class JsonlStore:
    """Keeps each company's records in a file of its own in one folder.

    Args:
        folder: The folder, which must exist, and to which nothing else writes.
        clock: Returns the present time; the default is the clock of the machine.

    Raises:
        StoreURLError: If there is no such folder.
    """

    def __init__(self, folder: Path, *, clock: Clock = utc_now) -> None:
        if not folder.is_dir():
            raise StoreURLError(f"There is no folder {str(folder)!r}: create it first.")
        self.folder = folder.absolute()
        self.is_closed = False
        self._clock = clock
        self._records: dict[str, _Records] = {}

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Commits persist, and several processes may use the folder at once."""
        return frozenset({Capability.PERSISTENT, Capability.SHARED})

    def for_company(self, company_id: str) -> BoundJsonlStore:
        """Return the handle of one company."""
        if self.is_closed:
            raise StoreClosedError
        # A hash, because ids may be too long for the name of a file, or differ in case only. The header has the id.
        path = self.folder / f"{text_hash(rules.check_company_id(company_id))}.jsonl"
        return BoundJsonlStore(self, self._records.setdefault(company_id, _Records(path, company_id, self._clock)))

    def reread(self) -> None:
        """Forget every replay, so that repaired or restored files are read again from their first line."""
        for records in tuple(self._records.values()):
            records.forget()

    def close(self) -> None:
        """Close every handle; no file is open between two calls."""
        self.is_closed = True


class BoundJsonlStore:
    """The records of one company in a `JsonlStore`; see `Store` for the promises of each method."""

    def __init__(self, store: JsonlStore, records: _Records) -> None:
        self._store = store
        self._records = records
        self._is_closed = False

    @property
    def company_id(self) -> str:
        """The id of the company whose records these are."""
        return self._records.company_id

    def commit(self, changes: Changes) -> Receipt:
        """Record changes."""
        return self._open.commit(changes)

    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of the commit with a key."""
        with self._open.reading() as memory:
            return memory.receipt(key)

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        with self._open.reading(known_at) as memory:
            return memory.get(keys, known_at)

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return the dossiers of contractors."""
        with self._open.reading(known_at) as memory:
            return memory.dossiers(contractor_ids, known_at)

    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        with self._open.reading() as memory:
            return memory.history(keys)

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` items that a query finds."""
        with self._open.reading() as memory:
            return memory.page(query, limit, cursor)

    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        with self._open.reading() as memory:
            return memory.count(query)

    def head(self) -> Head:
        """Return the last commit of the company and the generation that pages read."""
        with self._open.reading() as memory:
            return memory.head()

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        with self._open.reading() as memory:
            return memory.audit(after, limit)

    def close(self) -> None:
        """Close this handle."""
        self._is_closed = True

    @property
    def _open(self) -> _Records:
        if self._is_closed or self._store.is_closed:
            raise StoreClosedError
        return self._records


class _Records:
    """The journal of one company, and the memory store that it is replayed into."""

    def __init__(self, path: Path, company_id: str, clock: Clock) -> None:
        self.company_id = company_id
        self._clock = clock
        self._journal = Journal(path, {"format": FORMAT, "company_id": company_id})
        self.forget()

    def forget(self) -> None:
        """Drop the replayed records, so that the next call replays the journal from its first line."""
        with self._journal.lock:
            self._journal.end = 0
            self._asked_until: datetime | None = None  # the latest instant beyond the head that was read as known at
            self._now = self._clock()  # the time of the clock of the memory store
            self._memory: Store = MemoryStore(clock=lambda: self._now).for_company(self.company_id)

    @contextmanager
    def reading(self, known_at: datetime | None = None) -> Iterator[Store]:
        """Yield the memory store with every line replayed, while no process writes."""
        instant = rules.check_known_at(known_at)
        with self._journal.locked(self._replay, write=instant is not None) as file:
            if file is not None and instant is not None:
                self._note(file, instant)
            yield self._memory

    def commit(self, changes: Changes) -> Receipt:
        """Commit to the memory store, then write the line; return the receipt once the line is synced."""
        with self._journal.locked(self._replay, write=True) as file:
            assert file is not None  # a writer creates it
            before = self._journal.end
            self._now = rules.next_instant(self._clock(), self._memory.head().recorded_at, self._asked_until)
            receipt = self._memory.commit(changes)
            if receipt.repeated:
                return receipt
            try:
                (entry,) = self._memory.audit(receipt.sequence - 1, 1)
                self._journal.append(file, commit_line(changes, receipt, entry.seal))
            except BaseException as error:
                self.forget()  # the memory store has a commit that the file does not have
                try:
                    self._journal.cut(file, before)
                except OSError:
                    raise CommitUnknownError(changes.key) from error
                if isinstance(error, DocumentError):
                    raise StoreFailedError(str(error)) from error
                raise
            return receipt

    def _note(self, file: FileIO, instant: datetime) -> None:
        """Note an instant beyond the head that is read as known at; no commit may be recorded up to it (promise 19)."""
        self._now = self._clock()
        earlier = [at for at in (self._memory.head().recorded_at, self._asked_until) if at is not None]
        # The memory store refuses an instant in the future.
        if instant <= self._now and all(at < instant for at in earlier):
            self._journal.append(file, asked_line(instant))
            self._asked_until = instant

    def _replay(self, line: Line) -> None:
        if line["type"] == "asked":
            self._asked_until = datetime.fromisoformat(line["at"])
        elif line["type"] == "commit":
            sequence, self._now = record_of(line)
            receipt = self._memory.commit(changes_of(line, self._memory.get))
            if (receipt.sequence, receipt.recorded_at) != (sequence, self._now):
                raise ValueError("a line before this one is missing")
        else:
            raise ValueError(f"this release cannot read lines of type {line['type']!r}")
