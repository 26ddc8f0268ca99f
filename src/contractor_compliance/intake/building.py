"""Records become values of the domain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from contractor_compliance import domain
from contractor_compliance.domain import LimitKind, Line, Missing, StateListKind
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.intake.mapping import ColumnMapping
from contractor_compliance.intake.records import Record
from contractor_compliance.intake.tables import CONTINUOUS, Cell, Notes

__all__ = ["assignment_of", "client_of", "contractor_of", "policy_of"]

_AMOUNTS: Final = tuple(f"policy.limits.{kind.value}" for kind in LimitKind)
#: Which limit the one "Limit" of a line is, and which its aggregate.
_LIMIT_OF: Final[Mapping[Line, LimitKind]] = {
    Line.GL: LimitKind.EACH_OCCURRENCE,
    Line.UMBRELLA: LimitKind.EACH_OCCURRENCE,
    Line.EXCESS: LimitKind.EACH_OCCURRENCE,
    Line.AUTO: LimitKind.COMBINED_SINGLE_LIMIT,
    Line.PERSONAL_AUTO: LimitKind.COMBINED_SINGLE_LIMIT,
    Line.WC: LimitKind.EL_EACH_ACCIDENT,
    Line.EL: LimitKind.EL_EACH_ACCIDENT,
    Line.STOP_GAP: LimitKind.EL_EACH_ACCIDENT,
    Line.SURETY_BOND: LimitKind.PENAL_SUM,
}
_ENDED: Final = re.compile(r"cancel|\bnoc\b|terminated|rescind|\bvoid|lapsed", re.IGNORECASE)
_NOT_ENDED: Final = re.compile(r"\bnot cancel|\bnot lapsed|reinstat|rescinded? cancel", re.IGNORECASE)


def contractor_of(record: Record, contractor_id: str, notes: Notes) -> domain.Contractor | None:
    """Return the contractor, or None, with a fault, if it has no name."""
    name = record.stated("contractor.legal_name")
    parts = [record.stated(f"contractor.{part}_name") for part in ("first", "last")]
    if name is None and all(parts):
        name = " ".join(parts)
    if name is None:
        notes.fault(
            record.row, "has no legal name that can be read, so that the contractor is left out", value="nothing"
        )
        return None
    state, city = record.stated("contractor.state"), record.stated("contractor.city")
    if city and not state:
        notes.warn(
            record.row, "the city is left out, because no state is read beside it", cell=record.cells["contractor.city"]
        )
    trade_name = record.stated("contractor.trade_name")
    employees = record.value("contractor.has_employees")
    return domain.Contractor(
        id=contractor_id,
        legal_name=name,
        entity_type=record.stated("contractor.entity_type") or domain.EntityType.OTHER,
        trade_names=(trade_name,) if trade_name else (),
        tax_id=record.stated("contractor.tax_id"),
        home_address=domain.Address(state=state, locality=city) if state else None,
        email=record.stated("contractor.email"),
        phone=record.stated("contractor.phone"),
        has_employees=employees,
    )


def client_of(record: Record) -> domain.Client | None:
    """Return the client of an assignment, if the record names one; its name is its id."""
    name = record.stated("assignment.client")
    return domain.Client(id=name, name=name) if name else None


def assignment_of(record: Record, assignment_id: str, client_id: str | None, notes: Notes) -> domain.Assignment | None:
    """Return the assignment, or None, with a fault, if it has no start or its days contradict each other."""
    start = record.value("assignment.start")
    if isinstance(start, Missing):
        if start is Missing.ABSENT:
            notes.fault(record.row, "has no start, so that the assignment is left out; write its first worked day")
        return None
    states = record.stated("assignment.states")
    if states is not None and states.kind is not StateListKind.LISTED:
        cell = record.cells["assignment.states"]
        notes.fault(record.row, "does not name the states of the work; list them, as in TX, OK", cell=cell)
        states = None
    try:
        return domain.Assignment(
            id=assignment_id,
            start=start,
            end=record.stated("assignment.end"),
            client_id=client_id,
            title=record.stated("assignment.title"),
            work_states=states.states if states else frozenset(),
            remote=bool(record.stated("assignment.remote")),
            purchase_order=record.stated("assignment.purchase_order"),
        )
    except InvalidValueError as error:
        for fault in error.faults:
            notes.fault(record.row, f"{fault.path[2:]} {fault.problem}; the assignment is left out", value=fault.value)
        return None


def policy_of(
    record: Record, policy_id: str, line: Line, mapping: ColumnMapping, observed_on: date, notes: Notes
) -> domain.Policy:
    """Return the policy: one statement of each group of facts, all with the evidence of the row."""
    evidence = domain.Evidence(
        level=mapping.level,
        observed_on=record.stated("policy.observed_on") or observed_on,
        document=mapping.document,
    )
    number, carrier, naic = (record.stated(f"policy.{field}") for field in ("number", "carrier", "naic"))
    identification = domain.PolicyIdentification(
        number=number, carrier_name=carrier, carrier_naic=naic, evidence=evidence
    )
    insured = record.stated("policy.insured")
    limits = _limits(record, line, evidence)
    term = _term(record, line, evidence, notes)
    return domain.Policy(
        id=policy_id,
        line=line,
        identifications=(identification,) if number or carrier or naic else (),
        insured=(domain.Insured(name=insured, evidence=evidence),) if insured else (),
        terms=(term,) if term else (),
        cancellations=_cancellations(record, evidence, notes),
        limits=(limits,) if limits else (),
        states=_states(record, line, evidence, notes),
    )


def _term(record: Record, line: Line, evidence: domain.Evidence, notes: Notes) -> domain.Term | None:
    effective, expiration = record.value("policy.effective"), record.value("policy.expiration")
    if expiration == CONTINUOUS:
        cell = record.cells["policy.expiration"]
        if line == Line.SURETY_BOND or cell.column.continuous:
            return domain.Term(effective=effective, continuous=True, evidence=evidence)
        problem = (
            f"a policy of {line.label} has a day on which it ends; write it, or say continuous=True for the column"
        )
        notes.fault(record.rows["policy.expiration"], problem, cell=cell, value=CONTINUOUS)
        expiration = Missing.UNREADABLE
    if effective is Missing.ABSENT and expiration is Missing.ABSENT:
        return None
    if isinstance(effective, date) and isinstance(expiration, date) and expiration <= effective:
        cell = record.cells["policy.expiration"]
        problem = f"is not after the effective date, {effective}; neither of the two days is used"
        notes.fault(record.rows["policy.expiration"], problem, cell=cell, value=str(expiration))
        effective = expiration = Missing.UNREADABLE
    return domain.Term(effective=effective, expiration=expiration, evidence=evidence)


def _cancellations(record: Record, evidence: domain.Evidence, notes: Notes) -> tuple[domain.Cancellation, ...]:
    day = record.value("policy.cancelled")
    if day is not Missing.ABSENT:
        return (domain.Cancellation(effective=day, evidence=evidence),)
    status = record.stated("policy.status")
    if status and _ENDED.search(status) and not _NOT_ENDED.search(status):
        cell = record.cells["policy.status"]
        problem = "speaks of a cancellation and no day is stated; from when the policy was cancelled is not known"
        notes.warn(record.rows["policy.status"], problem, cell=cell, value=repr(status))
        return (domain.Cancellation(evidence=evidence),)
    return ()


def _limits(record: Record, line: Line, evidence: domain.Evidence) -> domain.Limits | None:
    amounts: dict[str, Any] = {}
    for field in (*_AMOUNTS, "policy.limit", "policy.aggregate", "policy.retention"):
        value = record.value(field)
        if value is Missing.ABSENT:
            continue
        name = _limit_name(field, line)
        # A limit under its own name counts before the table's one limit of the line.
        amounts.setdefault(name, value)
    return domain.Limits(**amounts, evidence=evidence) if amounts else None


def _limit_name(field: str, line: Line) -> str:
    if field == "policy.limit":
        return str(_LIMIT_OF.get(line, LimitKind.EACH_CLAIM).value)
    if field == "policy.aggregate":
        return str((LimitKind.GENERAL_AGGREGATE if line == Line.GL else LimitKind.AGGREGATE).value)
    return field.rpartition(".")[2]


def _states(record: Record, line: Line, evidence: domain.Evidence, notes: Notes) -> tuple[domain.StatesCovered, ...]:
    listed, other = record.value("policy.states"), record.value("policy.other_states")
    if listed is Missing.ABSENT and other is Missing.ABSENT:
        return ()
    if line not in (Line.WC, Line.EL):
        cell: Cell = record.cells.get("policy.states") or record.cells["policy.other_states"]
        notes.warn(record.row, "states are left out: only workers' compensation lists them", cell=cell)
        return ()
    return (domain.StatesCovered(item_3a=listed, item_3c=other, evidence=evidence),)
