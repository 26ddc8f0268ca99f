"""Writes `reference/formats.md` and `reference/schemas/` from the schemas, which are walks over the annotations.

Run it after a change to a domain class, a report class or a docstring of their fields:
`python docs/generate_formats.py`. A test says when it is due.
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contractor_compliance.serialization import FORMATS, Format, dumps, json_schema, loads
from contractor_compliance.serialization.parsing import DEEPEST

REFERENCE = Path(__file__).parent / "reference"

INTRODUCTION = """\
# Document formats

<!--- Written by docs/generate_formats.py; change that, or the docstrings of the classes. -->

A dossier, a rule book, a report and a column mapping can each be kept as a JSON document. `loads` and `dumps` read and
write them:

```python
from contractor_compliance.domain import Company, Contractor, Dossier
from contractor_compliance.serialization import dumps, loads

dossier = Dossier(
    company=Company(id="org-1", name="Invented Staffing, Inc."),
    contractor=Contractor(id="ic-1", legal_name="Invented Roofing LLC"),
)
text = dumps(dossier)
assert loads(text, Dossier) == dossier
```

`to_dict` and `from_dict` do the same with plain dicts, lists, text and numbers, for any of the library's values and
without the `format` key. `json_schema(Dossier)` returns the JSON Schema (draft 2020-12) that stands below as a file.

## What holds for every document

- It is one JSON object in UTF-8. Its `format` is `contractor-compliance/<kind>/<version>`.
- A field whose value is its default is left out when a document is written, and may be left out when one is read.
  The defaults are part of the format: they do not change within a version.
- A day is `YYYY-MM-DD`. An instant is UTC with a `Z`, to the microsecond if need be: `2026-01-31T14:30:00.000001Z`.
- Money is an integer of US cents.
- A set is an array without repeats. It is written in sorted order and read in any.
- A fact that was left blank is `null`, or its field is left out. One that is there and cannot be read is
  `"unreadable"`; where a text stands, which might say that word, it is `{"missing": "unreadable"}`.
- Tax ids are written masked, `***-**-1234`, unless `dumps(..., tax_ids="clear")` is asked for. A masked one is refused
  when it is read, because its digits are lost.
- A text has at most 10,000 characters, an array at most 100,000 entries, and a dossier at most 2,000 policies.
- Equal values make equal text, byte for byte. Reading what was written gives back an equal value.

## What is refused

`loads` raises `DocumentError`, which lists every fault (up to a hundred) with its path, the value and what to do:

```python
from contractor_compliance.errors import DocumentError

wrong = text.replace('"legal_name"', '"legalname"').replace('"Invented Staffing, Inc."', "17")
try:
    loads(wrong, Dossier)
except DocumentError as error:
    faults = [str(fault) for fault in error.faults]

assert faults == [
    "$.company.name = 17: must be text, not an integer",
    "$.contractor.legal_name = nothing: is missing; it has no default",
    '$.contractor.legalname = not shown: Contractor has no such field; did you mean "legal_name"?',
]
```

Nothing is guessed and nothing is skipped: a wrong type (`"5"` or `5.0` or `true` for 5), an unknown field, a key given
twice, NaN, an instant without `Z`, half a surrogate pair, more than {deepest} objects and arrays inside each other, an
integer of more than 4300 digits, bytes that are not UTF-8. What lies between fields is checked too: an end before its
start, a reference to a policy that is not in the dossier. The schemas cannot say that; only reading the document tells.

Integers have no upper bound here. Other readers of JSON hold whole numbers exactly only up to 9,007,199,254,740,991.

## Versions

