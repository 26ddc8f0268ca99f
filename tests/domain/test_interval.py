"""Sets of days: the laws of set algebra, and agreement with `portion` and with plain sets of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import portion
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import ALWAYS, NEVER, Interval, IntervalSet
from contractor_compliance.testing.strategies import AROUND, days, interval_sets

NEAR = 12
#: Every day that a small sample can tell apart, with one beyond each end.
WINDOW = [AROUND + timedelta(days=offset) for offset in range(-60, 61)]
DAY = timedelta(days=1)

small_days = days(days=NEAR)
small_sets = interval_sets(days=NEAR)
bounded_sets = st.lists(
    st.tuples(small_days, st.integers(1, 9)).map(lambda pair: Interval(pair[0], pair[0] + pair[1] * DAY)), max_size=5
).map(IntervalSet)


def members(days_set: IntervalSet) -> set[date]:
    return {day for day in WINDOW if day in days_set}


def model(days_set: IntervalSet) -> portion.Interval:
    spans = (
        portion.closedopen(
            -portion.inf if interval.start is None else interval.start.toordinal(),
            portion.inf if interval.end is None else interval.end.toordinal(),
        )
        for interval in days_set
    )
    return portion.Interval(*spans)


@given(small_sets, small_sets)
def test_union_agrees_with_the_model(one: IntervalSet, other: IntervalSet) -> None:
    assert model(one) | model(other) == model(one | other)


@given(small_sets, small_sets)
def test_intersection_agrees_with_the_model(one: IntervalSet, other: IntervalSet) -> None:
    assert model(one) & model(other) == model(one & other)


@given(small_sets, small_sets)
def test_difference_agrees_with_the_model(one: IntervalSet, other: IntervalSet) -> None:
    assert model(one) - model(other) == model(one - other)


@given(small_sets)
def test_complement_agrees_with_the_model(one: IntervalSet) -> None:
    assert ~model(one) == model(~one)


@given(small_sets, small_sets)
def test_inclusion_agrees_with_the_model(one: IntervalSet, other: IntervalSet) -> None:
    assert (model(one) in model(other)) is (one <= other)


@given(small_sets, small_days)
def test_membership_agrees_with_the_model(one: IntervalSet, day: date) -> None:
    assert (day.toordinal() in model(one)) is (day in one)


@given(small_sets, small_sets)
def test_union_holds_the_days_of_either(one: IntervalSet, other: IntervalSet) -> None:
    assert members(one) | members(other) == members(one | other)


@given(small_sets, small_sets)
def test_intersection_holds_the_days_of_both(one: IntervalSet, other: IntervalSet) -> None:
    assert members(one) & members(other) == members(one & other)


@given(small_sets, small_sets)
def test_difference_holds_the_days_of_the_first_alone(one: IntervalSet, other: IntervalSet) -> None:
    assert members(one) - members(other) == members(one - other)


@given(small_sets, small_sets)
def test_union_and_intersection_commute(one: IntervalSet, other: IntervalSet) -> None:
    assert (one | other, one & other) == (other | one, other & one)


@given(small_sets, small_sets, small_sets)
def test_union_and_intersection_associate(one: IntervalSet, other: IntervalSet, third: IntervalSet) -> None:
    assert ((one | other) | third, (one & other) & third) == (one | (other | third), one & (other & third))


@given(small_sets, small_sets, small_sets)
def test_intersection_distributes_over_union(one: IntervalSet, other: IntervalSet, third: IntervalSet) -> None:
    assert (one & other) | (one & third) == one & (other | third)


@given(small_sets, small_sets)
def test_union_and_intersection_absorb_each_other(one: IntervalSet, other: IntervalSet) -> None:
    assert (one, one) == (one | (one & other), one & (one | other))


@given(small_sets, small_sets)
def test_complements_obey_de_morgan(one: IntervalSet, other: IntervalSet) -> None:
    assert (~one & ~other, ~one | ~other) == (~(one | other), ~(one & other))


@given(small_sets)
def test_complement_twice_is_the_set_itself(one: IntervalSet) -> None:
    assert one == ~~one


@given(small_sets)
def test_a_set_and_its_complement_share_nothing_and_leave_nothing_out(one: IntervalSet) -> None:
    assert (NEVER, ALWAYS) == (one & ~one, one | ~one)


@given(small_sets)
def test_never_and_always_are_neutral(one: IntervalSet) -> None:
    assert (one, one) == (one | NEVER, one & ALWAYS)


@given(small_sets)
def test_spans_are_sorted_and_never_touch(one: IntervalSet) -> None:
    spans = list(one)

    assert all(
        before.end is not None and after.start is not None and before.end < after.start
        for before, after in pairwise(spans)
    )


@given(small_sets)
def test_a_set_is_made_again_of_its_spans(one: IntervalSet) -> None:
    assert one == IntervalSet(one)


@given(small_sets, small_sets)
def test_sets_of_the_same_days_are_equal_and_hash_alike(one: IntervalSet, other: IntervalSet) -> None:
    joined = (one - other) | (one & other)

    assert (one, hash(one)) == (joined, hash(joined))


@given(small_sets)
def test_a_set_is_true_iff_it_holds_a_day(one: IntervalSet) -> None:
    assert (one != NEVER) is bool(one)


@given(bounded_sets)
def test_days_counts_the_days(one: IntervalSet) -> None:
    assert len(members(one)) == one.days


@pytest.mark.parametrize("open_set", [ALWAYS, IntervalSet.of(AROUND), IntervalSet.of(None, AROUND)])
def test_a_set_with_an_open_side_has_no_number_of_days(open_set: IntervalSet) -> None:
    assert open_set.days is None


def test_no_day_is_zero_days() -> None:
    assert 0 == NEVER.days


@given(small_sets, small_days)
def test_first_from_is_the_first_day_at_or_after(one: IntervalSet, day: date) -> None:
    expected = next((day_ for day_ in WINDOW if day_ >= day and day_ in one), None)

    assert expected == one.first_from(day)


@given(small_sets, small_days)
def test_run_around_a_day_outside_the_set_is_none(one: IntervalSet, day: date) -> None:
    assert (day in one) is (one.run_around(day) is not None)


@given(small_sets, small_days)
def test_run_around_is_the_span_that_holds_the_day(one: IntervalSet, day: date) -> None:
    assert next((run for run in one if day in run), None) == one.run_around(day)


@given(small_sets, small_days)
def test_end_of_run_is_the_end_of_the_run_around(one: IntervalSet, day: date) -> None:
    run = one.run_around(day)

    assert (run and run.end) == one.end_of_run(day)


@given(small_sets)
def test_changes_are_the_days_that_differ_from_the_day_before(one: IntervalSet) -> None:
    expected = [day for day in WINDOW if (day in one) is not (day - DAY in one)]

    assert expected == list(one.changes())


@given(small_days, st.integers(1, 30))
def test_a_span_holds_its_start_and_not_its_end(start: date, length: int) -> None:
    span = Interval(start, start + length * DAY)

    assert (True, True, False) == (start in span, start + (length - 1) * DAY in span, start + length * DAY in span)


def test_the_days_of_a_span_are_counted() -> None:
    assert 365 == Interval(date(2026, 1, 1), date(2027, 1, 1)).days


@pytest.mark.parametrize("span", [Interval(), Interval(AROUND), Interval(None, AROUND)])
def test_a_span_with_an_open_side_has_no_number_of_days(span: Interval) -> None:
    assert span.days is None


def test_spans_that_touch_become_one() -> None:
    halves = [Interval(AROUND, AROUND + DAY), Interval(AROUND + DAY, AROUND + 2 * DAY)]

    assert [Interval(AROUND, AROUND + 2 * DAY)] == list(IntervalSet(halves))


def test_the_days_from_a_day_to_itself_are_none() -> None:
    assert NEVER == IntervalSet.of(AROUND, AROUND)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_always_holds_the_first_and_the_last_day_of_the_calendar(day: date) -> None:
    assert day in ALWAYS


def test_a_set_without_an_end_differs_from_one_that_ends_on_the_last_day_of_the_calendar() -> None:
    assert IntervalSet.of(AROUND) != IntervalSet.of(AROUND, date.max)


def test_a_set_without_a_beginning_is_the_set_from_the_first_day_of_the_calendar() -> None:
    assert IntervalSet.of(None, AROUND) == IntervalSet.of(date.min, AROUND)


def test_always_changes_on_no_day() -> None:
    assert [] == list(ALWAYS.changes())


def test_a_set_is_not_its_days() -> None:
    assert ALWAYS != "always"


def test_a_set_shows_its_spans() -> None:
    shown = repr(IntervalSet([Interval(None, AROUND), Interval(AROUND + DAY)]))

    assert "IntervalSet([..2026-07-01, 2026-07-02..])" == shown
