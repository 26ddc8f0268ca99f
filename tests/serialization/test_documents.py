"""How values stand in a document."""

from __future__ import annotations

import json
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest

from contractor_compliance import domain
from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    Assignment,
    Certificate,
    Company,
    Contractor,
    CoverageRequirement,
    Custom,
    Dossier,
    Evidence,
    EvidenceLevel,
    Limits,
    Line,
    Missing,
    Policy,
    Requirement,
    RequirementSet,
    ReviewStatus,
    RuleBook,
    State,
    TaxId,
    Term,
    UmbrellaRequirement,
    UnderlyingSchedule,
)
from contractor_compliance.errors import DocumentError
from contractor_compliance.results.finding import Check, Finding
from contractor_compliance.results.outcome import InsuranceStatus, Outcome, Verdict
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.serialization import dumps, from_dict, loads, to_dict
from contractor_compliance.serialization.converter import KINDS, UNREADABLE

COMPANY = Company(id="org-1", name="Invented Staffing, Inc.")
CONTRACTOR = Contractor(id="ic-1", legal_name="Invented Roofing LLC")
EVIDENCE = Evidence(level=EvidenceLevel.COPY, observed_on=date(2026, 1, 3))


def dossier(**fields: Any) -> Dossier:
    return Dossier(**{"company": COMPANY, "contractor": CONTRACTOR, **fields})


def rulebook(*requirements: Requirement) -> RuleBook:
    return RuleBook(id="rules-1", sets=(RequirementSet(id="default", requirements=requirements),))


def report(*findings: Finding) -> ComplianceReport:
    return ComplianceReport(
        contractor_id="ic-1",
        as_of=date(2026, 1, 1),
        rulebook_id="rules-1",
        rulebook_version=1,
        verdict=Verdict.COMPLIANT,
        insurance_status=InsuranceStatus.INSURED,
        findings=findings,
    )


def finding(**fields: Any) -> Finding:
    defaults = {
        "requirement_id": "gl",
        "requirement_version": 1,
        "title": "General liability",
        "line": Line.GL,
        "required": "$1,000,000 each occurrence",
        "outcome": Outcome.FAIL,
        "underlying": Outcome.FAIL,
    }
    return Finding(**{**defaults, **fields})


def test_the_first_key_of_a_document_is_its_format() -> None:
    assert next(iter(json.loads(dumps(dossier())).items())) == ("format", "contractor-compliance/dossier/1")


def test_the_plain_values_of_to_dict_carry_no_format() -> None:
    assert "format" not in to_dict(dossier())


def test_fields_equal_to_their_default_are_left_out() -> None:
    assert to_dict(CONTRACTOR) == {"id": "ic-1", "legal_name": "Invented Roofing LLC"}


def test_a_field_that_stands_there_with_its_default_reads_like_one_left_out() -> None:
    assert from_dict({**to_dict(CONTRACTOR), "aliases": [], "entity_type": "other"}, Contractor) == CONTRACTOR


