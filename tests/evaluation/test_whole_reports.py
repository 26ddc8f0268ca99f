"""The whole report of every case as it stands in the repository: each figure compared, each sentence to send.

The cases say what must come out; this record shows what else would change with it. To write it anew after a change
that is meant, run with `CC_WRITE_SNAPSHOTS=1` and read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Check, ComplianceReport, Finding

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
        "reasons": [each.value for each in finding.reasons],
        "policies": list(finding.policies),
        "depends_on": list(finding.depends_on),
        "waiver": finding.waiver_id,
        "payer": [finding.payer.value if finding.payer else None, getattr(finding.payer_origin, "value", None)],
        "holds_until": str(finding.holds_until) if finding.holds_until else None,
        "checks": [_check(each) for each in finding.checks],
        "remedy": finding.remedy,
        "members": [_finding(each) for each in finding.members],
    }
    return {key: value for key, value in told.items() if value}


def _told(report: ComplianceReport) -> dict[str, Any]:
    findings = {
        f"{each.assignment_id}/{finding.requirement_id}": _finding(finding)
        for each in report.assignments
        for finding in each.findings
    }
    findings |= {f"contractor/{each.requirement_id}": _finding(each) for each in report.findings}
    return {
        "verdict": report.verdict.value,
        "insurance_status": report.insurance_status.value,
        "first_uncovered_day": str(report.first_uncovered_day),
        "next_change": str(report.next_change),
        "policies": [f"{each.policy_id} {each.validity.value} {each.until or ''}".strip() for each in report.policies],
        "findings": findings,
    }


def _report(case: Any) -> dict[str, Any]:
    return _told(evaluate(case.dossier, case.rulebook, as_of=case.day, custom=case.checks))


@pytest.fixture(scope="module", name="record")
def _record(scenarios: list[Any]) -> dict[str, Any]:
    if os.environ.get("CC_WRITE_SNAPSHOTS"):
        told = {case.id: _report(case) for case in scenarios}
        RECORD.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    recorded: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return recorded


def test_every_case_is_told_as_it_was(any_scenario: Any, record: dict[str, Any]) -> None:
    assert record[any_scenario.id] == _report(any_scenario)


def test_the_record_holds_no_case_that_is_gone(scenarios: list[Any], record: dict[str, Any]) -> None:
    assert {case.id for case in scenarios} == set(record)
