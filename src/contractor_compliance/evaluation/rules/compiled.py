"""The rule book compiled: indexed by what each set applies to, cut into epochs in which no requirement changes.

The compiled rule book is plain data and the one description of the rules: every evaluator interprets it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirements import CoverageRequirement, Requirement, RequirementHeader
from contractor_compliance.domain.rulebook import RequirementSet, RuleBook, SetLevel, SetMode
from contractor_compliance.evaluation.kinds.judge import ask, examined_by
from contractor_compliance.evaluation.kinds.kind import Examined
from contractor_compliance.results.finding import Displaced

__all__ = ["Binding", "CompiledRuleBook", "Resolution", "compile_rulebook"]

_T = TypeVar("_T", date, int)

#: A set by its place, and the field that leaves open whether it applies; None where it does.
_Candidate = tuple[int, str | None]
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
        depends_on_field: What the assignment does not state and what decides whether it binds, in words; None where
            it binds in any case (domain rule B14.9).
        may_give_way: Whether it binds unless another one of the same key does, for that reason.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories as make
        >>> compiled = compile_rulebook(make.rulebook(make.gl_requirement(id="gl")))
        >>> (binding,) = compiled.resolve(make.assignment(), "c-1", date(2026, 6, 1)).bindings
        >>> binding.requirement.id, binding.set_id, binding.level.value
        ('gl', 'default', 'default')
    """

    requirement: Requirement
    key: str
    set_id: str
    level: SetLevel
    title: str
    line: Line | None
    ask: str
    depends_on_field: str | None = None
    may_give_way: bool = False


@attrs.frozen
class Resolution:
    """The requirements that bind an assignment on a day.

    Attributes:
        bindings: The requirements that bind, in the order of their sets.
        displaced: The requirements that a later set displaced.
        lines: The coverage requirements among them, members included: they decide double use of layers.
        examined: What the requirements ask about.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories as make
        >>> compiled = compile_rulebook(make.rulebook(make.gl_requirement()))
        >>> len(compiled.resolve(make.assignment(), "c-1", date(2026, 6, 1)).bindings)
        1
    """

    bindings: tuple[Binding, ...]
    displaced: tuple[Displaced, ...]
    lines: tuple[CoverageRequirement, ...]
    examined: Examined


@attrs.frozen
class _PlannedSet:
    source: RequirementSet
    bindings: tuple[Binding, ...]


@attrs.frozen
class _NamedSets:
    """The sets of one level, by the ids that they apply to.

    Attributes:
        by_name: Sets that apply, by id.
        by_spelling: Sets that may apply, by an id without case and blanks: one that differs in these alone is
            probably a slip.
        all: Every set of the level, as one that may apply.
    """

    by_name: dict[str, tuple[_Candidate, ...]]
    by_spelling: dict[str, tuple[_Candidate, ...]]
    all: tuple[_Candidate, ...]

    @classmethod
    def of(cls, sets: dict[str, tuple[int, ...]], field: str) -> _NamedSets:
        """Index the sets; `field` says in words what leaves it open whether one applies."""
        alike: dict[str, set[int]] = {}
        for name, indexes in sets.items():
            alike.setdefault(_spelling(name), set()).update(indexes)
        return cls(
            {name: tuple((index, None) for index in indexes) for name, indexes in sets.items()},
            {spelling: tuple((index, field) for index in sorted(indexes)) for spelling, indexes in alike.items()},
            tuple((index, field) for index in sorted({index for indexes in sets.values() for index in indexes})),
        )

    def matching(self, name: str | None, *, is_none: bool) -> tuple[_Candidate, ...]:
        """Return the sets that apply to an id, or that may; `is_none` = it is known that there is no id."""
        if name is None:
            return () if is_none else self.all
        exact = self.by_name.get(name)
        return self.by_spelling.get(_spelling(name), ()) if exact is None else exact


def _spelling(name: str) -> str:
    return "".join(name.casefold().split())


