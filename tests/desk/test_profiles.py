"""Contractors, their opt-in, and what they have in common: clients, insurers, rate cards, job codes, settings."""

from __future__ import annotations

import attrs
import pytest

from contractor_compliance.domain import (
    ApplicationStep,
    AssignmentGate,
    CarrierRating,
    CompanySettings,
    EndorsementKind,
    EnrollmentState,
    EvidenceLevel,
    FinancialStrength,
    JobCode,
    JobCodeStatus,
    Line,
    PartyRole,
    PolicyIdentification,
    ReviewStatus,
    State,
    TaxId,
)
from contractor_compliance.domain.requirements import CarrierRule
from contractor_compliance.errors import InvalidValueError, NotAllowedError, NotOnFileError
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import Key, Kind
from contractor_compliance.testing import factories as make
from tests.desk.world import NOW, TODAY, World, refusal

TAX_ID = TaxId("900-12-3456")


class TestContractors:
    def test_a_contractor_is_added_under_the_id_that_the_host_gave(self, world: World) -> None:
        done = world.recruiter.add_contractor(make.contractor(id="host-77"))

        assert "host-77" == done.id
        assert make.contractor(id="host-77") == world.contractor("host-77")

    def test_adding_the_same_contractor_again_changes_nothing(self, world: World) -> None:
        world.recruiter.add_contractor(make.contractor(email="pat@example.com"))

        world.recruiter.add_contractor(make.contractor(email="pat@example.com"))

        assert ["contractor-1"] == world.contractor_ids()

    @refusal
    def test_a_contractor_with_other_facts_under_an_id_that_is_taken_is_refused(self, world: World) -> None:
        world.recruiter.add_contractor(make.contractor())

        with world.refuses(NotAllowedError, "with other facts; change it with update_contractor"):
            world.recruiter.add_contractor(make.contractor(legal_name="Other Sample LLC"))

    def test_an_update_changes_the_contractor(self, world: World) -> None:
        world.recruiter.add_contractor(make.contractor())

        world.recruiter.update_contractor(make.contractor(phone="334 555 0100"))

        assert "334 555 0100" == world.contractor().phone

    @refusal
    def test_an_update_of_a_contractor_that_was_not_added_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no contractor 'contractor-1'"):
            world.recruiter.update_contractor(make.contractor())

    def test_a_contractor_of_another_company_is_not_on_file(self, world: World, other: World) -> None:
        other.recruiter.add_contractor(make.contractor(id="theirs"))

        with world.refuses(NotOnFileError, "no contractor 'theirs'"):
            world.recruiter.update_contractor(make.contractor(id="theirs"))
        with world.refuses(NotOnFileError, "no contractor 'theirs'"):
            world.reviewer.record_policy("theirs", make.gl_policy())

    def test_an_update_leaves_a_tax_id_that_the_member_may_not_see(self, world: World) -> None:
        world.owner.add_contractor(make.contractor(tax_id=TAX_ID))
        shown = world.recruiter.profile("contractor-1").dossier.contractor

        world.recruiter.update_contractor(attrs.evolve(shown, phone="334 555 0100"))

        assert TAX_ID == world.contractor().tax_id

    def test_the_history_of_a_contractor_shows_its_own_changes_and_not_those_of_its_facts(self, world: World) -> None:
        world.recruiter.add_contractor(make.contractor())
        world.reviewer.record_policy("contractor-1", make.gl_policy())
        world.manager.update_contractor(make.contractor(phone="334 555 0100"))

        entries = [(entry.actor, entry.action) for entry in world.auditor.history(Key(Kind.CONTRACTOR, "contractor-1"))]

        assert [("recruiter-1", "add_contractor"), ("manager-1", "update_contractor")] == entries


