from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance import evaluate
from contractor_compliance.domain import Company, EvidenceLevel, Line, Missing, State
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.intake import Column, ColumnMapping, IntakeResult, Meaning, from_rows, read_csv
from contractor_compliance.intake.results import letter_of
from contractor_compliance.testing import factories

COMPANY = Company(id="acme", name="Acme Sample Staffing Inc")
DAY = date(2026, 6, 1)
ID = Column(header="ID", field="contractor.id")
NAME = Column(header="Name", field="contractor.legal_name")
LINE = Column(header="Line", field="policy.line")
EFF = Column(header="Eff", field="policy.effective")
EXP = Column(header="Exp", field="policy.expiration")
LIMIT = Column(header="Limit", field="policy.limit")
STATUS = Column(header="Status", field="policy.status")
START = Column(header="Start", field="assignment.start")
END = Column(header="End", field="assignment.end")
ONE = {"ID": "1", "Name": "Sample Rigging LLC"}


def contractors(*columns: Column, **options: Any) -> ColumnMapping:
    return ColumnMapping(contractors=(ID, NAME, *columns), **options)


def tables(*columns: Column) -> ColumnMapping:
    return ColumnMapping(
        contractors=(ID, NAME), assignments=(ID, START, END), policies=(ID, LINE, EFF, EXP, LIMIT, STATUS, *columns)
    )


def read(mapping: ColumnMapping, **rows: Any) -> IntakeResult:
    return from_rows(mapping, company=COMPANY, observed_on=DAY, **rows)


def problems(result: IntakeResult) -> list[str]:
    return [str(fault) for fault in result.faults]


def policy(**cells: Any) -> dict[str, Any]:
    return {"ID": "1", "Line": "GL", "Eff": "2026-01-01", "Exp": "2027-01-01", "Limit": "$1M", "Status": "", **cells}


def only_policy(**cells: Any) -> tuple[Any, IntakeResult]:
    result = read(tables(), contractors=[ONE], policies=[policy(**cells)])
    (dossier,) = result.dossiers
    (one,) = dossier.policies
    return one, result


def test_three_tables_give_a_dossier_that_can_be_judged() -> None:
    result = read(
        tables(), contractors=[ONE], assignments=[{"ID": "1", "Start": "2026-03-02", "End": ""}], policies=[policy()]
    )
    (dossier,) = result.dossiers

    assert ((), ()) == (result.faults, result.warnings)
    assert evaluate(dossier, factories.rulebook(), as_of=DAY).verdict


def test_a_row_has_one_evidence_of_the_level_of_the_mapping() -> None:
    mapping = attrs.evolve(tables(), level=EvidenceLevel.CERTIFICATE, document="acord_25")
    (dossier,) = read(mapping, contractors=[ONE], policies=[policy()]).dossiers
    (one,) = dossier.policies

    assert {("certificate", DAY, "acord_25")} == {
        (fact.evidence.level.value, fact.evidence.observed_on, fact.evidence.document)
        for fact in (*one.terms, *one.limits)
    }


@pytest.mark.parametrize(
    ("line", "limit"),
    [("GL", "each_occurrence"), ("Auto", "combined_single_limit"), ("WC", "el_each_accident"), ("E&O", "each_claim")],
)
def test_one_column_of_limits_is_the_limit_of_its_line(line: str, limit: str) -> None:
    one, _ = only_policy(Line=line)

    assert 1_000_000_00 == getattr(one.limits[0], limit)


def test_a_spoiled_cell_makes_its_field_unreadable_and_keeps_the_policy() -> None:
    one, result = only_policy(Exp="soon", Limit="lots")

    assert (Missing.UNREADABLE, Missing.UNREADABLE) == (one.terms[0].expiration, one.limits[0].each_occurrence)
    assert [("Exp", "D"), ("Limit", "E")] == [(fault.column, fault.letter) for fault in result.faults]


def test_days_in_the_wrong_order_are_both_unreadable() -> None:
    one, result = only_policy(Exp="2025-01-01")

    assert (Missing.UNREADABLE, Missing.UNREADABLE) == (one.terms[0].effective, one.terms[0].expiration)
    assert "not after the effective date" in problems(result)[0]


