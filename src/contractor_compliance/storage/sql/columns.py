"""The typed columns of each kind beside its document, and the part of a value that each holds.

A value is read from its document, which has every source's statement of every fact. The columns serve filters, joins
and reports. If several sources state a fact, a column holds the statement of the strongest source, and of equally
strong ones the latest. Document and columns are written by one statement and never changed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from operator import attrgetter
from typing import Any

import attrs
from sqlalchemy import BigInteger, Boolean, Date
from sqlalchemy.types import TypeEngine

from contractor_compliance.domain import (
    ApplicationStep,
    AssignmentGate,
    Carrier,
    CarrierStatus,
    Certificate,
    Contractor,
    EnrollmentState,
    EntityType,
    ExemptionKind,
    Industry,
    InsuredCapacity,
    JobCodeStatus,
    LimitKind,
    Limits,
    Member,
    MemberState,
    Missing,
    Payer,
    Policy,
    PolicyIdentification,
    ReviewStatus,
    State,
    Subject,
    Term,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.domain.names import normal_name
from contractor_compliance.storage.changes import Kind, text_hash
from contractor_compliance.storage.search import email_key, name_of, sort_key
from contractor_compliance.storage.sql.types import Instant, PlainText, clamp_integer, exact_text

__all__ = ["COLUMNS", "TypedColumn", "carrier_key", "subject_key"]


@attrs.frozen
class TypedColumn:
    """One typed column of a history.

    Attributes:
        name: The name of the column.
        type: Makes the SQL type.
        read: Returns the content of the column for a value.
        codes: The codes that the database allows; empty = any value of the type.
    """

    name: str
    type: Callable[[], TypeEngine[Any]]
    read: Callable[[Any], Any]
    codes: tuple[str, ...] = ()


def subject_key(subject: Subject) -> str:
    """Return the digest of a subject, which fits an index whatever the length of its parts."""
    return text_hash(f"{len(subject.issuer)}:{subject.issuer}{subject.subject}")


def carrier_key(normalized: str) -> str:
    """Return the digest of a normalized name, which fits an index whatever the length of the name."""
    return text_hash(normalized)


def _text(name: str, read: Callable[[Any], str | None]) -> TypedColumn:
    return TypedColumn(name, exact_text, read)


def _day(name: str, read: Callable[[Any], date | None]) -> TypedColumn:
    return TypedColumn(name, Date, read)


def _flag(name: str) -> TypedColumn:
    return TypedColumn(name, Boolean, lambda value: getattr(value, name))


def _field(name: str, make: Callable[..., TypedColumn] = _text) -> TypedColumn:
    """Return the column that holds a field of the value as it is."""
    return make(name, lambda value: getattr(value, name))


def _code(name: str, codes: type[Enum], read: Callable[[Any], Enum | None] | None = None) -> TypedColumn:
    """Return the column that holds the code of an enum, or null if the fact is missing."""

    def code(value: Any) -> str | None:
        member = getattr(value, name) if read is None else read(value)
        return None if member is None or isinstance(member, Missing) else str(member.value)

    return TypedColumn(name, exact_text, code, tuple(member.value for member in codes))


def _strongest(statements: Sequence[Any]) -> Any:
    """Return the strongest statement, of equally strong ones the latest, of these the first; None without any."""
    if len(statements) == 1:
        return statements[0]
    return max(
        statements, key=lambda statement: (statement.evidence.level.rank, statement.evidence.observed_on), default=None
    )


def _amount(kind: LimitKind) -> TypedColumn:
    name = kind.value

    def cents(policy: Policy) -> int | None:
        limits: Limits | None = _strongest(policy.limits)
        stated = None if limits is None else getattr(limits, name)
        if limits is not None and limits.products_in_general_aggregate:
            stated = limits.stated(kind)  # a limit that is part of another has no amount of its own
        return clamp_integer(stated) if type(stated) is int else None

    return TypedColumn(f"{name}_cents", BigInteger, cents)


def _term_day(name: str) -> TypedColumn:
    def day(value: Any) -> date | None:
        term: Term | None = _strongest(value.terms)
        stated = None if term is None else getattr(term, name)
        return None if isinstance(stated, Missing) else stated

    return _day(name, day)


def _is_continuous(value: Any) -> bool:
    term: Term | None = _strongest(value.terms)
    return term is not None and term.continuous


def _unreadable(value: Any) -> str:
    """Return the names of the columns whose facts are stated but illegible, joined by commas.

    A column that is null and not among them is absent: its source does not state the fact.
    """
    columns = []
    term: Term | None = _strongest(value.terms)
    if term is not None:
        columns += [name for name in ("effective", "expiration") if getattr(term, name) is Missing.UNREADABLE]
    limits: Limits | None = _strongest(getattr(value, "limits", ()))
    if limits is not None and Missing.UNREADABLE in _statements(limits):
        columns += [f"{kind.value}_cents" for kind in LimitKind if limits.stated(kind) is Missing.UNREADABLE]
    return ",".join(columns)


#: Reads every limit of a statement in one call.
_statements = attrgetter(*(kind.value for kind in LimitKind))


def _number(policy: Policy) -> str | None:
    stated = [statement for statement in policy.identifications if statement.number is not None]
    statement: PolicyIdentification | None = _strongest(stated)
    return None if statement is None else statement.number


def _insurer(policy: Policy) -> PolicyIdentification | None:
    """Return the strongest statement of the insurer, whose number and name belong together."""
    stated = [
        statement
        for statement in policy.identifications
        if statement.carrier_naic is not None or statement.carrier_name is not None
    ]
    statement: PolicyIdentification | None = _strongest(stated)
    return statement


def _carrier_naic(policy: Policy) -> str | None:
    insurer = _insurer(policy)
    return None if insurer is None else insurer.carrier_naic


def _carrier_key(policy: Policy) -> str | None:
    insurer = _insurer(policy)
    return None if insurer is None or insurer.carrier_name is None else carrier_key(normal_name(insurer.carrier_name))


def _subject_key(member: Member) -> str | None:
    return None if member.subject is None else subject_key(member.subject)


def _email_key(contractor: Contractor) -> str | None:
    return None if contractor.email is None else email_key(contractor.email)


def _has_employees(contractor: Contractor) -> bool | None:
    return None if isinstance(contractor.has_employees, Missing) else contractor.has_employees


def _status(carrier: Carrier) -> CarrierStatus | None:
    return None if isinstance(carrier.status, Missing) else carrier.status


def _received(certificate: Certificate) -> Any:
    return certificate.received_at


#: The columns of every aggregate: its name, and the sort key of lists.
_NAMED = (TypedColumn("name", PlainText, name_of), _text("sort_name", lambda value: sort_key(name_of(value))))
_TERM = (
    _term_day("effective"),
    _term_day("expiration"),
    TypedColumn("continuous", Boolean, _is_continuous),
    TypedColumn("unreadable", PlainText, _unreadable),
)

#: The typed columns of each kind, in the order of the table.
COLUMNS: dict[Kind, tuple[TypedColumn, ...]] = {
    Kind.COMPANY: (
        *_NAMED,
        _field("zone"),
        _code("gate", AssignmentGate, lambda company: company.settings.gate),
        _code("payer", Payer, lambda company: company.settings.payer),
    ),
    Kind.CLIENT: _NAMED,
    Kind.JOB_CODE: (*_NAMED, _code("status", JobCodeStatus), _code("industry", Industry), _field("soc_code")),
    Kind.CARRIER: (
        *_NAMED,
        _field("naic"),
        _text("carrier_key", lambda carrier: carrier_key(normal_name(carrier.name))),
        _code("status", CarrierStatus, _status),
    ),
    Kind.RATE_CARD: _NAMED,
    Kind.RULEBOOK: (*_NAMED, TypedColumn("rulebook_version", BigInteger, lambda book: clamp_integer(book.version))),
    Kind.ROLE: _NAMED,
    Kind.MEMBER: (*_NAMED, _code("state", MemberState), _text("subject_key", _subject_key)),
    Kind.CONTRACTOR: (
        *_NAMED,
        _code("entity_type", EntityType),
        _code("home_state", State),
        _text("email_key", _email_key),
        TypedColumn("has_employees", Boolean, _has_employees),
    ),
    Kind.ASSIGNMENT: (
        _day("first_day", lambda assignment: assignment.start),
        _day("last_day", lambda assignment: assignment.end),
        _field("cancelled_on", _day),
        _flag("on_hold"),
        _field("client_id"),
        _field("job_code_id"),
        _flag("remote"),
    ),
    Kind.POLICY: (
        _text("line", lambda policy: str(policy.line)),
        _text("number", _number),
        _text("carrier_naic", _carrier_naic),
        _text("carrier_key", _carrier_key),
        _code("insured_as", InsuredCapacity),
        _flag("program"),
        _field("assignment_id"),
        *_TERM,
        *(_amount(kind) for kind in LimitKind),
    ),
    Kind.CERTIFICATE: (
        _code("status", ReviewStatus),
        _field("completed_on", _day),
        _field("form"),
        TypedColumn("received_at", Instant, _received),
    ),
    Kind.EXEMPTION: (
        _code("exemption_kind", ExemptionKind, lambda exemption: exemption.kind),
        _code("state", State),
        *_TERM,
    ),
    Kind.ENROLLMENT: (_code("state", EnrollmentState), _code("step", ApplicationStep), _code("work_state", State)),
    Kind.WAIVER: (
        _code("waiver_kind", WaiverKind, lambda waiver: waiver.kind),
        _code("state", WaiverState),
        _field("requirement_id"),
        _text("line", lambda waiver: None if waiver.line is None else str(waiver.line)),
        _field("assignment_id"),
        _field("policy_id"),
        _field("certificate_id"),
        _field("effective", _day),
        _field("expires", _day),
        _field("revoked_on", _day),
    ),
}
