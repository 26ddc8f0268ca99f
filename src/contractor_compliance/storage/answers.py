"""What a store answers: records with their versions, the head, receipts, audit entries and pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from contractor_compliance.domain import Dossier, Value
from contractor_compliance.errors import UnreadableError
from contractor_compliance.results import StandingRow
from contractor_compliance.storage.changes import Expectation, Key, payload_hash

__all__ = ["AuditEntry", "DossierRecord", "Head", "Listed", "Page", "Receipt", "Record", "Unreadable"]


@attrs.frozen
class Unreadable:
    """Stands where a value should be that is in the store but cannot be read.

    Attributes:
        key: Which value.
        problem: What is wrong with it, with paths.
    """

    key: Key
    problem: str

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}"


@attrs.frozen
class Record:
    """One version of a value.

    Attributes:
        key: Which value.
        version: Version of its aggregate that brought it.
        recorded_at: Instant from which it was on file, UTC.
        superseded_at: Instant from which it no longer was; None = it is the latest. An answer as known at an instant
            says None too: what came later was not known.
        content: The value, or what is wrong with it.
    """

    key: Key
    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    content: Value | Unreadable

    @property
    def value(self) -> Any:
        """The value itself.

        Raises:
            UnreadableError: If it cannot be read.
        """
        if isinstance(self.content, Unreadable):
            raise UnreadableError((str(self.content),))
        return self.content


@attrs.frozen
class DossierRecord:
    """All that is known of one contractor at one instant, and the versions that it was read in.

    Attributes:
        contractor_id: The contractor.
        expects: The versions of company, contractor, clients, job codes and carriers: what a commit that was decided
            from this dossier must expect.
        content: The dossier, or what is wrong with the records in it.
    """

    contractor_id: str
    expects: tuple[Expectation, ...]
    content: Dossier | tuple[Unreadable, ...]

    @property
    def dossier(self) -> Dossier:
        """The dossier itself.

        Raises:
            UnreadableError: If a record in it cannot be read.
        """
        if isinstance(self.content, Dossier):
            return self.content
        raise UnreadableError(_sentences(self.content))


def _sentences(unreadable: Sequence[Unreadable]) -> tuple[str, ...]:
    return tuple(map(str, unreadable))


@attrs.frozen
class Head:
    """Where a company stands.

    Attributes:
        sequence: Number of the last commit; 0 = there is none.
        recorded_at: Its time of record.
        seal: The seal of its audit entry; empty before the first.
        generation: The generation of standings that pages read.
    """

    sequence: int = 0
    recorded_at: datetime | None = None
    seal: str = ""
    generation: int = 0


@attrs.frozen
class Receipt:
    """What a commit came to.

    Attributes:
        key: Its idempotency key.
        fingerprint: The request's.
        sequence: Its number: the first of a company is 1, and there is no gap.
        recorded_at: Its time of record, UTC.
        response: What the use case answered.
        repeated: Whether this answers a repeated request, for which nothing was written.
    """

    key: str
    fingerprint: str
    sequence: int
    recorded_at: datetime
    response: str
    repeated: bool = False


@attrs.frozen
class AuditEntry:
    """One link of the company's audit chain: there is one for each commit.

    Attributes:
        sequence: Number of the commit.
        recorded_at: Its time of record, UTC.
        actor: Who acted.
        action: The use case.
        key: Idempotency key.
        fingerprint: Digest of the request.
        detail: What it says beyond that; None once it was erased.
        detail_hash: SHA-256 of the detail.
        seal: What `Changes.seal` returned.
    """

    sequence: int
    recorded_at: datetime
    actor: str
    action: str
    key: str
    fingerprint: str
    detail: str | None
    detail_hash: str
    seal: str

    @property
    def payload_hash(self) -> str:
        """The hash that the seal is about."""
        return payload_hash(self.actor, self.action, self.key, self.fingerprint, self.detail_hash)


@attrs.frozen
class Listed:
    """One line of a page.

    Attributes:
        key: Which value.
        version: Its version now.
        name: Its name for people: legal name, title or name; the id of what has none.
        standing: The contractor's stored standing on the day of the query; None if there is none, or no day was given.
    """

    key: Key
    version: int
    name: str
    standing: StandingRow | None = None


@attrs.frozen
class Page:
    """Some of the values that a query finds.

    Attributes:
        items: Those of this page, in the order of the query.
        cursor: Gives the next page; None = this was the last.
    """

    items: tuple[Listed, ...]
    cursor: str | None = None
