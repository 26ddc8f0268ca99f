"""The whole report of every case as it stands in the repository: each figure compared, each sentence to send.

The cases say what must come out; this record shows what else would change with it, and leaves out what the case states
already. `python -m tests.golden` writes it anew after a change that is meant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Check, ComplianceReport, Finding
from tests.evaluation.conftest import all_cases
from tests.golden.lines import write_lines

RECORD = Path(__file__).parent / "snapshots" / "reports.json"


def _check(check: Check) -> str:
    said = f"{check.aspect}: {check.outcome.value}"
    for label, value in (
        ("", check.reason.value if check.reason else None),
        ("asked ", check.required),
        ("found ", check.actual),
        ("on ", check.policy_id),
        ("level ", check.evidence_level.value if check.evidence_level else None),
    ):
        if value is not None:
            said += f" | {label}{value}"
    return said


def _finding(finding: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {
        "outcome": finding.outcome.value,
        "underlying": finding.underlying.value,
        "reasons": [reason.value for reason in finding.reasons],
        "policies": list(finding.policies),
        "depends_on": list(finding.depends_on),
        "waiver": finding.waiver_id,
        "payer": [finding.payer.value if finding.payer else None, getattr(finding.payer_origin, "value", None)],
        "holds_until": str(finding.holds_until) if finding.holds_until else None,
        "checks": [_check(check) for check in finding.checks],
        "remedy": finding.remedy,
        "members": [_finding(member) for member in finding.members],
    }
    return {key: value for key, value in told.items() if value}


def _told(report: ComplianceReport) -> dict[str, Any]:
    findings = {
        f"{assignment.assignment_id}/{finding.requirement_id}": _finding(finding)
        for assignment in report.assignments
        for finding in assignment.findings
    }
    findings |= {f"contractor/{finding.requirement_id}": _finding(finding) for finding in report.findings}
    return {
        "verdict": report.verdict.value,
        "insurance_status": report.insurance_status.value,
        "first_uncovered_day": str(report.first_uncovered_day),
        "next_change": str(report.next_change),
        "policies": [
            f"{policy.policy_id} {policy.validity.value} {policy.until or ''}".strip() for policy in report.policies
        ],
        "findings": findings,
    }


#: What a case may expect, and under which names the same stands in a report, or in each of its findings.
STATED = {
    "verdict": ("verdict",),
    "insurance_status": ("insurance_status",),
    "first_uncovered_day": ("first_uncovered_day",),
    "next_change": ("next_change",),
}
STATED_OF_FINDINGS = {
    "outcomes": ("outcome",),
    "underlying": ("underlying",),
    "depends_on": ("depends_on",),
    "policies": ("policies",),
    "waivers": ("waiver",),
    "payers": ("payer",),
    "holds_until": ("holds_until",),
}


def _report(case: Any) -> dict[str, Any]:
    told = _told(evaluate(case.dossier, case.rulebook, as_of=case.day, custom=case.checks))
    # What a case expects of an evaluator that is not there yet is not what the report says.
    stated = set() if case.xfail else set(case.expect)
    for expected in stated & STATED.keys():
        for name in STATED[expected]:
            told.pop(name, None)
    for finding in told["findings"].values():
        for expected in stated & STATED_OF_FINDINGS.keys():
            for name in STATED_OF_FINDINGS[expected]:
                finding.pop(name, None)
        # Of several reasons a case does not say the order.
        if "outcomes" in stated and len(finding.get("reasons", ())) == 1:
            del finding["reasons"]
    return told


def write() -> None:
    """Record the reports as they are today, one a line."""
    write_lines(RECORD, {case.id: _report(case) for case in sorted(all_cases(), key=lambda case: case.id)}, levels=1)


@pytest.fixture(scope="module", name="record")
def _record() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return recorded


def test_the_report_of_every_case_is_the_recorded_one(any_scenario: Any, record: dict[str, Any]) -> None:
    assert record[any_scenario.id] == _report(any_scenario)


def test_the_record_of_reports_holds_no_case_that_is_gone(scenarios: list[Any], record: dict[str, Any]) -> None:
    assert {case.id for case in scenarios} == set(record)
