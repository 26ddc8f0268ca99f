"""Reads a CSV file record by record, so that a fault in one record costs that record and no other.

Registers are typed by people and pass through spreadsheets: a quotation mark that is never closed must not swallow
the rest of the file, and a byte that is not UTF-8 must not stop it.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import attrs

from contractor_compliance.domain import Missing, cents

__all__ = ["Broken", "FileError", "Row", "RowError", "Table", "Unread", "column_key", "read_table"]

#: No field that is judged is longer; one that is comes from a broken record.
_LONGEST_FIELD = 1_000
#: A quoted field may hold line breaks, but a record of more lines than this is an unclosed quotation mark.
_MOST_LINES = 20
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})(?:T00:00:00(?:\.0+)?)?", re.ASCII)
_AMOUNT = re.compile(r"\$?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?", re.ASCII)


class FileError(Exception):
    """A file that cannot be read at all."""


class RowError(Exception):
    """A record that cannot be read; the message says which field is at fault, and why."""


@attrs.frozen
class Unread:
    """A record that could not be read.

    Attributes:
        line: Line of the file on which it begins; the header is line 1.
        problem: What is wrong with it.
        license: The license that it seems to be about, if that much can be made out.
    """

    line: int
    problem: str
    license: str | None = None


@attrs.frozen
class Row:
    """One record. Its methods take the spellings under which extracts give a column, and read the first there is.

    Attributes:
        line: Line of the file on which it begins; the header is line 1.
        fields: Its fields as written, by the key of their column.
        names: The columns as the header spells them, by key.
    """

    line: int
    fields: dict[str, str]
    names: dict[str, str]

    def text(self, *columns: str) -> str | None:
        """Return the text of a column, or None if it is blank or the file has no such column.

        Blanks around it are dropped and runs of blanks become one: registers pad their fields.

        Raises:
            RowError: If the field is far too long, or holds what no register prints.
        """
        text = self.fields.get(self._key(columns), "")
        if len(text) > _LONGEST_FIELD:
            raise RowError(f"{self._name(columns)} has {len(text):,} characters; no register prints so many")
        for character in text:
            # NUL, terminal escapes and their like cannot be part of what the register says.
            if not character.isprintable() and not character.isspace():
                raise RowError(f"{self._name(columns)} holds the character U+{ord(character):04X}, which is no text")
        return " ".join(text.split()) or None

    def license(self, *columns: str) -> str:
        """Return the id of the license.

        Raises:
            RowError: If it is blank or broken.
        """
        text = self.text(*columns)
        if text is None:
            raise RowError(f"{self._name(columns)} is blank; every row must name its license")
        return text

    def day(self, *columns: str) -> date | None:
        """Return the day in a column, or None if it is blank.

        Days are `MM/DD/YYYY` or `YYYY-MM-DD`. The midnight that open-data portals append is dropped; any other
        time of day is refused, as it would have to mean something.

        Raises:
            RowError: If it is not a day.
        """
        text = self.text(*columns)
        if text is None:
            return None
        match = _DAY.fullmatch(text)
        if match:
            month, day, year = match.group(1, 2, 3) if match[1] else match.group(5, 6, 4)
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                pass  # a day that no calendar has: refused below with the misspelt ones
        raise RowError(f"{self._name(columns)} is {_shown(text)}; it must be a day, MM/DD/YYYY or YYYY-MM-DD")

    def term(self, first: tuple[str, ...], last: tuple[str, ...]) -> tuple[date | Missing, date | Missing]:
        """Return the days in two columns as the beginning and the end of a term; a blank one is absent.

        Raises:
            RowError: If one is not a day, or the term does not end after it begins.
        """
        effective, expiration = self.day(*first), self.day(*last)
        if effective is not None and expiration is not None and expiration <= effective:
            raise RowError(f"{self._name(last)}, {expiration}, is not after {self._name(first)}, {effective}")
        return effective or Missing.ABSENT, expiration or Missing.ABSENT

    def cents(self, *columns: str) -> int | None:
        """Return the dollars in a column, in cents, or None if it is blank.

        Raises:
            RowError: If it is not an amount of dollars.
        """
        text = self.text(*columns)
        if text is None:
            return None
        if not _AMOUNT.fullmatch(text):
            raise RowError(f"{self._name(columns)} is {_shown(text)}; it must be an amount of dollars")
        return cents(text)

    def _key(self, columns: tuple[str, ...]) -> str:
        keys = [column_key(name) for name in columns]
        return next((key for key in keys if key in self.fields), keys[0])

    def _name(self, columns: tuple[str, ...]) -> str:
        return self.names.get(self._key(columns), columns[0])


@attrs.frozen
class Broken:
    """A record that has not as many fields as the header, or is no CSV at all.

    Attributes:
        remains: What a lenient reading makes of it; its fields may stand under the wrong columns.
        problem: What is wrong with it.
    """

    remains: Row
    problem: str


@attrs.frozen
class Table:
    """A file as read.

    Attributes:
        path: Where it stands.
        columns: The columns as the header spells them, by key.
        rows: The records that have as many fields as the header.
        broken: Those that do not, or that are no CSV at all.
        sha256: Digest of its bytes, in hexadecimal.
    """

    path: Path
    columns: dict[str, str]
    rows: tuple[Row, ...]
    broken: tuple[Broken, ...]
    sha256: str


@functools.cache
def column_key(name: str) -> str:
    """Return the name of a column without case, blanks and punctuation: `WC Effective` is `wceffective`."""
    return re.sub(r"[\W_]", "", name.casefold())


def read_table(path: Path) -> Table:
    """Read the CSV file at `path`.

    Raises:
        FileError: If there is no such file, or it is empty, or it is no UTF-8 text with a header.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{path}: line 1: is UTF-16; save it as CSV in UTF-8")
    lines = data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    records = _records(lines)
    first, header = next(records, (1, []))
    if isinstance(header, str):
        raise FileError(f"{path}: line {first}: {header}")
    if not header:
        raise FileError(f"{path}: is empty; the first line must name the columns")
    columns = _columns(path, first, header)
    keys = [column_key(name) for name in header]
    rows: list[Row] = []
    broken: list[Broken] = []
    for line, record in _records(lines, after=first, width=len(header)):
        if isinstance(record, str):
            remains = Row(line, dict(zip(keys, _lenient(lines[line - 1]), strict=False)), columns)
            broken.append(Broken(remains, record))
            continue
        row = Row(line, dict(zip(keys, record, strict=False)), columns)
        if len(record) == len(header):
            rows.append(row)
        else:
            broken.append(Broken(row, f"has {len(record)} fields where the header has {len(header)}"))
    return Table(path, columns, tuple(rows), tuple(broken), hashlib.sha256(data).hexdigest())


