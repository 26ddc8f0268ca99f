"""What one commit carries: new values, what the decision was based on, who asks, and the receipt to give."""

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
    "LONGEST_ID",
    "LONGEST_KEY",
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
LONGEST_KEY = 255
#: Ids are at most this many characters long: three of them and a name must fit one entry of an index, in any script.
LONGEST_ID = 150
_LAST_GENERATION = 2**31 - 1

#: Turns the seal before, the sequence, the time of record and the payload's hash into the seal of an audit entry.
#: Pure: the same four always give the same text.
Seal = Callable[[str, int, datetime, str], str]


class Kind(Enum):
    """What can be stored. The first nine have a version each; the rest are facts of a contractor and share its own."""

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

    # Members are one of a kind, so their identity will do; that of `Enum` hashes the name each time.
    __hash__ = object.__hash__

    @property
    def is_fact(self) -> bool:
        """Whether values of this kind belong to a contractor and share its version."""
        return self in FACTS


#: The class of each kind.
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
#: The kinds that belong to a contractor, and where a dossier holds them.
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
    """Which value is meant, within one company.

    Attributes:
        kind: What it is.
        id: The value's own id: the code of a job code, the NAIC number of a carrier (else its name), `id` of the rest.
        contractor_id: The contractor that a fact belongs to; None for what is no fact.
    """

    kind: Kind
    id: str
    contractor_id: str | None = None

    def __attrs_post_init__(self) -> None:
        if (self.contractor_id is None) is (self.kind in FACTS):
            problem = "is a fact: name its contractor" if self.kind in FACTS else "is no fact of a contractor"
            fault = Fault("$.contractor_id", repr(self.contractor_id), f"{self.kind.value} {problem}")
            raise InvalidValueError("Key", (fault,))
        for name, given in (("id", self.id), ("contractor_id", self.contractor_id)):
            if given is not None and (fault_found := id_problem(given)):
                raise InvalidValueError("Key", (Fault(f"$.{name}", repr(given[:40]), fault_found),))

    @property
    def aggregate(self) -> Key:
        """The key of what carries the version: the contractor of a fact, else the value itself."""
        return self if self.contractor_id is None else Key(Kind.CONTRACTOR, self.contractor_id)

    def __str__(self) -> str:
        owner = "" if self.contractor_id is None else f" of contractor {self.contractor_id!r}"
        return f"{self.kind.value} {self.id!r}{owner}"


def id_problem(text: str) -> str | None:
    """Say why no store can hold a text as an id, or return None."""
    if len(text) > LONGEST_ID:
        return f"has {len(text)} characters; an id that is stored has at most {LONGEST_ID}"
    return NotBlank().fault(text)


def key_of(value: Value, contractor_id: str | None = None) -> Key:
    """Return the key under which a value is stored.

    Raises:
        InvalidValueError: If values of its class are not stored, a fact comes without its contractor, or its id is too
            long to be stored.
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        known = ", ".join(cls.__name__ for cls in _KINDS)
        raise InvalidValueError("Put", (Fault("$.value", type(value).__name__, f"is not stored; these are: {known}"),))
    return Key(kind, _own_id(value), contractor_id)


def _own_id(value: Any) -> str:
    match value:
        case Carrier():
            return value.naic or value.name
        case _:
            return str(value.id)


@attrs.frozen
class Put:
    """A value to record, as the current one of its key. Made by `put`."""

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
    """
    return Put(key_of(value, contractor_id), value)


@attrs.frozen
class Expectation:
    """The version of an aggregate that a decision was based on.

    Attributes:
        key: The aggregate: any kind but a fact.
        version: Its version; 0 = there was none.
    """

    key: Key
    version: int


@attrs.frozen
class StandingUpdate:
    """The stored timeline of one contractor, put in the place of the one there.

    Attributes:
        contractor_id: The contractor.
        rows: What `standing()` gave; empty to have none.
        generation: From which generation on it is read (`Head.generation`). Rows of a later one wait unseen until
            a commit switches to it.
    """

    contractor_id: str
    rows: tuple[StandingRow, ...]
    generation: int = 0

    def __attrs_post_init__(self) -> None:
        # What was given may be a list that its owner goes on changing (promise 31).
        object.__setattr__(self, "rows", tuple(self.rows))


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def payload_hash(actor: str, action: str, key: str, fingerprint: str, detail_hash: str) -> str:
    """Return the hash that an audit entry is sealed with.

    It covers the hash of the detail and not the detail itself, so that personal data in it can be erased later and
    the chain still verifies.
    """
    return text_hash(json.dumps([actor, action, key, fingerprint, detail_hash], ensure_ascii=False))


def sha256_seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
    """Return the seal of an audit entry: SHA-256 over the seal before it and what it is about.

    Whoever can write to the store can also make a new chain. With a secret key (HMAC) and an anchor outside the store
    that is found out: give your own `Seal`.
    """
    return text_hash(json.dumps([previous, sequence, recorded_at.isoformat(timespec="microseconds"), payload]))


