"""Rows of a table become cells that are read, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

import attrs

from contractor_compliance.domain import LimitKind, Line, Missing, cents
from contractor_compliance.intake import readers
from contractor_compliance.intake.fields import FIELDS
from contractor_compliance.intake.mapping import Column, header_key
from contractor_compliance.intake.readers.reading import Reading, absent, read_as, unreadable
from contractor_compliance.intake.results import CellFault, letter_of

__all__ = ["CONTINUOUS", "Cell", "Notes", "Row", "rows_of"]

#: What a cell of an expiration holds that says that the term has no end.
CONTINUOUS: Final = "continuous"
_TOTAL: Final = re.compile(r"(?:grand |sub)?-?totals?:?", re.IGNORECASE)
# Amounts outside of these are read with a warning. The lower ends are a tenth of the smallest limits in use, the upper
# ones lie above towers that one contractor carries; amounts in thousands or with a digit too many fall outside.
_USUAL: Final = (cents(10_000), cents(100_000_000))
_USUAL_OF: Final = {
    f"policy.limits.{LimitKind.MEDICAL_EXPENSE.value}": (cents(1_000), cents(100_000)),
    f"policy.limits.{LimitKind.DAMAGE_TO_RENTED_PREMISES.value}": (cents(10_000), cents(5_000_000)),
    f"policy.limits.{LimitKind.PENAL_SUM.value}": (cents(1_000), cents(100_000_000)),
    "policy.retention": (0, cents(1_000_000)),
}
_PLAIN: Final[Mapping[str, Callable[[object], Reading[Any]]]] = {
    "email": readers.read_email,
    "entity_type": readers.read_entity_type,
    "identifier": readers.read_identifier,
    "line": readers.read_line,
    "name": readers.read_name,
    "state": readers.read_state,
    "states": readers.read_states,
    "tax_id": readers.read_tax_id,
    "yes_no": readers.read_yes_no,
}


@attrs.frozen
class Cell:
    """One cell, read: the value or why there is none, and where it stands."""

    reading: Reading[Any]
    header: str
    letter: str
    column: Column

    @property
    def is_blank(self) -> bool:
        """Whether the cell is blank, or stands for a blank."""
        return self.reading.value is Missing.ABSENT


@attrs.frozen
class Row:
    """One record of a table: its cells by field and line."""

    table: str
    number: int
    line: int | None
    cells: Mapping[tuple[str, Line | None], Cell]

    @property
    def place(self) -> str:
        """The record as messages name it."""
        return f"{self.table}, row {self.number}"


@attrs.define
class Notes:
    """What is collected while tables are read."""

    faults: list[CellFault] = attrs.Factory(list)
    warnings: list[CellFault] = attrs.Factory(list)
    _once: set[tuple[str, str | None, str]] = attrs.Factory(set)

    def fault(self, row: Row, problem: str, *, cell: Cell | None = None, value: str = "") -> None:
        """Add a fault of a record, or of one of its cells."""
        self.faults.append(_note(row, cell, value, problem))

    def warn(self, row: Row, problem: str, *, cell: Cell | None = None, value: str = "") -> None:
        """Add a warning about a record, or about one of its cells."""
        self.warnings.append(_note(row, cell, value, problem))

    def of_table(self, table: str, value: str, problem: str, *, is_fault: bool) -> None:
        """Add what is wrong with a whole table."""
        notes = self.faults if is_fault else self.warnings
        notes.append(CellFault(path=table, value=value, problem=problem, table=table))

    def of_cell(self, row: Row, cell: Cell) -> None:
        """Add what the reader of a cell said; what holds for a whole column is said once."""
        for note in cell.reading.faults:
            self.fault(row, note.problem, cell=cell, value=note.value)
        for note in cell.reading.warnings:
            if note.problem == readers.TWO_DIGIT_YEAR:
                place = (row.table, cell.header, note.problem)
                if place in self._once:
                    continue
                self._once.add(place)
            self.warn(row, note.problem, cell=cell, value=note.value)


def _note(row: Row, cell: Cell | None, value: str, problem: str) -> CellFault:
    where = f", column {cell.letter} ({cell.header})" if cell else ""
    return CellFault(
        path=row.place + where,
        value=value,
        problem=problem,
        table=row.table,
        row=row.number,
        line=row.line,
        column=cell.header if cell else None,
        letter=cell.letter if cell else None,
    )


@attrs.frozen
class _Place:
    """Where a mapped column stands in the rows of a table."""

    column: Column
    header: str
    letter: str


def rows_of(
    table: str, rows: Iterable[Mapping[str, object]], columns: tuple[Column, ...], ignored: Iterable[str], notes: Notes
) -> Iterator[Row]:
    """Yield the records of a table that are not blank, with their cells read.

    Repeated headers and totals are skipped with a warning, and records that are no record of this table with a fault.
    """
    headers = getattr(rows, "fieldnames", None)
    places: tuple[_Place, ...] | None = None
    if headers is not None:
        places = _places(table, tuple(headers), columns, ignored, notes)
    for number, record in enumerate(rows, start=1):
        line = getattr(record, "line", None) or getattr(rows, "line_num", None)
        row = Row(table, number, line, {})
        if not isinstance(record, Mapping):
            notes.fault(
                row, "is no record with a value for each header; give a mapping for each row", value=_short(record)
            )
            continue
        if places is None:
            if not record:
                continue
            places = _places(table, tuple(record), columns, ignored, notes)
        if not _has_key_and_line(places, columns):
            return
        if any(not _is_blank(value) for value in record.values()) and not _is_skipped(row, record, places, notes):
            yield attrs.evolve(row, cells=_cells(record, places))


def _places(
    table: str, headers: tuple[object, ...], columns: tuple[Column, ...], ignored: Iterable[str], notes: Notes
) -> tuple[_Place, ...]:
    texts = [header if isinstance(header, str) else "" for header in headers]
    by_key: dict[str, int] = {}
    for at, header in enumerate(texts):
        by_key.setdefault(header_key(header), at)
    places = []
    for column in columns:
        at = by_key.get(header_key(column.header), -1)
        if at < 0:
            listed = ", ".join(texts[:12]) + (", ..." if len(texts) > 12 else "")
            single = "; it has one column: is its delimiter another one?" if len(texts) == 1 else ""
            problem = f"the table has no column with this header{single}; its headers are: {listed[:400]}"
            notes.of_table(table, repr(column.header), problem, is_fault=True)
        else:
            places.append(_Place(column, texts[at], letter_of(at)))
    spoken_of = {header_key(column.header) for column in columns} | {header_key(header) for header in ignored}
    unread = [header for header in texts if header.strip() and header_key(header) not in spoken_of]
    for header in unread[:100]:
        notes.of_table(table, repr(header), "the column is not read; map it, or name it in ignored", is_fault=False)
    return tuple(places)


def _has_key_and_line(places: tuple[_Place, ...], columns: tuple[Column, ...]) -> bool:
    """Whether no column is missing without which each record would have the same fault."""
    present = {place.column.header for place in places}
    vital = [column for column in columns if column.field in ("contractor.id", "policy.line")]
    return bool(places) and all(column.header in present for column in vital)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


def _short(value: object) -> str:
    return type(value).__name__


def _is_skipped(row: Row, record: Mapping[str, object], places: tuple[_Place, ...], notes: Notes) -> bool:
    extra = cast("Mapping[object, object]", record).get(None)
    if isinstance(extra, list) and any(not _is_blank(value) for value in extra):
        problem = (
            "has more cells than there are headers, so that its cells may stand in wrong columns; quote its commas"
        )
        notes.fault(row, problem, value=f"{len(extra)} more")
        return True
    stated = [(place.header, str(value)) for place in places if not _is_blank(value := record.get(place.header))]
    if len(stated) > 1 and all(header_key(value) == header_key(header) for header, value in stated):
        notes.warn(row, "repeats the headers and is skipped")
        return True
    first = next((str(value).strip() for value in record.values() if not _is_blank(value)), "")
    if _TOTAL.fullmatch(first[:40]):
        notes.warn(row, "is a total, not a record, and is skipped", value=repr(first[:40]))
        return True
    return False


def _cells(record: Mapping[str, object], places: tuple[_Place, ...]) -> dict[tuple[str, Line | None], Cell]:
    cells = {}
    for place in places:
        readings = _readings(record.get(place.header), place.column)
        for field, reading in zip(place.column.fields, readings, strict=True):
            cells[field, place.column.line] = Cell(reading, place.header, place.letter, place.column)
    return cells


def _readings(value: object, column: Column) -> list[Reading[Any]]:
    if isinstance(value, str) and column.meanings:
        key = header_key(value)
        meaning = next((meaning for meaning in column.meanings if header_key(meaning.word) == key), None)
        value = meaning.means if meaning else value
    if not column.also:
        return [_read(value, column.field, column)]
    if _is_blank(value):
        return [absent(value) for _ in column.fields]
    parts = re.split(r"\s*/\s*", value.strip()) if isinstance(value, str) else [value]
    if len(parts) != len(column.fields):
        problem = f"holds {len(parts)} of {len(column.fields)} values, parted by a slash"
        return [unreadable(value, problem), *(Reading(Missing.UNREADABLE) for _ in column.also)]
    return [_read(part, field, column) for part, field in zip(parts, column.fields, strict=True)]


def _read(value: object, field: str, column: Column) -> Reading[Any]:
    reader = FIELDS[field].reader
    if reader == "day":
        if field == "policy.expiration" and isinstance(value, str) and readers.is_continuous(value):
            return read_as(CONTINUOUS, value)
        return readers.read_day(
            value, day_first=column.day_first, serials=cast("readers.Serials | None", column.serials)
        )
    if reader == "money":
        return readers.read_money(
            value,
            unit=cast("readers.Unit", column.unit),
            decimal_comma=column.decimal_comma,
            usual=_USUAL_OF.get(field, _USUAL),
        )
    reading: Reading[Any] = _PLAIN[reader](value)
    if field == "policy.naic" and reading.is_stated and not re.fullmatch(r"\d{5}", str(reading.value), re.ASCII):
        return unreadable(value, "is no NAIC number; it has five digits")
    return reading
