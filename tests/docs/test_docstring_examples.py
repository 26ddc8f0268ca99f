"""The examples in the docstrings of the public names: each runs, and the modules listed as complete lack none."""

from __future__ import annotations

import doctest
import importlib
import inspect
import types
from typing import Any

import pytest

from contractor_compliance.desk import ComplianceDesk, MemberDesk

#: The modules that hosts, analysts and authors of stores import from.
DOORS = (
    "contractor_compliance",
    "contractor_compliance.desk",
    "contractor_compliance.domain",
    "contractor_compliance.evaluation",
    "contractor_compliance.explanation",
    "contractor_compliance.intake",
    "contractor_compliance.results",
    "contractor_compliance.serialization",
    "contractor_compliance.storage",
    "contractor_compliance.storage.rules",
    "contractor_compliance.storage.sql",
    "contractor_compliance.testing.cases",
    "contractor_compliance.testing.desks",
)
#: The doors whose every public function and class has an example.
COMPLETE: tuple[str, ...] = (
    "contractor_compliance",
    "contractor_compliance.desk",
    "contractor_compliance.domain",
    "contractor_compliance.evaluation",
    "contractor_compliance.explanation",
    "contractor_compliance.intake",
    "contractor_compliance.results",
    "contractor_compliance.serialization",
    "contractor_compliance.storage",
    "contractor_compliance.storage.rules",
    "contractor_compliance.storage.sql",
    "contractor_compliance.testing.cases",
    "contractor_compliance.testing.desks",
)
#: The classes whose every public method has an example, the inherited ones too.
USE_CASES = (ComplianceDesk, MemberDesk)
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

    They run with the names of the module that defines them and the public names of the door at hand.
    """
    module = importlib.import_module(door)
    names = {**vars(inspect.getmodule(value)), **{name: getattr(module, name) for name in module.__all__}}
    docstrings = doctest.DocTestFinder().find(value, name, module=False, globs=names)
    return [docstring for docstring in docstrings if docstring.examples]


def methods_of(cls: type) -> dict[str, Any]:
    """Return the public methods of a class, the inherited ones too, by qualified name."""
    methods = inspect.getmembers(cls, inspect.isroutine)
    return {f"{cls.__name__}.{name}": inspect.unwrap(method) for name, method in methods if not name.startswith("_")}


METHODS = {name: method for cls in USE_CASES for name, method in methods_of(cls).items()}
EXAMPLES = {
    docstring.name: docstring
    for door in DOORS
    for name, value in public_objects(door).items()
    for docstring in examples_of(value, f"{value.__module__}.{name}", door)
} | {
    docstring.name: docstring
    for name, method in METHODS.items()
    for docstring in examples_of(method, name, "contractor_compliance.desk")
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


@pytest.mark.parametrize("name", METHODS)
def test_every_use_case_has_an_example(name: str) -> None:
    assert name in EXAMPLES


def test_the_complete_modules_are_doors() -> None:
    assert set(COMPLETE) <= set(DOORS)
