"""The answers of a store: records with their versions, the head, receipts, audit entries and pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from contractor_compliance.domain import Dossier, Value
from contractor_compliance.errors import UnreadableError
from contractor_compliance.results import StandingRow
from contractor_compliance.storage.changes import Expectation, Key, payload_hash

__all__ = ["AuditEntry", "DossierRecord", "Head", "Page", "PageItem", "Receipt", "Record", "Unreadable"]


@attrs.frozen
class Unreadable:
    """The placeholder of a value that is in the store but cannot be read.

    Attributes:
        key: The key of the value.
        problem: What is wrong with it, with paths.

    Example:
        >>> from contractor_compliance.storage import Key, Kind
        >>> print(Unreadable(Key(Kind.CLIENT, "client-1"), "$.name is missing"))
        client 'client-1': $.name is missing
    """

    key: Key
    problem: str

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}"


@attrs.frozen
class Record:
    """One version of a value.

    Attributes:
        key: The key of the value.
        version: The version of its aggregate from which on it is on file.
        recorded_at: The instant from which on it was on file, UTC.
        superseded_at: The instant from which on it no longer was; None = it is the latest. It is None too in an answer
            as known at an instant, because later versions were not known then.
        content: The value, or what is wrong with it.

    Example:
        >>> from datetime import UTC
        >>> from contractor_compliance.storage import key_of
        >>> from contractor_compliance.testing import factories
        >>> client = factories.client()
        >>> record = Record(key_of(client), 1, datetime(2026, 7, 1, tzinfo=UTC), None, client)
        >>> record.value == client
        True
    """

    key: Key
    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    content: Value | Unreadable

    @property
    def value(self) -> Any:
        """The value, which must be readable.

        Raises:
            UnreadableError: If it cannot be read.
        """
        if isinstance(self.content, Unreadable):
            raise UnreadableError((str(self.content),))
        return self.content


@attrs.frozen
class DossierRecord:
    """The dossier of one contractor at one instant, and the versions that it was read in.

    Attributes:
        contractor_id: The contractor.
        expects: The versions of company, contractor, clients, job codes and carriers. A commit that was decided from
            this dossier expects these.
        content: The dossier, or what is wrong with the records in it.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> dossier = factories.dossier()
        >>> DossierRecord("contractor-1", expects=(), content=dossier).dossier.contractor.id
        'contractor-1'
    """

    contractor_id: str
    expects: tuple[Expectation, ...]
    content: Dossier | tuple[Unreadable, ...]

    @property
    def dossier(self) -> Dossier:
        """The dossier, all of which must be readable.

        Raises:
            UnreadableError: If a record in it cannot be read.
        """
        if isinstance(self.content, Dossier):
            return self.content
        raise UnreadableError(tuple(map(str, self.content)))


@attrs.frozen
class Head:
    """The last commit of a company, and the generation of standings that is read.

    Attributes:
        sequence: Number of the last commit; 0 = there is none.
        recorded_at: Its time of record.
        seal: The seal of its audit entry; empty before the first.
        generation: The generation of standings that pages read.

    Example:
        >>> Head().sequence
        0
    """

    sequence: int = 0
    recorded_at: datetime | None = None
    seal: str = ""
    generation: int = 0


@attrs.frozen
class Receipt:
    """The result of a commit.

    Attributes:
        key: The idempotency key of the commit.
        fingerprint: The fingerprint of the request.
        sequence: The number of the commit: the first of a company is 1, and there is no gap.
        recorded_at: The time of record, UTC.
        response: The response of the use case.
        repeated: Whether this answers a repeated request, for which nothing was written.

    Example:
        >>> from datetime import UTC
        >>> Receipt("request-1", "digest-1", 1, datetime(2026, 7, 1, tzinfo=UTC), response="").repeated
        False
    """

    key: str
    fingerprint: str
    sequence: int
    recorded_at: datetime
    response: str
    repeated: bool = False


@attrs.frozen
class AuditEntry:
    """One link of a company's audit chain; each commit has one.

    Attributes:
        sequence: The number of the commit.
        recorded_at: The time of record, UTC.
        actor: The member or the program that acted.
        action: The use case.
        key: The idempotency key.
        fingerprint: The digest of the request.
        detail: The text beyond that; None once it was erased.
        detail_hash: SHA-256 of the detail.
        seal: The seal that `Changes.seal` returned.

    Example:
        >>> from datetime import UTC
        >>> texts = ("member-1", "add_contractor", "request-1", "digest-1", None, "hash of the detail", "seal")
        >>> AuditEntry(1, datetime(2026, 7, 1, tzinfo=UTC), *texts).payload_hash[:12]
        '7a19f536a2df'
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
        """The hash that the seal covers."""
        return payload_hash(self.actor, self.action, self.key, self.fingerprint, self.detail_hash)


@attrs.frozen
class PageItem:
    """One item of a page.

    Attributes:
        key: The key of the value.
        version: The current version of the value.
        name: Its name for people: legal name, title or name, or the id if it has none of these.
        standing: The contractor's stored standing on the day of the query; None if there is none, or no day was given.

    Example:
        >>> from contractor_compliance.storage import Key, Kind
        >>> PageItem(Key(Kind.CONTRACTOR, "contractor-1"), version=1, name="Sample Contractor").standing is None
        True
    """

    key: Key
    version: int
    name: str
    standing: StandingRow | None = None


@attrs.frozen
class Page:
    """One page of the values that a query finds.

    Attributes:
        items: The items of this page, in the order of the query.
        cursor: The cursor of the next page; None = this is the last.

    Example:
        >>> Page(items=()).cursor is None
        True
    """

    items: tuple[PageItem, ...]
    cursor: str | None = None
