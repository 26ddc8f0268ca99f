"""What evidence of property insurance may not state of a policy, whatever kind of statement it is."""

from __future__ import annotations

from datetime import date
from typing import get_origin

import attrs
import pytest

from contractor_compliance import domain
from contractor_compliance.domain import AutoKind, EndorsementKind, EvidenceLevel, ExclusionKind, Line
from contractor_compliance.evaluation.facts.document_forms import form_code, liability_facts
from contractor_compliance.testing import factories

READ = factories.evidence(EvidenceLevel.CERTIFICATE, certificate_id="certificate-1")
#: Statements of every kind that a policy holds, but for its terms and the notices that end it.
STATEMENTS = {
    "identifications": domain.PolicyIdentification(number="GL-1001", evidence=READ),
    "insured": factories.insured(evidence=READ),
    "reinstatements": factories.reinstatement(date(2026, 5, 1), evidence=READ),
    "limits": factories.limits({}, evidence=READ),
    "triggers": domain.TriggerTerms(trigger=domain.Trigger.OCCURRENCE, evidence=READ),
    "endorsements": factories.endorsement(EndorsementKind.WAIVER_OF_SUBROGATION, evidence=READ),
    "endorsement_lists": domain.EndorsementList(evidence=READ),
    "policy_exclusions": domain.PolicyExclusion(kind=ExclusionKind.RESIDENTIAL, present=False, evidence=READ),
    "covered_autos": domain.CoveredAutos(kinds=frozenset({AutoKind.ANY}), evidence=READ),
    "states": domain.StatesCovered(evidence=READ),
    "exclusions": domain.Exclusions(any_excluded=False, evidence=READ),
    "underlying_schedules": domain.UnderlyingSchedule(evidence=READ),
}
#: The lines of policies that alone have some of them.
LINES = {"covered_autos": Line.AUTO, "states": Line.WC, "exclusions": Line.WC, "underlying_schedules": Line.UMBRELLA}


def test_the_samples_hold_every_kind_of_statement() -> None:
    kinds = {name for name, hint in domain.field_types(domain.Policy).items() if get_origin(hint) is tuple}

    assert kinds - {"terms", "cancellations"} == set(STATEMENTS)


@pytest.mark.parametrize("form", ["ACORD 28", "Evidence of Property Insurance", "Additional Remarks Schedule"])
@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_a_property_form_or_a_loose_remarks_schedule_states_nothing_of_liability(name: str, form: str) -> None:
    bare = domain.Policy(id="policy-1", line=LINES.get(name, Line.GL), terms=(factories.term(),))
    policy = attrs.evolve(bare, **{name: (STATEMENTS[name],)})
    counted = liability_facts((policy,), (factories.certificate(form=form),))

    assert counted == (bare,)
    assert liability_facts((policy,), (factories.certificate(form="ACORD 25"),)) == (policy,)


def test_a_cancellation_counts_whatever_it_was_read_from() -> None:
    policy = factories.gl_policy(cancellations=(factories.cancellation(date(2026, 5, 1), evidence=READ),))

    assert liability_facts((policy,), (factories.certificate(form="ACORD 28"),)) == (policy,)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Certificate of Property Insurance", "acord_24"),
        ("EVIDENCE OF PROPERTY INSURANCE (ACORD 27)", "acord_27"),
        ("Binder (ACORD 75)", "acord_75"),
        ("Commercial Insurance Binder", "binder"),
        ("Certificate of Liability Insurance", "certificate of liability insurance"),
        ("ACORD 25 with ACORD 101", "acord_25"),
    ],
)
def test_a_form_is_known_by_its_number_else_by_its_title(form: str, code: str) -> None:
    assert form_code(form) == code
