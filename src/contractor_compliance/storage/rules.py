"""The rules of the port that need no database: how a dossier is put together, and what a commit must not break.

Every store uses them, so that all refuse the same with the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from contractor_compliance.domain import Assignment, Carrier, Dossier, Member, Policy, Subject, Value
from contractor_compliance.domain.legal_name import normal_name
from contractor_compliance.errors import (
    ConflictError,
    Fault,
    FutureInstantError,
    InvalidValueError,
    KeyReusedError,
    UnknownCompanyError,
)
from contractor_compliance.storage.answers import AuditEntry, DossierRecord, Receipt, Record, Unreadable
from contractor_compliance.storage.changes import FACTS, Changes, Expectation, Key, Kind, id_problem, text_hash

__all__ = [
    "Named",
    "audit_entry",
    "check_company",
    "check_company_id",
    "check_contractor",
    "check_expectations",
    "check_known_at",
    "check_not_future",
    "check_removals",
    "check_standings",
    "check_subjects",
    "dossier_record",
    "insurer_of",
    "named_by",
    "next_instant",
    "repeated",
]

_TICK = timedelta(microseconds=1)


def check_company_id(company_id: str) -> str:
    """Return the id of a company, or refuse one that is blank.

    Raises:
        InvalidValueError: If it is blank, too long, or holds what a database cannot.
    """
    fault = id_problem(company_id)
    if fault is not None:
        raise InvalidValueError("for_company", (Fault("$.company_id", repr(company_id), fault),))
    return company_id


def check_known_at(known_at: datetime | None) -> datetime | None:
    """Return the instant asked about, in UTC.

    Raises:
        InvalidValueError: If it is naive.
    """
    if known_at is None:
        return None
    if known_at.utcoffset() is None:
        problem = "must be an aware instant; give it a zone"
        raise InvalidValueError("known_at", (Fault("$.known_at", str(known_at), problem),))
    return known_at.astimezone(UTC)


def check_not_future(known_at: datetime, head: datetime | None, clock: datetime) -> None:
    """Refuse an instant of which nobody can know yet what will be recorded by then (promise 18).

    Raises:
        FutureInstantError: If it is later than the clock and than the head.
    """
    latest = clock if head is None else max(clock, head)
    if known_at > latest:
        raise FutureInstantError(known_at, latest)


def next_instant(clock: datetime, head: datetime | None, asked: datetime | None) -> datetime:
    """Return the time of record of the next commit (promise 9).

    Args:
        clock: What the clock says.
        head: Time of record of the last commit.
        asked: The latest instant beyond the head that has been asked about.
    """
    now = clock.astimezone(UTC)
    earlier = [each for each in (head, asked) if each is not None]
    return max(now, max(earlier) + _TICK) if earlier else now


def repeated(receipt: Receipt, changes: Changes) -> Receipt:
    """Return the receipt of a key that was committed before, marked so (promise 4).

    Raises:
        KeyReusedError: If it was for another request (promise 5).
    """
    if receipt.fingerprint != changes.fingerprint:
        raise KeyReusedError(changes.key)
    return attrs.evolve(receipt, repeated=True)


def check_company(company_id: str, changes: Changes, *, exists: bool) -> None:
    """Refuse a `Company` of another id, and a first commit without one (promise 3).

    Raises:
        InvalidValueError: If there is one of another id.
        UnknownCompanyError: If there is none and the company does not exist yet.
    """
    companies = [(index, each.key.id) for index, each in enumerate(changes.puts) if each.key.kind is Kind.COMPANY]
    for index, other in companies:
        if other != company_id:
            problem = f"is another company; this handle is bound to {company_id!r}"
            raise InvalidValueError("Changes", (Fault(f"$.puts[{index}].value.id", repr(other), problem),))
    if not exists and not companies:
        raise UnknownCompanyError(company_id)


def check_expectations(changes: Changes, versions: Mapping[Key, int], sequence: int) -> None:
    """Refuse changes that were decided on versions, or on a head, that are not the current ones (promise 7).

    Args:
        changes: The changes.
        versions: The current version of each aggregate expected; what is not there has none.
        sequence: The current sequence of the head.

    Raises:
        ConflictError: With each that differs.
    """
    conflicts = []
    if changes.expects_sequence not in (None, sequence):
        conflicts.append(f"the company: expected sequence {changes.expects_sequence}, found {sequence}")
    for each in changes.expects:
        found = versions.get(each.key, 0)
        if found != each.version:
            conflicts.append(f"{each.key}: expected {_version(each.version)}, found {_version(found)}")
    if conflicts:
        raise ConflictError(conflicts)


def _version(number: int) -> str:
    return f"version {number}" if number else "none"


def check_removals(changes: Changes, is_current: Callable[[Key], bool]) -> None:
    """Refuse to remove a fact that is not there (promise 12).

    Raises:
        InvalidValueError: With each that is not.
    """
    faults = [
        Fault(f"$.removes[{index}]", str(key), "is not on file, so it cannot be removed")
        for index, key in enumerate(changes.removes)
        if not is_current(key)
    ]
    if faults:
        raise InvalidValueError("Changes", tuple(faults))


def check_standings(changes: Changes, versions: Mapping[Key, int], generation: int) -> None:
    """Refuse standings that nobody would read, or of contractors that are not there (promise 14).

    Args:
        changes: The changes.
        versions: The current version of each aggregate expected; what is not there has none.
        generation: The generation that pages read now.

    Raises:
        ConflictError: If a generation is one that pages have left behind.
        InvalidValueError: If a contractor is not on file.
    """
    there = versions.keys() | {each.key for each in changes.puts}
    faults = [
        Fault(f"$.standings[{index}]", repr(each.contractor_id), "is no contractor on file; put it first")
        for index, each in enumerate(changes.standings)
        if Key(Kind.CONTRACTOR, each.contractor_id) not in there
    ]
    if faults:
        raise InvalidValueError("Changes", tuple(faults))
    asked = [each.generation for each in changes.standings]
    earliest = min(asked if changes.switch_to is None else [*asked, changes.switch_to], default=generation)
    if earliest < generation:
        raise ConflictError((f"standings: generation {earliest} was asked for, {generation} is read by now",))


def check_subjects(changes: Changes, holder: Callable[[Subject], str | None]) -> None:
    """Refuse a member whose subject another member has (promise 13).

    Args:
        changes: The changes.
        holder: Returns the id of the current member with a subject, as it was before the changes.

    Raises:
        InvalidValueError: With each that is not the only one.
    """
    members = {each.key.id: each.value for each in changes.puts if isinstance(each.value, Member)}
    taken: dict[Subject, str] = {}
    faults = []
    for index, each in enumerate(changes.puts):
        member = each.value
        if not isinstance(member, Member) or member.subject is None:
            continue
        other = taken.setdefault(member.subject, member.id)
        before = holder(member.subject)
        if other == member.id and before is not None and before not in members:
            other = before
        if other != member.id:
            problem = f"is the subject of member {other!r} already; a subject is one member of a company"
            faults.append(Fault(f"$.puts[{index}].value.subject", repr(member.subject.subject), problem))
    if faults:
        raise InvalidValueError("Changes", tuple(faults))


def audit_entry(changes: Changes, previous: str, sequence: int, recorded_at: datetime) -> AuditEntry:
    """Return the sealed audit entry of a commit (promise 11).

    Args:
        changes: The changes; their `seal` is called, once.
        previous: The seal of the entry before, empty for the first.
        sequence: Number of the commit.
        recorded_at: Its time of record.
    """
    entry = AuditEntry(
        sequence=sequence,
        recorded_at=recorded_at,
        actor=changes.actor,
        action=changes.action,
        key=changes.key,
        fingerprint=changes.fingerprint,
        detail=changes.detail,
        detail_hash=text_hash(changes.detail),
        seal="",
    )
    return attrs.evolve(entry, seal=changes.seal(previous, sequence, recorded_at, entry.payload_hash))


# Dossiers


@attrs.frozen
class Named:
    """What the facts of a contractor name outside of it.

    Attributes:
        ids: The ids of clients and of job codes.
        carrier_naics: NAIC numbers of insurers.
        carrier_names: Normalized names of insurers.
    """

    ids: tuple[tuple[Kind, frozenset[str]], ...]
    carrier_naics: frozenset[str]
    carrier_names: frozenset[str]

    def names(self, carrier: Record) -> bool:
        """Whether a carrier is among them (promise 21)."""
        naic, name = insurer_of(carrier)
        return naic in self.carrier_naics or name in self.carrier_names


def insurer_of(carrier: Record) -> tuple[str | None, str]:
    """Return what policies name a carrier by: its NAIC number and its normalized name.

    Of one that cannot be read the id is known, which is the one or the other.
    """
    content = carrier.content
    if isinstance(content, Carrier):
        return content.naic, normal_name(content.name)
    return carrier.key.id, normal_name(carrier.key.id)


def named_by(facts: Iterable[Record]) -> Named:
    """Return what facts name: clients and job codes by assignments, carriers by policies."""
    readable = [each.value for each in facts if not isinstance(each.content, Unreadable)]
    assignments = [each for each in readable if isinstance(each, Assignment)]
    policies = [each for each in readable if isinstance(each, Policy)]
    return Named(
        (
            (Kind.CLIENT, frozenset(each.client_id for each in assignments if each.client_id is not None)),
            (Kind.JOB_CODE, frozenset(each.job_code_id for each in assignments if each.job_code_id is not None)),
        ),
        frozenset(each.carrier_naic for each in policies if each.carrier_naic is not None),
        frozenset(normal_name(each.carrier_name) for each in policies if each.carrier_name is not None),
    )


def dossier_record(
    contractor: Record, company: Record | None, facts: Iterable[Record], shared: Iterable[Record]
) -> DossierRecord:
    """Put a dossier together from records that were read as of one instant (promises 21 and 23).

    Args:
        contractor: The contractor.
        company: The company.
        facts: The contractor's facts, in any order.
        shared: The clients, job codes and carriers that the facts name, in any order.
    """
    own = (contractor, *((company,) if company is not None else ()), *sorted(shared, key=_place))
    expects = tuple(Expectation(each.key, each.version) for each in own)
    records = (*own, *sorted(facts, key=_place))
    unreadable = tuple(each.content for each in records if isinstance(each.content, Unreadable))
    if unreadable:
        return DossierRecord(contractor.key.id, expects, unreadable)
    try:
        return DossierRecord(contractor.key.id, expects, _dossier(records))
    except InvalidValueError as error:
        problem = "; ".join(map(str, error.faults))
    return DossierRecord(contractor.key.id, expects, (Unreadable(contractor.key, f"its dossier: {problem}"),))


_FIELDS = {**FACTS, Kind.CLIENT: "clients", Kind.JOB_CODE: "job_codes", Kind.CARRIER: "carriers"}
_PLACES = {kind: place for place, kind in enumerate(Kind)}


def _place(record: Record) -> tuple[int, str]:
    return _PLACES[record.key.kind], record.key.id


def _dossier(records: Sequence[Record]) -> Dossier:
    contents: dict[Kind, list[Value]] = {}
    for each in records:
        contents.setdefault(each.key.kind, []).append(each.value)
    fields: dict[str, Any] = {name: tuple(contents[kind]) for kind, name in _FIELDS.items() if kind in contents}
    (contractor,), (company,) = contents[Kind.CONTRACTOR], contents[Kind.COMPANY]
    owners: dict[str, Any] = {"contractor": contractor, "company": company}
    return Dossier(**owners, **fields)


def check_contractor(key: Key, dossier: DossierRecord | None) -> None:
    """Refuse a commit after which a contractor would make no valid dossier (promise 12).

    Args:
        key: The contractor.
        dossier: Its dossier as it would be; None if there would be none, because facts came without their contractor.

    Raises:
        InvalidValueError: If it is not valid.
    """
    if dossier is None:
        raise InvalidValueError("Changes", (Fault("$.puts", str(key), "is not on file; put it with its facts"),))
    if not isinstance(dossier.content, Dossier):
        faults = tuple(Fault("$", str(each.key), each.problem) for each in dossier.content)
        raise InvalidValueError(f"contractor {dossier.contractor_id!r} after the commit", faults)
