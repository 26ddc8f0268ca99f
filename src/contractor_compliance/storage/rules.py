"""The rules of the port that need no database: what a commit must not break, and how a dossier is assembled.

Every store uses them, so that all stores refuse the same commits with the same messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from contractor_compliance.domain import Assignment, Carrier, Dossier, Member, Policy, Subject, Value
from contractor_compliance.domain.names import normal_name
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
from contractor_compliance.storage.search import insurers_of

__all__ = [
    "References",
    "assemble_dossier",
    "check_company",
    "check_company_id",
    "check_contractor",
    "check_expectations",
    "check_known_at",
    "check_not_future",
    "check_removals",
    "check_standings",
    "check_subjects",
    "collect_references",
    "insurer_keys",
    "make_audit_entry",
    "next_instant",
    "repeat_receipt",
]

_TICK = timedelta(microseconds=1)


def check_company_id(company_id: str) -> str:
    """Return the id of a company, or refuse one that cannot be stored.

    Raises:
        InvalidValueError: If it is blank, too long, or has characters that a database does not take.

    Example:
        >>> check_company_id("company-1")
        'company-1'
    """
    problem = id_problem(company_id)
    if problem is not None:
        raise InvalidValueError("for_company", (Fault("$.company_id", repr(company_id), problem),))
    return company_id


def check_known_at(known_at: datetime | None) -> datetime | None:
    """Return the instant of a question about the past in UTC, or None for now.

    Raises:
        InvalidValueError: If it is naive.

    Example:
        >>> check_known_at(datetime.fromisoformat("2026-07-01T12:00-04:00")).hour
        16
    """
    if known_at is None:
        return None
    if known_at.utcoffset() is None:
        problem = "is naive: give it a zone, such as tzinfo=UTC"
        raise InvalidValueError("known_at", (Fault("$.known_at", str(known_at), problem),))
    return known_at.astimezone(UTC)


def check_not_future(known_at: datetime, head: datetime | None, clock: datetime) -> None:
    """Refuse an instant by which more may still be recorded (promise 18).

    Args:
        known_at: The instant.
        head: Time of record of the last commit; None = there is none.
        clock: The time of the clock.

    Raises:
        FutureInstantError: If it is later than the clock and than the head.

    Example:
        >>> noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
        >>> check_not_future(noon, head=None, clock=noon)
    """
    latest = clock if head is None else max(clock, head)
    if known_at > latest:
        raise FutureInstantError(known_at, latest)


def next_instant(clock: datetime, head: datetime | None, asked: datetime | None) -> datetime:
    """Return the time of record of the next commit (promise 9).

    Args:
        clock: The time of the clock.
        head: Time of record of the last commit.
        asked: The latest instant beyond the head that a caller has read as known at.

    Example:
        >>> noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
        >>> next_instant(noon, head=noon, asked=None).microsecond
        1
    """
    now = clock.astimezone(UTC)
    earlier = [instant for instant in (head, asked) if instant is not None]
    return max(now, max(earlier) + _TICK) if earlier else now


def repeat_receipt(receipt: Receipt, changes: Changes) -> Receipt:
    """Return the receipt of a key that was committed before, marked as repeated (promise 4).

    Args:
        receipt: The receipt of the earlier commit.
        changes: The changes that come with the same key.

    Raises:
        KeyReusedError: If it was for another request (promise 5).

    Example:
        >>> receipt = Receipt("request-1", "digest-1", 1, datetime(2026, 7, 1, tzinfo=UTC), response="")
        >>> changes = Changes(actor="member-1", action="rename", key="request-1", fingerprint="digest-1")
        >>> repeat_receipt(receipt, changes).repeated
        True
    """
    if receipt.fingerprint != changes.fingerprint:
        raise KeyReusedError(changes.key)
    return attrs.evolve(receipt, repeated=True)


def check_company(company_id: str, changes: Changes, *, exists: bool) -> None:
    """Refuse a `Company` of another id, and a first commit without one (promise 3).

    Args:
        company_id: The company of the handle.
        changes: The changes.
        exists: Whether the company has a commit already.

    Raises:
        InvalidValueError: If there is one of another id.
        UnknownCompanyError: If there is none and the company does not exist yet.

    Example:
        >>> changes = Changes(actor="member-1", action="rename", key="request-1", fingerprint="digest-1")
        >>> check_company("company-1", changes, exists=True)
    """
    companies = [(index, change.key.id) for index, change in enumerate(changes.puts) if change.key.kind is Kind.COMPANY]
    for index, id_ in companies:
        if id_ != company_id:
            problem = f"is another company; this handle takes {company_id!r} only: use for_company({id_!r})"
            raise InvalidValueError("Changes", (Fault(f"$.puts[{index}].value.id", repr(id_), problem),))
    if not exists and not companies:
        raise UnknownCompanyError(company_id)


def check_expectations(changes: Changes, versions: Mapping[Key, int], sequence: int) -> None:
    """Refuse changes that were decided on versions, or on a head, that are not the current ones (promise 7).

    Args:
        changes: The changes.
        versions: The current version of each expected aggregate; an aggregate that is not on file has none.
        sequence: The current sequence of the head.

    Raises:
        ConflictError: With each that differs.

    Example:
        >>> changes = Changes(actor="member-1", action="rename", key="request-1", fingerprint="1", expects_sequence=7)
        >>> check_expectations(changes, versions={}, sequence=7)
    """
    conflicts = []
    if changes.expects_sequence not in (None, sequence):
        conflicts.append(f"the company: expected sequence {changes.expects_sequence}, found {sequence}")
    for expectation in changes.expects:
        current = versions.get(expectation.key, 0)
        if current != expectation.version:
            conflicts.append(f"{expectation.key}: expected {_version(expectation.version)}, found {_version(current)}")
    if conflicts:
        raise ConflictError(conflicts)


def _version(number: int) -> str:
    return f"version {number}" if number else "none"


def check_removals(changes: Changes, is_current: Callable[[Key], bool]) -> None:
    """Refuse the removal of a fact that is not on file (promise 12).

    Args:
        changes: The changes.
        is_current: Returns whether a fact is on file.

    Raises:
        InvalidValueError: With each fact that is not on file.

    Example:
        >>> fact = Key(Kind.POLICY, "policy-1", "contractor-1")
        >>> expects = (Expectation(fact.aggregate, 1),)
        >>> changes = Changes(actor="a", action="b", key="c", fingerprint="d", removes=(fact,), expects=expects)
        >>> check_removals(changes, is_current=lambda key: key == fact)
    """
    faults = [
        Fault(f"$.removes[{index}]", str(key), "is not on file; leave out its removal")
        for index, key in enumerate(changes.removes)
        if not is_current(key)
    ]
    if faults:
        raise InvalidValueError("Changes", tuple(faults))


def check_standings(changes: Changes, versions: Mapping[Key, int], generation: int) -> None:
    """Refuse standings of a generation that is no longer read, or of contractors that are not on file (promise 14).

    Args:
        changes: The changes.
        versions: The current version of each expected aggregate; an aggregate that is not on file has none.
        generation: The generation that pages read now.

    Raises:
        ConflictError: If a generation is earlier than the one that pages read.
        InvalidValueError: If a contractor is not on file.

    Example:
        >>> changes = Changes(actor="member-1", action="switch", key="request-1", fingerprint="1", switch_to=2)
        >>> check_standings(changes, versions={}, generation=1)
    """
    on_file = versions.keys() | {change.key for change in changes.puts}
    faults = [
        Fault(f"$.standings[{index}]", repr(update.contractor_id), "is no contractor on file; put the contractor too")
        for index, update in enumerate(changes.standings)
        if Key(Kind.CONTRACTOR, update.contractor_id) not in on_file
    ]
    if faults:
        raise InvalidValueError("Changes", tuple(faults))
    generations = [update.generation for update in changes.standings]
    earliest = min(generations if changes.switch_to is None else [*generations, changes.switch_to], default=generation)
    if earliest < generation:
        raise ConflictError((f"standings: these are of generation {earliest}, and pages read {generation} by now",))


def check_subjects(changes: Changes, holder: Callable[[Subject], str | None]) -> None:
    """Refuse a member whose subject another member has (promise 13).

    Args:
        changes: The changes.
        holder: Returns the id of the current member with a subject, as it was before the changes.

    Raises:
        InvalidValueError: With each subject that two members would have.

    Example:
        >>> changes = Changes(actor="member-1", action="rename", key="request-1", fingerprint="digest-1")
        >>> check_subjects(changes, holder=lambda subject: None)
    """
    members = {change.key.id: change.value for change in changes.puts if isinstance(change.value, Member)}
    holders: dict[Subject, str] = {}
    faults = []
    for index, change in enumerate(changes.puts):
        member = change.value
        if not isinstance(member, Member) or member.subject is None:
            continue
        holder_id = holders.setdefault(member.subject, member.id)
        previous_id = holder(member.subject)
        if holder_id == member.id and previous_id is not None and previous_id not in members:
            holder_id = previous_id
        if holder_id != member.id:
            problem = f"is the subject of member {holder_id!r} already: change that member instead"
            faults.append(Fault(f"$.puts[{index}].value.subject", repr(member.subject.subject), problem))
    if faults:
        raise InvalidValueError("Changes", tuple(faults))


def make_audit_entry(changes: Changes, previous: str, sequence: int, recorded_at: datetime) -> AuditEntry:
    """Return the sealed audit entry of a commit (promise 11).

    Args:
        changes: The changes; their `seal` is called, once.
        previous: The seal of the entry before, empty for the first.
        sequence: Number of the commit.
        recorded_at: Time of record of the commit.

    Example:
        >>> changes = Changes(actor="member-1", action="rename", key="request-1", fingerprint="digest-1")
        >>> make_audit_entry(changes, "", 1, datetime(2026, 7, 1, tzinfo=UTC)).action
        'rename'
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
class References:
    """The clients, job codes and carriers that the facts of a contractor refer to.

    Attributes:
        ids: The ids of clients and of job codes.
        carrier_naics: The NAIC numbers of insurers.
        carrier_names: The normalized names of insurers.

    Example:
        >>> collect_references(facts=()).carrier_naics
        frozenset()
    """

    ids: tuple[tuple[Kind, frozenset[str]], ...]
    carrier_naics: frozenset[str]
    carrier_names: frozenset[str]

    def has(self, carrier: Record) -> bool:
        """Return whether they refer to a carrier (promise 21)."""
        naic, name = insurer_keys(carrier)
        return naic in self.carrier_naics or name in self.carrier_names


