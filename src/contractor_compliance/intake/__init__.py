"""People's tables become values: tolerant readers, column mappings, faults and warnings by row and column."""

from contractor_compliance.intake.csv_text import CsvRow, CsvTable, read_csv
from contractor_compliance.intake.fields import FIELDS, Field
from contractor_compliance.intake.mapping import Column, ColumnMapping, Meaning
from contractor_compliance.intake.readers import (
    Reading,
    read_day,
    read_email,
    read_entity_type,
    read_identifier,
    read_line,
    read_money,
    read_name,
    read_state,
    read_states,
    read_tax_id,
    read_yes_no,
)
from contractor_compliance.intake.results import CellFault, IntakeResult
from contractor_compliance.intake.rows import from_rows
from contractor_compliance.intake.suggesting import Suggestion, suggest

__all__ = [
    "FIELDS",
    "CellFault",
    "Column",
    "ColumnMapping",
    "CsvRow",
    "CsvTable",
    "Field",
    "IntakeResult",
    "Meaning",
    "Reading",
    "Suggestion",
    "from_rows",
    "read_csv",
    "read_day",
    "read_email",
    "read_entity_type",
    "read_identifier",
    "read_line",
    "read_money",
    "read_name",
    "read_state",
    "read_states",
    "read_tax_id",
    "read_yes_no",
    "suggest",
]
