"""The configuration of a desk, the context of a request, and the evaluation of one contractor."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime

import attrs

from contractor_compliance.desk.access import PERMISSION_TITLES, allows, check_access
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
    "commit_changes",
    "compiled_rulebook",
    "enter",
    "find_releasable",
    "hmac_seal",
    "judge_assignment",
    "pending_key",
    "pending_rollout",
    "publish_anchor",
    "report_on",
    "rollout_key",
    "rulebook_key",
]

_LOG = logging.getLogger("contractor_compliance.desk")
# In a host that has no logging, nothing is printed.
logging.getLogger("contractor_compliance").addHandler(logging.NullHandler())

#: Receives each commit: company, sequence, seal, time of record. Keep the seal with the highest sequence where the
#: store cannot reach it. A commit whose result was lost is passed on when the request is repeated.
Anchor = Callable[[str, int, str, datetime], None]


def hmac_seal(key: bytes) -> Seal:
    """Return a seal for audit entries that cannot be made without the key (HMAC-SHA256).

    Args:
        key: The secret key.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.desk import hmac_seal
        >>> seal = hmac_seal(b"a secret key")
        >>> len(seal("", 1, datetime(2026, 6, 1, tzinfo=UTC), "payload"))
        64
    """

    def seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        message = json.dumps([previous, sequence, recorded_at.isoformat(timespec="microseconds"), payload])
        return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()

    return seal


@attrs.frozen(kw_only=True)
class DeskConfig:
    """The configuration of a desk.

    Attributes:
        store: The records of its company.
        clock: Returns the present instant.
        ids: Returns a new id with each call.
        tokens: Returns a text that cannot be guessed with each call.
        seal: Seals audit entries.
        is_keyed: Whether the seal takes a secret key.
        anchor: Receives each commit, if given.
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
    """The context of one request: the acting member, and the state of the company when the request began.

    Attributes:
        member: The acting member.
        roles: The roles of the member.
        company: The company.
        rulebook: The company's rule book.
        pending: The rule book that is being published, if there is one: standings are written by both.
        rollout: The change of many contractors that is being prepared, if there is one: standings are written for the
            state before and after it.
        generation: The generation of standings that listings read.
        today: The present day in the company's zone.
        now: The present instant.
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
        """Return whether the member has another permission too."""
        return allows(self.member, self.roles, permission)

    def next_day(self, assignment: Assignment) -> date:
        """Return the day on which to check an assignment: today, but not before its first day nor after its last."""
        day = max(self.today, assignment.start)
        return day if assignment.end is None else min(day, assignment.end)

    @property
    def rollout_title(self) -> str:
        """The change of many contractors that is being prepared, in words: `update clients: client-1`."""
        action, _, rest = (self.rollout or "").partition(" ")
        return ": ".join(filter(None, (PERMISSION_TITLES[action], rest.rpartition(" ")[0])))

    @property
    def books(self) -> tuple[tuple[RuleBook, int], ...]:
        """The rule books by which standings are written, each with the generation of its standings."""
        present = (self.rulebook, self.generation)
        if self.pending is not None:
            # Its rows are read once it is the company's rule book, so they have that rule book's id.
            return (present, (attrs.evolve(self.pending, id=self.rulebook.id), self.generation + 1))
        return (present,) if self.rollout is None else (present, (self.rulebook, self.generation + 1))


def enter(config: DeskConfig, subject: Subject, permission: str) -> RequestContext:
    """Return the context of a request of a member who has the permission.

    Raises:
        AccessDeniedError: If the subject is no active member, or does not have the permission.
        UnknownCompanyError: If the company is not in the store.
    """
    store = config.store
    company_id = store.company_id
    members = store.page(Query(kind=Kind.MEMBER, subject=subject), 1).items
    fixed = (Key(Kind.COMPANY, company_id), rulebook_key(company_id), pending_key(company_id), rollout_key(company_id))
    records = store.get([*fixed, *(listed.key for listed in members)])
    of_company, rollout, of_member = records[:3], records[3], records[4:]
    if of_company[0] is None:
        raise UnknownCompanyError(company_id)
    member: Member | None = of_member[0].value if of_member and of_member[0] is not None else None
    role_keys = [Key(Kind.ROLE, role_id) for role_id in sorted(member.roles)] if member else []
    role_records = [record for record in store.get(role_keys) if record is not None] if role_keys else []
    roles = tuple(record.value for record in role_records)
    try:
        check_access(member, roles, permission)
    except AccessDeniedError:
        _LOG.warning("refused: %s", permission, extra={"company": text_hash(company_id)[:12]})
        raise
    assert member is not None  # noqa: S101  # refused above
    # The company and both of its rule books are created in one commit.
    company, rulebook, pending = (record.value for record in of_company if record is not None)
    now = config.clock()
    return RequestContext(
        member=member,
        roles=roles,
        company=company,
        rulebook=rulebook,
        pending=pending if pending.version > rulebook.version else None,
        rollout=None if rollout is None else rollout.value.title,
        generation=store.head().generation,
        today=civil_date(now, company.zone),
        now=now,
        versions=dict.fromkeys(fixed, 0)
        | {record.key: record.version for record in (*records, *role_records) if record is not None},
    )


def rulebook_key(company_id: str) -> Key:
    """Return the key of the company's rule book, which has the company's id."""
    return Key(Kind.RULEBOOK, company_id)


def pending_key(company_id: str) -> Key:
    """Return the key of the rule book that is being published; if its version is the company's, none is."""
    return Key(Kind.RULEBOOK, text_hash(f"pending {company_id}")[:32])


