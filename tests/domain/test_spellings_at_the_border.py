"""Texts at the border of a rule of reading: form numbers, license classes, conditions of a schedule."""

from __future__ import annotations

import pytest

from contractor_compliance.domain import license_classes
from contractor_compliance.domain.blanket import without_condition
from contractor_compliance.domain.form_number import edition_month, read_form


@pytest.mark.parametrize(
    ("edition", "year"), [("11 69", 2069), ("11 70", 1970), ("11 85", 1985), ("04 13", 2013), ("12 99", 1999)]
)
def test_the_two_digits_of_an_edition_are_a_year_of_this_century_or_of_the_last(edition: str, year: int) -> None:
    assert edition_month(edition) == (year, int(edition[:2]))


@pytest.mark.parametrize(
    ("month", "edition"),
    [
        *[("Jan", "01"), ("February", "02"), ("MAR", "03"), ("April", "04"), ("May", "05"), ("June", "06")],
        *[("Jul", "07"), ("August", "08"), ("Sept", "09"), ("October", "10"), ("nov", "11"), ("December", "12")],
    ],
)
def test_an_edition_may_name_its_month(month: str, edition: str) -> None:
    assert read_form(f"CG 20 10 {month} 2013").edition == f"{edition} 13"


def test_words_after_a_marked_edition_make_the_text_no_number() -> None:
    parted = read_form("XYZ 1234 (ed. 04/13) as amended")

    assert (parted.number, parted.edition) == ("XYZ 1234 (ed. 04/13) as amended", None)


def test_a_condition_alone_has_no_party_before_it() -> None:
    assert without_condition("where required by written contract") is None
    assert without_condition("Sample Staffing Inc where required by written contract") == "Sample Staffing Inc"


@pytest.mark.parametrize("text", ["C-10 - C-20", "C10-C20", "C-10 \u2013 C-20"])
def test_a_dash_between_two_license_classes_may_mean_all_between_and_is_not_read(text: str) -> None:
    assert license_classes(text) is None


@pytest.mark.parametrize("text", ["C-10, NO 2", "C-10 NO. 5"])
def test_a_number_that_is_no_class_leaves_a_doubt(text: str) -> None:
    assert license_classes(text) is None


@pytest.mark.parametrize("text", ["C-10 \u00e9lectrique", "C-10 12345", "C-10 99999"])
def test_other_letters_and_numbers_beside_a_license_class_leave_a_doubt(text: str) -> None:
    assert license_classes(text) is None