class TestEmail:
    def test_a_new_contractor_with_the_email_of_another_is_refused(self, world: World) -> None:
        world.recruiter.add_contractor(make.contractor(email="pat@example.com"))

        with world.refuses(NotAllowedError, "Contractor 'contractor-1' has this e-mail address"):
            world.recruiter.add_contractor(make.contractor(id="contractor-2", email="PAT@example.com"))

    @refusal
    def test_an_update_to_the_email_of_another_contractor_is_refused(self, world: World) -> None:
        world.record(make.contractor(email="pat@example.com"))
        world.record(make.contractor(id="contractor-2"), contractor_id="contractor-2")

        with world.refuses(NotAllowedError, "Contractor 'contractor-1' has this e-mail address"):
            world.recruiter.update_contractor(make.contractor(id="contractor-2", email="pat@example.com"))

    def test_an_update_of_a_contractor_may_keep_its_own_email(self, world: World) -> None:
        world.record(make.contractor(email="pat@example.com"))

        world.recruiter.update_contractor(make.contractor(email="pat@example.com", phone="334 555 0100"))

        assert "334 555 0100" == world.contractor().phone

    def test_two_contractors_may_share_an_email_and_stay_two_where_the_settings_allow_it(self, world: World) -> None:
        world.set(allow_shared_email=True)

        world.recruiter.add_contractor(make.contractor(email="pat@example.com"))
        world.recruiter.add_contractor(make.contractor(id="contractor-2", email="pat@example.com"))

        assert ["contractor-1", "contractor-2"] == world.contractor_ids()


class TestOptIn:
    @pytest.fixture(autouse=True)
    def contractor(self, world: World) -> None:
        world.record(make.contractor())

    def test_each_step_of_an_opt_in_is_kept_with_its_instant(self, world: World) -> None:
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.INVITED)
        world.clock.advance(hours=2)
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.STARTED, step=ApplicationStep.VERIFY_INFO)

        (enrollment,) = world.dossier().enrollments
        assert [EnrollmentState.INVITED, EnrollmentState.STARTED] == [event.state for event in enrollment.events]
        assert [NOW, world.clock()] == [event.at for event in enrollment.events]

    def test_the_lines_and_the_state_of_the_application_may_come_after_the_invitation(self, world: World) -> None:
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.INVITED)
        world.recruiter.record_opt_in(
            "contractor-1", EnrollmentState.STARTED, lines=frozenset({Line.GL}), work_state=State.AL
        )
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.COMPLETED)

        (enrollment,) = world.dossier().enrollments
        assert (frozenset({Line.GL}), State.AL) == (enrollment.lines, enrollment.work_state)

    def test_the_roster_shows_where_an_opt_in_stands(self, world: World) -> None:
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.STARTED, step=ApplicationStep.FINAL_REVIEW)

        (entry,) = world.recruiter.roster().entries
        assert (EnrollmentState.STARTED, ApplicationStep.FINAL_REVIEW) == (entry.opt_in, entry.step)

    def test_opting_in_does_not_make_a_contractor_insured(self, world: World) -> None:
        world.record(make.assignment())

        world.recruiter.record_opt_in("contractor-1", EnrollmentState.COMPLETED)

        (entry,) = world.recruiter.roster().entries
        assert InsuranceStatus.UNINSURED is entry.insurance_status

    @refusal
    def test_an_opt_in_step_dated_before_the_last_one_is_refused(self, world: World) -> None:
        world.recruiter.record_opt_in("contractor-1", EnrollmentState.INVITED)
        world.clock.set(world.clock().replace(hour=9), backwards=True)

        with world.refuses(NotAllowedError, "The clock is earlier than the last step"):
            world.recruiter.record_opt_in("contractor-1", EnrollmentState.STARTED)

    @refusal
    def test_an_opt_in_step_to_not_invited_is_refused(self, world: World) -> None:
        with world.refuses(InvalidValueError, "is the state of no step"):
            world.recruiter.record_opt_in("contractor-1", EnrollmentState.NOT_INVITED)

    @refusal
    def test_an_opt_in_step_of_a_contractor_that_was_not_added_is_refused(self, world: World) -> None:
        with world.refuses(NotOnFileError, "no contractor 'contractor-9'"):
            world.recruiter.record_opt_in("contractor-9", EnrollmentState.INVITED)


