from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contractor_compliance import intake
from contractor_compliance.domain import Line, Missing, State, TaxId
from contractor_compliance.intake import (
    Reading,
    read_day,
    read_email,
    read_entity_type,
    read_identifier,
    read_line,
    read_money,
    read_name,
    read_state,
    read_states,
    read_tax_id,
    read_yes_no,
)
from contractor_compliance.intake.readers import ENTITY_TYPE_WORDS, LINE_WORDS, OTHER_MEANINGS, STATE_WORDS, words

READERS = (
    read_day,
    read_email,
    read_entity_type,
    read_identifier,
    read_line,
    read_money,
    read_name,
    read_state,
    read_states,
    read_tax_id,
    read_yes_no,
)
ABSENT, UNREADABLE = Missing.ABSENT, Missing.UNREADABLE


def problem_of(reading: Reading) -> str:
    (fault,) = reading.faults
    return fault.problem


# What holds for every reader.


@given(st.text(max_size=200) | st.from_regex(r"[0-9 /.,$:apmAPM-]{0,20}", fullmatch=True))
def test_any_text_gives_a_value_or_a_blank_or_one_fault_and_no_exception(text: str) -> None:
    for reader in READERS:
        reading = reader(text)
        assert (reading.value is UNREADABLE) is (len(reading.faults) == 1)


@given(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.dates() | st.datetimes() | st.binary()
)
@example(Decimal("sNaN"))
@example(Decimal("-Infinity"))
def test_any_cell_of_a_frame_gives_a_value_or_a_blank_or_one_fault(cell: object) -> None:
    for reader in READERS:
        reading = reader(cell)
        assert (reading.value is UNREADABLE) is (len(reading.faults) == 1)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_none_and_not_a_number_are_blank_to_every_reader(reader) -> None:
    assert [ABSENT, ABSENT] == [reader(None).value, reader(float("nan")).value]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_value_to_come_is_a_fault_to_every_reader(reader) -> None:
    assert "is to come" in problem_of(reader("TBD"))


def test_every_reader_is_public_and_tried_here() -> None:
    assert sorted(name for name in intake.__all__ if name.startswith("read_") and name != "read_csv") == sorted(
        reader.__name__ for reader in READERS
    )


# Days.


def test_an_order_that_is_not_said_is_no_order() -> None:
    assert "March 4 or April 3" in problem_of(read_day("03/04/2026"))


def test_the_order_of_the_column_reads_a_day_of_two_meanings() -> None:
    assert date(2026, 3, 4) == read_day("03/04/2026", day_first=False).value
    assert date(2026, 4, 3) == read_day("03/04/2026", day_first=True).value


def test_a_day_against_the_order_of_its_column_is_a_fault() -> None:
    assert "month before day" in problem_of(read_day("25/04/2026", day_first=False))
    assert "day before month" in problem_of(read_day("04/25/2026", day_first=True))


def test_two_digits_first_may_be_the_year() -> None:
    assert "may begin with the year" in problem_of(read_day("26/03/04"))


@pytest.mark.parametrize(("text", "year"), [("4/4/00", 2000), ("4/4/79", 2079), ("4/4/80", 1980), ("4/4/99", 1999)])
def test_years_of_two_digits_turn_at_eighty(text: str, year: int) -> None:
    reading = read_day(text)

    assert date(year, 4, 4) == reading.value
    assert 1 == len(reading.warnings)


def test_a_serial_number_is_a_day_only_where_the_column_says_how_it_counts() -> None:
    assert "serial number" in problem_of(read_day("46113"))
    assert date(2026, 4, 1) == read_day("46113", serials="1900").value
    assert date(2026, 4, 1) == read_day(44651, serials="1904").value
    assert date(2026, 4, 1) == read_day(46113.000694444, serials="1900").value
    assert "hour" in problem_of(read_day(46113.5, serials="1900"))


@pytest.mark.parametrize("serials", ["1900", "1904"])
def test_serial_zero_is_no_day(serials) -> None:
    assert ABSENT is read_day("0", serials=serials).value


def test_an_instant_is_a_day_at_midnight_alone() -> None:
    assert date(2026, 4, 1) == read_day(datetime(2026, 4, 1, 0, 1)).value  # noqa: DTZ001  # as workbooks give them
    assert UNREADABLE is read_day(datetime(2026, 4, 1, 12, tzinfo=UTC)).value