def test_a_day_is_written_year_month_day() -> None:
    assert to_dict(Assignment(id="as-1", start=date(2026, 1, 5)))["start"] == "2026-01-05"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 1, 31, 14, 30, tzinfo=UTC), "2026-01-31T14:30:00Z"),
        (datetime(2026, 1, 31, 14, 30, 0, 1, tzinfo=UTC), "2026-01-31T14:30:00.000001Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_its_microseconds(instant: datetime, text: str) -> None:
    certificate = Certificate(id="coi-1", status=ReviewStatus.PENDING, received_at=instant)

    assert text == to_dict(certificate)["received_at"]


def test_a_set_is_written_in_sorted_order() -> None:
    states = frozenset({State.WY, State.AL, State.NY})

    assert to_dict(Assignment(id="as-1", start=date(2026, 1, 5), work_states=states))["work_states"] == [
        "AL",
        "NY",
        "WY",
    ]


def test_a_set_is_read_in_any_order() -> None:
    plain = {"id": "as-1", "start": "2026-01-05", "work_states": ["WY", "AL"]}

    assert frozenset({State.AL, State.WY}) == from_dict(plain, Assignment).work_states


def test_a_line_is_its_text() -> None:
    assert to_dict(Policy(id="p-1", line=Line("other:tools")))["line"] == "other:tools"


def test_the_plain_text_of_a_line_is_of_no_class_of_ours() -> None:
    assert str is type(to_dict(Policy(id="p-1", line=Line.GL))["line"])


@pytest.mark.parametrize("fields", [{"effective": None}, {}])
def test_an_absent_fact_is_null_or_left_out(fields: dict[str, None]) -> None:
    plain = {"evidence": to_dict(EVIDENCE), **fields}

    assert Missing.ABSENT is from_dict(plain, Term).effective


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (Limits(each_occurrence=Missing.UNREADABLE, evidence=EVIDENCE), "each_occurrence"),
        (Limits(aggregate_basis=Missing.UNREADABLE, evidence=EVIDENCE), "aggregate_basis"),
        (Term(effective=Missing.UNREADABLE, evidence=EVIDENCE), "effective"),
        (UnderlyingSchedule(schedule=Missing.UNREADABLE, evidence=EVIDENCE), "schedule"),
        (Contractor(id="ic-1", legal_name="Invented", has_employees=Missing.UNREADABLE), "has_employees"),
    ],
)
def test_an_unreadable_fact_is_written_as_unreadable(value: object, field: str) -> None:
    assert to_dict(value)[field] == "unreadable"


def test_an_unreadable_text_is_an_object_because_a_text_may_say_anything() -> None:
    assignment = Assignment(id="as-1", start=date(2026, 1, 5), worker=Missing.UNREADABLE)

    assert to_dict(assignment)["worker"] == {"missing": "unreadable"}


def test_a_worker_may_be_called_unreadable() -> None:
    plain = {"id": "as-1", "start": "2026-01-05", "worker": "unreadable"}

    assert from_dict(plain, Assignment).worker == "unreadable"


def test_no_code_of_the_library_reads_like_an_unreadable_fact() -> None:
    enums = [var for var in vars(domain).values() if isinstance(var, type) and issubclass(var, Enum)]

    assert [enum for enum in enums if enum is not Missing and UNREADABLE in {member.value for member in enum}] == []


def test_tax_ids_are_masked_unless_asked_for() -> None:
    owner = Contractor(id="ic-1", legal_name="Invented", tax_id=TaxId("900-70-1234"))

    assert to_dict(owner)["tax_id"] == "***-**-1234"


def test_a_clear_tax_id_comes_back() -> None:
    owner = dossier(contractor=Contractor(id="ic-1", legal_name="Invented", tax_id=TaxId("900-70-1234")))

    assert owner == loads(dumps(owner, tax_ids="clear"), Dossier)


@pytest.mark.parametrize("text", ["900701234", "900-70-1234", "90-0701234"])
def test_a_tax_id_is_read_in_each_of_its_usual_spellings(text: str) -> None:
    plain = {"id": "ic-1", "legal_name": "Invented", "tax_id": text}

    read = from_dict(plain, Contractor)

    assert TaxId(text) == read.tax_id
    assert to_dict(read, tax_ids="clear") == plain


def test_every_kind_of_requirement_has_a_tag() -> None:
    assert set(typing.get_args(Requirement)) == set(KINDS.values())


def test_the_tag_of_a_requirement_comes_first() -> None:
    (plain,) = to_dict(rulebook(CoverageRequirement(id="gl", line=Line.GL)))["sets"][0]["requirements"]

    assert next(iter(plain.items())) == ("kind", "coverage")


def test_requirements_inside_requirements_are_tagged() -> None:
    inner = AllOf(id="all", members=(Custom(id="c", name="check"),))
    book = rulebook(AnyOf(id="any", members=(inner, UmbrellaRequirement(id="umb", occurrence=1))))

    assert book == loads(dumps(book), RuleBook)