class TestJobCodes:
    def code(self, world: World, code: str) -> JobCode:
        (record,) = world.store.get([Key(Kind.JOB_CODE, code)])
        assert record is not None
        job_code: JobCode = record.value
        return job_code

    def test_a_proposed_job_code_waits_for_approval(self, world: World) -> None:
        world.recruiter.propose_job_code(make.job_code(id="IT-1"))
        proposed = self.code(world, "IT-1").status
        world.manager.approve_job_code("IT-1")

        assert (JobCodeStatus.PROPOSED, JobCodeStatus.APPROVED) == (proposed, self.code(world, "IT-1").status)

    def test_a_proposed_job_code_is_saved_as_proposed_whatever_status_it_states(self, world: World) -> None:
        world.recruiter.propose_job_code(make.job_code(id="IT-1", status=JobCodeStatus.APPROVED))

        assert JobCodeStatus.PROPOSED is self.code(world, "IT-1").status

    def test_an_added_job_code_is_saved_as_approved_whatever_status_it_states(self, world: World) -> None:
        world.manager.add_job_code(make.job_code(id="IT-1", status=JobCodeStatus.PROPOSED))

        assert JobCodeStatus.APPROVED is self.code(world, "IT-1").status

    @refusal
    def test_a_job_code_whose_id_is_taken_is_refused(self, world: World) -> None:
        with world.refuses(NotAllowedError, "There is a job code 'RIG-1' already"):
            world.recruiter.propose_job_code(make.job_code(title="Something else"))
        with world.refuses(NotAllowedError, "There is a job code 'RIG-1' already"):
            world.manager.add_job_code(make.job_code(title="Something else"))

    def test_renaming_a_job_code_keeps_its_id_and_the_assignments_that_use_it(self, world: World) -> None:
        world.record(make.contractor(), make.assignment())

        world.manager.rename_job_code("RIG-1", title="Stage rigging", description="Hangs lights.")

        (entry,) = world.recruiter.roster().entries
        assert [("Stage rigging", "Hangs lights.")] == [(job.title, job.description) for job in entry.jobs]
        assert "RIG-1" == world.assignment().job_code_id

    def test_assignments_of_a_retired_code_go_on(self, world: World) -> None:
        world.record(make.contractor(), make.assignment())

        world.manager.retire_job_code("RIG-1")

        (entry,) = world.recruiter.roster(job_code_ids=["RIG-1"]).entries
        assert ["assignment-1"] == [job.assignment_id for job in entry.jobs]

    def test_a_retired_code_may_be_approved_again(self, world: World) -> None:
        world.manager.retire_job_code("RIG-1")

        world.manager.approve_job_code("RIG-1")

        assert JobCodeStatus.APPROVED is self.code(world, "RIG-1").status

    @refusal
    def test_approving_or_retiring_a_job_code_twice_is_refused(self, world: World) -> None:
        with world.refuses(NotAllowedError, "'RIG-1' is approved already"):
            world.manager.approve_job_code("RIG-1")
        world.manager.retire_job_code("RIG-1")
        with world.refuses(NotAllowedError, "'RIG-1' is retired already"):
            world.manager.retire_job_code("RIG-1")

    def test_a_change_of_a_job_code_that_is_not_on_file_is_refused(self, world: World, other: World) -> None:
        other.manager.add_job_code(make.job_code(id="IT-1"))

        for change in (world.manager.approve_job_code, world.manager.retire_job_code, world.manager.rename_job_code):
            with world.refuses(NotOnFileError, "no job_code 'IT-1'"):
                change("IT-1")


