"""What is refused, and how the refusal reads."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import Certificate, Contractor, Dossier, Exemption, Limits, Policy, RuleBook, Term
from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.results.finding import Check
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.serialization import FORMATS, dumps, from_dict, loads
from contractor_compliance.serialization.faults import MOST_FAULTS
from contractor_compliance.serialization.formats import upgraded

EVIDENCE = {"level": "copy", "observed_on": "2026-01-03"}
DOSSIER: dict[str, Any] = {
    "format": "contractor-compliance/dossier/1",
    "company": {"id": "org-1", "name": "Invented Staffing, Inc."},
    "contractor": {"id": "ic-1", "legal_name": "Invented Roofing LLC"},
}


def faults_of(text: str | bytes, kind: type = Dossier) -> tuple[Fault, ...]:
    with pytest.raises(DocumentError) as caught:
        loads(text, kind)
    return caught.value.faults


def faults_of_dossier(**fields: Any) -> list[str]:
    return [str(fault) for fault in faults_of(json.dumps({**DOSSIER, **fields}))]


def faults_of_book(*requirements: object) -> list[str]:
    document = {
        "format": "contractor-compliance/rulebook/1",
        "id": "rules-1",
        "sets": [{"id": "default", "requirements": list(requirements)}],
    }
    return [str(fault) for fault in faults_of(json.dumps(document), RuleBook)]


def faults_of_value(plain: object, cls: type) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        from_dict(plain, cls)
    return [str(fault) for fault in caught.value.faults]


def test_a_fault_has_the_path_the_value_and_the_fix() -> None:
    policy = {"id": "gl-1", "line": "general_liability", "limits": [{"each_occurrence": "5", "evidence": EVIDENCE}]}

    assert faults_of_dossier(policies=[policy]) == [
        '$.policies[0].limits[0].each_occurrence = "5": must be an integer, not text; write it without the quotes'
    ]


def test_all_faults_are_reported_together() -> None:
    paths = [
        fault.path
        for fault in faults_of(
            json.dumps(
                {
                    **DOSSIER,
                    "company": {"id": "", "zone": "Mars/Olympus", "name": "x"},
                    "contractor": {"legal_name": 5, "has_employees": "yes", "shoe_size": 44},
                    "assignments": [{"id": "as-1", "start": "2026-02-30"}, 7],
                    "policies": [{"id": "p", "line": "general_liabilty"}],
                }
            )
        )
    ]

    assert paths == [
        "$.company.id",
        "$.company.zone",
        "$.contractor.id",
        "$.contractor.legal_name",
        "$.contractor.has_employees",
        "$.contractor.shoe_size",
        "$.assignments[0].start",
        "$.assignments[1]",
        "$.policies[0].line",
    ]


def test_a_fault_between_fields_has_the_path_of_the_value_that_holds_them() -> None:
    term = {"effective": "2026-01-01", "expiration": "2026-01-01", "evidence": EVIDENCE}

    assert faults_of_dossier(policies=[{"id": "p", "line": "cyber", "terms": [term]}]) == [
        "$.policies[0].terms[0].expiration = 2026-01-01: must be after the effective date, 2026-01-01"
    ]


def test_a_reference_that_does_not_resolve_is_refused() -> None:
    assignment = {"id": "as-1", "start": "2026-01-05", "client_id": "nobody"}

    assert faults_of_dossier(assignments=[assignment]) == [
        "$.assignments[0].client_id = 'nobody': is not in the dossier; add it to clients"
    ]


def test_the_refusal_of_an_unknown_field_suggests_the_nearest_name() -> None:
    assert faults_of_dossier(polices=[]) == [
        '$.polices = not shown: Dossier has no such field; did you mean "policies"?'
    ]


def test_a_missing_field_is_named() -> None:
    assert faults_of_value({"id": "p"}, Policy) == ["$.line = nothing: is missing; it has no default"]


@pytest.mark.parametrize("number", ["1.0", "1e2", "NaN", "Infinity", "-Infinity", "true", '"1"', "[]", "{}"])
def test_an_amount_is_an_integer_and_nothing_like_one(number: str) -> None:
    plain = json.loads('{"each_occurrence": %s}' % number)  # noqa: UP031  # braces are the point

    assert faults_of_value({**plain, "evidence": EVIDENCE}, Limits)[0].startswith("$.each_occurrence = ")


def test_a_negative_amount_is_refused() -> None:
    assert faults_of_value({"each_occurrence": -1, "evidence": EVIDENCE}, Limits) == [
        "$.each_occurrence = -1: must be 0 or more"
    ]


def test_the_refusal_of_nan_differs_from_that_of_a_fraction() -> None:
    assert faults_of_value({"each_occurrence": float("nan"), "evidence": EVIDENCE}, Limits) == [
        "$.each_occurrence = NaN: must be an integer, not NaN or an infinity, which JSON does not have"
    ]


@pytest.mark.parametrize("flag", [0, 1, "true", None, []])
def test_a_flag_is_true_or_false(flag: object) -> None:
    assert faults_of_value({"continuous": flag, "evidence": EVIDENCE}, Term)[0].startswith("$.continuous = ")


@pytest.mark.parametrize(
    "day",
    [
        "2026-1-5",
        "20260105",
        "2026-W01-1",
        "2026-02-30",
        "2026-01-05T00:00:00Z",
        " 2026-01-05",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0665",
        5,
    ],
)
def test_a_day_is_written_in_one_way_only(day: object) -> None:
    (fault,) = faults_of_dossier(assignments=[{"id": "as-1", "start": day}])

    assert "YYYY-MM-DD" in fault


@pytest.mark.parametrize(
    "instant",
    [
        "2026-01-05T10:00:00",
        "2026-01-05T10:00:00+00:00",
        "2026-01-05T10:00:00+02:00",
        "2026-01-05 10:00:00Z",
        "2026-01-05T10:00Z",
        "2026-01-05T10:00:00.1234567Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T23:59:60Z",
        "2026-01-05",
        1767607200,
    ],
)
def test_an_instant_is_written_in_utc_with_z_and_in_no_other_way(instant: object) -> None:
    (fault,) = faults_of_value({"id": "c", "status": "pending", "received_at": instant}, Certificate)

    assert fault.startswith("$.received_at = ")


def test_the_refusal_of_an_unknown_code_suggests_the_nearest_known_one() -> None:
    assert faults_of_value({"id": "c", "status": "aproved"}, Certificate) == [
        (
            '$.status = "aproved": must be one of pending, processing, approved, flagged, denied, error; '
            'did you mean "approved"?'
        )
    ]


def test_a_code_is_case_sensitive() -> None:
    assert faults_of_value({"id": "e", "kind": "attestation", "state": "ny"}, Exemption)


@pytest.mark.parametrize("line", ["gl", "General_Liability", "other:", "other:Tools", "other:tools ", 5, None])
def test_a_line_is_a_known_one_or_other_and_a_name(line: object) -> None:
    (fault,) = faults_of_value({"id": "p", "line": line}, Policy)

    assert fault.startswith("$.line = ")


@pytest.mark.parametrize("items", ["ab", {"0": "a"}, None, 5])
def test_an_array_is_an_array(items: object) -> None:
    (fault,) = faults_of_value({"id": "ic-1", "legal_name": "x", "aliases": items}, Contractor)

    assert fault.endswith(("must be an array, not text", "not an object", "not null", "not an integer"))


def test_a_set_has_no_repeats() -> None:
    assignment = {"id": "as-1", "start": "2026-01-05", "work_states": ["NY", "AL", "NY"]}

    assert faults_of_dossier(assignments=[assignment]) == [
        "$.assignments[0].work_states[2] = item 2: repeats item 0; keep one of them"
    ]


@pytest.mark.parametrize("word", ["absent", "unknown", "Unreadable", {"missing": "unreadable"}])
def test_a_missing_fact_is_said_in_one_way_only(word: object) -> None:
    assert faults_of_value({"effective": word, "evidence": EVIDENCE}, Term)[0].startswith("$.effective = ")


def test_a_masked_tax_id_is_refused_with_the_way_out() -> None:
    (fault,) = faults_of_dossier(contractor={**DOSSIER["contractor"], "tax_id": "***-**-1234"})

    assert 'write the document with dumps(..., tax_ids="clear")' in fault


@pytest.mark.parametrize("wrong", ["900-70-12345", "90070123", 900701234, ["900-70-1234"], {"ssn": "900-70-1234"}])
def test_a_refused_tax_id_is_not_repeated(wrong: object) -> None:
    (fault,) = faults_of_dossier(contractor={**DOSSIER["contractor"], "tax_id": wrong})

    assert fault == "$.contractor.tax_id = ***: must be text of nine digits: 784400101, 900-70-0001 or 78-4400101"


@pytest.mark.parametrize(
    "contractor",
    [
        "900-70-1234",
        ["900-70-1234"],
        {"id": "ic-1", "legal_name": ["900-70-1234"]},
        {"id": "ic-1", "legal_name": "x", "taxid": "900-70-1234"},
        {"id": "ic-1", "legal_name": "x", "900-70-1234": 1},
        {"id": "ic-1", "legal_name": "x", "entity_type": "900701234"},
        {"id": "ic-1", "legal_name": "x", "people": [{"id": "900-70-1234", "name": "x"}] * 2},
    ],
)
def test_a_tax_id_in_the_wrong_place_is_not_repeated_either(contractor: object) -> None:
    text = "\n".join(faults_of_dossier(contractor=contractor))

    assert re.search("0-1234|900701234", text) is None


def test_the_error_keeps_no_hold_of_the_document() -> None:
    # A logger that follows causes would else print what the message hides.
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps({**DOSSIER, "contractor": {"id": 5}}), Dossier)

    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_long_value_is_cut() -> None:
    (fault,) = faults_of(json.dumps({**DOSSIER, "assignments": [{"id": "a", "start": "x" * 500}]}))

    assert len(fault.value) <= 80


def test_a_requirement_says_its_kind() -> None:
    (fault,) = faults_of_book({"id": "gl", "line": "general_liability"})

    assert fault.startswith("$.sets[0].requirements[0].kind = nothing: is missing; write one of coverage, umbrella")


def test_the_refusal_of_an_unknown_kind_of_requirement_suggests_the_nearest_one() -> None:
    (fault,) = faults_of_book({"kind": "anyof", "id": "x", "members": []})

    assert re.fullmatch(r'\$\.sets\[0\]\.requirements\[0\]\.kind = "anyof": .*; did you mean "any_of"\?', fault)


def test_a_field_of_another_kind_of_requirement_is_refused() -> None:
    (fault,) = faults_of_book({"kind": "custom", "id": "x", "name": "n", "occurrence": 1})

    assert fault == "$.sets[0].requirements[0].occurrence = not shown: Custom has no such field; leave it out"


def test_a_fault_of_a_member_has_the_whole_path() -> None:
    member = {"kind": "coverage", "id": "m", "line": "workers_compensation", "top_up": ["umbrella"]}

    (fault,) = faults_of_book({"kind": "any_of", "id": "x", "members": [member]})

    assert fault.startswith("$.sets[0].requirements[0].members[0].top_up = umbrella: ")


def test_a_figure_in_a_check_is_text_or_an_integer() -> None:
    assert faults_of_value({"aspect": "term", "outcome": "pass", "required": True}, Check) == [
        "$.required = true: must be text or an integer, not true or false"
    ]


def test_the_words_of_a_finding_are_text() -> None:
    plain = {
        "contractor_id": "ic-1",
        "as_of": "2026-01-01",
        "rulebook_id": "r",
        "rulebook_version": 1,
        "verdict": "compliant",
        "insurance_status": "insured",
        "findings": [{"remedy": 5}],
    }

    assert faults_of_value(plain, ComplianceReport) == [
        "$.findings[0].remedy = 5: must be text, not an integer; it may be left out"
    ]


def test_a_key_given_twice_is_refused_wherever_it_stands() -> None:
    text = json.dumps(DOSSIER).replace('"id": "ic-1"', '"id": "ic-1", "id": "ic-2"')

    assert [Fault("$.contractor.id", "given more than once", "keep one of them")] == list(faults_of(text))


def test_half_a_surrogate_pair_is_refused() -> None:
    text = json.dumps(DOSSIER).replace("Invented Roofing", "\\ud83d Roofing")

    assert [fault.path for fault in faults_of(text)] == ["$.contractor.legal_name"]


def test_a_whole_surrogate_pair_is_a_character() -> None:
    text = json.dumps(DOSSIER).replace("Invented Roofing LLC", "\\ud83d\\ude00")

    assert loads(text, Dossier).contractor.legal_name == "😀"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not JSON: expecting value"),
        ("{", "is not JSON: expecting property name enclosed in double quotes"),
        ('{"a": 1} x', "is not JSON: extra data"),
        ("\ufeff{}", "is not JSON: unexpected UTF-8 BOM (decode using utf-8-sig)"),
        (b"\xff{}", "is not UTF-8: invalid start byte"),
        ("[" * 100_000, "is nested too deeply; 100 objects and arrays are the limit"),
        ("[]", 'must be an object with "format": "contractor-compliance/dossier/1"'),
        ("null", 'must be an object with "format": "contractor-compliance/dossier/1"'),
        ('"x"', 'must be an object with "format": "contractor-compliance/dossier/1"'),
    ],
)
def test_a_text_that_is_no_json_object_is_refused_at_the_root(text: str | bytes, problem: str) -> None:
    assert [("$", problem)] == [(fault.path, fault.problem) for fault in faults_of(text)]


def test_a_document_that_is_neither_text_nor_bytes_is_refused() -> None:
    with pytest.raises(DocumentError, match="from_dict reads plain values"):
        loads(DOSSIER, Dossier)  # type: ignore[arg-type]


def test_a_syntax_error_is_located_and_not_quoted() -> None:
    (fault,) = faults_of('{\n  "tax_id": 900-70-1234}')

    assert (fault.value, fault.problem) == ("line 2, column 16", "is not JSON: expecting ',' delimiter")


def test_more_than_a_hundred_objects_inside_each_other_are_refused() -> None:
    (fault,) = faults_of('{"a":' * 101 + "1" + "}" * 101)

    assert (
        fault.path,
        fault.problem,
    ) == ("$" + ".a" * 100, "is nested too deeply; 100 objects and arrays are the limit")


def test_plain_values_that_hold_themselves_are_refused() -> None:
    plain: dict[str, Any] = {}
    plain["contractor"] = plain

    assert "is nested too deeply" in faults_of_value(plain, Dossier)[0]


def test_an_integer_of_too_many_digits_is_refused_where_it_stands() -> None:
    text = json.dumps(DOSSIER).replace('"ic-1"', "9" * 5000)

    assert [fault.path for fault in faults_of(text)] == ["$.contractor.id"]


def test_a_document_of_another_kind_is_refused_with_the_class_to_read_it_as() -> None:
    text = '{"format": "contractor-compliance/rulebook/1", "id": "r", "sets": []}'

    assert faults_of(text)[0].problem == "is another kind of document; read it as RuleBook, or give a dossier"


def test_a_document_of_a_later_version_is_refused_with_the_known_ones() -> None:
    text = json.dumps({**DOSSIER, "format": "contractor-compliance/dossier/2"})

    assert "this release reads contractor-compliance/dossier/1: upgrade the library" in faults_of(text)[0].problem


@pytest.mark.parametrize(
    "given", ["contractor-compliance/dossier/0", "contractor-compliance/dossier/01", "dossier/1", 1]
)
def test_an_invalid_document_format_is_refused_with_the_known_ones(given: object) -> None:
    (fault,) = faults_of(json.dumps({**DOSSIER, "format": given}))

    assert (
        fault.path,
        fault.problem,
    ) == ("$.format", "is no document format; this release reads contractor-compliance/dossier/1")


def test_a_document_of_a_kind_not_known_yet_is_refused_with_the_known_ones() -> None:
    text = json.dumps({**DOSSIER, "format": "contractor-compliance/timeline/1"})

    assert "it knows dossier, rulebook, report" in faults_of(text)[0].problem


def test_a_document_without_a_format_is_refused() -> None:
    (fault,) = faults_of(json.dumps({"company": {}, "contractor": {}}))

    assert (fault.path, fault.value) == ("$.format", "nothing")


def test_a_document_of_an_earlier_version_is_upgraded_step_by_step() -> None:
    steps = (lambda body: {**body, "a": [1]}, lambda body: {**body, "a": [*body["a"], 2]})
    later = attrs.evolve(FORMATS[0], upgrades=steps)

    assert upgraded({"format": "contractor-compliance/dossier/1"}, later) == {"a": [1, 2]}


def test_a_document_of_the_newest_version_is_not_upgraded() -> None:
    later = attrs.evolve(FORMATS[0], upgrades=(lambda _: {"spoilt": True},))

    assert upgraded({"format": "contractor-compliance/dossier/2", "a": 1}, later) == {"a": 1}


def test_only_the_first_hundred_faults_are_listed() -> None:
    faults = faults_of(json.dumps({**DOSSIER, "policies": [5] * 1000}))

    assert (len(faults), faults[-1].value) == (MOST_FAULTS + 1, "more faults")


def test_a_long_array_of_faults_is_refused_in_no_time() -> None:
    started = time.process_time()
    faults_of(json.dumps({**DOSSIER, "policies": [5] * 300_000}))

    assert time.process_time() - started < 2


def test_many_unknown_fields_are_refused_in_no_time() -> None:
    started = time.process_time()
    faults_of(json.dumps({**DOSSIER, **{f"polices{number}": 1 for number in range(100_000)}}))

    assert time.process_time() - started < 2


def test_a_fault_in_the_depths_is_found_in_no_time() -> None:
    # Reading a faulty member a second time to collect its faults would double the work on every level.
    requirement: dict[str, Any] = {"kind": "custom", "id": 5, "name": "n"}
    for _ in range(45):
        requirement = {"kind": "all_of", "id": "x", "members": [requirement]}

    (fault,) = faults_of_book(requirement)

    assert ".id = 5: must be text" in fault


def test_a_dumped_dossier_is_masked_and_so_refused() -> None:
    value = loads(json.dumps({**DOSSIER, "contractor": {**DOSSIER["contractor"], "tax_id": "900701234"}}), Dossier)

    assert [fault.path for fault in faults_of(dumps(value))] == ["$.contractor.tax_id"]