def rollout_key(company_id: str) -> Key:
    """Return the key of the record that names the change of many contractors which is being prepared."""
    return Key(Kind.RULEBOOK, text_hash(f"note {company_id}")[:32])


def pending_rollout(company_id: str, change: str | None) -> RuleBook:
    """Return the record at `rollout_key`: a rule book without requirements, titled by the change; None = no change."""
    return RuleBook(id=rollout_key(company_id).id, title=change, sets=(RequirementSet(id="nothing"),))


@functools.lru_cache(maxsize=32)
def compiled_rulebook(rulebook: RuleBook) -> CompiledRuleBook:
    """Return a rule book compiled, from a cache of the latest ones."""
    return compile_rulebook(rulebook)


def report_on(config: DeskConfig, dossier: Dossier, context: RequestContext, day: date) -> ComplianceReport:
    """Return the report of a contractor on a day, by the company's rule book."""
    return evaluate(dossier, compiled_rulebook(context.rulebook), as_of=day, custom=config.custom, law=config.law)


def judge_assignment(
    config: DeskConfig, dossier: Dossier, context: RequestContext, assignment_id: str, day: date
) -> AssignmentReport:
    """Return the report of one assignment on a day, by the company's rule book."""
    reports = report_on(config, dossier, context, day).assignments
    return next(report for report in reports if report.assignment_id == assignment_id)


def find_releasable(config: DeskConfig, dossier: Dossier, context: RequestContext) -> tuple[str, ...]:
    """Return the ids of the assignments on hold whose check passes by now."""
    releasable = []
    for assignment in dossier.assignments:
        if assignment.on_hold and assignment.cancelled_on is None:
            others = (other for other in dossier.assignments if other.id != assignment.id)
            released = attrs.evolve(dossier, assignments=(attrs.evolve(assignment, on_hold=False), *others))
            day = context.next_day(assignment)
            if judge_assignment(config, released, context, assignment.id, day).verdict.may_work:
                releasable.append(assignment.id)
    return tuple(releasable)


def publish_anchor(config: DeskConfig, receipt: Receipt) -> None:
    """Pass a commit on to the anchor, if there is one."""
    if config.anchor is not None:
        (entry,) = config.store.audit(receipt.sequence - 1, 1)
        config.anchor(config.store.company_id, entry.sequence, entry.seal, entry.recorded_at)


def commit_changes(config: DeskConfig, changes: Changes) -> Receipt:
    """Commit changes and publish the anchor.

    Raises:
        ConflictError: With the desk's own records named in words; other errors of the store pass through.
    """
    try:
        receipt = config.store.commit(changes)
    except ConflictError as error:
        raise ConflictError([_in_words(conflict, config.store.company_id) for conflict in error.conflicts]) from None
    publish_anchor(config, receipt)
    return receipt


def _in_words(conflict: str, company_id: str) -> str:
    words = conflict.replace(str(pending_key(company_id)), "the publication of a rule book")
    return words.replace(str(rollout_key(company_id)), "insurers, or a change of many contractors")
