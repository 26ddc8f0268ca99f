"""A case that says something the loader does not know is refused, with the place where it says so."""

from __future__ import annotations

from datetime import date
from types import ModuleType
from typing import Any

import pytest

CASE: dict[str, Any] = {
    "id": "a-case",
    "title": "A claim",
    "rules": ["B3.2"],
    "day": date(2026, 6, 1),
    "requirements": [{"line": "general_liability"}],
    "policies": [{"line": "general_liability"}],
    "expect": {"verdict": "compliant", "outcomes": {"general_liability": "pass"}},
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"polices": []}, "the case has no key polices"),
        ({"policies": [{"line": "general_liability", "limit": {}}]}, "limit"),
        ({"policies": [{"line": "general_liability", "limits": {"each_occurence_dollars": 1}}]}, "each_occurence"),
        ({"policies": [{"line": "general_liability", "limits": {"each_occurrence_dollars": 1.5}}]}, "whole dollars"),
        ({"policies": [{"line": "general_liability", "terms": [], "effective": date(2026, 1, 1)}]}, "either effective"),
        ({"policies": [{"line": "general_liability", "insured": {"evidence": {"levels": "copy"}}}]}, "levels"),
        ({"requirements": [{"line": "general_liability", "limits": {"each_claims_dollars": 1}}]}, "each_claims"),
        ({"requirements": [{"kind": "any_of", "members": [{"line": "cyber", "limitz": {}}]}]}, "limitz"),
        ({"waivers": {"requirement_id": "general_liability", "granted": True}}, "granted"),
        ({"checks": {"own": [{"outcome": "pass", "until": 1}]}}, "a step of a check has no key until"),
        ({"expect": {"verdict": "compliant"}}, "expect lacks verdict or outcomes"),
    ],
    ids=lambda param: "" if isinstance(param, dict) else param,
)
def test_an_unknown_key_is_an_error_that_names_the_case(loader: ModuleType, change: dict[str, Any], told: str) -> None:
    with pytest.raises(loader.CaseError, match=r"^topic\.toml: a-case: ") as caught:
        loader.read_case({**CASE, **change}, "topic.toml")

    assert told in str(caught.value)


def test_a_case_without_an_expectation_is_an_error(loader: ModuleType) -> None:
    with pytest.raises(loader.CaseError, match="lacks expect"):
        loader.read_case({key: value for key, value in CASE.items() if key != "expect"}, "topic.toml")


def test_a_short_form_says_the_same_as_the_long_one(loader: ModuleType) -> None:
    short = {
        "line": "general_liability",
        "effective": date(2026, 2, 1),
        "expiration": date(2027, 2, 1),
        "insured": "Sample Rigging LLC",
        "limits": {"each_occurrence_dollars": 1_000_000},
    }
    long = {
        "line": "general_liability",
        "terms": [{"effective": date(2026, 2, 1), "expiration": date(2027, 2, 1)}],
        "insured": [{"name": "Sample Rigging LLC", "evidence": {"level": "confirmed"}}],
        "limits": [{"each_occurrence": 100_000_000}],
    }

    one, other = (loader.read_case({**CASE, "policies": [policy]}, "topic.toml") for policy in (short, long))

    assert one.dossier == other.dossier
