"""Who changed what and when; and whether the audit chain is whole (M9)."""

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
    """One change of a value.

    Attributes:
        at: When.
        sequence: Number of the commit.
        actor: Id of the member who did it.
        action: The use case.
        what: What was changed.
        before: The value before, in plain values with masked tax ids; None = there was none.
        after: The value after; None = it was withdrawn.
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
    """What came of looking through an audit chain.

    Attributes:
        entries: How many were looked at.
        first_bad: Sequence of the first entry that is not as it was written; None if each is.
        problem: What is wrong with it; empty if nothing is.
        cannot_detect: What this look could not have found, for want of a key, of an anchor, or of what was erased.
    """

    entries: int
    first_bad: int | None
    problem: str
    cannot_detect: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing wrong was found."""
        return self.first_bad is None


def verify_chain(
    entries: Iterable[AuditEntry], config: DeskConfig, anchor: tuple[int, str] | None = None
) -> Verification:
    """Look through an audit chain.

    Args:
        entries: All of them, in order.
        setting: How they were sealed.
        anchor: The sequence and the seal of the newest entry that something outside the store has kept.
    """
    previous, count, erased = "", 0, 0
    anchored = anchor is None
    chain = iter(entries)
    while True:
        try:
            entry = next(chain, None)
        except UnreadableError as error:
            problem = f"it cannot be read: {error}"
            return Verification(count + 1, count + 1, problem, _blind(config, anchor, count, erased))
        if entry is None:
            break
        count += 1
        erased += entry.detail is None
        problem = _fault(entry, count, previous, config)
        if not problem and anchor is not None and entry.sequence == anchor[0]:
            anchored = entry.seal == anchor[1]
            problem = "" if anchored else "its seal is not the one that was anchored"
        if problem:
            return Verification(count, count, problem, _blind(config, anchor, count, erased))
        previous = entry.seal
    blind = _blind(config, anchor, count, erased)
    if not anchored and anchor is not None:
        return Verification(count, count + 1, f"is missing: the chain was anchored at {anchor[0]}", blind)
    return Verification(count, None, "", blind)


def _blind(config: DeskConfig, anchor: tuple[int, str] | None, count: int, erased: int) -> tuple[str, ...]:
    """Return what nobody could have found."""
    found = []
    if not config.is_keyed:
        what = "make a whole new chain" if anchor is None else "make other entries after the anchored one"
        found.append(f"without an audit key, whoever can write to the store can {what}")
    if anchor is None:
        found.append("without an anchor, entries cut off at the end are not missed")
    elif count > anchor[0]:
        found.append(f"entries cut off at the end are not missed down to {anchor[0]}, the one that was anchored")
    if erased:
        found.append(f"the details of {erased} entries were erased, and it is not told by whom")
    return tuple(found)


def _fault(entry: AuditEntry, expected: int, previous: str, config: DeskConfig) -> str:
    if entry.sequence != expected:
        return f"has sequence {entry.sequence}, expected {expected}"
    if entry.detail is not None and text_hash(entry.detail) != entry.detail_hash:
        return "its detail is not the one that was sealed"
    if config.seal(previous, entry.sequence, entry.recorded_at, entry.payload_hash) != entry.seal:
        return "its seal does not fit what it says and the entry before it"
    return ""


class AuditUseCases(UseCases):
    """Use cases of the audit."""

    def verify(self, anchor: tuple[int, str] | None = None) -> Verification:
        """Look through the company's audit chain and name the first bad entry.

        The chain says who did what and when. The records themselves, and the answers kept for repeated requests, are
        not in it.

        Args:
            anchor: The sequence and the seal of the newest entry that was kept outside the store.

        Raises:
            AccessDeniedError: If the member may not see the audit.
        """
        self._enter("see_audit")
        return verify_chain(self._chain(), self._config, anchor)

    def audit_entries(self, after: int = 0, limit: int = 100) -> tuple[AuditEntry, ...]:
        """Return the audit entries that follow a sequence.

        Raises:
            AccessDeniedError: If the member may not see the audit.
        """
        self._enter("see_audit")
        return self._store.audit(after, limit)

    def history(self, key: Key) -> tuple[ChangeEntry, ...]:
        """Return who changed a value, when, from what to what, oldest first; tax ids are masked.

        Raises:
            AccessDeniedError: If the member may not see the audit.
        """
        self._enter("see_audit")
        (versions,) = self._store.history([key])
        found: list[ChangeEntry] = []
        before: dict[str, Any] | None = None
        for version, following in zip_longest(versions, versions[1:]):
            after = _shown(version)
            # A contractor gets a new version with each change of its facts, and is often the same in it.
            if after != before:
                found.append(_change(entry_at(self._store, version.recorded_at), key, before, after))
            before = after
            ended = version.superseded_at
            if ended is not None and (following is None or following.recorded_at != ended):
                found.append(_change(entry_at(self._store, ended), key, before, None))
                before = None
        return tuple(found)

    def _chain(self) -> Iterator[AuditEntry]:
        after = -1  # none is 0, but somebody may have put one there
        while page := self._page_after(after):
            yield from page
            # Not the sequence of the last one: a chain that was tampered with may claim any.
            after = max(after + 1, page[-1].sequence)

    def _page_after(self, after: int) -> tuple[AuditEntry, ...]:
        """Return the entries that follow; one that cannot be read is come upon after those before it."""
        try:
            return self._store.audit(after, _PAGE)
        except UnreadableError:
            return self._store.audit(after, 1)


def entry_at(store: Store, instant: datetime) -> AuditEntry:
    """Return the audit entry of the commit at an instant, found by halves: later ones are recorded later.

    Raises:
        UnreadableError: If there is none.
    """
    low, high = 0, store.head().sequence
    while low < high:
        middle = (low + high) // 2
        (entry,) = store.audit(middle, 1)
        if entry.recorded_at == instant:
            return entry
        low, high = (middle + 1, high) if entry.recorded_at < instant else (low, middle)
    raise UnreadableError((f"the audit entry of {instant}: it is not in the chain; verify() tells more",))


def _change(entry: AuditEntry, key: Key, before: dict[str, Any] | None, after: dict[str, Any] | None) -> ChangeEntry:
    return ChangeEntry(entry.recorded_at, entry.sequence, entry.actor, entry.action, str(key), before, after)


def _shown(record: Record) -> dict[str, Any]:
    try:
        return to_dict(record.value)
    except UnreadableError as error:
        return {"unreadable": json.dumps(error.unreadable)}
