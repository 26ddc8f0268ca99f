"""Two companies that are alike but for their ids, and a sound call of each use case: it succeeds for whoever may."""

from __future__ import annotations

import copy
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

import attrs

from contractor_compliance.desk import ComplianceDesk, MemberDesk
from contractor_compliance.domain import (
    Certificate,
    CompanySettings,
    EnrollmentState,
    Member,
    MemberState,
    PayBasis,
    PayRate,
    ReasonCode,
    ReviewStatus,
    Role,
    RuleBook,
    Subject,
    TaxId,
    WaiverState,
)
from contractor_compliance.storage import (
    Changes,
    Expectation,
    Key,
    Kind,
    MemoryStore,
    Order,
    Store,
    UnboundStore,
    key_of,
    put,
)
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.storage.databases import Database

__all__ = [
    "ABSENT",
    "AUDIT_KEY",
    "CALLS",
    "CANARY",
    "COMPANIES",
    "NOW",
    "OTHERS",
    "OURS",
    "Ids",
    "Kept",
    "KeptInMemory",
    "KeptInSql",
    "add_members",
    "build",
    "desk_of",
    "invoke",
    "rulebook_of",
    "subject_of",
    "use_cases",
]

#: The first part of every id: of our company, of another, and of what is nowhere. All are of one length.
OURS, OTHERS, ABSENT = "ours", "them", "none"
COMPANIES = {prefix: f"company-{prefix}" for prefix in (OURS, OTHERS)}
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TODAY = NOW.date()
_numbers = itertools.count(1)
AUDIT_KEY = b"a key that no database has"
#: A tax id that nobody has, put together so that no source line that a traceback quotes holds it.
CANARY = "900" + "12" + "3456"


class Ids:
    """The ids of a company: `ids.contractor` is `ours-contractor`.

    Args:
        prefix: The company's.
        elsewhere: The prefix of some that are taken from elsewhere, by name. What a call would make anew is then
            something that is there already.

    Attributes:
        used: The names that were asked for.
    """

    def __init__(self, prefix: str, elsewhere: Mapping[str, str] | None = None) -> None:
        self.prefix = prefix
        self.elsewhere = dict(elsewhere or {})
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> str:
        self.used.add(name)
        if name in self.elsewhere:
            return f"{self.elsewhere[name]}-{_THERE.get(name, name)}"
        return f"{self.prefix}-{name}"


#: What is there, in the place of what a call makes anew.
_THERE = {
    "added": "job",
    "exception": "asked",
    "gig": "assignment",
    "mail": "contractor",
    "newcomer": "contractor",
    "paper": "exemption",
    "renewal": "policy",
    "scan": "certificate",
}


# The world


def subject_of(prefix: str, name: str) -> Subject:
    """Return the subject of a member of a company, as the host names it."""
    return Subject(issuer="https://id.example.com", subject=f"{prefix}-{name}")


def desk_of(store: Store, clock: Callable[[], datetime], **options: Any) -> ComplianceDesk:
    """Return a desk of a company, sealed with our key."""
    usual = {"ids": lambda: f"new-{next(_numbers)}", "audit_key": AUDIT_KEY}
    return ComplianceDesk(store, clock=clock, **{**usual, **options})