def insurer_keys(carrier: Record) -> tuple[str | None, str]:
    """Return what policies refer to a carrier by: its NAIC number and its normalized name.

    A carrier that cannot be read has its id in both places, which is the one or the other.

    Example:
        >>> from contractor_compliance.storage.changes import key_of
        >>> carrier = Carrier(name="Sample Mutual", naic="12345")
        >>> insurer_keys(Record(key_of(carrier), 1, datetime(2026, 7, 1, tzinfo=UTC), None, carrier))[0]
        '12345'
    """
    content = carrier.content
    if isinstance(content, Carrier):
        return content.naic, normal_name(content.name)
    return carrier.key.id, normal_name(carrier.key.id)


def collect_references(facts: Iterable[Record]) -> References:
    """Return the references of facts: of assignments to clients and job codes, of policies to carriers.

    Example:
        >>> from contractor_compliance.storage.changes import key_of
        >>> from contractor_compliance.testing import factories
        >>> policy = factories.policy(carrier_naic="12345")
        >>> fact = Record(key_of(policy, "contractor-1"), 1, datetime(2026, 7, 1, tzinfo=UTC), None, policy)
        >>> sorted(collect_references([fact]).carrier_naics)
        ['12345']
    """
    contents = [fact.content for fact in facts]
    assignments = [content for content in contents if isinstance(content, Assignment)]
    insurers = [insurers_of(content) for content in contents if isinstance(content, Policy)]
    clients = frozenset(assignment.client_id for assignment in assignments if assignment.client_id is not None)
    job_codes = frozenset(assignment.job_code_id for assignment in assignments if assignment.job_code_id is not None)
    return References(
        ((Kind.CLIENT, clients), (Kind.JOB_CODE, job_codes)),
        frozenset().union(*(naics for naics, _ in insurers)),
        frozenset().union(*(names for _, names in insurers)),
    )


