"""`ComplianceDesk`: the door for a host application, and what it is before a member comes in."""

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
    """All that an agency does all day, through one object.

    Args:
        store: The handle of a company.
        clock: Says what time it is.
        ids: Gives new ids, each only once.
        tokens: Gives texts that nobody can guess, for invitations.
        audit_key: Seals the audit chain with a secret (HMAC), of which each company's chain has its own; without one
            whoever can write to the store can make another chain.
        anchor: Is told of each commit; what it keeps outside the store shows a chain that was cut short. With a store
            on the host's connection it is told before the host commits: keep it only then.
        custom: The host's own checks, by name.
        law: Tables of law.
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
        """Open the desk of a company at a URL; the first time, make the tables, the company and its owner.

        Args:
            url: As for `open_store`.
            company: The company, or its name: its id is then made of the name.
            owner: Who owns it.
            clock: Says what time it is.
            options: As for the constructor.

        Raises:
            StorageError: If the store cannot be opened.
        """
        wanted = company if isinstance(company, Company) else Company(id=_id_of(company), name=company)
        unbound = _opened(url, clock)
        desk = cls(unbound.for_company(wanted.id), clock=clock, **options)
        desk._opened = unbound
        try:
            desk.create_company(wanted, owner)
        except BaseException:
            unbound.close()
            raise
        return desk

    def create_company(self, company: Company, owner: Subject, *, owner_name: str = "Owner") -> bool:
        """Found a company, with the roles that a new one has and its first owner; if it is there, do nothing.

        Returns:
            Whether this call founded it.

        Raises:
            StorageError: If it cannot be recorded.
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
            expects=tuple(Expectation(key_of(each), 0) for each in values),
            seal=self._config.seal,
        )
        try:
            receipt = store.commit(changes)
        except (ConflictError, KeyReusedError):
            if not store.head().sequence:  # else another has founded it meanwhile
                raise
            return False
        publish_anchor(self._config, receipt)
        return not receipt.repeated

    def acting_as(self, subject: Subject) -> MemberDesk:
        """Return the desk of one member. Whether the subject is one is looked up with each use case."""
        return MemberDesk(self._config, subject)

    def accept_invitation(self, invitation: str, subject: Subject, *, key: str | None = None) -> CommandResult:
        """Bind an invited member to whoever arrived with its invitation, which the answer of `invite_member` holds.

        Raises:
            NotAllowedError: If there is no such invitation, it was used or withdrawn, or whoever arrives is a member.
        """
        store = self._config.store
        member_id, _, token = invitation.rpartition(".")
        member_key = Key(Kind.MEMBER, member_id) if id_problem(member_id) is None else None
        record = None if member_key is None else store.get([member_key])[0]
        if record is None or not self._is_invited_by(record.key, token):
            raise NotAllowedError("There is no such invitation in this company; ask for another.")
        member: Member = record.value
        chosen = f"accept {member_id}" if key is None else key
        fingerprint = text_hash(f"accept {member_id} {len(subject.issuer)} {subject.issuer} {subject.subject}")
        known = store.receipt(chosen)
        # Only a key that was given can have been taken for another request.
        is_repeated = known is not None and (key is not None or known.fingerprint == fingerprint)
        if member.state is not MemberState.INVITED and not is_repeated:
            raise NotAllowedError("This invitation was used, or withdrawn; ask for another.")
        arrived = attrs.evolve(member, state=MemberState.ACTIVE, subject=subject)
        changes = Changes(
            actor=member_id,
            action="accept_invitation",
            key=chosen,
            fingerprint=fingerprint,
            puts=(put(arrived),),
            expects=(Expectation(record.key, record.version),),
            seal=self._config.seal,
        )
        try:
            receipt = store.commit(changes)
        except InvalidValueError:
            # The store's words name the other member.
            raise NotAllowedError("Whoever arrived is a member of this company already, or was one.") from None
        publish_anchor(self._config, receipt)
        return CommandResult(
            id=member_id, sequence=receipt.sequence, recorded_at=receipt.recorded_at, repeated=receipt.repeated
        )

    def _is_invited_by(self, member: Key, token: str) -> bool:
        """Whether a member was invited with a token, of which the audit entry of its first version has the digest."""
        store = self._config.store
        ((first, *_),) = store.history([member])
        try:
            told = json.loads(entry_at(store, first.recorded_at).detail or "")["invitation"]
        except (ValueError, TypeError, KeyError):
            return False  # it did not come by invitation, or the detail was erased
        return isinstance(told, str) and hmac.compare_digest(told, text_hash(token))

    def close(self) -> None:
        """Let go of what `open` opened."""
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(url: str, clock: Clock) -> UnboundStore:
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
    # With the same key, the whole chain of one company could stand in the place of another's.
    return hmac.digest(audit_key, company_id.encode(), "sha256")


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or text_hash(name)[:12]
