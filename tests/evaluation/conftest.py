"""Gives every test that takes `scenario`, or one of its kin, the cases of `tests/cases`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases"


def loading() -> ModuleType:
    """Return the module that reads the cases; tests are no package, so it is imported by its path."""
    name = "scenario_cases"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, CASES / "loading.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


#: What a test may call its argument, and where a case says that the evaluator is not there yet. Such a case stands with
#: the right expectation, and fails until the fault is mended; an unexpected pass fails as well.
ARGUMENTS = {"scenario": "xfail", "worded_scenario": "xfail_remedy", "any_scenario": None}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for argument, field in ARGUMENTS.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, [parameter(all_case, field) for all_case in all_cases()])


def parameter(case: Any, field: str | None) -> Any:
    reason = getattr(case, field) if field else None
    marks = [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)] if reason else []
    return pytest.param(case, id=case.id, marks=marks)


def all_cases() -> list:
    module = loading()
    if not hasattr(module, "LOADED"):
        module.LOADED = list(module.load_cases())
    return module.LOADED


@pytest.fixture(scope="session", name="scenarios")
def _scenarios() -> list:
    return all_cases()


@pytest.fixture(scope="session", name="loader")
def _loader() -> ModuleType:
    return loading()
