"""Use cases of the audit: who changed what and when, and whether the audit chain is whole (M9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any

import attrs

from contractor_compliance.desk.context import DeskConfig
from contractor_compliance.desk.use_cases import UseCases
from contractor_compliance.errors import UnreadableError
from contractor_compliance.serialization import to_dict
from contractor_compliance.storage import AuditEntry, Key, Record, Store, text_hash

__all__ = ["AuditUseCases", "ChangeEntry", "Verification", "entry_at", "verify_chain"]

_PAGE = 1000


@attrs.frozen
class ChangeEntry:
    """One change of a value on file.

    Attributes:
        at: The time of record.
        sequence: Number of the commit.
        actor: Id of the member who made the change.
        action: The use case.
        what: The key of the value, as text.
        before: The value before, in plain values with masked tax ids; None = there was none.
        after: The value after; None = it was withdrawn.

    Example:
        >>> from contractor_compliance.storage import Key, Kind
        >>> from contractor_compliance.testing import sample_desk
        >>> (change,) = sample_desk().history(Key(Kind.CLIENT, "client-1"))
        >>> change.action, change.before, change.after["name"]
        ('put_client', None, 'Sample Mills Corp')
    """

    at: datetime
    sequence: int
    actor: str
    action: str
    what: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@attrs.frozen
class Verification:
    """The result of verifying an audit chain.

    Attributes:
        entries: The number of entries that were verified.
        first_bad: Sequence of the first entry that is not as it was written; None = there is none.
        problem: What is wrong with that entry; empty = nothing.
        cannot_detect: What this verification could not detect, for lack of a key, of an anchor, or of erased details.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> verification = sample_desk().verify()
        >>> verification.is_whole, len(verification.cannot_detect)
        (True, 2)
    """

    entries: int
    first_bad: int | None
    problem: str
    cannot_detect: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every entry is as it was written, as far as this verification can detect."""
        return self.first_bad is None


def verify_chain(
    entries: Iterable[AuditEntry], config: DeskConfig, anchor: tuple[int, str] | None = None
) -> Verification:
    """Verify an audit chain and return the first bad entry, if there is one.

    Args:
        entries: All entries, in order.
        config: The desk's configuration, which says how the entries were sealed.
        anchor: The sequence and the seal of the newest entry that was kept outside the store.
    """
    previous, count, erased = "", 0, 0
    anchored = anchor is None
    chain = iter(entries)
    while True:
        try:
            entry = next(chain, None)
        except UnreadableError as error:
            problem = f"it cannot be read: {error}"
            return Verification(count + 1, count + 1, problem, _undetectable(config, anchor, count, erased))
        if entry is None:
            break
        count += 1
        erased += entry.detail is None
        problem = _fault(entry, count, previous, config)
        if not problem and anchor is not None and entry.sequence == anchor[0]:
            anchored = entry.seal == anchor[1]
            problem = "" if anchored else "its seal is not the one that was anchored"
        if problem:
            return Verification(count, count, problem, _undetectable(config, anchor, count, erased))
        previous = entry.seal
    undetectable = _undetectable(config, anchor, count, erased)
    if not anchored and anchor is not None:
        return Verification(count, count + 1, f"is missing: the chain was anchored at {anchor[0]}", undetectable)
    return Verification(count, None, "", undetectable)


def _undetectable(config: DeskConfig, anchor: tuple[int, str] | None, count: int, erased: int) -> tuple[str, ...]:
    """Return what a verification cannot detect, in words."""
    limits = []
    if not config.is_keyed:
        deed = "make a whole new chain" if anchor is None else "make other entries after the anchored one"
        limits.append(f"without an audit key, a program that can write to the store can {deed}")
    if anchor is None:
        limits.append("without an anchor, entries cut off at the end are not missed")
    elif count > anchor[0]:
        limits.append(f"entries cut off at the end are not missed down to {anchor[0]}, the one that was anchored")
    if erased:
        limits.append(f"the details of {erased} entries were erased, and the chain does not show by which program")
    return tuple(limits)


