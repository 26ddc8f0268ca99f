"""`ComplianceDesk`: the entrance for a host application, before a member acts."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Self

import attrs

from contractor_compliance.desk.access import DEFAULT_ROLES, OWNER
from contractor_compliance.desk.audit import entry_at
from contractor_compliance.desk.context import Anchor, DeskConfig, hmac_seal, pending_key, publish_anchor
from contractor_compliance.desk.member import MemberDesk
from contractor_compliance.desk.use_cases import CommandResult
from contractor_compliance.domain import Company, Member, MemberState, RequirementSet, RuleBook, Subject
from contractor_compliance.errors import (
    ConflictError,
    InvalidValueError,
    KeyReusedError,
    NotAllowedError,
    SchemaError,
)
from contractor_compliance.evaluation import SHIPPED_LAW, CustomCheck, LawTables
from contractor_compliance.storage import (
    Changes,
    Clock,
    Expectation,
    Key,
    Kind,
    Store,
    UnboundStore,
    key_of,
    open_store,
    put,
    sha256_seal,
    text_hash,
    utc_now,
)
from contractor_compliance.storage.changes import id_problem

__all__ = ["ComplianceDesk"]


def _new_id() -> str:
    return uuid.uuid4().hex


class ComplianceDesk:
    """The compliance desk of one company, for a host application.

    Args:
        store: The handle of the company's store.
        clock: Returns the present instant.
        ids: Returns a new id with each call.
        tokens: Returns a text that cannot be guessed with each call, for invitations.
        audit_key: A secret that seals the audit chain (HMAC); the key of each company's chain is derived from it.
            Without it, a program that can write to the store can make another chain.
        anchor: Receives each commit. What it keeps outside the store reveals a chain that was cut short. With a store
            on the host's connection it is called before the host commits: keep the seal only after that.
        custom: The host's own checks, by name.
        law: Tables of law.

    Example:
        >>> from contractor_compliance.desk import ComplianceDesk
        >>> from contractor_compliance.domain import Subject
        >>> owner = Subject(issuer="https://id.example.com", subject="user-1")
        >>> with ComplianceDesk.open("memory://", company="Acme Sample Staffing", owner=owner) as desk:
        ...     print(desk.acting_as(owner).roster().entries)
        ()
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock = utc_now,
        ids: Callable[[], str] = _new_id,
        tokens: Callable[[], str] = secrets.token_urlsafe,
        audit_key: bytes | None = None,
        anchor: Anchor | None = None,
        custom: Mapping[str, CustomCheck] | None = None,
        law: LawTables = SHIPPED_LAW,
    ) -> None:
        self._opened: UnboundStore | None = None
        self._config = DeskConfig(
            store=store,
            clock=clock,
            ids=ids,
            tokens=tokens,
            seal=sha256_seal if audit_key is None else hmac_seal(_key_of_company(audit_key, store.company_id)),
            is_keyed=audit_key is not None,
            anchor=anchor,
            custom={} if custom is None else custom,
            law=law,
        )

    @classmethod
    def open(cls, url: str, *, company: str | Company, owner: Subject, clock: Clock = utc_now, **options: Any) -> Self:
        """Open the desk of a company at a URL; the first call creates the tables, the company and its owner.

        Args:
            url: As for `open_store`.
            company: The company, or its name, from which the id is then made.
            owner: The identity of the owner.
            clock: Returns the present instant.
            options: As for the constructor.

        Raises:
            StorageError: If the store cannot be opened.

        Example:
            >>> from contractor_compliance.desk import ComplianceDesk
            >>> from contractor_compliance.domain import Subject
            >>> owner = Subject(issuer="https://id.example.com", subject="user-1")
            >>> desk = ComplianceDesk.open("memory://", company="Acme Sample Staffing", owner=owner)
            >>> [member.name for member in desk.acting_as(owner).members()]
            ['Owner']
        """
        if isinstance(company, str):
            company = Company(id=_id_of(company), name=company)
        unbound = _open_or_create(url, clock)
        desk = cls(unbound.for_company(company.id), clock=clock, **options)
        desk._opened = unbound
        try:
            desk.create_company(company, owner)
        except BaseException:
            unbound.close()
            raise
        return desk

    def create_company(self, company: Company, owner: Subject, *, owner_name: str = "Owner") -> bool:
        """Create a company with the default roles and its first owner, unless it exists already.

        Args:
            company: The company; its id is that of the store's handle.
            owner: The identity of the first owner.
            owner_name: Display name of the owner.

        Returns:
            Whether this call created the company.

        Raises:
            StorageError: If the company cannot be recorded.

        Example:
            >>> from contractor_compliance.desk import ComplianceDesk
            >>> from contractor_compliance.domain import Company, Subject
            >>> from contractor_compliance.storage import open_store
            >>> desk = ComplianceDesk(open_store("memory://").for_company("acme"))
            >>> desk.create_company(Company(id="acme", name="Acme Sample Staffing"), Subject(issuer="x", subject="1"))
            True
        """
        store = self._config.store
        if store.head().sequence:
            return False
        member = Member(
            id=self._config.ids(), name=owner_name, state=MemberState.ACTIVE, subject=owner, roles=frozenset({OWNER})
        )
        book = RuleBook(id=company.id, title="Requirements", sets=(RequirementSet(id="everyone"),))
        pending = attrs.evolve(book, id=pending_key(company.id).id)
        values = (company, book, pending, member, *DEFAULT_ROLES)
        changes = Changes(
            actor=member.id,
            action="create_company",
            key="create_company",
            fingerprint=text_hash(f"{company.id} {owner.issuer} {owner.subject}"),
            puts=tuple(map(put, values)),
            expects=tuple(Expectation(key_of(value), 0) for value in values),
            seal=self._config.seal,
        )
        try:
            receipt = store.commit(changes)
        except (ConflictError, KeyReusedError):
            if not store.head().sequence:  # otherwise another call has created it meanwhile
                raise
            return False
        publish_anchor(self._config, receipt)
        return not receipt.repeated

    def acting_as(self, subject: Subject) -> MemberDesk:
        """Return the desk of one member; each use case checks anew whether the subject is one.

        Args:
            subject: The identity of the member, as the host knows it.

        Example:
            >>> from contractor_compliance.desk import ComplianceDesk
            >>> from contractor_compliance.domain import Subject
            >>> owner = Subject(issuer="https://id.example.com", subject="user-1")
            >>> desk = ComplianceDesk.open("memory://", company="Acme Sample Staffing", owner=owner)
            >>> desk.acting_as(owner).rulebook().title
            'Requirements'
        """
        return MemberDesk(self._config, subject)

    def accept_invitation(self, invitation: str, subject: Subject, *, key: str | None = None) -> CommandResult:
        """Bind an invited member to the identity of the person who presents the invitation.

        Args:
            invitation: The secret from the result of `invite_member`.
            subject: The identity of the person, as the host knows it.
            key: Idempotency key.

        Raises:
            NotAllowedError: If there is no such invitation, it was used or withdrawn, or the person is a member.

        Example:
            >>> from contractor_compliance.desk import ComplianceDesk
            >>> from contractor_compliance.domain import Subject
            >>> owner, robin = (Subject(issuer="https://id.example.com", subject=name) for name in ("user-1", "user-2"))
            >>> desk = ComplianceDesk.open("memory://", company="Acme Sample Staffing", owner=owner)
            >>> invited = desk.acting_as(owner).invite_member("Robin Sample", role_ids=["manager"])
            >>> desk.accept_invitation(invited.invitation, robin).id == invited.id
            True
        """
        store = self._config.store
        member_id, _, token = invitation.rpartition(".")
        member_key = Key(Kind.MEMBER, member_id) if id_problem(member_id) is None else None
        record = None if member_key is None else store.get([member_key])[0]
        if record is None or not self._is_invited_by(record.key, token):
            raise NotAllowedError("There is no such invitation in this company; ask for another one.")
        member: Member = record.value
        commit_key = f"accept {member_id}" if key is None else key
        fingerprint = text_hash(f"accept {member_id} {len(subject.issuer)} {subject.issuer} {subject.subject}")
        earlier = store.receipt(commit_key)
        # Only a key from the host can have been used for another request.
        is_repeated = earlier is not None and (key is not None or earlier.fingerprint == fingerprint)
        if member.state is not MemberState.INVITED and not is_repeated:
            raise NotAllowedError("This invitation was used, or withdrawn; ask for another one.")
        accepted = attrs.evolve(member, state=MemberState.ACTIVE, subject=subject)
        changes = Changes(
            actor=member_id,
            action="accept_invitation",
            key=commit_key,
            fingerprint=fingerprint,
            puts=(put(accepted),),
            expects=(Expectation(record.key, record.version),),
            seal=self._config.seal,
        )
        try:
            receipt = store.commit(changes)
        except InvalidValueError:
            # The message of the store names the other member.
            raise NotAllowedError("This person is a member of this company already, or was one.") from None
        publish_anchor(self._config, receipt)
        return CommandResult(
            id=member_id, sequence=receipt.sequence, recorded_at=receipt.recorded_at, repeated=receipt.repeated
        )

    def _is_invited_by(self, member: Key, token: str) -> bool:
        """Return whether a member was invited with a token, whose digest is in the audit entry of the first version."""
        store = self._config.store
        ((first, *_),) = store.history([member])
        try:
            digest = json.loads(entry_at(store, first.recorded_at).detail or "")["invitation"]
        except (ValueError, TypeError, KeyError):
            return False  # the member was not invited, or the detail was erased
        return isinstance(digest, str) and hmac.compare_digest(digest, text_hash(token))

    def close(self) -> None:
        """Close the store that `open` opened.

        Example:
            >>> from contractor_compliance.desk import ComplianceDesk
            >>> from contractor_compliance.domain import Subject
            >>> owner = Subject(issuer="https://id.example.com", subject="user-1")
            >>> ComplianceDesk.open("memory://", company="Acme Sample Staffing", owner=owner).close()
        """
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open_or_create(url: str, clock: Clock) -> UnboundStore:
    try:
        return open_store(url, clock=clock)
    except SchemaError as error:
        if error.actual is not None:
            raise
    from contractor_compliance.storage.sql import create_schema, make_engine

    engine = make_engine(url)
    try:
        create_schema(engine)
    finally:
        engine.dispose()
    return open_store(url, clock=clock)


def _key_of_company(audit_key: bytes, company_id: str) -> bytes:
    # With the same key, the chain of one company could be passed off as that of another.
    return hmac.digest(audit_key, company_id.encode(), "sha256")


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or text_hash(name)[:12]