def assemble_dossier(
    contractor: Record, company: Record | None, facts: Iterable[Record], shared: Iterable[Record]
) -> DossierRecord:
    """Return the dossier of a contractor from records that were read as of one instant (promises 21 and 23).

    Args:
        contractor: The contractor.
        company: The company.
        facts: The contractor's facts, in any order.
        shared: The clients, job codes and carriers that the facts refer to, in any order.

    Example:
        >>> from contractor_compliance.storage.changes import key_of
        >>> from contractor_compliance.testing import factories
        >>> contractor, company = (
        ...     Record(key_of(value), 1, datetime(2026, 7, 1, tzinfo=UTC), None, value)
        ...     for value in (factories.contractor(), factories.company())
        ... )
        >>> assemble_dossier(contractor, company, facts=(), shared=()).dossier.policies
        ()
    """
    aggregates = (contractor, *((company,) if company is not None else ()), *sorted(shared, key=_place))
    expects = tuple(Expectation(record.key, record.version) for record in aggregates)
    records = (*aggregates, *sorted(facts, key=_place))
    unreadable = tuple(record.content for record in records if isinstance(record.content, Unreadable))
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
    for record in records:
        contents.setdefault(record.key.kind, []).append(record.value)
    fields: dict[str, Any] = {name: tuple(contents[kind]) for kind, name in _FIELDS.items() if kind in contents}
    (contractor,), (company,) = contents[Kind.CONTRACTOR], contents[Kind.COMPANY]
    owners: dict[str, Any] = {"contractor": contractor, "company": company}
    return Dossier(**owners, **fields)


def check_contractor(key: Key, dossier: DossierRecord | None) -> None:
    """Refuse a commit after which a contractor would have no valid dossier (promise 12).

    Args:
        key: The contractor.
        dossier: The dossier after the commit; None if there would be none, because facts came without their contractor.

    Raises:
        InvalidValueError: If it is not valid.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> contractor = Key(Kind.CONTRACTOR, "contractor-1")
        >>> check_contractor(contractor, DossierRecord(contractor.id, expects=(), content=factories.dossier()))
    """
    if dossier is None:
        raise InvalidValueError("Changes", (Fault("$.puts", str(key), "is not on file; put it with its facts"),))
    if not isinstance(dossier.content, Dossier):
        faults = tuple(Fault("$", str(content.key), content.problem) for content in dossier.content)
        raise InvalidValueError(f"contractor {dossier.contractor_id!r} after the commit", faults)
