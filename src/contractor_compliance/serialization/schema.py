"""The JSON Schema (draft 2020-12) of each format: a walk over the same annotations that values are checked against.

A schema says what can be said of each field by itself. What lies between fields (an end after its start, references
that resolve) only reading the document tells.
"""

from __future__ import annotations

import functools
import inspect
import re
import typing
from enum import Enum
from typing import Annotated, Any

import attrs

from contractor_compliance.domain import (
    AtLeast,
    AtMost,
    IsZone,
    Line,
    Matches,
    Missing,
    NotBlank,
    Requirement,
    RequirementHeader,
    Sensitive,
    TaxId,
    field_types,
)
from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.domain.conversion import MOST_ENTRIES
from contractor_compliance.domain.requirements.groups import KINDS
from contractor_compliance.serialization.converter import (
    DERIVED,
    UNREADABLE,
    UNREADABLE_TEXT,
    bare,
    is_union,
    shared_converter,
)
from contractor_compliance.serialization.formats import format_of

__all__ = ["default_of", "field_docs", "json_schema", "value_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_INSTANT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$",
}
_TAX_ID = {
    "title": "TaxId",
    "description": "An EIN, SSN or ITIN. One masked as ***-**-1234 may be shown, and is refused when it is read.",
    "type": "string",
    "pattern": r"^([0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7}|\*{3}-\*{2}-[0-9]{4})$",
}
_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    PythonCalendar.DATE: _DAY,
    PythonCalendar.DATETIME: _INSTANT,
}
_ENTRY = re.compile(r"^    (\w+): (.*)$")


def json_schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of the documents of `Dossier`, `RuleBook` or `ComplianceReport`.

    Raises:
        DocumentError: If there are no documents of that class.

    Example:
        >>> from contractor_compliance.domain import Dossier
        >>> schema = json_schema(Dossier)
        >>> schema["$id"], schema["properties"]["format"]["const"]
        ('urn:contractor-compliance:dossier:1', 'contractor-compliance/dossier/1')
    """
    format_ = format_of(kind)
    definitions: dict[str, dict[str, Any]] = {}
    body = _object(kind, definitions)
    return {
        "$schema": _DIALECT,
        "$id": f"urn:contractor-compliance:{format_.kind}:{format_.version}",
        **body,
        "properties": {
            "format": {"const": format_.name, "description": "Kind and version of the document."},
            **body["properties"],
        },
        "required": ["format", *body["required"]],
        "$defs": dict(sorted(definitions.items())),
    }


def value_schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of a single value, as `to_dict` writes it and `from_dict` reads it, by reference.

    Args:
        kind: Any class of the library's values: `Assignment`, `Policy`, and what a desk answers.

    Example:
        >>> from contractor_compliance.domain import Interval
        >>> value_schema(Interval)["$defs"]["Interval"]["properties"]["start"]["anyOf"][0]["format"]
        'date'
    """
    definitions: dict[str, dict[str, Any]] = {}
    reference = _reference(kind, definitions)
    return {"$schema": _DIALECT, **reference, "$defs": dict(sorted(definitions.items()))}


@functools.cache
def field_docs(cls: type) -> dict[str, str]:
    """Return what the docstrings say of each field, that of the base class included."""
    docs: dict[str, str] = {}
    for class_ in reversed(cls.__mro__):
        docs |= _attributes_section(inspect.cleandoc(class_.__dict__.get("__doc__") or ""))
    return docs


def default_of(field: Any) -> Any:
    """Return the default of an attrs field as it would stand in a document; `attrs.NOTHING` if it has none."""
    if field.default is attrs.NOTHING:
        return attrs.NOTHING
    if field.default is Missing.ABSENT:
        return None
    return shared_converter("masked").unstructure(field.default, unstructure_as=field.type)


def _attributes_section(doc: str) -> dict[str, str]:
    docs: dict[str, str] = {}
    name = None
    for line in doc.partition("Attributes:\n")[2].splitlines():
        if entry := _ENTRY.match(line):
            name = entry[1]
            docs[name] = entry[2]
        elif name and line.startswith("     "):
            docs[name] += " " + line.strip()
        else:
            name = None
    return docs


