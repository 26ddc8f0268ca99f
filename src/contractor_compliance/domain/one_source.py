"""Statements of one source, from arguments that need not repeat where they were read.

A builder such as `Policy.from_source` collects here: each group of arguments becomes one statement with the evidence of
the source, or none where nothing was stated. Faults name the argument, and all of them are reported together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain.compensation import StateList
from contractor_compliance.domain.conversion import collection_fault, entries_of
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.underlying import UnderlyingLimit
from contractor_compliance.domain.value import Missing, Value
from contractor_compliance.errors import Fault, InvalidValueError

__all__: list[str] = []

S = TypeVar("S", bound=Value)


@attrs.frozen
class OneSource:
    """What one source states, and what is wrong with the arguments that say so.

    Attributes:
        built: Name of the value that is built, for the message.
        evidence: Where everything was read.
        faults: What is wrong so far, by argument.
        arguments: For each field of the value that is built, the argument that filled it.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import EvidenceLevel, Term
        >>> copy = Evidence(level=EvidenceLevel.COPY, observed_on=date(2026, 1, 5))
        >>> source = OneSource("Policy", copy)
        >>> source.statement("terms", Term, effective=date(2026, 1, 1), expiration=None)[0].evidence is copy
        True
        >>> source.statement("terms", Term, effective=None)
        ()
    """

    built: str
    evidence: Evidence
    faults: list[Fault] = attrs.field(factory=list)
    arguments: dict[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.evidence, Evidence):
            problem = f"must be Evidence, not {type(self.evidence).__name__}"
            raise InvalidValueError(self.built, (Fault("$.evidence", repr(self.evidence), problem),))

    def statement(
        self, group: str, cls: type[S], names: Mapping[str, str] | None = None, /, **fields: Any
    ) -> tuple[S, ...]:
        """Return the one statement of a group of facts; none where no field is stated, or one of them is wrong.

        Args:
            group: The field of the value that holds statements of this kind.
            cls: The class of the statement.
            names: The argument that each field of the statement comes from, where its name is another.
            **fields: The fields; None, or an entry-less collection, where the source states nothing.
        """
        names = names or {}
        stated = {name: value for name, value in fields.items() if value is not None}
        if not stated:
            return ()
        first = next(iter(stated))
        self.arguments.setdefault(group, names.get(first, first))
        build: Any = cls
        try:
            return (build(**stated, evidence=self.evidence),)
        except InvalidValueError as refusal:
            self.faults.extend(_renamed(fault, names) for fault in refusal.faults)
            return ()

    def statements(self, argument: str, value: Any, kind: type, cls: type[S]) -> tuple[S, ...]:
        """Return one statement for each entry: a kind is stated by the source, a statement is taken as it is."""
        expected = f"{kind.__name__} or {cls.__name__}"
        entries: list[S] = []
        for place, entry in self.entries(argument, value, expected):
            if isinstance(entry, cls):
                entries.append(entry)
            elif isinstance(entry, kind):
                entries.extend(self.statement(argument, cls, kind=entry))
            else:
                self.faults.append(Fault(place, repr(entry), f"must be {expected}, not {type(entry).__name__}"))
        return tuple(entries)

    def entries(self, argument: str, value: Any, expected: str) -> Iterator[tuple[str, Any]]:
        """Yield each entry of a collection with its path; nothing where the value is None."""
        entries = () if value is None else entries_of(value)
        if entries is None:
            self.faults.append(Fault(f"$.{argument}", repr(value), collection_fault(value, expected)))
            return
        for index, entry in enumerate(entries):
            yield f"$.{argument}[{index}]", entry

    def build(self, cls: type[S], **fields: Any) -> S:
        """Return the value.

        Raises:
            InvalidValueError: With every fault of the arguments.
        """
        try:
            value = cls(**fields)
        except InvalidValueError as refusal:
            faults = (*self.faults, *(_renamed(fault, self.arguments) for fault in refusal.faults))
            raise InvalidValueError(self.built, faults) from None
        if self.faults:
            raise InvalidValueError(self.built, tuple(self.faults))
        return value


def listed(value: Any) -> Any:
    """Return a collection that can be read twice, or None where it has no entries.

    Example:
        >>> listed(iter("ab")), listed([])
        (('a', 'b'), None)
    """
    if isinstance(value, Sized) and not isinstance(value, str | bytes | Mapping) and not len(value):
        return None
    entries = entries_of(value)
    return value if entries is None else entries or None


def flag(value: Any) -> Any:
    """Return a flag that is set, or None for one that is not: where it is not set nothing is stated.

    Example:
        >>> flag(True), flag(False)
        (True, None)
    """
    return None if value is False else value


def amounts_stated(source: OneSource, limits: Any) -> dict[str, Any]:
    """Return the amounts by the name of their field in `Limits`."""
    if limits is None:
        return {}
    if not isinstance(limits, Mapping):
        problem = f"must be a mapping of LimitKind to cents, not {type(limits).__name__}"
        source.faults.append(Fault("$.limits", repr(limits), problem))
        return {}
    for kind in limits:
        if not isinstance(kind, LimitKind):
            named = next((f"LimitKind.{limit.name}" for limit in LimitKind if limit.value == kind), None)
            fix = f"write {named}" if named else "its keys are kinds such as LimitKind.EACH_OCCURRENCE"
            source.faults.append(Fault("$.limits", repr(kind), f"is {type(kind).__name__} and no LimitKind; {fix}"))
    return {kind.value: amount for kind, amount in limits.items() if isinstance(kind, LimitKind)}


def states_stated(source: OneSource, argument: str, states: Any) -> Any:
    """Return the states as a list as policies write it; what is wrong with one is said by its statement."""
    if states is None or isinstance(states, (StateList, Missing)):
        return states
    try:
        return StateList(states=states)
    except InvalidValueError as refusal:
        for fault in refusal.faults:
            source.faults.append(attrs.evolve(fault, path=fault.path.replace("$.states", f"$.{argument}", 1)))
        return None


def lines_followed(source: OneSource, lines: Any) -> Any:
    """Return lines that are followed, each as a row; a line alone has no attachment point of its own."""
    rows = []
    for place, entry in source.entries("follows_form_over", lines, "Line or UnderlyingLimit"):
        if isinstance(entry, Line | UnderlyingLimit):
            rows.append(UnderlyingLimit(line=entry) if isinstance(entry, Line) else entry)
        else:
            source.faults.append(
                Fault(place, repr(entry), f"must be Line or UnderlyingLimit, not {type(entry).__name__}")
            )
    return tuple(rows) or None


def _renamed(fault: Fault, names: Mapping[str, str]) -> Fault:
    name, rest = _parts(fault.path)
    return attrs.evolve(fault, path=f"$.{names.get(name, name)}{rest}")


def _parts(path: str) -> tuple[str, str]:
    """Return the first name of a path and the rest: `$.terms[0].effective` as `terms`, `[0].effective`."""
    name = path.removeprefix("$.")
    end = min((index for index, letter in enumerate(name) if letter in ".["), default=len(name))
    return name[:end], name[end:]