@attrs.frozen(kw_only=True)
class Changes:
    """All that one use case changes, to be recorded in one transaction or not at all.

    Attributes:
        actor: Id of the member who acts, or the name of the program that does.
        action: The use case, such as `add_contractor`.
        key: Idempotency key, chosen by the caller for this request alone; at most 255 characters.
        fingerprint: Digest of the request: the same key with another fingerprint is refused.
        response: What the use case answers, kept to answer a repeated request with.
        detail: What the audit entry says beyond actor and action; JSON by custom. Its hash is sealed, not its text.
        puts: Values to record.
        removes: Facts that were recorded in error: from now on unknown, and still there as known before.
        expects: The version of every aggregate that the decision read. What is changed here must be among them.
        expects_sequence: The head's sequence when the decision was made, if it depends on what was *not* there, such
            as that nobody else has an e-mail address: then nothing at all may have been recorded since. None = what is
            expected is enough.
        standings: Stored timelines to replace.
        switch_to: The generation of standings that is read from this commit on; None = as before.
        seal: Seals the audit entry.

    Raises:
        InvalidValueError: With every fault: a key that is too long, a value put twice, a change that expects nothing.
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
            object.__setattr__(self, name, tuple(getattr(self, name)))  # as above
        object.__setattr__(self, "_touched", self._aggregates())
        faults = (*self._text_faults(), *self._key_faults(), *self._standing_faults())
        if faults:
            raise InvalidValueError("Changes", faults)

    @property
    def touched(self) -> tuple[Key, ...]:
        """The aggregates whose version goes up, in the order of the changes."""
        return self._touched

    def _aggregates(self) -> tuple[Key, ...]:
        found: dict[tuple[Kind, str], Key] = {}
        for key in (*(each.key for each in self.puts), *self.removes):
            own = (key.kind, key.id) if key.contractor_id is None else (Kind.CONTRACTOR, key.contractor_id)
            if own not in found:
                found[own] = key.aggregate
        return tuple(found.values())

    def _text_faults(self) -> Iterator[Fault]:
        for name in ("actor", "action", "key", "fingerprint", "response", "detail"):
            text = getattr(self, name)
            if not isinstance(text, str):
                yield Fault(f"$.{name}", type(text).__name__, "must be text")
            elif name in ("actor", "action", "key", "fingerprint") or text:
                problem = None if text.isspace() and name in ("response", "detail") else NotBlank().fault(text)
                if problem is not None:
                    yield Fault(f"$.{name}", repr(text[:40]), problem)
        if len(self.key) > LONGEST_KEY:
            yield Fault("$.key", f"{len(self.key)} characters", f"must have at most {LONGEST_KEY}; use a digest")

    def _key_faults(self) -> Iterator[Fault]:
        expected = [each.key for each in self.expects]
        changed = [*(each.key for each in self.puts), *self.removes]
        yield from _twice("expects", expected)
        yield from _twice("puts and removes", changed)
        for index, each in enumerate(self.expects):
            if each.key.kind.is_fact:
                yield Fault(f"$.expects[{index}]", str(each.key), "has no version of its own; expect its contractor")
            if each.version < 0:
                yield Fault(f"$.expects[{index}].version", str(each.version), "must be 0 (none) or more")
        if self.expects_sequence is not None and self.expects_sequence < 0:
            yield Fault("$.expects_sequence", str(self.expects_sequence), "must be 0 (nothing was there) or more")
        for index, key in enumerate(self.removes):
            if not key.kind.is_fact:
                yield Fault(
                    f"$.removes[{index}]", str(key), "cannot be removed, only facts can; change its state instead"
                )
        known = set(expected)
        for key in self.touched:
            if key not in known:
                yield Fault("$.expects", str(key), "is changed here: say which version was read (0 = none)")

    def _standing_faults(self) -> Iterator[Fault]:
        known = {each.key.id for each in self.expects if each.key.kind is Kind.CONTRACTOR}
        yield from _twice("standings", [(each.contractor_id, each.generation) for each in self.standings])
        for index, each in enumerate(self.standings):
            path = f"$.standings[{index}]"
            if each.contractor_id not in known:
                yield Fault(path, repr(each.contractor_id), "was computed from a version of the contractor: expect it")
            if not 0 <= each.generation <= _LAST_GENERATION:
                yield Fault(f"{path}.generation", str(each.generation), "must be 0 or more, and below 2**31")
            yield from _row_faults(path, each)
        if self.switch_to is not None and not 0 <= self.switch_to <= _LAST_GENERATION:
            yield Fault("$.switch_to", str(self.switch_to), "must be 0 or more, and below 2**31")


def _row_faults(path: str, update: StandingUpdate) -> Iterator[Fault]:
    for index, row in enumerate(update.rows):
        if row.contractor_id != update.contractor_id:
            yield Fault(f"{path}.rows[{index}]", repr(row.contractor_id), f"is not of {update.contractor_id!r}")
        if index and update.rows[index - 1].end != row.start:
            yield Fault(f"{path}.rows[{index}].start", str(row.start), "must be the day on which the row before ends")


def _twice(field: str, items: Iterable[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for item in items:
        if item in seen:
            yield Fault(f"$.{field}", str(item), "stands twice; keep one")
        seen.add(item)
