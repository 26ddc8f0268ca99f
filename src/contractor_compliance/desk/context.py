"""Who asks and what holds as he does; what a desk works with, and how it judges."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime

import attrs

from contractor_compliance.desk.access import allows, check_access
from contractor_compliance.domain import (
    Assignment,
    Company,
    Dossier,
    Member,
    RequirementSet,
    Role,
    RuleBook,
    Subject,
    civil_date,
)
from contractor_compliance.errors import AccessDeniedError, ConflictError, UnknownCompanyError
from contractor_compliance.evaluation import (
    SHIPPED_LAW,
    CompiledRuleBook,
    CustomCheck,
    LawTables,
    compile_rulebook,
    evaluate,
)
from contractor_compliance.results import AssignmentReport, ComplianceReport
from contractor_compliance.storage import (
    Changes,
    Clock,
    Key,
    Kind,
    Query,
    Receipt,
    Seal,
    Store,
    sha256_seal,
    text_hash,
    utc_now,
)

__all__ = [
    "Anchor",
    "DeskConfig",
    "RequestContext",
    "committed",
    "compiled_rulebook",
    "enter",
    "hmac_seal",
    "judged",
    "pending_key",
    "pending_rollout",
    "publish_anchor",
    "releasable",
    "reported",
    "rollout_key",
    "rulebook_key",
]

_LOG = logging.getLogger("contractor_compliance.desk")
# In a host that has no logging, nothing is printed.
logging.getLogger("contractor_compliance").addHandler(logging.NullHandler())

#: Is told of each commit: company, sequence, seal, time of record. Keep the one with the highest sequence somewhere the
#: store cannot reach; of a commit whose answer was lost it is told when the request is repeated.
Anchor = Callable[[str, int, str, datetime], None]


def hmac_seal(key: bytes) -> Seal:
    """Return a seal that nobody can make without the key (HMAC-SHA256)."""

    def seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        told = json.dumps([previous, sequence, recorded_at.isoformat(timespec="microseconds"), payload])
        return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()

    return seal


@attrs.frozen(kw_only=True)
class DeskConfig:
    """What a desk works with.

    Attributes:
        store: The records of its company.
        clock: Says what time it is.
        ids: Gives new ids, each only once.
        tokens: Gives texts that nobody can guess.
        seal: Seals audit entries.
        is_keyed: Whether that takes a secret key.
        anchor: Is told of each commit, if given.
        custom: The host's own checks, by name.
        law: Tables of law.
    """

    store: Store
    clock: Clock = utc_now
    ids: Callable[[], str]
    tokens: Callable[[], str]
    seal: Seal = sha256_seal
    is_keyed: bool = False
    anchor: Anchor | None = None
    custom: Mapping[str, CustomCheck] = attrs.Factory(dict)
    law: LawTables = SHIPPED_LAW


@attrs.frozen(kw_only=True)
class RequestContext:
    """Who asks, and what holds for the whole company as he does.

    Attributes:
        member: The member that asks.
        roles: The roles it has.
        company: The company.
        rulebook: Its rule book.
        pending: The rule book that is being published, if one is: standings are written by both.
        note: The change of many contractors that is being prepared, if one is: standings are written for before and
            after it.
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
    rollout: str | None
    generation: int
    today: date
    now: datetime
    versions: dict[Key, int]

    def may(self, permission: str) -> bool:
        """Whether the member may also do something else."""
        return allows(self.member, self.roles, permission)

    def next_day(self, assignment: Assignment) -> date:
        """Return the day to judge work on: today, or its first day if that is to come; but never after its last."""
        day = max(self.today, assignment.start)
        return day if assignment.end is None else min(day, assignment.end)

    @property
    def books(self) -> tuple[tuple[RuleBook, int], ...]:
        """The rule books by which standings are written, each with the generation that they are of."""
        now = (self.rulebook, self.generation)
        if self.pending is not None:
            # Its rows are read once it is the company's, so they name it as that.
            return (now, (attrs.evolve(self.pending, id=self.rulebook.id), self.generation + 1))
        return (now,) if self.rollout is None else (now, (self.rulebook, self.generation + 1))


