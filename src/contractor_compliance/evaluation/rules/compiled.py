"""The rule book compiled: indexed by what each set applies to, cut into epochs in which no requirement changes.

The plan is plain data and the one description of the rules: every evaluator interprets it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirement import (
    AllOf,
    AnyOf,
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    ExemptionRequirement,
    OccupationalAccidentRequirement,
    Requirement,
    UmbrellaRequirement,
    requirement_key,
)
from contractor_compliance.domain.rulebook import RequirementSet, RuleBook, SetLevel, SetMode
from contractor_compliance.evaluation.rules.sentences import ask
from contractor_compliance.results.finding import Displaced

__all__ = ["Binding", "CompiledRuleBook", "Resolution", "compile_rulebook", "requirement_line", "walk"]

_ORDER = {level: place for place, level in enumerate(SetLevel)}


@attrs.frozen
class Binding:
    """One requirement that binds, and why.

    Attributes:
        requirement: The requirement.
        key: What a later set overrides it by.
        set_id: The set it stands in.
        level: The level of that set: the reason why it binds.
        title: Its name for people.
        line: The line it speaks of, if it speaks of one.
        ask: What it asks for, in words.
    """

    requirement: Requirement
    key: str
    set_id: str
    level: SetLevel
    title: str
    line: Line | None
    ask: str


@attrs.frozen
class Resolution:
    """What binds an assignment on a day.

    Attributes:
        bindings: The requirements that bind, in the order of their sets.
        displaced: The requirements that a later set displaced.
        lines: The coverage requirements among them, members included: they decide double use of layers.
    """

    bindings: tuple[Binding, ...]
    displaced: tuple[Displaced, ...]
    lines: tuple[CoverageRequirement, ...]


@attrs.frozen
class _PlannedSet:
    source: RequirementSet
    bindings: tuple[Binding, ...]


@attrs.define(eq=False)
class CompiledRuleBook:
    """A compiled rule book. Compile once, evaluate many.

    Attributes:
        rulebook_id: The rule book.
        rulebook_version: Its version.
        turning_days: Every day on which a set or requirement begins or ends, sorted.
        freshness: Ages in days beyond which some requirement refuses evidence.
        tails: Years after an assignment for which some requirement is judged.
    """

    rulebook_id: str
    rulebook_version: int
    turning_days: tuple[date, ...]
    freshness: frozenset[int]
    tails: frozenset[int]
    _sets: tuple[_PlannedSet, ...]
    _defaults: tuple[int, ...]
    _by_job_code: dict[str, tuple[int, ...]]
    _by_client: dict[str, tuple[int, ...]]
    _by_contractor: dict[str, tuple[int, ...]]
    # Resolutions met before, by epoch and sets: a memo of pure answers, bounded by what the rule book can combine.
    _resolved: dict[tuple[int, tuple[int, ...]], Resolution] = attrs.field(factory=dict)

    def resolve(self, assignment: Assignment, contractor_id: str, day: date) -> Resolution:
        """Return what binds the assignment on the day, and what was displaced.

        Sets apply in the order default, job code, client, contractor. Only sets that name the assignment's own job
        code, client or contractor are looked at.
        """
        contracted = assignment.contract_date
        candidates = (
            self._defaults
            + self._by_job_code.get(assignment.job_code_id or "", ())
            + self._by_client.get(assignment.client_id or "", ())
            + self._by_contractor.get(contractor_id, ())
        )
        chosen = tuple(index for index in candidates if _applies(self._sets[index].source, contracted, day))
        return self._resolution(chosen, day)

    def resolve_always(self, contractor_id: str, day: date) -> Resolution:
        """Return what binds the contractor even without an assignment: its own sets marked `always`."""
        chosen = tuple(
            index
            for index in self._by_contractor.get(contractor_id, ())
            if self._sets[index].source.always and _applies(self._sets[index].source, day, day)
        )
        return self._resolution(chosen, day)

    def _resolution(self, chosen: tuple[int, ...], day: date) -> Resolution:
        key = (bisect_right(self.turning_days, day), chosen)
        known = self._resolved.get(key)
        if known is None:
            known = self._resolved[key] = _combine([self._sets[index] for index in chosen], day)
        return known


def compile_rulebook(rulebook: RuleBook) -> CompiledRuleBook:
    """Compile a rule book into a plan."""
    ordered = sorted(
        rulebook.sets,
        key=lambda each: (
            _ORDER[each.level],
            each.for_contracts_from or date.min,
            each.effective or date.min,
            each.id,
        ),
    )
    indexes: dict[SetLevel, dict[str, tuple[int, ...]]] = {level: {} for level in SetLevel}
    defaults: tuple[int, ...] = ()
    turning: set[date | None] = set()
    freshness: set[int] = set()
    tails: set[int] = set()
    for index, each in enumerate(ordered):
        if each.level is SetLevel.DEFAULT:
            defaults += (index,)
        for name in each.applies_to:
            table = indexes[each.level]
            table[name] = (*table.get(name, ()), index)
        turning |= {each.effective, each.until, each.for_contracts_from}
        for requirement in each.requirements:
            for member in walk(requirement):
                turning |= {member.effective, member.until}
                tails |= {member.tail_years} if member.tail_years is not None else set()
                rule = getattr(member, "evidence", None)
                if rule is not None and rule.fresh_for_days is not None:
                    freshness.add(rule.fresh_for_days)
    return CompiledRuleBook(
        rulebook_id=rulebook.id,
        rulebook_version=rulebook.version,
        turning_days=tuple(sorted(day for day in turning if day is not None)),
        freshness=frozenset(freshness),
        tails=frozenset(tails),
        sets=tuple(_PlannedSet(each, tuple(_bindings(each))) for each in ordered),
        defaults=defaults,
        by_job_code=indexes[SetLevel.JOB_CODE],
        by_client=indexes[SetLevel.CLIENT],
        by_contractor=indexes[SetLevel.CONTRACTOR],
    )


def walk(requirement: Requirement) -> Iterator[Requirement]:
    """Yield a requirement and all its members."""
    yield requirement
    if isinstance(requirement, AnyOf | AllOf):
        for member in requirement.members:
            yield from walk(member)


def requirement_line(requirement: Requirement) -> Line | None:
    """Return the line that a requirement speaks of; None if it speaks of none, or of several."""
    match requirement:
        case CoverageRequirement() | CombinedLimitRequirement() | Custom():
            return requirement.line
        case UmbrellaRequirement():
            return Line.UMBRELLA
        case ExemptionRequirement():
            return Line.WC
        case OccupationalAccidentRequirement():
            return Line.OCCUPATIONAL_ACCIDENT
        case AnyOf() | AllOf():
            lines = {requirement_line(member) for member in requirement.members}
            return lines.pop() if len(lines) == 1 else None


def _bindings(source: RequirementSet) -> Iterator[Binding]:
    for requirement in source.requirements:
        line = requirement_line(requirement)
        yield Binding(
            requirement=requirement,
            key=requirement_key(requirement),
            set_id=source.id,
            level=source.level,
            title=requirement.title or (line.label if line else requirement.id),
            line=line,
            ask=ask(requirement),
        )


def _applies(source: RequirementSet, contracted: date, day: date) -> bool:
    return (
        (source.effective is None or source.effective <= day)
        and (source.until is None or day < source.until)
        and (source.for_contracts_from is None or source.for_contracts_from <= contracted)
    )


def _valid(requirement: Requirement, day: date) -> bool:
    return (requirement.effective is None or requirement.effective <= day) and (
        requirement.until is None or day < requirement.until
    )


def _combine(chosen: list[_PlannedSet], day: date) -> Resolution:
    bindings: list[Binding] = []
    displaced: list[Displaced] = []
    for planned in chosen:
        if planned.source.mode is SetMode.REPLACE:
            displaced += (
                _displaced(each, planned.source.id, None) for each in bindings if not each.requirement.statutory
            )
            bindings = [each for each in bindings if each.requirement.statutory]
        for binding in planned.bindings:
            if not _valid(binding.requirement, day):
                continue
            # What the law asks for stays beside whatever a company asks for under the same key.
            over = [each for each in bindings if each.key == binding.key and not each.requirement.statutory]
            displaced += (_displaced(each, binding.set_id, binding.requirement.id) for each in over)
            bindings = [each for each in bindings if each not in over]
            bindings.append(binding)
    lines = tuple(
        member
        for binding in bindings
        for member in walk(binding.requirement)
        if isinstance(member, CoverageRequirement)
    )
    return Resolution(tuple(bindings), tuple(displaced), lines)


def _displaced(binding: Binding, by_set: str, by_requirement: str | None) -> Displaced:
    return Displaced(
        requirement_id=binding.requirement.id,
        requirement_version=binding.requirement.version,
        set_id=binding.set_id,
        by_set_id=by_set,
        by_requirement_id=by_requirement,
    )