def _object(cls: type, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    attrs.resolve_types(cls)
    hints, docs = field_types(cls), field_docs(cls)
    properties: dict[str, Any] = {}
    required: list[str] = []
    if issubclass(cls, RequirementHeader):
        properties["kind"] = {"const": cls.tag, "description": "Which kind of requirement this is."}
        required.append("kind")
    fields: tuple[Any, ...] = attrs.fields(typing.cast("Any", cls))
    for field in fields:
        said = _in_json(docs.get(field.name, ""))
        properties[field.name] = {**_schema(hints[field.name], definitions), "description": said}
        default = default_of(field)
        if default is attrs.NOTHING:
            required.append(field.name)
        else:
            properties[field.name]["default"] = default
    for name in DERIVED.get(cls, ()):
        said = _in_json(inspect.cleandoc(getattr(cls, name).__doc__ or ""))
        properties[name] = {"type": ["string", "null"], "readOnly": True, "description": f"{said} Worded when written."}
    return {
        "title": cls.__name__,
        "description": _first_paragraph(cls),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _in_json(doc: str) -> str:
    return re.sub(r"\bNone\b", "null", doc)  # docstrings speak Python


def _first_paragraph(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def _schema(hint: Any, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    if origin is Annotated:
        return _constrained(_schema(bare(hint), definitions), typing.get_args(hint)[1:])
    if origin in (tuple, frozenset):
        items = _schema(typing.get_args(hint)[0], definitions)
        unique: dict[str, Any] = {"uniqueItems": True} if origin is frozenset else {}
        return {"type": "array", "items": items, "maxItems": MOST_ENTRIES, **unique}
    if is_union(hint):
        return _union(hint, definitions)
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    return _reference(hint, definitions)


def _constrained(schema: dict[str, Any], constraints: tuple[Any, ...]) -> dict[str, Any]:
    for constraint in constraints:
        match constraint:
            case AtLeast():
                schema["minimum"] = constraint.bound
            case AtMost():
                schema["maximum"] = constraint.bound
            case NotBlank():
                schema |= {"minLength": 1, "maxLength": constraint.longest, "pattern": r"\S"}
            case Matches():
                schema["pattern"] = f"^(?:{constraint.pattern})$"
            case IsZone():
                schema |= {"minLength": 1, "examples": ["America/Chicago"]}
            case Sensitive():
                pass  # about messages, not about what may stand there
            case _:
                raise NotImplementedError(f"say in JSON Schema what {constraint!r} demands")
    return schema


def _union(hint: Any, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if hint == Requirement:
        return _requirement(definitions)
    members = typing.get_args(hint)
    choices = [_schema(member, definitions) for member in members if member not in (Missing, type(None))]
    if Missing in members:
        is_text = any(bare(member) is str for member in members)
        choices.append({"const": UNREADABLE_TEXT if is_text else UNREADABLE})
    return {"anyOf": [*choices, {"type": "null"}]}


def _requirement(definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if "Requirement" not in definitions:
        definitions["Requirement"] = {}  # first, because members of requirements are requirements
        definitions["Requirement"] = {
            "title": "Requirement",
            "description": "A requirement of one of the kinds; `kind` says which.",
            "oneOf": [_reference(member, definitions) for member in KINDS.values()],
        }
    return {"$ref": "#/$defs/Requirement"}


def _reference(cls: type, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    name = cls.__name__
    if name not in definitions:
        definitions[name] = {}  # first, because a class may hold itself
        definitions[name] = _definition(cls, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _definition(cls: type, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if cls is TaxId:
        return dict(_TAX_ID)
    heading = {"title": cls.__name__, "description": _first_paragraph(cls), "type": "string"}
    if cls is Line:
        lines = [str(line) for line in Line.known()]
        return {**heading, "anyOf": [{"enum": lines}, {"pattern": "^other:[a-z0-9]+(_[a-z0-9]+)*$"}]}
    if issubclass(cls, Enum):
        return {**heading, "enum": [member.value for member in cls]}
    return _object(cls, definitions)
