"""Strategies for requirement sets, rule books and waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance import domain
from contractor_compliance.domain import Line, Requirement, RequirementSet, RuleBook, SetLevel, WaiverKind, WaiverState
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.rules import SLOTS, WAIVABLE, identified, in_slot, minimum_limits
from contractor_compliance.testing.strategies.sampler import Maker, OpenSpan, Sampler, merged, record, seldom, usually

__all__ = ["BOOK_MAKERS"]

#: What default sets start from.
_BASES = st.sampled_from((("gl",), ("gl", "wc"), ("wc",), (), ("gl", "auto", "umbrella"), ("any",)))
_SLOTS = st.lists(st.sampled_from(tuple(SLOTS)), unique=True, max_size=2)
_HOW_VERSIONED = usually("new", "again", "split", "dated", "keyed", once_in=2)
_HOW_ATTACHED = st.sampled_from(("one", "all", "each", "versions", "contracts"))
_HOW_MANY_CUTS = usually(0, 1, 2, once_in=4)
_MODES = usually(domain.SetMode.EXTEND, domain.SetMode.REPLACE, once_in=3)
_HALF = st.booleans()
_SELDOM = usually(False, True, once_in=6)  # noqa: FBT003
_IDS: Mapping[SetLevel, tuple[str, ...]] = {
    SetLevel.JOB_CODE: pools.JOB_CODES,
    SetLevel.CLIENT: pools.CLIENTS,
    SetLevel.CONTRACTOR: pools.CONTRACTORS,
}
_SOME_LEVELS = st.lists(st.sampled_from(tuple(_IDS)), unique=True, max_size=2)
_LEVELS = st.sampled_from(SetLevel)
_ALWAYS: OpenSpan = (None, None)


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

    def defaults(self) -> Iterator[RequirementSet]:
        """Write default sets that cover every day, and seldom one for later contracts only."""
        cuts = sorted({self._day() for _ in range(self.draw(_HOW_MANY_CUTS))})
        for place, span in enumerate(pairwise([None, *cuts, None]), start=1):
            slots = (*self.draw(_BASES), *self.draw(_SLOTS)[:1])
            yield self._set(f"default-{place}", slots, span)
        if self.draw(_SELDOM):
            yield self._set("default-contracts", self.draw(_SLOTS), self._span(), self._day(), mode=self.draw(_MODES))

    def attached(self, level: SetLevel) -> Iterator[RequirementSet]:
        """Write what is attached to one level: one set, one for each id, or two that follow each other."""
        everyone = _IDS[level]
        first = everyone[:1]
        how = self.draw(_HOW_ATTACHED)
        if how == "each":
            for one in everyone:
                yield self._attached(level, one, (one,), self._span(), self._contracts())
        elif how == "versions":
            day = self._day()
            yield self._attached(level, "1", first, (None, day), self._contracts())
            yield self._attached(level, "2", everyone, (day, None), self._contracts())
        elif how == "contracts":
            yield self._attached(level, "1", everyone, self._span(), None)
            yield self._attached(level, "2", first, self._span(), self._day())
        else:
            ids = everyone if how == "all" else first
            yield self._attached(level, "1", ids, self._span(), self._contracts())

    def _attached(
        self, level: SetLevel, name: str, ids: Sequence[str], span: OpenSpan, contracts: date | None
    ) -> RequirementSet:
        return self._set(
            f"{level.value}-{name}",
            self.draw(_SLOTS),
            span,
            contracts,
            level=level,
            applies_to=frozenset(ids),
            mode=self.draw(_MODES),
            always=level is SetLevel.CONTRACTOR and self.draw(_HALF),
        )

    def _set(
        self, set_id: str, slots: Sequence[str], span: OpenSpan, contracts: date | None = None, **fields: Any
    ) -> RequirementSet:
        requirements = tuple(requirement for slot in dict.fromkeys(slots) for requirement in self._requirements(slot))
        return RequirementSet(
            id=set_id,
            requirements=requirements,
            effective=span[0],
            until=span[1],
            for_contracts_from=contracts,
            **fields,
        )

    def _requirements(self, slot: str) -> Iterator[Requirement]:
        """Write a requirement, seldom in two dated versions; those of different slots differ in their keys."""
        earlier = self.written.setdefault(slot, [])
        how = self.draw(_HOW_VERSIONED)
        if how == "again" and earlier:
            yield earlier[0]
        elif how == "split":
            day = self._day()
            yield self._write(slot, (None, day))
            yield self._write(slot, (day, None))
        else:
            yield self._write(
                slot, self._span() if how == "dated" else _ALWAYS, key=f"slot:{slot}" if how == "keyed" else None
            )

    def _write(self, slot: str, span: OpenSpan, *, key: str | None = None) -> Requirement:
        earlier = self.written[slot]
        drawn = self.draw(in_slot(self.sampler, slot))
        fitting = attrs.evolve(drawn, effective=span[0], until=span[1], key=key)
        written: Requirement = identified(fitting, slot, len(earlier) + 1)
        earlier.append(written)
        return written

    def _day(self) -> date:
        return self.draw(self.sampler.days)

    def _span(self) -> OpenSpan:
        return self.draw(self.sampler.open_spans)

    def _contracts(self) -> date | None:
        return self._day() if self.draw(_SELDOM) else None


@st.composite
def _rulebook(draw: DrawFn, sampler: Sampler) -> RuleBook:
    writer = _Writer(draw, sampler)
    sets = [*writer.defaults()]
    for level in draw(_SOME_LEVELS):
        sets += writer.attached(level)
    return RuleBook(**draw(sampler.once(_book_heads)), sets=tuple(sets))


def _book_heads(sampler: Sampler) -> SearchStrategy[dict[str, Any]]:
    return sampler.parts(RuleBook, "sets", id=usually("rulebook-1", "rulebook-2"))


@st.composite
def _requirement_set(draw: DrawFn, sampler: Sampler) -> RequirementSet:
    writer = _Writer(draw, sampler)
    level = draw(_LEVELS)
    sets = writer.defaults() if level is SetLevel.DEFAULT else writer.attached(level)
    return draw(st.sampled_from(list(sets)))


def _waiver(sampler: Sampler) -> SearchStrategy[domain.Waiver]:
    common = sampler.parts(
        domain.Waiver,
        *("requirement_id", "line", "kind", "reduced", "evidence", "until_document", "state", "revoked_on"),
        *("effective", "expires", "requested_at", "decided_at", "decided_by"),
        odd={"reason_codes": st.frozensets(st.sampled_from(WAIVABLE), max_size=3)},
    )
    # Slots, and members of groups.
    requirements = record({"requirement_id": st.sampled_from((*SLOTS, "any.1", "any.2", "all.1"))})
    lines = record({"line": st.sampled_from((Line.GL, Line.WC, Line.UMBRELLA))})
    kinds = (
        {"kind": st.just(WaiverKind.REDUCE), "reduced": minimum_limits(sampler, Line.GL, least=1)},
        {"kind": st.just(WaiverKind.SUBSTITUTE), "evidence": sampler.of(domain.EvidenceRule)},
        {"kind": st.just(WaiverKind.CONDITIONAL), "until_document": st.sampled_from(pools.DOCUMENTS)},
    )
    states = (
        {"state": st.sampled_from((WaiverState.REQUESTED, WaiverState.REJECTED))},
        {"state": st.just(WaiverState.REVOKED), "revoked_on": sampler.days},
    )
    return merged(
        common,
        seldom(lines, requirements, once_in=4),
        seldom(st.one_of([record(fields) for fields in kinds]), st.just({}), once_in=3),
        seldom(st.one_of([record(fields) for fields in states]), st.just({"state": WaiverState.GRANTED}), once_in=5),
        sampler.spans.map(lambda span: {"effective": span[0], "expires": span[1]}),
        record({"requested_at": sampler.instants, "decided_at": sampler.instants, "decided_by": st.just("member-2")}),
    ).map(_put_right)


def _put_right(fields: dict[str, Any]) -> domain.Waiver:
    """Build a waiver that is decided after it is requested, or not yet."""
    requested_at, decided_at = sorted((fields["requested_at"], fields["decided_at"]))
    if fields["state"] is WaiverState.REQUESTED:
        return domain.Waiver(**{**fields, "requested_at": requested_at, "decided_at": None, "decided_by": None})
    return domain.Waiver(**{**fields, "requested_at": requested_at, "decided_at": decided_at})


BOOK_MAKERS: Mapping[type[Any], Maker] = {
    RequirementSet: _requirement_set,
    RuleBook: _rulebook,
    domain.Waiver: _waiver,
}
