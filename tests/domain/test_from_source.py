"""`Policy.from_source` and `Exemption.from_source`: one source says all this, with the same evidence."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    AggregateBasis,
    AutoKind,
    CoveredAutos,
    Endorsement,
    EndorsementKind,
    EndorsementList,
    Evidence,
    EvidenceLevel,
    ExclusionKind,
    Exclusions,
    Exemption,
    ExemptionKind,
    Insured,
    InsuredCapacity,
    LimitKind,
    Limits,
    Line,
    Missing,
    Participant,
    Policy,
    PolicyExclusion,
    PolicyIdentification,
    State,
    StateList,
    StateListKind,
    StateNotice,
    StatesCovered,
    TaxId,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
    cents,
    field_types,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.strategies import values
from tests import tiers

CERTIFICATE = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 5), document="acord_25")
COPY = Evidence(level=EvidenceLevel.COPY, observed_on=date(2026, 1, 6))
FIRST, END = date(2026, 1, 1), date(2027, 1, 1)
MILLION = cents("1,000,000")
#: The statements of a policy that one source may make, each with the argument of each of its fields.
GROUPS: dict[str, tuple[type[Any], dict[str, str]]] = {
    "identifications": (PolicyIdentification, {}),
    "insured": (Insured, {"name": "insured", "tax_id": "insured_tax_id", "state": "insured_state"}),
    "terms": (Term, {}),
    "triggers": (TriggerTerms, {}),
    "endorsement_lists": (EndorsementList, {"is_complete": "endorsements_complete"}),
    "covered_autos": (CoveredAutos, {"kinds": "covered_autos"}),
    "states": (StatesCovered, {"notices": "state_notices"}),
    "exclusions": (Exclusions, {}),
    "underlying_schedules": (UnderlyingSchedule, {"schedule": "underlying"}),
}
LINES = {"covered_autos": Line.AUTO, "states": Line.WC, "exclusions": Line.WC, "underlying_schedules": Line.UMBRELLA}


def policy(**arguments: Any) -> Policy:
    return Policy.from_source(CERTIFICATE, **{"id": "policy-1", "line": Line.GL, **arguments})


def faults_of(**arguments: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as refusal:
        policy(**arguments)
    assert str(refusal.value).startswith("Policy is not valid:")
    return [(fault.path, fault.problem) for fault in refusal.value.faults]


def says_something(statement: Any) -> bool:
    """Whether a field of a statement differs from one that says nothing."""
    fields = attrs.fields(type(statement))
    return any(
        getattr(statement, field.name) != (None if field.default is attrs.NOTHING else field.default)
        for field in fields
        if field.name != "evidence"
    )


def test_one_source_states_a_general_liability_policy_in_one_call() -> None:
    built = policy(
        number="GL-1001",
        carrier_naic="99901",
        insured="Sample Rigging LLC",
        effective=FIRST,
        expiration=END,
        limits={LimitKind.EACH_OCCURRENCE: MILLION},
        aggregate_basis=AggregateBasis.PER_PROJECT,
        trigger=Trigger.OCCURRENCE,
        endorsements=[EndorsementKind.WAIVER_OF_SUBROGATION],
        policy_exclusions=[ExclusionKind.HEIGHT],
    )

    by_hand = Policy(
        id="policy-1",
        line=Line.GL,
        identifications=(PolicyIdentification(number="GL-1001", carrier_naic="99901", evidence=CERTIFICATE),),
        insured=(Insured(name="Sample Rigging LLC", evidence=CERTIFICATE),),
        terms=(Term(effective=FIRST, expiration=END, evidence=CERTIFICATE),),
        limits=(Limits(each_occurrence=MILLION, aggregate_basis=AggregateBasis.PER_PROJECT, evidence=CERTIFICATE),),
        triggers=(TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=CERTIFICATE),),
        endorsements=(Endorsement(kind=EndorsementKind.WAIVER_OF_SUBROGATION, evidence=CERTIFICATE),),
        policy_exclusions=(PolicyExclusion(kind=ExclusionKind.HEIGHT, evidence=CERTIFICATE),),
    )
    assert by_hand == built


def test_one_source_states_a_compensation_policy_in_one_call() -> None:
    notice = StateNotice(state=State.GA, given_on=date(2026, 3, 2))
    built = policy(
        line=Line.WC,
        item_3a={State.AL},
        item_3c=StateList(kind=StateListKind.ALL_EXCEPT, states=[State.OH]),
        state_notices=[notice],
        any_excluded=True,
        excluded=["Pat Sample"],
        limits={LimitKind.EL_EACH_ACCIDENT: MILLION},
    )

    states = StatesCovered(
        item_3a=StateList(states=frozenset({State.AL})),
        item_3c=StateList(kind=StateListKind.ALL_EXCEPT, states=frozenset({State.OH})),
        notices=(notice,),
        evidence=CERTIFICATE,
    )
    assert (states,) == built.states
    assert (Exclusions(any_excluded=True, excluded=("Pat Sample",), evidence=CERTIFICATE),) == built.exclusions


def test_one_source_states_an_umbrella_in_one_call() -> None:
    row = UnderlyingLimit(line=Line.GL, occurrence=MILLION)
    built = policy(line=Line.UMBRELLA, underlying=[row], follows_form_over=[Line.AUTO, row])

    expected = UnderlyingSchedule(
        schedule=(row,), follows_form_over=(UnderlyingLimit(line=Line.AUTO), row), evidence=CERTIFICATE
    )
    assert (expected,) == built.underlying_schedules


def test_one_source_states_a_master_policy_in_one_call() -> None:
    participant = Participant(name="Sample Rigging LLC", effective=FIRST)
    built = policy(
        insured="Sample Staffing Inc",
        insured_tax_id=TaxId("78-4400101"),
        insured_state=State.AL,
        participants=[participant],
        insured_as=InsuredCapacity.PARTICIPANT,
        program=True,
    )

    assert (InsuredCapacity.PARTICIPANT, True) == (built.insured_as, built.program)
    (insured,) = built.insured
    assert (State.AL, (participant,)) == (insured.state, insured.participants)


@pytest.mark.parametrize("group", GROUPS)
@tiers.examples(tests=15, stress=150)
@given(data=st.data())
def test_every_statement_can_be_made_by_arguments(group: str, data: st.DataObject) -> None:
    cls, names = GROUPS[group]
    statement = data.draw(values(cls).filter(says_something))
    arguments = {names.get(name, name): getattr(statement, name) for name in field_types(cls) if name != "evidence"}

    built = Policy.from_source(statement.evidence, id="p", line=LINES.get(group, Line.GL), **arguments)

    assert (statement,) == getattr(built, group)
    others = [getattr(built, other) for other in field_types(Policy) if other in {*GROUPS, "limits"} - {group}]
    assert {()} == set(others)


@tiers.examples(tests=15, stress=150)
@given(statement=values(Limits).filter(says_something))
def test_every_statement_of_limits_can_be_made_by_arguments(statement: Limits) -> None:
    built = Policy.from_source(
        statement.evidence,
        id="p",
        line=Line.GL,
        limits={kind: getattr(statement, kind.value) for kind in LimitKind},
        products_in_general_aggregate=statement.products_in_general_aggregate,
        aggregate_basis=statement.aggregate_basis,
        retention=statement.retention,
    )

    assert (statement,) == built.limits


def test_every_fact_of_every_statement_has_an_argument() -> None:
    arguments = set(inspect.signature(Policy.from_source).parameters)
    facts = {names.get(name, name) for cls, names in GROUPS.values() for name in field_types(cls)}
    limits = set(field_types(Limits)) - {kind.value for kind in LimitKind} | {"limits"}
    whole = {"id", "line", "insured_as", "program", "assignment_id", "endorsements", "policy_exclusions"}

    assert arguments == facts | limits | whole


def test_every_group_of_facts_but_notices_can_be_stated_by_one_source() -> None:
    groups = {name for name, hint in field_types(Policy).items() if "tuple" in str(hint)}

    assert groups - {"cancellations", "reinstatements"} == {*GROUPS, "limits", "endorsements", "policy_exclusions"}


def test_what_is_left_out_is_not_stated() -> None:
    assert Policy(id="policy-1", line=Line.GL) == policy()


def test_none_and_an_empty_collection_are_not_stated() -> None:
    parameters = inspect.signature(Policy.from_source).parameters
    nothing: dict[str, Any] = {
        name: None for name, parameter in parameters.items() if parameter.default is None and name != "evidence"
    }
    nothing |= {name: [] for name, parameter in parameters.items() if parameter.default == ()}

    assert len(nothing) > 25
    assert Policy(id="policy-1", line=Line.GL) == policy(**nothing)
    assert policy() == policy(covered_autos=set(), limits={LimitKind.EACH_OCCURRENCE: None}, excluded=iter(()))


def test_a_fact_that_cannot_be_read_is_stated_as_unreadable() -> None:
    built = policy(expiration=Missing.UNREADABLE, limits={LimitKind.EACH_OCCURRENCE: Missing.UNREADABLE})

    assert Missing.UNREADABLE is built.terms[0].expiration
    assert Missing.UNREADABLE is built.limits[0].each_occurrence


def test_no_is_an_answer_and_no_silence() -> None:
    built = policy(line=Line.WC, any_excluded=False)

    assert (Exclusions(any_excluded=False, evidence=CERTIFICATE),) == built.exclusions
    assert policy(endorsements_complete=False).endorsement_lists[0].is_complete is False


def test_an_empty_item_says_that_no_state_is_listed() -> None:
    assert StateList() == policy(line=Line.WC, item_3c=[]).states[0].item_3c


def test_an_endorsement_of_its_own_evidence_is_taken_as_it_is() -> None:
    whole = Endorsement(kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING, form="CG 20 10 04 13", evidence=COPY)
    built = policy(endorsements=[EndorsementKind.WAIVER_OF_SUBROGATION, whole])

    assert whole is built.endorsements[1]
    assert [CERTIFICATE, COPY] == [endorsement.evidence for endorsement in built.endorsements]


def test_covered_autos_are_taken_from_any_iterable() -> None:
    autos = {AutoKind.HIRED, AutoKind.NON_OWNED}

    assert frozenset(autos) == policy(line=Line.AUTO, covered_autos=autos).covered_autos[0].kinds
    assert frozenset(autos) == policy(line=Line.AUTO, covered_autos=iter(autos)).covered_autos[0].kinds


@pytest.mark.parametrize(
    ("arguments", "path", "problem"),
    [
        ({"id": ""}, "$.id", "must not be blank; leave the field out if it is not known"),
        ({"line": "GL"}, "$.line", "must be Line, not str"),
        ({"number": 1001}, "$.number", "must be str or nothing, not int"),
        ({"carrier_naic": "1"}, "$.carrier_naic", "must be the five digits of a NAIC company number"),
        ({"insured": " "}, "$.insured", "must not be blank; leave the field out if it is not known"),
        ({"insured_tax_id": "78-4400101"}, "$.insured_tax_id", "must be TaxId or nothing, not str"),
        ({"insured_state": "AL"}, "$.insured_state", "must be State or nothing, not str"),
        ({"participants": ["Sample"]}, "$.participants[0]", "must be Participant, not str"),
        ({"effective": "2026-01-01"}, "$.effective", "must be date or Missing, not str"),
        ({"effective": END, "expiration": FIRST}, "$.expiration", "must be after the effective date, 2027-01-01"),
        ({"continuous": 1}, "$.continuous", "must be bool, not int"),
        ({"limits": {LimitKind.AGGREGATE: 1.5}}, "$.limits.aggregate", "must be int or Missing, not float"),
        ({"limits": {LimitKind.AGGREGATE: -1}}, "$.limits.aggregate", "must be 0 or more"),
        ({"limits": {"aggregate": 1}}, "$.limits", "is str and no LimitKind; write LimitKind.AGGREGATE"),
        (
            {"limits": {"agregate": 1}},
            "$.limits",
            "is str and no LimitKind; its keys are kinds such as LimitKind.EACH_OCCURRENCE",
        ),
        ({"limits": 1_000}, "$.limits", "must be a mapping of LimitKind to cents, not int"),
        ({"retention": "1"}, "$.retention", "must be int or Missing, not str"),
        ({"trigger": "occurrence"}, "$.trigger", "must be Trigger or Missing, not str"),
        (
            {"trigger": Trigger.OCCURRENCE, "retroactive_date": FIRST},
            "$.trigger",
            "an occurrence policy has no retroactive date",
        ),
        (
            {"endorsements": [EndorsementKind.STOP_GAP, "CG 20 10"]},
            "$.endorsements[1]",
            "must be EndorsementKind or Endorsement, not str",
        ),
        (
            {"endorsements": "CG 20 10"},
            "$.endorsements",
            "must be a list, or another iterable, of EndorsementKind or Endorsement, not str; put it in brackets",
        ),
        (
            {"endorsements": EndorsementKind.STOP_GAP},
            "$.endorsements",
            "must be a list, or another iterable, of EndorsementKind or Endorsement, not EndorsementKind",
        ),
        (
            {"policy_exclusions": ["height"]},
            "$.policy_exclusions[0]",
            "must be ExclusionKind or PolicyExclusion, not str",
        ),
        ({"line": Line.AUTO, "covered_autos": ["any"]}, "$.covered_autos[0]", "must be AutoKind, not str"),
        ({"line": Line.WC, "item_3a": ["AL"]}, "$.item_3a[0]", "must be State, not str"),
        (
            {"line": Line.WC, "item_3c": "AL"},
            "$.item_3c",
            "must be a list, or another iterable, of State, not str; put it in brackets",
        ),
        ({"line": Line.WC, "state_notices": ["GA"]}, "$.state_notices[0]", "must be StateNotice, not str"),
        (
            {"line": Line.WC, "any_excluded": False, "excluded": ["Pat Sample"]},
            "$.any_excluded",
            "contradicts the people listed as excluded",
        ),
        ({"line": Line.UMBRELLA, "underlying": [Line.GL]}, "$.underlying[0]", "must be UnderlyingLimit, not Line"),
        (
            {"line": Line.UMBRELLA, "follows_form_over": ["gl"]},
            "$.follows_form_over[0]",
            "must be Line or UnderlyingLimit, not str",
        ),
        ({"item_3a": [State.AL]}, "$.item_3a", "only a workers' compensation policy lists states in 3.A and 3.C"),
        ({"excluded": ["Pat Sample"]}, "$.excluded", "only a workers' compensation policy excludes owners"),
        ({"follows_form_over": [Line.AUTO]}, "$.follows_form_over", "only umbrella and excess policies sit on others"),
    ],
    ids=str,
)
def test_a_fault_names_the_argument(arguments: Mapping[str, Any], path: str, problem: str) -> None:
    [fault] = faults_of(**arguments)

    assert path == fault[0]
    assert problem in fault[1]


def test_all_faults_are_reported_together() -> None:
    paths = [path for path, _ in faults_of(id="", number=7, effective="soon", endorsements=["x"], item_3a=["AL"])]

    assert ["$.number", "$.effective", "$.endorsements[0]", "$.item_3a[0]", "$.id"] == paths


def test_a_source_without_evidence_is_refused_once() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Policy.from_source(EvidenceLevel.COPY, id="p", line=Line.GL, number="1", effective=FIRST)  # type: ignore[arg-type]

    assert [("$.evidence", "must be Evidence, not EvidenceLevel")] == [
        (fault.path, fault.problem) for fault in refusal.value.faults
    ]


def test_a_tax_id_given_as_text_is_not_shown() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        policy(insured_tax_id="78-4400101")

    assert "4400101" not in str(refusal.value)


def test_one_source_states_an_exemption_in_one_call() -> None:
    built = Exemption.from_source(
        CERTIFICATE,
        id="exemption-1",
        kind=ExemptionKind.OWNER_EXEMPTION,
        state=State.AL,
        number="EX-1",
        signed_on=FIRST,
        people=["person-1"],
        effective=FIRST,
        expiration=END,
    )

    assert (
        Exemption(
            id="exemption-1",
            kind=ExemptionKind.OWNER_EXEMPTION,
            state=State.AL,
            number="EX-1",
            signed_on=FIRST,
            people=("person-1",),
            terms=(Term(effective=FIRST, expiration=END, evidence=CERTIFICATE),),
        )
        == built
    )


def test_every_fact_of_an_exemption_but_notices_has_an_argument() -> None:
    arguments = set(inspect.signature(Exemption.from_source).parameters)

    assert arguments == {*field_types(Exemption), *field_types(Term)} - {"terms", "cancellations", "reinstatements"}


def test_a_fault_of_an_exemption_names_the_argument() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Exemption.from_source(
            CERTIFICATE,
            id="e",
            kind="owner",
            state=State.AL,
            effective=END,
            expiration=FIRST,  # type: ignore[arg-type]
        )

    assert ["$.expiration", "$.kind"] == [fault.path for fault in refusal.value.faults]
    assert str(refusal.value).startswith("Exemption is not valid:")


def test_a_policy_of_one_source_is_judged_as_the_one_built_by_hand() -> None:
    sample = make.gl_policy()
    (limits,) = sample.limits
    built = Policy.from_source(
        make.evidence(),
        id=sample.id,
        line=sample.line,
        number=sample.identifications[0].number,
        carrier_name=sample.identifications[0].carrier_name,
        carrier_naic=sample.identifications[0].carrier_naic,
        insured=sample.insured[0].name,
        effective=sample.terms[0].effective,
        expiration=sample.terms[0].expiration,
        limits={kind: getattr(limits, kind.value) for kind in LimitKind},
        trigger=sample.triggers[0].trigger if sample.triggers else None,
    )

    assert attrs.evolve(sample, endorsements=()) == attrs.evolve(built, endorsements=())
