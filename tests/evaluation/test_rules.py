"""The rule map: every rule of the trade is decided and held by cases, or left out for a reason."""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: How many rules each group has: a new rule must find its row.
NUMBERED = {"B1": 7, "B2": 10, "B3": 13, "B4": 5, "B5": 5, "B6": 16, "B7": 5, "B8": 6, "B11": 5}
#: The decisions of B14 that have their row; those not built are left out for a reason.
DECISIONS = tuple(range(1, 27))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_rules", ROOT / "docs" / "generate_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAP = generator()
RULES = MAP.rules()
DECIDED = [rule for rule in RULES if rule["status"] == "decided"]


def named(rule: dict[str, Any]) -> str:
    return rule["id"]


def test_every_rule_has_its_row() -> None:
    numbered = {"B4", *(f"{group}.{number}" for group, last in NUMBERED.items() for number in range(1, last + 1))}
    numbered |= {f"B14.{number}" for number in DECISIONS}

    assert {rule["id"] for rule in RULES} == numbered
    assert len(RULES) == len(numbered)


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_is_decided_by_code_or_left_out_for_a_reason(rule: dict[str, Any]) -> None:
    assert rule["status"] in ("decided", "left_out")
    assert bool(rule.get("reason")) is (rule["status"] == "left_out")
    assert rule.get("code") or rule["status"] == "left_out"
    assert rule["statement"].endswith(".")


@pytest.mark.parametrize("code", sorted({code for rule in RULES for code in rule.get("code", ())}))
def test_the_code_that_decides_a_rule_exists(code: str) -> None:
    module, _, path = code.partition(":")

    value: Any = importlib.import_module(module)
    for name in path.split("."):
        value = getattr(value, name)

    assert value is not None


@pytest.mark.parametrize("rule", DECIDED, ids=named)
def test_a_decided_rule_has_a_case_that_passes_and_one_that_does_not(rule: dict[str, Any]) -> None:
    held = [case for case in MAP.cases() if rule["id"] in case["rules"] and "xfail" not in case]
    outcomes = {outcome.partition(":")[0] for case in held for outcome in case["expect"]["outcomes"].values()}

    assert outcomes & {"pass", "pass_with_dependency", "waived", "not_applicable"}, "no case passes"
    assert outcomes & {"fail", "unknown"}, "no case fails or is unknown"


def test_a_case_cites_rules_that_exist_and_has_an_id_and_a_title_of_its_own() -> None:
    cases = MAP.cases()
    decided = {rule["id"] for rule in DECIDED}

    assert {rule for case in cases for rule in case["rules"]} <= decided
    assert all(case["rules"] for case in cases)
    for field in ("id", "title"):
        assert [value for value, times in Counter(case[field] for case in cases).items() if times > 1] == []


def test_a_case_made_of_a_public_situation_gives_its_address_and_the_rule_map_shows_it() -> None:
    public = [case for case in MAP.cases() if case["file"].startswith("public_")]
    page = MAP.page()

    assert len(public) >= 80
    assert [] == [case["id"] for case in public if not case.get("source") or f"<{case['source']}>" not in page]


def test_the_rule_map_is_the_one_that_the_cases_make() -> None:
    assert MAP.PAGE.read_text(encoding="utf-8") == MAP.page(), "run: python docs/generate_rules.py"
