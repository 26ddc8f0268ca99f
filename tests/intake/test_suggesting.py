from __future__ import annotations

from datetime import date

import pytest

from contractor_compliance.domain import Company, Line
from contractor_compliance.intake import FIELDS, ColumnMapping, from_rows, read_csv, suggest
from contractor_compliance.intake.suggesting import _OF

#: Headers of invented tables in the shapes that people keep, with the field that each means; None = no field.
TABLES = {
    "contractors": {
        "Vendor #": "contractor.id", "Vendor Name": "contractor.legal_name", "DBA": "contractor.trade_name",
        "Entity Type": "contractor.entity_type", "FEIN": "contractor.tax_id", "City": "contractor.city",
        "ST": "contractor.state", "E-Mail Address": "contractor.email", "Phone": "contractor.phone",
        "GL Carrier": "policy.carrier", "GL Policy #": "policy.number", "GL Eff. Date": "policy.effective",
        "GL Exp. Date": "policy.expiration", "GL Each Occ": "policy.limits.each_occurrence",
        "GL Agg": "policy.limits.general_aggregate", "WC Carrier": "policy.carrier", "WC Policy No.": "policy.number",
        "W/C Exp": "policy.expiration", "Workers' Comp Effective": "policy.effective",
        "Auto CSL": "policy.limits.combined_single_limit", "Auto Expiration Date": "policy.expiration",
        "Umbrella Limit": "policy.limits.each_occurrence", "Umbrella Exp": "policy.expiration",
        "E&O Expires": "policy.expiration", "GL on file?": None, "COI Status": None, "Notes": None, "W-9": None,
        "Approved": None, "GL Limits": None,
    },
    "policies": {
        "Policy ID": "policy.id", "Vendor ID": "contractor.id", "Coverage Type": "policy.line",
        "Insurance Company": "policy.carrier", "NAIC #": "policy.naic", "Policy Number": "policy.number",
        "Effective Date": "policy.effective", "Expiration Date (mm/dd/yyyy)": "policy.expiration",
        "Cancellation Date": "policy.cancelled", "Each Occurrence": "policy.limits.each_occurrence",
        "General Aggregate": "policy.limits.general_aggregate", "E.L. Each Accident": "policy.limits.el_each_accident",
        "Named Insured": "policy.insured", "Deductible": "policy.retention", "COI Date": "policy.observed_on",
        "Broker": None, "Days to expiration": None, "Additional Insured?": None,
    },
    "assignments": {
        "Placement ID": "assignment.id", "Worker ID": "contractor.id", "Client Name": "assignment.client",
        "Job Title": "assignment.title", "Start Date": "assignment.start", "End Date": "assignment.end",
        "Work State": "assignment.states", "Remote?": "assignment.remote", "PO #": "assignment.purchase_order",
        "Bill Rate": None, "Recruiter": None,
    },
}  # fmt: skip


def test_headers_of_usual_tables_are_proposed_as_they_are_meant() -> None:
    meant = {(table, header): field for table, fields in TABLES.items() for header, field in fields.items()}
    proposed = {
        (table, column.header): column.field
        for table, fields in TABLES.items()
        for column in suggest(fields, table=table).columns
    }

    assert {place: field for place, field in meant.items() if field} == proposed


def test_a_line_before_a_field_makes_a_column_of_that_line() -> None:
    columns = {column.header: column.line for column in suggest(TABLES["contractors"], table="contractors").columns}

    assert (Line.GL, Line.WC, Line.AUTO, None) == tuple(
        columns[header] for header in ("GL Each Occ", "W/C Exp", "Auto CSL", "City")
    )


def test_headers_without_spaces_are_read_by_their_capitals() -> None:
    columns = suggest(
        ["BusinessName", "WCInsuranceCompany", "WCPolicyNumber", "WCExpirationDate"], table="contractors"
    ).columns

    assert ["contractor.legal_name", "policy.carrier", "policy.number", "policy.expiration"] == [
        column.field for column in columns
    ]


@pytest.mark.parametrize("table", ["contractors", "assignments", "policies"])
def test_a_proposal_is_always_a_mapping_that_can_be_built(table) -> None:
    headers = ["Name", "Job", "Carrier", "Exp Date", "Coverage", "GL Exp", "Start Date", "Policy #", "Status"]
    for left_out in headers:
        columns = suggest([header for header in headers if header != left_out], table=table).columns
        if any(column.field == "contractor.legal_name" for column in columns):
            assert ColumnMapping(key="contractor.legal_name", **{table: columns})


def test_a_start_alone_makes_no_assignment_of_a_contractor() -> None:
    assert ("Start Date",) == suggest(["Vendor", "Start Date"], table="contractors").unmapped


def test_no_field_is_proposed_twice() -> None:
    assert ("Expires",) == suggest(["Coverage", "Exp Date", "Expires"]).unmapped


def test_every_proposal_is_a_field() -> None:
    assert set() == {field for table in _OF.values() for field in table.values()} - set(FIELDS)


def test_a_proposal_for_a_plain_table_reads_it() -> None:
    text = b"Vendor ID,Vendor Name,Coverage Type,Expiration Date\n1,Sample Rigging LLC,GL,2027-01-01\n"
    table = read_csv(text)
    mapping = ColumnMapping(policies=suggest(table.fieldnames).columns)
    result = from_rows(mapping, company=Company(id="acme", name="Acme"), observed_on=date(2026, 6, 1), policies=table)

    assert ((), [Line.GL]) == (result.faults, [policy.line for policy in result.dossiers[0].policies])