def test_a_cancellation_without_a_day_is_never_a_policy_in_force() -> None:
    one, result = only_policy(Status="Cancelled")

    assert (Missing.ABSENT,) == tuple(notice.effective for notice in one.cancellations)
    assert "no day is stated" in result.warnings[0].problem


@pytest.mark.parametrize("status", ["Active", "Reinstated", "not cancelled", ""])
def test_other_words_of_a_status_cancel_nothing(status: str) -> None:
    one, _ = only_policy(Status=status)

    assert () == one.cancellations


def test_only_a_bond_is_continuous_by_its_own_kind() -> None:
    bond, _ = only_policy(Line="Surety bond", Exp="Continuous")
    gl, result = only_policy(Exp="Continuous")

    assert (True, False) == (bond.terms[0].continuous, gl.terms[0].continuous)
    assert Missing.UNREADABLE is gl.terms[0].expiration
    assert "continuous=True" in problems(result)[0]


def test_a_column_may_say_that_a_term_has_no_end() -> None:
    mapping = ColumnMapping(contractors=(ID, NAME), policies=(ID, LINE, attrs.evolve(EXP, continuous=True)))
    (dossier,) = read(
        mapping, contractors=[ONE], policies=[{"ID": "1", "Line": "WC", "Exp": "until cancelled"}]
    ).dossiers

    assert dossier.policies[0].terms[0].continuous


def test_a_wide_table_gives_a_policy_for_each_line_that_has_substance() -> None:
    mapping = contractors(
        *(
            Column(header=f"{line.label} {name}", field=f"policy.{name}", line=line)
            for line in (Line.GL, Line.WC, Line.AUTO)
            for name in ("carrier", "expiration")
        )
    )
    cells = {"general liability expiration": "2027-01-01", "workers' compensation carrier": "Sample Mutual"}
    result = read(mapping, contractors=[ONE | cells])
    (dossier,) = result.dossiers

    assert [Line.GL] == [one.line for one in dossier.policies]
    assert "no policy is made of it" in result.warnings[0].problem


def test_a_cell_of_two_amounts_is_read_into_two_fields_in_their_order() -> None:
    limits = Column(
        header="GL Limits",
        field="policy.limits.each_occurrence",
        also=("policy.limits.general_aggregate",),
        line=Line.GL,
        unit="millions",
    )
    rows = [ONE | {"GL Limits": "1/2"}, {"ID": "2", "Name": "Sample Two LLC", "GL Limits": "1"}]
    result = read(contractors(limits), contractors=rows)
    stated = result.dossiers[0].policies[0].limits[0]
    assert (1_000_000_00, 2_000_000_00) == (stated.each_occurrence, stated.general_aggregate)
    assert ["contractors, row 2, column C (GL Limits) = '1': holds 1 of 2 values, parted by a slash"] == problems(
        result
    )
    assert () == result.dossiers[1].policies


def test_words_of_the_host_mean_what_the_mapping_says() -> None:
    line = attrs.evolve(LINE, meanings=(Meaning(word="BOP ", means="GL"), Meaning(word="none on file")))
    mapping = ColumnMapping(contractors=(ID, NAME, line, EXP))
    rows = [ONE | {"Line": " bop", "Exp": "2027-01-01"}, {"ID": "2", "Name": "Sample Two LLC", "Line": "None on file"}]
    result = read(mapping, contractors=rows)

    assert [[Line.GL], []] == [[one.line for one in dossier.policies] for dossier in result.dossiers]


def test_a_name_as_key_matches_without_case_and_spaces_and_by_nothing_else() -> None:
    mapping = ColumnMapping(key="contractor.legal_name", policies=(NAME, LINE, EXP))
    names = ("Sample Rigging LLC", " SAMPLE  rigging LLC", "Sample Rigging, L.L.C.")
    result = read(mapping, policies=[{"Name": name, "Line": "GL", "Exp": "2027-01-01"} for name in names])

    assert [2, 1] == [len(dossier.policies) for dossier in result.dossiers]
    assert ["policies, row 3"] == [warning.path for warning in result.warnings]
    assert "if they are one" in result.warnings[0].problem


