"""The examples in the docstrings of the public names: each runs, and the modules listed as complete lack none."""

from __future__ import annotations

import doctest
import importlib
import inspect
import types
from typing import Any

import pytest

#: The modules that hosts, analysts and authors of stores import from.
DOORS = (
    "contractor_compliance",
    "contractor_compliance.desk",
    "contractor_compliance.domain",
    "contractor_compliance.evaluation",
    "contractor_compliance.explanation",
    "contractor_compliance.results",
    "contractor_compliance.storage",
)
#: The doors whose every public function and class has an example.
COMPLETE: tuple[str, ...] = ("contractor_compliance.explanation", "contractor_compliance.results")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def public_objects(door: str) -> dict[str, Any]:
    """Return the public functions and classes of a module, exceptions apart, by name."""
    module = importlib.import_module(door)
    objects = {name: getattr(module, name) for name in module.__all__}
    return {
        name: value
        for name, value in objects.items()
        if isinstance(value, types.FunctionType)
        or (inspect.isclass(value) and not issubclass(value, BaseException) and value.__module__ != "typing")
    }


def examples_of(value: Any, name: str, door: str) -> list[doctest.DocTest]:
    """Return the docstrings of a function or a class, its methods included, that hold examples.

    They run with the public names of the module at hand, as after `from module import *`.
    """
    module = importlib.import_module(door)
    names = {name: getattr(module, name) for name in module.__all__}
    docstrings = doctest.DocTestFinder().find(value, name, module=False, globs=names)
    return [docstring for docstring in docstrings if docstring.examples]


EXAMPLES = {
    docstring.name: docstring
    for door in DOORS
    for name, value in public_objects(door).items()
    for docstring in examples_of(value, f"{value.__module__}.{name}", door)
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_what_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    failures = doctest.DocTestRunner(optionflags=FLAGS).run(EXAMPLES[name], clear_globs=False)

    assert failures.failed == 0, capsys.readouterr().out
    assert failures.attempted > 0


@pytest.mark.parametrize("door", COMPLETE)
def test_every_public_function_and_class_has_an_example(door: str) -> None:
    lacking = [name for name, value in public_objects(door).items() if not examples_of(value, name, door)]

    assert lacking == []


def test_the_complete_modules_are_doors() -> None:
    assert set(COMPLETE) <= set(DOORS)
