"""What came out of people's tables: dossiers, and what could not be read or deserves a look, cell by cell."""

from __future__ import annotations

from typing import Final

import attrs

from contractor_compliance.domain import Dossier
from contractor_compliance.errors import Fault

__all__ = ["CellFault", "IntakeResult", "letter_of"]

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letter_of(index: int) -> str:
    """Return the letter of a column as spreadsheets show it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = _ALPHABET[rest] + letters
    return letters


@attrs.frozen(kw_only=True)
class CellFault(Fault):
    """A fault, or a warning, with the cell where it stands.

    Attributes:
        path: The place in words, such as `policies, row 3, column D (Exp. date)`.
        value: What stood there; `***` for a tax id.
        problem: What is wrong with it and how to correct it.
        table: The table: contractors, assignments or policies.
        row: Number of the record, 1 for the first below the headers, blank ones counted; None = the whole table.
        line: Physical line of a text file on which the record ends, where it is known.
        column: The header, or None for the whole record.
        letter: The letter of the column as spreadsheets show it.

    Example:
        >>> from contractor_compliance.intake import CellFault
        >>> fault = CellFault(path="policies, row 3", value="'GI'", problem="is not a line", table="policies", row=3)
        >>> print(fault)
        policies, row 3 = 'GI': is not a line
    """

    table: str
    row: int | None = None
    line: int | None = None
    column: str | None = None
    letter: str | None = None


@attrs.frozen(kw_only=True)
class IntakeResult:
    """What came out of people's tables.

    Attributes:
        dossiers: A dossier for each contractor that could be read, in the order of the tables.
        faults: Where no value came out. A field that could not be read is unreadable or left out; a record without
            its key, its name, its line or its start is left out.
        warnings: Where a value came out that deserves a look, and what was left unread.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Company
        >>> from contractor_compliance.intake import ColumnMapping, from_rows
        >>> company = Company(id="acme", name="Acme Sample Staffing Inc")
        >>> from_rows(ColumnMapping(), company=company, observed_on=date(2026, 6, 1)).dossiers
        ()
    """

    dossiers: tuple[Dossier, ...]
    faults: tuple[CellFault, ...]
    warnings: tuple[CellFault, ...]
