"""Rows become records: what the tables say of each contractor, assignment and policy, conflicts included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from contractor_compliance.domain import Line, Missing
from contractor_compliance.intake.readers import words
from contractor_compliance.intake.readers.reading import shown
from contractor_compliance.intake.tables import Cell, Notes, Row

__all__ = ["Record", "key_text", "policies_in"]

#: What shows that a row holds a policy of a line; an insurer or a word such as "active" alone does not.
_SUBSTANCE: Final = ("policy.number", "policy.effective", "policy.expiration", "policy.limit", "policy.aggregate")


def key_text(value: object) -> str:
    """Return a key with single spaces; the digits of a tax id."""
    reveal = getattr(value, "reveal", None)
    return str(reveal()) if reveal else " ".join(str(value).split())


@attrs.define
class Record:
    """What the rows say of one contractor, assignment or policy.

    Attributes:
        row: The first row that speaks of it.
        cells: The cells that count, by field.
        rows: The row of each of these cells.
        conflicts: Fields about which rows contradict each other; they have no value.
    """

    row: Row
    cells: dict[str, Cell] = attrs.Factory(dict)
    rows: dict[str, Row] = attrs.Factory(dict)
    conflicts: set[str] = attrs.Factory(set)

    def value(self, field: str) -> Any:
        """Return the value of a field; absent if no row states it, unreadable if none can be read or rows differ."""
        if field in self.conflicts:
            return Missing.UNREADABLE
        cell = self.cells.get(field)
        return cell.reading.value if cell else Missing.ABSENT

    def stated(self, field: str) -> Any:
        """Return the value of a field, or None if there is none."""
        value = self.value(field)
        return None if isinstance(value, Missing) else value

    def add(self, row: Row, kind: str, line: Line | None, notes: Notes) -> None:
        """Take over what a row says of fields of one kind: those of the line, and those of no line."""
        for (field, of_line), cell in row.cells.items():
            if not field.startswith(f"{kind}.") or of_line not in (None, line) or cell.is_blank:
                continue
            earlier = self.cells.get(field)
            if earlier is None or not earlier.reading.is_stated:
                self.cells[field], self.rows[field] = cell, row
            elif cell.reading.is_stated and not _is_same(earlier.reading.value, cell.reading.value):
                self.conflicts.add(field)
                before = self.rows[field]
                place = f"row {before.number}" if before.table == row.table else before.place
                value = "***" if field == "contractor.tax_id" else shown(str(cell.reading.value))
                problem = f"contradicts {place} in {field}; correct one of them. Neither is used"
                notes.fault(row, problem, cell=cell, value=value)


def _is_same(value: object, other: object) -> bool:
    if isinstance(value, str) and isinstance(other, str) and not isinstance(value, Line):
        return key_text(value).casefold() == key_text(other).casefold()
    return bool(value == other)


def policies_in(row: Row, notes: Notes) -> Iterator[Line]:
    """Yield the lines of which a row holds a policy."""
    if ("policy.line", None) in row.cells:
        yield from _line_of_long(row, notes)
        return
    by_line: dict[Line, list[tuple[str, Cell]]] = {}
    for (field, line), cell in row.cells.items():
        if line is not None and not cell.is_blank:
            by_line.setdefault(line, []).append((field, cell))
    for line, cells in by_line.items():
        if any(_is_substance(field) and cell.reading.is_stated for field, cell in cells):
            yield line
        else:
            problem = f"neither number, day nor limit of {line.label} is stated, so that no policy is made of it"
            notes.warn(row, problem, cell=cells[0][1])


def _line_of_long(row: Row, notes: Notes) -> Iterator[Line]:
    cell = row.cells["policy.line", None]
    if isinstance(cell.reading.value, Line):
        yield cell.reading.value
    elif cell.is_blank and any(
        field.startswith("policy.") and not other.is_blank for (field, _), other in row.cells.items()
    ):
        notes.fault(row, "no line of insurance is stated, so that the policy is left out; write the line", cell=cell)
    elif cell.is_blank and row.table == "policies":
        notes.fault(row, "states no policy; write its line", cell=cell)


def _is_substance(field: str) -> bool:
    return field in _SUBSTANCE or field.startswith("policy.limits.")


def look_alike(name: str) -> str:
    """Return a name as look-alikes are compared: letters and digits alone."""
    return words(name)
