"""Histories that Hypothesis makes up: whatever members do, the stored standings are those of the facts on file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contractor_compliance.desk import CommandResult
from contractor_compliance.domain import (
    AssignmentGate,
    CarrierRating,
    CompanySettings,
    EnrollmentState,
    ExemptionKind,
    FinancialStrength,
    LimitKind,
    Line,
    PayBasis,
    PayRate,
    ReasonCode,
    RequirementSet,
    ReviewStatus,
    SetLevel,
    State,
    WaiverKind,
    WaiverState,
    civil_date,
)
from contractor_compliance.domain.requirements import CarrierRule
from contractor_compliance.errors import DeskError, InvalidValueError, UnavailableError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.storage import FACTS, Key, Kind, MemoryStore, UnboundStore, key_of
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.history import as_bytes
from tests import tiers
from tests.desk.faults import Faulty, through
from tests.desk.world import NOW, TODAY, World
from tests.storage.databases import sqlite_database

_WAIVABLE = frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW, ReasonCode.RATING_TOO_LOW})
_GL = make.gl_requirement(carrier=CarrierRule(strength_at_least=FinancialStrength.A_MINUS), waivable=_WAIVABLE)
_WC = make.wc_requirement(accepts=frozenset({ExemptionKind.OWNER_EXEMPTION}), waivable=_WAIVABLE)
_OF_CLIENT = RequirementSet(
    id="of client-2",
    level=SetLevel.CLIENT,
    applies_to=frozenset({"client-2"}),
    requirements=(make.gl_requirement(id="more", version=1, limits={LimitKind.EACH_OCCURRENCE: 2 * make.MILLION}),),
)
BOOKS = (
    make.rulebook(_GL, _WC, _OF_CLIENT),
    make.rulebook(make.gl_requirement(version=2, waivable=_WAIVABLE)),
    make.rulebook(
        make.gl_requirement(version=3, until=date(2026, 7, 1)),
        make.gl_requirement(
            version=4, effective=date(2026, 7, 1), limits={LimitKind.EACH_OCCURRENCE: 5 * make.MILLION}
        ),
        make.wc_requirement(version=2),
    ),
    make.rulebook(_OF_CLIENT),
)

#: What takes several commits.
LONG = ("publish_rulebook", "withdraw_publication")

contractors = st.sampled_from(("contractor-1", "contractor-1", "contractor-2", "contractor-3"))
places = st.integers(0, 30)
days = st.sampled_from((-90, -20, -1, 0, 1, 20, 60, 200)).map(lambda number: TODAY + timedelta(days=number))
lengths = st.sampled_from((None, 0, 30, 300))
codes = st.sampled_from((None, "RIG-1", "RIG-1", "IT-1", "IT-1", "IT-9"))
clients = st.sampled_from((None, "client-1", "client-1", "client-2", "client-2", "client-9"))
works = st.sampled_from((frozenset({State.AL}), frozenset({State.AL, State.TX}), frozenset[State]()))
assignment_ids = st.sampled_from(("assignment-1", "assignment-2", "assignment-3", "assignment-4"))
policy_ids = st.sampled_from(("policy-general_liability", "policy-workers_compensation", "policy-3"))
waiver_ids = st.sampled_from(("waiver-1", "waiver-2"))
certificate_ids = st.sampled_from(("certificate-1", "certificate-2"))
carriers = st.sampled_from((("Sample Mutual Insurance Company", "99901"), ("Sample Casualty Company", None)))
reviewers = st.sampled_from(("owner", "manager", "reviewer"))
recruiters = st.sampled_from(("owner", "manager", "recruiter"))


@attrs.frozen
class Asked:
    """A question about an instant, and the answer that may never change."""

    question: Callable[[], object]
    answer: bytes


@attrs.frozen
class Request:
    """A request that was carried out, to be sent again as it was."""

    send: Callable[[], CommandResult]
    done: CommandResult


class DeskHistory(RuleBasedStateMachine):
    """Members do whatever they may, or may not, with a few contractors."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FrozenClock(NOW)
        self._resources = ExitStack()
        unbound = self._resources.enter_context(self.open_store(self.clock))
        self.world = World.founded(unbound, self.clock)
        self._numbers = 0
        self._requests: list[Request] = []
        self._asked: list[Asked] = []
        self._instants: list[datetime] = []

    @contextmanager
    def open_store(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        """Give an empty store that takes the time from the clock."""
        yield MemoryStore(clock=clock)

    def teardown(self) -> None:
        """Ask everything about the past once more, and close."""
        with self._resources:
            for query in self._asked:
                assert query.answer == as_bytes(query.question())

    @initialize(gate=st.sampled_from(AssignmentGate))
    def begin(self, gate: AssignmentGate) -> None:
        """Put an office on file, and a contractor at work."""
        self.world.furnish(*BOOKS[0].sets)
        self.world.record(make.client(id="client-2", name="B"), make.job_code(id="IT-1"))
        self.world.set(gate=gate)
        later = make.assignment(id="assignment-2", start=TODAY + timedelta(days=60), end=None, pay_rates=())
        self.world.record(make.contractor(), make.assignment(), later, make.gl_policy(), make.wc_policy())
        other = make.contractor(id="contractor-2")
        self.world.record(other, make.assignment(client_id="client-2"), make.gl_policy(), contractor_id="contractor-2")

    # People

    @rule(
        who=recruiters,
        name=contractors,
        legal=st.sampled_from((make.CONTRACTOR_NAME, "Other Sample LLC")),
        mail=st.booleans(),
    )
    def keep_contractor(self, who: str, name: str, legal: str, mail: bool) -> None:
        is_on_file = name in self.world.contractor_ids()
        contractor = make.contractor(id=name, legal_name=legal, email="shared@example.com" if mail else None)
        self.do(who, "update_contractor" if is_on_file else "add_contractor", contractor)

    @rule(who=recruiters, name=contractors, state=st.sampled_from(EnrollmentState))
    def opt_in(self, who: str, name: str, state: EnrollmentState) -> None:
        self.do(who, "record_opt_in", name, state)

    @rule(
        who=recruiters, name=contractors, id_=assignment_ids, start=days, length=lengths, code=codes, client=clients,
        states=works, overridden=st.booleans(),
    )  # fmt: skip
    def assign(
        self, who: str, name: str, id_: str, start: date, length: int | None, code: str | None, client: str | None,
        states: frozenset[State], overridden: bool,
    ) -> None:  # fmt: skip
        end = None if length is None else start + timedelta(days=length)
        work = make.assignment(
            id=id_, start=start, end=end, job_code_id=code, client_id=client, work_states=states, pay_rates=()
        )
        reason = "It is safe." if overridden else None
        self.do(who, "add_assignment", name, work, override_reason=reason)

    @rule(who=recruiters, name=contractors, id_=assignment_ids, day=days, length=lengths, client=clients, states=works)
    def change_assignment(
        self, who: str, name: str, id_: str, day: date, length: int | None, client: str | None, states: frozenset[State]
    ) -> None:
        for work in self.facts(name, "assignments"):
            if work.id == id_:
                end = None if length is None else day + timedelta(days=length)
                changed = attrs.evolve(
                    work, start=day, end=end, client_id=client, work_states=states, cancelled_on=None
                )
                self.do(who, "change_assignment", name, changed)

    @rule(who=recruiters, name=contractors, id_=assignment_ids, what=st.sampled_from(range(5)), day=days)
    def move_assignment(self, who: str, name: str, id_: str, what: int, day: date) -> None:
        match what:
            case 0:
                self.do(who, "end_assignment", name, id_, day)
            case 1:
                self.do(who, "cancel_assignment", name, id_)
            case 2:
                self.do(who, "release_assignment", name, id_)
            case 3:
                self.do(who, "change_job_code", name, id_, "IT-1")
            case _:
                self.do("billing", "adjust_pay", name, id_, PayRate(effective=day, cents=1, basis=PayBasis.DAY))

    # Cover

    @rule(
        who=reviewers, name=contractors, id_=policy_ids, begins=days, length=st.sampled_from((30, 300)),
        carrier=carriers, more=st.booleans(), read=st.one_of(st.none(), certificate_ids),
    )  # fmt: skip
    def keep_policy(
        self, who: str, name: str, id_: str, begins: date, length: int, carrier: tuple[str, str | None], more: bool,
        read: str | None,
    ) -> None:  # fmt: skip
        line = Line.WC if id_ == "policy-workers_compensation" else Line.GL
        term = make.term(begins, begins + timedelta(days=length), evidence=make.evidence(certificate_id=read))
        limits = {"limits": {LimitKind.EACH_OCCURRENCE: 3 * make.MILLION}} if more and line is Line.GL else {}
        sample = make.wc_policy if line is Line.WC else make.gl_policy
        policy = sample(id=id_, term=term, carrier_name=carrier[0], carrier_naic=carrier[1], **limits)
        self.do(who, "record_policy", name, policy)

    @rule(who=reviewers, name=contractors, id_=policy_ids, day=days, ends=st.booleans())
    def notice(self, who: str, name: str, id_: str, day: date, ends: bool) -> None:
        if ends:
            self.do(who, "record_cancellation", name, id_, make.cancellation(day))
        else:
            self.do(who, "record_reinstatement", name, id_, make.reinstatement(day))

    @rule(who=reviewers, name=contractors, id_=certificate_ids, states=st.booleans())
    def receive(self, who: str, name: str, id_: str, states: bool) -> None:
        stated = make.as_stated(make.gl_policy(id="policy-3"), id_)
        certificate = make.certificate(id=id_, status=ReviewStatus.PENDING)
        self.do(who, "record_certificate", name, certificate, policies=[stated] if states else [])

    @rule(who=reviewers, name=contractors, id_=certificate_ids, status=st.sampled_from(ReviewStatus))
    def review(self, who: str, name: str, id_: str, status: ReviewStatus) -> None:
        self.do(who, "review_certificate", name, id_, status, note="Read.")

    @rule(who=reviewers, name=contractors, begins=days)
    def exempt(self, who: str, name: str, begins: date) -> None:
        term = make.term(begins, begins + timedelta(days=100))
        self.do(who, "record_exemption", name, make.exemption(terms=(term,)))

    @rule(name=contractors, place=places)
    def withdraw(self, name: str, place: int) -> None:
        facts = [key_of(fact, name) for field in FACTS.values() for fact in self.facts(name, field)]
        key = facts[place % len(facts)] if facts else Key(Kind.POLICY, "policy-9", name)
        self.do("manager", "withdraw_fact", name, key, reason="In error.")

    # Waivers

    @rule(
        who=recruiters, name=contractors, id_=waiver_ids, begins=days, covers=st.sampled_from((_GL.id, _WC.id, "more")),
        work=st.sampled_from((None, None, "assignment-1")), reduces=st.booleans(), is_granted=st.booleans(),
    )  # fmt: skip
    def ask_for_waiver(
        self,
        who: str,
        name: str,
        id_: str,
        begins: date,
        covers: str,
        work: str | None,
        reduces: bool,
        is_granted: bool,
    ) -> None:
        reduced = make.minimum_limits({LimitKind.EACH_OCCURRENCE: make.MILLION})
        kind = {"kind": WaiverKind.REDUCE, "reduced": reduced} if reduces else {}
        codes = frozenset({ReasonCode.LIMIT_TOO_LOW if reduces else ReasonCode.MISSING})
        waiver = make.waiver(
            covers, id=id_, effective=begins, expires=begins + timedelta(days=90), assignment_id=work,
            reason_codes=codes, **kind,
        )  # fmt: skip
        self.do(who, "request_waiver", name, waiver)
        if is_granted:
            self.do("owner", "grant_waiver", name, id_)

    @rule(who=st.sampled_from(("owner", "manager")), name=contractors, id_=waiver_ids, to=st.sampled_from(WaiverState))
    def decide_waiver(self, who: str, name: str, id_: str, to: WaiverState) -> None:
        match to:
            case WaiverState.REVOKED:
                self.do(who, "revoke_waiver", name, id_, reason="No longer.")
            case WaiverState.REJECTED:
                self.do(who, "reject_waiver", name, id_, reason="No.")
            case _:
                self.do(who, "grant_waiver", name, id_)

    # The office

    @rule(name=st.sampled_from(("client-1", "client-2")), title=st.sampled_from(("Sample Mills Corp", "B", "C")))
    def name_client(self, name: str, title: str) -> None:
        self.do("manager", "put_client", make.client(id=name, name=title))

    @rule(
        carrier=carriers, called=st.sampled_from((None, "Sample Casualty Company", "Renamed Company")),
        strength=st.sampled_from((FinancialStrength.A, FinancialStrength.B)), since=days,
    )  # fmt: skip
    def keep_carrier(
        self, carrier: tuple[str, str | None], called: str | None, strength: FinancialStrength, since: date
    ) -> None:
        rating = CarrierRating(strength=strength, size=10, effective=since)
        self.do("reviewer", "put_carrier", make.carrier(name=called or carrier[0], naic=carrier[1], ratings=(rating,)))

    @rule(code=st.sampled_from(("RIG-1", "IT-1", "IT-2")), what=st.sampled_from(range(4)))
    def keep_job_code(self, code: str, what: int) -> None:
        match what:
            case 0:
                self.do("recruiter", "propose_job_code", make.job_code(id=code))
            case 1:
                self.do("manager", "approve_job_code", code)
            case 2:
                self.do("manager", "retire_job_code", code)
            case _:
                self.do("manager", "rename_job_code", code, title="Renamed")

    @rule(gate=st.sampled_from(AssignmentGate), shared=st.booleans())
    def settle(self, gate: AssignmentGate, shared: bool) -> None:
        self.do("manager", "change_settings", CompanySettings(gate=gate, allow_shared_email=shared))

    @rule(book=st.sampled_from(BOOKS), who=st.sampled_from(("owner", "manager")))
    def publish(self, book: Any, who: str) -> None:
        self.do(who, "publish_rulebook", book)

    @rule(book=st.sampled_from(BOOKS), is_late=st.booleans())
    def publish_and_be_interrupted(self, book: Any, is_late: bool) -> None:
        """It ends before the standings are written, or before they are read."""
        faulty = Faulty(self.world.store, {} if is_late else {2: "before"})
        with pytest.raises((UnavailableError, DeskError)):
            through(self.world, faulty).manager.publish_rulebook(book, progress=_stop)

    @rule(who=st.sampled_from(("owner", "manager")))
    def withdraw_publication(self, who: str) -> None:
        self.do(who, "withdraw_publication")

    @rule(name=st.sampled_from(("Sample Staffing Inc", "Renamed Personnel")), aliases=st.sampled_from(((), ("Old",))))
    def name_company(self, name: str, aliases: tuple[str, ...]) -> None:
        self.do("manager", "change_company", name=name, aliases=aliases)

    # Time, and what was

    @rule(by=st.sampled_from((timedelta(hours=1), timedelta(days=1), timedelta(days=25), timedelta(days=150))))
    def let_time_pass(self, by: timedelta) -> None:
        self.clock.advance(by)

    @rule(place=places)
    def send_again(self, place: int) -> None:
        """A request that comes again does nothing, whatever has happened since."""
        if self._requests:
            request = self._requests[place % len(self._requests)]
            before = self.world.store.head()
            assert attrs.evolve(request.done, repeated=True) == request.send()
            assert before == self.world.store.head()

    @rule(place=places)
    def ask_about_the_past(self, place: int) -> None:
        instants = [*self._instants, self.clock()]
        at = instants[place % len(instants)]
        keys = [Key(Kind.RULEBOOK, self.world.company_id), Key(Kind.CLIENT, "client-1")]
        for question in (
            lambda: self.world.store.dossiers(["contractor-1", "contractor-2", "contractor-3"], at),
            lambda: self.world.store.get(keys, at),
        ):
            self._asked.append(Asked(question, as_bytes(question())))

    # What always holds

    @invariant()
    def every_stored_standing_is_what_follows(self) -> None:
        self.world.check_standings()

    @invariant()
    def roster_and_profile_agree_with_the_evaluation(self) -> None:
        today = civil_date(self.clock(), "America/New_York")
        book = self.world.rulebook()
        for entry in self.world.auditor.roster().entries:
            report = evaluate(self.world.dossier(entry.contractor_id), book, as_of=today)
            assert (report.verdict, report.insurance_status) == (entry.verdict, entry.insurance_status)
            profile = self.world.owner.profile(entry.contractor_id)
            assert (today, report) == (profile.day, profile.report)

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        verification = self.world.auditor.verify()
        assert (True, self.world.store.head().sequence) == (verification.is_whole, verification.entries)

    # How it is done

    def facts(self, name: str, field: str) -> tuple[Any, ...]:
        (record,) = self.world.store.dossiers([name])
        return () if record is None else tuple(getattr(record.dossier, field))

    def do(self, who: str, use_case: str, *arguments: Any, **more: Any) -> None:
        """Let a member do something: it is done with its audit entry, or refused and nothing is done."""
        self._numbers += 1
        key = f"key-{self._numbers}"

        def send() -> CommandResult:
            done: CommandResult = getattr(self.world.acting_as(who), use_case)(*arguments, **more, key=key)
            return done

        before = self.world.store.head()
        try:
            done = send()
        except (DeskError, InvalidValueError):
            if use_case not in LONG:
                assert before == self.world.store.head()
            return
        self._requests.append(Request(send, done))
        self._instants.append(done.recorded_at)
        written = self.world.store.audit(before.sequence, 1000)
        steps = [entry.action for entry in written[:-1]]
        actor = "id-1" if who == "owner" else f"{who}-1"
        assert (done.sequence, actor, use_case) == (written[-1].sequence, written[-1].actor, written[-1].action)
        assert done.id == json.loads(written[-1].detail or "")["id"]
        assert not steps or use_case in LONG
        assert set(steps) <= {"announce_rulebook", "announce_change", "prepare_standings"}


def _stop(done: int, total: int) -> None:
    """Stop a publication before its last step."""
    raise UnavailableError("The database went away.")


class SqliteDeskHistory(DeskHistory):
    """The same on SQLite."""

    @contextmanager
    def open_store(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        with TemporaryDirectory() as folder, sqlite_database(Path(folder)) as database:
            yield SqlStore(database.engine, clock=clock)


TestDeskHistory = tiers.history(DeskHistory, tests=12, stress=40, steps=20)
TestSqliteDeskHistory = tiers.history(SqliteDeskHistory, tests=1, stress=3, steps=12)