def build(unbound: UnboundStore, prefix: str, clock: FrozenClock) -> None:
    """Found a company with an office, a team and contractors."""
    ids = Ids(prefix)
    company = make.company(id=COMPANIES[prefix])
    store = unbound.for_company(company.id)
    desk = desk_of(store, clock, ids=lambda: f"{prefix}-founder")
    owner = subject_of(prefix, "owner")
    desk.create_company(company, owner)
    add_members(
        store,
        _member(ids, "deputy", roles=frozenset({"manager"})),
        # The owner asks for the waivers, so another one decides about them.
        _member(ids, "partner", roles=frozenset({"owner"})),
        _member(ids, "clerk", roles=frozenset({"recruiter"})),
        _member(ids, "resting", state=MemberState.SUSPENDED, roles=frozenset({"recruiter"})),
    )
    # Setting a world up is no part of what is tested: keys are given, so that new ids are only what a test sees.
    keys = (f"{prefix}-key-{number}" for number in itertools.count(1))
    me, deputy = desk.acting_as(owner), desk.acting_as(subject_of(prefix, "deputy"))
    me.put_role(Role(id=ids.role, title="Helper", permissions=frozenset({"add_contractor"})), key=next(keys))
    me.put_client(make.client(id=ids.client), key=next(keys))
    me.put_carrier(make.carrier(naic=None, name=ids.carrier), key=next(keys))
    me.put_rate_card(make.rate_card(id=ids.card), key=next(keys))
    for code in (ids.job, ids.trade):
        me.add_job_code(make.job_code(id=code), key=next(keys))
    me.propose_job_code(make.job_code(id=ids.proposed), key=next(keys))
    me.publish_rulebook(rulebook_of(ids), key=next(keys))
    for name, tax_id in ((ids.contractor, TaxId(CANARY)), (ids.second, None)):
        mail = f"{name}@example.com"
        me.add_contractor(make.contractor(id=name, tax_id=tax_id, email=mail), key=next(keys))
    contractor = ids.contractor
    usual = {"client_id": ids.client, "job_code_id": ids.job}
    for policy in (_policy(ids, ids.policy), make.wc_policy(id=ids.comp)):
        me.record_policy(contractor, policy, key=next(keys))
    me.record_certificate(contractor, _certificate(ids.certificate), key=next(keys))
    me.record_exemption(contractor, make.exemption(id=ids.exemption), key=next(keys))
    me.record_opt_in(contractor, EnrollmentState.INVITED, enrollment_id=ids.enrollment, key=next(keys))
    work = (
        make.assignment(id=ids.assignment, **usual),
        make.assignment(id=ids.held, on_hold=True, **usual),
        make.assignment(id=ids.upcoming, start=date(2026, 8, 3), end=None, contracts=(), pay_rates=(), **usual),
    )
    for assignment in work:
        me.add_assignment(contractor, assignment, key=next(keys))
    for name in (ids.asked, ids.granted):
        me.request_waiver(contractor, _waiver(ids, name), key=next(keys))
    deputy.grant_waiver(contractor, ids.granted, key=next(keys))


def add_members(store: Store, *members: Member, roles: tuple[Role, ...] = ()) -> None:
    """Put members and roles, past the desk."""
    values = (*members, *roles)
    keys = [key_of(value) for value in values]
    versions = [0 if record is None else record.version for record in store.get(keys)]
    store.commit(
        Changes(
            actor="a test",
            action="set_up",
            key=f"set up {store.head().sequence}",
            fingerprint="set up",
            puts=tuple(put(value) for value in values),
            expects=tuple(map(Expectation, keys, versions)),
            seal=desk_of(store, lambda: NOW)._config.seal,
        )
    )


def _member(ids: Ids, name: str, *, state: MemberState = MemberState.ACTIVE, roles: frozenset[str]) -> Member:
    return Member(
        id=getattr(ids, name), name=name.title(), state=state, subject=subject_of(ids.prefix, name), roles=roles
    )


def rulebook_of(ids: Ids, **changes: Any) -> RuleBook:
    """Return a rule book of a company."""
    waivable = frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW})
    gl = make.gl_requirement(id=ids.requirement, waivable=waivable)
    wc = make.wc_requirement(id=f"{ids.requirement}-wc", waivable=waivable)
    return make.rulebook(gl, wc, **changes)


def _policy(ids: Ids, policy_id: str) -> Any:
    insured = make.insured(tax_id=TaxId(CANARY))
    return make.gl_policy(id=policy_id, carrier_naic=None, carrier_name=ids.carrier, insured=(insured,))


def _certificate(certificate_id: str) -> Certificate:
    return make.certificate(id=certificate_id, status=ReviewStatus.PENDING)


def _waiver(ids: Ids, waiver_id: str) -> Any:
    return make.waiver(
        ids.requirement,
        id=waiver_id,
        state=WaiverState.REQUESTED,
        decided_by=None,
        decided_at=None,
        effective=TODAY,
        expires=date(2026, 12, 1),
    )


# The calls

_Call = tuple[tuple[Any, ...], dict[str, Any]]


def _call(*args: Any, **kwargs: Any) -> _Call:
    return args, kwargs


def _work(ids: Ids, assignment_id: str, **changes: Any) -> Any:
    return make.assignment(id=assignment_id, client_id=ids.client, job_code_id=ids.job, **changes)


def _person(contractor_id: str, mail: str, **changes: Any) -> Any:
    return make.contractor(id=contractor_id, tax_id=TaxId(CANARY), email=f"{mail}@example.com", **changes)


