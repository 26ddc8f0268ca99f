"""Who will lapse and when; and whether a contractor was covered on a day, and what was known of it then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from contractor_compliance.desk import DayAudit, HindsightOutcome, assurance
from contractor_compliance.domain import FinancialStrength
from contractor_compliance.domain.requirements import CarrierRule
from contractor_compliance.errors import NotOnFileError
from contractor_compliance.results import Verdict
from contractor_compliance.storage import Key, Kind
from contractor_compliance.testing import factories as make
from tests.desk.world import TODAY, World

GL = "policy-general_liability"
LOSS = TODAY + timedelta(days=9)


class TestDueChanges:
    @pytest.fixture(autouse=True)
    def three(self, world: World) -> None:
        """GL of the first ends in August, of the second in July; the third gets GL in June."""
        terms = {
            "contractor-1": (make.TERM_START, date(2026, 8, 1)),
            "contractor-2": (make.TERM_START, date(2026, 7, 1)),
            "contractor-3": (date(2026, 6, 8), make.TERM_END),
        }
        for name, term in terms.items():
            facts = (make.assignment(), make.gl_policy(term=term), make.wc_policy())
            world.record(make.contractor(id=name), *facts, contractor_id=name)

    def test_due_changes_list_the_soonest_first_with_its_day_and_requirement(self, world: World) -> None:
        changes = [
            (
                due_change.contractor_id,
                due_change.on,
                due_change.now.verdict,
                due_change.then.verdict,
                due_change.then.worst_requirement,
            )
            for due_change in world.recruiter.due_changes(timedelta(days=90))
            if due_change.then is not None
        ]

        gl = "requirement-general_liability"
        assert [
            ("contractor-3", date(2026, 6, 8), Verdict.NON_COMPLIANT, Verdict.COMPLIANT),
            ("contractor-2", date(2026, 7, 1), Verdict.COMPLIANT, Verdict.NON_COMPLIANT),
            ("contractor-1", date(2026, 8, 1), Verdict.COMPLIANT, Verdict.NON_COMPLIANT),
        ] == [change[:4] for change in changes]
        assert [gl, gl] == [change[4] for change in changes[1:]]

    def test_due_changes_part_alarms_from_good_news(self, world: World) -> None:
        changes = world.recruiter.due_changes(timedelta(days=90))

        assert [False, True, True] == [change.gets_worse for change in changes]

    def test_a_due_change_of_the_reason_alone_is_no_alarm(self, world: World) -> None:
        wc = Key(Kind.POLICY, "policy-workers_compensation", "contractor-2")
        world.manager.withdraw_fact("contractor-2", wc, reason="In error.")

        changes = [
            due_change
            for due_change in world.recruiter.due_changes(timedelta(days=30))
            if due_change.contractor_id == "contractor-2"
        ]

        assert [False] == [change.gets_worse for change in changes]

    @pytest.mark.parametrize(("days", "expected"), [(6, 0), (7, 1), (30, 2)])
    def test_due_changes_look_no_farther_than_asked(self, world: World, days: int, expected: int) -> None:
        assert expected == len(world.recruiter.due_changes(timedelta(days=days)))

    def test_due_changes_may_look_as_far_as_there_are_days(self, world: World) -> None:
        whole = world.recruiter.due_changes(timedelta(days=90))

        assert whole == world.recruiter.due_changes(timedelta.max)

    def test_a_notice_of_cancellation_brings_the_alarm_forward(self, world: World) -> None:
        world.reviewer.record_cancellation("contractor-1", GL, make.cancellation(date(2026, 6, 5)))

        first = world.recruiter.due_changes(timedelta(days=90))[0]
        assert ("contractor-1", date(2026, 6, 5), True) == (first.contractor_id, first.on, first.gets_worse)

    def test_due_changes_list_every_contractor_however_many_there_are(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = world.recruiter.due_changes(timedelta(days=90))

        monkeypatch.setattr(assurance, "_PAGE", 1)

        assert whole == world.recruiter.due_changes(timedelta(days=90))


class TestAuditDay:
    @pytest.fixture(autouse=True)
    def working(self, world: World) -> None:
        world.record(make.contractor(), make.assignment(), make.wc_policy())

    def insure(self, world: World) -> None:
        world.reviewer.record_policy("contractor-1", make.gl_policy())

    def cancel(self, world: World) -> None:
        world.reviewer.record_cancellation("contractor-1", GL, make.cancellation(LOSS))

    def audit(self, world: World, day: date = LOSS) -> DayAudit:
        return world.recruiter.audit_day("contractor-1", day)

    def after_the_loss(self, world: World) -> datetime:
        return world.clock.set(datetime(2026, 6, 20, 15, tzinfo=UTC))

    def test_a_loss_day_covered_and_known_to_be_so_is_audited_as_covered(self, world: World) -> None:
        self.insure(world)
        self.after_the_loss(world)

        assert (HindsightOutcome.COVERED, ()) == (self.audit(world).hindsight, self.audit(world).revisions)

    def test_a_loss_day_not_covered_and_known_not_to_be_is_audited_as_not_covered(self, world: World) -> None:
        self.after_the_loss(world)

        assert (HindsightOutcome.NOT_COVERED, ()) == (self.audit(world).hindsight, self.audit(world).revisions)

    def test_a_loss_day_believed_covered_until_a_late_notice_is_audited_as_late_discovery(self, world: World) -> None:
        self.insure(world)
        learned_at = self.after_the_loss(world)
        self.cancel(world)

        audit = self.audit(world)

        assert HindsightOutcome.LATE_DISCOVERY is audit.hindsight
        assert [
            (learned_at, (f"policy '{GL}' of contractor 'contractor-1'",), Verdict.COMPLIANT, Verdict.NON_COMPLIANT)
        ] == [(revision.at, revision.what, revision.before, revision.after) for revision in audit.revisions]

    def test_a_loss_day_not_believed_covered_until_late_evidence_is_audited_as_late_evidence(
        self, world: World
    ) -> None:
        learned_at = self.after_the_loss(world)
        self.insure(world)

        audit = self.audit(world)

        assert (HindsightOutcome.LATE_EVIDENCE, [learned_at]) == (
            audit.hindsight,
            [revision.at for revision in audit.revisions],
        )

    def test_the_commit_that_first_put_a_contractor_on_file_counts_as_a_revision(self, world: World) -> None:
        learned_at = self.after_the_loss(world)
        world.recruiter.add_contractor(make.contractor(id="contractor-2"))
        world.recruiter.add_assignment("contractor-2", make.assignment())

        audit = world.recruiter.audit_day("contractor-2", LOSS)

        assert (None, HindsightOutcome.NOT_COVERED) == (audit.as_known_then, audit.hindsight)
        first, second = audit.revisions
        assert (learned_at, None, ("contractor 'contractor-2'",), Verdict.NOT_REQUIRED) == (
            first.at,
            first.before,
            first.what,
            first.after,
        )
        assert (Verdict.NOT_REQUIRED, Verdict.NON_COMPLIANT) == (second.before, second.after)

    def test_an_audited_day_before_any_record_and_any_requirement_counts_as_covered(self, world: World) -> None:
        audit = self.audit(world, date(2020, 1, 1))

        assert (None, HindsightOutcome.COVERED, ()) == (audit.as_known_then, audit.hindsight, audit.revisions[1:])

    def test_both_outcomes_of_an_audited_day_come_with_their_reasons(self, world: World) -> None:
        self.insure(world)
        self.after_the_loss(world)
        self.cancel(world)

        audit = self.audit(world)

        assert audit.as_known_then is not None
        assert (Verdict.COMPLIANT, LOSS) == (audit.as_known_then.verdict, audit.as_known_then.as_of)
        assert (Verdict.NON_COMPLIANT, LOSS) == (audit.as_known_now.verdict, audit.as_known_now.as_of)

    def test_an_audit_lists_each_revision_of_a_fact_learned_and_then_corrected(self, world: World) -> None:
        self.insure(world)
        self.after_the_loss(world)
        self.cancel(world)
        world.clock.advance(days=1)
        world.manager.withdraw_fact("contractor-1", Key(Kind.POLICY, GL, "contractor-1"), reason="Not its notice.")
        world.clock.advance(days=1)
        self.insure(world)

        audit = self.audit(world)

        assert HindsightOutcome.COVERED is audit.hindsight
        assert [Verdict.NON_COMPLIANT, Verdict.COMPLIANT] == [revision.after for revision in audit.revisions]

    @pytest.mark.parametrize(
        ("at", "cell"),
        [
            # Half past eleven in the evening of the day where the company is, and half past midnight.
            (datetime(2026, 6, 11, 3, 30, tzinfo=UTC), HindsightOutcome.COVERED),
            (datetime(2026, 6, 11, 4, 30, tzinfo=UTC), HindsightOutcome.LATE_EVIDENCE),
        ],
    )
    def test_an_audit_takes_as_known_then_what_was_recorded_by_the_end_of_the_company_s_day(
        self, world: World, at: datetime, cell: HindsightOutcome
    ) -> None:
        world.clock.set(at)
        self.insure(world)
        self.after_the_loss(world)

        assert cell is self.audit(world).hindsight

    def test_an_insurer_that_came_on_file_late_counts_as_late_evidence(self, world: World) -> None:
        world.asks(make.gl_requirement(carrier=CarrierRule(strength_at_least=FinancialStrength.A_MINUS)))
        named = make.gl_policy(carrier_name="Later Insurance Company", carrier_naic="99902")
        world.record(named)
        learned_at = self.after_the_loss(world)

        world.reviewer.put_carrier(make.carrier(name="Later Insurance Company", naic="99902"))

        audit = self.audit(world)
        assert HindsightOutcome.LATE_EVIDENCE is audit.hindsight
        assert [(learned_at, ("carrier '99902'",))] == [(revision.at, revision.what) for revision in audit.revisions]

    def test_a_rule_book_published_later_changes_an_audited_day_as_known_now_alone(self, world: World) -> None:
        self.insure(world)
        self.after_the_loss(world)
        world.manager.publish_rulebook(make.rulebook(make.auto_requirement()))

        audit = self.audit(world)

        assert HindsightOutcome.LATE_DISCOVERY is audit.hindsight
        assert [(f"rulebook '{world.company_id}'",)] == [revision.what for revision in audit.revisions]

    def test_requirements_that_begin_later_do_not_change_an_audited_day(self, world: World) -> None:
        self.insure(world)
        self.after_the_loss(world)
        book = world.rulebook()
        since = make.auto_requirement(effective=LOSS + timedelta(days=1))
        sets = (attrs.evolve(book.sets[0], requirements=(*book.sets[0].requirements, since)),)

        world.manager.publish_rulebook(attrs.evolve(book, sets=sets))

        assert HindsightOutcome.COVERED is self.audit(world).hindsight

    def test_an_audited_day_before_any_record_has_no_outcome_as_known_then(self, world: World) -> None:
        audit = self.audit(world, date(2026, 4, 1))

        assert (HindsightOutcome.NOT_COVERED, None) == (audit.hindsight, audit.as_known_then)

    def test_an_audited_day_in_the_future_is_judged_by_what_is_known_now(self, world: World) -> None:
        self.insure(world)

        assert HindsightOutcome.COVERED is self.audit(world, LOSS).hindsight

    def test_an_audit_of_a_contractor_not_on_file_is_refused(self, world: World, other: World) -> None:
        other.record(make.contractor(id="theirs"), contractor_id="theirs")

        with world.refuses(NotOnFileError, "no contractor 'theirs'"):
            world.recruiter.audit_day("theirs", LOSS)
