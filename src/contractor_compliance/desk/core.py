"""What every use case goes through: who asks and whether he may, read, decide, commit once."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from contractor_compliance.desk.access import check_access, check_changes
from contractor_compliance.desk.drafts import Draft
from contractor_compliance.domain import Company, Dossier, Member, Role, RuleBook, Subject, civil_date
from contractor_compliance.errors import AccessDeniedError, ConflictError, KeyReusedError, UnknownCompanyError
from contractor_compliance.evaluation import (
    SHIPPED_LAW,
    AssignmentReport,
    ComplianceReport,
    CustomCheck,
    LawTables,
    Plan,
    compile_rulebook,
    evaluate,
    standing,
)
from contractor_compliance.serialization import TaxIds, to_dict
from contractor_compliance.storage import (
    Changes,
    Clock,
    Key,
    Kind,
    Query,
    Receipt,
    Seal,
    StandingUpdate,
    Store,
    sha256_seal,
    text_hash,
    utc_now,
)
from contractor_compliance.storage import rules as store_rules

__all__ = [
    "Anchor",
    "Done",
    "Scene",
    "Setting",
    "Uses",
    "compiled",
    "hmac_seal",
    "judged",
    "pending_key",
    "reported",
    "rulebook_key",
    "tell",
]

_LOG = logging.getLogger("contractor_compliance.desk")
_LOG.addHandler(logging.NullHandler())  # in a host that has no logging, nothing is printed

#: Is told of each commit: company, sequence, seal, time of record. Keep the newest somewhere the store cannot reach.
Anchor = Callable[[str, int, str, datetime], None]


def hmac_seal(key: bytes) -> Seal:
    """Return a seal that nobody can make without the key (HMAC-SHA256)."""

    def seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        told = json.dumps([previous, sequence, recorded_at.isoformat(timespec="microseconds"), payload])
        return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()

    return seal


@attrs.frozen(kw_only=True)
class Setting:
    """What a desk works with.

    Attributes:
        store: The records of its company.
        clock: Says what time it is.
        ids: Gives new ids, each only once.
        seal: Seals audit entries.
        is_keyed: Whether that takes a secret key.
        anchor: Is told of each commit, if given.
        custom: The host's own checks, by name.
        law: Tables of law.
    """

    store: Store
    clock: Clock = utc_now
    ids: Callable[[], str]
    seal: Seal = sha256_seal
    is_keyed: bool = False
    anchor: Anchor | None = None
    custom: Mapping[str, CustomCheck] = attrs.Factory(dict)
    law: LawTables = SHIPPED_LAW


@attrs.frozen(kw_only=True)
class Done:
    """What came of a use case that changed something.

    Attributes:
        id: Id of what it was about.
        flags: What is worth a second look, such as `starts_before_entry` or `on_hold`.
        verdict: Code of the verdict that a check came to, if there was one.
        sequence: Number of the commit.
        recorded_at: Its time of record, UTC.
        repeated: Whether this answers a repeated request, for which nothing was done again.
    """

    id: str
    flags: tuple[str, ...] = ()
    verdict: str | None = None
    sequence: int
    recorded_at: datetime
    repeated: bool = False


@attrs.frozen(kw_only=True)
class Scene:
    """Who asks, and what holds for the whole company as he does.

    Attributes:
        member: The member that asks.
        roles: The roles it has.
        company: The company.
        rulebook: Its rule book.
        pending: The rule book that is being published, if one is: standings are written for both.
        generation: The generation of standings that is read.
        today: The day it is in the company's zone.
        now: The instant.
        versions: The versions of member, roles, company and rule books.
    """

    member: Member
    roles: tuple[Role, ...]
    company: Company
    rulebook: RuleBook
    pending: RuleBook | None
    generation: int
    today: date
    now: datetime
    versions: dict[Key, int]

    def may(self, permission: str) -> bool:
        """Whether the member may also do something else."""
        return any(permission in each.permissions for each in self.roles)


def rulebook_key(company_id: str) -> Key:
    """Return the key of the company's rule book, which has the company's id."""
    return Key(Kind.RULEBOOK, company_id)


def pending_key(company_id: str) -> Key:
    """Return the key of the rule book that is being published; of the same version as the company's, it is not."""
    return Key(Kind.RULEBOOK, text_hash(f"pending {company_id}")[:32])