@attrs.define(eq=False)
class CompiledRuleBook:
    """A compiled rule book. Compile once, evaluate many.

    Attributes:
        rulebook_id: The rule book.
        rulebook_version: Its version.
        turning_days: Every day on which a set or requirement begins or ends, sorted.
        freshness: Ages in days beyond which some requirement refuses evidence.
        number_days: Days for which some requirement lets a text stand in the place of a policy number.
        tails: Years after an assignment for which some requirement is judged.
        presumes_schedules: Whether some requirement presumes what an umbrella sits on (domain rule B14.16).

    Example:
        >>> from contractor_compliance.testing import factories as make
        >>> compile_rulebook(make.rulebook(make.gl_requirement(), version=3)).rulebook_version
        3
    """

    rulebook_id: str
    rulebook_version: int
    turning_days: tuple[date, ...]
    freshness: frozenset[int]
    number_days: frozenset[int]
    tails: frozenset[int]
    presumes_schedules: bool
    _sets: tuple[_PlannedSet, ...]
    _defaults: tuple[_Candidate, ...]
    _job_codes: _NamedSets
    _clients: _NamedSets
    _by_contractor: dict[str, tuple[_Candidate, ...]]
    # Resolutions met before, by epoch and sets: a memo of pure answers, bounded by what the rule book can combine.
    _resolved: dict[tuple[int, tuple[_Candidate, ...]], Resolution] = attrs.field(factory=dict)

    def resolve(self, assignment: Assignment, contractor_id: str, day: date) -> Resolution:
        """Return what binds the assignment on the day, and what was displaced.

        Sets apply in the order default, job code, client, contractor. Only sets that name the assignment's own job
        code, client or contractor are looked at; where the assignment does not say which, every such set may apply.
        """
        contracted = assignment.contract_date
        candidates = (
            *self._defaults,
            *self._job_codes.matching(assignment.job_code_id, is_none=False),
            *self._clients.matching(assignment.client_id, is_none=assignment.own_work),
            *self._by_contractor.get(contractor_id, ()),
        )
        chosen = tuple(
            candidate for candidate in candidates if _applies(self._sets[candidate[0]].source, contracted, day)
        )
        return self._resolution(chosen, day)

    def resolve_always(self, contractor_id: str, day: date) -> Resolution:
        """Return what binds the contractor even without an assignment: its own sets marked `always`."""
        chosen = tuple(
            candidate
            for candidate in self._by_contractor.get(contractor_id, ())
            if self._sets[candidate[0]].source.always and _applies(self._sets[candidate[0]].source, day, day)
        )
        return self._resolution(chosen, day)

    def _resolution(self, chosen: tuple[_Candidate, ...], day: date) -> Resolution:
        key = (bisect_right(self.turning_days, day), chosen)
        resolution = self._resolved.get(key)
        if resolution is None:
            sets = [(self._sets[index], field) for index, field in chosen]
            resolution = self._resolved[key] = _combine(sets, day)
        return resolution


def compile_rulebook(rulebook: RuleBook) -> CompiledRuleBook:
    """Compile a rule book, once for any number of contractors.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories as make
        >>> compiled = compile_rulebook(make.rulebook(make.gl_requirement()))
        >>> [binding.title for binding in compiled.resolve(make.assignment(), "c-1", date(2026, 6, 1)).bindings]
        ['general liability']
    """
    ordered = sorted(rulebook.sets, key=_place)
    members = [*_members(requirement for source in ordered for requirement in source.requirements)]
    rules = _evidence_rules(members)
    job_codes, clients = _by_name(ordered, SetLevel.JOB_CODE), _by_name(ordered, SetLevel.CLIENT)
    return CompiledRuleBook(
        rulebook_id=rulebook.id,
        rulebook_version=rulebook.version,
        turning_days=_turning_days(ordered, members),
        freshness=_stated(rule.fresh_for_days for rule in rules),
        number_days=frozenset(rule.number_due_days for rule in rules),
        tails=_stated(member.tail_years for member in members),
        presumes_schedules=any(getattr(member, "presume_umbrella_schedule", False) for member in members),
        sets=tuple(_PlannedSet(requirement_set, tuple(_bindings(requirement_set))) for requirement_set in ordered),
        defaults=_candidates(index for index, source in enumerate(ordered) if source.level is SetLevel.DEFAULT),
        job_codes=_NamedSets.of(job_codes, "the job code of the assignment"),
        clients=_NamedSets.of(clients, "the client of the assignment, or that it is the company's own work"),
        by_contractor={name: _candidates(places) for name, places in _by_name(ordered, SetLevel.CONTRACTOR).items()},
    )


def _place(source: RequirementSet) -> tuple[int, date, date, str]:
    """Return what puts a set before or after others: its level, then its days, then its id."""
    return _ORDER[source.level], source.for_contracts_from or date.min, source.effective or date.min, source.id


def _members(requirements: Iterable[Requirement]) -> Iterator[RequirementHeader]:
    """Yield the requirements, and of groups all members."""
    for requirement in requirements:
        yield from requirement.walk()


