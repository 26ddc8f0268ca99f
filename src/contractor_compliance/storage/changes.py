"""The contents of one commit: new values, the versions that it was decided on, who acts, and the response."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import attrs

from contractor_compliance.domain import (
    Assignment,
    Carrier,
    Certificate,
    Client,
    Company,
    Contractor,
    Enrollment,
    Exemption,
    JobCode,
    Member,
    NotBlank,
    Policy,
    RateCard,
    Role,
    RuleBook,
    Value,
    Waiver,
)
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.results import StandingRow

__all__ = [
    "FACTS",
    "MAX_ID_LENGTH",
    "MAX_KEY_LENGTH",
    "VALUES",
    "Changes",
    "Expectation",
    "Key",
    "Kind",
    "Put",
    "Seal",
    "StandingUpdate",
    "id_problem",
    "key_of",
    "payload_hash",
    "put",
    "sha256_seal",
    "text_hash",
]

#: Idempotency keys are at most this many characters long.
MAX_KEY_LENGTH = 255
#: Ids are at most this many characters long: three of them and a name must fit one entry of an index, in any script.
MAX_ID_LENGTH = 150
_LAST_GENERATION = 2**31 - 1

#: A pure function that makes the seal of an audit entry from the previous seal, the sequence, the time of record and
#: the hash of the payload.
Seal = Callable[[str, int, datetime, str], str]


class Kind(Enum):
    """The kinds of values that a store keeps.

    Values of the first nine kinds have a version each. The rest are facts of a contractor and share its version.

    Example:
        >>> Kind.POLICY.is_fact, Kind.CONTRACTOR.is_fact
        (True, False)
    """

    COMPANY = "company"
    CLIENT = "client"
    JOB_CODE = "job_code"
    CARRIER = "carrier"
    RATE_CARD = "rate_card"
    RULEBOOK = "rulebook"
    ROLE = "role"
    MEMBER = "member"
    CONTRACTOR = "contractor"
    ASSIGNMENT = "assignment"
    POLICY = "policy"
    CERTIFICATE = "certificate"
    EXEMPTION = "exemption"
    ENROLLMENT = "enrollment"
    WAIVER = "waiver"

    # Each member exists once, so its identity is its hash; `Enum` would hash the name each time.
    __hash__ = object.__hash__

    @property
    def is_fact(self) -> bool:
        """Whether values of this kind belong to a contractor and share its version."""
        return self in FACTS


#: The class of the values of each kind.
VALUES: dict[Kind, type[Value]] = {
    Kind.COMPANY: Company,
    Kind.CLIENT: Client,
    Kind.JOB_CODE: JobCode,
    Kind.CARRIER: Carrier,
    Kind.RATE_CARD: RateCard,
    Kind.RULEBOOK: RuleBook,
    Kind.ROLE: Role,
    Kind.MEMBER: Member,
    Kind.CONTRACTOR: Contractor,
    Kind.ASSIGNMENT: Assignment,
    Kind.POLICY: Policy,
    Kind.CERTIFICATE: Certificate,
    Kind.EXEMPTION: Exemption,
    Kind.ENROLLMENT: Enrollment,
    Kind.WAIVER: Waiver,
}
#: The kinds of facts, which belong to a contractor, and the field of a dossier that holds each.
FACTS: dict[Kind, str] = {
    Kind.ASSIGNMENT: "assignments",
    Kind.POLICY: "policies",
    Kind.CERTIFICATE: "certificates",
    Kind.EXEMPTION: "exemptions",
    Kind.ENROLLMENT: "enrollments",
    Kind.WAIVER: "waivers",
}
_KINDS: dict[type, Kind] = {cls: kind for kind, cls in VALUES.items()}


@attrs.frozen(cache_hash=True)
class Key:
    """The key of a value within one company.

    Attributes:
        kind: The kind of value.
        id: The id of the value. A carrier has its NAIC number, or its name if it has none.
        contractor_id: The contractor that a fact belongs to; None for any other kind.

    Raises:
        InvalidValueError: If a fact has no contractor or another kind has one, or an id cannot be stored.

    Example:
        >>> key = Key(Kind.POLICY, "policy-1", "contractor-1")
        >>> print(key)
        policy 'policy-1' of contractor 'contractor-1'
        >>> print(key.aggregate)
        contractor 'contractor-1'
    """

    kind: Kind
    id: str
    contractor_id: str | None = None

    def __attrs_post_init__(self) -> None:
        if (self.contractor_id is None) is (self.kind in FACTS):
            if self.kind in FACTS:
                problem = f"a key of kind {self.kind.value} is of a fact: give the id of its contractor"
            else:
                problem = f"a key of kind {self.kind.value} is not of a fact: leave out the contractor"
            raise InvalidValueError("Key", (Fault("$.contractor_id", repr(self.contractor_id), problem),))
        for name, text in (("id", self.id), ("contractor_id", self.contractor_id)):
            if text is not None and (problem := id_problem(text) or ""):
                raise InvalidValueError("Key", (Fault(f"$.{name}", repr(text[:40]), problem),))

    @property
    def aggregate(self) -> Key:
        """The key of the value that carries the version: the contractor of a fact, else the value itself."""
        return self if self.contractor_id is None else Key(Kind.CONTRACTOR, self.contractor_id)

    def __str__(self) -> str:
        owner = "" if self.contractor_id is None else f" of contractor {self.contractor_id!r}"
        return f"{self.kind.value} {self.id!r}{owner}"


def id_problem(text: str) -> str | None:
    """Return why no store can hold a text as an id, or None if a store can."""
    if len(text) > MAX_ID_LENGTH:
        return f"has {len(text)} characters; an id that is stored has at most {MAX_ID_LENGTH}: shorten it"
    return NotBlank().fault(text)


def key_of(value: Value, contractor_id: str | None = None) -> Key:
    """Return the key under which a value is stored.

    Args:
        value: Any value that has a `Kind`.
        contractor_id: The contractor that a fact (assignment, policy, ...) belongs to.

    Raises:
        InvalidValueError: If values of its class are not stored, a fact comes without its contractor, or its id is too
            long to be stored.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> key_of(factories.contractor()).id
        'contractor-1'
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        problem = f"is not stored; give one of {', '.join(cls.__name__ for cls in _KINDS)}"
        raise InvalidValueError("Put", (Fault("$.value", type(value).__name__, problem),))
    return Key(kind, _id_of(value), contractor_id)


