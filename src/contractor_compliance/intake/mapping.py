"""Which column of a table is read into which field, as data that can be saved."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated, Final

import attrs

from contractor_compliance.domain import EvidenceLevel, Line
from contractor_compliance.domain.evidence import DocumentCode
from contractor_compliance.domain.value import Matches, Text, Value, repeated
from contractor_compliance.errors import Fault
from contractor_compliance.intake.fields import FIELDS

__all__ = ["Column", "ColumnMapping", "Meaning", "header_key"]

#: The tables that a mapping may speak of.
TABLES: Final = ("contractors", "assignments", "policies")
_KEYS: Final = "contractor\\.(id|legal_name|email|tax_id)"


def header_key(header: str) -> str:
    """Return a header as it is compared: trimmed, with single spaces, without case."""
    return " ".join(header.replace("\ufeff", "").split()).casefold()


@attrs.frozen(kw_only=True)
class Meaning(Value):
    """What a word of the host's own means, in words that the reader of its column knows.

    Attributes:
        word: The word as cells write it; case and spaces around it do not matter.
        means: What is read in its place; None = the cell is blank.

    Example:
        >>> from contractor_compliance.intake import Column
        >>> Column(header="Type", field="policy.line", meanings=(Meaning(word="3", means="GL"),)).meanings[0].means
        'GL'
    """

    word: Text
    means: Text | None = None


@attrs.frozen(kw_only=True)
class Column(Value):
    """One column of a table, the field that it is read into, and how.

    Attributes:
        header: The header as the table writes it; case and spaces do not matter.
        field: The field, one of `FIELDS`.
        also: Fields of the further values in a cell, in their order: of `1M/2M` and the like, parted by a slash.
        line: The line that the column speaks of, in a table with one row for each contractor.
        day_first: Days in digits: whether the day comes before the month; None = only what is read in one way.
        serials: Serial numbers of a spreadsheet: `1900` or `1904`; None = numbers are no days.
        continuous: Days: `continuous` and `until cancelled` mean a term without an end, whatever the line.
        unit: Amounts: what a bare number counts, `dollars`, `thousands` or `millions`.
        decimal_comma: Amounts: whether the comma parts the cents.
        meanings: What words of the host's own mean.

    Example:
        >>> from contractor_compliance.domain import Line
        >>> Column(header="GL Exp.", field="policy.expiration", line=Line.GL, day_first=False).unit
        'dollars'
        >>> Column(header="Exp.", field="policy.expiry")
        Traceback (most recent call last):
        contractor_compliance.errors.InvalidValueError: Column is not valid:
          $.field = 'policy.expiry': is no field (nearest: ...policy.expiration...); the reference page lists them
    """

    header: Text
    field: Text
    also: tuple[Text, ...] = ()
    line: Line | None = None
    day_first: bool | None = None
    serials: Annotated[str, Matches("1900|1904", "must be 1900 or 1904")] | None = None
    continuous: bool = False
    unit: Annotated[str, Matches("dollars|thousands|millions", "must be dollars, thousands or millions")] = "dollars"
    decimal_comma: bool = False
    meanings: tuple[Meaning, ...] = ()

    def _faults(self) -> Iterator[Fault]:
        for path, name in (("$.field", self.field), *((f"$.also[{at}]", name) for at, name in enumerate(self.also))):
            if name not in FIELDS:
                close = ", ".join(difflib.get_close_matches(name[:60], FIELDS, n=3, cutoff=0.5))
                near = f" (nearest: {close})" if close else ""
                yield Fault(path, repr(name), f"is no field{near}; the reference page lists them")
            elif self.line is not None and FIELDS[name].kind != "policy":
                yield Fault("$.line", str(self.line), f"only fields of policies have a line, and {name} is none")
        if self.line is not None and self.field == "policy.line":
            yield Fault("$.line", str(self.line), "the column itself says the line; leave line out")
        yield from repeated(self.meanings, "meanings", lambda meaning: header_key(meaning.word))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the values in a cell, in their order."""
        return (self.field, *self.also)


@attrs.frozen(kw_only=True)
class ColumnMapping(Value):
    """What the columns of people's tables mean.

    Each table may hold fields of several kinds: a list of policies may also name the contractors, and a list of
    contractors may have a set of columns for each line. Rows of one contractor are joined by the key.

    Attributes:
        contractors: Columns of the table of contractors.
        assignments: Columns of the table of assignments.
        policies: Columns of the table of policies.
        key: The field that says which rows are of one contractor: its id, or, where the tables have none,
            `contractor.legal_name` (trimmed, single spaces, without case), `contractor.email` or `contractor.tax_id`.
        level: How strong the tables are as evidence.
        document: What the source is, such as `acord_25`.
        ignored: Headers that are left unread on purpose; of others the result says that they were not read.

    Example:
        >>> from contractor_compliance.intake import Column
        >>> mapping = ColumnMapping(contractors=(Column(header="Name", field="contractor.legal_name"),))
        Traceback (most recent call last):
        contractor_compliance.errors.InvalidValueError: ColumnMapping is not valid:
          $.contractors = nothing: no column is read into contractor.id, the key; add one, or name another key
    """

    contractors: tuple[Column, ...] = ()
    assignments: tuple[Column, ...] = ()
    policies: tuple[Column, ...] = ()
    key: Annotated[str, Matches(_KEYS, "must be contractor.id, .legal_name, .email or .tax_id")] = "contractor.id"
    level: EvidenceLevel = EvidenceLevel.DECLARED
    document: DocumentCode | None = None
    ignored: tuple[Text, ...] = ()

    def _faults(self) -> Iterator[Fault]:
        for table in TABLES:
            columns: tuple[Column, ...] = getattr(self, table)
            if columns:
                yield from repeated(columns, table, lambda column: header_key(column.header))
                yield from self._of_table(table, columns)

    def _of_table(self, table: str, columns: tuple[Column, ...]) -> Iterator[Fault]:
        places = [(field, column.line) for column in columns for field in column.fields]
        fields = {field for field, _ in places}
        names = {"contractor.first_name", "contractor.last_name"}
        if self.key not in fields and not (self.key == "contractor.legal_name" and names <= fields):
            problem = f"no column is read into {self.key}, the key; add one, or name another key"
            yield Fault(f"$.{table}", "nothing", problem)
        for place in sorted({place for place in places if places.count(place) > 1}, key=str):
            yield Fault(f"$.{table}", repr(place[0]), "two columns are read into it; keep one of them")
        is_wide = any(column.line is not None for column in columns)
        if is_wide and "policy.line" in fields:
            yield Fault(f"$.{table}", "policy.line", "columns of single lines stand beside a column that says the line")
        elif not is_wide and "policy.line" not in fields and any(field.startswith("policy.") for field in fields):
            problem = "no column says of which line the policies are; add one, or give the columns their line"
            yield Fault(f"$.{table}", "policy", problem)
        if any(field.startswith("assignment.") for field in fields) and "assignment.start" not in fields:
            yield Fault(f"$.{table}", "assignment", "no column is read into assignment.start, which each one needs")
