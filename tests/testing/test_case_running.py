"""Evaluators held against cases: the right one passes them all, and a wrong one is found out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contractor_compliance.domain import Dossier, RuleBook
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.serialization import loads
from contractor_compliance.testing import load_cases, run_cases
from contractor_compliance.testing.cases import Case, evaluate_case
from contractor_compliance.testing.cases.readings import READINGS, canonical

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
#: A file that keeps the runs of this module short.
FEW = CASES / "limits.toml"


def hopeful(case: Case) -> dict[str, Any]:
    """An evaluator that finds everything in order."""
    outcomes = {requirement.id: "pass" for set_ in case.rulebook.sets for requirement in set_.requirements}
    return {"verdict": "compliant", "outcomes": outcomes}


def fearful(case: Case) -> dict[str, Any]:
    """An evaluator that finds nothing in order."""
    return {"verdict": "non_compliant", "outcomes": dict.fromkeys(hopeful(case)["outcomes"], "fail: missing")}


def foreign(case: Case) -> dict[str, Any]:
    """Another implementation, which sees nothing but the text of documents and answers nothing but text."""
    documents = json.loads(json.dumps(case.documents()))
    dossier = loads(json.dumps(documents["dossier"]), Dossier)
    rulebook = loads(json.dumps(documents["rulebook"]), RuleBook)
    report = evaluate(dossier, rulebook, as_of=case.day, custom=case.checks)
    answer: dict[str, Any] = json.loads(json.dumps({key: canonical(READINGS[key].read(report)) for key in READINGS}))
    return answer


def test_an_evaluator_that_finds_everything_in_order_fails_more_than_half_of_the_cases() -> None:
    results = run_cases(CASES, hopeful, keys={"verdict", "outcomes"})

    assert len(results.failed) > len(results) / 2
    assert all(case.expect["verdict"] == "compliant" for case in load_cases(CASES) if case.id in passed(results))


def test_an_evaluator_that_finds_nothing_in_order_fails_more_than_nine_in_ten() -> None:
    results = run_cases(CASES, fearful, keys={"verdict", "outcomes"})

    assert len(results.failed) > len(results) * 0.9


def passed(results: Any) -> set[str]:
    return {result.case_id for result in results if result.passed}


def test_another_implementation_that_reads_documents_and_answers_in_plain_values_passes() -> None:
    open_cases = {case.id for case in load_cases(CASES) if case.xfail}

    assert {result.case_id for result in run_cases(CASES, foreign).failed} == open_cases


def test_a_custom_check_reaches_another_implementation_as_its_steps() -> None:
    (case,) = (
        case
        for case in load_cases(CASES / "requirements.toml")
        if len(case.documents()["checks"]) == 1 and len(case.documents()["checks"]["background_check"]) == 2
    )

    assert json.loads(json.dumps(case.documents()["checks"]))["background_check"][1]["from"] == "2026-08-15"


def test_the_summary_names_the_file_the_case_and_both_values() -> None:
    results = run_cases(FEW, hopeful, keys={"verdict"})

    assert not results.passed
    assert results.summary().startswith(f"{len(passed(results))} of {len(results)} cases pass.\n")
    assert (
        "limits.toml: one-dollar-short-fails failed: A dollar less than the minimum fails.\n"
        '  verdict: expected "non_compliant", but the answer is "compliant"\n'
    ) in results.summary()


def test_an_exception_of_the_evaluator_fails_its_case_and_no_other() -> None:
    def stumbling(case: Case) -> Any:
        if case.id == "equality-passes":
            raise ZeroDivisionError("no limit")
        return evaluate_case(case)

    (result,) = run_cases(FEW, stumbling).failed

    assert result.case_id == "equality-passes"
    assert result.error == "ZeroDivisionError: no limit"
    assert "error: ZeroDivisionError: no limit" in str(result)


def test_what_is_not_answered_is_a_difference() -> None:
    results = run_cases(FEW, lambda case: {"verdict": case.expect["verdict"]})

    assert passed(results) == set()
    assert {difference.actual for result in results for difference in result.differences} == {"not answered"}


def test_the_keys_asked_for_are_the_only_ones_compared() -> None:
    assert run_cases(FEW, lambda case: {"verdict": case.expect["verdict"]}, keys={"verdict"}).passed


@pytest.mark.parametrize("answer", [{"verdicts": "compliant"}, {"verdict": "compliant", "reasons": []}])
def test_an_answer_with_a_key_that_the_format_does_not_know_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(
        InvalidValueError, match=r"the answer to equality-passes .*\n.*the format of cases has no such key"
    ):
        run_cases(FEW, lambda _case: answer)


def test_an_answer_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="answer = NoneType: must be a ComplianceReport, or a mapping"):
        run_cases(FEW, lambda _case: None)


def test_a_key_to_compare_that_the_format_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidValueError, match='did you mean "verdict"'):
        run_cases(FEW, keys={"verdicts"})


def test_the_order_of_reasons_does_not_matter() -> None:
    assert canonical("fail: limit_too_low, expired") == canonical("fail: expired, limit_too_low")


def test_the_page_of_the_format_describes_every_key_that_may_be_expected() -> None:
    page = (ROOT / "docs" / "reference" / "case_format.md").read_text(encoding="utf-8")

    assert [] == [key for key in READINGS if f"| `{key}` |" not in page]
