"""Parts of the evaluator that a table says best: notices, names, forms, law, and what binds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    CoverageRequirement,
    EndorsementBasis,
    EndorsementKind,
    EntityType,
    ExemptionKind,
    Industry,
    Line,
    PartyRole,
    SetLevel,
    SetMode,
    State,
    TaxId,
    WrittenContract,
    civil_date,
    instant_of,
)
from contractor_compliance.domain.forms import edition_month, form_of, normal_form
from contractor_compliance.domain.license_class import license_classes
from contractor_compliance.domain.name_matching import match_insured, match_party
from contractor_compliance.domain.names import NameMatch, normal_name
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.evaluation import SHIPPED_LAW, CustomAnswer, compile_rulebook, evaluate
from contractor_compliance.evaluation.facts.in_force import in_force
from contractor_compliance.results import Outcome, Verdict
from contractor_compliance.testing import factories as f

# Notices.

START, END = date(2026, 1, 1), date(2027, 1, 1)


def day(month: int, of: int) -> date:
    return date(2026, month, of)


def test_the_order_in_which_notices_are_recorded_carries_no_meaning() -> None:
    cancellations = (
        f.cancellation(day(4, 1), issued_on=day(3, 1)),
        f.cancellation(day(6, 1), issued_on=day(5, 1)),
        f.cancellation(day(9, 1), issued_on=day(8, 1)),
    )
    reinstatements = (
        f.reinstatement(day(4, 10), issued_on=day(4, 5)),
        f.reinstatement(day(6, 1), issued_on=day(6, 2)),
    )

    spans = {
        tuple((run.start, run.end) for run in in_force((f.term(),), some, others).certain)
        for some in permutations(cancellations)
        for others in permutations(reinstatements)
    }

    assert spans == {((START, day(4, 1)), (day(4, 10), day(9, 1)))}


def test_notices_work_by_their_day_of_issue_not_by_their_effective_date() -> None:
    back = f.reinstatement(day(5, 1), issued_on=day(5, 1))
    # Issued after the reinstatement, though it takes effect before it.
    late = in_force((f.term(),), (f.cancellation(day(4, 1), issued_on=day(5, 2)),), (back,))

    assert day(6, 1) not in late.possible


def test_a_lapse_never_disappears() -> None:
    cover = in_force((f.term(),), (f.cancellation(day(4, 1)),), (f.reinstatement(day(5, 1)),))

    assert [(run.start, run.end) for run in cover.cut] == [(day(4, 1), day(5, 1))]
    assert cover.certain == cover.possible


# Names (domain rule B7.2).

NAMES = [
    ("Apex Rigging LLC", NameMatch.MATCH),
    ("APEX RIGGING, L.L.C.", NameMatch.MATCH),
    ("apex   rigging llc.", NameMatch.MATCH),
    ("Apex Rigging Limited Liability Company", NameMatch.MATCH),
    ("Apex Rigging LLC dba Stage Hands", NameMatch.MATCH),
    ("Apex Rigging LLC D/B/A Stage Hands", NameMatch.MATCH),
    ("Apex Rigging LLC doing business as Anything", NameMatch.MATCH),
    ("Apex Rig. LLC", NameMatch.MATCH),  # an accepted spelling
    ("Apex Rigging Inc", NameMatch.MISMATCH),
    ("Apex Rigging Incorporated", NameMatch.MISMATCH),
    ("Apex Rigging", NameMatch.REVIEW),
    ("Apex Rigging Services LLC", NameMatch.MISMATCH),
    ("Apex Riggers LLC", NameMatch.REVIEW),
    ("Stage Hands", NameMatch.REVIEW),
    ("Stage Hands LLC", NameMatch.MISMATCH),
    ("Jo Apex", NameMatch.MISMATCH),
    ("Summit Rigging LLC", NameMatch.MISMATCH),
    ("Northern Builders Inc", NameMatch.MISMATCH),
]


@pytest.mark.parametrize(("printed", "expected"), NAMES, ids=lambda param: getattr(param, "value", param))
def test_a_printed_name_is_the_contractor_or_not(printed: str, expected: NameMatch) -> None:
    contractor = f.contractor(
        legal_name="Apex Rigging LLC",
        aliases=("Apex Rig. LLC",),
        trade_names=("Stage Hands",),
        people=(f.person(name="Jo Apex"),),
    )

    assert match_insured(printed, None, contractor) is expected


@pytest.mark.parametrize(
    ("ours", "printed", "expected"),
    [
        ("78-4400101", "78-4400101", NameMatch.MATCH),
        ("784400101", "78-4400101", NameMatch.MATCH),
        ("784400101", "784400101", NameMatch.REVIEW),  # it may be the owner's own number
        ("78-4400101", "78-4400102", NameMatch.MISMATCH),
        ("78-4400101", None, NameMatch.MISMATCH),
        (None, "78-4400101", NameMatch.MISMATCH),
    ],
)
def test_equal_tax_ids_decide_before_any_name(ours: str | None, printed: str | None, expected: NameMatch) -> None:
    contractor = f.contractor(legal_name="Apex Rigging LLC", tax_id=TaxId(ours) if ours else None)

    assert match_insured("Northern Builders", TaxId(printed) if printed else None, contractor) is expected


def test_no_party_matches_by_closeness() -> None:
    assert match_party("Sample Mills Corporation", ("Sample Mills Corp",)) is NameMatch.MATCH
    assert match_party("Sample Mill Corp", ("Sample Mills Corp",)) is NameMatch.REVIEW
    assert match_party("Sample Mills LLC", ("Sample Mills Corp",)) is NameMatch.REVIEW
    assert match_party("Other Works Inc", ("Sample Mills Corp",)) is NameMatch.MISMATCH


def test_an_ampersand_is_an_and() -> None:
    assert normal_name("Smith&Jones Co.") == normal_name("SMITH AND JONES COMPANY")


# Forms (domain rule B4).

KINDS = {
    "CG 20 10": EndorsementKind.ADDITIONAL_INSURED_ONGOING,
    "CG 20 33": EndorsementKind.ADDITIONAL_INSURED_ONGOING,
    "CG 20 38": EndorsementKind.ADDITIONAL_INSURED_ONGOING,
    "CG 20 26": EndorsementKind.ADDITIONAL_INSURED_ONGOING,
    "CG 20 37": EndorsementKind.ADDITIONAL_INSURED_COMPLETED,
    "CG 20 11": EndorsementKind.ADDITIONAL_INSURED_LESSOR,
    "CG 20 01": EndorsementKind.PRIMARY_NON_CONTRIBUTORY,
    "CG 24 04": EndorsementKind.WAIVER_OF_SUBROGATION,
    "CG 24 53": EndorsementKind.WAIVER_OF_SUBROGATION,
    "WC 00 03 13": EndorsementKind.WAIVER_OF_SUBROGATION,
    "WC 00 03 01": EndorsementKind.ALTERNATE_EMPLOYER,
    "CG 25 03": EndorsementKind.PER_PROJECT_AGGREGATE,
    "CG 25 04": EndorsementKind.PER_LOCATION_AGGREGATE,
}


@pytest.mark.parametrize(("number", "kind"), KINDS.items(), ids=lambda param: getattr(param, "value", param))
def test_a_form_is_credited_with_one_thing_and_names_its_source(number: str, kind: EndorsementKind) -> None:
    form = form_of(number)

    assert form is not None
    assert form.kinds == {kind}
    assert form.source


def test_cg_20_38_alone_reaches_upstream_parties() -> None:
    assert [number for number in KINDS if (form := form_of(number)) and form.upstream] == ["CG 20 38"]


def test_scheduled_forms_are_scheduled_and_automatic_ones_blanket() -> None:
    basis = {number: form.basis for number in KINDS if (form := form_of(number))}

    assert {number for number, form_basis in basis.items() if form_basis is EndorsementBasis.BLANKET} == {
        "CG 20 33",
        "CG 20 38",
        "CG 20 01",
        "CG 24 53",
    }
    assert basis["CG 20 10"] is basis["CG 20 37"] is basis["CG 20 26"] is EndorsementBasis.SCHEDULED


def test_a_form_that_is_not_listed_is_credited_with_nothing_of_its_own() -> None:
    assert form_of("CG 99 99") is None
    assert form_of(None) is None
    assert normal_form("cg-20 10") == "CG2010"


def test_editions_compare_by_year_and_month() -> None:
    printed = ["11 85", "10 93", "10 01", "07 04", "04 13", "12 19"]

    assert sorted(printed, key=edition_month) == printed


# Law.

ROWS = [
    (field.name, row)
    for field in attrs.fields(type(SHIPPED_LAW))
    for row in getattr(SHIPPED_LAW, field.name)
    if not isinstance(row, State)
]


def test_a_row_of_law_has_a_source_and_the_day_it_was_read() -> None:
    for table, row in ROWS:
        # What underwriters usually ask for is custom, and says that no source is cited.
        assert re.match(r"\[U\] " if table == "usual_attachments" else r"https?://", row.source), (table, row)
        assert type(row.as_of) is date, (table, row)
        assert row.effective is None or row.until is None or row.effective < row.until, (table, row)


def test_each_table_of_law_has_rows() -> None:
    assert {table for table, _ in ROWS} == {
        field.name for field in attrs.fields(type(SHIPPED_LAW)) if field.name != "agreement_states"
    }


@pytest.mark.parametrize(
    ("state", "on", "expected"),
    [
        (State.OH, date(2026, 1, 1), True),
        (State.VI, date(2026, 1, 1), True),
        (State.PR, date(2026, 1, 1), True),
        (State.NV, date(1999, 6, 30), True),
        (State.NV, date(1999, 7, 1), False),
        (State.WV, date(2008, 6, 30), True),
        (State.WV, date(2008, 7, 1), False),
        (State.CA, date(2026, 1, 1), False),
        (State.WY, date(2026, 1, 1), None),
    ],
)
def test_a_state_has_its_own_fund_alone(state: State, on: date, *, expected: bool | None) -> None:
    assert SHIPPED_LAW.is_monopolistic(state, None, on) is expected


@pytest.mark.parametrize(
    ("classes", "on", "expected"),
    [
        ({"C-39"}, date(1990, 1, 1), True),
        ({"C39"}, date(2026, 1, 1), True),
        ({"C-8"}, date(2022, 12, 31), False),
        ({"C-8"}, date(2023, 1, 1), True),
        ({"D-49"}, date(2023, 1, 1), True),
        ({"C-33"}, date(2027, 12, 31), False),
        ({"C-33"}, date(2028, 1, 1), True),
        ({"C-33", "C-20"}, date(2026, 1, 1), True),
    ],
)
def test_a_californian_class_must_carry_workers_compensation(classes: set[str], on: date, *, expected: bool) -> None:
    assert SHIPPED_LAW.cover_is_mandatory(State.CA, frozenset().union(*map(license_classes, classes)), on) is expected


def test_a_waiver_of_subrogation_depends_on_the_industry_in_missouri_alone() -> None:
    on = date(2026, 1, 1)

    assert SHIPPED_LAW.waiver_is_unenforceable(State.KS, None, on) is True
    assert SHIPPED_LAW.waiver_is_unenforceable(State.MO, Industry.CONSTRUCTION, on) is True
    assert SHIPPED_LAW.waiver_is_unenforceable(State.MO, Industry.OTHER, on) is False
    assert SHIPPED_LAW.waiver_is_unenforceable(State.MO, None, on) is None
    assert SHIPPED_LAW.waiver_is_unenforceable(State.AL, None, on) is False


@pytest.mark.parametrize(
    ("entity_type", "available"),
    [
        (EntityType.SOLE_PROPRIETOR, False),
        (EntityType.PARTNERSHIP, False),
        (EntityType.LLC, True),
        (EntityType.CORPORATION, True),
    ],
)
def test_florida_construction_lets_members_and_officers_alone_be_exempt(
    entity_type: EntityType, *, available: bool
) -> None:
    row = SHIPPED_LAW.exemption_limit(
        State.FL, ExemptionKind.OWNER_EXEMPTION, entity_type, Industry.CONSTRUCTION, date(2026, 1, 1)
    )

    assert row is not None
    assert row.available is available
    assert (row.min_ownership, row.max_persons, row.validity_years) == ((10, 3, 2) if available else (None, None, None))


def test_license_classes_are_one_class_in_any_spelling() -> None:
    assert {license_classes(text) for text in ("C10", "C-10", "c 10", " C-10 ")} == {frozenset({"C10"})}
    assert license_classes("D06") == license_classes("D-6") == {"D6"}


# What binds.


def client_set(*requirements: CoverageRequirement, **changes: Any) -> Any:
    usual = {"id": "client", "level": SetLevel.CLIENT, "applies_to": frozenset({"client-1"})}
    return f.requirement_set(*requirements, **{**usual, **changes})


def test_each_binding_says_why_it_binds() -> None:
    plan = compile_rulebook(f.rulebook(f.gl_requirement(), client_set(f.auto_requirement())))

    bindings = plan.resolve(f.assignment(), "contractor-1", day(6, 1)).bindings

    assert [(binding.requirement.id, binding.set_id, binding.level) for binding in bindings] == [
        ("requirement-general_liability", "default", SetLevel.DEFAULT),
        ("requirement-automobile_liability", "client", SetLevel.CLIENT),
    ]


def test_each_displaced_requirement_says_what_displaced_it() -> None:
    ours = f.gl_requirement(id="client-gl")
    plan = compile_rulebook(f.rulebook(f.gl_requirement(), f.auto_requirement(), client_set(ours)))

    (only,) = plan.resolve(f.assignment(), "contractor-1", day(6, 1)).displaced

    assert (only.requirement_id, only.set_id) == ("requirement-general_liability", "default")
    assert (only.by_set_id, only.by_requirement_id) == ("client", "client-gl")


def test_a_set_that_replaces_displaces_by_no_requirement() -> None:
    plan = compile_rulebook(f.rulebook(f.gl_requirement(), client_set(f.auto_requirement(), mode=SetMode.REPLACE)))

    resolution = plan.resolve(f.assignment(), "contractor-1", day(6, 1))

    assert [binding.requirement.id for binding in resolution.bindings] == ["requirement-automobile_liability"]
    assert [binding.by_requirement_id for binding in resolution.displaced] == [None]


def test_the_earliest_written_contract_decides_which_sets_spare_the_assignment() -> None:
    late = f.requirement_set(f.auto_requirement(), id="late", for_contracts_from=day(3, 1))
    plan = compile_rulebook(f.rulebook(f.gl_requirement(), late))
    contracts = tuple(WrittenContract(with_party=PartyRole.COMPANY, signed_on=on) for on in (day(4, 1), day(2, 28)))

    def bound(*signed: WrittenContract) -> int:
        return len(plan.resolve(f.assignment(contracts=signed), "contractor-1", day(6, 1)).bindings)

    assert bound(contracts[0]) == 2
    assert bound(*contracts) == 1


def test_a_requirement_that_workers_compensation_cannot_meet_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="cannot add an insured"):
        f.wc_requirement(endorsements=(f.endorsement_rule(),))
    with pytest.raises(InvalidValueError, match="no layer tops up"):
        f.wc_requirement(top_up=frozenset({Line.UMBRELLA}))


# The host's own checks.


def test_a_check_of_the_host_is_asked_once_for_each_stretch_that_it_announces() -> None:
    asked: list[date] = []

    def monthly(_dossier: Any, _assignment: Any, on: date) -> CustomAnswer:
        asked.append(on)
        following = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
        return CustomAnswer(outcome=Outcome.PASS if on.month != 7 else Outcome.FAIL, next_change=following)

    report = evaluate(f.dossier(), f.rulebook(f.custom_requirement("own")), as_of=day(6, 10), custom={"own": monthly})

    assert report.verdict is Verdict.COMPLIANT
    assert report.next_change == report.first_uncovered_day == day(7, 1)
    assert [(run.start, run.end) for run in report.assignments[0].window.uncovered] == [(day(7, 1), day(8, 1))]
    assert len(asked) == len(set(asked))


def test_a_check_of_the_host_sees_the_assignment_and_the_dossier() -> None:
    seen: list[tuple[str, str | None]] = []

    def own(dossier: Any, assignment: Any, _on: date) -> CustomAnswer:
        seen.append((dossier.contractor.id, assignment.id if assignment else None))
        return CustomAnswer(outcome=Outcome.PASS)

    evaluate(f.dossier(), f.rulebook(f.custom_requirement("own")), as_of=day(6, 10), custom={"own": own})

    assert set(seen) == {("contractor-1", "assignment-1")}


# Findings and instants.


def test_a_finding_names_what_is_required_what_is_on_file_and_the_version() -> None:
    policy = f.gl_policy(limits=f.limits({next(iter(f.gl_requirement().limits)).limit: 50_000_000}))

    (finding,) = (
        evaluate(f.dossier(policy), f.rulebook(f.gl_requirement(version=3)), as_of=day(6, 1)).assignments[0].findings
    )

    assert (finding.requirement_id, finding.requirement_version) == ("requirement-general_liability", 3)
    assert finding.policies == ("policy-general_liability",)
    low = next(check for check in finding.checks if check.outcome is Outcome.FAIL)
    assert (low.aspect, low.required, low.actual) == ("limit.each_occurrence", f.MILLION, 50_000_000)
    assert "$1,000,000" in finding.required
    assert "$500,000" in finding.actual
    assert finding.remedy
    assert "$500,000 to $1,000,000" in finding.remedy


def test_cover_turns_a_minute_past_midnight_where_the_named_insured_lives() -> None:
    turn = instant_of(day(7, 1), "America/Chicago")

    assert turn.isoformat() == "2026-07-01T05:01:00+00:00"
    assert civil_date(turn, "America/Chicago") == day(7, 1)
