"""What rates and rate cards hold, and what they are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import CardRate, Line, RateBasis, RateCard, RateType, State
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

START, MIDDLE, END = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)
DAY = timedelta(days=1)
YEAR = make.card_rate(rate=make.rate(effective=START, until=END))


def negotiated(effective: date, until: date | None, **changes: Any) -> CardRate:
    return make.card_rate(rate=make.rate(effective=effective, until=until), **changes)


REFUSED: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a rate below nothing": (lambda: make.rate(micros=-1), "$.micros", "must be 0 or more"),
    "a rate in dollars and cents": (lambda: make.rate(micros=4.85), "$.micros", "must be int, not float"),
    "a rate of no source": (lambda: make.rate(source=" "), "$.source", "must not be blank"),
    "a rate that ends on its first day": (
        lambda: make.rate(effective=START, until=START),
        "$.until",
        "must be after the first day, 2026-01-01",
    ),
    "a rate that ends before its first day": (
        lambda: make.rate(effective=START, until=START - DAY),
        "$.until",
        "must be after the first day, 2026-01-01",
    ),
    "a class code without its scheme": (
        lambda: make.rate(scheme=None),
        "$.class_code",
        "a class code means something only with its scheme; give both or neither",
    ),
    "a scheme without a class code": (
        lambda: make.rate(class_code=None),
        "$.class_code",
        "give both or neither",
    ),
    "two rates of one job code, line and state on the same days": (
        lambda: make.rate_card(YEAR, negotiated(MIDDLE, None)),
        "$.rates[1]",
        "is valid on the same days as rates[0]; end one first",
    ),
    "two rates that share one day": (
        lambda: make.rate_card(negotiated(START, MIDDLE + DAY), negotiated(MIDDLE, END)),
        "$.rates[1]",
        "is valid on the same days as rates[0]",
    ),
    "the same rate twice": (
        lambda: make.rate_card(YEAR, YEAR),
        "$.rates[1]",
        "is valid on the same days as rates[0]",
    ),
    "a rate without end before a later one": (
        lambda: make.rate_card(negotiated(START, None), negotiated(END, None)),
        "$.rates[1]",
        "is valid on the same days as rates[0]",
    ),
    "a later rate that is listed first": (
        lambda: make.rate_card(negotiated(MIDDLE, None), YEAR),
        "$.rates[0]",
        "is valid on the same days as rates[1]",
    ),
}


@pytest.mark.parametrize(("attempt", "path", "fix"), REFUSED.values(), ids=REFUSED.keys())
def test_a_rate_card_or_rate_with_a_fault_is_refused(attempt: Callable[[], Any], path: str, fix: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        attempt()

    assert [path] == [fault.path for fault in refusal.value.faults]
    assert fix in refusal.value.faults[0].problem


def test_a_refused_overlap_names_job_code_line_and_state() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.rate_card(YEAR, YEAR)

    assert "RIG-1, workers_compensation, AL" == refusal.value.faults[0].value


def test_every_rate_that_overlaps_is_named() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.rate_card(YEAR, YEAR, negotiated(MIDDLE, None, state=State.GA), negotiated(END, None, state=State.GA))

    assert ["$.rates[1]", "$.rates[3]"] == [fault.path for fault in refusal.value.faults]


def test_a_rate_may_begin_on_the_day_on_which_the_one_before_ends() -> None:
    rates = (negotiated(START, MIDDLE), negotiated(MIDDLE, None))

    assert rates == make.rate_card(*rates).rates


def test_rates_may_leave_days_between_them() -> None:
    rates = (negotiated(MIDDLE + DAY, END), negotiated(START, MIDDLE))

    assert rates == make.rate_card(*rates).rates


@pytest.mark.parametrize(
    "other", [{"job_code_id": "ROOF-1"}, {"line": Line.GL}, {"state": State.GA}], ids=["job code", "line", "state"]
)
def test_rates_of_another_job_code_line_or_state_may_be_valid_on_the_same_days(other: dict[str, Any]) -> None:
    rates = (YEAR, make.card_rate(**other))

    assert rates == make.rate_card(*rates).rates


def test_a_rate_without_class_code_and_scheme_is_a_rate() -> None:
    assert make.rate(scheme=None, class_code=None).class_code is None


def test_a_rate_of_nothing_is_a_rate() -> None:
    assert 0 == make.rate(micros=0).micros


def test_a_card_may_be_empty() -> None:
    assert () == RateCard(id="rate-card-2").rates


def test_types_of_rates_keep_their_codes() -> None:
    assert ["loss_cost", "pure_premium", "manual", "carrier", "net"] == [rate_type.value for rate_type in RateType]


def test_bases_of_rates_keep_their_codes() -> None:
    assert ["per_100_pay", "per_1000_pay", "per_1000_receipts", "per_hour", "flat"] == [
        rate_basis.value for rate_basis in RateBasis
    ]