def _fault(entry: AuditEntry, expected: int, previous: str, config: DeskConfig) -> str:
    if entry.sequence != expected:
        return f"has sequence {entry.sequence}, expected {expected}"
    if entry.detail is not None and text_hash(entry.detail) != entry.detail_hash:
        return "its detail is not the one that was sealed"
    if config.seal(previous, entry.sequence, entry.recorded_at, entry.payload_hash) != entry.seal:
        return "its seal does not match its content and the entry before it"
    return ""


class AuditUseCases(UseCases):
    """Use cases of the audit: verify it, read it, and show the history of a value."""

    def verify(self, anchor: tuple[int, str] | None = None) -> Verification:
        """Verify the company's audit chain and return its first bad entry, if there is one.

        The chain says who did what and when. It does not hold the records themselves, nor the results kept for
        repeated requests.

        Args:
            anchor: The sequence and the seal of the newest entry that was kept outside the store.

        Raises:
            AccessDeniedError: If the member may not see the audit.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().verify().is_whole
            True
        """
        self._enter("verify")
        return verify_chain(self._chain(), self._config, anchor)

    def audit_entries(self, after: int = 0, limit: int = 100) -> tuple[AuditEntry, ...]:
        """Return the audit entries after a sequence, oldest first.

        Args:
            after: The sequence; 0 = from the first entry on.
            limit: The most entries to return.

        Raises:
            AccessDeniedError: If the member may not see the audit.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> [entry.action for entry in sample_desk().audit_entries(limit=1)]
            ['create_company']
        """
        self._enter("audit_entries")
        return self._store.audit(after, limit)

    def history(self, value_key: Key) -> tuple[ChangeEntry, ...]:
        """Return the changes of a value, oldest first, each with its member and time; tax ids are masked.

        Args:
            value_key: The key of the value: its kind, its id and, for a fact, the contractor's id.

        Raises:
            AccessDeniedError: If the member may not see the audit.

        Example:
            >>> from contractor_compliance.storage import Key, Kind
            >>> from contractor_compliance.testing import sample_desk
            >>> [change.action for change in sample_desk().history(Key(Kind.CLIENT, "client-1"))]
            ['put_client']
        """
        self._enter("history")
        (versions,) = self._store.history([value_key])
        changes: list[ChangeEntry] = []
        before: dict[str, Any] | None = None
        for version, following in zip_longest(versions, versions[1:]):
            after = _shown(version)
            # A contractor gets a new version with each change of its facts, and is often the same in it.
            if after != before:
                changes.append(_change(entry_at(self._store, version.recorded_at), value_key, before, after))
            before = after
            ended = version.superseded_at
            if ended is not None and (following is None or following.recorded_at != ended):
                changes.append(_change(entry_at(self._store, ended), value_key, before, None))
                before = None
        return tuple(changes)

    def _chain(self) -> Iterator[AuditEntry]:
        after = -1  # the desk writes no entry 0, but another program may have put one there
        while page := self._page_after(after):
            yield from page
            # Not just the sequence of the last entry: a chain that was tampered with may claim any.
            after = max(after + 1, page[-1].sequence)

    def _page_after(self, after: int) -> tuple[AuditEntry, ...]:
        """Return the entries after a sequence; with one that cannot be read among them, only the next entry."""
        try:
            return self._store.audit(after, _PAGE)
        except UnreadableError:
            return self._store.audit(after, 1)


def entry_at(store: Store, instant: datetime) -> AuditEntry:
    """Return the audit entry of the commit at an instant, by binary search.

    Raises:
        UnreadableError: If there is no such entry.
    """
    low, high = 0, store.head().sequence
    while low < high:
        middle = (low + high) // 2
        (entry,) = store.audit(middle, 1)
        if entry.recorded_at == instant:
            return entry
        low, high = (middle + 1, high) if entry.recorded_at < instant else (low, middle)
    raise UnreadableError((f"the audit entry of {instant}: it is not in the chain; verify() says more",))


def _change(entry: AuditEntry, key: Key, before: dict[str, Any] | None, after: dict[str, Any] | None) -> ChangeEntry:
    return ChangeEntry(entry.recorded_at, entry.sequence, entry.actor, entry.action, str(key), before, after)


def _shown(record: Record) -> dict[str, Any]:
    try:
        return to_dict(record.value)
    except UnreadableError as error:
        return {"unreadable": json.dumps(error.unreadable)}
