"""The days in force against a second reading of the rules, notice by notice and day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Cancellation, Missing, Reinstatement, Term
from contractor_compliance.evaluation.facts.in_force import in_force
from contractor_compliance.testing import factories as make

_FIRST = date(2026, 1, 1)
#: The days looked at; every date drawn lies well within them.
_DAYS = tuple(_FIRST + timedelta(days=offset) for offset in range(-4, 20))
_DRAWN = st.integers(0, 14).map(lambda offset: _FIRST + timedelta(days=offset))
_MORE = settings(max_examples=settings.default.max_examples * 5)


# The model.


@attrs.frozen
class _Notices:
    """Notices with every date known: (issued, effective) each."""

    cancelled: Sequence[tuple[date, date]]
    reinstated: Sequence[tuple[date, date]]
    may_be_void: bool = False

    @classmethod
    def acting_on(
        cls,
        term: tuple[date, date | None],
        cancelled: Iterable[tuple[date, date]],
        reinstated: Iterable[tuple[date, date]],
    ) -> _Notices:
        """Return the notices that act on a term: those whose effective date it holds (B14.2)."""
        cancelled = tuple(cancelled)
        return cls(
            [notice for notice in cancelled if _in_term(*term, notice[1])],
            [notice for notice in reinstated if _in_term(*term, notice[1])],
            any(
                effective < issued and _in_term(*term, issued) and not _in_term(*term, effective)
                for issued, effective in cancelled
            ),
        )

    def is_lost(self, day: date) -> bool:
        """Return whether some cancellation has taken the day, and no reinstatement has given it back.

        A cancellation takes the days from its effective date on (B3.6). A reinstatement lifts the cancellations
        issued before it, or with it, from its own effective date (B3.9).
        """
        return any(
            effective <= day and not any(issued <= told and again <= day for told, again in self.reinstated)
            for issued, effective in self.cancelled
        )

    def is_doubtful(self, day: date) -> bool:
        """Return whether the day comes before a reinstatement that answers no cancellation on file (B3.9)."""
        return self.may_be_void or any(
            day < again and not any(issued <= told for issued, _ in self.cancelled) for told, again in self.reinstated
        )


def _in_term(start: date, end: date | None, day: date) -> bool:
    """Return whether a term holds the day: its first day, and not its last (B3.2)."""
    return start <= day and (end is None or day < end)


def _known(notices: Iterable[Any]) -> list[tuple[date, date]]:
    return [(notice.issued_on, notice.effective) for notice in notices]


# What is drawn.


@st.composite
def _dated(draw: st.DrawFn, cls: Any, *, gaps: bool = False) -> Any:
    day = st.one_of(_DRAWN, _DRAWN, st.just(Missing.ABSENT)) if gaps else _DRAWN
    return cls(effective=draw(day), issued_on=draw(day), evidence=make.evidence())


def _some(cls: Any, most: int, *, gaps: bool = False) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(_dated(cls, gaps=gaps), max_size=most).map(tuple)


@st.composite
def _terms(draw: st.DrawFn) -> Term:
    start = draw(_DRAWN)
    if draw(st.booleans()):
        return Term(effective=start, continuous=True, evidence=make.evidence())
    return make.term(start, start + timedelta(days=draw(st.integers(1, 14))))


def _span(term: Term) -> tuple[date, date | None]:
    assert not isinstance(term.effective, Missing)
    return term.effective, None if isinstance(term.expiration, Missing) else term.expiration


@given(_terms(), _some(Cancellation, 3), _some(Reinstatement, 3))
@_MORE
def test_fully_dated_notices_give_the_days_that_the_rules_give(
    term: Term, cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> None:
    result = in_force((term,), cancellations, reinstatements)
    notices = _Notices.acting_on(_span(term), _known(cancellations), _known(reinstatements))
    for day in _DAYS:
        there = _in_term(*_span(term), day) and not notices.is_lost(day)
        assert (day in result.possible) is there, day
        assert (day in result.certain) is (there and not notices.is_doubtful(day)), day


@given(_terms(), _some(Cancellation, 3), _some(Reinstatement, 2))
@_MORE
def test_the_same_term_or_notice_stated_twice_changes_nothing(
    term: Term, cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> None:
    once = in_force((term,), cancellations, reinstatements)
    twice = in_force((term, term), cancellations * 2, reinstatements * 2)
    assert (once.certain, once.possible, once.cut) == (twice.certain, twice.possible, twice.cut)


# Missing dates: every way to fill them in.

_GRID = _DAYS[::4]


def _ways(notices: tuple[Any, ...]) -> Iterator[list[tuple[date, date]]]:
    """Yield every way to fill in the dates of notices. A cancellation acts at its notice at the earliest (B3.6)."""
    options = []
    for notice in notices:
        issues = _GRID if isinstance(notice.issued_on, Missing) else (notice.issued_on,)
        options.append(
            [
                (issued, effective)
                for issued in issues
                for effective in (_GRID if isinstance(notice.effective, Missing) else (notice.effective,))
                if not (
                    isinstance(notice.effective, Missing) and isinstance(notice, Cancellation) and effective < issued
                )
            ]
        )
    yield from (list(way) for way in product(*options))


@given(_terms(), _some(Cancellation, 2, gaps=True), _some(Reinstatement, 1, gaps=True))
def test_a_day_is_certain_only_if_it_is_in_force_for_every_value_of_the_missing_dates(
    term: Term, cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> None:
    result = in_force((term,), cancellations, reinstatements)
    days = [day for day in _DAYS if _in_term(*_span(term), day)]
    certain, possible = set(days), set()
    for cancelled, reinstated in product(_ways(cancellations), _ways(reinstatements)):
        # A notice without a date of issue that takes effect before the term is taken for one of an earlier term.
        notices = attrs.evolve(_Notices.acting_on(_span(term), cancelled, reinstated), may_be_void=False)
        there = {day for day in days if not notices.is_lost(day)}
        certain &= {day for day in there if not notices.is_doubtful(day)}
        possible |= there
    for day in _DAYS:
        assert day not in result.certain or day in certain, day
        assert day not in possible or day in result.possible, day


@given(
    st.lists(_terms(), min_size=2, max_size=3),
    _some(Cancellation, 2),
    _some(Reinstatement, 1),
)
@_MORE
def test_equally_good_terms_that_differ_leave_certain_only_what_all_their_ends_allow(
    terms: list[Term], cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> None:
    result = in_force(tuple(terms), cancellations, reinstatements)
    spans = [_span(term) for term in terms]
    ways = [(start, end) for (start, _), (_, end) in product(spans, spans) if end is None or start < end]
    readings = [(way, _Notices.acting_on(way, _known(cancellations), _known(reinstatements))) for way in ways]
    for day in _DAYS:
        held = [_in_term(*way, day) and not notices.is_lost(day) for way, notices in readings]
        is_doubtful = any(notices.is_doubtful(day) for _, notices in readings)
        assert day not in result.certain or (all(held) and not is_doubtful), day
        assert not any(held) or day in result.possible, day


@given(_terms(), st.sampled_from(("start", "end", "both")), _DRAWN)
def test_a_term_without_an_end_is_never_certain_and_without_a_start_only_once_observed(
    term: Term, lacking: str, seen: date
) -> None:
    """Domain rule B3.13 and the design, on days and terms."""
    start, end = _span(term)
    changes: dict[str, Any] = {"evidence": make.evidence(observed_on=seen), "continuous": False}
    if lacking in ("start", "both"):
        changes["effective"] = Missing.ABSENT
    changes["expiration"] = Missing.ABSENT if lacking in ("end", "both") else end or _DAYS[-1]
    result = in_force((attrs.evolve(term, **changes),))
    for day in _DAYS:
        if lacking == "start":
            ends = changes["expiration"]
            assert (day in result.certain) is (seen <= day < ends), day
            assert (day in result.possible) is (day < ends), day
        else:
            assert day not in result.certain, day
            assert (day in result.possible) is (lacking == "both" or start <= day), day


@given(_terms(), _some(Cancellation, 2, gaps=True), _some(Reinstatement, 2, gaps=True))
@_MORE
def test_every_day_that_is_not_certain_has_a_reason(
    term: Term, cancellations: tuple[Cancellation, ...], reinstatements: tuple[Reinstatement, ...]
) -> None:
    result = in_force((term,), cancellations, reinstatements)
    assert result.certain <= result.possible
    assert not result.cut & result.possible
    for day in _DAYS:
        assert (result.absence(day) is None) is (day in result.certain)
