"""A case that says something the format does not know is refused: with the file, the case, the path and the fix."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contractor_compliance.errors import DocumentError
from contractor_compliance.testing.cases import CASE_FORMAT, load_cases
from contractor_compliance.testing.cases.tables import read_case

CASE: dict[str, Any] = {
    "id": "a-case",
    "title": "A claim",
    "rules": ["B3.2"],
    "day": date(2026, 6, 1),
    "requirements": [{"line": "general_liability"}],
    "policies": [{"line": "general_liability"}],
    "expect": {"verdict": "compliant", "outcomes": {"general_liability": "pass"}},
}
TEXT = """
[[case]]
id = "a-case"
title = "A claim"
day = 2026-06-01
requirements = [{ line = "general_liability" }]
expect = { verdict = "non_compliant", outcomes = { general_liability = "fail: missing" } }
"""


def policy(**changes: Any) -> dict[str, Any]:
    return {"policies": [{"line": "general_liability"}, {"line": "general_liability", "id": "two", **changes}]}


def expecting(**changes: Any) -> dict[str, Any]:
    return {"expect": {"verdict": "compliant", "outcomes": {"general_liability": "pass"}, **changes}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"polices": []}, '$.polices = not shown: a case has no such key; did you mean "policies"?'),
        ({"title": 1}, "$.title = 1: must be text"),
        ({"day": "2026-06-01"}, '$.day = "2026-06-01": must be a day'),
        ({"rules": [1]}, "$.rules[0] = 1: must be text"),
        ({"source": "example.com/page"}, '$.source[0] = "example.com/page": must be an address'),
        ({"policies": "none"}, '$.policies = "none": must be a table'),
        ({"company": []}, "$.company = an array of 0: must be a table"),
        (policy(line="general"), "$.policies[1].line = 'general': must be one of general_liability,"),
        ({"policies": [{}]}, "$.policies[0].line = nothing: must be a line of insurance"),
        (policy(limit={}), "$.policies[1].limit = not shown: Policy has no such field"),
        (policy(limits={"each_occurence_dollars": 1}), "$.policies[1].limits[0].each_occurence = not shown"),
        (policy(limits={"each_occurrence_dollars": 1.5}), "$.policies[1].limits[0].each_occurrence_dollars = 1.5"),
        (policy(limits={"each_occurrence": 1, "each_occurrence_dollars": 1}), "each_occurrence is given twice"),
        (policy(terms=[], effective=date(2026, 1, 1)), "give either effective and expiration, or terms"),
        (policy(insured={"evidence": {"levels": "copy"}}), "$.policies[1].insured[0].evidence.levels"),
        (policy(insured={"evidence": "copy"}), '$.policies[1].insured.evidence = "copy": must be a table'),
        ({"requirements": [{"line": "general_liability", "limits": {"each_claims_dollars": 1}}]}, "each_claims"),
        ({"requirements": [{"line": "general_liability", "limits": 1}]}, "$.requirements[0] = 1: must be a table"),
        (
            {"requirements": [{"kind": "any_of", "members": [{"line": "cyber", "limitz": {}}]}]},
            "$.requirements[0].members[0].limitz",
        ),
        ({"sets": [{"id": "client", "levle": "client"}]}, "$.sets[0].levle = not shown"),
        ({"waivers": {"requirement_id": "general_liability", "granted": True}}, "$.waivers.granted"),
        ({"checks": {"mine": [{"outcome": "pass", "until": 1}]}}, "$.checks.mine[0].until = not shown: a step of a"),
        ({"checks": {"mine": [{"outcome": "passed"}]}}, '$.checks.mine[0].outcome = "passed": must be one of fail,'),
        ({"checks": {"mine": [{"outcome": "pass"}, {"outcome": "fail"}]}}, "$.checks.mine[1].from = nothing"),
        ({"expect": {"verdict": "compliant"}}, "expect lacks outcomes"),
        ({"expect": []}, "$.expect = an array of 0: must be a table"),
        (expecting(verdict="complaint"), '$.expect.verdict = "complaint": must be one of'),
        (expecting(verdict="complaint"), 'did you mean "compliant"?'),
        (expecting(verdicts="compliant"), '$.expect.verdicts = not shown: expect has no such key; did you mean "verd'),
        (expecting(outcomes={"general_liability": "passed"}), '$.expect.outcomes.general_liability = "passed"'),
        (expecting(outcomes={"general_liability": "fail: expird"}), 'is no reason code; did you mean "expired"?'),
        (expecting(outcomes={"general_liabilty": "pass"}), "$.expect.outcomes.general_liabilty = not shown: the rule"),
        (expecting(outcomes="pass"), '$.expect.outcomes = "pass": must be a table'),
        (expecting(next_change="2026-07-01"), '$.expect.next_change = "2026-07-01": must be a day'),
        (expecting(uncovered=["2026-07-01"]), '$.expect.uncovered[0] = "2026-07-01": must be written like'),
        (expecting(waivers_used="waiver-1"), '$.expect.waivers_used = "waiver-1": must be an array'),
        (expecting(sets={"general_liability": 1}), "$.expect.sets.general_liability = 1: must be text"),
    ],
    ids=lambda param: "" if isinstance(param, dict) else param,
)
def test_a_fault_names_the_file_the_case_the_path_and_the_fix(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError, match=r"^topic\.toml: a-case is not valid:") as caught:
        read_case({**CASE, **change}, "topic.toml")

    assert said in str(caught.value)


@pytest.mark.parametrize("key", ["id", "title", "day", "expect"])
def test_a_case_that_lacks_what_every_case_has_is_refused(key: str) -> None:
    with pytest.raises(DocumentError, match=f"the case lacks {key}"):
        read_case({name: value for name, value in CASE.items() if name != key}, "topic.toml")


def test_a_short_form_says_the_same_as_the_long_one() -> None:
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

    one, other = (read_case({**CASE, "policies": [policy]}, "topic.toml") for policy in (short, long))

    assert one.dossier == other.dossier


def test_one_address_stands_for_a_list_of_one() -> None:
    assert read_case({**CASE, "source": "https://example.com/a"}, "topic.toml").sources == ("https://example.com/a",)


def test_what_a_case_expects_cannot_be_changed() -> None:
    case = read_case({**CASE, **expecting(waivers_used=["waiver-1"])}, "topic.toml")

    with pytest.raises(TypeError):
        case.expect["outcomes"]["general_liability"] = "fail"  # type: ignore[index]
    assert case.expect["waivers_used"] == ("waiver-1",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            TEXT,
            "topic.toml is not valid:\n  $.format = nothing: must stand at the top of the file: format = ",
        ),
        (
            f'format = "contractor-compliance-cases/2"\n{TEXT}',
            f'is no format that this release reads; it reads "{CASE_FORMAT}"',
        ),
        (f"format = 1\n{TEXT}", "$.format = 1: is no format"),
        (
            f'format = "{CASE_FORMAT}"\ncases = 1\n{TEXT}',
            '$.cases = not shown: a file has no such key; did you mean "case"?',
        ),
        (f'format = "{CASE_FORMAT}"\ncase = 1', "$.case = 1: must be an array of tables"),
        (f'format = "{CASE_FORMAT}"', "holds no case"),
        ('format = "contractor-compliance-rules/1"', "holds no case"),
        ("format = ", "is no TOML in UTF-8"),
    ],
    ids=["none", "later", "number", "another key", "no table", "empty", "rules alone", "no TOML"],
)
def test_a_file_of_another_format_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "topic.toml").write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError) as caught:
        load_cases(tmp_path)

    assert said in str(caught.value)


def test_a_path_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is no file and no folder"):
        load_cases(tmp_path / "absent.toml")


def test_a_table_of_rules_is_passed_over_in_a_folder_and_refused_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('format = "contractor-compliance-rules/1"', encoding="utf-8")
    (tmp_path / "topic.toml").write_text(f'format = "{CASE_FORMAT}"\n{TEXT}', encoding="utf-8")

    assert [case.id for case in load_cases(tmp_path)] == ["a-case"]
    with pytest.raises(DocumentError, match="is no format that this release reads"):
        load_cases(tmp_path / "rules.toml")


def test_a_folder_is_read_with_the_folders_in_it_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("b.toml", "a.toml", "inner/c.toml"):
        text = f'format = "{CASE_FORMAT}"\n{TEXT}'.replace("a-case", name)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert [case.file for case in load_cases(tmp_path)] == ["a.toml", "b.toml", "inner/c.toml"]


def test_two_cases_of_one_id_are_refused_with_both_files(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(f'format = "{CASE_FORMAT}"\n{TEXT}', encoding="utf-8")

    with pytest.raises(
        DocumentError, match=r'b\.toml: a-case .*\n.*\$\.id = "a-case": is the id of a case in a\.toml too'
    ):
        load_cases(tmp_path)