def test_a_default_that_is_no_empty_set_can_be_emptied() -> None:
    # An umbrella requirement sits on general liability unless it says otherwise; here it says auto.
    book = rulebook(UmbrellaRequirement(id="umb", occurrence=1, over=frozenset({Line.AUTO})))

    assert book == loads(dumps(book), RuleBook)


def test_a_finding_is_written_with_its_words() -> None:
    made = finding()

    assert made.actual == to_dict(report(made))["findings"][0]["actual"]


def test_a_finding_without_a_remedy_is_written_without_the_field() -> None:
    assert "remedy" not in to_dict(finding(outcome=Outcome.PASS, underlying=Outcome.PASS))


def test_the_words_of_a_finding_are_worded_again_when_it_is_read() -> None:
    plain = to_dict(report(finding()))
    plain["findings"][0]["actual"] = "something that an earlier release said"

    assert report(finding()) == from_dict(plain, ComplianceReport)


def test_a_report_comes_back_with_members_figures_and_texts() -> None:
    checks = (
        Check(aspect="limit.each_occurrence", outcome=Outcome.FAIL, required=100),
        Check(
            aspect="term",
            outcome=Outcome.PASS,
            required="2026-01-01",
            actual="2026-12-31",
            evidence_level=EvidenceLevel.COPY,
        ),
    )
    made = report(finding(line=None, members=(finding(checks=checks),)))

    assert made == loads(dumps(made), ComplianceReport)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_is_read_from_bytes_as_from_text(indent: int | None) -> None:
    made = dossier(company=Company(id="org-1", name="Société inventée 保険"))

    assert made == loads(dumps(made, indent=indent).encode(), Dossier)


def test_text_outside_ascii_is_written_as_it_is() -> None:
    assert "保険" in dumps(dossier(company=Company(id="org-1", name="保険")))


def test_equal_values_make_equal_text_whatever_they_were_built_from() -> None:
    one = Certificate(id="c", status=ReviewStatus.PENDING, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    same = Certificate(
        id="c", status=ReviewStatus.PENDING, received_at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(0)))
    )

    assert dumps(dossier(certificates=(one,))) == dumps(dossier(certificates=(same,)))


def test_a_value_without_a_document_format_is_not_written() -> None:
    with pytest.raises(DocumentError, match="these have: Dossier, RuleBook, ComplianceReport"):
        dumps(CONTRACTOR)


def test_a_class_without_a_document_format_is_not_read() -> None:
    with pytest.raises(DocumentError, match=r"\$ = Contractor: has no document format"):
        loads("{}", Contractor)


def test_text_that_is_no_unicode_is_not_written() -> None:
    broken = ComplianceReport(
        contractor_id="half \ud800 pair",
        as_of=date(2026, 1, 5),
        rulebook_id="book",
        rulebook_version=1,
        verdict=Verdict.NOT_REQUIRED,
        insurance_status=InsuranceStatus.NOT_REQUIRED,
    )

    with pytest.raises(DocumentError, match=r"\$\.contractor_id = not shown: holds half of a surrogate pair"):
        dumps(broken)


def test_a_document_nested_too_deeply_to_be_read_is_not_written() -> None:
    nested: Requirement = Custom(id="c", name="check")
    for _ in range(60):
        nested = AllOf(id="all", members=(nested,))

    with pytest.raises(DocumentError, match="is nested too deeply"):
        dumps(rulebook(nested))


def test_requirements_may_be_nested_forty_deep() -> None:
    nested: Requirement = Custom(id="c", name="check")
    for _ in range(40):
        nested = AllOf(id="all", members=(nested,))

    assert rulebook(nested) == loads(dumps(rulebook(nested)), RuleBook)


def test_an_integer_of_more_digits_than_python_writes_is_not_written() -> None:
    rich = dossier(policies=(Policy(id="p", line=Line.GL, limits=(Limits(aggregate=10**5000, evidence=EVIDENCE),)),))

    with pytest.raises(DocumentError, match="cannot be written"):
        dumps(rich)
