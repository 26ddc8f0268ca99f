"""Opens a store, making its tables where there are none, and reads back from it what is judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

import attrs

from boards.dossiers import company
from boards.extract import REGISTERS, Observation
from boards.judging import Case, Docket
from boards.register import Register
from boards.table import FileError
from contractor_compliance.domain import RuleBook
from contractor_compliance.errors import SchemaError
from contractor_compliance.storage import Key, Kind, Order, Query, Store, UnboundStore, open_store

__all__ = [
    "SAVED",
    "SavedExtract",
    "Shelf",
    "bunches",
    "ids_of",
    "make_tables",
    "saved_extracts",
    "shelves",
    "spelt",
    "store_of",
]

#: The action under which extracts are saved.
SAVED = "save_extract"
#: The stores whose tables we can make; another's are made as its own documentation says.
_OURS = ("postgresql", "sqlite")
_A_PAGE = 1000
_A_BUNCH = 500

T = TypeVar("T")


def spelt(instant: datetime) -> str:
    """Return an instant as `--known-at` takes it: `2026-07-01T12:00:00Z`, with as many decimals as it has."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def make_tables(url: str) -> bool:
    """Make our tables in a database that has none, and return whether that was needed.

    Raises:
        StorageError: If the database cannot be reached, or its tables are of another release.
    """
    if url.partition("://")[0].partition("+")[0] not in _OURS:
        return False
    try:
        open_store(url).close()
    except SchemaError as error:
        if error.actual is not None:
            raise
    else:
        return False
    # Late: SQLAlchemy takes long to import, and not every run has a database.
    from contractor_compliance.storage.sql import create_schema, make_engine

    engine = make_engine(url)
    try:
        create_schema(engine)
    finally:
        engine.dispose()
    return True


def store_of(store: UnboundStore, register: Register) -> Store:
    """Return the records of whoever asks about the licensees of a register."""
    return store.for_company(company(register).id)


@attrs.frozen
class SavedExtract:
    """What was noted of an extract when it was saved.

    Attributes:
        recorded_at: When that was.
        observation: When it was current.
        rulebook: Id of the rule book that it was judged by.
        unlisted: The licenses on file that it did not list.
    """

    recorded_at: datetime
    observation: Observation
    rulebook: str
    unlisted: frozenset[str]


@attrs.frozen
class Shelf:
    """The records of one register at one instant: whatever is saved meanwhile, all that is read is of that instant.

    Attributes:
        register: The register.
        store: Its store.
        known_at: The instant.
        newest: Of the extracts known then, the one that was current last.
    """

    register: Register
    store: Store
    known_at: datetime
    newest: SavedExtract

    def rulebook(self, rulebook_id: str) -> RuleBook:
        """Return a rule book as it was known.

        Raises:
            FileError: If it was not on file.
        """
        (record,) = self.store.get([Key(Kind.RULEBOOK, rulebook_id)], self.known_at)
        if record is None:
            raise FileError(
                f"rule book {rulebook_id!r} was not on file at {spelt(self.known_at)}; name one with --rulebook"
            )
        book: RuleBook = record.value
        return book

    def cases(self) -> Iterator[Case]:
        """Yield every license that was known, in the order of the ids."""
        # Contractors are never removed: those that are on file now include all that were then.
        missing = f"not listed on {self.newest.observation.day}"
        for ids in bunches(tuple(ids_of(self.store, Kind.CONTRACTOR))):
            for own_id, stored in zip(ids, self.store.dossiers(ids, self.known_at), strict=True):
                if stored is not None:
                    notes = (missing,) if own_id in self.newest.unlisted else ()
                    yield Case(own_id, stored.dossier, notes)

    def filled(self, docket: Docket) -> Docket:
        """Return a docket with its rule book and its dossiers as they are on file.

        Raises:
            FileError: If one of them is not.
        """
        return attrs.evolve(docket, book=self.rulebook(docket.book.id), cases=tuple(self._reread(docket.cases)))

    def _reread(self, cases: Iterable[Case]) -> Iterator[Case]:
        for some in bunches(tuple(cases)):
            for case, stored in zip(some, self.store.dossiers([one.id for one in some], self.known_at), strict=True):
                if stored is None:
                    raise FileError(f"license {case.id!r} is not on file at {spelt(self.known_at)}")
                yield attrs.evolve(case, dossier=stored.dossier)


def shelves(store: UnboundStore, known_at: datetime | None) -> list[Shelf]:
    """Return the registers of which extracts are on file, as they are now or were known at an instant."""
    filled = []
    for register in REGISTERS:
        bound = store_of(store, register)
        at = known_at or bound.head().recorded_at
        saved = [] if at is None else saved_extracts(bound, at)
        if saved and at is not None:
            # Of several of one day, the last that was saved.
            newest = max(reversed(saved), key=lambda extract: extract.observation.day)
            filled.append(Shelf(register, bound, at, newest))
    return filled


def saved_extracts(store: Store, until: datetime | None) -> list[SavedExtract]:
    """Return the extracts that were saved, up to an instant if one is given, oldest first."""
    extracts: list[SavedExtract] = []
    after = 0
    while entries := store.audit(after, _A_PAGE):
        after = entries[-1].sequence
        for entry in entries:
            if entry.action != SAVED or entry.detail is None or (until is not None and entry.recorded_at > until):
                continue
            detail = json.loads(entry.detail)
            extracts.append(
                SavedExtract(
                    recorded_at=entry.recorded_at,
                    observation=Observation(date.fromisoformat(detail["observed_on"]), detail["according_to"]),
                    rulebook=detail["rulebook"],
                    unlisted=frozenset(detail["unlisted"]),
                )
            )
    return extracts


def ids_of(store: Store, kind: Kind) -> Iterator[str]:
    """Yield the ids of all that is on file of a kind, in their order."""
    query = Query(kind=kind, order=Order.ID)
    cursor: str | None = None
    while True:
        page = store.page(query, _A_PAGE, cursor)
        yield from (item.key.id for item in page.items)
        cursor = page.cursor
        if cursor is None:
            return


def bunches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the items in bunches of which the store is asked at once."""
    return (items[start : start + _A_BUNCH] for start in range(0, len(items), _A_BUNCH))