def test_a_term_without_an_end_is_no_day() -> None:
    assert "continuous=True" in problem_of(read_day("Continuous until cancelled"))


# Money.


def test_a_bare_number_counts_what_its_column_says() -> None:
    assert [500_00, 500_000_00, 500_000_000_00] == [
        read_money("500", unit=unit).value for unit in ("dollars", "thousands", "millions")
    ]


def test_an_amount_with_a_suffix_is_dollars_whatever_the_column_counts() -> None:
    assert 1_000_000_00 == read_money("1,000,000", unit="thousands").value == read_money("$1M", unit="thousands").value


def test_an_amount_in_dollars_in_a_column_of_millions_is_a_fault() -> None:
    assert "too large to count millions" in problem_of(read_money("1000000", unit="millions"))


def test_a_comma_parts_cents_where_the_column_says_so() -> None:
    assert 1_000_000_50 == read_money("1.000.000,50", decimal_comma=True).value
    assert UNREADABLE is read_money("1.000.000,50").value


def test_an_unusual_amount_is_read_with_a_warning() -> None:
    reading = read_money("1000", usual=(10_000_00, 100_000_000_00))

    assert 1_000_00 == reading.value
    assert "unusually small" in reading.warnings[0].problem


def test_a_lone_m_above_what_is_usual_may_be_a_roman_thousand() -> None:
    assert "Roman" in problem_of(read_money("50M", usual=(10_000_00, 5_000_000_00)))


def test_an_excluded_limit_is_zero_with_a_warning() -> None:
    reading = read_money("EXCLUDED")

    assert (0, 1) == (reading.value, len(reading.warnings))


def test_cents_of_a_float_are_those_that_it_shows() -> None:
    assert 42_10 == read_money(42.1).value == read_money(Decimal("42.10")).value
    assert UNREADABLE is read_money(0.005).value


# Words.


@pytest.mark.parametrize("line", Line.known(), ids=lambda line: line.label)
def test_each_line_is_read_by_its_code_and_its_name(line: Line) -> None:
    assert line == read_line(str(line)).value == read_line(line.label.upper()).value


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_each_state_is_read_by_its_code_in_either_case(state: State) -> None:
    assert state is read_state(state.value).value is read_state(state.value.lower()).value


def test_no_word_has_two_meanings() -> None:
    assert not set(LINE_WORDS) & set(OTHER_MEANINGS)


@pytest.mark.parametrize(
    "table", [LINE_WORDS, OTHER_MEANINGS, STATE_WORDS, ENTITY_TYPE_WORDS], ids=["lines", "questions", "states", "forms"]
)
def test_the_words_of_the_tables_are_written_as_they_are_looked_up(table) -> None:
    assert [] == [word for word in table if words(word) != word]


def test_an_unknown_word_names_its_neighbors_and_is_none_of_them() -> None:
    assert "nearest: umbrella" in problem_of(read_line("Umbrela"))
    assert "nearest: tennessee" in problem_of(read_state("Tenessee"))


def test_a_long_text_is_compared_with_nothing() -> None:
    assert "nearest" not in problem_of(read_line("general liability " * 5 + "x"))


def test_a_city_after_a_comma_is_no_second_state() -> None:
    assert "one place or two" in problem_of(read_states("Oregon, Washington, D.C."))
    assert frozenset({State.DC}) == read_states("Washington, D.C.").value.states


def test_small_letters_beside_capitals_are_no_code_of_a_state() -> None:
    assert "'as'" in problem_of(read_states("Tex;as"))


# Texts.


def test_no_message_shows_a_tax_id() -> None:
    for text in ("900-70-12345", "900-70-123", "999999999", "***-**-1234", "900701234x"):
        reading = read_tax_id(text)
        assert {"***"} == {note.value for note in (*reading.faults, *reading.warnings)}
        assert "1234" not in "".join(note.problem for note in (*reading.faults, *reading.warnings))


def test_a_tax_id_of_digits_alone_does_not_say_its_kind() -> None:
    assert TaxId("784400101") == read_tax_id(784400101).value
    assert TaxId("78-4400101") == read_tax_id("78 4400101").value


def test_a_number_keeps_the_zeros_of_a_text_cell() -> None:
    assert ["00123", "00123", "123"] == [read_identifier(cell).value for cell in ("00123", '="00123"', 123.0)]


def test_garbled_letters_are_read_with_a_warning() -> None:
    assert 1 == len(read_name("Caf\u00c3\u00a9 Sample").warnings)
