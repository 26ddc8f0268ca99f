"""A company with an office, one member of each default role, and a contractor, for the tests of the desk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import DEFAULT_ROLES, OWNER, ComplianceDesk, MemberDesk
from contractor_compliance.desk.context import pending_key, rulebook_key
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import (
    Assignment,
    CompanySettings,
    Contractor,
    Dossier,
    Policy,
    ReasonCode,
    RuleBook,
    Subject,
    Waiver,
)
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.evaluation import standing
from contractor_compliance.results import StandingRow
from contractor_compliance.storage import (
    FACTS,
    VALUES,
    Changes,
    Expectation,
    Key,
    Kind,
    Order,
    Put,
    Query,
    StandingUpdate,
    Store,
    UnboundStore,
    key_of,
    put,
)
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.history import as_bytes

__all__ = ["NOW", "TODAY", "World", "refusal", "subject"]

#: Eleven in the morning where the sample company is, in the middle of the sample assignment.
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TODAY = date(2026, 6, 1)
#: What the desk refuses by itself, before it asks the store to record anything, is tried in memory alone.
refusal = pytest.mark.parametrize("database", ["memory"], indirect=True)
_WAIVABLE = frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW, ReasonCode.EVIDENCE_TOO_WEAK})


def subject(name: str) -> Subject:
    """Return the subject of a member, as the host names it."""
    return Subject(issuer="https://id.example.com", subject=name)


@attrs.define
class World:
    """A company as its desk has it.

    Attributes:
        company_id: The company.
        clock: What time it is.
        unbound: The store in which the company is.
        store: Its handle.
        desk: Its desk.
    """

    company_id: str
    clock: FrozenClock
    unbound: UnboundStore
    store: Store
    desk: ComplianceDesk
    _numbers: Iterator[int] = attrs.field(factory=itertools.count, repr=False)

    @classmethod
    def founded(cls, unbound: UnboundStore, clock: FrozenClock, company_id: str = "company-1", **options: Any) -> World:
        """Found a company with its owner, and nothing else."""
        numbers = itertools.count(1)
        store = unbound.for_company(company_id)
        desk = ComplianceDesk(store, clock=clock, **{"ids": lambda: f"id-{next(numbers)}", **options})
        desk.create_company(make.company(id=company_id), subject(OWNER))
        return cls(company_id, clock, unbound, store, desk)

    def furnish(self, *requirements: Any) -> World:
        """Bring a member of each role, a client, a job code, an insurer and a rule book; default: GL and WC."""
        members = [
            make.member(id=f"{role.id}-1", name=role.title, subject=subject(role.id), roles=frozenset({role.id}))
            for role in DEFAULT_ROLES
            if role.id != OWNER
        ]
        asked = requirements or (make.gl_requirement(waivable=_WAIVABLE), make.wc_requirement(waivable=_WAIVABLE))
        book = make.rulebook(*asked, id=self.company_id, version=2)
        new = (*members, make.client(), make.job_code(), make.carrier())
        versions = {**dict.fromkeys(map(key_of, new), 0), key_of(book): 1}
        self._commit(tuple(map(put, (*new, book))), versions)
        return self

    def asks(self, *requirements: Any) -> World:
        """Put another rule book on file; the standings that are there do not follow from it."""
        self.record(make.rulebook(*requirements, id=self.company_id, version=self.rulebook().version + 1))
        return self

    # Members

    def acting_as(self, name: str) -> MemberDesk:
        """Return the desk of a member by its subject."""
        return self.desk.acting_as(subject(name))

    @property
    def owner(self) -> MemberDesk:
        """Who may do everything."""
        return self.acting_as("owner")

    @property
    def manager(self) -> MemberDesk:
        """Who may do everything but decide about the team."""
        return self.acting_as("manager")

    @property
    def recruiter(self) -> MemberDesk:
        """Who adds contractors and their work."""
        return self.acting_as("recruiter")

    @property
    def reviewer(self) -> MemberDesk:
        """Who records and reviews cover."""
        return self.acting_as("reviewer")

    @property
    def billing(self) -> MemberDesk:
        """Who sees to pay and rates."""
        return self.acting_as("billing")

    @property
    def auditor(self) -> MemberDesk:
        """Who looks."""
        return self.acting_as("auditor")

    # What is on file

    def record(self, *values: Any, contractor_id: str = "contractor-1") -> None:
        """Put values on file in one commit, with the standing that follows from them."""
        keys = {key_of(value, contractor_id if type(value) in _FACTS else None): value for value in values}
        others = [key for key in keys if key.aggregate.kind is not Kind.CONTRACTOR]
        read = self.store.get([Key(Kind.COMPANY, self.company_id), rulebook_key(self.company_id), *others])
        company, book = (record.value for record in read[:2] if record is not None)
        draft = UnitOfWork(self.store, company)
        draft.versions |= {key: record.version if record else 0 for key, record in zip(others, read[2:], strict=True)}
        draft.read({key.aggregate.id: None for key in keys if key not in others})
        for key, value in keys.items():
            draft.put(value, key.contractor_id)
        generation = self.store.head().generation
        standings = tuple(
            StandingUpdate(id_, standing(draft.dossier_after(id_), book), generation) for id_ in draft.contractor_ids
        )
        self._commit(draft.puts_to_commit(), draft.versions, standings)

    def _commit(
        self, puts: tuple[Put, ...], versions: dict[Key, int], standings: tuple[StandingUpdate, ...] = ()
    ) -> None:
        changes = Changes(
            actor="owner",
            action="set_up",
            key=f"set up {next(self._numbers)}",
            fingerprint="set up",
            puts=puts,
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            standings=standings,
        )
        self.store.commit(changes)

    def set(self, **settings: Any) -> None:
        """Change the company's settings."""
        self.owner.change_settings(CompanySettings(**settings))

    def dossier(self, contractor_id: str = "contractor-1") -> Dossier:
        """Return what is on file of a contractor."""
        (record,) = self.store.dossiers([contractor_id])
        assert record is not None
        return record.dossier

    def contractor(self, contractor_id: str = "contractor-1") -> Contractor:
        """Return a contractor as it is on file."""
        return self.dossier(contractor_id).contractor

    def assignment(self, assignment_id: str = "assignment-1", contractor_id: str = "contractor-1") -> Assignment:
        """Return an assignment as it is on file."""
        (on_file,) = (
            assignment for assignment in self.dossier(contractor_id).assignments if assignment.id == assignment_id
        )
        return on_file

    def policy(self, policy_id: str, contractor_id: str = "contractor-1") -> Policy:
        """Return a policy as it is on file."""
        (on_file,) = (policy for policy in self.dossier(contractor_id).policies if policy.id == policy_id)
        return on_file

    def waiver(self, waiver_id: str = "waiver-1", contractor_id: str = "contractor-1") -> Waiver:
        """Return a waiver as it is on file."""
        (on_file,) = (waiver for waiver in self.dossier(contractor_id).waivers if waiver.id == waiver_id)
        return on_file

    def rulebook(self) -> RuleBook:
        """Return the rule book that is in force."""
        (record,) = self.store.get([rulebook_key(self.company_id)])
        assert record is not None
        book: RuleBook = record.value
        return book

    def pending(self) -> RuleBook | None:
        """Return the rule book that is being published, if one is."""
        (record,) = self.store.get([pending_key(self.company_id)])
        assert record is not None
        book: RuleBook = record.value
        return book if book.version > self.rulebook().version else None

    # What is read from it

    def contractor_ids(self) -> list[str]:
        """Return the ids of all contractors."""
        return [item.key.id for item in self.store.page(Query(order=Order.ID), 1000).items]

    def stored(self, day: date = TODAY, contractor_id: str = "contractor-1") -> StandingRow | None:
        """Return the stored standing of a contractor on a day."""
        items = self.store.page(Query(on=day), 1000).items
        (entry,) = (item for item in items if item.key.id == contractor_id)
        return entry.standing

    def check_standings(self) -> None:
        """Every stored standing is the one that follows now from what is on file."""
        book = self.rulebook()
        ids = self.contractor_ids()
        fresh = {
            dossier.contractor_id: standing(dossier.dossier, book)
            for dossier in self.store.dossiers(ids)
            if dossier is not None
        }
        # Rows tile all days, so whoever has the right row on the first day of each has no other.
        for day in sorted({row.start for rows in fresh.values() for row in rows}):
            for item in self.store.page(Query(on=day, order=Order.ID), 1000).items:
                (expected,) = (row for row in fresh[item.key.id] if row.start <= day and (not row.end or day < row.end))
                assert expected == item.standing

    def state(self) -> bytes:
        """Return all that the company has on file, and its audit, as bytes."""
        listed = [kind for kind in Kind if not kind.is_fact]
        keys = [item.key for kind in listed for item in self.store.page(Query(kind=kind), 1000).items]
        parts = (
            self.store.head(),
            self.store.get(keys),
            self.store.dossiers(self.contractor_ids()),
            self.store.page(Query(on=TODAY), 1000),
            self.store.audit(0, 1000),
        )
        return b"\n".join(map(as_bytes, parts))

    @contextmanager
    def refuses(self, error: type[ContractorComplianceError], match: str) -> Iterator[None]:
        """What is done in the block is refused, with an error that says so, and leaves nothing."""
        before = self.store.head()
        with pytest.raises(error, match=match) as raised:
            yield
        assert error is raised.type
        assert before == self.store.head()


_FACTS = {VALUES[kind] for kind in FACTS}
