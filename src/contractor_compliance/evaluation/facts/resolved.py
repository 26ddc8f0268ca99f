"""One fact out of several statements: the strongest evidence level wins, then the latest, else it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.statements import statement_fields
from contractor_compliance.domain.value import Missing, Value

__all__ = ["UNSTATED", "ResolvedFact", "evidence_of", "pooled", "resolve_fact", "stated_values", "strongest", "usable"]

_T = TypeVar("_T")


@attrs.define
class ResolvedFact:
    """One fact after weighing its statements.

    Attributes:
        values: What the best evidence says: nothing, one value, or several that contradict each other.
        support: All evidence that agrees.
    """

    values: tuple[Any, ...]
    support: tuple[Evidence, ...]

    @property
    def value(self) -> Any:
        """The value, or None if nothing is stated or the best evidence contradicts itself."""
        return self.values[0] if len(self.values) == 1 else None


#: Nobody says anything.
UNSTATED = ResolvedFact((), ())


def resolve_fact(statements: tuple[Any, ...], field: str) -> ResolvedFact:
    """Weigh one field of statements: those that leave it blank say nothing of it."""
    if not statements:
        return UNSTATED
    if len(statements) == 1:
        value = getattr(statements[0], field)
        return UNSTATED if isinstance(value, Missing) else ResolvedFact((value,), (statements[0].evidence,))
    return ResolvedFact(
        *strongest(stated_values((getattr(statement, field), statement.evidence) for statement in statements))
    )


def strongest(given: Iterable[tuple[_T, Evidence]]) -> tuple[tuple[_T, ...], tuple[Evidence, ...]]:
    """Return what the strongest evidence states of one fact: the strongest level counts, then the latest.

    Returns:
        The values that the best evidence gives (none if nothing is stated, several if the best contradicts itself),
        and all the evidence that agrees with one of them.
    """
    statements = tuple(given)
    if len(statements) < 2:
        return tuple(value for value, _ in statements), tuple(evidence for _, evidence in statements)
    best = max((evidence.level.rank, evidence.observed_on) for _, evidence in statements)
    values: list[_T] = []
    for value, evidence in statements:
        if (evidence.level.rank, evidence.observed_on) == best and value not in values:
            values.append(value)
    return tuple(values), tuple(evidence for value, evidence in statements if value in values)


def stated_values(given: Iterable[tuple[_T | Missing, Evidence]]) -> Iterable[tuple[_T, Evidence]]:
    """Leave out what is not stated."""
    return ((value, evidence) for value, evidence in given if not isinstance(value, Missing))


def usable(statements: tuple[_T, ...], refused: frozenset[str]) -> tuple[_T, ...]:
    """Return the statements whose certificate, if they came from one, supplies facts."""
    if not refused:
        return statements
    return tuple(statement for statement in statements if statement.evidence.certificate_id not in refused)  # type: ignore[attr-defined]


def pooled(records: Iterable[Value], field: str) -> tuple[Any, ...]:
    """Return the statements, or the notices, that records make in one field, each once."""
    return tuple(dict.fromkeys(statement for record in records for statement in getattr(record, field)))


def evidence_of(record: Value) -> Iterator[Evidence]:
    """Yield the evidence of every statement in a record."""
    cls: Any = type(record)
    for field in statement_fields(cls):
        for statement in getattr(record, field):
            yield statement.evidence
