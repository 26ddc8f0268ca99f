"""The library's values as bodies and answers of FastAPI, and its exceptions as HTTP errors."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import jsonschema_rs
import pytest
from fastapi import Body, FastAPI
from hypothesis import given
from pydantic import BaseModel, TypeAdapter, ValidationError

import contractor_compliance
from contractor_compliance import errors
from contractor_compliance.desk import CommandResult, DayAudit, DueChange, Roster
from contractor_compliance.domain import Assignment, Certificate, Contractor, Member, Policy, RuleBook, TaxId
from contractor_compliance.errors import ContractorComplianceError, Fault
from contractor_compliance.integrations.fastapi import AsDocument, Document, error_response, install
from contractor_compliance.integrations.http import location_of, refusal_of
from contractor_compliance.results import Verdict
from contractor_compliance.serialization import to_dict, value_schema
from contractor_compliance.testing import factories as make
from contractor_compliance.testing import strategies

FOLDER = Path(contractor_compliance.__path__[0]).parent
TAX_ID = "900126789"
FAULT = Fault("$.policies[2].limits[0].each_occurrence", "-1", "must be 0 or more")
NOW, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
#: One of each exception, and the status and code that it is answered with; None = it is not answered.
TOLD: list[tuple[ContractorComplianceError, tuple[int, str] | None]] = [
    (errors.AccessDeniedError("You may not."), (403, "access_denied")),
    (errors.CommitUnknownError("key-1"), (503, "commit_unknown")),
    (errors.ConflictError(["contractor 'c' is at version 3"]), (409, "conflict")),
    (errors.CursorError(), (400, "cursor")),
    (errors.DocumentError("Policy", (FAULT,)), (422, "document")),
    (
        errors.FutureInstantError(LATER, NOW),
        (422, "future_instant"),
    ),
    (errors.GateError("assignment-1", Verdict.NON_COMPLIANT), (409, "gate")),
    (errors.InvalidValueError("Policy", (FAULT,)), (422, "invalid_value")),
    (errors.KeyReusedError("key-1"), (422, "key_reused")),
    (errors.NotAllowedError("It is decided."), (409, "not_allowed")),
    (errors.NotOnFileError("There is no such contractor."), (404, "not_on_file")),
    (errors.StoreBusyError("database is locked"), (503, "store_busy")),
    (errors.UnavailableError("no route to 10.0.0.1"), (503, "unavailable")),
    (errors.UnknownCompanyError("company-1"), (404, "unknown_company")),
    (errors.MissingExtraError("This", "fastapi"), None),
    (errors.SchemaError("too old", actual=1, expected=2), None),
    (errors.StoreClosedError(), None),
    (errors.StoreFailedError("disk full"), None),
    (errors.StoreURLError("no such scheme"), None),
    (errors.UnreadableError(["contractor 'c'"]), None),
]
#: Those that are only ever raised as one of the others.
BASES = {"ContractorComplianceError", "DeskError", "StorageError"}


class Papers(BaseModel):
    """A model of the host with values of the library in it."""

    certificate: Document[Certificate]
    policies: list[Document[Policy]] = []


def app() -> FastAPI:
    made = FastAPI()
    install(made)

    @made.post("/contractors")
    def echo(contractor: Document[Contractor]) -> Document[Contractor]:
        return contractor

    @made.post("/papers")
    def keep(papers: Papers) -> int:
        return len(papers.policies)

    @made.post("/embedded")
    def embedded(assignment: Annotated[Document[Assignment], Body(embed=True)]) -> Document[Assignment]:
        return assignment

    @made.post("/rulebooks")
    def publish(book: Document[RuleBook]) -> Document[CommandResult]:
        raise errors.KeyReusedError(book.id)

    @made.get("/broken")
    def broken() -> None:
        raise errors.StoreFailedError("disk full")

    @made.get("/answers")
    def answers() -> tuple[Document[Roster], Document[DayAudit], list[Document[DueChange]], list[Document[Member]]]:
        raise errors.NotOnFileError("nothing")

    return made


def ask(made: FastAPI, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    """Return the status and the body of an answer, without a server."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    asyncio.run(made(scope, receive, send))  # type: ignore[arg-type]
    text = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(text)


def post(path: str, value: Any) -> tuple[int, Any]:
    return ask(app(), "POST", path, json.dumps(value).encode())


def contractor() -> Contractor:
    return make.contractor(tax_id=TaxId(TAX_ID))


# Bodies and answers


def test_a_body_becomes_a_value() -> None:
    plain = to_dict(contractor(), tax_ids="clear")

    assert contractor() == TypeAdapter(Document[Contractor]).validate_python(plain)


def test_a_body_that_is_a_value_already_is_left_as_it_is() -> None:
    value = contractor()

    assert value is TypeAdapter(Document[Contractor]).validate_python(value)


