"""Reads one scenario case: TOML tables laid over the sample values of `testing.factories`.

`docs/reference/case_format.md` describes the tables. Every key and every expected value is checked: what the format
does not know is refused with the file, the case, the path, the value and the way to put it right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import attrs

from contractor_compliance import domain as d
from contractor_compliance.domain.statements import statement_fields
from contractor_compliance.errors import DocumentError, Fault, InvalidValueError
from contractor_compliance.results import Outcome
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.serialization.faults import shown, step
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.cases.case import Case, SteppedCheck
from contractor_compliance.testing.cases.readings import expectation_faults, unknown_key

__all__ = ["read_case"]

_EVIDENCE = {"level": "confirmed", "observed_on": "2025-12-15"}
#: The fields that hold statements, of whatever record.
_STATEMENTS = dict.fromkeys(chain.from_iterable(map(statement_fields, (d.Policy, d.Exemption, d.Contractor))))
#: What a policy's only statement of number and insurer is made of.
_IDENTIFICATION = ("number", "carrier_name", "carrier_naic")
_POLICIES: dict[str, Callable[..., d.Policy]] = {
    d.Line.GL: f.gl_policy,
    d.Line.WC: f.wc_policy,
    d.Line.AUTO: f.auto_policy,
    d.Line.UMBRELLA: f.umbrella_policy,
    d.Line.SURETY_BOND: f.bond,
}
_RECORDS: dict[str, tuple[type, Callable[[], Any]]] = {
    "clients": (d.Client, f.client),
    "job_codes": (d.JobCode, f.job_code),
    "assignments": (d.Assignment, f.assignment),
    "carriers": (d.Carrier, f.carrier),
    "certificates": (d.Certificate, f.certificate),
    "exemptions": (d.Exemption, f.exemption),
    "waivers": (d.Waiver, f.waiver),
}
_NEEDED = ("id", "title", "day", "expect")
_TEXTS = ("id", "title", "xfail", "xfail_remedy")
_MORE = (
    "rules",
    "source",
    "xfail",
    "xfail_remedy",
    "company",
    "contractor",
    "policies",
    "requirements",
    "sets",
    "checks",
)


def read_case(table: dict[str, Any], file: str) -> Case:
    """Return the case that a table describes.

    Raises:
        DocumentError: With the file, the case, and every fault of the part that could not be read.
    """
    try:
        return _case(table, file)
    except (DocumentError, InvalidValueError) as error:
        faults = error.faults
    raise DocumentError(f"{file}: {table.get('id', 'a case without an id')}", faults)


def _case(table: dict[str, Any], file: str) -> Case:
    _known(table, (*_NEEDED, *_MORE, *_RECORDS), "a case")
    for key in _NEEDED:
        if key not in table:
            raise _refusal(f"$.{key}", None, f"the case lacks {key}")
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise _refusal(f"$.{key}", table[key], "must be text")
    if type(table["day"]) is not date:
        raise _refusal("$.day", table["day"], "must be a day, such as 2026-06-01")
    case = Case(
        file=file,
        rules=_texts(table, "rules"),
        sources=_texts(table, "source"),
        dossier=_dossier(table),
        rulebook=_rulebook(table),
        checks=_checks(table.get("checks", {})),
        expect=_read_only(table["expect"]),
        **{key: table[key] for key in (*_TEXTS, "day") if key in table},
    )
    requirements = {requirement.id for set_ in case.rulebook.sets for requirement in set_.requirements}
    owners = {assignment.id for assignment in case.dossier.assignments}
    if faults := tuple(expectation_faults(table["expect"], requirements, owners)):
        raise DocumentError("expect", faults)
    for index, source in enumerate(case.sources):
        if not source.startswith(("https://", "http://")):
            raise _refusal(f"$.source[{index}]", source, "must be an address: https://...")
    return case


def _refusal(path: str, value: Any, problem: str) -> DocumentError:
    return DocumentError("case", (Fault(path, "nothing" if value is None else shown(value), problem),))


@contextmanager
def _at(path: str) -> Iterator[None]:
    """Let what is raised within be seen from the case: a value there stands at `path`."""
    try:
        yield
    except (DocumentError, InvalidValueError) as error:
        raise DocumentError("case", tuple(fault.below(path) for fault in error.faults)) from None


def _known(table: Any, allowed: Any, owner: str) -> None:
    if not isinstance(table, dict):
        raise _refusal("$", table, "must be a table")
    if unknown := sorted(set(table) - set(allowed)):
        raise DocumentError("case", tuple(unknown_key(key, "$", allowed, owner) for key in unknown))


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = _listed(table.get(key, []))
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise _refusal(f"$.{key}[{index}]", text, "must be text")
    return tuple(texts)


def _read_only(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _read_only(item) for key, item in value.items()})
    return tuple(_read_only(item) for item in value) if isinstance(value, list) else value


def _entries(table: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the tables that stand under a key, each with its path."""
    listed = _listed(table.get(key, []))
    for index, entry in enumerate(listed):
        path = f"$.{key}[{index}]" if isinstance(table[key], list) else f"$.{key}"
        if not isinstance(entry, dict):
            raise _refusal(path, entry, "must be a table")
        yield path, entry


