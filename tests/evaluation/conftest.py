"""Gives every test that takes `scenario`, or one of its kin, the cases of `tests/cases`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from contractor_compliance.testing.cases import Case, load_cases

CASES = Path(__file__).parents[1] / "cases"

#: What a test may call its argument, and where a case says that the evaluator is not there yet. Such a case stands with
#: the right expectation, and fails until the fault is mended; an unexpected pass fails as well.
ARGUMENTS = {"scenario": "xfail", "worded_scenario": "xfail_remedy", "any_scenario": None}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for argument, field in ARGUMENTS.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, [parameter(case, field) for case in all_cases()])


def parameter(case: Case, field: str | None) -> object:
    reason = getattr(case, field) if field else None
    marks = [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)] if reason else []
    return pytest.param(case, id=case.id, marks=marks)


@cache
def all_cases() -> tuple[Case, ...]:
    return load_cases(CASES)


@pytest.fixture(scope="session", name="scenarios")
def _scenarios() -> tuple[Case, ...]:
    return all_cases()
