"""Rows of tables become dossiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import attrs

from contractor_compliance.domain import Assignment, Client, Company, Contractor, Dossier, Line, Missing, Policy
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.intake.building import assignment_of, client_of, contractor_of, policy_of
from contractor_compliance.intake.mapping import ColumnMapping
from contractor_compliance.intake.records import Record, key_text, look_alike, policies_in
from contractor_compliance.intake.results import IntakeResult
from contractor_compliance.intake.tables import Cell, Notes, Row, rows_of

__all__ = ["from_rows"]

#: Rows as the csv module, frames and JSON give them: a value for each header.
Rows = Iterable[Mapping[str, object]]


@attrs.define
class _Party:
    """A contractor with the records of its assignments and policies, by id."""

    record: Record
    key: str
    assignments: dict[str, Record] = attrs.Factory(dict)
    policies: dict[str, tuple[Line, Record]] = attrs.Factory(dict)


@attrs.define
class _Intake:
    """One run over the tables."""

    mapping: ColumnMapping
    has_contractors: bool
    notes: Notes = attrs.Factory(Notes)
    parties: dict[str, _Party] = attrs.Factory(dict)
    owners: dict[tuple[str, str], str] = attrs.Factory(dict)

    def take(self, row: Row) -> None:
        """Take over what one row says."""
        for cell in row.cells.values():
            self.notes.of_cell(row, cell)
        party = self._party(row)
        if party is None:
            return
        party.record.add(row, "contractor", None, self.notes)
        self._take_assignment(row, party)
        for line in policies_in(row, self.notes):
            self._take_policy(row, party, line)

    def _party(self, row: Row) -> _Party | None:
        value, cell = self._key(row)
        if value is None:
            if cell is None or cell.is_blank:
                self.notes.fault(row, f"has no {self.mapping.key}, the key, so that the row is left out", cell=cell)
            else:
                self.notes.fault(row, "the row is left out, because its key cannot be read", cell=cell)
            return None
        key = key_text(value)
        key = key if self.mapping.key in ("contractor.id", "contractor.tax_id") else key.casefold()
        party = self.parties.get(key)
        is_home = row.table == "contractors" or not self.has_contractors
        if party is None and is_home:
            party = self.parties[key] = _Party(Record(row), key)
        elif party is None:
            problem = "no contractor in the table of contractors has this key, so that the row is left out"
            shown = "***" if self.mapping.key == "contractor.tax_id" else repr(value)
            self.notes.fault(row, problem, cell=cell, value=shown)
        elif row.table == "contractors":
            self.notes.warn(row, f"is of the same contractor as row {party.record.row.number} and is merged with it")
        return party

    def _key(self, row: Row) -> tuple[Any, Cell | None]:
        cell = row.cells.get((self.mapping.key, None))
        if cell is not None and not (cell.is_blank and self.mapping.key == "contractor.legal_name"):
            return (cell.reading.value if cell.reading.is_stated else None), cell
        if self.mapping.key != "contractor.legal_name":
            return None, cell
        cells = [row.cells.get((f"contractor.{part}_name", None)) for part in ("first", "last")]
        if any(part is None or not part.reading.is_stated for part in cells):
            return None, cell or cells[1]
        return " ".join(str(part.reading.value) for part in cells if part), cells[1]

    def _take_assignment(self, row: Row, party: _Party) -> None:
        cells = {field: cell for (field, _), cell in row.cells.items() if field.startswith("assignment.")}
        if not cells or (row.table != "assignments" and all(cell.is_blank for cell in cells.values())):
            return
        record_id = self._id("assignment", row, cells.get("assignment.id"))
        if record_id is not None and self._is_owner("assignment", record_id, row, party):
            record = party.assignments.setdefault(record_id, Record(row))
            self._take(record, row, "assignment", None)

    def _take_policy(self, row: Row, party: _Party, line: Line) -> None:
        record_id = self._id("policy", row, row.cells.get(("policy.id", line)) or row.cells.get(("policy.id", None)))
        if record_id is None:
            return
        if ("policy.line", None) not in row.cells and ("policy.id", line) not in row.cells:
            record_id = f"{record_id}-{line}"  # one row, several lines
        if self._is_owner("policy", record_id, row, party):
            _, record = party.policies.setdefault(record_id, (line, Record(row)))
            self._take(record, row, "policy", line)

    def _take(self, record: Record, row: Row, kind: str, line: Line | None) -> None:
        if record.row is not row:
            place = f"row {record.row.number}" if record.row.table == row.table else record.row.place
            self.notes.warn(row, f"has the same id of the {kind} as {place} and is merged with it")
        record.add(row, kind, line, self.notes)

    def _id(self, kind: str, row: Row, cell: Cell | None) -> str | None:
        if cell is None or cell.is_blank:
            return f"{row.table}-{row.number}"
        if cell.reading.is_stated:
            return str(cell.reading.value)
        self.notes.fault(row, f"the {kind} is left out, because its id cannot be read", cell=cell)
        return None

    def _is_owner(self, kind: str, record_id: str, row: Row, party: _Party) -> bool:
        owner = self.owners.setdefault((kind, record_id), party.key)
        if owner == party.key:
            return True
        place = self.parties[owner].record.row.place
        problem = f"this id belongs to the contractor of {place}; the {kind} of this row is left out"
        self.notes.fault(row, problem, value=repr(record_id))
        return False

    def dossiers(self, company: Company, observed_on: date) -> Iterable[Dossier]:
        """Yield the dossier of each contractor that can be built."""
        seen: dict[str, Row] = {}
        for party in self.parties.values():
            contractor = contractor_of(party.record, self._contractor_id(party), self.notes)
            if contractor is None:
                continue
            twin = seen.setdefault(look_alike(contractor.legal_name), party.record.row)
            if twin is not party.record.row:
                problem = (
                    f"has the name of the contractor of {twin.place} and another key; if they are one, give them one"
                )
                self.notes.warn(party.record.row, problem, value=repr(contractor.legal_name))
            yield from self._dossier(party, contractor, company, observed_on)

    def _contractor_id(self, party: _Party) -> str:
        for field in ("contractor.id", self.mapping.key):
            value = party.record.value(field)
            if not isinstance(value, Missing) and field != "contractor.tax_id":
                return str(value)
        if self.mapping.key == "contractor.legal_name":
            return " ".join(party.key.split())
        return f"{party.record.row.table}-{party.record.row.number}"

    def _dossier(self, party: _Party, contractor: Contractor, company: Company, observed_on: date) -> Iterable[Dossier]:
        clients: dict[str, Client] = {}
        assignments: list[Assignment] = []
        for record_id, record in party.assignments.items():
            client = client_of(record)
            if client is not None:
                client = clients.setdefault(client.name.casefold(), client)
            assignment = assignment_of(record, record_id, client.id if client else None, self.notes)
            if assignment is not None:
                assignments.append(assignment)
        used = {assignment.client_id for assignment in assignments}
        try:
            yield Dossier(
                company=company,
                contractor=contractor,
                clients=tuple(client for client in clients.values() if client.id in used),
                assignments=tuple(assignments),
                policies=tuple(self._policies(party, observed_on)),
            )
        except InvalidValueError as error:
            for fault in error.faults:
                self.notes.fault(party.record.row, f"{fault.problem}; the contractor is left out", value=fault.value)

    def _policies(self, party: _Party, observed_on: date) -> Iterable[Policy]:
        for record_id, (line, record) in party.policies.items():
            if "policy.line" in record.conflicts:
                self.notes.fault(
                    record.row, "the policy is left out, because rows differ about its line", value=record_id
                )
                continue
            yield policy_of(record, record_id, line, self.mapping, observed_on, self.notes)


def from_rows(
    mapping: ColumnMapping,
    *,
    company: Company,
    observed_on: date,
    contractors: Rows | None = None,
    assignments: Rows | None = None,
    policies: Rows | None = None,
) -> IntakeResult:
    """Return the dossiers that the rows of people's tables hold, and what could not be read or deserves a look.

    A row is a mapping of headers to cells, as `read_csv`, `csv.DictReader` and frames give it. Rows are taken one by
    one. Where a table of contractors is given, the other tables add to its contractors and make none.

    Rows are merged only where the key, or an id of the host, is the same; where such rows differ, both rows and the
    field are a fault, and the field has no value. A cell that cannot be read makes its field unreadable and keeps the
    record; without its key, name, line or start a record is left out. A policy without an id of the host's is known by
    its table and row.

    Args:
        mapping: What the columns mean.
        company: The company whose contractors they are.
        observed_on: The day as of which the tables speak, for rows without a `policy.observed_on`.
        contractors: Rows of the table of contractors, if there is one.
        assignments: Rows of the table of assignments.
        policies: Rows of the table of policies.

    Raises:
        InvalidValueError: If rows are given for which the mapping has no columns.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Company
        >>> from contractor_compliance.intake import Column, ColumnMapping, from_rows
        >>> mapping = ColumnMapping(
        ...     key="contractor.legal_name",
        ...     policies=(
        ...         Column(header="Vendor", field="contractor.legal_name"),
        ...         Column(header="Coverage", field="policy.line"),
        ...         Column(header="Expires", field="policy.expiration", day_first=False),
        ...     ),
        ... )
        >>> rows = [
        ...     {"Vendor": "Sample Rigging LLC", "Coverage": "GL", "Expires": "04/01/2027"},
        ...     {"Vendor": "sample rigging llc", "Coverage": "Comp", "Expires": "04/01/2027"},
        ... ]
        >>> company = Company(id="acme", name="Acme Sample Staffing Inc")
        >>> result = from_rows(mapping, company=company, observed_on=date(2026, 6, 1), policies=rows)
        >>> [policy.line.label for policy in result.dossiers[0].policies]
        ['general liability']
        >>> print(result.faults[0])
        policies, row 2, column B (Coverage) = 'Comp': may be workers' compensation or comprehensive cover of ...
    """
    intake = _Intake(mapping, contractors is not None)
    for table, rows in (("contractors", contractors), ("assignments", assignments), ("policies", policies)):
        columns = getattr(mapping, table)
        if rows is None:
            continue
        if not columns:
            raise InvalidValueError(
                "ColumnMapping", (Fault(f"$.{table}", "nothing", "rows are given and no column is mapped"),)
            )
        for row in rows_of(table, rows, columns, mapping.ignored, intake.notes):
            intake.take(row)
    dossiers = tuple(intake.dossiers(company, observed_on))
    return IntakeResult(dossiers=dossiers, faults=tuple(intake.notes.faults), warnings=tuple(intake.notes.warnings))
