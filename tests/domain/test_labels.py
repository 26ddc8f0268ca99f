"""Titles of codes: every code that people are shown has one, and no title stands without its code."""

from __future__ import annotations

import inspect
from enum import Enum

import pytest

from contractor_compliance import domain, results
from contractor_compliance.domain import LabeledCode
from contractor_compliance.domain.labels import _LABELS

ENUMS: list[type[Enum]] = sorted(
    {
        value
        for module in (domain, results)
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Enum) and value is not LabeledCode
    },
    key=lambda enum: enum.__name__,
)
#: Why a fact has no value; a state, which `state_name` names; a rating, whose code is what is printed; a comparison
#: of names, which no report shows.
WITHOUT_TITLES = {"InsurerMatch", "Missing", "NameMatch", "FinancialStrength", "State"}


def test_every_code_of_the_domain_and_of_results_has_titles_but_those_that_need_none() -> None:
    assert {enum.__name__ for enum in ENUMS if not issubclass(enum, LabeledCode)} <= WITHOUT_TITLES
    assert {enum.__name__ for enum in ENUMS if issubclass(enum, LabeledCode)} == set(_LABELS)


@pytest.mark.parametrize(
    "enum", [enum for enum in ENUMS if issubclass(enum, LabeledCode)], ids=lambda enum: enum.__name__
)
def test_each_code_has_a_title_of_its_own_that_is_no_code(enum: type[LabeledCode]) -> None:
    titles = {member.value: member.label for member in enum}

    assert titles == _LABELS[enum.__name__]
    assert len(set(titles.values())) == len(titles)
    assert not [title for title in titles.values() if "_" in title or ("," in title and enum.__name__ == "ReasonCode")]