def _id_of(value: Any) -> str:
    return str(value.naic or value.name if isinstance(value, Carrier) else value.id)


@attrs.frozen
class Put:
    """A change that records a value as the current one of its key; `put` makes it.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> put(factories.company()).key.kind
        <Kind.COMPANY: 'company'>
    """

    key: Key
    value: Value


def put(value: Value, contractor_id: str | None = None) -> Put:
    """Return the change that records a value.

    Args:
        value: Any value that has a `Kind`.
        contractor_id: The contractor that a fact (assignment, policy, ...) belongs to.

    Raises:
        InvalidValueError: If values of its class are not stored, a fact comes without its contractor, or its id is too
            long to be stored.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> print(put(factories.policy(id="policy-1"), "contractor-1").key)
        policy 'policy-1' of contractor 'contractor-1'
    """
    return Put(key_of(value, contractor_id), value)


@attrs.frozen
class Expectation:
    """The version of an aggregate that a decision was based on.

    Attributes:
        key: The aggregate: any kind but a fact.
        version: Its version; 0 = there was none.

    Example:
        >>> new_client = Expectation(Key(Kind.CLIENT, "client-1"), 0)
    """

    key: Key
    version: int


@attrs.frozen
class StandingUpdate:
    """The timeline of one contractor, which replaces the stored one of the same generation.

    Attributes:
        contractor_id: The contractor.
        rows: The rows that `standing` returned; empty = the contractor has no rows.
        generation: The first generation that reads it (`Head.generation`). Rows of a later generation are not read
            until a commit switches to it.

    Example:
        >>> StandingUpdate("contractor-1", rows=()).generation
        0
    """

    contractor_id: str
    rows: tuple[StandingRow, ...]
    generation: int = 0

    def __attrs_post_init__(self) -> None:
        # The caller may go on changing a list that it gave (promise 31).
        object.__setattr__(self, "rows", tuple(self.rows))


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal.

    Example:
        >>> text_hash("")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def payload_hash(actor: str, action: str, key: str, fingerprint: str, detail_hash: str) -> str:
    """Return the hash of an audit entry, which its seal covers.

    It covers the hash of the detail and not the detail itself. So personal data in the detail can be erased later, and
    the chain still verifies.

    Example:
        >>> payload_hash("member-1", "add_contractor", "key-1", "fingerprint-1", text_hash(""))[:12]
        '1e4c5ccdc188'
    """
    return text_hash(json.dumps([actor, action, key, fingerprint, detail_hash], ensure_ascii=False))


