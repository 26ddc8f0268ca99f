"""What contractors carry: policies, certificates and their review, notices, exemptions, and what was in error."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    CarrierRating,
    CarrierRule,
    Certificate,
    EndorsementList,
    EvidenceLevel,
    ExclusionKind,
    ExclusionRule,
    ExemptionKind,
    FinancialStrength,
    Line,
    Policy,
    PolicyIdentification,
    ReviewStatus,
    TaxId,
)
from contractor_compliance.errors import AccessDeniedError, InvalidValueError, NotAllowedError, NotOnFileError
from contractor_compliance.results import Outcome, Verdict
from contractor_compliance.storage import Key, Kind
from contractor_compliance.testing import factories as make
from tests.desk.world import TODAY, World, refusal

TAX_ID = TaxId("900-12-3456")
GL = "policy-general_liability"
WC = "policy-workers_compensation"


def pending(**changes: object) -> Certificate:
    """Return a certificate that has just come in."""
    return make.certificate(**{"status": ReviewStatus.PENDING, **changes})


def stated() -> Policy:
    """Return GL as a certificate states it."""
    return make.as_stated(make.gl_policy())


def named(policy_id: str, line: Line = Line.GL, **changes: Any) -> Policy:
    """Return what a certificate, as strong and as late as can be, says of number, insurer and completeness."""
    read = make.evidence(EvidenceLevel.CONFIRMED, observed_on=TODAY, certificate_id="certificate-1")
    whole = changes.pop("whole", False)
    return Policy(
        id=policy_id,
        line=line,
        identifications=(PolicyIdentification(**changes, evidence=read),) if changes else (),
        endorsement_lists=(EndorsementList(evidence=read),) if whole else (),
    )


WHOLE = make.gl_policy(endorsement_lists=(EndorsementList(evidence=make.evidence()),))
UMBRELLAS = (make.umbrella_policy(number="UMB 0012345"), make.umbrella_policy(id="second", number="UMB-0012345"))
#: What a certificate states that would change a verdict if it counted, and the policies on file.
UNREVIEWED: dict[str, tuple[Policy, tuple[Policy, ...]]] = {
    "insurer": (named(GL, carrier_naic="99902"), (WHOLE,)),
    "better insurer": (named(GL, carrier_naic="99901"), (make.identified(WHOLE, carrier_naic="99902"),)),
    "number": (named("second", Line.UMBRELLA, number="UMB 9912345"), (WHOLE, *UMBRELLAS)),
    "same number": (
        named("second", Line.UMBRELLA, number="UMB 0012345"),
        (WHOLE, UMBRELLAS[0], make.identified(UMBRELLAS[1], number="UMB 9912345")),
    ),
    "completeness": (named(GL, whole=True), (make.gl_policy(),)),
    "another policy": (named("another", number="GL 2002"), ()),
}


@pytest.fixture(autouse=True)
def working(world: World) -> None:
    """A contractor is at work, with WC and without GL."""
    world.record(make.contractor(), make.assignment(), make.wc_policy())


def verdict(world: World, day: date = TODAY) -> Verdict | None:
    row = world.stored(day)
    return row.verdict if row else None


class TestPolicies:
    def test_cover_counts_from_the_commit_that_records_it(self, world: World) -> None:
        before = verdict(world)

        world.reviewer.record_policy("contractor-1", make.gl_policy())

        assert (Verdict.NON_COMPLIANT, Verdict.COMPLIANT) == (before, verdict(world))

    def test_a_renewal_that_comes_early_disturbs_nothing_today(self, world: World) -> None:
        world.record(make.gl_policy(), make.assignment(end=None))
        today = world.recruiter.profile("contractor-1").report

        renewal = make.gl_policy(id="gl-2027", term=(make.TERM_END, date(2028, 1, 1)))
        world.reviewer.record_policy("contractor-1", renewal)

        after = world.recruiter.profile("contractor-1").report
        assert today.findings == after.findings
        assert [finding.policies for finding in today.all_findings()] == [
            finding.policies for finding in after.all_findings()
        ]

    def test_a_renewal_counts_from_its_own_first_day(self, world: World) -> None:
        world.record(make.gl_policy(), make.wc_policy(term=(make.TERM_START, date(2028, 1, 1))))
        world.record(make.assignment(end=None))
        before = verdict(world, make.TERM_END)

        world.reviewer.record_policy(
            "contractor-1", make.gl_policy(id="gl-2027", term=(make.TERM_END, date(2028, 1, 1)))
        )

        assert (Verdict.NON_COMPLIANT, Verdict.COMPLIANT) == (before, verdict(world, make.TERM_END))

    def test_a_policy_recorded_again_takes_the_place_of_the_earlier_record(self, world: World) -> None:
        world.reviewer.record_policy("contractor-1", make.gl_policy(number="OLD-1"))

        world.reviewer.record_policy("contractor-1", make.gl_policy(number="NEW-1"))

        assert "NEW-1" == world.policy(GL).identifications[0].number

    def test_a_policy_recorded_again_keeps_its_notices(self, world: World) -> None:
        world.record(make.gl_policy())
        world.reviewer.record_cancellation("contractor-1", GL, make.cancellation(TODAY))

        world.reviewer.record_policy("contractor-1", make.gl_policy(number="NEW-1"))

        assert Verdict.NON_COMPLIANT is verdict(world)

    def test_a_policy_recorded_again_keeps_tax_ids_that_the_member_may_not_see(self, world: World) -> None:
        world.owner.record_policy("contractor-1", make.gl_policy(insured=(make.insured(tax_id=TAX_ID),)))
        (shown,) = (policy for policy in world.reviewer.profile("contractor-1").dossier.policies if policy.id == GL)

        world.reviewer.record_policy("contractor-1", make.identified(shown, number="NEW-1"))

        assert [TAX_ID] == [insured.tax_id for insured in world.policy(GL).insured]

    def test_a_policy_must_name_what_is_on_file(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no contractor 'contractor-9'"):
            world.reviewer.record_policy("contractor-9", make.gl_policy())
        with world.refuses(InvalidValueError, "'assignment-9': is not in the dossier"):
            world.reviewer.record_policy("contractor-1", make.gl_policy(assignment_id="assignment-9"))
        with world.refuses(InvalidValueError, "'certificate-1': is not in the dossier"):
            world.reviewer.record_policy("contractor-1", stated())


class TestCertificates:
    def test_the_facts_of_a_certificate_do_not_count_before_its_review(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])

        assert Verdict.COMPLIANT is not verdict(world)

    @pytest.mark.parametrize(
        ("status", "counts"),
        [
            (ReviewStatus.PENDING, False),
            (ReviewStatus.PROCESSING, False),
            (ReviewStatus.APPROVED, True),
            (ReviewStatus.FLAGGED, True),
            (ReviewStatus.DENIED, False),
            (ReviewStatus.ERROR, False),
        ],
    )
    def test_the_facts_of_a_certificate_count_once_it_is_approved_or_flagged(
        self, world: World, status: ReviewStatus, counts: bool
    ) -> None:
        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])

        world.reviewer.review_certificate("contractor-1", "certificate-1", status, note="Read by a person.")

        assert counts is (verdict(world) is Verdict.COMPLIANT)

    def test_each_step_of_the_review_is_kept_with_who_when_and_why(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending())
        world.clock.advance(hours=1)
        world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.FLAGGED, note="Old form.")
        world.clock.advance(hours=1)
        world.manager.review_certificate("contractor-1", "certificate-1", ReviewStatus.DENIED, note="Altered.")

        (certificate,) = world.dossier().certificates
        now = world.clock()
        assert [
            (now - timedelta(hours=1), ReviewStatus.FLAGGED, "reviewer-1", "Old form."),
            (now, ReviewStatus.DENIED, "manager-1", "Altered."),
        ] == [(step.at, step.status, step.by, step.note) for step in certificate.review]

    def test_a_certificate_is_denied_only_by_a_member(self, world: World) -> None:
        too_low = attrs.evolve(stated(), limits=())
        world.recruiter.record_certificate("contractor-1", pending(), policies=[too_low])
        world.clock.advance(days=400)
        world.reviewer.preview_review("contractor-1", "certificate-1")
        world.recruiter.profile("contractor-1")

        (certificate,) = world.dossier().certificates
        assert ReviewStatus.PENDING is certificate.status

    def test_a_certificate_adds_its_statements_to_those_of_other_sources(self, world: World) -> None:
        world.record(make.gl_policy(number="SAMPLE-1"))

        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])

        policy = world.policy(GL)
        assert [None, "certificate-1"] == [term.evidence.certificate_id for term in policy.terms]
        assert Verdict.COMPLIANT is verdict(world)

    def test_a_certificate_recorded_again_replaces_its_own_statements(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])
        longer = make.as_stated(make.gl_policy(term=(make.TERM_START, date(2027, 6, 1))))

        world.recruiter.record_certificate("contractor-1", pending(), policies=[longer])

        assert [date(2027, 6, 1)] == [term.expiration for term in world.policy(GL).terms]

    def test_facts_of_a_policy_that_a_certificate_does_not_print_stay(self, world: World) -> None:
        world.record(make.gl_policy(number="SAMPLE-1", carrier_name="Sample Mutual"))
        unread = attrs.evolve(stated(), identifications=())

        world.recruiter.record_certificate("contractor-1", pending(), policies=[unread])

        (identification,) = world.policy(GL).identifications
        assert ("SAMPLE-1", "Sample Mutual") == (identification.number, identification.carrier_name)

    @pytest.mark.parametrize("status", [ReviewStatus.PENDING, ReviewStatus.DENIED])
    @pytest.mark.parametrize("title", UNREVIEWED)
    def test_number_insurer_and_completeness_change_no_verdict_before_the_approval(
        self, world: World, title: str, status: ReviewStatus
    ) -> None:
        policy, policies = UNREVIEWED[title]
        rated = CarrierRule(strength_at_least=FinancialStrength.A_MINUS)
        residential = ExclusionRule(kind=ExclusionKind.RESIDENTIAL)
        asking = world.asks(
            make.gl_requirement(carrier=rated, forbidden_exclusions=(residential,)),
            make.umbrella_requirement(occurrence=8 * make.MILLION),
        )
        lesser = CarrierRating(strength=FinancialStrength.B, size=10, effective=make.TERM_START)
        asking.record(make.carrier(naic="99902", name="Lesser Casualty", ratings=(lesser,)), *policies)
        before = asking.recruiter.profile("contractor-1").report

        asking.recruiter.record_certificate("contractor-1", pending(), policies=[policy])
        if status is not ReviewStatus.PENDING:
            asking.reviewer.review_certificate("contractor-1", "certificate-1", status, note="Altered.")

        after = asking.recruiter.profile("contractor-1").report
        assert before.all_findings() == after.all_findings()
        assert before.verdict is after.verdict is verdict(asking)
        asking.check_standings()
        asking.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.APPROVED)
        assert before.all_findings() != asking.recruiter.profile("contractor-1").report.all_findings()
        asking.check_standings()

    @refusal
    def test_a_policy_of_which_a_certificate_states_nothing_is_refused(self, world: World) -> None:
        bare = Policy(id="policy-bare", line=Line.GL)

        with world.refuses(NotAllowedError, "states nothing of policy 'policy-bare'"):
            world.recruiter.record_certificate("contractor-1", pending(), policies=[bare])

    @refusal
    def test_a_statement_of_another_source_does_not_escape_its_review(self, world: World) -> None:
        confirmed = attrs.evolve(stated(), limits=make.gl_policy().limits)

        with world.refuses(NotAllowedError, "does not name certificate 'certificate-1'"):
            world.recruiter.record_certificate("contractor-1", pending(), policies=[confirmed])

    @refusal
    def test_a_certificate_turns_no_policy_into_one_of_another_line(self, world: World) -> None:
        world.record(make.gl_policy())

        with world.refuses(NotAllowedError, "is on file as one of general liability, not automobile liability"):
            world.recruiter.record_certificate(
                "contractor-1", pending(), policies=[make.as_stated(make.auto_policy(id=GL))]
            )

    @refusal
    def test_a_member_who_may_not_record_policies_records_none_with_a_certificate(self, world: World) -> None:
        clerk = make.role(id="clerk", title="Clerk", permissions=frozenset({"record_certificate"}))
        world.owner.put_role(clerk)
        world.owner.assign_roles("billing-1", ["clerk"])

        world.billing.record_certificate("contractor-1", pending(id="certificate-2"))
        with world.refuses(AccessDeniedError, "may not record policies"):
            world.billing.record_certificate("contractor-1", pending(), policies=[stated()])

    @refusal
    def test_a_denial_of_a_certificate_needs_a_note(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending())

        for note in (None, " "):
            with world.refuses(NotAllowedError, "A denial needs a note"):
                world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.DENIED, note=note)

    def test_a_preview_of_a_review_shows_the_outcome_of_each_requirement_and_saves_nothing(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])
        before = world.state()

        report = world.reviewer.preview_review("contractor-1", "certificate-1")

        assert {Line.GL: Outcome.PASS, Line.WC: Outcome.PASS} == {
            finding.line: finding.outcome for finding in report.all_findings()
        }
        assert before == world.state()

    @refusal
    @pytest.mark.parametrize("status", [ReviewStatus.APPROVED, ReviewStatus.DENIED, ReviewStatus.ERROR])
    def test_a_certificate_recorded_as_already_reviewed_is_refused(self, world: World, status: ReviewStatus) -> None:
        with world.refuses(NotAllowedError, "Record a certificate as pending or processing"):
            world.recruiter.record_certificate("contractor-1", pending(status=status))

    @refusal
    def test_a_reviewed_certificate_is_not_recorded_over(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending())
        world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.APPROVED)

        with world.refuses(NotAllowedError, "'certificate-1' was reviewed; another one needs an id of its own"):
            world.recruiter.record_certificate("contractor-1", pending(holder="Another company"))

    def test_a_newer_certificate_makes_no_notice_disappear(self, world: World) -> None:
        world.record(make.gl_policy(cancellations=(make.cancellation(TODAY),)))

        world.recruiter.record_certificate("contractor-1", pending(), policies=[stated()])
        world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.APPROVED)

        assert Verdict.NON_COMPLIANT is verdict(world)

    @refusal
    def test_a_review_step_dated_before_the_last_one_is_refused(self, world: World) -> None:
        world.recruiter.record_certificate("contractor-1", pending())
        world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.FLAGGED)
        world.clock.set(world.clock() - timedelta(hours=2), backwards=True)

        with world.refuses(NotAllowedError, "The clock is earlier than the last step"):
            world.reviewer.review_certificate("contractor-1", "certificate-1", ReviewStatus.APPROVED)

    def test_a_certificate_or_contractor_that_is_not_on_file_is_refused(self, world: World, other: World) -> None:
        other.record(make.contractor(), pending(id="theirs"))

        with world.refuses(NotOnFileError, "no contractor 'contractor-9'"):
            world.recruiter.record_certificate("contractor-9", pending())
        with world.refuses(NotOnFileError, "no certificate 'theirs'"):
            world.reviewer.review_certificate("contractor-1", "theirs", ReviewStatus.APPROVED)
        with world.refuses(NotOnFileError, "no certificate 'theirs'"):
            world.reviewer.preview_review("contractor-1", "theirs")


class TestNotices:
    @pytest.fixture(autouse=True)
    def insured(self, working: None, world: World) -> None:
        world.record(make.gl_policy())

    def test_a_cancellation_ends_cover_on_its_day(self, world: World) -> None:
        world.reviewer.record_cancellation("contractor-1", GL, make.cancellation(date(2026, 6, 15)))

        days = (date(2026, 6, 14), date(2026, 6, 15))
        assert [Verdict.COMPLIANT, Verdict.NON_COMPLIANT] == [verdict(world, day) for day in days]

    def test_a_reinstatement_leaves_the_days_between_uncovered(self, world: World) -> None:
        world.reviewer.record_cancellation("contractor-1", GL, make.cancellation(date(2026, 6, 15)))

        world.reviewer.record_reinstatement("contractor-1", GL, make.reinstatement(date(2026, 6, 20)))

        days = (date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 19), date(2026, 6, 20))
        expected = [Verdict.COMPLIANT, Verdict.NON_COMPLIANT, Verdict.NON_COMPLIANT, Verdict.COMPLIANT]
        assert expected == [verdict(world, day) for day in days]

    @refusal
    def test_a_notice_of_a_policy_that_is_not_on_file_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no policy 'policy-9'"):
            world.reviewer.record_cancellation("contractor-1", "policy-9", make.cancellation(TODAY))
        with world.refuses(NotOnFileError, "no policy 'policy-9'"):
            world.reviewer.record_reinstatement("contractor-1", "policy-9", make.reinstatement(TODAY))


class TestExemptions:
    @pytest.fixture
    def working(self) -> None:
        """Not here."""

    def test_an_exemption_stands_in_the_place_of_the_policy_where_the_requirement_accepts_it(
        self, founded: World
    ) -> None:
        asked = make.wc_requirement(accepts=frozenset({ExemptionKind.OWNER_EXEMPTION}))
        founded.furnish(asked).record(make.contractor(), make.assignment())
        before = verdict(founded)

        founded.reviewer.record_exemption("contractor-1", make.exemption())

        assert (Verdict.NON_COMPLIANT, Verdict.COMPLIANT) == (before, verdict(founded))

    def test_the_notices_of_an_exemption_stay(self, world: World) -> None:
        world.record(make.contractor(), make.exemption(cancellations=(make.cancellation(TODAY),)))

        world.reviewer.record_exemption("contractor-1", make.exemption())

        (exemption,) = world.dossier().exemptions
        assert [TODAY] == [cancellation.effective for cancellation in exemption.cancellations]


class TestWithdrawal:
    def key(self, id_: str = WC, kind: Kind = Kind.POLICY) -> Key:
        return Key(kind, id_, "contractor-1")

    def test_a_withdrawn_fact_counts_no_longer(self, world: World) -> None:
        world.record(make.gl_policy())

        world.manager.withdraw_fact("contractor-1", self.key(), reason="Of another contractor.")

        assert Verdict.NON_COMPLIANT is verdict(world)
        assert [GL] == [policy.id for policy in world.dossier().policies]

    def test_a_withdrawn_fact_stays_known_as_of_earlier_instants(self, world: World) -> None:
        known_at = world.store.head().recorded_at
        world.manager.withdraw_fact("contractor-1", self.key(), reason="Of another contractor.")

        (record,) = world.store.dossiers(["contractor-1"], known_at)
        assert record is not None
        assert [WC] == [policy.id for policy in record.dossier.policies]

    def test_the_history_of_a_withdrawn_fact_says_what_was_withdrawn_by_which_member_and_when(
        self, world: World
    ) -> None:
        withdrawn = world.clock.advance(hours=1)
        world.manager.withdraw_fact("contractor-1", self.key(), reason="Of another contractor.")
        recorded = world.clock.advance(hours=1)
        world.reviewer.record_policy("contractor-1", make.wc_policy())

        entries = [
            (entry.at, entry.actor, entry.before is None, entry.after is None)
            for entry in world.auditor.history(self.key())[1:]
        ]
        expected: list[tuple[datetime, str, bool, bool]] = [
            (withdrawn, "manager-1", False, True),
            (recorded, "reviewer-1", True, False),
        ]
        assert expected == entries

    @refusal
    def test_the_withdrawal_of_a_fact_needs_a_reason(self, world: World) -> None:
        with world.refuses(NotAllowedError, "needs a reason"):
            world.manager.withdraw_fact("contractor-1", self.key(), reason=" ")

    @refusal
    def test_a_withdrawal_of_a_record_that_is_no_fact_of_the_contractor_is_refused(self, world: World) -> None:
        withdraw = world.manager.withdraw_fact

        with world.refuses(NotOnFileError, "no policy 'policy-9'"):
            withdraw("contractor-1", self.key("policy-9"), reason="In error.")
        for key in (Key(Kind.POLICY, WC, "contractor-2"), Key(Kind.CLIENT, "client-1")):
            with world.refuses(NotAllowedError, "is not a fact of contractor 'contractor-1'"):
                withdraw("contractor-1", key, reason="In error.")

    def test_a_fact_that_another_fact_refers_to_is_not_withdrawn(self, world: World) -> None:
        world.record(make.gl_policy(assignment_id="assignment-1"))

        with world.refuses(InvalidValueError, "'assignment-1': is not in the dossier"):
            world.manager.withdraw_fact(
                "contractor-1", self.key("assignment-1", Kind.ASSIGNMENT), reason="Never happened."
            )
