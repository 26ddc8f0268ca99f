"""Conversions between records and rows: a value is read from its document, the typed columns are for SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from contractor_compliance.domain import Assignment, Contractor, Policy, ReasonCode, Value
from contractor_compliance.errors import DocumentError
from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.serialization import RECORD_VERSION, read_record, write_record
from contractor_compliance.storage.answers import Record, Unreadable
from contractor_compliance.storage.changes import VALUES, Key
from contractor_compliance.storage.search import active_days, insurers_of, sort_key, words_of, work_states_of
from contractor_compliance.storage.sql.columns import COLUMNS, carrier_key

__all__ = ["insurer_rows", "record_of", "record_row", "standing_of", "standing_row", "word_rows", "work_rows"]


def record_row(company_id: str, record: Record) -> tuple[Any, ...]:
    """Return the row of a history table for a record whose content is a value."""
    key = record.key
    ids = (company_id, key.id) if key.contractor_id is None else (company_id, key.contractor_id, key.id)
    value = record.content
    return (
        *ids,
        record.version,
        record.recorded_at,
        record.superseded_at,
        RECORD_VERSION,
        write_record(value),
        *(column.read(value) for column in COLUMNS[key.kind]),
    )


def record_of(
    key: Key, version: int, recorded_at: datetime, superseded_at: datetime | None, format_: int, document: str
) -> Record:
    """Return the record of a row; a document that cannot be read becomes `Unreadable` (promise 23)."""
    content: Value | Unreadable
    try:
        content = read_record(document, VALUES[key.kind], format_)
    except DocumentError as error:
        content = Unreadable(key, "; ".join(map(str, error.faults)))
    return Record(key, version, recorded_at, superseded_at, content)


def word_rows(company_id: str, contractor: Contractor) -> list[tuple[Any, ...]]:
    """Return the rows of the words by which a contractor is found."""
    return [(company_id, contractor.id, word) for word in words_of(contractor)]


def insurer_rows(company_id: str, contractor_id: str, policies: Iterable[Policy]) -> list[tuple[Any, ...]]:
    """Return the rows of the insurers by which a contractor is found: each that any source states of a policy."""
    stated = [insurers_of(policy) for policy in policies]
    insurers = {naic for naics, _ in stated for naic in naics}
    insurers |= {carrier_key(name) for _, names in stated for name in names}
    return [(company_id, contractor_id, insurer) for insurer in sorted(insurers)]


def work_rows(company_id: str, contractor: Contractor, assignments: Iterable[Assignment]) -> list[tuple[Any, ...]]:
    """Return the rows of the work by which a contractor is found: one for each state of each assignment."""
    rows: list[tuple[Any, ...]] = []
    name = sort_key(contractor.legal_name)
    for assignment in assignments:
        days = active_days(assignment) or (None, None)
        states = sorted(state.value for state in work_states_of(assignment, contractor)) or [""]
        codes = (assignment.job_code_id, assignment.client_id)
        rows += [(company_id, contractor.id, assignment.id, state, *codes, *days, name) for state in states]
    return rows


def standing_row(company_id: str, row: StandingRow, since: int, until: int | None, sort_name: str) -> tuple[Any, ...]:
    """Return the row of the table of standings for a row of a standing."""
    return (
        company_id,
        row.contractor_id,
        since,
        until,
        row.start,
        row.end,
        row.verdict.value,
        row.insurance_status.value,
        row.worst_requirement,
        ",".join(reason.value for reason in row.reasons),
        row.rulebook_id,
        row.rulebook_version,
        sort_name,
    )


def standing_of(contractor_id: str, columns: Sequence[Any]) -> StandingRow | None:
    """Return the row of a standing from columns of the table; None if these are null."""
    start, end, verdict, insurance, worst, reasons, rulebook_id, rulebook_version = columns
    if start is None:
        return None
    return StandingRow(
        contractor_id=contractor_id,
        start=start,
        end=end,
        verdict=Verdict(verdict),
        insurance_status=InsuranceStatus(insurance),
        worst_requirement=worst,
        reasons=tuple(ReasonCode(code) for code in reasons.split(",") if code),
        rulebook_id=rulebook_id,
        rulebook_version=rulebook_version,
    )