def _evidence_rules(members: list[RequirementHeader]) -> list[EvidenceRule]:
    """Return what evidence counts for each requirement that asks for evidence."""
    return [rule for member in members if (rule := getattr(member, "evidence", None)) is not None]


def _turning_days(sets: list[RequirementSet], members: list[RequirementHeader]) -> tuple[date, ...]:
    """Return every day on which a set or a requirement begins or ends, in order."""
    ends = [
        *((source.effective, source.until, source.for_contracts_from) for source in sets),
        *((member.effective, member.until) for member in members),
    ]
    return tuple(sorted(_stated(day for days in ends for day in days)))


def _stated(values: Iterable[_T | None]) -> frozenset[_T]:
    """Leave out what is not stated."""
    return frozenset(value for value in values if value is not None)


def _by_name(sets: list[RequirementSet], level: SetLevel) -> dict[str, tuple[int, ...]]:
    """Return the places of the sets of one level, by the ids that they apply to."""
    places: dict[str, tuple[int, ...]] = {}
    for index, source in enumerate(sets):
        for name in source.applies_to if source.level is level else ():
            places[name] = (*places.get(name, ()), index)
    return places


def _candidates(places: Iterable[int]) -> tuple[_Candidate, ...]:
    """Return sets, by their places, as those that apply in any case."""
    return tuple((place, None) for place in places)


def _bindings(source: RequirementSet) -> Iterator[Binding]:
    for requirement in source.requirements:
        line = requirement.subject_line
        yield Binding(
            requirement=requirement,
            key=requirement.override_key,
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


def _combine(chosen: list[tuple[_PlannedSet, str | None]], day: date) -> Resolution:
    so_far = _SoFar()
    for planned, field in chosen:
        # A set that only may apply replaces nothing (domain rule B14.9).
        if planned.source.mode is SetMode.REPLACE and field is None:
            so_far.replace_all(planned.source.id)
        for binding in planned.bindings:
            if _valid(binding.requirement, day):
                if field is None:
                    so_far.add(binding)
                else:
                    so_far.add_in_doubt(binding, field)
    return so_far.resolution()


@attrs.define
class _SoFar:
    """What binds by the sets looked at so far, and what they displaced."""

    bindings: list[Binding] = attrs.field(factory=list)
    displaced: list[Displaced] = attrs.field(factory=list)

    def replace_all(self, set_id: str) -> None:
        """Displace all but what the law asks for, by a set that takes the place of the sets before it."""
        replaced = [binding for binding in self.bindings if not binding.requirement.statutory]
        self.displaced += (_displaced(binding, set_id, None) for binding in replaced)
        self.bindings = [binding for binding in self.bindings if binding.requirement.statutory]

    def add(self, binding: Binding) -> None:
        """Add a requirement in the place of those of its key.

        What the law asks for stays beside whatever a company asks for under the same key.
        """
        overridden = [
            earlier for earlier in self.bindings if earlier.key == binding.key and not earlier.requirement.statutory
        ]
        self.displaced += (_displaced(earlier, binding.set_id, binding.requirement.id) for earlier in overridden)
        self.bindings = [*(earlier for earlier in self.bindings if earlier not in overridden), binding]

    def add_in_doubt(self, binding: Binding, field: str) -> None:
        """Add a requirement that binds under some readings only, beside those that give way to it then."""
        self.bindings = [_may_give_way(earlier, binding, field) for earlier in self.bindings]
        self.bindings.append(attrs.evolve(binding, depends_on_field=field))

    def resolution(self) -> Resolution:
        """Return what binds, when all sets have been looked at."""
        requirements = [binding.requirement for binding in self.bindings]
        lines = tuple(member for member in _members(requirements) if isinstance(member, CoverageRequirement))
        examined = Examined().union(*map(examined_by, requirements))
        return Resolution(tuple(self.bindings), tuple(self.displaced), lines, examined)


def _may_give_way(earlier: Binding, binding: Binding, field: str) -> Binding:
    """Return an earlier binding beside one that may override it: then it binds under some readings only."""
    if earlier.key != binding.key or earlier.requirement.statutory or earlier.depends_on_field is not None:
        return earlier
    return attrs.evolve(earlier, depends_on_field=field, may_give_way=True)


def _displaced(binding: Binding, by_set: str, by_requirement: str | None) -> Displaced:
    return Displaced(
        requirement_id=binding.requirement.id,
        requirement_version=binding.requirement.version,
        set_id=binding.set_id,
        by_set_id=by_set,
        by_requirement_id=by_requirement,
    )
