"""Answers that get lost, requests that are repeated, and members who change the same thing at once: one effect each."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import WRITES, CommandResult, ComplianceDesk, MemberDesk
from contractor_compliance.domain import (
    AssignmentGate,
    CompanySettings,
    EndorsementKind,
    EnrollmentState,
    FinancialStrength,
    JobCodeStatus,
    MemberState,
    PartyRole,
    PayBasis,
    PayRate,
    ReviewStatus,
    WaiverState,
)
from contractor_compliance.domain.requirements import CarrierRule
from contractor_compliance.errors import (
    CommitUnknownError,
    ConflictError,
    GateError,
    KeyReusedError,
    UnavailableError,
)
from contractor_compliance.storage import Key, Kind, MemoryStore, Query, UnboundStore
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.history import as_bytes
from tests.desk.faults import Faulty, through
from tests.desk.world import NOW, TODAY, World, subject

Ask = Callable[[MemberDesk, str], CommandResult]

GL, WC = "requirement-general_liability", "policy-workers_compensation"
#: Permissions that are no use case of their own.
POWERS = {"override_gate"}
#: What takes several commits has a test of its own.
LONG = {"publish_rulebook", "withdraw_publication"}
#: Every write use case: a request, and another request.
CASES: dict[str, tuple[Ask, Ask]] = {
    "accept_certificate_failure": (
        lambda desk, key: _accept(desk, key, "The job is small."),
        lambda desk, key: _accept(desk, key, "The job is short."),
    ),
    "add_assignment": (
        lambda desk, key: desk.add_assignment("contractor-1", _later("new"), key=key),
        lambda desk, key: desk.add_assignment("contractor-1", _later("newer"), key=key),
    ),
    "add_contractor": (
        lambda desk, key: desk.add_contractor(make.contractor(id="contractor-2", email="a@example.com"), key=key),
        lambda desk, key: desk.add_contractor(make.contractor(id="contractor-2", email="b@example.com"), key=key),
    ),
    "add_job_code": (
        lambda desk, key: desk.add_job_code(make.job_code(id="NEW-1"), key=key),
        lambda desk, key: desk.add_job_code(make.job_code(id="NEW-2"), key=key),
    ),
    "adjust_pay": (
        lambda desk, key: desk.adjust_pay("contractor-1", "assignment-1", _pay(5_000), key=key),
        lambda desk, key: desk.adjust_pay("contractor-1", "assignment-1", _pay(5_001), key=key),
    ),
    "approve_job_code": (
        lambda desk, key: desk.approve_job_code("IT-1", key=key),
        lambda desk, key: desk.approve_job_code("IT-2", key=key),
    ),
    "assign_roles": (
        lambda desk, key: desk.assign_roles("billing-1", ["auditor"], key=key),
        lambda desk, key: desk.assign_roles("billing-1", ["auditor", "billing"], key=key),
    ),
    "cancel_assignment": (
        lambda desk, key: desk.cancel_assignment("contractor-1", "later", key=key),
        lambda desk, key: desk.cancel_assignment("contractor-1", "held", key=key),
    ),
    "change_assignment": (
        lambda desk, key: desk.change_assignment("contractor-1", _later("later", title="Rigging"), key=key),
        lambda desk, key: desk.change_assignment("contractor-1", _later("later", title="Welding"), key=key),
    ),
    "change_company": (
        lambda desk, key: desk.change_company(name="Another Staffing Corp", key=key),
        lambda desk, key: desk.change_company(name="Other Staffing Corp", key=key),
    ),
    "change_job_code": (
        lambda desk, key: desk.change_job_code("contractor-1", "later", "RIG-1", key=key),
        lambda desk, key: desk.change_job_code("contractor-1", "assignment-1", "RIG-1", key=key),
    ),
    "change_settings": (
        lambda desk, key: desk.change_settings(CompanySettings(gate=AssignmentGate.HOLD), key=key),
        lambda desk, key: desk.change_settings(CompanySettings(gate=AssignmentGate.BLOCK), key=key),
    ),
    "end_assignment": (
        lambda desk, key: desk.end_assignment("contractor-1", "assignment-1", TODAY, key=key),
        lambda desk, key: desk.end_assignment("contractor-1", "assignment-1", TODAY + timedelta(days=1), key=key),
    ),
    "grant_waiver": (
        lambda desk, key: desk.grant_waiver("contractor-1", "asked", key=key),
        lambda desk, key: desk.grant_waiver("contractor-1", "asked too", key=key),
    ),
    "invite_member": (
        lambda desk, key: desk.invite_member("Rae Sample", role_ids=["auditor"], key=key),
        lambda desk, key: desk.invite_member("Rae Sample", role_ids=["billing"], key=key),
    ),
    "propose_job_code": (
        lambda desk, key: desk.propose_job_code(make.job_code(id="NEW-1"), key=key),
        lambda desk, key: desk.propose_job_code(make.job_code(id="NEW-1", title="Other"), key=key),
    ),
    "publish_rulebook": (
        lambda desk, key: desk.publish_rulebook(make.rulebook(make.gl_requirement()), key=key),
        lambda desk, key: desk.publish_rulebook(make.rulebook(make.auto_requirement()), key=key),
    ),
    "put_carrier": (
        lambda desk, key: desk.put_carrier(make.carrier(ratings=()), key=key),
        lambda desk, key: desk.put_carrier(make.carrier(name="Another Insurance Company"), key=key),
    ),
    "put_client": (
        lambda desk, key: desk.put_client(make.client(name="Renamed Corp"), key=key),
        lambda desk, key: desk.put_client(make.client(name="Renamed Inc"), key=key),
    ),
    "put_rate_card": (
        lambda desk, key: desk.put_rate_card(make.rate_card(), key=key),
        lambda desk, key: desk.put_rate_card(make.rate_card(title="Other rates"), key=key),
    ),
    "put_role": (
        lambda desk, key: desk.put_role(make.role(id="greeter"), key=key),
        lambda desk, key: desk.put_role(make.role(id="greeter", title="Greeter"), key=key),
    ),
    "record_cancellation": (
        lambda desk, key: desk.record_cancellation("contractor-1", WC, make.cancellation(TODAY), key=key),
        lambda desk, key: desk.record_cancellation("contractor-1", WC, make.cancellation(date(2026, 7, 1)), key=key),
    ),
    "record_certificate": (
        lambda desk, key: desk.record_certificate("contractor-1", _certificate("new"), key=key),
        lambda desk, key: desk.record_certificate(
            "contractor-1", _certificate("new"), policies=[make.as_stated(make.gl_policy(), "new")], key=key
        ),
    ),
    "record_exemption": (
        lambda desk, key: desk.record_exemption("contractor-1", make.exemption(), key=key),
        lambda desk, key: desk.record_exemption("contractor-1", make.exemption(id="exemption-2"), key=key),
    ),
    "record_opt_in": (
        lambda desk, key: desk.record_opt_in("contractor-1", EnrollmentState.INVITED, key=key),
        lambda desk, key: desk.record_opt_in("contractor-1", EnrollmentState.INVITED, note="By post.", key=key),
    ),
    "record_policy": (
        lambda desk, key: desk.record_policy("contractor-1", make.gl_policy(), key=key),
        lambda desk, key: desk.record_policy("contractor-1", make.auto_policy(), key=key),
    ),
    "record_reinstatement": (
        lambda desk, key: desk.record_reinstatement("contractor-1", WC, make.reinstatement(TODAY), key=key),
        lambda desk, key: desk.record_reinstatement("contractor-1", WC, make.reinstatement(date(2026, 7, 1)), key=key),
    ),
    "reinstate_member": (
        lambda desk, key: desk.reinstate_member("suspended", key=key),
        lambda desk, key: desk.reinstate_member("suspended too", key=key),
    ),
    "reject_waiver": (
        lambda desk, key: desk.reject_waiver("contractor-1", "asked", reason="No.", key=key),
        lambda desk, key: desk.reject_waiver("contractor-1", "asked", reason="Not now.", key=key),
    ),
    "release_assignment": (
        lambda desk, key: desk.release_assignment("contractor-1", "held", override_reason="It is safe.", key=key),
        lambda desk, key: desk.release_assignment("contractor-1", "held", override_reason="It is right.", key=key),
    ),
    "remove_member": (
        lambda desk, key: desk.remove_member("billing-1", key=key),
        lambda desk, key: desk.remove_member("auditor-1", key=key),
    ),
    "rename_job_code": (
        lambda desk, key: desk.rename_job_code("RIG-1", title="Other", key=key),
        lambda desk, key: desk.rename_job_code("RIG-1", description="Other", key=key),
    ),
    "request_waiver": (
        lambda desk, key: desk.request_waiver("contractor-1", _waiver("new"), key=key),
        lambda desk, key: desk.request_waiver("contractor-1", _waiver("newer"), key=key),
    ),
    "retire_job_code": (
        lambda desk, key: desk.retire_job_code("RIG-1", key=key),
        lambda desk, key: desk.retire_job_code("IT-1", key=key),
    ),
    "review_certificate": (
        lambda desk, key: desk.review_certificate("contractor-1", "pending", ReviewStatus.APPROVED, key=key),
        lambda desk, key: desk.review_certificate("contractor-1", "pending", ReviewStatus.FLAGGED, key=key),
    ),
    "revoke_waiver": (
        lambda desk, key: desk.revoke_waiver("contractor-1", "granted", reason="No longer.", key=key),
        lambda desk, key: desk.revoke_waiver("contractor-1", "granted", reason="No more.", key=key),
    ),
    "suspend_member": (
        lambda desk, key: desk.suspend_member("billing-1", key=key),
        lambda desk, key: desk.suspend_member("auditor-1", key=key),
    ),
    "update_contractor": (
        lambda desk, key: desk.update_contractor(make.contractor(phone="334 555 0100"), key=key),
        lambda desk, key: desk.update_contractor(make.contractor(phone="334 555 0101"), key=key),
    ),
    "withdraw_fact": (
        lambda desk, key: desk.withdraw_fact(
            "contractor-1", Key(Kind.POLICY, WC, "contractor-1"), reason="No.", key=key
        ),
        lambda desk, key: desk.withdraw_fact(
            "contractor-1", Key(Kind.POLICY, WC, "contractor-1"), reason="So.", key=key
        ),
    ),
    "withdraw_publication": (
        lambda desk, key: desk.withdraw_publication(key=key),
        # It says nothing more, so another request is another use case.
        lambda desk, key: desk.publish_rulebook(make.rulebook(make.auto_requirement()), key=key),
    ),
}


def _later(id_: str, **changes: Any) -> Any:
    return make.assignment(**{"id": id_, "start": date(2026, 7, 6), "pay_rates": (), **changes})


def _pay(amount: int) -> PayRate:
    return PayRate(effective=date(2026, 8, 1), cents=amount, basis=PayBasis.HOUR)


def _certificate(id_: str, status: ReviewStatus = ReviewStatus.PENDING) -> Any:
    return make.certificate(id=id_, status=status)


def _waiver(id_: str, **changes: Any) -> Any:
    return make.waiver(
        GL, **{"id": id_, "state": WaiverState.REQUESTED, "decided_by": None, "decided_at": None, **changes}
    )


def _accept(desk: MemberDesk, key: str, reason: str) -> CommandResult:
    return desk.accept_certificate_failure(
        "contractor-1", "certificate-1", GL, reason=reason, expires=date(2026, 9, 1), waiver_id="accepted", key=key
    )


def _begin_a_publication(world: World) -> None:
    """Announce a rule book, and come no further."""
    with pytest.raises(UnavailableError):
        through(world, Faulty(world.store, {2: "before"})).manager.publish_rulebook(
            make.rulebook(make.gl_requirement())
        )


#: What must have been begun before it can be asked for.
BEGUN = {"withdraw_publication": _begin_a_publication}


def filled(world: World) -> World:
    """Put on file what each of the requests is about."""
    members = [
        make.member(id=name, subject=subject(name), state=MemberState.SUSPENDED, roles=frozenset({"auditor"}))
        for name in ("suspended", "suspended too")
    ]
    codes = [make.job_code(id=code, status=JobCodeStatus.PROPOSED) for code in ("IT-1", "IT-2")]
    world.record(
        *members,
        *codes,
        make.contractor(),
        make.assignment(),
        _later("later"),
        _later("held", on_hold=True),
        make.wc_policy(),
        make.certificate(),
        _certificate("pending"),
        _waiver("asked"),
        _waiver("asked too"),
        make.waiver(GL, id="granted"),
    )
    return world


@pytest.fixture
def full(world: World) -> World:
    """A company in which each of the requests can be carried out."""
    return filled(world)


@pytest.fixture
def in_memory() -> World:
    """A company in memory, whatever the other tests run on."""
    clock = FrozenClock(NOW)
    return World.founded(MemoryStore(clock=clock), clock).furnish()


def digest(world: World) -> bytes:
    """Return what the requests may change, as bytes: values, dossiers, standings, and the head with its seal."""
    company = world.company_id
    keys = [Key(Kind.COMPANY, company), Key(Kind.RULEBOOK, company)]
    keys += [
        Key(Kind.MEMBER, member_id)
        for member_id in ("billing-1", "auditor-1", "suspended", "suspended too", "id-2", "id-3")
    ]
    keys += [Key(Kind.JOB_CODE, job_code_id) for job_code_id in ("RIG-1", "IT-1", "IT-2", "NEW-1", "NEW-2")]
    keys += [Key(Kind.CLIENT, "client-1"), Key(Kind.CARRIER, "99901"), Key(Kind.RATE_CARD, "rate-card-1")]
    parts = (
        world.store.head(),
        world.store.get([*keys, Key(Kind.ROLE, "greeter")]),
        world.store.dossiers(["contractor-1", "contractor-2"]),
        world.store.page(Query(on=TODAY), 10),
    )
    return b"\n".join(map(as_bytes, parts))


def test_every_use_case_that_changes_something_is_tried() -> None:
    names = {
        name
        for name, method in inspect.getmembers(MemberDesk, inspect.isfunction)
        if not name.startswith("_") and "CommandResult" in str(inspect.signature(method).return_annotation)
    }

    assert (names, WRITES) == (set(CASES), set(CASES) | POWERS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_use_case_that_changes_something_takes_a_key(name: str) -> None:
    parameter = inspect.signature(getattr(MemberDesk, name)).parameters["key"]

    assert (parameter.KEYWORD_ONLY, None) == (parameter.kind, parameter.default)


class TestLostAnswers:
    """An answer is lost before anything was done, then after it was done, and then it arrives."""

    @pytest.mark.parametrize("name", sorted(CASES.keys() - LONG))
    def test_a_request_that_is_repeated_has_one_effect(self, full: World, name: str) -> None:
        ask, ask_another = CASES[name]
        desk = through(full, Faulty(full.store, {1: "before", 2: "after"})).owner
        start = full.store.head().sequence
        with full.refuses(UnavailableError, "went away"):
            ask(desk, "the key")
        with pytest.raises(CommitUnknownError):
            ask(desk, "the key")
        effect = digest(full)

        done = ask(desk, "the key")
        with pytest.raises(KeyReusedError, match="'the key' belongs to an earlier request"):
            ask_another(desk, "the key")

        assert (start + 1, True) == (done.sequence, done.repeated)
        assert effect == digest(full)

    @pytest.mark.parametrize("name", sorted(CASES))
    def test_a_repeated_request_has_the_same_answer(self, in_memory: World, name: str) -> None:
        ask, _ = CASES[name]
        filled(in_memory)
        if name in BEGUN:
            BEGUN[name](in_memory)
        done = ask(in_memory.owner, "the key")

        assert not done.repeated
        assert attrs.evolve(done, repeated=True) == ask(in_memory.owner, "the key")

    # It is announced, its one page is written again each time, and then it is switched to.
    @pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 3), (3, 5)], ids=["announced", "written", "published"])
    @pytest.mark.parametrize("name", sorted(LONG))
    def test_a_use_case_of_several_commits_that_is_repeated_has_one_effect(
        self, full: World, name: str, first: int, second: int
    ) -> None:
        ask, ask_another = CASES[name]
        if name in BEGUN:
            BEGUN[name](full)
        desk = through(full, Faulty(full.store, {first: "before", second: "after"})).owner
        start = full.store.head().sequence
        with pytest.raises(UnavailableError):
            ask(desk, "the key")
        with pytest.raises(CommitUnknownError):
            ask(desk, "the key")

        done = ask(desk, "the key")
        effect = digest(full)
        with pytest.raises(KeyReusedError):
            ask_another(desk, "the key")

        assert start + 3 == done.sequence
        assert effect == digest(full)
        full.check_standings()

    def test_creating_a_company_twice_with_one_key_has_one_effect(
        self, unbound: UnboundStore, clock: FrozenClock, company_id: str
    ) -> None:
        store = unbound.for_company(company_id)
        faulty = Faulty(store, {1: "before", 2: "after"})
        desk = ComplianceDesk(faulty, clock=clock, ids=lambda: "owner-1")
        company = make.company(id=company_id)
        for error in (UnavailableError, CommitUnknownError):
            with pytest.raises(error):
                desk.create_company(company, subject("owner"))

        desk.create_company(company, subject("owner"))

        assert 1 == store.head().sequence
        assert ["owner-1"] == [member.id for member in desk.acting_as(subject("owner")).members()]

    def test_accepting_an_invitation_again_has_one_effect(self, world: World) -> None:
        invitation = str(world.owner.invite_member("Rae Sample", role_ids=["auditor"]).invitation)
        desk = through(world, Faulty(world.store, {1: "before", 2: "after"})).desk
        start = world.store.head().sequence
        for error in (UnavailableError, CommitUnknownError):
            with pytest.raises(error):
                desk.accept_invitation(invitation, subject("rae"))

        done = desk.accept_invitation(invitation, subject("rae"))

        assert (start + 1, True) == (done.sequence, done.repeated)
        assert start + 1 == world.store.head().sequence

    def test_requests_without_a_key_each_have_their_own_effect(self, full: World) -> None:
        done = [full.owner.record_opt_in("contractor-1", EnrollmentState.INVITED) for _ in range(2)]

        (enrollment,) = full.dossier().enrollments
        assert (2, [False, False]) == (len(enrollment.events), [result.repeated for result in done])

    def test_a_key_used_by_another_member_for_the_same_request_is_refused(self, full: World) -> None:
        full.owner.record_opt_in("contractor-1", EnrollmentState.INVITED, key="the key")

        with full.refuses(KeyReusedError, "'the key'"):
            full.manager.record_opt_in("contractor-1", EnrollmentState.INVITED, key="the key")

    def test_a_request_that_was_refused_leaves_its_key_free(self, full: World) -> None:
        full.set(gate=AssignmentGate.BLOCK)
        with full.refuses(GateError, "is non-compliant"):
            full.owner.add_assignment("contractor-1", _later("new", end=None, start=make.TERM_END), key="the key")

        done = full.owner.add_assignment("contractor-1", _later("new"), key="the key")

        assert not done.repeated


class TestAtOnce:
    #: Those that are about no contractor that is there.
    ELSEWHERE = frozenset(
        {
            *("add_contractor", "add_job_code", "approve_job_code", "assign_roles", "change_settings", "invite_member"),
            *("propose_job_code", "publish_rulebook", "put_rate_card", "put_role", "reinstate_member", "remove_member"),
            *("suspend_member", "withdraw_publication"),
        }
    )
    #: Those that only look again at the contractor, and so need no second call.
    SHARED = frozenset({"change_company", "put_carrier", "put_client", "rename_job_code", "retire_job_code"})

    @pytest.mark.parametrize("name", sorted(SHARED))
    def test_a_change_of_a_shared_record_includes_contractors_that_change_at_the_same_time(
        self, in_memory: World, name: str
    ) -> None:
        full = filled(in_memory)
        faulty = Faulty(
            full.store, meanwhile=lambda: full.manager.record_opt_in("contractor-1", EnrollmentState.STARTED)
        )
        ask, _ = CASES[name]

        done = ask(through(full, faulty).owner, "the key")

        (enrollment,) = full.dossier().enrollments
        assert (EnrollmentState.STARTED, False) == (enrollment.events[0].state, done.repeated)
        full.check_standings()

    @pytest.mark.parametrize("name", sorted(CASES.keys() - ELSEWHERE - SHARED))
    def test_two_members_who_change_one_contractor_at_once_lose_nothing_when_one_repeats(
        self, in_memory: World, name: str
    ) -> None:
        full = filled(in_memory)
        faulty = Faulty(
            full.store, meanwhile=lambda: full.manager.record_opt_in("contractor-1", EnrollmentState.STARTED)
        )
        desk = through(full, faulty).owner
        ask, _ = CASES[name]
        with pytest.raises(ConflictError, match="contractor 'contractor-1': expected version"):
            ask(desk, "the key")

        done = ask(desk, "the key")

        (enrollment,) = full.dossier().enrollments
        assert EnrollmentState.STARTED is enrollment.events[0].state
        assert not done.repeated
        full.check_standings()

    def test_one_of_two_simultaneous_changes_wins_and_the_other_can_be_repeated(self, full: World) -> None:
        raised = PayRate(effective=date(2026, 8, 1), cents=5_000, basis=PayBasis.HOUR)
        faulty = Faulty(full.store, meanwhile=lambda: full.billing.adjust_pay("contractor-1", "assignment-1", raised))
        desk = through(full, faulty).recruiter
        with pytest.raises(ConflictError):
            desk.end_assignment("contractor-1", "assignment-1", date(2026, 9, 1))

        desk.end_assignment("contractor-1", "assignment-1", date(2026, 9, 1))

        work = full.assignment()
        assert (date(2026, 9, 1), raised) == (work.end, work.pay_rates[-1])

    def test_settings_that_change_during_a_decision_count(self, full: World) -> None:
        store = Reading(full.store, lambda: full.set(gate=AssignmentGate.BLOCK))
        desk = through(full, store).recruiter
        uncovered = _later("new", end=None, start=make.TERM_END)
        with pytest.raises(ConflictError, match="company"):
            desk.add_assignment("contractor-1", uncovered)

        with full.refuses(GateError, "is non-compliant"):
            desk.add_assignment("contractor-1", uncovered)

    @pytest.fixture
    def demanding(self, full: World) -> World:
        """The company asks for an endorsement that names the client, and for a sound insurer."""
        rule = make.endorsement_rule(parties=frozenset({PartyRole.CLIENT}))
        carrier = CarrierRule(strength_at_least=FinancialStrength.A_MINUS)
        full.asks(make.gl_requirement(endorsements=(rule,), carrier=carrier))
        named = make.endorsement(EndorsementKind.ADDITIONAL_INSURED_ONGOING, parties=("Sample Mills Corp",))
        full.record(make.contractor(), make.gl_policy(endorsements=(named,)))
        other = make.contractor(id="contractor-2")
        full.record(other, make.gl_policy(endorsements=(named,)), contractor_id="contractor-2")
        return full

    def test_an_assignment_added_while_its_client_is_renamed_has_the_right_standing(self, demanding: World) -> None:
        faulty = Faulty(demanding.store)
        faulty.meanwhile = lambda: demanding.recruiter.add_assignment("contractor-2", make.assignment())

        through(demanding, faulty).recruiter.put_client(make.client(name="Renamed Corp"))

        demanding.check_standings()

    def test_a_policy_recorded_while_its_insurer_is_put_on_file_has_the_right_standing(self, demanding: World) -> None:
        new = make.carrier(name="New Insurance Company", naic="99902")
        policy = make.identified(demanding.policy("policy-general_liability"), carrier_naic="99902", carrier_name=None)
        faulty = Faulty(demanding.store)
        faulty.meanwhile = lambda: demanding.reviewer.record_policy("contractor-1", policy)

        through(demanding, faulty).reviewer.put_carrier(new)

        demanding.check_standings()

    def test_an_insurer_put_on_file_while_a_policy_is_recorded_counts_for_that_policy(self, demanding: World) -> None:
        new = make.carrier(name="New Insurance Company", naic="99902")
        policy = make.identified(demanding.policy("policy-general_liability"), carrier_naic="99902", carrier_name=None)
        desk = through(
            demanding, Faulty(demanding.store, meanwhile=lambda: demanding.reviewer.put_carrier(new))
        ).reviewer
        with pytest.raises(ConflictError, match="carrier '99902'"):
            desk.record_policy("contractor-1", policy)

        desk.record_policy("contractor-1", policy)

        demanding.check_standings()

    def test_many_members_who_change_the_same_contractor_lose_no_change(self, full: World) -> None:
        def work(number: int) -> None:
            desk = through(full, full.unbound.for_company(full.company_id)).owner
            for step in range(2):
                for _ in itertools.count():
                    try:
                        desk.record_opt_in(
                            "contractor-1", EnrollmentState.STARTED, note=f"{number}.{step}", key=f"{number}.{step}"
                        )
                        break
                    except ConflictError:
                        continue

        with ThreadPoolExecutor(3) as threads:
            list(threads.map(work, range(3)))

        (enrollment,) = full.dossier().enrollments
        assert {f"{number}.{step}" for number in range(3) for step in range(2)} == {
            event.note for event in enrollment.events
        }
        assert 6 == len(enrollment.events)
        full.check_standings()


@attrs.define
class Reading:
    """Passes everything on to a store, and lets something happen just before dossiers are read for the first time."""

    inner: Any
    meanwhile: Callable[[], object] | None

    def dossiers(self, *arguments: Any) -> Any:
        if self.meanwhile is not None:
            first, self.meanwhile = self.meanwhile, None
            first()
        return self.inner.dossiers(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)
