"""Strategies for contractors, their work, members, insurers, certificates and rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance import domain
from contractor_compliance.domain import EnrollmentState, Line, MemberState, Missing, ReviewStatus, State
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, record, seldom, usually

__all__ = ["RECORD_MAKERS"]

_PAYERS = st.dictionaries(st.sampled_from((Line.GL, Line.WC)), st.sampled_from(domain.Payer), min_size=1).map(
    lambda payers: tuple(domain.PayerChoice(line=line, payer=payer) for line, payer in payers.items())
)


def _in_order(steps: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(steps, key=lambda step: step.at))


def _interval(sampler: Sampler) -> SearchStrategy[domain.Interval]:
    starts = st.builds(domain.Interval, sampler.days)
    ends = st.builds(domain.Interval, st.none(), sampler.days)
    closed = sampler.spans.map(lambda span: domain.Interval(*span))
    return seldom(st.one_of(starts, ends, st.just(domain.Interval())), closed, once_in=3)


def _contractor(sampler: Sampler) -> SearchStrategy[domain.Contractor]:
    return sampler.derive(
        domain.Contractor,
        odd={"payers": _PAYERS},
        people=sampler.numbered(domain.Person),
        has_employees=usually(False, True, *Missing, once_in=2),  # noqa: FBT003
        home_address=sampler.of(domain.Address),
    )


def _enrollment(sampler: Sampler) -> SearchStrategy[domain.Enrollment]:
    states = st.sampled_from([state for state in EnrollmentState if state is not EnrollmentState.NOT_INVITED])
    steps = st.lists(sampler.derive(domain.EnrollmentEvent, state=states), max_size=3)
    return sampler.derive(domain.Enrollment, events=steps.map(_in_order))


def _assignment(sampler: Sampler) -> SearchStrategy[domain.Assignment]:
    def build(
        undated: dict[str, Any],
        length: int | None,
        days_ahead: int | None,
        rates: dict[int, int],
        has_no_client: bool,  # noqa: FBT001 - one of several drawn values
    ) -> domain.Assignment:
        start: date = undated["start"]
        return domain.Assignment(
            **undated,
            own_work=has_no_client and undated["client_id"] is None,
            end=None if length is None else max(start, sampler.shifted(start, length - 1)),
            cancelled_on=None if days_ahead is None else sampler.shifted(start, -days_ahead),
            pay_rates=tuple(_pay_rate(start + timedelta(days=wait), rates[wait]) for wait in sorted(rates)),
        )

    undated = sampler.parts(
        domain.Assignment,
        *("end", "cancelled_on", "own_work", "pay_rates"),
        odd={"payers": _PAYERS},
        start=seldom(sampler.days, sampler.spans.map(lambda span: span[0]), once_in=3),
        work_states=st.one_of(
            st.just(frozenset({pools.STATES[0]})), st.frozensets(st.sampled_from(pools.STATES), max_size=2)
        ),
        client_id=st.sampled_from((*pools.CLIENTS, *pools.CLIENTS, None)),
        job_code_id=st.sampled_from((*pools.JOB_CODES, *pools.JOB_CODES, None)),
        worker=usually(*pools.PEOPLE, Missing.ABSENT, once_in=5),
    )
    longest = max(1, sampler.spread)
    lengths = st.one_of(st.sampled_from((None, 365, 180, 30, 1)), st.integers(1 + longest // 3, 1 + longest))
    rates = st.dictionaries(st.sampled_from((0, 30, 1)), st.sampled_from((2_500, 4_500, 0)), max_size=2)
    return st.builds(build, undated, lengths, usually(None, 0, 1, 30, once_in=10), rates, st.booleans())


def _pay_rate(day: date, cents: int) -> domain.PayRate:
    return domain.PayRate(effective=day, cents=cents, basis=domain.PayBasis.HOUR if cents else domain.PayBasis.FLAT)


def _member(sampler: Sampler) -> SearchStrategy[domain.Member]:
    without_identity = st.sampled_from((MemberState.INVITED, MemberState.REMOVED))
    return st.one_of(
        sampler.derive(domain.Member, subject=sampler.of(domain.Subject)),
        sampler.derive(domain.Member, "subject", state=without_identity),
    )


def _carrier(sampler: Sampler) -> SearchStrategy[domain.Carrier]:
    def build(
        identity: tuple[str, str | None], status: Any, fund: State | None, ratings: dict[date, Any]
    ) -> domain.Carrier:
        return domain.Carrier(
            name=identity[0],
            naic=identity[1],
            status=status,
            fund_state=fund if status is domain.CarrierStatus.STATE_FUND else None,
            ratings=tuple(domain.CarrierRating(effective=day, **ratings[day]) for day in sorted(ratings)),
        )

    strengths = usually(domain.FinancialStrength.A, *domain.FinancialStrength)
    ratings = record({"strength": strengths, "size": usually(10, 1, 7, 15, *Missing)})
    return st.builds(
        build,
        st.sampled_from(pools.CARRIERS),
        usually(domain.CarrierStatus.ADMITTED, *domain.CarrierStatus, *Missing, once_in=3),
        st.sampled_from((None, State.OH, State.WA, State.TX)),
        st.dictionaries(sampler.days, ratings, max_size=2),
    )


def _certificate(sampler: Sampler) -> SearchStrategy[domain.Certificate]:
    def build(unreviewed: domain.Certificate, steps: tuple[Any, ...]) -> domain.Certificate:
        return attrs.evolve(unreviewed, review=steps, status=steps[-1].status if steps else unreviewed.status)

    statuses = usually(ReviewStatus.APPROVED, *ReviewStatus, once_in=3)
    steps = st.lists(sampler.derive(domain.ReviewEvent, status=statuses), max_size=2)
    return st.builds(build, sampler.derive(domain.Certificate, "review", status=statuses), steps.map(_in_order))


def _rate(sampler: Sampler) -> SearchStrategy[domain.Rate]:
    # A class code means something only with its scheme: both or neither.
    code = {name: st.sampled_from(pools.CHOICES[domain.Rate, name]) for name in ("scheme", "class_code")}
    classified = sampler.spanned(domain.Rate, ("effective", "until"), sampler.begun_spans, **code)
    unclassified = sampler.spanned(domain.Rate, ("effective", "until"), sampler.begun_spans, *code)
    return seldom(unclassified, classified, once_in=3)


def _rate_card(sampler: Sampler) -> SearchStrategy[domain.RateCard]:
    # One rate for each job code, line and state, now and then with the one that takes over when it ends.
    rates = st.lists(
        st.tuples(sampler.of(domain.CardRate), st.booleans()),
        max_size=3,
        unique_by=lambda drawn: (drawn[0].job_code_id, drawn[0].line, drawn[0].state),
    )
    return sampler.derive(domain.RateCard, rates=rates.map(_with_successors))


def _with_successors(drawn: list[tuple[domain.CardRate, bool]]) -> tuple[domain.CardRate, ...]:
    rates: list[domain.CardRate] = []
    for card_rate, has_successor in drawn:
        rates.append(card_rate)
        rate = card_rate.rate
        if has_successor and rate.until is not None:
            rates.append(attrs.evolve(card_rate, rate=attrs.evolve(rate, effective=rate.until, until=None)))
    return tuple(rates)


RECORD_MAKERS: Mapping[type[Any], Maker] = {
    domain.Assignment: _assignment,
    domain.Carrier: _carrier,
    domain.Certificate: _certificate,
    domain.Contractor: _contractor,
    domain.Enrollment: _enrollment,
    domain.Interval: _interval,
    domain.License: lambda sampler: sampler.spanned(domain.License, ("effective", "expiration"), sampler.open_spans),
    domain.Member: _member,
    domain.Rate: _rate,
    domain.RateCard: _rate_card,
}
