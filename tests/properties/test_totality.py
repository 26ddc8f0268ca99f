"""Every case has an answer: no day is too early or too late, and what is not known is unknown, never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, Interval, RuleBook
from contractor_compliance.evaluation import evaluate, standing, timeline
from contractor_compliance.results import Outcome
from contractor_compliance.testing.strategies import cases
from tests.properties.walks import days_in, placed, rebuilt
from tests.properties.worlds import CHECKS, MIDDLE, anything, days

_MORE = settings(max_examples=settings.default.max_examples * 2)


@st.composite
def _stretched(draw: st.DrawFn) -> tuple[tuple[Dossier, RuleBook], date]:
    """Return a case with its days pushed apart, in their order, to both ends of the calendar; and a day to judge."""
    case = draw(anything())
    named = sorted({*days_in(case[0]), *days_in(case[1])})
    instants = sorted(_instants(case))
    cut = draw(st.integers(0, len(named)))
    moved = {day: date.min + timedelta(days=place) for place, day in enumerate(named[:cut])}
    moved |= {day: date.max - timedelta(days=place) for place, day in enumerate(reversed(named[cut:]))}
    clock = {
        instant: datetime.combine(date.max if place else date.min, time(), UTC) + timedelta(seconds=place)
        for place, instant in enumerate(instants)
    }

    def leaf(value: Any) -> Any:
        if isinstance(value, datetime):
            return clock[value]
        return moved[value] if isinstance(value, date) else value

    day = draw(st.sampled_from([date.min, date.max, *moved.values(), MIDDLE]))
    return rebuilt(case, leaf), day


def _instants(value: Any) -> set[datetime]:
    instants: set[datetime] = set()

    def note(leaf: Any) -> Any:
        if isinstance(leaf, datetime):
            instants.add(leaf)
        return leaf

    rebuilt(value, note)
    return instants


@given(_stretched())
@_MORE
def test_no_day_is_too_early_or_too_late(stretched: tuple[tuple[Dossier, RuleBook], date]) -> None:
    case, day = stretched
    evaluate(*case, as_of=day, custom=CHECKS)
    standing(*case, custom=CHECKS)
    timeline(*case, over=Interval(day, None), custom=CHECKS)


@given(cases(around=date.max), st.sampled_from((date.max, date.min, date.max - timedelta(days=400))))
def test_cases_at_the_end_of_the_calendar_have_an_answer(case: tuple[Dossier, RuleBook], day: date) -> None:
    evaluate(*case, as_of=day)
    standing(*case)


@given(cases(around=date.min), st.sampled_from((date.min, date.max, date.min + timedelta(days=400))))
def test_cases_at_the_beginning_of_the_calendar_have_an_answer(case: tuple[Dossier, RuleBook], day: date) -> None:
    evaluate(*case, as_of=day)
    standing(*case)


@given(anything(), days())
def test_every_finding_can_be_put_into_words(case: tuple[Dossier, RuleBook], day: date) -> None:
    report = evaluate(*case, as_of=day, custom=CHECKS)
    for _, finding in placed(report):
        assert finding.required
        assert finding.actual
        assert finding.remedy != ""
        if finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            assert finding.reasons, finding
    assert all(report.remedies())


@given(anything(), days())
def test_every_flaw_has_a_reason_and_a_plain_pass_has_none(case: tuple[Dossier, RuleBook], day: date) -> None:
    for _, finding in placed(evaluate(*case, as_of=day, window=False, custom=CHECKS)):
        for part in (finding, *finding.members):
            if part.underlying is Outcome.PASS:
                assert part.reasons == ()
            elif part.underlying is not Outcome.NOT_APPLICABLE:
                assert part.reasons, part
