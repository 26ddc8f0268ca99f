"""Every scenario case, the evaluator's answer against the expected one; and what must hold of all answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from contractor_compliance.domain import Interval, ReasonCode
from contractor_compliance.evaluation import evaluate, timeline
from contractor_compliance.results import ComplianceReport, Finding, Outcome
from contractor_compliance.results.reasons import reason_phrase

# How a report is put in the words of the cases.


def _said(outcome: Any, reasons: Any) -> str:
    """`fail: expired`, reasons in alphabetical order."""
    words = ", ".join(sorted(reason.value for reason in reasons))
    return f"{outcome.value}: {words}" if words else str(outcome.value)


def _each(read: Callable[[Finding], Any]) -> Callable[[ComplianceReport], dict[str, Any]]:
    """Read something of every finding, by requirement; with the assignment's name where assignments differ."""

    def reading(report: ComplianceReport) -> dict[str, Any]:
        findings = [
            (assignment.assignment_id, finding) for assignment in report.assignments for finding in assignment.findings
        ]
        findings += [("contractor", finding) for finding in report.findings]
        wide = len({owner for owner, _ in findings}) > 1
        return {
            f"{owner}/{finding.requirement_id}" if wide else finding.requirement_id: read(finding)
            for owner, finding in findings
        }

    return reading


def _only(read: Callable[[Finding], Any]) -> Callable[[ComplianceReport], dict[str, Any]]:
    every = _each(read)
    return lambda report: {name: value for name, value in every(report).items() if value}


def _windows(read: Callable[[Any], Any]) -> Callable[[ComplianceReport], list[str]]:
    return lambda report: [
        str(value) for one in report.assignments if one.window is not None for value in read(one.window)
    ]


def _span(days: Any) -> str:
    return f"{days.start or ''}..{days.end or ''}"


def _payer(finding: Finding) -> str:
    origin = finding.payer_origin.value if finding.payer_origin else ""
    return f"{finding.payer.value} by {origin}" if finding.payer else origin


#: What a case may expect, and how it is read off a report.
READINGS: dict[str, Callable[[ComplianceReport], Any]] = {
    "verdict": lambda report: report.verdict.value,
    "insurance_status": lambda report: report.insurance_status.value,
    "outcomes": _each(lambda finding: _said(finding.outcome, finding.reasons)),
    "first_reasons": _only(lambda finding: finding.reasons[0].value if finding.reasons else None),
    "underlying": _each(lambda finding: finding.underlying.value),
    "members": _only(lambda finding: [_said(member.outcome, member.reasons) for member in finding.members]),
    "depends_on": _only(lambda finding: list(finding.depends_on)),
    "policies": _only(lambda finding: list(finding.policies)),
    "waivers": _only(lambda finding: finding.waiver_id),
    "payers": _only(_payer),
    "sets": _each(lambda finding: finding.set_id),
    "holds_until": _only(lambda finding: finding.holds_until),
    "waivers_used": lambda report: list(report.waivers_used),
    "waived_but_failing": lambda report: list(report.waived_but_failing),
    "first_uncovered_day": lambda report: report.first_uncovered_day or "none",
    "next_change": lambda report: report.next_change or "none",
    "validity": lambda report: {policy.policy_id: policy.validity.value for policy in report.policies},
    "awaiting_number": lambda report: [policy.policy_id for policy in report.policies if policy.awaits_number],
    "assignments": lambda report: {
        assignment.assignment_id: f"{assignment.status.value} on {assignment.judged_on}: {assignment.verdict.value}"
        for assignment in report.assignments
    },
    "uncovered": _windows(lambda window: map(_span, window.uncovered)),
    "unknown": _windows(lambda window: map(_span, window.unknown)),
    "gaps": _windows(
        lambda window: (
            f"{gap.requirement_id} {_span(gap.days)} {_said(gap.outcome, gap.reasons)}" for gap in window.gaps
        )
    ),
    "displaced": lambda report: [
        f"{binding.requirement_id} v{binding.requirement_version} of {binding.set_id} by {binding.by_set_id}"
        for one in report.assignments
        for binding in one.displaced
    ],
}


