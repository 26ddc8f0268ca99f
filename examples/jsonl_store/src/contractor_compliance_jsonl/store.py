"""The store: one journal for each company, replayed into the library's own memory store, which answers.

The memory store knows the rules and decides what is refused. What is left to do here is to write down what it has
accepted before anybody hears of it, and to read what others have written.
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
from contractor_compliance_jsonl.lines import asked_line, commit_line, recorded, replayed

__all__ = ["BoundJsonlStore", "JsonlStore", "open_url"]

FORMAT = "contractor-compliance-jsonl/1"


def open_url(url: str, *, clock: Clock = utc_now) -> JsonlStore:
    """Open the store at `jsonl:///folder`, or at `jsonl://folder` below the working directory.

    All that follows `jsonl://` is the path, as it is.

    Raises:
        StoreURLError: If the URL names no folder that is there.
    """
    scheme, _, path = url.partition("://")
    if scheme != "jsonl" or not path:
        raise StoreURLError("Write jsonl:///path/to/folder, or jsonl://folder for one below the working directory.")
    return JsonlStore(Path(path), clock=clock)


class JsonlStore:
    """Keeps each company's records in a file of its own in one folder.

    Args:
        folder: The folder, which must be there. Let nothing else write to it.
        clock: Says what time it is; none given, the machine's.

    Raises:
        StoreURLError: If there is no such folder.
    """

    def __init__(self, folder: Path, *, clock: Clock = utc_now) -> None:
        if not folder.is_dir():
            raise StoreURLError(f"There is no folder {str(folder)!r}; make it first.")
        self.folder = folder.absolute()
        self.is_closed = False
        self._clock = clock
        self._records: dict[str, _Records] = {}

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What was committed stays, and several processes may use the folder at once."""
        return frozenset({Capability.PERSISTENT, Capability.SHARED})

    def for_company(self, company_id: str) -> BoundJsonlStore:
        """Return the handle of one company."""
        if self.is_closed:
            raise StoreClosedError
        # A hash, because ids may be too long for the name of a file, and differ in case alone. The file says the id.
        path = self.folder / f"{text_hash(rules.check_company_id(company_id))}.jsonl"
        return BoundJsonlStore(self, self._records.setdefault(company_id, _Records(path, company_id, self._clock)))

    def reread(self) -> None:
        """Forget what was read: files that were mended, or brought back, are then read from their first line."""
        for each in tuple(self._records.values()):
            each.forget()

    def close(self) -> None:
        """End every handle. No file is open between two calls."""
        self.is_closed = True


class BoundJsonlStore:
    """The records of one company in a `JsonlStore`; see `Store` for what each method promises."""

    def __init__(self, store: JsonlStore, records: _Records) -> None:
        self._store = store
        self._records = records
        self._is_closed = False

    @property
    def company_id(self) -> str:
        """The company whose records these are."""
        return self._records.company_id

    def commit(self, changes: Changes) -> Receipt:
        """Record changes."""
        return self._open.commit(changes)

    def receipt(self, key: str) -> Receipt | None:
        """Return what the commit with a key came to."""
        with self._open.reading() as memory:
            return memory.receipt(key)

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        """Return the values of keys."""
        with self._open.reading(known_at) as memory:
            return memory.get(keys, known_at)

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        """Return all that is known of contractors."""
        with self._open.reading(known_at) as memory:
            return memory.dossiers(contractor_ids, known_at)

    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        """Return every version of values."""
        with self._open.reading() as memory:
            return memory.history(keys)

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` of what a query finds."""
        with self._open.reading() as memory:
            return memory.page(query, limit, cursor)

    def count(self, query: Query) -> int:
        """Return how many values a query finds."""
        with self._open.reading() as memory:
            return memory.count(query)

    def head(self) -> Head:
        """Return where the company stands."""
        with self._open.reading() as memory:
            return memory.head()

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence."""
        with self._open.reading() as memory:
            return memory.audit(after, limit)

    def close(self) -> None:
        """End this handle."""
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
        """Begin anew: the next call replays the journal from its first line."""
        with self._journal.lock:
            self._journal.end = 0
            self._asked: datetime | None = None  # the latest instant beyond the head that was asked about
            self._now = self._clock()  # what the memory store is told when it asks for the time
            self._memory: Store = MemoryStore(clock=lambda: self._now).for_company(self.company_id)

    @contextmanager
    def reading(self, known_at: datetime | None = None) -> Iterator[Store]:
        """Give the memory store, up to date, for as long as nobody writes."""
        asked = rules.check_known_at(known_at)
        with self._journal.locked(self._replay, write=asked is not None) as file:
            if file is not None and asked is not None:
                self._note(file, asked)
            yield self._memory

    def commit(self, changes: Changes) -> Receipt:
        """Let the memory store decide, then write the line; the receipt is given once the line is safe."""
        with self._journal.locked(self._replay, write=True) as file:
            assert file is not None  # to write, it is made
            before = self._journal.end
            self._now = rules.next_instant(self._clock(), self._memory.head().recorded_at, self._asked)
            receipt = self._memory.commit(changes)
            if receipt.repeated:
                return receipt
            try:
                (entry,) = self._memory.audit(receipt.sequence - 1, 1)
                self._journal.append(file, commit_line(changes, receipt, entry.seal))
            except BaseException as error:
                self.forget()  # the memory has what the file has not
                try:
                    self._journal.cut(file, before)
                except OSError:
                    raise CommitUnknownError(changes.key) from error
                if isinstance(error, DocumentError):
                    raise StoreFailedError(str(error)) from error
                raise
            return receipt

    def _note(self, file: FileIO, asked: datetime) -> None:
        """Note an instant beyond the head that is asked about: nobody may record anything up to it (promise 19)."""
        self._now = self._clock()
        noted = [each for each in (self._memory.head().recorded_at, self._asked) if each is not None]
        # One that lies in the future is for the memory store to refuse.
        if asked <= self._now and all(each < asked for each in noted):
            self._journal.append(file, asked_line(asked))
            self._asked = asked

    def _replay(self, line: Line) -> None:
        if line["type"] == "asked":
            self._asked = datetime.fromisoformat(line["at"])
        elif line["type"] == "commit":
            sequence, self._now = recorded(line)
            receipt = self._memory.commit(replayed(line, self._memory.get))
            if (receipt.sequence, receipt.recorded_at) != (sequence, self._now):
                raise ValueError("a line before it is missing")
        else:
            raise ValueError(f"this release knows no line of type {line['type']!r}")