#: A call of each use case, by the name of the method.
CALLS: dict[str, Callable[[Ids], _Call]] = {
    "invite_member": lambda ids: _call("Kim Sample", role_ids=[ids.role], email="kim@example.com"),
    "suspend_member": lambda ids: _call(ids.clerk),
    "reinstate_member": lambda ids: _call(ids.resting),
    "remove_member": lambda ids: _call(ids.clerk),
    "assign_roles": lambda ids: _call(ids.clerk, [ids.role]),
    "put_role": lambda ids: _call(
        Role(id=ids.role, title="Helper", permissions=frozenset({"add_contractor", "record_opt_in"}))
    ),
    "members": lambda _: _call(),
    "roles": lambda _: _call(),
    "change_company": lambda _: _call(
        name="Sample Events Renamed Inc", aliases=["Sample Events Group"], zone="America/Denver"
    ),
    "change_settings": lambda _: _call(CompanySettings(expiring_within_days=45)),
    "put_client": lambda ids: _call(make.client(id=ids.client, name="Sample Looms Corp")),
    "put_carrier": lambda ids: _call(make.carrier(naic=None, name=ids.carrier, ratings=())),
    "put_rate_card": lambda ids: _call(make.rate_card(id=ids.card, title="Rates of next year")),
    "add_job_code": lambda ids: _call(make.job_code(id=ids.added)),
    "propose_job_code": lambda ids: _call(make.job_code(id=ids.added)),
    "approve_job_code": lambda ids: _call(ids.proposed),
    "retire_job_code": lambda ids: _call(ids.job),
    "rename_job_code": lambda ids: _call(ids.job, title="Rigging aloft"),
    "add_contractor": lambda ids: _call(_person(ids.newcomer, ids.mail)),
    "update_contractor": lambda ids: _call(_person(ids.contractor, ids.contractor, trade_names=("Sample Aloft",))),
    "record_opt_in": lambda ids: _call(ids.contractor, EnrollmentState.STARTED, enrollment_id=ids.enrollment),
    "preview_assignment": lambda ids: _call(ids.contractor, _work(ids, ids.gig)),
    "add_assignment": lambda ids: _call(ids.contractor, _work(ids, ids.gig)),
    "release_assignment": lambda ids: _call(ids.contractor, ids.held),
    "change_assignment": lambda ids: _call(ids.contractor, _work(ids, ids.assignment, title="Rigging aloft")),
    "change_job_code": lambda ids: _call(ids.contractor, ids.assignment, ids.trade),
    "end_assignment": lambda ids: _call(ids.contractor, ids.assignment, date(2026, 7, 31)),
    "cancel_assignment": lambda ids: _call(ids.contractor, ids.upcoming),
    "adjust_pay": lambda ids: _call(
        ids.contractor, ids.assignment, PayRate(effective=date(2026, 7, 1), cents=5_000, basis=PayBasis.HOUR)
    ),
    "record_policy": lambda ids: _call(ids.contractor, _policy(ids, ids.renewal)),
    "record_exemption": lambda ids: _call(ids.contractor, make.exemption(id=ids.paper)),
    "record_certificate": lambda ids: _call(
        ids.contractor, _certificate(ids.scan), policies=[make.as_stated(_policy(ids, ids.renewal), ids.scan)]
    ),
    "review_certificate": lambda ids: _call(ids.contractor, ids.certificate, ReviewStatus.APPROVED),
    "preview_review": lambda ids: _call(ids.contractor, ids.certificate),
    "record_cancellation": lambda ids: _call(ids.contractor, ids.policy, make.cancellation(date(2026, 7, 1))),
    "record_reinstatement": lambda ids: _call(ids.contractor, ids.policy, make.reinstatement(date(2026, 7, 1))),
    "withdraw_fact": lambda ids: _call(
        ids.contractor, Key(Kind.POLICY, ids.policy, ids.contractor), reason="It is another's."
    ),
    "rulebook": lambda _: _call(),
    "preview_rulebook": lambda ids: _call(rulebook_of(ids, title="Stricter")),
    "publish_rulebook": lambda ids: _call(rulebook_of(ids, title="Stricter")),
    "withdraw_publication": lambda _: _call(),
    "request_waiver": lambda ids: _call(ids.contractor, _waiver(ids, ids.exception)),
    "accept_certificate_failure": lambda ids: _call(
        ids.contractor,
        ids.certificate,
        ids.requirement,
        reason="The client carries the risk.",
        expires=date(2026, 12, 1),
        waiver_id=ids.exception,
    ),
    "grant_waiver": lambda ids: _call(ids.contractor, ids.asked),
    "reject_waiver": lambda ids: _call(ids.contractor, ids.asked, reason="Get the cover."),
    "revoke_waiver": lambda ids: _call(ids.contractor, ids.granted, reason="Get the cover."),
    "waived_but_failing": lambda _: _call(),
    "roster": lambda ids: _call(client_ids=[ids.client], job_code_ids=[ids.job], text=ids.contractor, order=Order.ID),
    "facets": lambda _: _call(),
    "profile": lambda ids: _call(ids.contractor),
    "due_changes": lambda _: _call(timedelta(days=400)),
    "audit_day": lambda ids: _call(ids.contractor, date(2026, 5, 4)),
    "verify": lambda _: _call(),
    "audit_entries": lambda _: _call(),
    "history": lambda ids: _call(Key(Kind.POLICY, ids.policy, ids.contractor)),
}