# What is known.


def _dossier(table: dict[str, Any]) -> d.Dossier:
    records: list[Any] = []
    for name, (cls, _) in _RECORDS.items():
        if name in table:
            for path, entry in _entries(table, name):
                with _at(path):
                    records.append(_record(cls, entry))
    for path, entry in _entries(table, "policies"):
        with _at(path):
            records.append(_policy(entry))
    main: dict[str, Any] = {}
    for name, cls in (("company", d.Company), ("contractor", d.Contractor)):
        with _at(f"$.{name}"):
            main[name] = _record(cls, _table(table.get(name, {})))
    return f.dossier(*records, **main)


@cache
def _usual(cls: type) -> dict[str, Any]:
    """Return the sample record of a class, which a case changes, in plain values."""
    samples = {d.Company: f.company, d.Contractor: f.contractor, **dict(_RECORDS.values())}
    usual = to_dict(samples[cls](), tax_ids="clear")
    if cls is d.Waiver:
        usual = {key: value for key, value in usual.items() if key not in ("requirement_id", "reason_codes")}
    return usual


def _record(cls: type, table: dict[str, Any]) -> Any:
    if cls is d.Waiver and "reduced" in table:
        table = {**table, "reduced": _minimums(table["reduced"])}
    if cls in (d.Exemption, d.Contractor):
        table = _statements(table)
    return from_dict({**_usual(cls), **_plain(table)}, cls)


@cache
def _usual_policy(line: d.Line) -> dict[str, Any]:
    if line == d.Line.EXCESS:
        umbrella = f.umbrella_policy()
        base = f.policy(line, underlying_schedules=umbrella.underlying_schedules, triggers=umbrella.triggers)
    else:
        base = _POLICIES[line]() if line in _POLICIES else f.policy(line)
    return to_dict(base)


def _policy(table: dict[str, Any]) -> d.Policy:
    if not isinstance(table.get("line"), str):
        raise _refusal("$.line", table.get("line"), "must be a line of insurance, such as general_liability")
    with _at("$.line"):
        line = d.Line(table["line"])
    usual, name = _usual_policy(line), table.get("id", str(line))
    stated = {key: table[key] for key in _IDENTIFICATION if key in table}
    if stated and "identifications" in table:
        raise _refusal(
            "$.identifications", table["identifications"], "give either number and insurer, or identifications"
        )
    if "identifications" not in table:
        table = {**table, "identifications": {**usual["identifications"][0], "number": f"NO {name}", **stated}}
    table = {key: value for key, value in table.items() if key not in _IDENTIFICATION}
    return from_dict({**usual, "id": name, **_plain(_statements(table))}, d.Policy)


def _statements(table: dict[str, Any]) -> dict[str, Any]:
    """Write out the short forms of statements, and give each its evidence."""
    made = dict(table)
    term = {key: made.pop(key) for key in ("effective", "expiration", "continuous") if key in made}
    if term:
        if "terms" in made:
            raise _refusal("$.terms", made["terms"], "give either effective and expiration, or terms")
        made["terms"] = term
    if isinstance(made.get("insured"), str):
        made["insured"] = {"name": made["insured"]}
    for name in _STATEMENTS:
        if name in made:
            statements = []
            for path, entry in _entries(made, name):
                evidence = entry.get("evidence", {})
                if not isinstance(evidence, dict):
                    raise _refusal(f"{path}.evidence", evidence, "must be a table")
                statements.append({**_state_lists(entry), "evidence": {**_EVIDENCE, **evidence}})
            made[name] = statements
    return made


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refusal("$", value, "must be a table")
    return value