def test_an_answer_masks_tax_ids() -> None:
    status, body = post("/contractors", to_dict(contractor(), tax_ids="clear"))

    assert (200, "***-**-6789") == (status, body["tax_id"])


@given(strategies.values(Assignment))
def test_a_written_value_is_read_back_equal(value: Assignment) -> None:
    adapter = TypeAdapter(Document[Assignment])

    assert value == adapter.validate_json(adapter.dump_json(value))


def test_a_body_with_faults_is_refused_with_each_at_its_path() -> None:
    plain = to_dict(make.gl_policy())
    plain["limits"][0]["each_occurrence"] = "a lot"
    plain["terms"][0]["evidence"]["observed_on"] = "2026-02-30"
    plain["limit"] = []
    status, body = post("/papers", {"certificate": to_dict(make.certificate()), "policies": [plain]})

    assert (422, "request") == (status, body["code"])
    assert [
        ["body", "policies", 0, "terms", 0, "evidence", "observed_on"],
        ["body", "policies", 0, "limits", 0, "each_occurrence"],
        ["body", "policies", 0, "limit"],
    ] == [fault["loc"] for fault in body["detail"]]


def test_a_fault_shows_the_value_and_says_what_is_expected() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Document[Assignment]).validate_python({"id": "a", "start": "{tomorrow}"})

    (fault,) = caught.value.errors()
    assert ("document", ("start",)) == (fault["type"], fault["loc"])
    assert "'{tomorrow}': must be a real day written YYYY-MM-DD" == fault["msg"]


def test_a_body_that_is_no_object_is_refused_at_its_root() -> None:
    status, body = post("/contractors", [1])

    assert 422 == status
    assert [["body"]] == [fault["loc"] for fault in body["detail"]]


def test_a_value_that_contradicts_itself_is_refused() -> None:
    status, body = post("/embedded", {"assignment": {"id": "a", "start": "2026-03-02", "end": "2026-03-01"}})

    assert 422 == status
    assert [["body", "assignment", "end"]] == [fault["loc"] for fault in body["detail"]]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/contractors", {"id": "c", "legal_name": "X", "tax_id": int(TAX_ID) + 10**9}),
        ("/contractors", {"id": "c", "legal_name": "X", "tax_id": [TAX_ID]}),
        ("/contractors", {"id": "c", "legal_name": "X", TAX_ID: 1}),
        ("/contractors", {"id": "c", "tax_id": TAX_ID}),
        ("/papers", {"tax_id": TAX_ID}),
        ("/papers", {"certificate": {"tax_id": TAX_ID}, "policies": {"tax_id": TAX_ID}}),
        ("/papers", [TAX_ID]),
        ("/embedded", {"tax_id": TAX_ID}),
    ],
)
def test_a_refusal_repeats_no_tax_id(path: str, sent: Any) -> None:
    status, body = post(path, sent)

    assert 422 == status
    assert TAX_ID not in json.dumps(body)


def test_a_body_that_is_no_json_is_refused() -> None:
    status, body = ask(app(), "POST", "/contractors", b"{")

    assert (422, ["json_invalid"]) == (status, [fault["type"] for fault in body["detail"]])


def test_the_error_of_a_bad_body_does_not_carry_it_along() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Document[Contractor]).validate_python({"id": "c", "tax_id": TAX_ID})

    assert TAX_ID not in repr((caught.value, caught.value.errors(), caught.value.__context__, caught.value.__cause__))


# OpenAPI


def test_openapi_describes_each_class_and_every_reference_resolves() -> None:
    described = app().openapi()
    schemas = described["components"]["schemas"]
    named = {
        "Assignment",
        "Certificate",
        "Contractor",
        "DayAudit",
        "CommandResult",
        "DueChange",
        "Member",
        "Policy",
        "TaxId",
    }

    # Classes that hold themselves, and with older releases of pydantic others too, stand there once for each way.
    assert named <= {schema.removesuffix("-Input").removesuffix("-Output") for schema in schemas}
    assert set() == {reference.rpartition("/")[2] for reference in _references(described)} - set(schemas)


def _references(tree: Any) -> list[str]:
    if isinstance(tree, list):
        return [reference for item in tree for reference in _references(item)]
    if not isinstance(tree, dict):
        return []
    references = [tree["$ref"]] if isinstance(tree.get("$ref"), str) else []
    return references + [reference for item in tree.values() for reference in _references(item)]


def test_openapi_says_of_a_field_what_our_schema_says() -> None:
    field = app().openapi()["components"]["schemas"]["RosterEntry"]["properties"]["name"]
    ours = value_schema(Roster)["$defs"]["RosterEntry"]["properties"]["name"]

    assert ours == field


def test_the_annotation_works_without_the_alias() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[Policy, AsDocument()])

    assert make.gl_policy() == adapter.validate_python(to_dict(make.gl_policy()))


