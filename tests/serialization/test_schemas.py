"""The published schemas say the same as the code, and the published pages are up to date."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Contractor, Dossier, RuleBook
from contractor_compliance.errors import DocumentError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.serialization import FORMATS, Format, dumps, json_schema
from contractor_compliance.serialization.schema import field_docs
from contractor_compliance.testing.strategies import cases, days, dossiers, rulebooks

ROOT = Path(__file__).parents[2]
GOLDEN = [
    pytest.param(format_, path, id=f"{format_.kind}/{path.stem}")
    for format_ in FORMATS
    for path in sorted((ROOT / "tests" / "golden" / "formats" / f"{format_.kind}-{format_.version}").glob("*.json"))
]
VALIDATORS = {format_.kind: jsonschema_rs.validator_for(json_schema(format_.value)) for format_ in FORMATS}
CONTRACTOR = {"id": "ic-1", "legal_name": "Invented Roofing LLC"}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_formats", ROOT / "docs" / "generate_formats.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_valid(**fields: Any) -> bool:
    document = {
        "format": "contractor-compliance/dossier/1",
        "company": {"id": "org-1", "name": "Invented Staffing, Inc."},
        "contractor": CONTRACTOR,
        **fields,
    }
    return VALIDATORS["dossier"].is_valid(document)


def test_the_published_pages_are_those_that_the_code_makes() -> None:
    stale = [
        path
        for path, text in generator().pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run: python docs/generate_formats.py"


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.kind)
def test_each_published_schema_is_a_valid_json_schema(format_: Format) -> None:
    assert jsonschema_rs.meta.is_valid(json_schema(format_.value))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.kind)
def test_every_field_is_described(format_: Format) -> None:
    schema = json_schema(format_.value)

    assert [
        f"{definition['title']}.{name}"
        for definition in [schema, *schema["$defs"].values()]
        for name, field in definition.get("properties", {}).items()
        if not field["description"]
    ] == []


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.kind)
def test_every_object_is_closed(format_: Format) -> None:
    schema = json_schema(format_.value)
    objects = [definition for definition in [schema, *schema["$defs"].values()] if definition.get("type") == "object"]

    assert [object_["title"] for object_ in objects if object_["additionalProperties"] is not False] == []


@pytest.mark.parametrize(("format_", "path"), GOLDEN)
def test_a_golden_document_is_valid(format_: Format, path: Path) -> None:
    assert [error.message for error in VALIDATORS[format_.kind].iter_errors(json.loads(path.read_bytes()))] == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(dossiers(), st.sampled_from(["masked", "clear"]))
def test_every_dossier_is_written_as_a_valid_document(dossier: Dossier, tax_ids: Any) -> None:
    assert VALIDATORS["dossier"].is_valid(json.loads(dumps(dossier, tax_ids=tax_ids)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(rulebooks())
def test_every_rule_book_is_written_as_a_valid_document(rulebook: RuleBook) -> None:
    assert VALIDATORS["rulebook"].is_valid(json.loads(dumps(rulebook)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(cases(), days())
def test_every_report_is_written_as_a_valid_document(case: tuple[Dossier, RuleBook], day: date) -> None:
    assert VALIDATORS["report"].is_valid(json.loads(dumps(evaluate(*case, as_of=day))))


@pytest.mark.parametrize(
    "fields",
    [
        {"contractor": {**CONTRACTOR, "shoe_size": 44}},
        {"contractor": {"id": "ic-1"}},
        {"contractor": {**CONTRACTOR, "id": " "}},
        {"contractor": {**CONTRACTOR, "tax_id": "12345"}},
        {"contractor": {**CONTRACTOR, "entity_type": "LLC"}},
        {"contractor": {**CONTRACTOR, "home_address": {"state": "AL", "postal_code": "3610"}}},
        {"contractor": {**CONTRACTOR, "people": [{"id": "p", "name": "Bo", "ownership_percent": 101}]}},
        {"assignments": [{"id": "as-1", "start": "5 January 2026"}]},
        {"assignments": [{"id": "as-1", "start": "2026-01-05", "work_states": ["AL", "AL"]}]},
        {"assignments": [{"id": "as-1", "start": "2026-01-05", "worker": {"missing": "absent"}}]},
        {"policies": [{"id": "p-1", "line": "gl"}]},
        {"format": "contractor-compliance/dossier/2"},
    ],
)
def test_a_value_that_a_field_does_not_take_is_not_valid(fields: dict[str, Any]) -> None:
    assert not is_valid(**fields)


@pytest.mark.parametrize(
    "contractor",
    [
        {"tax_id": "***-**-1234"},
        {"tax_id": None},
        {"has_employees": "unreadable"},
        {"has_employees": None},
        {"home_address": {"state": "AL", "postal_code": "36104-0001"}},
    ],
)
def test_a_value_that_a_field_takes_is_valid(contractor: dict[str, Any]) -> None:
    assert is_valid(contractor={**CONTRACTOR, **contractor})


def test_the_default_of_a_field_stands_in_the_schema() -> None:
    settings_of_a_company = json_schema(Dossier)["$defs"]["CompanySettings"]["properties"]

    assert settings_of_a_company["expiring_within_days"]["default"] == 30


def test_a_field_without_a_default_is_required() -> None:
    assert json_schema(Dossier)["required"] == ["format", "company", "contractor"]


def test_the_fields_of_a_base_class_are_described_where_they_are_inherited() -> None:
    custom = json_schema(RuleBook)["$defs"]["Custom"]["properties"]

    assert custom["tail_years"]["description"].startswith("Years after the assignment's end")


def test_a_description_over_several_lines_is_one_sentence() -> None:
    @attrs.frozen
    class Sample:
        """Sample.

        Attributes:
            one: First line
                and second.
            two: Third.

        Nothing more.
        """

    assert field_docs(Sample) == {"one": "First line and second.", "two": "Third."}


def test_a_class_without_a_document_format_has_no_schema() -> None:
    with pytest.raises(DocumentError, match="has no document format"):
        json_schema(Contractor)
