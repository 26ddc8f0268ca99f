"""Umbrella towers against a second reading of the rules, for facts that are fully known."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import (
    LimitKind,
    Line,
    MinimumLimit,
    Policy,
    Requirement,
    State,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Finding, Outcome
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import MILLION

_DAY = date(2026, 6, 15)
_HALF = MILLION // 2
#: Amounts in half millions, so that sums often meet what is asked for exactly.
_FEW = st.integers(0, 4).map(lambda halves: halves * _HALF)
_MORE = settings(max_examples=settings.default.max_examples * 5)
_BOTH = frozenset({Line.UMBRELLA, Line.EXCESS})


@attrs.frozen
class _Floor:
    """A layer, in plain figures.

    `over` False = another line is scheduled, not this one; `agrees` False = claims-made over an occurrence primary,
    with no retroactive date: it may count (B14.4).
    """

    line: Line
    occurrence: int
    aggregate: int
    above: int
    above_aggregate: int
    over: bool
    agrees: bool


@st.composite
def _floors(draw: st.DrawFn) -> _Floor:
    above = draw(_FEW)
    return _Floor(
        line=draw(st.sampled_from((Line.UMBRELLA, Line.EXCESS))),
        occurrence=draw(_FEW),
        aggregate=draw(_FEW),
        above=above,
        # Attachment in the aggregate is never less than in the occurrence, and grows with it.
        above_aggregate=above + draw(st.sampled_from((0, 0, _HALF))),
        over=draw(st.sampled_from((True, True, True, False))),
        agrees=draw(st.sampled_from((True, True, True, False))),
    )


@attrs.frozen
class _Tower:
    """A primary general liability policy and the layers above it, in plain figures."""

    occurrence: int
    aggregate: int
    floors: tuple[_Floor, ...]

    def layers(self, kinds: frozenset[Line], *, doubtful: bool = False) -> tuple[int, int]:
        """Return what the layers add, those that may count too if they are `doubtful`.

        A layer counts once what lies beneath it reaches its attachment (B2.5).
        """
        waiting = [floor for floor in self.floors if floor.line in kinds and floor.over and (floor.agrees or doubtful)]
        occurrence, aggregate = self.occurrence, self.aggregate
        while True:
            reached = [layer for layer in waiting if layer.above <= occurrence and layer.above_aggregate <= aggregate]
            if not reached:
                return occurrence - self.occurrence, aggregate - self.aggregate
            for layer in reached:
                occurrence += layer.occurrence
                aggregate += layer.aggregate
                waiting.remove(layer)

    def top_up(self, kinds: frozenset[Line], *, doubtful: bool = False) -> tuple[int, int]:
        """Return what the layers add to the limits of the line: nothing to one that is excluded beneath (B14.4)."""
        occurrence, aggregate = self.layers(kinds, doubtful=doubtful)
        return occurrence if self.occurrence else 0, aggregate if self.aggregate else 0

    def policies(self) -> tuple[Policy, ...]:
        stated = {LimitKind.EACH_OCCURRENCE: self.occurrence, LimitKind.GENERAL_AGGREGATE: self.aggregate}
        return (
            make.gl_policy(limits=stated),
            *(_policy(floor, place) for place, floor in enumerate(self.floors)),
        )


def _policy(floor: _Floor, place: int) -> Policy:
    row = UnderlyingLimit(
        line=Line.GL if floor.over else Line.AUTO, occurrence=floor.above, aggregate=floor.above_aggregate
    )
    trigger = Trigger.OCCURRENCE if floor.agrees else Trigger.CLAIMS_MADE
    return make.policy(
        floor.line,
        id=f"layer-{place}",
        number=f"LAYER {place}{place}{place}{place}A",
        limits={LimitKind.EACH_OCCURRENCE: floor.occurrence, LimitKind.AGGREGATE: floor.aggregate},
        underlying_schedules=(UnderlyingSchedule(schedule=(row,), evidence=make.evidence()),),
        triggers=(TriggerTerms(trigger=trigger, evidence=make.evidence()),),
    )


_TOWERS = st.builds(_Tower, occurrence=_FEW, aggregate=_FEW, floors=st.lists(_floors(), max_size=3).map(tuple))
_KINDS = st.sampled_from((_BOTH, frozenset({Line.UMBRELLA}), frozenset({Line.EXCESS})))


def _judged(tower: _Tower, *requirements: Requirement) -> dict[str, Finding]:
    dossier = make.dossier(policies=tower.policies())
    report = evaluate(dossier, make.rulebook(*requirements), as_of=_DAY, window=False)
    return {finding.requirement_id: finding for finding in report.assignments[0].findings}


def _line(occurrence: int, aggregate: int, top_up: frozenset[Line], **changes: Any) -> Requirement:
    limits = (
        MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=occurrence),
        MinimumLimit(limit=LimitKind.GENERAL_AGGREGATE, cents=aggregate),
    )
    return make.gl_requirement(id="line", limits=limits, top_up=top_up, **changes)


@given(_TOWERS, _FEW, _FEW, st.one_of(_KINDS, st.just(frozenset())))
@_MORE
def test_a_line_passes_by_its_own_limits_or_depends_on_the_layers_that_it_reaches(
    tower: _Tower, occurrence: int, aggregate: int, kinds: frozenset[Line]
) -> None:
    more, more_aggregate = tower.top_up(kinds)
    if tower.occurrence >= occurrence and tower.aggregate >= aggregate:
        expected = Outcome.PASS
    elif tower.occurrence + more >= occurrence and tower.aggregate + more_aggregate >= aggregate:
        expected = Outcome.PASS_WITH_DEPENDENCY
    else:
        most, most_aggregate = tower.top_up(kinds, doubtful=True)
        may_do = tower.occurrence + most >= occurrence and tower.aggregate + most_aggregate >= aggregate
        expected = Outcome.UNKNOWN if may_do else Outcome.FAIL
    event(expected.value)
    finding = _judged(tower, _line(occurrence, aggregate, kinds))["line"]
    assert finding.outcome is expected
    assert bool(finding.depends_on) is (expected is Outcome.PASS_WITH_DEPENDENCY)


#: Attached at one occurrence and at different aggregates: the lower of them is reached first, whatever it is called.
_LEVEL = _Tower(
    occurrence=MILLION,
    aggregate=MILLION,
    floors=tuple(
        _Floor(Line.UMBRELLA, MILLION, MILLION, MILLION, above_aggregate, over=True, agrees=True)
        for above_aggregate in (2 * MILLION, MILLION)
    ),
)


@given(_TOWERS, _FEW, st.one_of(st.none(), _FEW), _KINDS)
@example(_LEVEL, 3 * MILLION, None, _BOTH)
@_MORE
def test_line_and_layers_together_reach_what_is_asked_of_both(
    tower: _Tower, occurrence: int, aggregate: int | None, kinds: frozenset[Line]
) -> None:
    more, more_aggregate = tower.layers(kinds)
    asked = aggregate or 0
    if tower.occurrence >= occurrence and tower.aggregate >= asked:
        expected = Outcome.PASS
    elif tower.occurrence + more >= occurrence and tower.aggregate + more_aggregate >= asked:
        expected = Outcome.PASS_WITH_DEPENDENCY
    else:
        most, most_aggregate = tower.layers(kinds, doubtful=True)
        may_do = tower.occurrence + most >= occurrence and tower.aggregate + most_aggregate >= asked
        expected = Outcome.UNKNOWN if may_do else Outcome.FAIL
    event(expected.value)
    requirement = make.combined_requirement(id="both", occurrence=occurrence, aggregate=aggregate, layers=kinds)
    assert _judged(tower, requirement)["both"].outcome is expected


@given(
    _TOWERS,
    st.tuples(_FEW, _FEW),
    st.tuples(_FEW, st.one_of(st.none(), _FEW)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(("here", "elsewhere")),
)
@_MORE
def test_an_umbrella_is_met_by_layers_alone_and_by_no_cent_that_tops_up_the_line(
    tower: _Tower,
    line: tuple[int, int],
    umbrella: tuple[int, int | None],
    topped: bool,
    double_use: bool,
    where: str,
) -> None:
    """Domain rules B2.3 and B2.4; a line that does not apply to the work needs nothing from the layers."""
    used = used_aggregate = 0
    if topped and not double_use and where == "here":
        used, used_aggregate = max(0, line[0] - tower.occurrence), max(0, line[1] - tower.aggregate)
    # Where the line uses some of the aggregate and none is asked for, one occurrence must be left (B14.4).
    asked = umbrella[1] or (umbrella[0] if used_aggregate else None)

    def is_met(*, doubtful: bool) -> bool:
        occurrence, aggregate = tower.layers(_BOTH, doubtful=doubtful)
        return occurrence - used >= umbrella[0] and (asked is None or aggregate - used_aggregate >= asked)

    met = is_met(doubtful=False)
    otherwise = Outcome.UNKNOWN if is_met(doubtful=True) else Outcome.FAIL
    event(f"{met}, {where}")
    findings = _judged(
        tower,
        _line(*line, _BOTH if topped else frozenset(), states=frozenset({State.AL if where == "here" else State.NY})),
        make.umbrella_requirement(
            id="umbrella", occurrence=umbrella[0], aggregate=umbrella[1], layers=_BOTH, double_use=double_use
        ),
    )
    if tower.floors:
        assert findings["umbrella"].outcome is (Outcome.PASS if met else otherwise)
    else:
        assert findings["umbrella"].outcome is Outcome.FAIL
