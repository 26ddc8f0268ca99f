"""Strategies for requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance import domain
from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    ExemptionKind,
    Line,
    MinimumLimit,
    PartyRole,
    Requirement,
    RequirementHeader,
)
from contractor_compliance.testing.factories import MILLION
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, built, few, record, seldom, usually

__all__ = ["RULE_MAKERS", "SLOTS", "WAIVABLE", "identified", "in_slot", "leaves", "minimum_limits"]

T = TypeVar("T")

#: What a sample rule book asks for, by id: one line, or a kind of requirement.
#: Each slot has a key of its own, so a set may hold any of them together.
SLOTS: Mapping[str, Line | type[Any]] = {
    "gl": Line.GL,
    "wc": Line.WC,
    "auto": Line.AUTO,
    "umbrella": domain.UmbrellaRequirement,
    "any": AnyOf,
    "el": Line.EL,
    "professional": Line.PROFESSIONAL,
    "tower": domain.CombinedLimitRequirement,
    "bond": Line.SURETY_BOND,
    "all": AllOf,
    "custom": domain.Custom,
    "exempt": domain.ExemptionRequirement,
    "accident": domain.OccupationalAccidentRequirement,
}
#: Every reason that a waiver may be granted for.
WAIVABLE = tuple(code for code in domain.ReasonCode if code not in domain.NEVER_WAIVABLE)
_LEAVES = tuple(kind for kind in Requirement.__args__ if kind not in (AllOf, AnyOf))
_UNINSURABLE = (Line.WC, Line.EL, Line.SURETY_BOND)
_PRIMARY = tuple(line for line in pools.LINES if not line.is_layer)
_TOPPED = tuple(line for line in _PRIMARY if line not in (Line.WC, Line.SURETY_BOND))
_LAYERS = (Line.UMBRELLA, Line.EXCESS)
_TOP_UPS = (frozenset({Line.UMBRELLA}), frozenset({Line.EXCESS}), frozenset(_LAYERS))
_NO: SearchStrategy[frozenset[Any]] = st.just(frozenset())
_NEVER = st.just(value=False)


def _set(choices: Sequence[Any] | type[Any], *, least: int = 0, most: int = 2) -> SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(choices), min_size=least, max_size=most)


def _header(sampler: Sampler) -> SearchStrategy[dict[str, Any]]:
    """Return the fields that every requirement has but for its days, seldom unusual."""
    always: dict[str, Any] = {
        "id": st.sampled_from(tuple(SLOTS)),
        "waivable": st.one_of(_NO, st.just(frozenset(WAIVABLE)), _set(WAIVABLE, most=3)),
    }
    return seldom(sampler.parts(RequirementHeader, "effective", "until", **always), record(always), once_in=2)


def _ruled(
    sampler: Sampler, cls: type[T], odd: Mapping[str, SearchStrategy[Any]] | None = None, **given: SearchStrategy[Any]
) -> SearchStrategy[T]:
    """Return requirements of one class, valid on every day."""
    rest = sampler.parts(cls, *domain.field_types(RequirementHeader), odd=odd or {}, **given)
    return built(cls, sampler.once(_header), rest)


def minimum_limits(sampler: Sampler, line: Line, *, least: int = 0) -> SearchStrategy[tuple[MinimumLimit, ...]]:
    """Return limits to ask for on a line: each kind once, most often the amounts that policies usually state."""
    kinds = sorted(domain.limit_kinds(line), key=lambda kind: kind.value)
    if not kinds:
        return st.just(())
    usual, twice = (_minimums(pools.usual_limits(line, unit)) for unit in (MILLION, 2 * MILLION))
    names = st.one_of(st.sampled_from([minimum.limit for minimum in usual]), st.sampled_from(kinds))
    odd = st.dictionaries(names, sampler.money, min_size=least, max_size=2).map(_minimums)
    return seldom(odd, usually(usual, usual[:1], twice, once_in=2), once_in=5)


def _minimums(amounts: Mapping[domain.LimitKind, int]) -> tuple[MinimumLimit, ...]:
    return tuple(MinimumLimit(limit=kind, cents=cents) for kind, cents in amounts.items())


def _endorsement_rule_of(sampler: Sampler, kind: domain.EndorsementKind) -> SearchStrategy[domain.EndorsementRule]:
    parties = usually(
        frozenset({PartyRole.COMPANY}), frozenset({PartyRole.CLIENT}), frozenset({PartyRole.COMPANY, PartyRole.OWNER})
    )
    odd = {"parties": parties if kind.serves_party else st.one_of(parties, _NO)}
    skipped = () if kind is domain.EndorsementKind.NOTICE_OF_CANCELLATION else ("accepts_covenant",)
    return sampler.derive(domain.EndorsementRule, *skipped, odd=odd, kind=st.just(kind))


def _endorsement_rule(sampler: Sampler) -> SearchStrategy[domain.EndorsementRule]:
    return st.sampled_from(domain.EndorsementKind).flatmap(lambda kind: sampler.once(_endorsement_rule_of, kind))


def _forbidden(sampler: Sampler) -> SearchStrategy[tuple[domain.ExclusionRule, ...]]:
    """Return rules of different exclusions."""
    return few(sampler.of(domain.ExclusionRule)).map(lambda rules: tuple({rule.kind: rule for rule in rules}.values()))


def _autos(line: Line) -> SearchStrategy[dict[str, Any]]:
    """Return what is asked of covered autos, for auto insurance alone."""
    if line not in (Line.AUTO, Line.PERSONAL_AUTO):
        return st.just({})

    def build(kinds: frozenset[domain.AutoKind], answers: bool, accepts: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn
        return {
            "autos": kinds,
            "scheduled_answers_owned": answers and domain.AutoKind.OWNED in kinds,
            "accepts_personal_auto": accepts and line == Line.AUTO,
        }

    return st.builds(build, _set(domain.AutoKind, most=3), st.booleans(), st.booleans())


def _presuming(name: str, requirement: Any) -> Any:
    """Return the requirement, presuming the schedule of an umbrella where one counts."""
    return attrs.evolve(requirement, presume_umbrella_schedule=Line.UMBRELLA in getattr(requirement, name))


def _now_and_then_presuming(name: str, requirements: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return seldom(requirements.map(lambda requirement: _presuming(name, requirement)), requirements, once_in=3)


def _coverage_of(sampler: Sampler, line: Line) -> SearchStrategy[domain.CoverageRequirement]:
    kinds = [kind for kind in domain.EndorsementKind if not (kind.is_additional_insured and line in _UNINSURABLE)]
    odd = {
        "endorsements": few(st.sampled_from(kinds).flatmap(lambda kind: sampler.once(_endorsement_rule_of, kind))),
        "forbidden_exclusions": _forbidden(sampler),
        "accepts": _set(ExemptionKind) if line == Line.WC else _NO,
    }
    asked = sampler.parts(
        domain.CoverageRequirement,
        *domain.field_types(RequirementHeader),
        *("autos", "scheduled_answers_owned", "accepts_personal_auto", "presume_umbrella_schedule"),
        odd=odd,
        line=st.just(line),
        limits=minimum_limits(sampler, line),
        top_up=usually(frozenset(), *_TOP_UPS, once_in=2) if line in _TOPPED else _NO,
        presume_home_state_in_3a=st.booleans() if line in (Line.WC, Line.EL) else st.just(value=False),
        retention_silence_passes=st.just(value=False),
    )
    requirements = built(domain.CoverageRequirement, sampler.once(_header), asked, _autos(line))
    drawn = _now_and_then_presuming("top_up", requirements)
    return st.tuples(drawn, st.booleans()).map(_with_silence)


def _with_silence(drawn: tuple[domain.CoverageRequirement, bool]) -> domain.CoverageRequirement:
    """Let a silent retention pass in some of the requirements that ask for one."""
    requirement, passes = drawn
    return attrs.evolve(requirement, retention_silence_passes=passes and requirement.retention_at_most is not None)


def _umbrella(sampler: Sampler) -> SearchStrategy[domain.UmbrellaRequirement]:
    asked = usually(pools.AMOUNTS[3], *pools.AMOUNTS, once_in=3)
    odd = {"over": _set((Line.GL, Line.AUTO, Line.EL), least=1), "layers": _set(_LAYERS, least=1), "aggregate": asked}
    kinds = [kind for kind in domain.EndorsementKind if kind.is_additional_insured]
    rules = few(st.sampled_from(kinds).flatmap(lambda kind: sampler.once(_endorsement_rule_of, kind)))
    over_insurable = {**odd, "over": _set((Line.GL, Line.AUTO), least=1)}
    requirements = seldom(
        _ruled(
            sampler,
            domain.UmbrellaRequirement,
            over_insurable,
            occurrence=asked,
            additional_insured=rules,
            presume_umbrella_schedule=_NEVER,
        ),
        _ruled(
            sampler,
            domain.UmbrellaRequirement,
            {**odd, "additional_insured": st.just(())},
            occurrence=asked,
            presume_umbrella_schedule=_NEVER,
        ),
        once_in=3,
    )
    return _now_and_then_presuming("layers", requirements)


def _combined(sampler: Sampler) -> SearchStrategy[domain.CombinedLimitRequirement]:
    lines = usually(Line.GL, *_TOPPED, once_in=3)
    odd = {"layers": _set(_LAYERS)}
    requirements = _ruled(sampler, domain.CombinedLimitRequirement, odd, line=lines, presume_umbrella_schedule=_NEVER)
    return _now_and_then_presuming("layers", requirements)


def _any_of(sampler: Sampler) -> SearchStrategy[AnyOf]:
    workers_compensation = sampler.once(_coverage_of, Line.WC)
    exempt = st.tuples(workers_compensation, sampler.of(domain.ExemptionRequirement))
    accident = st.tuples(workers_compensation, sampler.of(domain.OccupationalAccidentRequirement))
    return _groups(sampler, AnyOf, st.one_of(exempt, accident))


def _all_of(sampler: Sampler) -> SearchStrategy[AllOf]:
    return _groups(
        sampler, AllOf, st.tuples(sampler.once(_coverage_of, Line.GL), sampler.of(domain.UmbrellaRequirement))
    )


def _groups(sampler: Sampler, cls: type[Any], usual: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return groups of one class, most often of the usual members, seldom with groups among them."""

    def of(members: SearchStrategy[Any]) -> SearchStrategy[Any]:
        chosen = seldom(st.lists(members, min_size=1, max_size=2), usual, once_in=2)
        groups = _ruled(sampler, cls, members=chosen.map(_members))
        return groups.map(lambda group: identified(group, group.id, group.version))

    leaf = st.one_of([sampler.of(kind) for kind in _LEAVES])
    flat = of(leaf)
    return seldom(of(seldom(flat, leaf, once_in=2)), flat, once_in=2)