def _state_lists(statement: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {"states": value} if key in ("item_3a", "item_3c") and isinstance(value, list) else value
        for key, value in statement.items()
    }


def _listed(value: Any) -> list[Any]:
    """A single table stands for a list of one."""
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    """Turn days into text, "none" into nothing, and dollars into cents: `retention_dollars = 5` is 500 cents."""
    if value == "none":
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_within(index, item, _plain) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, item in value.items():
        name = key.removesuffix("_dollars")
        if name in made:
            raise _refusal(f"${step(key)}", item, f"{name} is given twice; give it once")
        made[name] = _within(key, item, _plain if name == key else _cents)
    return made


def _within(key: str | int, item: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(item)
    except DocumentError as error:
        faults = tuple(fault.below(f"${step(key)}") for fault in error.faults)
    raise DocumentError("case", faults)


def _cents(amount: Any) -> Any:
    if isinstance(amount, str):
        return amount  # "unreadable"; the converter refuses other texts
    if type(amount) is not int:
        raise _refusal("$", amount, "must be whole dollars")
    return amount * 100


# What is asked for.


def _rulebook(table: dict[str, Any]) -> d.RuleBook:
    sets = [_with_requirements(entry) for _, entry in _entries(table, "sets")]
    has_default = "requirements" in table or not any(set_.get("level", "default") == "default" for set_ in sets)
    if has_default:
        sets.insert(0, _with_requirements({"id": "default", "requirements": table.get("requirements", [])}))
    try:
        return from_dict(_plain({"id": "rulebook-1", "sets": sets}), d.RuleBook)
    except DocumentError as error:
        faults = error.faults
    if has_default:
        # A case writes the default set as `requirements`, before the sets that it lists.
        faults = tuple(attrs.evolve(fault, path=_as_written(fault.path)) for fault in faults)
    raise DocumentError("case", faults)


def _as_written(path: str) -> str:
    return re.sub(
        r"^\$\.sets\[(\d+)\](\.requirements)?",
        lambda match: (
            f"$.sets[{int(match[1]) - 1}]{match[2] or ''}" if int(match[1]) else f"$.{(match[2] or '.sets')[1:]}"
        ),
        path,
    )


def _with_requirements(table: dict[str, Any]) -> dict[str, Any]:
    return {**table, "requirements": _requirements(table, "requirements")}


def _requirements(table: dict[str, Any], key: str) -> list[dict[str, Any]]:
    requirements = []
    for path, entry in _entries(table, key):
        with _at(path):
            requirements.append(_requirement(entry))
    return requirements


def _requirement(table: dict[str, Any]) -> dict[str, Any]:
    kind = table.get("kind", "coverage")
    usual = table.get("line", kind) if kind == "coverage" else table.get("name", kind)
    made = {"kind": kind, "id": usual, **table}
    if "limits" in made:
        made["limits"] = _minimums(made["limits"])
    if "members" in made:
        made["members"] = _requirements(made, "members")
    return made


def _minimums(limits: Any) -> list[dict[str, Any]]:
    """A table of limits in dollars, as a requirement or a waiver lists them."""
    return [{"limit": kind, "cents": cents} for kind, cents in _plain(_table(limits)).items()]


def _checks(table: Any) -> dict[str, SteppedCheck]:
    checks = {}
    for name in _table(table):
        with _at("$.checks"):
            checks[name] = _check(table, name)
    return checks


def _check(table: dict[str, Any], name: str) -> SteppedCheck:
    """A host's own check that answers by the day: steps of `from`, `outcome` and, if wanted, `required`, `actual`."""
    steps: list[Any] = []
    outcomes = [outcome.value for outcome in Outcome]
    for path, entry in _entries(table, name):
        with _at(path):
            _known(entry, {"from", "outcome", "required", "actual"}, "a step of a check")
            if entry.get("outcome") not in outcomes:
                raise _refusal("$.outcome", entry.get("outcome"), f"must be one of {', '.join(outcomes)}")
            if ("from" in entry) is not bool(steps):
                raise _refusal("$.from", entry.get("from"), "the first step has no `from`, and every other has one")
            if "from" in entry and type(entry["from"]) is not date:
                raise _refusal("$.from", entry["from"], "must be a day")
        steps.append(_read_only(entry))
    return SteppedCheck(tuple(steps))