def test_first_and_last_name_make_the_name_of_a_person() -> None:
    mapping = ColumnMapping(
        key="contractor.legal_name",
        contractors=(
            Column(header="Last", field="contractor.last_name"),
            Column(header="First", field="contractor.first_name"),
        ),
    )

    assert ["Sam Sample"] == [
        dossier.contractor.legal_name
        for dossier in read(mapping, contractors=[{"Last": "Sample", "First": "Sam"}]).dossiers
    ]


def test_rows_of_one_id_that_differ_are_a_conflict_with_both_rows_and_the_field() -> None:
    state = Column(header="State", field="contractor.state")
    rows = [ONE | {"State": "TX"}, ONE | {"State": "TX"}, ONE | {"State": "OK"}]
    result = read(contractors(state), contractors=rows)

    assert None is result.dossiers[0].contractor.home_address
    (fault,) = result.faults
    assert (3, "State", "C") == (fault.row, fault.column, fault.letter)
    assert "contradicts row 1 in contractor.state" in fault.problem


def test_names_that_differ_for_one_id_refuse_the_contractor() -> None:
    result = read(contractors(), contractors=[ONE, ONE | {"Name": "Sample Towers LLC"}])

    assert () == result.dossiers
    assert ["contradicts row 1", "left out"] == [
        next(part for part in ("contradicts row 1", "left out") if part in text) for text in problems(result)
    ]


def test_a_policy_whose_contractor_the_other_table_lacks_is_a_fault_and_the_rest_goes_on() -> None:
    result = read(tables(), contractors=[ONE], policies=[policy(ID="9"), policy()])

    assert 1 == len(result.dossiers[0].policies)
    assert ["policies, row 1, column A (ID)"] == [fault.path for fault in result.faults]


def test_a_record_without_key_name_line_or_start_is_left_out_with_a_fault() -> None:
    result = read(
        tables(),
        contractors=[ONE, {"ID": "", "Name": "Sample Two LLC"}, {"ID": "3", "Name": ""}],
        assignments=[{"ID": "1", "Start": "", "End": "2026-09-30"}, {"ID": "1", "Start": "someday", "End": ""}],
        policies=[policy(Line=""), policy(Line="BOP")],
    )
    (dossier,) = result.dossiers

    assert ((), ()) == (dossier.assignments, dossier.policies)
    assert 6 == len(result.faults)


def test_a_record_is_numbered_as_a_spreadsheet_shows_it() -> None:
    text = "ID,Name\n1,Sample Rigging LLC\n\n,\n2,TBD\n"
    result = read(contractors(), contractors=read_csv(text.encode()))

    assert [(4, 5)] == sorted({(fault.row, fault.line) for fault in result.faults})


def test_rows_of_the_csv_module_are_read() -> None:
    rows = csv.DictReader(io.StringIO("Name,ID\nSample Rigging LLC,1\n"))

    assert ["1"] == [dossier.contractor.id for dossier in read(contractors(), contractors=rows).dossiers]


def test_repeated_headers_and_totals_are_skipped_with_a_warning() -> None:
    rows = [ONE, {"ID": "ID", "Name": "Name"}, {"ID": "Total", "Name": "2"}]
    result = read(contractors(), contractors=rows)

    assert (1, [], [2, 3]) == (len(result.dossiers), problems(result), [warning.row for warning in result.warnings])


def test_more_cells_than_headers_leave_the_record_out() -> None:
    text = "ID,Name,Limit\n1,Sample Rigging LLC,$1,000,000\n2,Sample Two LLC,5\n"
    result = read(contractors(), contractors=read_csv(text.encode()))

    assert ["2"] == [dossier.contractor.id for dossier in result.dossiers]
    assert "quote its commas" in problems(result)[0]


def test_a_column_that_nobody_mapped_is_named_once() -> None:
    rows = [ONE | {"Notes": "x", "Extra": "y"}, {"ID": "2", "Name": "Sample Two LLC", "Notes": "z", "Extra": ""}]
    result = read(contractors(ignored=("extra",)), contractors=rows)

    assert ["'Notes'"] == [warning.value for warning in result.warnings]


def test_a_mapped_column_that_is_missing_is_one_fault_and_not_one_a_row() -> None:
    result = read(tables(), contractors=[ONE], policies=[{"ID": "1", "Coverage": "GL"}] * 50)

    assert [("'Line'", None)] == [(fault.value, fault.row) for fault in result.faults if fault.value == "'Line'"]
    assert all(fault.row is None for fault in result.faults)


