"""Facts out of documents: placeholders for numbers, the fullest insurer, what evidence of property leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    Endorsement,
    EndorsementKind,
    EndorsementList,
    EvidenceLevel,
    ExclusionKind,
    Exclusions,
    Line,
    Missing,
    PolicyExclusion,
    PolicyIdentification,
    StateList,
    StatesCovered,
    Trigger,
    TriggerTerms,
    UnderlyingSchedule,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.evaluation.facts.document_forms import form_code, liability_facts
from contractor_compliance.evaluation.facts.identification import insurers_of, is_placeholder, number_key
from contractor_compliance.results import Verdict
from contractor_compliance.testing import factories as make

OF_PROPERTY = make.evidence(EvidenceLevel.COPY, document="acord_28")
LIMITS = make.gl_policy().limits[0]

#: One statement of every field, all read from evidence of property insurance.
STATEMENTS: dict[str, Any] = {
    "identifications": PolicyIdentification(number="PR 1001", evidence=OF_PROPERTY),
    "insured": make.insured(evidence=OF_PROPERTY),
    "terms": make.term(evidence=OF_PROPERTY),
    "reinstatements": make.reinstatement(date(2026, 5, 1), evidence=OF_PROPERTY),
    "limits": attrs.evolve(LIMITS, evidence=OF_PROPERTY),
    "triggers": TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=OF_PROPERTY),
    "endorsements": Endorsement(kind=EndorsementKind.WAIVER_OF_SUBROGATION, evidence=OF_PROPERTY),
    "endorsement_lists": EndorsementList(evidence=OF_PROPERTY),
    "policy_exclusions": PolicyExclusion(kind=ExclusionKind.HEIGHT, present=False, evidence=OF_PROPERTY),
    "states": StatesCovered(item_3a=StateList(), evidence=OF_PROPERTY),
    "exclusions": Exclusions(any_excluded=False, evidence=OF_PROPERTY),
    "underlying_schedules": UnderlyingSchedule(schedule=(), evidence=OF_PROPERTY),
}
#: Policies of the lines that alone have such a field.
POLICIES = {
    "states": make.wc_policy,
    "exclusions": make.wc_policy,
    "underlying_schedules": make.umbrella_policy,
}


@pytest.mark.parametrize("field", STATEMENTS)
def test_evidence_of_property_states_nothing_of_liability(field: str) -> None:
    policy = attrs.evolve(POLICIES.get(field, make.gl_policy)(), **{field: (STATEMENTS[field],)})

    counted = liability_facts((policy,), ())

    assert counted == (() if field == "terms" else (attrs.evolve(policy, **{field: ()}),))


def test_a_policy_read_from_evidence_of_property_alone_is_left_out() -> None:
    policy = make.policy(Line.GL, **{field: (STATEMENTS[field],) for field in ("insured", "identifications")})
    read = attrs.evolve(policy, terms=(STATEMENTS["terms"],), limits=())

    assert liability_facts((read,), ()) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("TBD", "T.B.A.", "Pending", "Binder", "bound", "New", "New Business", "VARIOUS"),
        *("N/A", "None", "Unknown", "Applied For", "---", "001"),
    ],
)
def test_a_text_in_the_place_of_a_number_proves_no_policy(text: str) -> None:
    assert is_placeholder(text)
    assert number_key(text) is None


def test_a_text_too_long_for_a_form_is_no_form_of_the_bureau() -> None:
    assert form_code("acord 28".ljust(99, ".")) == "acord_28"
    assert form_code("acord 28".ljust(100, ".")) == "acord 28".ljust(100, ".")
    assert is_placeholder("." * 60)


def test_of_two_statements_of_one_insurer_the_fullest_counts() -> None:
    bare = PolicyIdentification(carrier_naic="99901", evidence=make.evidence())
    named = PolicyIdentification(
        carrier_naic="99901", carrier_name="Zenith Ridge Insurance Company", evidence=make.evidence()
    )

    insurers, support = insurers_of((bare, named))

    assert insurers == {("99901", "Zenith Ridge Insurance Company")}
    assert len(support) == 2


def test_a_claims_made_policy_of_no_certain_day_never_passes_the_tail() -> None:
    undated = make.gl_policy(
        term=make.term(expiration=Missing.ABSENT),
        triggers=(TriggerTerms(trigger=Trigger.CLAIMS_MADE, evidence=make.evidence()),),
    )

    report = evaluate(
        make.dossier(undated), make.rulebook(make.gl_requirement(tail_years=2)), as_of=date(2027, 5, 1), window=False
    )

    assert report.verdict is not Verdict.COMPLIANT
