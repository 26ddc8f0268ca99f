"""What holds for every class of the domain."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_compliance import domain
from contractor_compliance.domain import Value, field_types
from contractor_compliance.testing import value_classes
from contractor_compliance.testing.strategies import values
from tests import tiers

CLASSES = value_classes()
each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def modules() -> list[Any]:
    names = (module.name for module in pkgutil.iter_modules(domain.__path__))
    return [importlib.import_module(f"{domain.__name__}.{name}") for name in names]


def documented(cls: type) -> set[str]:
    """Return the names below `Attributes:` in the docstrings of a class and its bases."""
    names: set[str] = set()
    for base in cls.__mro__:
        _, _, section = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
        names |= set(re.findall(r"^ {4}(\w+): ", section, re.MULTILINE))
    return names


def test_the_domain_exports_every_class_of_values() -> None:
    defined = {
        var
        for module in modules()
        for var in vars(module).values()
        if isinstance(var, type) and issubclass(var, Value) and var is not Value
    }

    assert defined == set(CLASSES)


def test_the_domain_exports_what_its_modules_export() -> None:
    assert sorted(name for module in modules() for name in module.__all__) == sorted(domain.__all__)


@each_class
def test_each_value_class_is_frozen(cls: type[Value]) -> None:
    value = values(cls)

    @settings(max_examples=1)
    @given(value)
    def refuses_change(one: Value) -> None:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(one, attrs.fields(cls)[0].name, None)

    refuses_change()


@each_class
def test_each_value_class_is_slotted(cls: type[Value]) -> None:
    assert all("__slots__" in vars(base) for base in cls.__mro__[:-1])


@each_class
def test_each_value_class_documents_its_fields_no_more_and_no_less(cls: type[Value]) -> None:
    assert {field.name for field in attrs.fields(cls)} == documented(cls)


@each_class
def test_each_value_class_has_an_annotation_for_every_field(cls: type[Value]) -> None:
    assert [field.name for field in attrs.fields(cls)] == list(field_types(cls))


@each_class
def test_each_value_class_holds_nothing_that_can_be_changed(cls: type[Value]) -> None:
    assert not re.search(r"\b(list|dict|set|bytearray)\b", str(list(field_types(cls).values())))


@tiers.examples(tests=6, stress=20)
@each_class
@given(data=st.data())
def test_equal_values_hash_alike(cls: type[Value], data: st.DataObject) -> None:
    value = data.draw(values(cls))

    assert {value} == {value, attrs.evolve(value)}


@tiers.examples(tests=6, stress=20)
@each_class
@given(data=st.data())
def test_each_value_class_survives_copying_and_pickling(cls: type[Value], data: st.DataObject) -> None:
    value = data.draw(values(cls))

    assert (value, value) == (copy.deepcopy(value), pickle.loads(pickle.dumps(value)))  # noqa: S301