def judged(case: Any, **options: Any) -> ComplianceReport:
    return evaluate(case.dossier, case.rulebook, as_of=case.day, custom=case.checks, **options)


def worded(expected: Any) -> Any:
    """Put the reasons of `fail: b, a` in the order in which they are read off."""
    if isinstance(expected, dict):
        return {key: worded(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [worded(item) for item in expected]
    if isinstance(expected, str) and ": " in expected:
        head, _, tail = expected.partition(": ")
        return f"{head}: {', '.join(sorted(tail.split(', ')))}"
    return expected


def test_the_answer_is_the_expected_one(scenario: Any) -> None:
    case = scenario
    unknown = set(case.expect) - set(READINGS)
    if unknown:
        raise KeyError(f"{case.file}: {case.id}: expect has no key {unknown}; it has {sorted(READINGS)}")
    report = judged(case)
    read = {key: READINGS[key](report) for key in case.expect}

    assert worded(read) == worded(case.expect), case.title


def test_the_timeline_has_the_same_verdict_on_the_day(any_scenario: Any) -> None:
    report = judged(any_scenario)
    span = Interval(start=any_scenario.day - timedelta(days=400), end=any_scenario.day + timedelta(days=400))

    step = timeline(any_scenario.dossier, any_scenario.rulebook, over=span, custom=any_scenario.checks).on(
        any_scenario.day
    )

    assert step.verdict is report.verdict
    assert step.insurance_status is report.insurance_status


def test_the_verdict_needs_no_window(any_scenario: Any) -> None:
    assert judged(any_scenario, window=False).verdict is judged(any_scenario).verdict


def test_the_next_change_is_the_first_day_with_another_verdict(any_scenario: Any) -> None:
    report = judged(any_scenario)
    span = Interval(start=any_scenario.day, end=None)
    steps = timeline(any_scenario.dossier, any_scenario.rulebook, over=span, custom=any_scenario.checks).steps

    changed = [step.start for step in steps if step.verdict is not report.verdict]

    assert report.next_change == min(changed, default=None)


#: What a sentence says if a value of another kind was put into it.
NONSENSE = re.compile(r"not stated|(have|on) \$|is not mandatory\.|ReasonCode")


def test_what_is_to_be_done_is_a_whole_sentence_and_met_or_waived_requirements_ask_for_nothing(
    worded_scenario: Any,
) -> None:
    for finding in judged(worded_scenario).all_findings():
        for text in (finding.actual, finding.required, finding.remedy or "."):
            assert text
            assert not re.search(r"[{}<>]|\bNone\b|ReasonCode", text), text
        if finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            assert finding.remedy
            assert finding.remedy[0].isupper()
            assert finding.remedy.endswith(".")
            assert not NONSENSE.search(finding.remedy), finding.remedy
        elif finding.outcome is not Outcome.PASS_WITH_DEPENDENCY:
            assert finding.remedy is None, finding.remedy


@pytest.mark.parametrize("reason", ReasonCode, ids=lambda reason: reason.value)
def test_every_reason_has_a_phrase(reason: ReasonCode) -> None:
    assert reason_phrase(reason)
    assert not re.search(r"[{}]|\.$", reason_phrase(reason))


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("one-dollar-short-fails", "$1,000,000"),
        ("retention-too-high", "$10,000"),
        ("strong-but-small", "VII"),
        ("retroactive-date-a-day-too-late", "2026-03-02"),
        ("scheduled-form-names-someone-else", "Sample Staffing Inc"),
        ("another-legal-form", "Sample Rigging LLC"),
        ("state-in-neither-list", "GA"),
        ("this-owner-excluded-by-name", "Pat Sample"),
        ("notice-of-cancellation-too-short", "30"),
        ("edition-too-old", "04 13"),
        ("equal-names-unequal-tax-ids", "tax id"),
    ],
    ids=lambda name: name,
)
def test_the_sentence_to_send_says_what_is_asked_for(scenarios: list[Any], name: str, asked: str) -> None:
    (case,) = (scenario for scenario in scenarios if scenario.id == name)

    assert asked in judged(case).remedies()[0]
