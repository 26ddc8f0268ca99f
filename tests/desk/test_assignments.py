"""Assignments: the check before one is saved, the company's gate, and what happens to one afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from contractor_compliance.domain import (
    Assignment,
    AssignmentGate,
    AssignmentStatus,
    JobCodeStatus,
    LimitKind,
    PayBasis,
    PayRate,
    ReasonCode,
    SetLevel,
    State,
)
from contractor_compliance.errors import (
    AccessDeniedError,
    GateError,
    InvalidValueError,
    NotAllowedError,
    NotOnFileError,
)
from contractor_compliance.results import Outcome, Verdict
from contractor_compliance.storage import Key, Kind
from contractor_compliance.testing import factories as make
from tests.desk.world import TODAY, World, refusal

LATER = date(2026, 7, 6)
WC = Key(Kind.POLICY, "policy-workers_compensation", "contractor-1")


def later(**changes: object) -> Assignment:
    """Return work that begins after today, under cover."""
    return make.assignment(**{"start": LATER, "pay_rates": (), **changes})


def beyond(world: World) -> Assignment:
    """Return the work with a first day on which there is no cover any more."""
    return attrs.evolve(world.assignment(), start=make.TERM_END, end=None)


@pytest.fixture
def covered(world: World) -> World:
    """The contractor has all the cover that is asked for until the end of the year."""
    world.record(make.contractor(), make.gl_policy(), make.wc_policy())
    return world


@pytest.fixture
def uncovered(world: World) -> World:
    """The contractor has GL and no WC."""
    world.record(make.contractor(), make.gl_policy())
    return world


class TestPreview:
    def test_a_preview_lists_what_binds_and_what_is_missing_and_why(self, uncovered: World) -> None:
        preview = uncovered.recruiter.preview_assignment("contractor-1", later())

        outcomes = {finding.requirement_id: (finding.outcome, finding.reasons) for finding in preview.report.findings}
        assert {
            "requirement-workers_compensation": (Outcome.FAIL, (ReasonCode.MISSING,)),
            "requirement-general_liability": (Outcome.PASS, ()),
        } == outcomes

    def test_a_preview_says_what_to_ask_the_broker_for(self, uncovered: World) -> None:
        preview = uncovered.recruiter.preview_assignment("contractor-1", later())

        assert ("Please send a certificate that shows workers' compensation.",) == preview.remedies

    def test_a_preview_judges_the_first_day_and_not_today(self, covered: World) -> None:
        preview = covered.recruiter.preview_assignment("contractor-1", later(start=make.TERM_END, end=None))

        assert (make.TERM_END, Verdict.NON_COMPLIANT) == (preview.report.judged_on, preview.report.verdict)

    def test_a_preview_judges_the_first_day_even_in_the_past(self, uncovered: World) -> None:
        since = make.wc_policy(term=(date(2026, 5, 1), make.TERM_END))
        uncovered.record(since)

        preview = uncovered.recruiter.preview_assignment("contractor-1", later(start=date(2026, 4, 1)))

        assert Verdict.NON_COMPLIANT is preview.report.verdict

    @pytest.mark.parametrize(
        ("gate", "expected"),
        [(AssignmentGate.WARN, "saved"), (AssignmentGate.HOLD, "saved_on_hold"), (AssignmentGate.BLOCK, "refused")],
    )
    def test_a_preview_says_what_the_gate_would_do(self, uncovered: World, gate: AssignmentGate, expected: str) -> None:
        uncovered.set(gate=gate)

        assert expected == uncovered.recruiter.preview_assignment("contractor-1", later()).gate_decision

    def test_a_preview_flags_a_start_before_the_day_of_entry(self, covered: World) -> None:
        flags = [
            covered.recruiter.preview_assignment("contractor-1", later(start=day)).flags
            for day in (TODAY - timedelta(days=1), TODAY)
        ]

        assert [("starts_before_entry",), ()] == flags

    def test_a_preview_of_an_assignment_saves_nothing(self, covered: World) -> None:
        before = covered.state()

        covered.recruiter.preview_assignment("contractor-1", later())

        assert before == covered.state()

    @refusal
    def test_an_assignment_that_could_not_be_added_has_no_preview(self, covered: World) -> None:
        covered.manager.retire_job_code("RIG-1")

        with covered.refuses(NotAllowedError, "'RIG-1' is retired"):
            covered.recruiter.preview_assignment("contractor-1", later())


class TestAdding:
    @pytest.mark.parametrize("gate", AssignmentGate)
    def test_an_assignment_that_passes_is_saved_whatever_the_gate(self, covered: World, gate: AssignmentGate) -> None:
        covered.set(gate=gate)

        done = covered.recruiter.add_assignment("contractor-1", later())

        assert ("assignment-1", "compliant", ()) == (done.id, done.verdict, done.flags)
        assert later() == covered.assignment()

    def test_an_assignment_that_fails_is_saved_with_its_verdict_where_the_company_warns(self, uncovered: World) -> None:
        done = uncovered.recruiter.add_assignment("contractor-1", later())

        assert ("non_compliant", ()) == (done.verdict, done.flags)
        assert not uncovered.assignment().on_hold

    def test_a_failing_assignment_is_saved_on_hold_where_the_gate_holds(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.HOLD)

        done = uncovered.recruiter.add_assignment("contractor-1", later())

        assert ("non_compliant", ("on_hold",)) == (done.verdict, done.flags)
        assert uncovered.assignment().on_hold

    @refusal
    def test_a_failing_assignment_is_refused_where_the_gate_blocks(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        with uncovered.refuses(GateError, "'assignment-1' is non-compliant, and this company's gate refuses"):
            uncovered.recruiter.add_assignment("contractor-1", later())

    @refusal
    def test_an_assignment_that_is_not_known_to_pass_meets_the_gate(self, covered: World) -> None:
        covered.set(gate=AssignmentGate.BLOCK)

        with covered.refuses(GateError, "is undetermined"):
            covered.recruiter.add_assignment("contractor-1", later(work_states=frozenset()))

    def test_a_pass_by_waiver_passes_the_gate(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)
        uncovered.record(make.waiver("requirement-workers_compensation"))

        done = uncovered.recruiter.add_assignment("contractor-1", later())

        assert "compliant_with_exceptions" == done.verdict

    def test_a_start_before_the_day_of_entry_is_saved_and_flagged(self, covered: World) -> None:
        done = covered.recruiter.add_assignment("contractor-1", make.assignment())

        assert ("starts_before_entry",) == done.flags

    @refusal
    def test_a_new_assignment_under_an_id_that_is_taken_is_refused(self, covered: World) -> None:
        covered.recruiter.add_assignment("contractor-1", later())

        with covered.refuses(NotAllowedError, "has an assignment 'assignment-1' already"):
            covered.recruiter.add_assignment("contractor-1", later(title="Another"))

    def test_an_assignment_for_a_contractor_client_or_job_code_not_on_file_is_refused(
        self, covered: World, other: World
    ) -> None:
        other.recruiter.put_client(make.client(id="theirs"))
        other.manager.add_job_code(make.job_code(id="THEIRS"))
        recruiter = covered.recruiter

        with covered.refuses(NotOnFileError, "no contractor 'contractor-9'"):
            recruiter.add_assignment("contractor-9", later())
        with covered.refuses(NotOnFileError, "no client 'theirs'"):
            recruiter.add_assignment("contractor-1", later(client_id="theirs"))
        with covered.refuses(NotOnFileError, "no job_code 'THEIRS'"):
            recruiter.add_assignment("contractor-1", later(job_code_id="THEIRS"))
        with covered.refuses(InvalidValueError, "'person-9': is not in the dossier; add it to contractor.people"):
            recruiter.add_assignment("contractor-1", later(worker="person-9"))

    @refusal
    def test_a_new_assignment_with_a_job_code_that_is_not_approved_is_refused(self, covered: World) -> None:
        covered.recruiter.propose_job_code(make.job_code(id="IT-1"))

        with covered.refuses(NotAllowedError, "'IT-1' is proposed; only approved ones"):
            covered.recruiter.add_assignment("contractor-1", later(job_code_id="IT-1"))

    @refusal
    def test_an_assignment_that_ends_before_it_begins_cannot_be_requested(self, covered: World) -> None:
        with covered.refuses(InvalidValueError, "must not be before the start"):
            covered.recruiter.add_assignment("contractor-1", later(end=LATER - timedelta(days=1)))

    @refusal
    def test_a_new_assignment_that_is_cancelled_already_is_refused(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        with uncovered.refuses(NotAllowedError, "was cancelled on 2026-06-01; add another"):
            uncovered.recruiter.add_assignment("contractor-1", later(cancelled_on=TODAY))

    @refusal
    def test_a_new_assignment_on_hold_is_checked_all_the_same(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        with uncovered.refuses(GateError, "is non-compliant"):
            uncovered.recruiter.add_assignment("contractor-1", later(on_hold=True))


class TestOverride:
    @pytest.mark.parametrize("gate", [AssignmentGate.HOLD, AssignmentGate.BLOCK])
    def test_an_override_saves_what_the_gate_would_stop(self, uncovered: World, gate: AssignmentGate) -> None:
        uncovered.set(gate=gate)

        done = uncovered.manager.add_assignment("contractor-1", later(), override_reason="The client insists.")

        assert ("overridden",) == done.flags
        assert not uncovered.assignment().on_hold

    def test_an_override_changes_no_verdict(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        done = uncovered.manager.add_assignment("contractor-1", later(), override_reason="The client insists.")

        stored = uncovered.stored(LATER)
        assert stored is not None
        assert ("non_compliant", Verdict.NON_COMPLIANT) == (done.verdict, stored.verdict)

    def test_an_override_is_audited_with_its_reason(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        done = uncovered.manager.add_assignment("contractor-1", later(), override_reason="The client insists.")

        (entry,) = uncovered.auditor.audit_entries(done.sequence - 1, 1)
        assert ("manager-1", "add_assignment") == (entry.actor, entry.action)
        assert entry.detail is not None
        assert '"override":"The client insists."' in entry.detail

    @refusal
    def test_a_member_without_the_permission_overrides_no_gate(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        with uncovered.refuses(AccessDeniedError, "may not override the assignment gate"):
            uncovered.recruiter.add_assignment("contractor-1", later(), override_reason="The client insists.")

    @refusal
    def test_an_override_needs_a_reason(self, uncovered: World) -> None:
        uncovered.set(gate=AssignmentGate.BLOCK)

        with uncovered.refuses(NotAllowedError, "An override needs a reason"):
            uncovered.manager.add_assignment("contractor-1", later(), override_reason=" ")

    def test_an_assignment_that_passes_is_not_marked_as_overridden(self, covered: World) -> None:
        covered.set(gate=AssignmentGate.BLOCK)

        done = covered.manager.add_assignment("contractor-1", later(), override_reason="To be safe.")

        assert () == done.flags


class TestHold:
    @pytest.fixture
    def held(self, uncovered: World) -> World:
        """The company has put work that began today on hold."""
        uncovered.set(gate=AssignmentGate.HOLD)
        uncovered.recruiter.add_assignment("contractor-1", later(start=TODAY))
        return uncovered

    def test_an_assignment_on_hold_is_judged_as_upcoming_and_counts_for_no_verdict(self, held: World) -> None:
        report = held.recruiter.profile("contractor-1").report

        assert [(AssignmentStatus.UPCOMING, Verdict.NON_COMPLIANT)] == [
            (assignment.status, assignment.verdict) for assignment in report.assignments
        ]
        assert Verdict.NOT_REQUIRED is report.verdict

    def test_an_assignment_on_hold_is_released_once_its_coverage_is_on_file(self, held: World) -> None:
        held.reviewer.record_policy("contractor-1", make.wc_policy())

        done = held.recruiter.release_assignment("contractor-1", "assignment-1")

        stored = held.stored()
        assert stored is not None
        assert ("compliant", Verdict.COMPLIANT) == (done.verdict, stored.verdict)

    def test_recording_the_last_missing_policy_names_the_assignments_that_may_be_released(self, held: World) -> None:
        first = held.reviewer.record_policy("contractor-1", make.gl_policy(number="NEW-1"))
        second = held.reviewer.record_policy("contractor-1", make.wc_policy(), key="the cover")
        again = held.reviewer.record_policy("contractor-1", make.wc_policy(), key="the cover")

        assert ((), ("assignment-1",), ("assignment-1",)) == (first.releasable, second.releasable, again.releasable)

    @refusal
    def test_a_cancelled_or_released_assignment_is_not_listed_as_releasable(self, held: World) -> None:
        held.recruiter.add_assignment("contractor-1", later(id="assignment-2"))
        held.recruiter.cancel_assignment("contractor-1", "assignment-2")
        covered = held.reviewer.record_policy("contractor-1", make.wc_policy())
        released = held.recruiter.release_assignment("contractor-1", "assignment-1")

        assert (("assignment-1",), ()) == (covered.releasable, released.releasable)

    @refusal
    def test_an_assignment_on_hold_is_not_released_before_its_coverage_is_on_file(self, held: World) -> None:
        with held.refuses(GateError, "'assignment-1' is non-compliant"):
            held.recruiter.release_assignment("contractor-1", "assignment-1")

    def test_an_assignment_on_hold_may_be_released_by_an_override(self, held: World) -> None:
        with held.refuses(AccessDeniedError, "may not override the assignment gate"):
            held.recruiter.release_assignment("contractor-1", "assignment-1", override_reason="The client insists.")

        done = held.manager.release_assignment("contractor-1", "assignment-1", override_reason="The client insists.")

        (entry,) = held.auditor.audit_entries(done.sequence - 1, 1)
        assert "non_compliant" == done.verdict
        assert '"override":"The client insists."' in str(entry.detail)

    @refusal
    def test_an_assignment_on_hold_is_judged_on_its_last_day_once_that_is_past(self, held: World) -> None:
        held.recruiter.end_assignment("contractor-1", "assignment-1", TODAY + timedelta(days=2))
        held.clock.advance(days=30)

        with held.refuses(GateError, "'assignment-1' is non-compliant"):
            held.recruiter.release_assignment("contractor-1", "assignment-1")

    def test_an_assignment_on_hold_may_be_cancelled_whenever_it_would_have_begun(self, held: World) -> None:
        held.clock.advance(days=3)

        held.recruiter.cancel_assignment("contractor-1", "assignment-1")

        assert AssignmentStatus.CANCELLED is held.assignment().status_on(TODAY)

    @refusal
    def test_an_assignment_that_is_not_on_hold_is_not_released(self, covered: World) -> None:
        covered.recruiter.add_assignment("contractor-1", later())

        with covered.refuses(NotAllowedError, "'assignment-1' is not on hold"):
            covered.recruiter.release_assignment("contractor-1", "assignment-1")

    @refusal
    def test_no_change_of_an_assignment_on_hold_releases_it(self, held: World) -> None:
        with held.refuses(NotAllowedError, "release_assignment"):
            held.recruiter.change_assignment("contractor-1", attrs.evolve(held.assignment(), on_hold=False))


class TestChanges:
    @pytest.fixture
    def world(self, covered: World) -> World:
        """The contractor has work in the future."""
        pay = PayRate(effective=LATER, cents=4_500, basis=PayBasis.HOUR)
        covered.record(later(pay_rates=(pay,)))
        return covered

    def test_the_days_states_and_client_of_an_assignment_may_change(self, world: World) -> None:
        changed = attrs.evolve(world.assignment(), end=None, work_states=frozenset({State.TX}), client_id=None)

        world.recruiter.change_assignment("contractor-1", changed)

        assert changed == world.assignment()
        world.check_standings()

    @refusal
    def test_a_plain_change_of_an_assignment_may_not_touch_pay_job_code_hold_or_cancellation(
        self, world: World
    ) -> None:
        for change in ({"pay_rates": ()}, {"job_code_id": None}, {"cancelled_on": TODAY}, {"on_hold": True}):
            with world.refuses(NotAllowedError, "with adjust_pay|with cancel_assignment"):
                world.recruiter.change_assignment("contractor-1", attrs.evolve(world.assignment(), **change))

    @refusal
    def test_a_change_that_names_an_assignment_or_client_not_on_file_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "has no assignment 'assignment-9'"):
            world.recruiter.change_assignment("contractor-1", later(id="assignment-9"))
        with world.refuses(NotOnFileError, "no client 'client-9'"):
            world.recruiter.change_assignment("contractor-1", attrs.evolve(world.assignment(), client_id="client-9"))

    def test_the_job_code_of_an_assignment_changes_to_another_approved_one(self, world: World) -> None:
        world.manager.add_job_code(make.job_code(id="IT-1"))

        world.recruiter.change_job_code("contractor-1", "assignment-1", "IT-1")

        assert "IT-1" == world.assignment().job_code_id

    @refusal
    @pytest.mark.parametrize("status", [JobCodeStatus.PROPOSED, JobCodeStatus.RETIRED])
    def test_a_change_to_a_job_code_that_is_not_approved_is_refused(self, world: World, status: JobCodeStatus) -> None:
        world.record(make.job_code(id="IT-1", status=status))

        with world.refuses(NotAllowedError, f"'IT-1' is {status.value}; only approved ones"):
            world.recruiter.change_job_code("contractor-1", "assignment-1", "IT-1")

    @pytest.mark.parametrize("gate", AssignmentGate)
    def test_a_change_that_does_not_make_an_assignment_fail_is_saved_whatever_the_gate(
        self, world: World, gate: AssignmentGate
    ) -> None:
        world.set(gate=gate)

        done = world.recruiter.change_assignment("contractor-1", attrs.evolve(world.assignment(), title="Rigging"))

        assert ("compliant", ()) == (done.verdict, done.flags)

    @pytest.mark.parametrize("gate", AssignmentGate)
    def test_an_assignment_that_failed_before_a_change_may_go_on_failing(
        self, world: World, gate: AssignmentGate
    ) -> None:
        world.manager.withdraw_fact("contractor-1", WC, reason="It was another's.")
        world.set(gate=gate)

        done = world.recruiter.change_assignment("contractor-1", attrs.evolve(world.assignment(), title="Rigging"))

        assert ("non_compliant", ()) == (done.verdict, done.flags)

    def test_a_change_that_makes_an_assignment_fail_is_saved_where_the_company_warns(self, world: World) -> None:
        done = world.recruiter.change_assignment("contractor-1", beyond(world))

        assert ("non_compliant", False) == (done.verdict, world.assignment().on_hold)

    def test_a_change_that_makes_an_assignment_fail_is_held_where_the_company_holds(self, world: World) -> None:
        world.set(gate=AssignmentGate.HOLD)

        done = world.recruiter.change_assignment("contractor-1", beyond(world))

        assert (("on_hold",), True) == (done.flags, world.assignment().on_hold)
        world.check_standings()

    @refusal
    def test_a_change_that_makes_an_assignment_fail_is_refused_where_the_company_blocks(self, world: World) -> None:
        world.set(gate=AssignmentGate.BLOCK)

        with world.refuses(GateError, "'assignment-1' is non-compliant"):
            world.recruiter.change_assignment("contractor-1", beyond(world))

    @refusal
    @pytest.mark.parametrize("gate", [AssignmentGate.HOLD, AssignmentGate.BLOCK])
    def test_an_assignment_that_has_begun_cannot_be_put_on_hold(self, world: World, gate: AssignmentGate) -> None:
        world.record(later(start=TODAY))
        world.set(gate=gate)
        elsewhere = attrs.evolve(world.assignment(), work_states=frozenset({State.TX, State.AL}))

        with world.refuses(GateError, "this company's gate refuses that"):
            world.recruiter.change_assignment("contractor-1", elsewhere)

    def test_a_change_that_makes_an_assignment_fail_is_saved_by_an_override(self, world: World) -> None:
        world.set(gate=AssignmentGate.BLOCK)
        with world.refuses(AccessDeniedError, "may not override the assignment gate"):
            world.recruiter.change_assignment("contractor-1", beyond(world), override_reason="It is urgent.")

        done = world.manager.change_assignment("contractor-1", beyond(world), override_reason="It is urgent.")

        (entry,) = world.auditor.audit_entries(done.sequence - 1, 1)
        assert ("non_compliant", ("overridden",)) == (done.verdict, done.flags)
        assert '"override":"It is urgent."' in str(entry.detail)

    def test_a_change_to_a_job_code_that_requires_more_meets_the_gate(self, world: World) -> None:
        world.manager.add_job_code(make.job_code(id="IT-1"))
        more = make.requirement_set(
            make.gl_requirement(id="more", limits={LimitKind.EACH_OCCURRENCE: 9 * make.MILLION}),
            id="it",
            level=SetLevel.JOB_CODE,
            applies_to=frozenset({"IT-1"}),
        )
        world.manager.publish_rulebook(attrs.evolve(world.rulebook(), sets=(*world.rulebook().sets, more)))
        world.set(gate=AssignmentGate.BLOCK)

        with world.refuses(GateError, "'assignment-1' is non-compliant"):
            world.recruiter.change_job_code("contractor-1", "assignment-1", "IT-1")
        done = world.manager.change_job_code("contractor-1", "assignment-1", "IT-1", override_reason="It is urgent.")

        assert (("overridden",), "IT-1") == (done.flags, world.assignment().job_code_id)

    def test_pay_changes_from_a_day_on_and_earlier_pay_is_kept(self, world: World) -> None:
        raised = PayRate(effective=LATER + timedelta(days=30), cents=5_000, basis=PayBasis.HOUR)

        world.billing.adjust_pay("contractor-1", "assignment-1", raised)

        work = world.assignment()
        paid = [work.pay_rate_on(LATER + timedelta(days=days)) for days in (0, 29, 30)]
        assert [4_500, 4_500, 5_000] == [rate.cents for rate in paid if rate is not None]

    @refusal
    @pytest.mark.parametrize("days", [0, -1])
    def test_pay_that_would_overlap_is_refused(self, world: World, days: int) -> None:
        rate = PayRate(effective=LATER + timedelta(days=days), cents=5_000, basis=PayBasis.HOUR)

        with world.refuses(NotAllowedError, f"There is a rate from {LATER} on already; let the new one begin later"):
            world.billing.adjust_pay("contractor-1", "assignment-1", rate)

    def test_the_history_says_who_changed_the_pay_and_when(self, world: World) -> None:
        world.clock.advance(hours=1)
        raised = PayRate(effective=LATER + timedelta(days=30), cents=5_000, basis=PayBasis.HOUR)

        world.billing.adjust_pay("contractor-1", "assignment-1", raised)

        last = world.auditor.history(Key(Kind.ASSIGNMENT, "assignment-1", "contractor-1"))[-1]
        assert ("billing-1", "adjust_pay", world.clock()) == (last.actor, last.action, last.at)

    def test_the_end_of_an_assignment_is_its_last_worked_day(self, world: World) -> None:
        world.recruiter.end_assignment("contractor-1", "assignment-1", LATER)

        work = world.assignment()
        assert [AssignmentStatus.ACTIVE, AssignmentStatus.ENDED] == [
            work.status_on(LATER + timedelta(days=days)) for days in (0, 1)
        ]
        world.check_standings()

    @refusal
    def test_ending_an_assignment_before_its_first_day_is_refused(self, world: World) -> None:
        with world.refuses(NotAllowedError, "cancel it instead"):
            world.recruiter.end_assignment("contractor-1", "assignment-1", LATER - timedelta(days=1))

    def test_an_assignment_may_be_cancelled_before_it_begins_and_then_needs_no_cover(self, world: World) -> None:
        world.recruiter.cancel_assignment("contractor-1", "assignment-1")

        assert AssignmentStatus.CANCELLED is world.assignment().status_on(TODAY)
        world.check_standings()

    @refusal
    def test_from_its_first_day_an_assignment_is_ended_and_not_cancelled(self, world: World) -> None:
        world.clock.advance(days=(LATER - TODAY).days)

        with world.refuses(NotAllowedError, f"began on {LATER}: end it instead"):
            world.recruiter.cancel_assignment("contractor-1", "assignment-1")

    @refusal
    def test_a_cancelled_assignment_is_neither_cancelled_again_nor_ended(self, world: World) -> None:
        world.recruiter.cancel_assignment("contractor-1", "assignment-1")

        with world.refuses(NotAllowedError, f"'assignment-1' was cancelled on {TODAY}"):
            world.recruiter.cancel_assignment("contractor-1", "assignment-1")
        with world.refuses(NotAllowedError, f"'assignment-1' was cancelled on {TODAY}"):
            world.recruiter.end_assignment("contractor-1", "assignment-1", LATER)

    def test_a_change_of_an_assignment_that_is_not_on_file_is_refused(self, world: World) -> None:
        rate = PayRate(effective=LATER, cents=1, basis=PayBasis.HOUR)
        for change in (
            lambda: world.recruiter.end_assignment("contractor-1", "assignment-9", LATER),
            lambda: world.recruiter.cancel_assignment("contractor-1", "assignment-9"),
            lambda: world.recruiter.change_job_code("contractor-1", "assignment-9", "RIG-1"),
            lambda: world.recruiter.release_assignment("contractor-1", "assignment-9"),
            lambda: world.billing.adjust_pay("contractor-1", "assignment-9", rate),
        ):
            with world.refuses(NotOnFileError, "has no assignment 'assignment-9'"):
                change()
