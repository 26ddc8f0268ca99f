"""Which typed columns each kind has beside its document, and what they hold of a value.

The document is what a value is read back from: it has every source's statement of every fact. A column holds what a
filter, a join or a report asks, and where sources state one fact twice, what the strongest and then latest of them
says. Both are written by the same statement and never changed afterwards.
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
    ReviewStatus,
    State,
    Subject,
    Term,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.domain.legal_name import normal_name
from contractor_compliance.storage.changes import Kind, text_hash
from contractor_compliance.storage.search import email_key, name_of, sort_key
from contractor_compliance.storage.sql.types import Instant, Words, exact_text, whole

__all__ = ["COLUMNS", "TypedColumn", "carrier_key", "subject_key"]


@attrs.frozen
class TypedColumn:
    """One column.

    Attributes:
        name: Its name.
        type: Makes its SQL type.
        read: What it holds of a value.
        codes: The codes that it may hold, checked by the database; none = anything of its type.
    """

    name: str
    type: Callable[[], TypeEngine[Any]]
    read: Callable[[Any], Any]
    codes: tuple[str, ...] = ()


def subject_key(subject: Subject) -> str:
    """Return the digest of a subject, which an index can hold however long its parts are."""
    return text_hash(f"{len(subject.issuer)}:{subject.issuer}{subject.subject}")


def carrier_key(normalized: str) -> str:
    """Return the digest of a normalized name, which an index can hold however long the name is."""
    return text_hash(normalized)


def _text(name: str, read: Callable[[Any], str | None]) -> TypedColumn:
    return TypedColumn(name, exact_text, read)


def _day(name: str, read: Callable[[Any], date | None]) -> TypedColumn:
    return TypedColumn(name, Date, read)


def _flag(name: str) -> TypedColumn:
    return TypedColumn(name, Boolean, lambda value: getattr(value, name))


def _own(name: str, make: Callable[..., TypedColumn] = _text) -> TypedColumn:
    """Return the column that holds a field of the value as it is."""
    return make(name, lambda value: getattr(value, name))


def _code(name: str, codes: type[Enum], read: Callable[[Any], Enum | None] | None = None) -> TypedColumn:
    """Return the column that holds the code of an enum; without a code where the fact is missing."""

    def code(value: Any) -> str | None:
        found = getattr(value, name) if read is None else read(value)
        return None if found is None or isinstance(found, Missing) else str(found.value)

    return TypedColumn(name, exact_text, code, tuple(each.value for each in codes))


def _strongest(statements: Sequence[Any]) -> Any:
    """Return the statement on the strongest level, of those the latest, of those the first; None if there is none."""
    if len(statements) == 1:
        return statements[0]
    return max(statements, key=lambda each: (each.evidence.level.rank, each.evidence.observed_on), default=None)


def _amount(kind: LimitKind) -> TypedColumn:
    name = kind.value

    def cents(policy: Policy) -> int | None:
        limits: Limits | None = _strongest(policy.limits)
        stated = None if limits is None else getattr(limits, name)
        if limits is not None and limits.products_in_general_aggregate:
            stated = limits.stated(kind)  # what shares another limit is stated by that one
        return whole(stated) if type(stated) is int else None

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
    """Return the names of the columns whose facts a source states but nobody can read, between commas.

    A column that is null and not named here is absent: its source is silent.
    """
    found = []
    term: Term | None = _strongest(value.terms)
    if term is not None:
        found += [name for name in ("effective", "expiration") if getattr(term, name) is Missing.UNREADABLE]
    limits: Limits | None = _strongest(getattr(value, "limits", ()))
    if limits is not None and Missing.UNREADABLE in _statements(limits):
        found += [f"{kind.value}_cents" for kind in LimitKind if limits.stated(kind) is Missing.UNREADABLE]
    return ",".join(found)


#: All that a source states of limits, quickly.
_statements = attrgetter(*(kind.value for kind in LimitKind))


def _carrier_key(policy: Policy) -> str | None:
    return None if policy.carrier_name is None else carrier_key(normal_name(policy.carrier_name))


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


#: What every aggregate has: its name, and what lists order by.
_NAMED = (TypedColumn("name", Words, name_of), _text("sort_name", lambda value: sort_key(name_of(value))))
_TERM = (
    _term_day("effective"),
    _term_day("expiration"),
    TypedColumn("continuous", Boolean, _is_continuous),
    TypedColumn("unreadable", Words, _unreadable),
)

#: The typed columns of each kind, in the order of the table.
COLUMNS: dict[Kind, tuple[TypedColumn, ...]] = {
    Kind.COMPANY: (
        *_NAMED,
        _own("zone"),
        _code("gate", AssignmentGate, lambda company: company.settings.gate),
        _code("payer", Payer, lambda company: company.settings.payer),
    ),
    Kind.CLIENT: _NAMED,
    Kind.JOB_CODE: (*_NAMED, _code("status", JobCodeStatus), _code("industry", Industry), _own("soc_code")),
    Kind.CARRIER: (
        *_NAMED,
        _own("naic"),
        _text("carrier_key", lambda carrier: carrier_key(normal_name(carrier.name))),
        _code("status", CarrierStatus, _status),
    ),
    Kind.RATE_CARD: _NAMED,
    Kind.RULEBOOK: (*_NAMED, TypedColumn("rulebook_version", BigInteger, lambda book: whole(book.version))),
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
        _own("cancelled_on", _day),
        _flag("on_hold"),
        _own("client_id"),
        _own("job_code_id"),
        _flag("remote"),
    ),
    Kind.POLICY: (
        _text("line", lambda policy: str(policy.line)),
        _own("number"),
        _own("carrier_naic"),
        _text("carrier_key", _carrier_key),
        _code("insured_as", InsuredCapacity),
        _flag("program"),
        _own("assignment_id"),
        *_TERM,
        *(_amount(kind) for kind in LimitKind),
    ),
    Kind.CERTIFICATE: (
        _code("status", ReviewStatus),
        _own("completed_on", _day),
        _own("form"),
        TypedColumn("received_at", Instant, _received),
    ),
    Kind.EXEMPTION: (_code("exemption_kind", ExemptionKind, lambda each: each.kind), _code("state", State), *_TERM),
    Kind.ENROLLMENT: (_code("state", EnrollmentState), _code("step", ApplicationStep), _code("work_state", State)),
    Kind.WAIVER: (
        _code("waiver_kind", WaiverKind, lambda waiver: waiver.kind),
        _code("state", WaiverState),
        _own("requirement_id"),
        _text("line", lambda waiver: None if waiver.line is None else str(waiver.line)),
        _own("assignment_id"),
        _own("policy_id"),
        _own("certificate_id"),
        _own("effective", _day),
        _own("expires", _day),
        _own("revoked_on", _day),
    ),
}