def test_a_year_of_two_digits_is_named_once_a_column() -> None:
    rows = [policy(Exp="4/4/27"), policy(Exp="5/5/27"), policy(Eff="3/3/26")]
    result = read(tables(), contractors=[ONE], policies=rows)

    assert [("D", 1), ("C", 3)] == [(warning.letter, warning.row) for warning in result.warnings]


def test_states_of_the_work_are_listed_and_never_all_but_some() -> None:
    mapping = ColumnMapping(contractors=(ID, NAME, START, Column(header="States", field="assignment.states")))
    rows = [ONE | {"Start": "2026-03-02", "States": "TX; OK"}, ONE | {"Start": "2026-04-02", "States": "all states"}]
    result = read(mapping, contractors=rows)

    assert [{State.TX, State.OK}, set()] == [set(one.work_states) for one in result.dossiers[0].assignments]
    assert [2] == [fault.row for fault in result.faults]


def test_an_assignment_that_ends_before_it_starts_is_left_out() -> None:
    rows = [{"ID": "1", "Start": "2026-03-02", "End": "2026-02-01"}]
    result = read(tables(), contractors=[ONE], assignments=rows)

    assert () == result.dossiers[0].assignments
    assert "must not be before the start" in problems(result)[0]


def test_an_id_of_a_policy_belongs_to_one_contractor() -> None:
    rows = [policy(Record="P"), policy(ID="2", Record="P")]
    result = read(
        tables(Column(header="Record", field="policy.id")),
        contractors=[ONE, {"ID": "2", "Name": "Sample Two LLC"}],
        policies=rows,
    )

    assert [1, 0] == [len(dossier.policies) for dossier in result.dossiers]
    assert "belongs to the contractor of contractors, row 1" in problems(result)[0]


def test_equal_rows_without_an_id_are_records_of_their_own() -> None:
    result = read(tables(), contractors=[ONE], policies=[policy(), policy()])

    assert ["policies-1", "policies-2"] == [one.id for one in result.dossiers[0].policies]


def test_no_message_shows_a_tax_id_that_is_a_key() -> None:
    tax_id = Column(header="EIN", field="contractor.tax_id")
    mapping = ColumnMapping(key="contractor.tax_id", contractors=(tax_id, NAME), policies=(tax_id, LINE, EXP))
    result = read(
        mapping,
        contractors=[{"EIN": "78-4400101", "Name": "Sample Rigging LLC"}],
        policies=[{"EIN": "78-4400102", "Line": "GL", "Exp": "2027-01-01"}],
    )

    assert ["***"] == [fault.value for fault in result.faults]
    assert "4400101" not in result.dossiers[0].contractor.id


def test_rows_without_a_mapping_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="no column is mapped"):
        read(ColumnMapping(), policies=[policy()])


def test_a_row_that_is_no_mapping_is_a_fault() -> None:
    assert ["contractors, row 1 = tuple: is no record"] == [
        text[:40] for text in problems(read(contractors(), contractors=[("1", "x")]))
    ]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_letters_of_a_spreadsheet(index: int, letters: str) -> None:
    assert letters == letter_of(index)


# What a mapping refuses.


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        (lambda: ColumnMapping(policies=(LINE,)), "the key"),
        (lambda: ColumnMapping(policies=(ID, EXP)), "no column says of which line"),
        (lambda: ColumnMapping(policies=(ID, LINE, attrs.evolve(EXP, line=Line.GL))), "beside a column that says"),
        (lambda: ColumnMapping(contractors=(ID, ID, NAME)), "repeats contractors"),
        (lambda: ColumnMapping(contractors=(ID, NAME, attrs.evolve(NAME, header="Other"))), "two columns are read"),
        (lambda: ColumnMapping(contractors=(ID, END)), "assignment.start"),
        (lambda: attrs.evolve(NAME, line=Line.GL), "only fields of policies have a line"),
        (lambda: attrs.evolve(LINE, line=Line.GL), "leave line out"),
        (lambda: attrs.evolve(EXP, field="policy.expires"), "policy.expiration"),
        (lambda: attrs.evolve(LIMIT, unit="cents"), "dollars, thousands or millions"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_work_is_refused_when_it_is_built(build: Any, problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        build()
