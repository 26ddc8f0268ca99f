"""Every public name of a door carries an example in its docstring, and the example runs as it is printed."""

from __future__ import annotations

import doctest
import importlib
import inspect
from typing import Any

import pytest

#: Modules whose public functions and classes carry examples.
DOORS = (
    "contractor_compliance.storage",
    "contractor_compliance.storage.rules",
    "contractor_compliance.storage.sql",
)

FINDER = doctest.DocTestFinder(exclude_empty=False)


def public_objects() -> dict[str, Any]:
    objects = {}
    for door in DOORS:
        module = importlib.import_module(door)
        objects |= {f"{door}.{name}": getattr(module, name) for name in module.__all__}
    return {
        name: value
        for name, value in objects.items()
        if inspect.isclass(value) or inspect.isfunction(value)  # constants and aliases have no docstring of their own
    }


def doctests_of(value: Any) -> list[doctest.DocTest]:
    module = inspect.getmodule(value)
    return FINDER.find(value, value.__name__, module=module, globs={**vars(module), value.__name__: value})


NAMES = sorted(public_objects())


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_an_example(name: str) -> None:
    assert any(example.examples for example in doctests_of(public_objects()[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_public_name_run_as_printed(name: str) -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    for example in doctests_of(public_objects()[name]):
        runner.run(example, out=report.append)

    assert 0 == runner.failures, "".join(report)
