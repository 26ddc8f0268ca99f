"""Walks over values and reports: change every day, put every unordered field in another order, compare answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from contractor_compliance.domain import Dossier, Evidence, EvidenceLevel
from contractor_compliance.evaluation import LawTables
from contractor_compliance.results import ComplianceReport, Finding, Outcome
from contractor_compliance.testing import factories as make

__all__ = [
    "days_in",
    "rebuilt",
    "reordered",
    "rungs_changed",
    "shifted",
    "undated",
    "underlying",
    "with_policy",
]

#: Tuples whose order carries meaning: histories, and what a requirement is made of.
_ORDERED = frozenset(
    {"pay_rates", "ratings", "events", "review", "members", "limits", "endorsements", "forbidden_exclusions"}
)


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the value with `change` applied to every leaf, and to every record once its fields are done."""
    if isinstance(value, tuple):
        return tuple(rebuilt(item, change) for item in value)
    if isinstance(value, frozenset):
        return frozenset(rebuilt(item, change) for item in value)
    if attrs.has(type(value)):
        fields = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
        changed = {name: rebuilt(field, change) for name, field in fields.items()}
        moved = {name: field for name, field in changed.items() if field is not fields[name]}
        return change(attrs.evolve(value, **moved) if moved else value)
    return change(value)


def days_in(value: Any) -> Iterator[date]:
    """Yield every day that a value holds, in whatever depth."""
    if isinstance(value, tuple | frozenset):
        for item in value:
            yield from days_in(item)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from days_in(getattr(value, field.name))
    elif isinstance(value, date) and not isinstance(value, datetime):
        yield value


def shifted(value: Any, by: int) -> Any:
    """Return the value with every day and instant moved by so many days."""
    step = timedelta(days=by)
    return rebuilt(value, lambda leaf: leaf + step if isinstance(leaf, date) else leaf)


def reordered(value: Any, *, turn: int, flip: bool) -> Any:
    """Return the value with every tuple without order turned by so many places, and flipped over if asked.

    Within a policy limits and endorsements are statements, so they are turned; within a requirement they are not:
    they are the order in which it is read.
    """
    if not attrs.has(type(value)):
        return value
    changes: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        before = getattr(value, field.name)
        if isinstance(before, tuple):
            after = tuple(reordered(item, turn=turn, flip=flip) for item in before)
            statements = after and hasattr(after[0], "evidence") and hasattr(value, "terms")
            if after and (field.name not in _ORDERED or statements):
                places = [(place + turn) % len(after) for place in range(len(after))]
                after = tuple(after[place] for place in (reversed(places) if flip else places))
            changes[field.name] = after
        elif attrs.has(type(before)):
            changes[field.name] = reordered(before, turn=turn, flip=flip)
    return attrs.evolve(value, **changes)


def rungs_changed(value: Any, change: Callable[[EvidenceLevel], EvidenceLevel]) -> Any:
    """Return the value with the level of all its evidence changed."""

    def at(leaf: Any) -> Any:
        return attrs.evolve(leaf, level=change(leaf.level)) if isinstance(leaf, Evidence) else leaf

    return rebuilt(value, at)


def undated(law: LawTables) -> LawTables:
    """Return tables of law that hold on every day: the rows that are law now."""

    def always(leaf: Any) -> Any:
        if hasattr(leaf, "holds_on"):
            return attrs.evolve(leaf, effective=None, until=None)
        if isinstance(leaf, tuple):
            return tuple(part for part in leaf)
        return leaf

    kept = {
        field.name: tuple(row for row in rows if row.until is None)
        for field in attrs.fields(LawTables)
        if isinstance(rows := getattr(law, field.name), tuple)
    }
    made: LawTables = rebuilt(attrs.evolve(law, **kept), always)
    return made


Place = tuple[str | None, str, int, str | None]


def underlying(report: ComplianceReport) -> dict[Place, Outcome]:
    """Return the outcome by the facts of each requirement judged: by assignment (None = the contractor), id, set."""
    return {
        (place, finding.requirement_id, finding.requirement_version, finding.set_id): finding.underlying
        for place, finding in placed(report)
    }


def numbered(dossier: Dossier) -> Dossier:
    """Give each policy and exemption a number of its own, with no renewal suffix: none is taken for another (B14.2)."""
    policies = (make.identified(policy, number=f"SAMPLE{place:04d}X") for place, policy in enumerate(dossier.policies))
    exemptions = (
        attrs.evolve(exemption, number=f"SAMPLE{place:04d}X") for place, exemption in enumerate(dossier.exemptions)
    )
    return attrs.evolve(dossier, policies=tuple(policies), exemptions=tuple(exemptions))


def placed(report: ComplianceReport) -> Iterator[tuple[str | None, Finding]]:
    """Yield every finding with the assignment that it is of."""
    for assignment in report.assignments:
        for finding in assignment.findings:
            yield assignment.assignment_id, finding
    for finding in report.findings:
        yield None, finding


def with_policy(dossier: Dossier, place: int, policy: Any) -> Dossier:
    """Return the dossier with one policy changed, or left out (None); waivers that depend on it go too."""
    policies = list(dossier.policies)
    gone = policies[place].id
    if policy is None:
        del policies[place]
        waivers = tuple(waiver for waiver in dossier.waivers if waiver.policy_id != gone)
        return attrs.evolve(dossier, policies=tuple(policies), waivers=waivers)
    policies[place] = policy
    return attrs.evolve(dossier, policies=tuple(policies))
