"""Dollars become whole cents or are refused; nothing is rounded in silence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import cents, dollars, format_cents
from contractor_compliance.errors import InvalidValueError


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1000000", 100_000_000),
        ("1,000,000", 100_000_000),
        ("$1,000,000.50", 100_000_050),
        ("0", 0),
        (0, 0),
        (25_000, 2_500_000),
        (Decimal("0.01"), 1),
        (Decimal("1.10"), 110),
        (Decimal("1.1000"), 110),
        ("1e6", 100_000_000),
        ("9999999999999999.99", 999_999_999_999_999_999),
    ],
    ids=repr,
)
def test_dollars_are_read_as_cents(amount: Decimal | int | str, expected: int) -> None:
    assert expected == cents(amount)


@pytest.mark.parametrize(
    ("amount", "fix"),
    [
        (0.1, "floats do not hold cents exactly"),
        (1.0, "floats do not hold cents exactly"),
        (float("nan"), "floats do not hold cents exactly"),
        (True, "give dollars as Decimal, int or text"),
        (Decimal("NaN"), "must be a finite amount"),
        (Decimal("sNaN"), "must be a finite amount"),
        ("Infinity", "must be a finite amount"),
        ("NaN", "must be a finite amount"),
        (Decimal("0.005"), "has a fraction of a cent; round it first"),
        ("1.999", "has a fraction of a cent"),
        ("1.0000000000000000000000000000000001", "has a fraction of a cent"),
        (10**16, "must be below 10,000,000,000,000,000 dollars"),
        ("1e999999999", "must be below 10,000,000,000,000,000 dollars"),
        (Decimal("-0.01"), "must not be negative"),
        (-1, "must not be negative"),
        ("-5", "must not be negative"),
        ("", "is not an amount of dollars"),
        ("one million", "is not an amount of dollars"),
        ("12 dollars", "is not an amount of dollars"),
        (None, "is not an amount of dollars"),
        ([1], "is not an amount of dollars"),
        ((0, (1,), 0), "is not an amount of dollars"),
        ("1_000", "is not an amount of dollars"),
        ("\u0661\u0660", "is not an amount of dollars"),
        ("1,50", "has a comma that does not part thousands"),
        ("1000,000", "has a comma that does not part thousands"),
        ("1,000,00.5", "has a comma that does not part thousands"),
    ],
    ids=repr,
)
def test_a_value_that_is_no_amount_of_money_is_refused(amount: object, fix: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        cents(amount)  # type: ignore[arg-type]

    assert fix in refusal.value.faults[0].problem


def test_the_refused_amount_is_named() -> None:
    with pytest.raises(InvalidValueError, match=r"\$ = '12 dollars': is not an amount"):
        cents("12 dollars")


@given(st.integers(0, 10**15))
def test_cents_survive_the_way_through_dollars(amount: int) -> None:
    assert amount == cents(dollars(amount))


@given(st.integers(0, 10**15))
def test_cents_survive_the_way_through_text_for_people(amount: int) -> None:
    assert amount == cents(format_cents(amount))


def test_dollars_are_decimal() -> None:
    assert Decimal("1.50") == dollars(150)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0, "$0"), (56, "$0.56"), (5, "$0.05"), (100, "$1"), (100_000_000, "$1,000,000"), (123_456_789, "$1,234,567.89")],
)
def test_cents_are_shown_only_where_there_are_any(amount: int, expected: str) -> None:
    assert expected == format_cents(amount)