def _members(drawn: Sequence[Any]) -> tuple[Requirement, ...]:
    # Ids are put right by `identified`; until then they must differ.
    return tuple(
        attrs.evolve(member, id=f"member-{place}", tail_years=None) for place, member in enumerate(drawn, start=1)
    )


def identified(requirement: Any, name: str, version: int) -> Any:
    """Return the requirement under another id; members are called after it: `any.1`, `any.2`."""
    changes: dict[str, Any] = {"id": name, "version": version}
    if isinstance(requirement, AnyOf | AllOf):
        changes["members"] = tuple(
            identified(member, f"{name}.{place}", version) for place, member in enumerate(requirement.members, start=1)
        )
    return attrs.evolve(requirement, **changes)


def in_slot(sampler: Sampler, name: str) -> SearchStrategy[Any]:
    """Return the requirements that fit a slot of the rule book."""
    slot = SLOTS[name]
    return sampler.once(_coverage_of, slot) if isinstance(slot, Line) else sampler.of(slot)


def leaves(requirement: Requirement) -> Iterator[Requirement]:
    """Yield the requirements without members that a requirement is made of."""
    if isinstance(requirement, AnyOf | AllOf):
        for member in requirement.members:
            yield from leaves(member)
    else:
        yield requirement


_TIMELESS: Mapping[type[Any], Maker] = {
    AllOf: _all_of,
    AnyOf: _any_of,
    domain.CombinedLimitRequirement: _combined,
    domain.CoverageRequirement: lambda sampler: st.sampled_from(_PRIMARY).flatmap(
        lambda line: sampler.once(_coverage_of, line)
    ),
    domain.Custom: lambda sampler: _ruled(sampler, domain.Custom),
    domain.ExemptionRequirement: lambda sampler: _ruled(
        sampler, domain.ExemptionRequirement, kinds=_set(ExemptionKind, least=1)
    ),
    domain.OccupationalAccidentRequirement: lambda sampler: _ruled(
        sampler, domain.OccupationalAccidentRequirement, limits=minimum_limits(sampler, Line.OCCUPATIONAL_ACCIDENT)
    ),
    RequirementHeader: lambda sampler: _ruled(sampler, RequirementHeader),
    domain.UmbrellaRequirement: _umbrella,
}


def _dated(maker: Maker) -> Maker:
    """Return the maker of the same requirements with a first and a last day, most of them open."""
    return lambda sampler: st.builds(
        lambda requirement, span: attrs.evolve(requirement, effective=span[0], until=span[1]),
        maker(sampler),
        sampler.open_spans,
    )


RULE_MAKERS: Mapping[type[Any], Maker] = {
    **{cls: _dated(maker) for cls, maker in _TIMELESS.items()},
    domain.EndorsementRule: _endorsement_rule,
}