class TestOffice:
    @pytest.fixture
    def world(self, founded: World) -> World:
        """A company that asks for endorsements which name the client, and for a sound insurer."""
        rule = make.endorsement_rule(parties=frozenset({PartyRole.CLIENT}))
        carrier = CarrierRule(strength_at_least=FinancialStrength.A_MINUS)
        founded.furnish(make.gl_requirement(endorsements=(rule,), carrier=carrier))
        named = make.endorsement(EndorsementKind.ADDITIONAL_INSURED_ONGOING, parties=("Sample Mills Corp",))
        founded.record(make.contractor(), make.gl_policy(endorsements=(named,)), make.assignment())
        return founded

    def verdict(self, world: World) -> Verdict | None:
        row = world.stored()
        return row.verdict if row else None

    def test_the_contractor_of_these_tests_is_compliant_before_any_change(self, world: World) -> None:
        assert Verdict.COMPLIANT is self.verdict(world)

    def test_renaming_a_client_changes_the_standing_of_a_contractor_who_works_for_it(self, world: World) -> None:
        world.recruiter.put_client(make.client(name="Quite Another Corp"))

        assert Verdict.COMPLIANT is not self.verdict(world)
        world.check_standings()

    def test_a_lower_rating_of_an_insurer_changes_the_standing_of_a_contractor_it_insures(self, world: World) -> None:
        worse = CarrierRating(strength=FinancialStrength.B, size=10, effective=TODAY)

        world.reviewer.put_carrier(make.carrier(ratings=(worse,)))

        assert Verdict.NON_COMPLIANT is self.verdict(world)
        world.check_standings()

    def test_the_insurer_that_counts_is_looked_up_though_a_stronger_source_that_does_not_names_another(
        self, world: World
    ) -> None:
        policy = world.policy("policy-general_liability")
        pending = make.evidence(EvidenceLevel.PLATFORM, certificate_id="certificate-1")
        other = PolicyIdentification(carrier_naic="99902", carrier_name="Lesser Casualty", evidence=pending)
        world.record(
            make.certificate(status=ReviewStatus.PENDING),
            attrs.evolve(policy, identifications=(other, *policy.identifications)),
        )
        before = self.verdict(world)
        worse = CarrierRating(strength=FinancialStrength.B, size=10, effective=TODAY)

        world.reviewer.put_carrier(make.carrier(ratings=(worse,)))

        assert (Verdict.COMPLIANT, Verdict.NON_COMPLIANT) == (before, self.verdict(world))
        world.check_standings()

    def test_renaming_an_insurer_changes_the_standing_of_a_contractor_whose_policy_names_it(self, world: World) -> None:
        by_name = make.identified(world.policy("policy-general_liability"), carrier_naic=None)
        world.record(by_name)

        world.reviewer.put_carrier(make.carrier(name="Quite Another Insurance Company"))

        assert Verdict.UNDETERMINED is self.verdict(world)
        world.check_standings()

    def test_an_insurer_that_is_put_on_file_later_is_looked_up_by_its_name(self, world: World) -> None:
        named = make.identified(
            world.policy("policy-general_liability"), carrier_naic=None, carrier_name="Later Insurance Company"
        )
        world.record(named)
        before = self.verdict(world)

        world.reviewer.put_carrier(make.carrier(name="Later Insurance Company", naic="99902"))

        assert (Verdict.UNDETERMINED, Verdict.COMPLIANT) == (before, self.verdict(world))
        world.check_standings()

    def test_a_rate_card_is_kept(self, world: World) -> None:
        world.billing.put_rate_card(make.rate_card())

        (record,) = world.store.get([Key(Kind.RATE_CARD, "rate-card-1")])
        assert record is not None
        assert make.rate_card() == record.value

    def test_changed_settings_hold_from_their_change_on(self, world: World) -> None:
        world.manager.change_settings(CompanySettings(gate=AssignmentGate.BLOCK))

        later = make.assignment(id="assignment-2", start=make.TERM_END, end=None)
        assert "refused" == world.recruiter.preview_assignment("contractor-1", later).gate_decision
