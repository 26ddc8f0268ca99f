"""Every scenario case, the evaluator's answer against the expected one; and what must hold of all answers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from contractor_compliance.domain import Interval, ReasonCode
from contractor_compliance.evaluation import evaluate, timeline
from contractor_compliance.results import ComplianceReport, Outcome
from contractor_compliance.results.reasons import reason_phrase
from contractor_compliance.testing.cases import run_case


def judged(case: Any, **options: Any) -> ComplianceReport:
    return evaluate(case.dossier, case.rulebook, as_of=case.day, custom=case.checks, **options)


def test_each_case_has_its_expected_answer(scenario: Any) -> None:
    result = run_case(scenario)

    assert result.passed, str(result)


def test_the_timeline_of_a_case_has_the_verdict_of_its_report_on_the_day(any_scenario: Any) -> None:
    report = judged(any_scenario)
    span = Interval(start=any_scenario.day - timedelta(days=400), end=any_scenario.day + timedelta(days=400))

    step = timeline(any_scenario.dossier, any_scenario.rulebook, over=span, custom=any_scenario.checks).on(
        any_scenario.day
    )

    assert step.verdict is report.verdict
    assert step.insurance_status is report.insurance_status


def test_the_verdict_of_a_case_is_the_same_without_the_window(any_scenario: Any) -> None:
    assert judged(any_scenario, window=False).verdict is judged(any_scenario).verdict


def test_the_next_change_is_the_first_day_with_another_verdict(any_scenario: Any) -> None:
    report = judged(any_scenario)
    span = Interval(start=any_scenario.day, end=None)
    steps = timeline(any_scenario.dossier, any_scenario.rulebook, over=span, custom=any_scenario.checks).steps

    changed = [step.start for step in steps if step.verdict is not report.verdict]

    assert report.next_change == min(changed, default=None)


#: What a sentence says if a value of another kind was put into it.
NONSENSE = re.compile(r"not stated|(have|on) \$|is not mandatory\.|ReasonCode")


def test_a_remedy_is_a_whole_sentence_and_a_met_or_waived_requirement_has_none(
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