def sha256_seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
    """Return the seal of an audit entry: SHA-256 over the previous seal and the entry.

    A writer to the store can also compute a new chain. To detect that, give a `Seal` of your own with a secret key
    (HMAC), and keep an anchor outside the store.

    Example:
        >>> from datetime import UTC
        >>> sha256_seal("", 1, datetime(2026, 7, 1, tzinfo=UTC), text_hash(""))[:12]
        'a951596ead42'
    """
    return text_hash(json.dumps([previous, sequence, recorded_at.isoformat(timespec="microseconds"), payload]))


@attrs.frozen(kw_only=True)
class Changes:
    """All changes of one use case, to be recorded in one transaction or not at all.

    Attributes:
        actor: The id of the member that acts, or the name of the program that does.
        action: The use case, such as `add_contractor`.
        key: Idempotency key, chosen by the caller for this request alone; at most 255 characters.
        fingerprint: Digest of the request: the same key with another fingerprint is refused.
        response: The response of the use case, stored so that a repeated request gets it again.
        detail: The text of the audit entry beyond actor and action, usually JSON. Its hash is sealed, not the text.
        puts: Values to record.
        removes: Facts that were recorded in error. They are no longer on file, but answers as known before keep them.
        expects: The version of every aggregate that the decision read. Every aggregate that is changed must be here.
        expects_sequence: The sequence of the head when the decision was made, if the decision depends on a value that
            was *not* on file, such as another contractor with the same e-mail address. Then the commit is refused if
            anything was recorded since. None = the versions in `expects` suffice.
        standings: Stored timelines to replace.
        switch_to: The generation of standings that is read from this commit on; None = as before.
        seal: The function that seals the audit entry.

    Raises:
        InvalidValueError: With every fault: a key that is too long, a value put twice, a change without expectation.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> company = factories.company()
        >>> changes = Changes(
        ...     actor="member-1", action="create_company", key="request-1", fingerprint="digest-1",
        ...     puts=[put(company)], expects=[Expectation(key_of(company), 0)],
        ... )
        >>> [str(key) for key in changes.touched]
        ["company 'company-1'"]
    """

    actor: str
    action: str
    key: str
    fingerprint: str
    response: str = ""
    detail: str = ""
    puts: tuple[Put, ...] = ()
    removes: tuple[Key, ...] = ()
    expects: tuple[Expectation, ...] = ()
    expects_sequence: int | None = None
    standings: tuple[StandingUpdate, ...] = ()
    switch_to: int | None = None
    seal: Seal = attrs.field(default=sha256_seal, eq=False, repr=False)
    _touched: tuple[Key, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for name in ("puts", "removes", "expects", "standings"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # as in StandingUpdate
        object.__setattr__(self, "_touched", self._aggregates())
        faults = (*self._text_faults(), *self._key_faults(), *self._standing_faults())
        if faults:
            raise InvalidValueError("Changes", faults)

    @property
    def touched(self) -> tuple[Key, ...]:
        """The aggregates whose version goes up, in the order of the changes."""
        return self._touched

    def _aggregates(self) -> tuple[Key, ...]:
        aggregates: dict[tuple[Kind, str], Key] = {}
        for key in (*(change.key for change in self.puts), *self.removes):
            identity = (key.kind, key.id) if key.contractor_id is None else (Kind.CONTRACTOR, key.contractor_id)
            if identity not in aggregates:
                aggregates[identity] = key.aggregate
        return tuple(aggregates.values())

    def _text_faults(self) -> Iterator[Fault]:
        for name in ("actor", "action", "key", "fingerprint", "response", "detail"):
            text = getattr(self, name)
            if not isinstance(text, str):
                yield Fault(f"$.{name}", type(text).__name__, "must be text: give a str")
            elif name in ("actor", "action", "key", "fingerprint") or text:
                is_document = name in ("response", "detail")
                constraint = NotBlank(longest=None) if is_document else NotBlank()
                problem = None if text.isspace() and is_document else constraint.fault(text)
                if problem is not None:
                    yield Fault(f"$.{name}", repr(text[:40]), problem)
        if len(self.key) > MAX_KEY_LENGTH:
            yield Fault("$.key", f"{len(self.key)} characters", f"must have at most {MAX_KEY_LENGTH}; use a digest")

    def _key_faults(self) -> Iterator[Fault]:
        expected = [expectation.key for expectation in self.expects]
        changed = [*(change.key for change in self.puts), *self.removes]
        yield from _twice("expects", expected)
        yield from _twice("puts and removes", changed)
        for index, expectation in enumerate(self.expects):
            path = f"$.expects[{index}]"
            if expectation.key.kind.is_fact:
                yield Fault(path, str(expectation.key), "has no version of its own; expect its contractor")
            if expectation.version < 0:
                yield Fault(f"{path}.version", str(expectation.version), "must be 0 (none) or more")
        if self.expects_sequence is not None and self.expects_sequence < 0:
            yield Fault("$.expects_sequence", str(self.expects_sequence), "must be 0 (nothing on file) or more")
        for index, key in enumerate(self.removes):
            if not key.kind.is_fact:
                problem = "cannot be removed, only facts can; put it with another state instead"
                yield Fault(f"$.removes[{index}]", str(key), problem)
        expected_keys = set(expected)
        for key in self.touched:
            if key not in expected_keys:
                yield Fault("$.expects", str(key), "is changed here: add the version that was read (0 = none)")

    def _standing_faults(self) -> Iterator[Fault]:
        expected_ids = {expectation.key.id for expectation in self.expects if expectation.key.kind is Kind.CONTRACTOR}
        yield from _twice("standings", [(update.contractor_id, update.generation) for update in self.standings])
        for index, update in enumerate(self.standings):
            path = f"$.standings[{index}]"
            if update.contractor_id not in expected_ids:
                problem = "was computed from a version of the contractor: add that version to `expects`"
                yield Fault(path, repr(update.contractor_id), problem)
            if not 0 <= update.generation <= _LAST_GENERATION:
                yield Fault(f"{path}.generation", str(update.generation), "must be 0 or more, and below 2**31")
            yield from _row_faults(path, update)
        if self.switch_to is not None and not 0 <= self.switch_to <= _LAST_GENERATION:
            yield Fault("$.switch_to", str(self.switch_to), "must be 0 or more, and below 2**31")


def _row_faults(path: str, update: StandingUpdate) -> Iterator[Fault]:
    for index, row in enumerate(update.rows):
        if row.contractor_id != update.contractor_id:
            problem = f"is another contractor; give rows of {update.contractor_id!r} only"
            yield Fault(f"{path}.rows[{index}].contractor_id", repr(row.contractor_id), problem)
        if index and update.rows[index - 1].end != row.start:
            yield Fault(f"{path}.rows[{index}].start", str(row.start), "must be the day on which the row before ends")


def _twice(field: str, items: Iterable[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for item in items:
        if item in seen:
            yield Fault(f"$.{field}", str(item), "is there twice; keep one of them")
        seen.add(item)
