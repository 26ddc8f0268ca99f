"""Makes the dockets: which licenses are judged together, on which day, by which rule book, under which heading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from boards.extract import Extract
from boards.judging import Docket, JudgedDay, cases_of, judged_day
from boards.stored import Shelf, spelt
from boards.table import FileError
from contractor_compliance.domain import RuleBook
from contractor_compliance.errors import DocumentError
from contractor_compliance.serialization import loads

__all__ = ["extract_docket", "stored_docket"]

#: The rule books of the registers.
_OWN = Path(__file__).parents[1] / "rulebooks"


def extract_docket(extract: Extract, *, as_of: date | None, rulebook: Path | None) -> Docket:
    """Return the licenses of an extract, to be judged as it tells of them.

    Args:
        extract: The extract.
        as_of: The day to judge; None = the day on which it was current.
        rulebook: The rule book to judge by; None = that of its register.

    Raises:
        FileError: If there is no day, or the rule book cannot be read.
    """
    day = judged_day(extract, as_of) if extract.records else None
    book = _rulebook(rulebook or _OWN / f"{extract.register.key}.json")
    heading = _heading(extract, day, book)
    if day is None:
        return Docket(heading, extract.register.board, book, date.min, ())
    return Docket(heading, extract.register.board, book, day.day, cases_of(extract, day))


def stored_docket(shelf: Shelf, *, as_of: date | None, rulebook: Path | None) -> Docket:
    """Return the licenses of a register that are on file, to be judged as they were known.

    Args:
        shelf: What is on file.
        as_of: The day to judge; None = the day on which the newest extract was current.
        rulebook: The rule book to judge by; None = that with which the newest extract was saved, as it was known.

    Raises:
        FileError: If the rule book cannot be read, or was not on file.
    """
    book = _rulebook(rulebook) if rulebook else shelf.rulebook(shelf.newest.rulebook)
    observed = shelf.newest.observation
    day = JudgedDay(as_of, "--as-of", observed) if as_of else JudgedDay(observed.day, observed.origin, observed)
    cases = list(shelf.cases())
    counted = f"{shelf.register.board}, licenses on file at {spelt(shelf.known_at)}: {len(cases)}"
    return Docket("\n".join((counted, *_judged_on(day, book))), shelf.register.board, book, day.day, cases)


def _rulebook(path: Path) -> RuleBook:
    try:
        return loads(path.read_bytes(), RuleBook)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error
    except DocumentError as error:
        raise FileError(f"{path}: {error}") from error


def _heading(extract: Extract, day: JudgedDay | None, book: RuleBook) -> str:
    counted = f"{extract.path}: {extract.register.board}, licenses: {len(extract.records)}"
    if extract.unread:
        counted += f", rows that could not be read: {len(extract.unread)}"
    if day is None:
        return f"{counted}; nothing to judge"
    return "\n".join((counted, *_judged_on(day, book)))


def _judged_on(day: JudgedDay, book: RuleBook) -> Iterator[str]:
    yield f"  judged on {day.day} ({day.origin}) by {book.id} version {book.version}: {book.title or 'no title'}"
    if day.day != day.observed.day:
        yield f"  current on {day.observed.day} ({day.observed.origin})"