Every version that was ever released is read; the newest is written. A field is never renamed, and a new optional field
or a new code makes a new version, so that an older release says what it does not know instead of guessing.
"""

#: Small enough to be taken in at a glance.
EXAMPLES = {
    "dossier": """
{
  "format": "contractor-compliance/dossier/1",
  "company": {"id": "org-1", "name": "Invented Staffing, Inc."},
  "contractor": {"id": "ic-1", "legal_name": "Invented Roofing LLC", "home_address": {"state": "AL"}},
  "assignments": [{"id": "as-1", "start": "2026-01-15", "work_states": ["AL"]}],
  "policies": [
    {
      "id": "gl-1",
      "line": "general_liability",
      "terms": [
        {
          "effective": "2026-01-01",
          "expiration": "2027-01-01",
          "evidence": {"level": "certificate", "observed_on": "2026-01-03"}
        }
      ],
      "limits": [
        {
          "each_occurrence": 100000000,
          "general_aggregate": "unreadable",
          "evidence": {"level": "certificate", "observed_on": "2026-01-03"}
        }
      ]
    }
  ]
}
""",
    "rulebook": """
{
  "format": "contractor-compliance/rulebook/1",
  "id": "rules-1",
  "sets": [
    {
      "id": "default",
      "requirements": [
        {
          "kind": "coverage",
          "id": "gl",
          "line": "general_liability",
          "limits": [{"limit": "each_occurrence", "cents": 100000000}]
        },
        {
          "kind": "any_of",
          "id": "wc",
          "members": [
            {"kind": "coverage", "id": "wc-policy", "line": "workers_compensation"},
            {"kind": "exemption", "id": "wc-exemption", "kinds": ["owner_exemption"]}
          ]
        }
      ]
    }
  ]
}
""",
    "report": """
{
  "format": "contractor-compliance/report/1",
  "contractor_id": "ic-1",
  "as_of": "2026-02-01",
  "rulebook_id": "rules-1",
  "rulebook_version": 1,
  "verdict": "compliant",
  "insurance_status": "insured",
  "assignments": [
    {
      "assignment_id": "as-1",
      "status": "active",
      "judged_on": "2026-02-01",
      "verdict": "compliant",
      "findings": [
        {
          "requirement_id": "gl",
          "requirement_version": 1,
          "title": "General liability",
          "line": "general_liability",
          "required": "$1,000,000 each occurrence",
          "outcome": "pass",
          "underlying": "pass",
          "policies": ["gl-1"]
        }
      ]
    }
  ]
}
""",
    "mapping": """
{
  "format": "contractor-compliance/mapping/1",
  "policies": [
    {"header": "Vendor", "field": "contractor.legal_name"},
    {
      "header": "Coverage",
      "field": "policy.line",
      "meanings": [{"word": "3", "means": "GL"}, {"word": "none on file"}]
    },
    {"header": "Expires", "field": "policy.expiration", "day_first": false},
    {
      "header": "Limits",
      "field": "policy.limits.each_occurrence",
      "also": ["policy.limits.general_aggregate"],
      "unit": "millions"
    }
  ],
  "key": "contractor.legal_name",
  "level": "certificate",
  "document": "acord_25",
  "ignored": ["Notes"]
}
""",
}

HEADINGS = {
    "dossier": "Dossier documents",
    "rulebook": "Rule book documents",
    "report": "Report documents",
    "mapping": "Column mapping documents",
}


def pages() -> dict[Path, str]:
    """Return the text of every generated file."""
    texts = {REFERENCE / "formats.md": _formats_page()}
    for format_ in FORMATS:
        schema = json.dumps(json_schema(format_.value), indent=2, ensure_ascii=False)
        texts[REFERENCE / "schemas" / f"{format_.kind}-{format_.version}.json"] = f"{schema}\n"
    return texts


def _formats_page() -> str:
    schemas = {format_.kind: json_schema(format_.value) for format_ in FORMATS}
    definitions: dict[str, Any] = {}
    for schema in schemas.values():
        definitions |= schema["$defs"]
    objects = {
        name: definition for name, definition in sorted(definitions.items()) if definition.get("type") == "object"
    }
    others = {name: definition for name, definition in sorted(definitions.items()) if name not in objects}
    parts = [INTRODUCTION.replace("{deepest}", str(DEEPEST))]
    parts += [_document_section(format_, schemas[format_.kind]) for format_ in FORMATS]
    parts.append("## Objects\n")
    parts += [_object_section(object_) for object_ in objects.values()]
    parts.append("## Codes and texts\n")
    parts += [_text_section(text) for text in others.values()]
    return "\n".join(parts)


def _document_section(which: Format, schema: dict[str, Any]) -> str:
    value: object = loads(EXAMPLES[which.kind], which.value)
    example = EXAMPLES[which.kind].strip()
    if which.kind != "report" and json.loads(dumps(value)) != json.loads(example):
        raise SystemExit(f"The example of a {which.kind} is not written as it is read.")
    return f"""\
## {HEADINGS[which.kind]}

{schema["description"]}

Format `{which.name}`, class `{which.value.__name__}`, schema [{which.kind}-{which.version}.json](schemas/{which.kind}-{which.version}.json).

```json
{example}
```

{_table(schema)}
"""  # noqa: E501  # a link cannot be broken


def _object_section(schema: dict[str, Any]) -> str:
    return f"### {schema['title']}\n\n{schema['description']}\n\n{_table(schema)}\n"


def _text_section(schema: dict[str, Any]) -> str:
    lines = [f"### {schema['title']}", "", schema["description"], ""]
    if "oneOf" in schema:
        lines += [", ".join(_type_of(choice) for choice in schema["oneOf"]) + ".", ""]
    for choice in [schema, *schema.get("anyOf", ())]:
        if "enum" in choice:
            lines += [", ".join(_code(value) for value in choice["enum"]) + ".", ""]
        if "pattern" in choice:
            lines += [f"Text that matches `{choice['pattern']}`.", ""]
    return "\n".join(lines)


def _table(schema: dict[str, Any]) -> str:
    rows = ["| Field | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, field in schema["properties"].items():
        if name in schema["required"]:
            default = "required"
        else:
            default = _code(field["default"]) if "default" in field else "written only"
        rows.append(f"| `{name}` | {_escaped(_type_of(field))} | {default} | {_escaped(field['description'])} |")
    return "\n".join(rows)


def _type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return _code(schema["const"])
    if "anyOf" in schema:
        return " or ".join(_type_of(choice) for choice in schema["anyOf"])
    if isinstance(schema["type"], list):
        return " or ".join(_type_of({"type": type_name}) for type_name in schema["type"])
    if schema["type"] == "array":
        item = _type_of(schema["items"])
        return f"set of {item}" if "uniqueItems" in schema else f"array of {item}"
    if schema["type"] == "integer":
        return _integer(schema.get("minimum"), schema.get("maximum"))
    if schema["type"] == "string":
        return _text(schema)
    return {"boolean": "`true` or `false`", "null": "`null`"}[schema["type"]]


def _integer(minimum: int | None, maximum: int | None) -> str:
    if minimum is None:
        return "integer"
    return f"integer ({minimum} or more)" if maximum is None else f"integer ({minimum} to {maximum})"


def _text(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return {"date": "day", "date-time": "instant"}[schema["format"]]
    if "examples" in schema:
        return f"IANA time zone, such as {_code(schema['examples'][0])}"
    if schema.get("pattern", r"\S") != r"\S":
        return f"text that matches `{schema['pattern']}`"
    return "non-blank text" if "minLength" in schema else "text"


def _code(value: object) -> str:
    return f"`{json.dumps(value)}`"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


if __name__ == "__main__":
    for path, content in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