@functools.lru_cache(maxsize=32)
def compiled(rulebook: RuleBook) -> Plan:
    """Return the plan of a rule book: the same one each time."""
    return compile_rulebook(rulebook)


def reported(setting: Setting, dossier: Dossier, scene: Scene, day: date) -> ComplianceReport:
    """Return what comes of a contractor on a day, by the company's rule book."""
    return evaluate(dossier, compiled(scene.rulebook), as_of=day, custom=setting.custom, law=setting.law)


def judged(setting: Setting, dossier: Dossier, scene: Scene, assignment_id: str, day: date) -> AssignmentReport:
    """Return what comes of one assignment on a day, by the company's rule book."""
    report = reported(setting, dossier, scene, day)
    (found,) = (each for each in report.assignments if each.assignment_id == assignment_id)
    return found


def tell(setting: Setting, receipt: Receipt) -> None:
    """Tell the anchor of a commit, if there is one."""
    if setting.anchor is not None and not receipt.repeated:
        (entry,) = setting.store.audit(receipt.sequence - 1, 1)
        setting.anchor(setting.store.company_id, entry.sequence, entry.seal, entry.recorded_at)


class Uses:
    """The desk as one member has it; the use cases are in the classes that build on this one.

    Args:
        setting: What the desk works with.
        subject: Who acts. Whether he may is looked up anew with each use case, so that a removal works at once.
    """

    def __init__(self, setting: Setting, subject: Subject) -> None:
        self._setting = setting
        self._store = setting.store
        self._subject = subject

    @property
    def subject(self) -> Subject:
        """Who acts."""
        return self._subject

    # Who asks

    def _enter(self, permission: str) -> Scene:
        """Return the scene of a use case, or refuse it.

        Raises:
            AccessDeniedError: If the subject is no active member, or may not.
            UnknownCompanyError: If the company is not in the store.
        """
        company_id = self._store.company_id
        found = self._store.page(Query(kind=Kind.MEMBER, subject=self._subject), 1).items
        fixed = (Key(Kind.COMPANY, company_id), rulebook_key(company_id), pending_key(company_id))
        records = self._store.get([*fixed, *(each.key for each in found)])
        if records[0] is None:
            raise UnknownCompanyError(company_id)
        member: Member | None = records[3].value if found and records[3] is not None else None
        role_keys = [Key(Kind.ROLE, each) for each in sorted(member.roles)] if member else []
        roles = [each for each in self._store.get(role_keys) if each is not None] if role_keys else []
        values = tuple(each.value for each in roles)
        try:
            check_access(member, values, permission)
        except AccessDeniedError:
            _LOG.warning("refused: %s", permission, extra={"company": text_hash(company_id)[:12]})
            raise
        assert member is not None  # noqa: S101  # refused above
        # The company and both of its rule books are founded in one commit.
        company, rulebook, pending = (each.value for each in records[:3] if each is not None)
        versions = {each.key: each.version for each in (*records, *roles) if each is not None}
        now = self._setting.clock()
        return Scene(
            member=member,
            roles=values,
            company=company,
            rulebook=rulebook,
            pending=pending if pending.version > rulebook.version else None,
            generation=self._store.head().generation,
            today=civil_date(now, company.zone),
            now=now,
            versions={**dict.fromkeys(fixed, 0), **versions},
        )

    # What he does

    def _do(
        self,
        action: str,
        key: str | None,
        request: tuple[Any, ...],
        decide: Callable[[Draft, Scene], str],
    ) -> Done:
        """Carry out a use case: in one commit, with access, standings, audit entry and answer.

        Args:
            action: The use case, which is its permission too.
            key: Idempotency key; none given, the request is one of its own.
            request: What was asked, for telling a repeated request from another with the same key.
            decide: Collects the changes and returns the id of what they are about.
        """
        scene = self._enter(action)
        chosen = self._setting.ids() if key is None else key
        fingerprint, private = self._fingerprints(action, request)
        known = self._store.receipt(chosen)
        if known is not None:
            repeated = Changes(actor=scene.member.id, action=action, key=chosen, fingerprint=fingerprint)
            return _done(store_rules.repeated(known, repeated), private)
        draft = Draft(self._store, scene.company, versions=dict(scene.versions))
        subject = decide(draft, scene)
        check_changes(action, (*draft.puts, *draft.removes))
        draft.answer |= {"id": subject, "private": private}
        receipt = self._store.commit(self._changes(action, chosen, fingerprint, draft, scene, subject))
        tell(self._setting, receipt)
        self._catch_up(action, chosen, draft)
        return _done(receipt, private)

    def _catch_up(self, action: str, key: str, draft: Draft) -> None:
        """Work out anew the standings of those who came to be concerned while a change was being recorded.

        Whoever comes later reads what was recorded; so after a look that finds nobody there is nobody left.
        """
        number = 0
        while late := draft.came_late():
            number += 1
            scene = self._enter(action)
            step = f"{text_hash(key)} late {number}"
            following = Draft(self._store, scene.company, versions=dict(scene.versions), refreshed=late)
            following.read(late)
            changes = self._changes("refresh_standings", step, text_hash(step), following, scene, scene.company.id)
            try:
                tell(self._setting, self._store.commit(changes))
            except ConflictError:
                continue  # one of them was changed meanwhile: look again
            draft.refreshed += late

    def _changes(self, action: str, key: str, fingerprint: str, draft: Draft, scene: Scene, subject: str) -> Changes:
        standings = self._standings(draft, scene)
        return Changes(
            actor=scene.member.id,
            action=action,
            key=key,
            fingerprint=fingerprint,
            response=_json(draft.answer),
            detail=_json({"id": subject, "changed": sorted(map(str, (*draft.puts, *draft.removes))), **draft.detail}),
            puts=draft.changes_of_values(),
            removes=tuple(draft.removes),
            expects=draft.expects(),
            standings=standings,
            switch_to=draft.switch_to,
            seal=self._setting.seal,
        )

    def _standings(self, draft: Draft, scene: Scene) -> tuple[StandingUpdate, ...]:
        """Return the standings of the changed contractors, by the rule book and by the one that is being published."""
        books = [(scene.rulebook, scene.generation)]
        if scene.pending is not None:
            # Its rows are read once it is the company's, so they name it as that.
            books.append((attrs.evolve(scene.pending, id=scene.rulebook.id), scene.generation + 1))
        found = []
        for contractor_id in draft.contractors:
            dossier = draft.after(contractor_id)
            for book, generation in books:
                rows = standing(dossier, compiled(book), custom=self._setting.custom, law=self._setting.law)
                found.append(StandingUpdate(contractor_id, rows, generation))
        return tuple(found)

    def _fingerprints(self, action: str, request: tuple[Any, ...]) -> tuple[str, str]:
        """Return two digests of a request: with masked tax ids, and with clear ones.

        The first stands in the audit, whose readers could try tax ids until one gives the digest they see. The other
        is kept with the answer, of which they see nothing.
        """
        return self._fingerprint(action, request, "masked"), self._fingerprint(action, request, "clear")

    def _fingerprint(self, action: str, request: tuple[Any, ...], tax_ids: TaxIds = "masked") -> str:
        asked = [_plain(each, tax_ids) for each in request]
        return text_hash(_json([action, self._subject.issuer, self._subject.subject, asked]))


def _done(receipt: Receipt, private: str) -> Done:
    """Return the answer that a receipt holds.

    Raises:
        KeyReusedError: If it was for another request, in which only a tax id was different.
    """
    answer = json.loads(receipt.response)
    if answer["private"] != private:
        raise KeyReusedError(receipt.key)
    return Done(
        id=answer["id"],
        flags=tuple(answer.get("flags", ())),
        verdict=answer.get("verdict"),
        sequence=receipt.sequence,
        recorded_at=receipt.recorded_at,
        repeated=receipt.repeated,
    )


def _plain(value: Any, tax_ids: TaxIds) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each, tax_ids) for each in value]
    if isinstance(value, frozenset):
        return sorted(_plain(each, tax_ids) for each in value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return to_dict(value, tax_ids=tax_ids) if attrs.has(type(value)) else str(getattr(value, "value", value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