def enter(config: DeskConfig, subject: Subject, permission: str) -> RequestContext:
    """Return the scene of a use case, or refuse it.

    Raises:
        AccessDeniedError: If the subject is no active member, or may not.
        UnknownCompanyError: If the company is not in the store.
    """
    store = config.store
    company_id = store.company_id
    found = store.page(Query(kind=Kind.MEMBER, subject=subject), 1).items
    fixed = (Key(Kind.COMPANY, company_id), rulebook_key(company_id), pending_key(company_id), rollout_key(company_id))
    records = store.get([*fixed, *(each.key for each in found)])
    of_company, rollout, of_member = records[:3], records[3], records[4:]
    if of_company[0] is None:
        raise UnknownCompanyError(company_id)
    member: Member | None = of_member[0].value if of_member and of_member[0] is not None else None
    role_keys = [Key(Kind.ROLE, each) for each in sorted(member.roles)] if member else []
    roles = [each for each in store.get(role_keys) if each is not None] if role_keys else []
    values = tuple(each.value for each in roles)
    try:
        check_access(member, values, permission)
    except AccessDeniedError:
        _LOG.warning("refused: %s", permission, extra={"company": text_hash(company_id)[:12]})
        raise
    assert member is not None  # noqa: S101  # refused above
    # The company and both of its rule books are founded in one commit.
    company, rulebook, pending = (each.value for each in of_company if each is not None)
    now = config.clock()
    return RequestContext(
        member=member,
        roles=values,
        company=company,
        rulebook=rulebook,
        pending=pending if pending.version > rulebook.version else None,
        rollout=None if rollout is None else rollout.value.title,
        generation=store.head().generation,
        today=civil_date(now, company.zone),
        now=now,
        versions=dict.fromkeys(fixed, 0) | {each.key: each.version for each in (*records, *roles) if each is not None},
    )


def rulebook_key(company_id: str) -> Key:
    """Return the key of the company's rule book, which has the company's id."""
    return Key(Kind.RULEBOOK, company_id)


def pending_key(company_id: str) -> Key:
    """Return the key of the rule book that is being published; of the same version as the company's, it is not."""
    return Key(Kind.RULEBOOK, text_hash(f"pending {company_id}")[:32])


def rollout_key(company_id: str) -> Key:
    """Return the key of the note of a change that concerns many contractors, while it is being prepared."""
    return Key(Kind.RULEBOOK, text_hash(f"note {company_id}")[:32])


def pending_rollout(company_id: str, change: str | None) -> RuleBook:
    """Return that note: a rule book without requirements, whose title says which change; None = there is none."""
    return RuleBook(id=rollout_key(company_id).id, title=change, sets=(RequirementSet(id="nothing"),))


@functools.lru_cache(maxsize=32)
def compiled_rulebook(rulebook: RuleBook) -> CompiledRuleBook:
    """Return the plan of a rule book: the same one each time."""
    return compile_rulebook(rulebook)


def reported(config: DeskConfig, dossier: Dossier, context: RequestContext, day: date) -> ComplianceReport:
    """Return what comes of a contractor on a day, by the company's rule book."""
    return evaluate(dossier, compiled_rulebook(context.rulebook), as_of=day, custom=config.custom, law=config.law)


def judged(
    config: DeskConfig, dossier: Dossier, context: RequestContext, assignment_id: str, day: date
) -> AssignmentReport:
    """Return what comes of one assignment on a day, by the company's rule book."""
    report = reported(config, dossier, context, day)
    (found,) = (each for each in report.assignments if each.assignment_id == assignment_id)
    return found


def releasable(config: DeskConfig, dossier: Dossier, context: RequestContext) -> tuple[str, ...]:
    """Return the ids of the assignments on hold whose check passes by now."""
    found = []
    for held in dossier.assignments:
        if held.on_hold and held.cancelled_on is None:
            others = (each for each in dossier.assignments if each.id != held.id)
            freed = attrs.evolve(dossier, assignments=(attrs.evolve(held, on_hold=False), *others))
            if judged(config, freed, context, held.id, context.next_day(held)).verdict.is_compliant:
                found.append(held.id)
    return tuple(found)


def publish_anchor(config: DeskConfig, receipt: Receipt) -> None:
    """Tell the anchor of a commit, if there is one."""
    if config.anchor is not None:
        (entry,) = config.store.audit(receipt.sequence - 1, 1)
        config.anchor(config.store.company_id, entry.sequence, entry.seal, entry.recorded_at)


def committed(config: DeskConfig, changes: Changes) -> Receipt:
    """Commit changes and tell the anchor.

    Raises:
        ConflictError: With words for what only we know by its key; and whatever else the store raises.
    """
    try:
        receipt = config.store.commit(changes)
    except ConflictError as error:
        raise ConflictError([_in_words(each, config.store.company_id) for each in error.conflicts]) from None
    publish_anchor(config, receipt)
    return receipt


def _in_words(conflict: str, company_id: str) -> str:
    told = conflict.replace(str(pending_key(company_id)), "the publication of a rule book")
    return told.replace(str(rollout_key(company_id)), "insurers, or a change of many contractors")
