"""The library's values as bodies and answers of a FastAPI host, and its exceptions as HTTP errors."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from contractor_compliance.errors import ContractorComplianceError, DocumentError, Fault, MissingExtraError
from contractor_compliance.integrations.http import STATUSES, location_of, refusal_of
from contractor_compliance.serialization import from_dict, to_dict, value_schema

try:
    from fastapi import Body, FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, WithJsonSchema
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema
except ImportError as error:
    raise MissingExtraError("The integration of FastAPI", "fastapi") from error

__all__ = ["AsDocument", "Document", "error_response", "install"]

T = TypeVar("T")

_VALUE = "contractor_compliance_value"


class AsDocument:
    """Marks a class of the library for pydantic: it is read and written as a document, and described in OpenAPI.

    A body with faults is refused with each of them at its path. Tax ids are read in clear and written masked.
    `Annotated[Policy, AsDocument()]` works wherever pydantic reads annotations.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic validates and serializes the marked class."""

        def read(value: Any) -> Any:
            return value if isinstance(value, source) else _read(value, source)

        return core_schema.no_info_plain_validator_function(
            read,
            metadata={_VALUE: source},
            serialization=core_schema.plain_serializer_function_ser_schema(to_dict),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the JSON Schema of the marked class; the classes in it become components of their own."""
        json_schema = value_schema(schema["metadata"][_VALUE])
        # Pydantic names and shares definitions of core schemas; of plain JSON it would know nothing.
        references = {
            f"#/$defs/{name}": core_schema.definition_reference_schema(_name(name)) for name in json_schema["$defs"]
        }
        written = {reference: handler(definition) for reference, definition in references.items()}
        definitions = [_definition(name, _pointed(body, written)) for name, body in json_schema["$defs"].items()]
        return handler(core_schema.definitions_schema(references[json_schema["$ref"]], definitions))


#: A value of the library as the body of a request, a part of one, or an answer: `Document[Assignment]`.
Document = Annotated[T, AsDocument(), Body()]


def install(app: FastAPI) -> None:
    """Let an application answer the library's exceptions as `error_response` does.

    Faults of requests are answered without what was sent: it may hold a tax id, and answers end up in logs.
    """
    for cls in STATUSES:
        app.add_exception_handler(cls, _answer)
    app.add_exception_handler(RequestValidationError, _answer_faults)


def error_response(error: ContractorComplianceError) -> JSONResponse | None:
    """Return the answer for an exception of the library; None if it is none of the caller's business: a 500."""
    refusal = refusal_of(error)
    return None if refusal is None else JSONResponse(refusal.body, refusal.status, refusal.headers)


async def _answer(_: Request, error: Exception) -> JSONResponse:
    response = error_response(error) if isinstance(error, ContractorComplianceError) else None
    if response is None:
        raise error
    return response


async def _answer_faults(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [{"type": error["type"], "loc": [*error["loc"]], "msg": error["msg"]} for error in error.errors()]
    return JSONResponse({"code": "request", "detail": faults}, 422)


def _read(value: Any, cls: type) -> Any:
    try:
        return from_dict(value, cls)
    except DocumentError as error:
        faults = error.faults
    # Raised here and not above: no traceback then carries the values, of which one may be a tax id.
    raise ValidationError.from_exception_data(cls.__name__, [_line(fault) for fault in faults])


def _line(fault: Fault) -> InitErrorDetails:
    # A message with no context is no template, whatever braces stand in it.
    said = PydanticCustomError("document", f"{fault.value}: {fault.problem}")
    return InitErrorDetails(type=said, loc=location_of(fault), input=fault.value)


def _name(name: str) -> str:
    return f"contractor_compliance.{name}"


def _definition(name: str, body: dict[str, Any]) -> CoreSchema:
    made: Any = TypeAdapter(Annotated[Any, WithJsonSchema(body)]).core_schema
    return {**made, "ref": _name(name)}


def _pointed(tree: Any, references: dict[str, JsonSchemaValue]) -> Any:
    """Return a schema whose references are those of pydantic."""
    if isinstance(tree, list):
        return [_pointed(item, references) for item in tree]
    if not isinstance(tree, dict):
        return tree
    pointed = {key: _pointed(value, references) for key, value in tree.items() if key != "$ref"}
    return {**references[tree["$ref"]], **pointed} if "$ref" in tree else pointed
