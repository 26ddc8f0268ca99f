"""Strategies for requirements, requirement sets and rule books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance.domain import (
    NEVER_WAIVABLE,
    AllOf,
    AnyOf,
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    EndorsementKind,
    EndorsementRule,
    ExemptionKind,
    ExemptionRequirement,
    Line,
    MinimumLimit,
    OccupationalAccidentRequirement,
    ReasonCode,
    Requirement,
    RequirementHeader,
    UmbrellaRequirement,
    field_types,
    limit_kinds,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, few, record, seldom, usually

__all__ = ["RULE_MAKERS", "SLOTS", "WAIVABLE", "dated", "identified", "leaves", "minimum_limits"]

T = TypeVar("T")

#: Every reason that a waiver may be granted for.
WAIVABLE = tuple(code for code in ReasonCode if code not in NEVER_WAIVABLE)
_UNINSURABLE = (Line.WC, Line.EL, Line.SURETY_BOND)
_TOPPED = tuple(line for line in pools.LINES if line not in (Line.WC, Line.SURETY_BOND) and not line.is_layer)
_LAYERS = (Line.UMBRELLA, Line.EXCESS)
_TOP_UPS = (frozenset({Line.UMBRELLA}), frozenset({Line.EXCESS}), frozenset({Line.UMBRELLA, Line.EXCESS}))
_NONE = st.none()
_NO: SearchStrategy[frozenset[Any]] = st.just(frozenset())


def _set(choices: Any, *, least: int = 0, most: int = 2) -> SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(choices), min_size=least, max_size=most)


def _ruled(
    sampler: Sampler, cls: type[T], odd: Mapping[str, SearchStrategy[Any]] | None = None, **given: SearchStrategy[Any]
) -> SearchStrategy[T]:
    """Return requirements of one class without dates, which `dated` adds; what they share is seldom unusual."""

    def make() -> SearchStrategy[dict[str, Any]]:
        always = {
            "id": st.sampled_from(tuple(SLOTS)),
            "waivable": st.one_of(_NO, st.just(frozenset(WAIVABLE)), _set(WAIVABLE, most=3)),
        }
        changed = {"key": st.just("shared"), "states": _set(pools.STATES), "statutory": st.just(value=True)}
        skipped = ("effective", "until")
        return seldom(sampler.parts(RequirementHeader, *skipped, odd=changed, **always), record(always), once_in=2)

    shared = sampler.once("shared", make)
    own = sampler.parts(cls, *field_types(RequirementHeader), odd=odd or {}, **given)
    return st.builds(lambda header, parts: cls(**header, **parts), shared, own)


def dated(sampler: Sampler, undated: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return the same requirements with a first and a last day, most of them open."""
    return st.builds(
        lambda requirement, span: attrs.evolve(requirement, effective=span[0], until=span[1]),
        undated,
        sampler.open_spans(),
    )


def minimum_limits(sampler: Sampler, line: Line, *, least: int = 0) -> SearchStrategy[tuple[MinimumLimit, ...]]:
    """Return limits to ask for on a line: each kind once, most often the amounts that policies usually state."""
    usual = tuple(MinimumLimit(limit=kind, cents=cents) for kind, cents in pools.minimums(line))
    kinds = sorted(limit_kinds(line), key=lambda kind: kind.value)
    if not kinds:
        return st.just(())
    stated = st.sampled_from([each.limit for each in usual])
    odd = st.builds(
        lambda found, amounts: tuple(
            MinimumLimit(limit=kind, cents=cents) for kind, cents in zip(found, amounts, strict=False)
        ),
        st.lists(st.one_of(stated, st.sampled_from(kinds)), unique=True, min_size=least, max_size=2),
        st.tuples(sampler.money(), sampler.money()),
    )
    twice = tuple(MinimumLimit(limit=each.limit, cents=2 * each.cents) for each in usual)
    return seldom(odd, usually(usual, usual[:1], twice, once_in=2), once_in=5)


def _coverage_of(sampler: Sampler, line: Line) -> SearchStrategy[CoverageRequirement]:
    kinds = [kind for kind in EndorsementKind if not (kind.is_additional_insured and line in _UNINSURABLE)]
    endorsements = few(sampler.derive(EndorsementRule, kind=st.sampled_from(kinds)))
    odd: dict[str, SearchStrategy[Any]] = {
        "endorsements": endorsements,
        "accepts": _set(ExemptionKind) if line == Line.WC else _NO,
    }
    top_up = usually(frozenset(), *_TOP_UPS, once_in=2) if line in _TOPPED else _NO
    limits = minimum_limits(sampler, line)
    return _ruled(sampler, CoverageRequirement, odd, line=st.just(line), limits=limits, top_up=top_up)


def _coverage(sampler: Sampler) -> SearchStrategy[CoverageRequirement]:
    lines = tuple(line for line in pools.LINES if not line.is_layer)
    return st.sampled_from(lines).flatmap(
        lambda line: sampler.once(("coverage", line), lambda: _coverage_of(sampler, line))
    )


def _umbrella(sampler: Sampler) -> SearchStrategy[UmbrellaRequirement]:
    asked = usually(pools.AMOUNTS[3], *pools.AMOUNTS, once_in=3)
    odd = {"over": _set((Line.GL, Line.AUTO, Line.EL), least=1), "layers": _set(_LAYERS, least=1), "aggregate": asked}
    return _ruled(sampler, UmbrellaRequirement, odd, occurrence=asked)


