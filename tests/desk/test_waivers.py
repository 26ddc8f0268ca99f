"""Waivers: asked for by one member and decided by another, for a reason and a time; they change no fact."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from contractor_compliance.domain import (
    CompanySettings,
    EvidenceLevel,
    LimitKind,
    Line,
    ReasonCode,
    ReviewStatus,
    Waiver,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.errors import InvalidValueError, NotAllowedError, NotOnFileError
from contractor_compliance.results import Outcome, Verdict
from contractor_compliance.storage import Key, Kind
from contractor_compliance.testing import factories as make
from tests.desk.world import TODAY, World, refusal

GL, WC = "requirement-general_liability", "requirement-workers_compensation"
END = date(2026, 9, 1)
MISSING_ONLY, LOW_ONLY = frozenset({ReasonCode.MISSING}), frozenset({ReasonCode.LIMIT_TOO_LOW})
MISSING_OR_LOW = MISSING_ONLY | LOW_ONLY
TWO_MILLION = make.minimum_limits({LimitKind.EACH_OCCURRENCE: 2 * make.MILLION})


def asked(requirement_id: str | None = WC, **changes: object) -> Waiver:
    """Return a waiver of WC, which is missing, from today to September."""
    return make.waiver(requirement_id, **{"effective": TODAY, "expires": END, **changes})


@pytest.fixture(autouse=True)
def working(world: World) -> None:
    """A contractor is at work, with GL and without WC."""
    world.record(make.contractor(), make.assignment(), make.gl_policy())


def verdict(world: World, day: date = TODAY) -> Verdict | None:
    row = world.stored(day)
    return row.verdict if row else None


def granted(world: World, waiver: Waiver) -> None:
    world.recruiter.request_waiver("contractor-1", waiver)
    world.manager.grant_waiver("contractor-1", waiver.id)


class TestRequests:
    def test_the_desk_and_not_the_request_says_who_requested_a_waiver_and_when(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked(state=WaiverState.GRANTED, requested_by="somebody"))

        waiver = world.waiver()
        assert (WaiverState.REQUESTED, "recruiter-1", world.clock()) == (
            waiver.state,
            waiver.requested_by,
            waiver.requested_at,
        )
        assert (None, None) == (waiver.decided_by, waiver.decided_at)

    def test_a_request_for_a_waiver_changes_no_verdict(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())

        assert Verdict.NON_COMPLIANT is verdict(world)

    @refusal
    def test_a_waiver_without_a_reason_cannot_be_requested(self, world: World) -> None:
        with world.refuses(InvalidValueError, "reason"):
            world.recruiter.request_waiver("contractor-1", asked(reason=" "))

    @refusal
    def test_a_waiver_for_reasons_that_the_requirement_does_not_list_as_waivable_is_refused(self, world: World) -> None:
        beyond = frozenset({ReasonCode.MISSING, ReasonCode.STATE_NOT_COVERED})

        with world.refuses(NotAllowedError, "cannot be waived for these reasons: state not covered"):
            world.recruiter.request_waiver("contractor-1", asked(reason_codes=beyond))

    @refusal
    def test_a_waiver_of_expired_coverage_is_refused(self, world: World) -> None:
        with world.refuses(InvalidValueError, "is never waivable"):
            world.recruiter.request_waiver("contractor-1", asked(reason_codes=frozenset({ReasonCode.EXPIRED})))

    @refusal
    def test_a_requirement_without_waivable_reasons_is_not_waived(self, world: World) -> None:
        world.asks(make.gl_requirement())

        with world.refuses(NotAllowedError, "cannot be waived\\."):
            world.recruiter.request_waiver("contractor-1", asked(GL, reason_codes=frozenset()))
        with world.refuses(NotAllowedError, "cannot be waived for these reasons: not on file"):
            world.recruiter.request_waiver("contractor-1", asked(None, line=Line.GL))

    @refusal
    def test_a_line_without_a_requirement_is_not_waived(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no requirement cyber"):
            world.recruiter.request_waiver("contractor-1", asked(None, line=Line.CYBER))

    def test_a_member_of_a_requirement_is_reduced_but_not_waived(self, world: World) -> None:
        either = make.any_of(make.gl_requirement(), make.auto_requirement(), waivable=frozenset(ReasonCode) - _NEVER)
        world.asks(either)
        minimums = make.minimum_limits({LimitKind.EACH_OCCURRENCE: 1})

        with world.refuses(NotAllowedError, "is a member of another requirement"):
            world.recruiter.request_waiver("contractor-1", asked(GL))
        world.recruiter.request_waiver("contractor-1", asked(GL, kind=WaiverKind.REDUCE, reduced=minimums))

        assert WaiverState.REQUESTED is world.waiver().state

    def test_a_request_for_a_waiver_that_names_a_record_not_on_file_is_refused(self, world: World) -> None:
        request = world.recruiter.request_waiver

        with world.refuses(NotOnFileError, "no contractor 'contractor-9'"):
            request("contractor-9", asked())
        with world.refuses(NotOnFileError, "no requirement 'requirement-9'"):
            request("contractor-1", asked("requirement-9"))
        with world.refuses(InvalidValueError, "'policy-9': is not in the dossier"):
            request("contractor-1", asked(policy_id="policy-9"))
        with world.refuses(InvalidValueError, "'assignment-9': is not in the dossier"):
            request("contractor-1", asked(assignment_id="assignment-9"))

    @refusal
    def test_a_request_under_the_id_of_another_waiver_is_refused(self, world: World) -> None:
        granted(world, asked())

        with world.refuses(NotAllowedError, "has a waiver 'waiver-1' already"):
            world.recruiter.request_waiver("contractor-1", asked(reason="Another."))


class TestDecisions:
    def test_a_granted_waiver_makes_the_contractor_compliant_with_exceptions(self, world: World) -> None:
        granted(world, asked())

        assert Verdict.COMPLIANT_WITH_EXCEPTIONS is verdict(world)

    def test_a_granted_waiver_leaves_the_underlying_outcome_as_it_was(self, world: World) -> None:
        granted(world, asked())

        (finding,) = (
            finding
            for finding in world.recruiter.profile("contractor-1").report.all_findings()
            if finding.line == Line.WC
        )
        assert (Outcome.WAIVED, Outcome.FAIL) == (finding.outcome, finding.underlying)

    def test_a_waiver_keeps_who_decided_on_it_and_when(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())
        world.clock.advance(hours=1)

        world.manager.grant_waiver("contractor-1", "waiver-1")

        assert ("manager-1", world.clock()) == (world.waiver().decided_by, world.waiver().decided_at)

    @refusal
    def test_a_member_cannot_grant_a_waiver_that_the_member_requested(self, world: World) -> None:
        world.manager.request_waiver("contractor-1", asked())

        with world.refuses(NotAllowedError, "You requested this waiver: another member decides"):
            world.manager.grant_waiver("contractor-1", "waiver-1")

    def test_a_member_may_grant_a_waiver_requested_by_the_same_member_where_an_owner_allows_it(
        self, world: World
    ) -> None:
        world.owner.change_settings(CompanySettings(separate_approver=False))
        world.manager.request_waiver("contractor-1", asked())

        world.manager.grant_waiver("contractor-1", "waiver-1")

        assert WaiverState.GRANTED is world.waiver().state

    @refusal
    def test_only_an_owner_allows_members_to_grant_waivers_that_they_requested(self, world: World) -> None:
        with world.refuses(NotAllowedError, "Only an owner lets members approve"):
            world.manager.change_settings(CompanySettings(separate_approver=False))

    @refusal
    def test_a_waiver_that_has_expired_is_not_granted(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())
        world.clock.advance(days=(END - TODAY).days)

        with world.refuses(NotAllowedError, f"The waiver expired on {END}"):
            world.manager.grant_waiver("contractor-1", "waiver-1")

    @refusal
    def test_a_waiver_that_the_rule_book_no_longer_permits_is_not_granted(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())
        world.manager.publish_rulebook(make.rulebook(make.wc_requirement(version=2)))

        with world.refuses(NotAllowedError, "cannot be waived for these reasons: not on file"):
            world.manager.grant_waiver("contractor-1", "waiver-1")

    def test_a_later_rule_book_does_not_widen_what_was_granted(self, world: World) -> None:
        low = world.asks(make.gl_requirement(limits=TWO_MILLION, waivable=MISSING_ONLY))
        granted(low, asked(GL, reason_codes=frozenset()))

        wider = make.gl_requirement(limits=TWO_MILLION, version=2, waivable=MISSING_OR_LOW)
        low.manager.publish_rulebook(make.rulebook(wider))

        assert MISSING_ONLY == low.waiver().reason_codes
        assert Verdict.NON_COMPLIANT is verdict(low)

    def test_what_a_later_rule_book_allows_can_be_granted_anew(self, world: World) -> None:
        wider = make.gl_requirement(limits=TWO_MILLION, waivable=MISSING_OR_LOW)
        low = world.asks(wider)

        granted(low, asked(GL, reason_codes=frozenset()))

        assert (MISSING_OR_LOW, Verdict.COMPLIANT_WITH_EXCEPTIONS) == (low.waiver().reason_codes, verdict(low))

    def test_reasons_that_were_named_are_granted_as_they_were_named(self, world: World) -> None:
        low = world.asks(make.gl_requirement(waivable=MISSING_OR_LOW))

        granted(low, asked(GL, reason_codes=MISSING_ONLY))

        assert MISSING_ONLY == low.waiver().reason_codes

    def test_a_waiver_of_a_line_is_granted_for_the_reasons_that_all_its_requirements_list(self, world: World) -> None:
        other = make.gl_requirement(id="gl-2", key="gl-2", waivable=MISSING_OR_LOW)
        ended = make.gl_requirement(id="gl-3", key="gl-3", until=TODAY, waivable=LOW_ONLY)
        low = world.asks(make.gl_requirement(waivable=MISSING_ONLY), make.gl_requirement(id="n", key="n"), other, ended)

        granted(low, asked(None, line=Line.GL, reason_codes=frozenset()))

        assert MISSING_ONLY == low.waiver().reason_codes

    @refusal
    def test_a_waiver_without_reasons_of_requirements_that_share_none_is_not_granted(self, world: World) -> None:
        other = make.gl_requirement(id="gl-2", key="gl-2", waivable=LOW_ONLY)
        low = world.asks(make.gl_requirement(waivable=MISSING_ONLY), other)
        low.recruiter.request_waiver("contractor-1", asked(None, line=Line.GL, reason_codes=frozenset()))

        with low.refuses(NotAllowedError, "no waivable reason in common"):
            low.manager.grant_waiver("contractor-1", "waiver-1")

    def test_the_rejection_of_a_waiver_needs_a_reason_and_changes_no_verdict(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())
        with world.refuses(NotAllowedError, "needs a reason"):
            world.manager.reject_waiver("contractor-1", "waiver-1", reason=" ")

        world.manager.reject_waiver("contractor-1", "waiver-1", reason="Get the cover.")

        assert (WaiverState.REJECTED, Verdict.NON_COMPLIANT) == (world.waiver().state, verdict(world))

    def test_the_revocation_of_a_waiver_needs_a_reason_and_leaves_earlier_days_waived(self, world: World) -> None:
        granted(world, asked())
        world.clock.advance(days=3)
        with world.refuses(NotAllowedError, "needs a reason"):
            world.manager.revoke_waiver("contractor-1", "waiver-1", reason=" ")

        world.manager.revoke_waiver("contractor-1", "waiver-1", reason="The client changed its mind.")

        days = (TODAY + timedelta(days=2), TODAY + timedelta(days=3))
        assert [Verdict.COMPLIANT_WITH_EXCEPTIONS, Verdict.NON_COMPLIANT] == [verdict(world, day) for day in days]

    @refusal
    @pytest.mark.parametrize("state", [WaiverState.GRANTED, WaiverState.REJECTED, WaiverState.REVOKED])
    def test_a_waiver_that_was_decided_is_not_decided_again(self, world: World, state: WaiverState) -> None:
        world.record(asked(state=state, revoked_on=TODAY if state is WaiverState.REVOKED else None))

        with world.refuses(NotAllowedError, f"The waiver is {state.value}"):
            world.manager.grant_waiver("contractor-1", "waiver-1")
        with world.refuses(NotAllowedError, f"The waiver is {state.value}"):
            world.manager.reject_waiver("contractor-1", "waiver-1", reason="No.")

    @refusal
    def test_only_a_granted_waiver_is_revoked(self, world: World) -> None:
        world.recruiter.request_waiver("contractor-1", asked())

        with world.refuses(NotAllowedError, "The waiver is requested; only granted ones can be revoked"):
            world.manager.revoke_waiver("contractor-1", "waiver-1", reason="No.")

    def test_a_decision_on_a_waiver_that_is_not_on_file_is_refused(self, world: World, other: World) -> None:
        other.record(make.contractor(), make.waiver(WC, id="theirs", state=WaiverState.REQUESTED))

        for change in (
            lambda: world.manager.grant_waiver("contractor-1", "theirs"),
            lambda: world.manager.reject_waiver("contractor-1", "theirs", reason="No."),
            lambda: world.manager.revoke_waiver("contractor-1", "theirs", reason="No."),
        ):
            with world.refuses(NotOnFileError, "no waiver 'theirs'"):
                change()


class TestKinds:
    def test_a_waiver_that_reduces_limits_is_tested_against_the_policy(self, world: World) -> None:
        half = make.gl_policy(
            limits={LimitKind.EACH_OCCURRENCE: make.MILLION // 2, LimitKind.GENERAL_AGGREGATE: 2 * make.MILLION}
        )
        world.record(make.wc_policy(), half)
        before = verdict(world)

        def reduction(amount: int, id_: str) -> Waiver:
            minimums = make.minimum_limits({LimitKind.EACH_OCCURRENCE: amount})
            codes = frozenset({ReasonCode.LIMIT_TOO_LOW})
            return asked(GL, id=id_, kind=WaiverKind.REDUCE, reduced=minimums, reason_codes=codes)

        granted(world, reduction(make.MILLION * 3 // 4, "waiver-1"))
        too_little = verdict(world)
        granted(world, reduction(make.MILLION // 2, "waiver-2"))

        assert (Verdict.NON_COMPLIANT, Verdict.NON_COMPLIANT, Verdict.COMPLIANT_WITH_EXCEPTIONS) == (
            before,
            too_little,
            verdict(world),
        )

    def test_a_waiver_that_substitutes_evidence_accepts_the_other_evidence(self, world: World) -> None:
        confirmed = EvidenceRule(at_least=EvidenceLevel.CONFIRMED)
        codes = frozenset({ReasonCode.EVIDENCE_TOO_WEAK})
        world.asks(make.gl_requirement(evidence=confirmed, waivable=codes))
        read = make.evidence(EvidenceLevel.CERTIFICATE)
        on_certificate = make.gl_policy(
            term=make.term(evidence=read),
            insured=(make.insured(evidence=read),),
            limits=tuple(attrs.evolve(limit, evidence=read) for limit in make.gl_policy().limits),
        )
        world.record(on_certificate)
        before = verdict(world)

        accepted = EvidenceRule(at_least=EvidenceLevel.CERTIFICATE)
        granted(world, asked(GL, kind=WaiverKind.SUBSTITUTE, evidence=accepted, reason_codes=codes))

        assert (Verdict.UNDETERMINED, Verdict.COMPLIANT_WITH_EXCEPTIONS) == (before, verdict(world))

    def test_a_conditional_waiver_ends_when_its_document_arrives(self, world: World) -> None:
        granted(world, asked(kind=WaiverKind.CONDITIONAL, until_document="endorsement"))
        before = verdict(world)
        arrived = make.evidence(document="endorsement", observed_on=TODAY)

        world.reviewer.record_policy("contractor-1", make.gl_policy(term=make.term(evidence=arrived)))

        assert (Verdict.COMPLIANT_WITH_EXCEPTIONS, Verdict.NON_COMPLIANT) == (before, verdict(world))


class TestLapse:
    def test_a_waiver_lapses_on_its_day_by_itself(self, world: World) -> None:
        granted(world, asked())

        days = (END - timedelta(days=1), END)
        assert [Verdict.COMPLIANT_WITH_EXCEPTIONS, Verdict.NON_COMPLIANT] == [verdict(world, day) for day in days]

    def test_a_waiver_that_depends_on_a_policy_ends_with_it(self, world: World) -> None:
        granted(world, asked(policy_id="policy-general_liability"))

        world.reviewer.record_cancellation("contractor-1", "policy-general_liability", make.cancellation(TODAY))

        assert Verdict.NON_COMPLIANT is verdict(world)


class TestReports:
    def test_a_report_lists_the_waivers_that_acted(self, world: World) -> None:
        granted(world, asked())
        granted(world, asked(GL, id="waiver-2"))

        report = world.recruiter.profile("contractor-1").report
        assert (("waiver-1",), (WC,)) == (report.waivers_used, report.waived_but_failing)

    def test_the_waived_failures_of_all_contractors_are_listed(self, world: World) -> None:
        granted(world, asked())
        facts = (make.assignment(), make.gl_policy())
        world.record(make.contractor(id="contractor-2"), *facts, contractor_id="contractor-2")
        world.record(make.contractor(id="contractor-3"), *facts, asked(id="waiver-3"), contractor_id="contractor-3")

        failing = [
            (name, finding.requirement_id, finding.waiver_id) for name, finding in world.recruiter.waived_but_failing()
        ]

        assert [("contractor-1", WC, "waiver-1"), ("contractor-3", WC, "waiver-3")] == failing


class TestAcceptedFailures:
    """A failed rule of a certificate is accepted by a waiver of just that, or not at all."""

    @pytest.fixture(autouse=True)
    def certificate(self, working: None, world: World) -> None:
        """A certificate tells of GL with too low a limit until September, and of auto until July."""
        read = make.evidence(certificate_id="certificate-1")
        low = make.gl_policy(
            term=make.term(expiration=END, evidence=read),
            limits=make.limits(
                {LimitKind.EACH_OCCURRENCE: make.MILLION // 2, LimitKind.GENERAL_AGGREGATE: 2 * make.MILLION},
                evidence=read,
            ),
        )
        auto = make.auto_policy(term=make.term(expiration=date(2026, 7, 1), evidence=read))
        world.record(make.certificate(), low, auto, make.wc_policy())

    def accept(self, world: World, expires: date = END, reason: str = "The job is small.", **changes: str) -> str:
        arguments = {"certificate_id": "certificate-1", "requirement_id": GL, **changes}
        done = world.reviewer.accept_certificate_failure(
            "contractor-1", reason=reason, expires=expires, waiver_id="waiver-1", **arguments
        )
        return done.id

    def test_an_accepted_failure_is_a_request_for_that_requirement_and_that_certificate(self, world: World) -> None:
        self.accept(world)

        waiver = world.waiver()
        assert (WaiverState.REQUESTED, GL, "certificate-1", TODAY, END) == (
            waiver.state,
            waiver.requirement_id,
            waiver.certificate_id,
            waiver.effective,
            waiver.expires,
        )

    def test_a_certificate_with_an_accepted_failure_stays_as_it_was_reviewed(self, world: World) -> None:
        self.accept(world)

        (certificate,) = world.dossier().certificates
        assert ReviewStatus.APPROVED is certificate.status

    def test_an_accepted_failure_acts_once_its_waiver_is_granted(self, world: World) -> None:
        before = verdict(world)

        world.manager.grant_waiver("contractor-1", self.accept(world))

        assert (Verdict.NON_COMPLIANT, Verdict.COMPLIANT_WITH_EXCEPTIONS) == (before, verdict(world))

    def test_an_accepted_failure_acts_on_no_other_certificate(self, world: World) -> None:
        world.manager.grant_waiver("contractor-1", self.accept(world))
        other = make.evidence(certificate_id="certificate-2")
        low = make.gl_policy(
            term=make.term(evidence=other),
            insured=(make.insured(evidence=other),),
            limits=make.limits({LimitKind.EACH_OCCURRENCE: 1}, evidence=other),
        )

        world.record(make.certificate(id="certificate-2"), low)

        assert Verdict.NON_COMPLIANT is verdict(world)

    @refusal
    def test_an_accepted_failure_does_not_outlive_the_policy(self, world: World) -> None:
        with world.refuses(NotAllowedError, f"The policy ends on {END}: the waiver cannot expire later"):
            self.accept(world, expires=END + timedelta(days=1))

    @refusal
    def test_an_accepted_failure_does_not_outlive_a_policy_whose_term_another_source_states(self, world: World) -> None:
        elsewhere = attrs.evolve(world.policy("policy-general_liability"), terms=(make.term(expiration=END),))
        world.record(elsewhere)

        with world.refuses(NotAllowedError, f"The policy ends on {END}"):
            self.accept(world, expires=END + timedelta(days=1))

    @refusal
    def test_an_accepted_failure_over_several_policies_ends_with_the_first_of_them(self, world: World) -> None:
        first = attrs.evolve(world.policy("policy-general_liability"), id="first", terms=(make.term(expiration=TODAY),))
        world.record(first)

        with world.refuses(NotAllowedError, f"The policy ends on {TODAY}"):
            self.accept(world)

    @refusal
    def test_an_accepted_failure_needs_a_reason(self, world: World) -> None:
        with world.refuses(NotAllowedError, "needs a reason"):
            self.accept(world, reason=" ")

    def test_an_accepted_failure_that_names_a_record_not_on_file_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no certificate 'certificate-9'"):
            self.accept(world, certificate_id="certificate-9")
        with world.refuses(NotOnFileError, "no requirement 'requirement-9'"):
            self.accept(world, requirement_id="requirement-9")

    @refusal
    def test_an_accepted_failure_takes_no_other_waiver_s_place(self, world: World) -> None:
        granted(world, asked())

        with world.refuses(NotAllowedError, "has a waiver 'waiver-1' already"):
            self.accept(world)


_NEVER = frozenset({ReasonCode.EXPIRED, ReasonCode.CANCELLED, ReasonCode.GAP})


@refusal
def test_a_written_reason_that_no_store_can_hold_is_refused(world: World) -> None:
    world.record(make.contractor(), make.gl_policy())
    policy = Key(Kind.POLICY, "policy-general_liability", "contractor-1")

    with world.refuses(NotAllowedError, "The reason holds a NUL character"):
        world.manager.withdraw_fact("contractor-1", policy, reason="Of another.\0")
