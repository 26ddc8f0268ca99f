"""Only the distance between days matters: move every day by as much, and the answer moves with them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, Interval, RequirementHeader, RuleBook
from contractor_compliance.evaluation import SHIPPED_LAW, evaluate, timeline
from tests.properties.walks import rebuilt, shifted, undated
from tests.properties.worlds import anything, days

#: The calendar repeats after 400 years, leap days and all.
_ERA = 146_097
_LAW = undated(SHIPPED_LAW)
#: Law that counts in days alone, not in years.
_YEARLESS_LAW = attrs.evolve(_LAW, exemption_limits=())
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def _moved(answer: Any, by: int) -> Any:
    """Return a report with every day moved, those within texts too."""

    def in_text(match: re.Match[str]) -> str:
        return str(date.fromisoformat(match[0]) + timedelta(days=by))

    def leaf(value: Any) -> Any:
        return _ISO.sub(in_text, value) if isinstance(value, str) and type(value) is str else value

    return shifted(rebuilt(answer, leaf), by)


def _without_years(book: RuleBook) -> RuleBook:
    def leaf(value: Any) -> Any:
        return attrs.evolve(value, tail_years=None) if isinstance(value, RequirementHeader) else value

    made: RuleBook = rebuilt(book, leaf)
    return made


@given(anything(), days(), st.integers(-1000, 1000))
def test_moving_every_day_by_as_much_moves_the_answer(case: tuple[Dossier, RuleBook], as_of: date, by: int) -> None:
    dossier, book = case[0], _without_years(case[1])
    here = evaluate(dossier, book, as_of=as_of, law=_YEARLESS_LAW)
    there = evaluate(shifted(dossier, by), shifted(book, by), as_of=as_of + timedelta(days=by), law=_YEARLESS_LAW)
    assert there == _moved(here, by)


@given(anything(), days())
def test_moving_every_day_by_four_centuries_moves_the_answer_with_its_years(
    case: tuple[Dossier, RuleBook], as_of: date
) -> None:
    dossier, book = case
    here = evaluate(dossier, book, as_of=as_of, law=_LAW)
    there = evaluate(shifted(dossier, _ERA), shifted(book, _ERA), as_of=as_of + timedelta(days=_ERA), law=_LAW)
    assert there == _moved(here, _ERA)


@given(anything(), st.sampled_from((1, -30, 365, _ERA)))
def test_moving_every_day_by_as_much_moves_the_timeline(case: tuple[Dossier, RuleBook], by: int) -> None:
    dossier, book = case[0], _without_years(case[1])
    over = Interval(date(2020, 1, 1), date(2035, 1, 1))
    here = timeline(dossier, book, over=over, law=_YEARLESS_LAW)
    there = timeline(shifted(dossier, by), shifted(book, by), over=shifted(over, by), law=_YEARLESS_LAW)
    assert there == _moved(here, by)
