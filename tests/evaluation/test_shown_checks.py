"""What each check shows beside its outcome: what is asked, what is on file, of which policy, on what evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    AutoKind,
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    Evidence,
    EvidenceLevel,
    ExclusionKind,
    ExclusionRule,
    InsuredCapacity,
    OwnedAutos,
    Participant,
    Policy,
    PolicyExclusion,
    Trigger,
    TriggerTerms,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Check, ComplianceReport, Outcome
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import MILLION

DAY = date(2026, 6, 1)


def report(requirement: Any, *policies: Policy, day: date = DAY, **records: Any) -> ComplianceReport:
    return evaluate(make.dossier(*policies, **records), make.rulebook(requirement), as_of=day, window=False)


def shown(aspect: str, requirement: Any, *policies: Policy, **records: Any) -> Check:
    (finding,) = report(requirement, *policies, **records).assignments[0].findings
    return next(check for check in finding.checks if check.aspect == aspect)


def test_a_value_that_is_not_accepted_is_shown_beside_what_is_asked_and_whose_it_is() -> None:
    occurrence_only = make.gl_requirement(triggers=frozenset({Trigger.OCCURRENCE}))
    claims_made = make.gl_policy(triggers=(TriggerTerms(trigger=Trigger.CLAIMS_MADE, evidence=make.evidence()),))

    check = shown("trigger", occurrence_only, claims_made)

    assert (check.outcome, check.required, check.actual) == (Outcome.FAIL, "occurrence", "claims_made")
    assert check.policy_id == claims_made.id


def test_a_value_that_nothing_states_is_shown_as_asked_for_of_its_policy() -> None:
    silent = make.gl_policy(triggers=())

    check = shown("trigger", make.gl_requirement(triggers=frozenset({Trigger.OCCURRENCE})), silent)

    assert (check.outcome, check.required, check.actual) == (Outcome.UNKNOWN, "occurrence", None)
    assert check.policy_id == silent.id


def test_what_a_policy_must_not_exclude_is_shown_with_the_level_of_the_best_word_for_it() -> None:
    rule = ExclusionRule(kind=ExclusionKind.RESIDENTIAL, at_least=EvidenceLevel.CONFIRMED)
    absent = PolicyExclusion(
        kind=ExclusionKind.RESIDENTIAL, present=False, evidence=make.evidence(EvidenceLevel.CERTIFICATE)
    )
    policy = make.gl_policy(policy_exclusions=(absent,))

    check = shown("exclusion.residential", make.gl_requirement(forbidden_exclusions=(rule,)), policy)

    assert check.outcome is Outcome.UNKNOWN
    assert check.evidence_level is EvidenceLevel.CERTIFICATE
    assert check.policy_id == policy.id


def test_an_exclusion_that_has_been_taken_off_is_shown_no_more() -> None:
    kind = ExclusionKind.RESIDENTIAL
    on = PolicyExclusion(kind=kind, evidence=Evidence(level=EvidenceLevel.DECLARED, observed_on=date(2026, 1, 10)))
    off = PolicyExclusion(
        kind=kind, present=False, evidence=Evidence(level=EvidenceLevel.CONFIRMED, observed_on=date(2026, 2, 10))
    )
    requirement = make.gl_requirement(forbidden_exclusions=(ExclusionRule(kind=kind),))

    check = shown("exclusion.residential", requirement, make.gl_policy(policy_exclusions=(on, off)))

    assert (check.outcome, check.actual) == (Outcome.PASS, None)


HIRED = make.auto_requirement(autos=frozenset({AutoKind.HIRED}), limits={})
WITH_HIRED = make.gl_policy(endorsements=(Endorsement(kind=EndorsementKind.HIRED_AUTOS, evidence=make.evidence()),))


def test_owned_autos_under_general_liability_are_shown_as_asked_for_of_its_policy() -> None:
    requirement = make.auto_requirement(autos=frozenset({AutoKind.OWNED, AutoKind.HIRED}), limits={})
    owner = make.contractor(owned_autos=(OwnedAutos(any_owned=True, evidence=make.evidence()),))

    check = shown("autos.owned", requirement, WITH_HIRED, contractor=owner)

    assert (check.outcome, check.required, check.policy_id) == (Outcome.FAIL, "owned autos", WITH_HIRED.id)


def test_the_best_word_that_no_autos_are_owned_is_shown() -> None:
    owned = tuple(
        OwnedAutos(any_owned=False, evidence=make.evidence(level))
        for level in (EvidenceLevel.COPY, EvidenceLevel.CONFIRMED, EvidenceLevel.CERTIFICATE)
    )
    requirement = make.auto_requirement(autos=frozenset({AutoKind.OWNED, AutoKind.HIRED}), limits={})

    check = shown("autos.owned", requirement, WITH_HIRED, contractor=make.contractor(owned_autos=owned))

    assert (check.outcome, check.evidence_level) == (Outcome.PASS, EvidenceLevel.CONFIRMED)


def leasing(*endorsements: Endorsement, participants: tuple[str, ...] = ()) -> Policy:
    entries = tuple(Participant(name=name, effective=make.TERM_START) for name in participants)
    worker = Participant(name="Pat Sample", effective=make.TERM_START)
    insured = make.insured("Sample PEO Inc", participants=entries, leased_workers=(worker,))
    return make.wc_policy(insured=(insured,), insured_as=InsuredCapacity.LEASED_WORKER, endorsements=endorsements)


BLANKET = Endorsement(kind=EndorsementKind.ALTERNATE_EMPLOYER, basis=EndorsementBasis.BLANKET, evidence=make.evidence())
SCHEDULED = Endorsement(
    kind=EndorsementKind.ALTERNATE_EMPLOYER,
    basis=EndorsementBasis.SCHEDULED,
    parties=("Sample Rigging LLC",),
    evidence=make.evidence(),
)


def test_a_client_that_the_alternate_employer_endorsement_names_is_asked_for_by_its_own_name() -> None:
    check = shown("insured", make.wc_requirement(), leasing(SCHEDULED))

    assert (check.outcome, check.required) == (Outcome.PASS, "Sample Rigging LLC")


def test_a_client_that_a_blanket_endorsement_reaches_is_shown_as_the_schedule_lists_it() -> None:
    check = shown("insured", make.wc_requirement(), leasing(BLANKET, participants=("SAMPLE RIGGING, L.L.C.",)))

    assert (check.outcome, check.required) == (Outcome.PASS, "Sample Rigging LLC")
    assert check.actual == "SAMPLE RIGGING, L.L.C."


def test_a_listed_client_without_the_endorsement_is_asked_for_the_endorsement() -> None:
    check = shown("insured", make.wc_requirement(), leasing(participants=("Sample Rigging LLC",)))

    assert check.outcome is Outcome.UNKNOWN
    assert check.required == f"{EndorsementKind.ALTERNATE_EMPLOYER.label} for Sample Rigging LLC"


@pytest.mark.parametrize("names", [("Pat A. Sample", "Pat B. Sample"), ("Pat B. Sample", "Pat A. Sample")])
def test_of_several_near_names_on_a_roster_the_first_by_the_alphabet_is_shown(names: tuple[str, str]) -> None:
    workers = tuple(Participant(name=name, effective=make.TERM_START) for name in names)
    insured = make.insured("Sample PEO Inc L/C/F Sample Rigging LLC", leased_workers=workers)

    check = shown("worker", make.wc_requirement(), make.wc_policy(insured=(insured,)))

    assert (check.outcome, check.actual) == (Outcome.UNKNOWN, "Pat A. Sample")


def test_an_endorsement_on_a_text_of_several_forms_is_shown_with_that_text() -> None:
    rule = make.endorsement_rule(EndorsementKind.ADDITIONAL_INSURED_ONGOING, forms=frozenset({"CG 20 10"}))
    stated = Endorsement(
        kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING,
        form="CG 20 10 and CG 20 37",
        parties=("Sample Staffing Inc",),
        evidence=make.evidence(),
    )

    check = shown(
        "endorsement.additional_insured_ongoing.company",
        make.gl_requirement(endorsements=(rule,)),
        make.gl_policy(endorsements=(stated,)),
    )

    assert (check.outcome, check.actual) == (Outcome.UNKNOWN, "CG 20 10 and CG 20 37")


def test_additional_insureds_of_an_umbrella_are_shown_of_its_lowest_layer() -> None:
    asked = make.umbrella_requirement(
        occurrence=10 * MILLION,
        additional_insured=(make.endorsement_rule(EndorsementKind.ADDITIONAL_INSURED_ONGOING),),
    )
    layers = [
        make.identified(make.umbrella_policy(id=name), number=f"UMB 100{place}")
        for place, name in enumerate(("lower", "upper"))
    ]

    check = shown("umbrella.general_liability.additional_insured_ongoing", asked, make.gl_policy(), *layers)

    assert check.policy_id == "lower"


def pending(name: str, **changes: Any) -> Policy:
    return make.identified(make.umbrella_policy(id=name, **changes), number="TBD")


def test_policies_that_may_be_one_are_shown_together_and_without_those_that_are_clear() -> None:
    asked = make.umbrella_requirement(occurrence=8 * MILLION)

    check = shown("policy", asked, make.gl_policy(), pending("first"), pending("second"))

    assert check.actual == "first, second"
    assert check.policy_id == "first"


def test_no_record_may_be_one_policy_with_itself() -> None:
    judged = report(make.gl_requirement(), make.gl_policy(), pending("first"), pending("second"))

    doubles = {policy.policy_id: policy.may_be_one_with for policy in judged.policies}

    assert doubles["first"] == ("second",)
    assert doubles["second"] == ("first",)


def test_terms_that_follow_each_other_under_renewal_suffixes_are_clear_where_no_notice_is_on_file() -> None:
    last = make.gl_policy(id="last", term=(date(2025, 1, 1), date(2026, 1, 1)))
    records = (
        make.identified(last, number="GL-445566-01"),
        make.identified(make.gl_policy(id="this"), number="GL-445566-02"),
    )

    judged = report(make.gl_requirement(), *records)

    assert [policy.may_be_one_with for policy in judged.policies] == [(), ()]


def test_the_next_change_of_a_doubt_is_the_first_of_both_readings() -> None:
    asked = make.umbrella_requirement(occurrence=8 * MILLION)
    first, second = pending("first"), attrs.evolve(pending("second", term=(date(2026, 3, 1), date(2026, 8, 1))))
    dossier = make.dossier(make.gl_policy(), first, second)

    judged = evaluate(dossier, make.rulebook(asked), as_of=DAY)

    assert judged.assignments[0].findings[0].holds_until == date(2026, 8, 1)