def _columns(path: Path, line: int, header: list[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for name in filter(str.strip, header):
        if column_key(name) in columns:
            raise FileError(f"{path}: line {line}: has the column {_shown(name.strip())} twice; keep one of them")
        columns[column_key(name)] = name.strip()
    return columns


def _records(lines: list[bytes], after: int = 0, width: int | None = None) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line on which each record begins, and its fields or what is wrong with it; blank lines are skipped."""
    at = after
    while at < len(lines):
        begin = at
        record, used = _record(lines, begin, width)
        at += used
        if isinstance(record, str) or any(field.strip() for field in record):
            yield begin + 1, record


def _record(lines: list[bytes], begin: int, width: int | None) -> tuple[list[str] | str, int]:
    """Return the fields of the record that begins at an index, or what is wrong with it, and how many lines it takes.

    Only a record that comes out as wide as the header may take more than one line: otherwise a quotation mark is
    unclosed, and the lines after it are records of their own.
    """
    fault = ""
    for count in range(1, _MOST_LINES + 1):
        piece = lines[begin : begin + count]
        if len(piece) < count:
            break
        try:
            text = [line.decode("utf-8") for line in piece]
        except UnicodeDecodeError as error:
            fault = fault or f"holds the byte 0x{error.object[error.start]:02X}, which is not UTF-8"
            break
        try:
            record = next(csv.reader(text, strict=True), [])
        except csv.Error as error:
            fault = fault or f"is no CSV: {error}"
            continue
        if count == 1 or len(record) == width:
            return record, count
        break
    return fault, 1


def _lenient(line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8", errors="replace")]), [])
    except csv.Error:
        return []


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