def use_cases() -> tuple[str, ...]:
    """Return the name of every use case: every public method of the desk of a member."""
    return tuple(sorted(n for n, _ in inspect.getmembers(MemberDesk, inspect.isfunction) if not n.startswith("_")))


def invoke(desk: MemberDesk, name: str, ids: Ids, **more: Any) -> Any:
    """Carry a use case out."""
    args, kwargs = CALLS[name](ids)
    return getattr(desk, name)(*args, **{**kwargs, **more})


class _InterruptedError(Exception):
    """A publication ends here."""


def _begin_publication(unbound: UnboundStore, prefix: str, clock: FrozenClock) -> None:
    def interrupt(done: int, total: int) -> None:
        raise _InterruptedError

    me = desk_of(unbound.for_company(COMPANIES[prefix]), clock).acting_as(subject_of(prefix, "owner"))
    with suppress(_InterruptedError):
        me.publish_rulebook(rulebook_of(Ids(prefix), title="Other"), progress=interrupt, key=f"{prefix}-begun")


#: What must have happened before for a call to be sound, by use case.
_EARLIER: dict[str, Callable[[UnboundStore, str, FrozenClock], None]] = {"withdraw_publication": _begin_publication}


def _prepare(unbound: UnboundStore, name: str | None, clock: FrozenClock) -> None:
    """Let what a call needs have happened in every company."""
    if name in _EARLIER:
        for prefix in COMPANIES:
            _EARLIER[name](unbound, prefix, clock)


# Where the world is kept


class Kept(Protocol):
    """A store in which a test may do what it likes: it is as before when the test is over."""

    def fork(self, name: str | None = None) -> Any:
        """Give, for a `with` block, a store of which nothing is left afterwards.

        Args:
            name: A use case; what must have happened before it is carried out has happened then.
        """

    def contents(self, store: UnboundStore) -> dict[str, object]:
        """Return all that is in the store of each company, to be compared."""


@attrs.frozen
class KeptInMemory:
    """A store in memory, of which each test has a copy."""

    store: MemoryStore

    @contextmanager
    def fork(self, name: str | None = None) -> Iterator[MemoryStore]:
        """Give a copy. Its values are shared, for nobody can change them."""
        fork = MemoryStore(clock=self.store._shared.clock)
        for company_id, company in self.store._shared.companies.items():
            fork._shared.companies[company_id] = _copied(company)
        _prepare(fork, name, FrozenClock(NOW))
        yield fork

    def contents(self, store: UnboundStore) -> dict[str, object]:
        """Return a copy of the companies."""
        assert isinstance(store, MemoryStore)
        companies = store._shared.companies
        return {prefix: vars(_copied(companies[company_id])) for prefix, company_id in COMPANIES.items()}


@attrs.frozen
class KeptInSql:
    """A database, in which each test is a transaction that is rolled back."""

    database: Database
    clock: FrozenClock

    @contextmanager
    def fork(self, name: str | None = None) -> Iterator[SqlStore]:
        """Give a store inside a transaction."""
        with self.database.engine.connect() as connection:
            try:
                store = SqlStore(connection, clock=self.clock)
                _prepare(store, name, self.clock)
                yield store
            finally:
                connection.rollback()

    def contents(self, store: UnboundStore) -> dict[str, object]:
        """Return every row of the companies."""
        assert isinstance(store, SqlStore)
        bind: Any = store._shared.bind
        # A database may give the same rows in another order.
        rows: dict[str, set[tuple[Any, ...]]] = {company_id: set() for company_id in COMPANIES.values()}
        with closing(bind.connection.cursor()) as cursor:  # the driver's own: there are many tables, and many tests
            for name in _TABLES:
                cursor.execute(f"SELECT company_id, '{name}', * FROM {name}")  # noqa: S608  # names of ours
                for company_id, *row in cursor.fetchall():
                    rows[company_id].add(tuple(row))
        return {prefix: rows[company_id] for prefix, company_id in COMPANIES.items()}


_TABLES = [table.name for table in default_tables().all if "company_id" in table.c]


def _copied(company: Any) -> Any:
    """Return a copy of the records of a company: of everything that holds values, not of the values."""
    other = copy.copy(company)
    other.asked_until = None  # a read is no change
    for name, held in vars(company).items():
        if isinstance(held, dict):
            setattr(other, name, {key: copy.copy(value) for key, value in held.items()})
        elif isinstance(held, list):
            setattr(other, name, [*held])
    return other
