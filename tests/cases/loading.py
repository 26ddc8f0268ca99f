"""Reads the scenario cases: TOML tables laid over the sample values of `testing.factories`.

README.md beside this file describes the tables. Every key is checked: an unknown one is an error that names the file,
the case and the place. What a case expects is left as it stands: the runner reads it and refuses what it does not know.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from contractor_compliance import domain as d
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.evaluation import CustomAnswer
from contractor_compliance.evaluation.checks.context import CustomCheck
from contractor_compliance.results import Outcome
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.testing import factories as f

DIRECTORY = Path(__file__).parent
#: The one file of the directory that holds no cases.
RULES = DIRECTORY / "rules.toml"

_EVIDENCE = {"level": "confirmed", "observed_on": "2025-12-15"}
_STATEMENTS = (
    *("insured", "terms", "cancellations", "reinstatements", "limits", "triggers"),
    *("endorsements", "policy_exclusions", "covered_autos", "states", "exclusions", "underlying_schedules"),
    "owned_autos",
)
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
_NEEDED = ("id", "title", "rules", "day", "expect")
_MORE = ("xfail", "xfail_remedy", "company", "contractor", "policies", "requirements", "sets", "checks")


@attrs.frozen
class Case:
    """One scenario: what is known, the day, and what must be answered."""

    id: str
    title: str
    rules: list[str]
    file: str
    day: date
    dossier: d.Dossier
    rulebook: d.RuleBook
    checks: dict[str, CustomCheck]
    expect: dict[str, Any]
    xfail: str | None = None
    xfail_remedy: str | None = None


class CaseError(Exception):
    """A case that cannot be read."""


def load_cases() -> Iterator[Case]:
    """Yield every case of every file, in order."""
    for path in sorted(DIRECTORY.glob("*.toml")):
        if path == RULES:
            continue
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield read_case(table, path.name)


def read_case(table: dict[str, Any], file: str) -> Case:
    """Return the case that a table describes."""
    where = f"{file}: {table.get('id', 'a case without an id')}"
    try:
        return _case(table, file)
    except (CaseError, ContractorComplianceError, KeyError, TypeError) as error:
        raise CaseError(f"{where}: {error}") from error


def _case(table: dict[str, Any], file: str) -> Case:
    _known(table, (*_NEEDED, *_MORE, *_RECORDS), "the case")
    if missing := set(_NEEDED) - set(table):
        raise CaseError(f"the case lacks {', '.join(sorted(missing))}")
    if not {"verdict", "outcomes"} <= set(table["expect"]):
        raise CaseError("expect lacks verdict or outcomes")
    as_written = {key: table[key] for key in (*_NEEDED, "xfail", "xfail_remedy") if key in table}
    checks = {name: _check(steps) for name, steps in table.get("checks", {}).items()}
    return Case(file=file, dossier=_dossier(table), rulebook=_rulebook(table), checks=checks, **as_written)


def _known(table: dict[str, Any], allowed: Any, place: str) -> None:
    unknown = sorted(set(table) - set(allowed))
    if unknown:
        raise CaseError(f"{place} has no key {', '.join(unknown)}; it has {', '.join(sorted(allowed))}")


# What is known.


def _dossier(table: dict[str, Any]) -> d.Dossier:
    records = [
        _record(cls, make(), entry) for name, (cls, make) in _RECORDS.items() for entry in _listed(table.get(name, []))
    ]
    records += [_policy(entry) for entry in _listed(table.get("policies", []))]
    return f.dossier(
        *records,
        company=_record(d.Company, f.company(), table.get("company", {})),
        contractor=_record(d.Contractor, f.contractor(), table.get("contractor", {})),
    )


def _record(cls: type, base: Any, table: dict[str, Any]) -> Any:
    usual = to_dict(base, tax_ids="clear")
    if cls is d.Waiver:
        usual = {key: value for key, value in usual.items() if key not in ("requirement_id", "reason_codes")}
        table = {**table, **({"reduced": _minimums(table["reduced"])} if "reduced" in table else {})}
    if cls in (d.Exemption, d.Contractor):
        table = _statements(table)
    return from_dict({**usual, **_plain(table)}, cls)


def _policy(table: dict[str, Any]) -> d.Policy:
    line = d.Line(table["line"])
    if line == d.Line.EXCESS:
        umbrella = f.umbrella_policy()
        base = f.policy(line, underlying_schedules=umbrella.underlying_schedules, triggers=umbrella.triggers)
    else:
        base = _POLICIES[line]() if line in _POLICIES else f.policy(line)
    name = table.get("id", str(line))
    return from_dict({**to_dict(base), "id": name, "number": f"NO {name}", **_plain(_statements(table))}, d.Policy)


def _statements(table: dict[str, Any]) -> dict[str, Any]:
    """Write out the short forms of statements, and give each its evidence."""
    made = dict(table)
    term = {key: made.pop(key) for key in ("effective", "expiration", "continuous") if key in made}
    if term:
        if "terms" in made:
            raise CaseError("give either effective and expiration, or terms")
        made["terms"] = term
    if isinstance(made.get("insured"), str):
        made["insured"] = {"name": made["insured"]}
    if "endorsements_complete" in made:
        made["endorsements_complete"] = {**_EVIDENCE, **made["endorsements_complete"]}
    for name in set(_STATEMENTS) & set(made):
        made[name] = [
            {**_state_lists(entry), "evidence": {**_EVIDENCE, **entry.get("evidence", {})}}
            for entry in _listed(made[name])
        ]
    return made


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
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, item in value.items():
        name = key.removesuffix("_dollars")
        if name in made:
            raise CaseError(f"{name} is given twice")
        made[name] = _cents(key, item) if name != key else _plain(item)
    return made


def _cents(key: str, amount: Any) -> Any:
    if isinstance(amount, str):
        return amount  # "unreadable"; the converter refuses other texts
    if type(amount) is not int:
        raise CaseError(f"{key} must be whole dollars")
    return amount * 100


# What is asked for.


def _rulebook(table: dict[str, Any]) -> d.RuleBook:
    sets = [_with_requirements(entry) for entry in table.get("sets", [])]
    if "requirements" in table or not any(set_.get("level", "default") == "default" for set_ in sets):
        sets.insert(0, _with_requirements({"id": "default", "requirements": table.get("requirements", [])}))
    return from_dict(_plain({"id": "rulebook-1", "sets": sets}), d.RuleBook)


def _with_requirements(table: dict[str, Any]) -> dict[str, Any]:
    return {**table, "requirements": [_requirement(entry) for entry in table.get("requirements", [])]}


def _requirement(table: dict[str, Any]) -> dict[str, Any]:
    kind = table.get("kind", "coverage")
    usual = table.get("line", kind) if kind == "coverage" else table.get("name", kind)
    made = {"kind": kind, "id": usual, **table}
    if "limits" in made:
        made["limits"] = _minimums(made["limits"])
    if "members" in made:
        made["members"] = [_requirement(entry) for entry in made["members"]]
    return made


def _minimums(limits: dict[str, Any]) -> list[dict[str, Any]]:
    """A table of limits in dollars, as a requirement or a waiver lists them."""
    return [{"limit": kind, "cents": cents} for kind, cents in _plain(limits).items()]


def _check(steps: list[dict[str, Any]]) -> CustomCheck:
    """A host's own check that answers by the day: steps of `from`, `outcome` and, if wanted, `required`, `actual`."""
    for step in steps:
        _known(step, {"from", "outcome", "required", "actual"}, "a step of a check")

    def answer(_dossier: d.Dossier, _assignment: d.Assignment | None, day: date) -> CustomAnswer:
        step = [step for step in steps if step.get("from", date.min) <= day][-1]
        later = [step["from"] for step in steps if step.get("from", date.min) > day]
        return CustomAnswer(
            outcome=Outcome(step["outcome"]),
            next_change=min(later, default=None),
            required=step.get("required"),
            actual=step.get("actual"),
        )

    return answer