@pytest.mark.parametrize(
    "value",
    [
        make.contractor(tax_id=TaxId(TAX_ID)),
        make.assignment(),
        make.gl_policy(),
        make.rulebook(make.any_of(make.gl_requirement(), make.wc_requirement())),
        CommandResult(
            id="c", sequence=1, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), flags=("on_hold",), verdict="compliant"
        ),
        Roster(date(2026, 6, 1), (), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_schema_of_a_value_accepts_what_is_written_and_nothing_else(value: Any) -> None:
    schema = jsonschema_rs.validator_for(value_schema(type(value)))
    plain = to_dict(value)

    assert schema.is_valid(plain)
    assert not schema.is_valid({**plain, "unknown": 1})


# Exceptions


def test_every_exception_is_listed_with_its_response_or_as_one_without() -> None:
    assert {*errors.__all__} - BASES - {"Fault"} == {type(error).__name__ for error, _ in TOLD}


@pytest.mark.parametrize(("error", "told"), TOLD, ids=lambda error: type(error).__name__)
def test_an_exception_becomes_a_response_with_its_status_and_code(
    error: ContractorComplianceError, told: tuple[int, str] | None
) -> None:
    response = error_response(error)

    assert told == (None if response is None else (response.status_code, json.loads(response.body)["code"]))


@pytest.mark.parametrize("error", [error for error, told in TOLD if told is not None and told[0] == 503])
def test_the_message_of_a_database_is_not_in_the_response(error: ContractorComplianceError) -> None:
    refusal = refusal_of(error)

    assert refusal is not None
    assert str(error) not in refusal.body["detail"]
    assert {"Retry-After": "1"} == refusal.headers


def test_the_faults_of_a_value_are_reported_with_their_paths() -> None:
    refusal = refusal_of(errors.InvalidValueError("Dossier", (FAULT,)))

    assert refusal is not None
    assert [
        {
            "type": "invalid_value",
            "loc": ["policies", 2, "limits", 0, "each_occurrence"],
            "msg": "-1: must be 0 or more",
        }
    ] == refusal.body["detail"]


def test_the_response_for_a_blocked_assignment_holds_its_verdict() -> None:
    refusal = refusal_of(errors.GateError("assignment-1", Verdict.NON_COMPLIANT))

    assert refusal is not None
    assert "non_compliant" == refusal.body["verdict"]


def test_an_exception_class_of_the_host_has_the_status_of_its_base_class() -> None:
    class ShiftNotAllowedError(errors.NotAllowedError):
        pass

    refusal = refusal_of(ShiftNotAllowedError("The shift has begun."))

    assert refusal is not None
    assert (409, "shift_not_allowed") == (refusal.status, refusal.body["code"])


def test_an_installed_application_answers_exceptions() -> None:
    told = post("/rulebooks", to_dict(make.rulebook(make.gl_requirement())))
    refused = ask(app(), "GET", "/answers")

    assert [(422, "key_reused"), (404, "not_on_file")] == [(status, body["code"]) for status, body in (told, refused)]


def test_an_installed_application_lets_faults_of_the_host_be() -> None:
    with pytest.raises(errors.StoreFailedError):
        ask(app(), "GET", "/broken")


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.start", ("start",)),
        ("$.policies[2].limits[0].each_occurrence", ("policies", 2, "limits", 0, "each_occurrence")),
        ('$["odd.key[1]"].x', ("odd.key[1]", "x")),
        ('$["a \\"quoted\\" key"]', ('a "quoted" key',)),
    ],
)
def test_the_path_of_a_fault_becomes_a_location_of_steps(path: str, steps: tuple[str | int, ...]) -> None:
    assert steps == location_of(Fault(path, "x", "is wrong"))


# What it costs whoever does not use it


def run(statement: str) -> subprocess.CompletedProcess[str]:
    found_in = f"import sys; sys.path.insert(0, {str(FOLDER)!r})"
    program = [sys.executable, "-I", "-c", f"{found_in}\n{statement}"]
    return subprocess.run(program, capture_output=True, check=False, text=True)


@pytest.mark.parametrize("module", ["", ".http"])
def test_only_the_integration_of_fastapi_loads_fastapi(module: str) -> None:
    done = run(f"import contractor_compliance.integrations{module}\nprint(*sys.modules)")

    assert 0 == done.returncode, done.stderr
    assert set() == {"fastapi", "pydantic", "starlette"} & set(done.stdout.split())


@pytest.mark.parametrize("package", ["fastapi", "pydantic"])
def test_importing_the_integration_without_its_packages_names_the_extra(package: str) -> None:
    done = run(f"sys.modules[{package!r}] = None\nimport contractor_compliance.integrations.fastapi")

    assert "MissingExtraError" in done.stderr
    assert "pip install 'contractor-compliance[fastapi]'" in done.stderr
