"""Answers by their ids: assignments, findings and policies of a report."""

from __future__ import annotations

from datetime import date

import pytest

from contractor_compliance.errors import InvalidValueError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import ComplianceReport, Outcome
from contractor_compliance.testing import factories as make


@pytest.fixture
def report() -> ComplianceReport:
    policies = (make.gl_policy(id="first", number="GL 1001"), make.gl_policy(id="second", number="GL-1001"))
    book = make.rulebook(make.gl_requirement(id="gl"), make.auto_requirement(id="auto"))
    return evaluate(make.dossier(*policies), book, as_of=date(2026, 6, 1))


def test_an_assignment_is_found_by_its_id(report: ComplianceReport) -> None:
    assert report.assignments[0] is report.assignment("assignment-1")


@pytest.mark.parametrize(("requirement", "outcome"), [("gl", Outcome.PASS), ("auto", Outcome.FAIL)])
def test_a_finding_is_found_by_its_requirement(report: ComplianceReport, requirement: str, outcome: Outcome) -> None:
    assert outcome is report.finding(requirement).outcome
    assert report.finding(requirement) is report.assignment("assignment-1").finding(requirement)


def test_the_worst_finding_of_a_requirement_is_returned_where_several_assignments_have_one() -> None:
    first, second = make.assignment(id="a"), make.assignment(id="b")
    policy = make.gl_policy(assignment_id="a")
    dossier = make.dossier(policy, first, second)
    report = evaluate(dossier, make.rulebook(make.gl_requirement(id="gl")), as_of=date(2026, 6, 1))

    assert Outcome.FAIL is report.finding("gl").outcome
    assert Outcome.PASS is report.assignment("a").finding("gl").outcome


@pytest.mark.parametrize("record", ["first", "second"])
def test_a_policy_is_found_by_the_id_of_any_of_its_records(report: ComplianceReport, record: str) -> None:
    assert ("first", "second") == report.policy(record).records


@pytest.mark.parametrize("kind", ["assignment", "finding", "policy"])
def test_an_id_that_is_not_in_the_report_is_refused_with_those_that_are(report: ComplianceReport, kind: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{kind} id = 'nowhere': is not in the report; it has "):
        getattr(report, kind)("nowhere")
