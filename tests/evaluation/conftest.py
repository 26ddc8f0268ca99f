"""Gives every test that takes `case`, or `any_case`, the scenario cases of `tests/cases`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        # A case that shows a fault of the evaluator stands with the right expectation, and fails until it is mended.
        marks = {
            case.id: pytest.mark.xfail(reason=case.xfail, raises=AssertionError, strict=True)
            for case in all_cases()
            if case.xfail
        }
        metafunc.parametrize(
            "case", [pytest.param(each, id=each.id, marks=marks.get(each.id, ())) for each in all_cases()]
        )
    if "any_case" in metafunc.fixturenames:
        metafunc.parametrize("any_case", [pytest.param(each, id=each.id) for each in all_cases()])


def all_cases() -> list:
    module = loading()
    if not hasattr(module, "LOADED"):
        module.LOADED = list(module.load_cases())
    return module.LOADED


@pytest.fixture(scope="session", name="cases")
def _cases() -> list:
    return all_cases()


@pytest.fixture(scope="session", name="loader")
def _loader() -> ModuleType:
    return loading()
