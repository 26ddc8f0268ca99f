"""Strategies for contractors, people, work and opt-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance.domain import (
    Address,
    Assignment,
    Contractor,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Interval,
    License,
    Line,
    Member,
    MemberState,
    Missing,
    PayBasis,
    Payer,
    PayerChoice,
    PayRate,
    Person,
    Subject,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, numbered, seldom, usually

__all__ = ["PARTY_MAKERS"]

_DAY = timedelta(days=1)
_PAYERS = st.sampled_from(Payer)


def _interval(sampler: Sampler) -> SearchStrategy[Interval]:
    day = sampler.days()
    starts = st.builds(Interval, day)
    ends = st.builds(Interval, st.none(), day)
    closed = sampler.spans().map(lambda span: Interval(*span))
    return seldom(st.one_of(starts, ends, st.just(Interval())), closed, once_in=3)


def _license(sampler: Sampler) -> SearchStrategy[License]:
    def build(undated: dict[str, Any], span: tuple[date | None, date | None]) -> License:
        return License(**undated, effective=span[0], expiration=span[1])

    undated = sampler.parts(License, "effective", "expiration")
    return st.builds(build, undated, sampler.open_spans())


def _contractor(sampler: Sampler) -> SearchStrategy[Contractor]:
    return sampler.derive(
        Contractor,
        odd={
            "email": st.just("sample@example.com"),
            "phone": st.just("+1 334 555 0100"),
            "payers": _payers(),
        },
        people=numbered(sampler.of(Person), "person"),
        has_employees=usually(False, True, *Missing, once_in=2),  # noqa: FBT003
        home_address=sampler.of(Address),
    )


def _payers() -> SearchStrategy[tuple[PayerChoice, ...]]:
    lines = st.lists(st.sampled_from((Line.GL, Line.WC)), unique=True, min_size=1)
    return st.builds(lambda found, payer: tuple(PayerChoice(line=line, payer=payer) for line in found), lines, _PAYERS)


def _enrollment(sampler: Sampler) -> SearchStrategy[Enrollment]:
    def build(parts: dict[str, Any], steps: list[EnrollmentEvent]) -> Enrollment:
        return Enrollment(**parts, events=tuple(sorted(steps, key=lambda step: step.at)))

    steps = st.lists(
        sampler.derive(
            EnrollmentEvent,
            state=st.sampled_from([state for state in EnrollmentState if state is not EnrollmentState.NOT_INVITED]),
        ),
        max_size=3,
    )
    return st.builds(build, sampler.parts(Enrollment, "events"), steps)


def _assignment(sampler: Sampler) -> SearchStrategy[Assignment]:
    def build(
        undated: dict[str, Any], length: int | None, ahead: int | None, rates: list[tuple[int, int]]
    ) -> Assignment:
        start: date = undated["start"]
        return Assignment(
            **undated,
            end=None if length is None else max(start, sampler.shifted(start, length - 1)),
            cancelled_on=None if ahead is None else sampler.shifted(start, -ahead),
            pay_rates=_pay_rates(sampler, start, rates),
        )

    undated = sampler.parts(
        Assignment,
        *("end", "cancelled_on", "pay_rates"),
        odd={"on_hold": st.just(True), "payers": _payers(), "purchase_order": st.just("PO-1")},  # noqa: FBT003
        start=seldom(sampler.days(), sampler.spans().map(lambda span: span[0]), once_in=3),
        work_states=st.one_of(
            st.just(frozenset({pools.STATES[0]})), st.frozensets(st.sampled_from(pools.STATES), max_size=2)
        ),
        client_id=st.sampled_from((*pools.CLIENTS, *pools.CLIENTS, None)),
        job_code_id=st.sampled_from((*pools.JOB_CODES, *pools.JOB_CODES, None)),
        worker=usually(*pools.PEOPLE, Missing.ABSENT, once_in=5),
    )
    longest = max(1, sampler.spread)
    lengths = st.one_of(st.sampled_from((None, 365, 180, 30, 1)), st.integers(1 + longest // 3, 1 + longest))
    rates = st.lists(st.tuples(st.sampled_from((0, 30)), st.sampled_from((2_500, 4_500, 0))), max_size=2)
    return st.builds(build, undated, lengths, usually(None, 0, 1, 30, once_in=10), rates)


def _pay_rates(sampler: Sampler, start: date, drawn: list[tuple[int, int]]) -> tuple[PayRate, ...]:
    rates: list[PayRate] = []
    day = start
    for wait, cents in drawn:
        day = sampler.shifted(day, wait)
        if rates and day <= rates[-1].effective:
            day = rates[-1].effective + _DAY
        rates.append(PayRate(effective=day, cents=cents, basis=PayBasis.HOUR if cents else PayBasis.FLAT))
    return tuple(rates)


def _member(sampler: Sampler) -> SearchStrategy[Member]:
    subjects = sampler.of(Subject)
    newcomers = st.sampled_from((MemberState.INVITED, MemberState.REMOVED))
    return st.one_of(
        sampler.derive(Member, subject=subjects),
        sampler.derive(Member, odd={"subject": st.none()}, state=newcomers),
    )


PARTY_MAKERS: Mapping[type[Any], Maker] = {
    Assignment: _assignment,
    Contractor: _contractor,
    Enrollment: _enrollment,
    Interval: _interval,
    License: _license,
    Member: _member,
}
