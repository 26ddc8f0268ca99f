"""Strategies for requirement sets, rule books and waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import (
    EvidenceRule,
    Line,
    Requirement,
    RequirementSet,
    RuleBook,
    SetLevel,
    SetMode,
    Waiver,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.rules import SLOTS, WAIVABLE, identified, minimum_limits
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, record, seldom, usually

__all__ = ["BOOK_MAKERS", "WAIVED"]

#: What default sets start from.
_BASES: tuple[tuple[str, ...], ...] = (("gl",), ("gl", "wc"), ("wc",), (), ("gl", "auto", "umbrella"), ("any",))
_BASE = st.sampled_from(_BASES)
_SOME_SLOTS = st.lists(st.sampled_from(tuple(SLOTS)), unique=True, max_size=2)
_HOW_VERSIONED = usually("new", "again", "split", "dated", "keyed", once_in=2)
_HOW_ATTACHED = st.sampled_from(("one", "all", "each", "versions", "contracts"))
_HOW_MANY_CUTS = usually(0, 1, 2, once_in=4)
_MODES = usually(SetMode.EXTEND, SetMode.REPLACE, once_in=3)
_OFTEN = st.booleans()
_SELDOM = usually(False, True, once_in=6)  # noqa: FBT003
_VERSIONS = st.integers(1, 3)
_IDS: Mapping[SetLevel, tuple[str, ...]] = {
    SetLevel.JOB_CODE: pools.JOB_CODES,
    SetLevel.CLIENT: pools.CLIENTS,
    SetLevel.CONTRACTOR: pools.CONTRACTORS,
}
#: Ids that a waiver may name: slots, and members of groups.
WAIVED = (*SLOTS, "any.1", "any.2", "all.1")


@attrs.define
class _Writer:
    """Writes one rule book: a requirement whose content changes gets the next version.

    Attributes:
        draw: Draws from a strategy.
        sampler: Where strategies come from.
        written: Requirements by slot, in order of version.
    """

    draw: DrawFn
    sampler: Sampler
    written: dict[str, list[Requirement]] = attrs.field(factory=dict)

    def requirements(self, names: tuple[str, ...]) -> tuple[Requirement, ...]:
        """Write requirements for some slots, seldom in two dated versions; their keys differ."""
        return tuple(each for name in dict.fromkeys(names) for each in self._versions(name))

    def _versions(self, name: str) -> Iterator[Requirement]:
        earlier = self.written.setdefault(name, [])
        how = self.draw(_HOW_VERSIONED)
        if how == "again" and earlier:
            yield earlier[0]
        elif how == "split":
            day = self.draw(self.sampler.days())
            yield self._write(name, until=day)
            yield self._write(name, effective=day)
        elif how == "dated":
            start, end = self._span()
            yield self._write(name, effective=start, until=end)
        else:
            yield self._write(name, key=f"slot:{name}" if how == "keyed" else None)

    def _write(self, name: str, **changes: Any) -> Requirement:
        strategy = self.sampler.once(("slot", name), lambda: SLOTS[name](self.sampler))
        plain: dict[str, Any] = {"effective": None, "until": None, "key": None, **changes}
        earlier = self.written[name]
        made: Requirement = identified(attrs.evolve(self.draw(strategy), **plain), name, len(earlier) + 1)
        earlier.append(made)
        return made

    def slots(self) -> list[str]:
        """Draw up to two slots."""
        return self.draw(_SOME_SLOTS)

    def defaults(self) -> Iterator[RequirementSet]:
        """Write default sets that cover every day, and seldom one for later contracts only."""
        cuts = self._cuts()
        edges: list[date | None] = [None, *cuts, None]
        for place, (start, end) in enumerate(pairwise(edges), start=1):
            names = (*self.draw(_BASE), *self.slots()[:1])
            yield RequirementSet(
                id=f"default-{place}", requirements=self.requirements(names), effective=start, until=end
            )
        if self.draw(_SELDOM):
            start, end = self._span()
            yield RequirementSet(
                id="default-contracts",
                mode=self.draw(_MODES),
                requirements=self.requirements(tuple(self.slots())),
                effective=start,
                until=end,
                for_contracts_from=self.draw(self.sampler.days()),
            )

    def _cuts(self) -> list[date]:
        return sorted({self.draw(self.sampler.days()) for _ in range(self.draw(_HOW_MANY_CUTS))})

    def attached(self, level: SetLevel) -> Iterator[RequirementSet]:
        """Write what is attached to one level: one set, one for each id, or two that follow each other."""
        ids = _IDS[level]
        how = self.draw(_HOW_ATTACHED)
        everyone, first = frozenset(ids), frozenset(ids[:1])
        if how == "each":
            for one in ids:
                yield self._attached(level, one, frozenset({one}), self._span(), self._contracts())
        elif how == "versions":
            day = self.draw(self.sampler.days())
            yield self._attached(level, "1", first, (None, day), self._contracts())
            yield self._attached(level, "2", everyone, (day, None), self._contracts())
        elif how == "contracts":
            yield self._attached(level, "1", everyone, self._span(), None)
            yield self._attached(level, "2", first, self._span(), self.draw(self.sampler.days()))
        else:
            yield self._attached(level, "1", everyone if how == "all" else first, self._span(), self._contracts())

    def _span(self) -> tuple[date | None, date | None]:
        return self.draw(self.sampler.open_spans())

    def _contracts(self) -> date | None:
        return self.draw(self.sampler.days()) if self.draw(_SELDOM) else None

    def _attached(
        self,
        level: SetLevel,
        name: str,
        ids: frozenset[str],
        span: tuple[date | None, date | None],
        contracts: date | None,
    ) -> RequirementSet:
        return RequirementSet(
            id=f"{level.value}-{name}",
            level=level,
            applies_to=ids,
            mode=self.draw(_MODES),
            requirements=self.requirements(tuple(self.slots())),
            effective=span[0],
            until=span[1],
            for_contracts_from=contracts,
            always=level is SetLevel.CONTRACTOR and self.draw(_OFTEN),
        )


def _rulebook(sampler: Sampler) -> SearchStrategy[RuleBook]:
    levels = st.lists(st.sampled_from(tuple(_IDS)), unique=True, max_size=2)
    heads = sampler.parts(RuleBook, "sets", id=usually("rulebook-1", "rulebook-2"))

    @st.composite
    def books(draw: DrawFn) -> RuleBook:
        writer = _Writer(draw, sampler)
        sets = [*writer.defaults()]
        for level in draw(levels):
            sets += writer.attached(level)
        return RuleBook(**draw(heads), sets=tuple(sets))

    return books()


def _requirement_set(sampler: Sampler) -> SearchStrategy[RequirementSet]:
    levels = st.sampled_from(SetLevel)

    @st.composite
    def sets(draw: DrawFn) -> RequirementSet:
        writer = _Writer(draw, sampler)
        level = draw(levels)
        written = list(writer.defaults() if level is SetLevel.DEFAULT else writer.attached(level))
        return written[draw(_VERSIONS) % len(written)]

    return sets()


def _waiver(sampler: Sampler) -> SearchStrategy[Waiver]:
    def build(
        common: dict[str, Any],
        what: dict[str, Any],
        state: dict[str, Any],
        span: tuple[date, date],
        instants: tuple[datetime, datetime],
    ) -> Waiver:
        decided = None if state["state"] is WaiverState.REQUESTED else max(instants)
        return Waiver(
            **common,
            **what,
            **state,
            effective=span[0],
            expires=span[1],
            requested_at=min(instants),
            decided_at=decided,
            decided_by="member-2" if decided else None,
        )

    common = sampler.parts(
        Waiver,
        *("kind", "reduced", "evidence", "until_document", "state", "revoked_on", "requirement_id", "line"),
        *("effective", "expires", "requested_at", "decided_at", "decided_by"),
        odd={"reason_codes": st.frozensets(st.sampled_from(WAIVABLE), max_size=3)},
    )
    members = record({"requirement_id": st.sampled_from(WAIVED)})
    lines = record({"line": st.sampled_from((Line.GL, Line.WC, Line.UMBRELLA))})
    kinds = (
        {"kind": st.just(WaiverKind.REDUCE), "reduced": minimum_limits(sampler, Line.GL, least=1)},
        {"kind": st.just(WaiverKind.SUBSTITUTE), "evidence": sampler.of(EvidenceRule)},
        {"kind": st.just(WaiverKind.CONDITIONAL), "until_document": st.sampled_from(pools.DOCUMENTS)},
    )
    states = (
        {"state": st.sampled_from((WaiverState.REQUESTED, WaiverState.REJECTED))},
        {"state": st.just(WaiverState.REVOKED), "revoked_on": sampler.days()},
    )
    kind = seldom(st.one_of([record(each) for each in kinds]), st.just({}), once_in=3)
    return st.builds(
        build,
        common,
        st.builds(dict.__or__, seldom(lines, members, once_in=4), kind),
        seldom(
            st.one_of([record(each) for each in states]),
            st.just({"state": WaiverState.GRANTED}),
            once_in=5,
        ),
        sampler.spans(),
        st.tuples(sampler.instants(), sampler.instants()),
    )


BOOK_MAKERS: Mapping[type[Any], Maker] = {
    RequirementSet: _requirement_set,
    RuleBook: _rulebook,
    Waiver: _waiver,
}