def _combined(sampler: Sampler) -> SearchStrategy[CombinedLimitRequirement]:
    lines = usually(Line.GL, *_TOPPED, once_in=3)
    return _ruled(sampler, CombinedLimitRequirement, {"layers": _set(_LAYERS)}, line=lines)


def _exemption(sampler: Sampler) -> SearchStrategy[ExemptionRequirement]:
    return _ruled(sampler, ExemptionRequirement, kinds=_set(ExemptionKind, least=1))


def _occupational_accident(sampler: Sampler) -> SearchStrategy[OccupationalAccidentRequirement]:
    limits = minimum_limits(sampler, Line.OCCUPATIONAL_ACCIDENT)
    return _ruled(sampler, OccupationalAccidentRequirement, limits=limits)


def _custom(sampler: Sampler) -> SearchStrategy[Custom]:
    return _ruled(sampler, Custom)


def _leaf(sampler: Sampler) -> SearchStrategy[Any]:
    """Return requirements without members."""
    return sampler.once("leaf", lambda: st.one_of([sampler.of(kind) for kind in _LEAVES]))


_LEAVES: tuple[type[Any], ...] = (
    CoverageRequirement,
    UmbrellaRequirement,
    CombinedLimitRequirement,
    ExemptionRequirement,
    OccupationalAccidentRequirement,
    Custom,
)


def _group(sampler: Sampler, cls: type[Any], usual: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return groups of one class, seldom with groups among their members."""

    def of(members: SearchStrategy[Any]) -> SearchStrategy[Any]:
        chosen = seldom(st.lists(members, min_size=1, max_size=2), usual, once_in=2)
        grouped = _ruled(sampler, cls, members=chosen.map(_untailed))
        return grouped.map(lambda group: identified(group, group.id, group.version))

    def make() -> SearchStrategy[Any]:
        flat = of(_leaf(sampler))
        return seldom(of(seldom(flat, _leaf(sampler), once_in=2)), flat, once_in=2)

    return sampler.once(("group", cls), make)


def _untailed(members: Any) -> tuple[Requirement, ...]:
    # Ids are put right by `identified`; until then they must differ.
    return tuple(
        attrs.evolve(member, id=f"member-{place}", tail_years=None) for place, member in enumerate(members, start=1)
    )


def _any_of(sampler: Sampler) -> SearchStrategy[AnyOf]:
    workers = _coverage_of(sampler, Line.WC)
    exempt = sampler.of(ExemptionRequirement)
    accident = sampler.of(OccupationalAccidentRequirement)
    return _group(sampler, AnyOf, st.one_of(st.tuples(workers, exempt), st.tuples(workers, accident)))


def _all_of(sampler: Sampler) -> SearchStrategy[AllOf]:
    return _group(sampler, AllOf, st.tuples(_coverage_of(sampler, Line.GL), sampler.of(UmbrellaRequirement)))


def identified(requirement: Any, name: str, version: int) -> Any:
    """Return the requirement under another id; members are called after it: `any.1`, `any.2`."""
    changes: dict[str, Any] = {"id": name, "version": version}
    if isinstance(requirement, AnyOf | AllOf):
        changes["members"] = tuple(
            identified(member, f"{name}.{place}", version) for place, member in enumerate(requirement.members, start=1)
        )
    return attrs.evolve(requirement, **changes)


def leaves(requirement: Requirement) -> Iterator[Requirement]:
    """Yield the requirements without members that a requirement is made of."""
    if isinstance(requirement, AnyOf | AllOf):
        for member in requirement.members:
            yield from leaves(member)
    else:
        yield requirement


def _line_slot(line: Line) -> Maker:
    return lambda sampler: _coverage_of(sampler, line)


def _class_slot(cls: type[Any]) -> Maker:
    return lambda sampler: sampler.of(cls)


#: What a sample rule book asks for, by id. Each slot has a key of its own, so a set may hold any of them together.
SLOTS: Mapping[str, Maker] = {
    "gl": _line_slot(Line.GL),
    "wc": _line_slot(Line.WC),
    "auto": _line_slot(Line.AUTO),
    "umbrella": _class_slot(UmbrellaRequirement),
    "any": _class_slot(AnyOf),
    "el": _line_slot(Line.EL),
    "professional": _line_slot(Line.PROFESSIONAL),
    "tower": _class_slot(CombinedLimitRequirement),
    "bond": _line_slot(Line.SURETY_BOND),
    "all": _class_slot(AllOf),
    "custom": _class_slot(Custom),
    "exempt": _class_slot(ExemptionRequirement),
    "accident": _class_slot(OccupationalAccidentRequirement),
}


def _header_alone(sampler: Sampler) -> SearchStrategy[RequirementHeader]:
    return _ruled(sampler, RequirementHeader)


def _dated(maker: Maker) -> Maker:
    return lambda sampler: dated(sampler, maker(sampler))


RULE_MAKERS: Mapping[type[Any], Maker] = {
    AllOf: _dated(_all_of),
    AnyOf: _dated(_any_of),
    CombinedLimitRequirement: _dated(_combined),
    CoverageRequirement: _dated(_coverage),
    Custom: _dated(_custom),
    ExemptionRequirement: _dated(_exemption),
    OccupationalAccidentRequirement: _dated(_occupational_accident),
    RequirementHeader: _dated(_header_alone),
    UmbrellaRequirement: _dated(_umbrella),
}
