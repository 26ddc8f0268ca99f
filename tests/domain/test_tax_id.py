"""A tax id shows in clear nowhere but in `reveal()`."""

from __future__ import annotations

import copy
import logging
import pickle
import pprint
import traceback
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contractor_compliance.domain import Contractor, Insured, TaxId
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

#: Put together at run time, so that no source line that a traceback quotes holds it.
CANARY = "98765" + "4321"
HYPHENATED = f"{CANARY[:2]}-{CANARY[2:]}"
TAX_ID = TaxId(CANARY)

WRITTEN = {
    "repr": repr,
    "str": str,
    "f-string": lambda value: f"{value}",
    "f-string with repr": lambda value: f"{value!r}",
    "format": format,
    "old format": lambda value: "%s %r" % (value, value),  # noqa: UP031
    "str.format": lambda value: "{} {!r}".format(value, value),  # noqa: UP032
    "print": lambda value: pprint.pformat(value),  # noqa: PLW0108
    "in a list": lambda value: str([value]),
    "in a dict": lambda value: str({value: value}),
}
HOLDERS: dict[str, Any] = {
    "the id": TAX_ID,
    "a contractor": make.contractor(tax_id=TAX_ID),
    "an insured": Insured(tax_id=TAX_ID, evidence=make.evidence()),
    "a dossier": make.dossier(contractor=make.contractor(tax_id=TAX_ID)),
}


def hides_it(text: str) -> bool:
    return CANARY not in text.replace("-", "").replace(" ", "")


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS.keys())
def test_a_tax_id_is_masked_wherever_it_is_written(holder: Any, write: Any) -> None:
    assert hides_it(write(holder))


def test_a_tax_id_shows_its_last_four_digits() -> None:
    assert "***-**-4321" == str(TAX_ID)


def test_a_tax_id_is_revealed_when_asked() -> None:
    assert CANARY == TAX_ID.reveal()


def test_a_tax_id_is_masked_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        logging.getLogger("host").warning("contractor %s %r", TAX_ID, make.contractor(tax_id=TAX_ID))

    assert hides_it(caplog.text)


@pytest.mark.parametrize("text", [CANARY, HYPHENATED, f" {CANARY}\n", f"{CANARY[:3]}-{CANARY[3:5]}-{CANARY[5:]}"])
def test_a_tax_id_may_be_written_with_hyphens_and_spaces(text: str) -> None:
    assert CANARY == TaxId(text).reveal()
    assert TAX_ID.is_same_number(TaxId(text))


@pytest.mark.parametrize("extra", ["0", "x", ".", "\u0661"])
def test_a_misspelled_tax_id_is_refused(extra: str) -> None:
    with pytest.raises(InvalidValueError, match="must be nine digits"):
        TaxId(CANARY + extra)


def test_a_tax_id_in_digits_of_another_script_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="must be nine digits"):
        TaxId("\u0661" * 9)


@pytest.mark.parametrize("text", [CANARY + "0", CANARY[:-1] + "x", CANARY + "\x00"])
def test_a_refused_tax_id_is_not_repeated_in_the_traceback(text: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        TaxId(text)

    trace = "".join(traceback.format_exception(refusal.value))
    assert CANARY[:-1] not in trace + repr(refusal.value) + repr(refusal.value.faults)


@pytest.mark.parametrize("holder", [Contractor, Insured])
def test_text_in_the_place_of_a_tax_id_is_refused_without_being_repeated(holder: type[Any]) -> None:
    given_fields = {"id": "c", "legal_name": "Sample"} if holder is Contractor else {"evidence": make.evidence()}

    with pytest.raises(InvalidValueError) as refusal:
        holder(**given_fields, tax_id=HYPHENATED)

    assert ("$.tax_id", "***") == (refusal.value.faults[0].path, refusal.value.faults[0].value)
    assert hides_it("".join(traceback.format_exception(refusal.value)))


def test_another_fault_of_its_holder_does_not_show_a_tax_id() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.contractor(tax_id=TAX_ID, legal_name="", people=[TAX_ID])

    assert hides_it("".join(traceback.format_exception(refusal.value)))


def test_a_tax_id_equals_another_with_the_same_digits_and_kind() -> None:
    assert TaxId(f" {CANARY[:5]} {CANARY[5:]}") == TAX_ID
    assert TaxId(HYPHENATED.replace("-", " ")) == TaxId(HYPHENATED)


def test_a_tax_id_differs_from_another_with_the_same_digits_of_another_kind() -> None:
    kinds = {TAX_ID, TaxId(HYPHENATED), TaxId(f"{CANARY[:3]}-{CANARY[3:5]}-{CANARY[5:]}")}

    assert len(kinds) == 3


def test_a_tax_id_differs_from_another_with_the_same_last_four_digits() -> None:
    assert TaxId("1" * 5 + CANARY[5:]) != TAX_ID


def test_a_tax_id_never_equals_text() -> None:
    assert CANARY != TAX_ID


def test_equal_tax_ids_hash_alike() -> None:
    assert {TAX_ID} == {TAX_ID, TaxId(f" {CANARY}")}
    assert {TaxId(HYPHENATED)} == {TaxId(HYPHENATED), TaxId(HYPHENATED.replace("-", " "))}


def test_the_hash_of_a_tax_id_is_not_that_of_its_digits() -> None:
    assert hash(TAX_ID) not in (hash(CANARY), hash(int(CANARY)))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS.keys())
def test_a_tax_id_survives_copying(holder: Any, copied: Any) -> None:
    assert holder == copied(holder)


def test_a_tax_id_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        TAX_ID._digits = "1" * 9


def test_a_tax_id_cannot_be_emptied() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del TAX_ID._digits


def test_a_tax_id_has_no_attributes_besides_its_digits() -> None:
    assert not hasattr(TAX_ID, "__dict__")


@pytest.mark.parametrize(
    "text", ["0" * 9, "00-0000000", "9" * 9, "99-9999999", "1234" + "56789", "12-34" + "56789", "000-12-" + "3456"]
)
def test_a_placeholder_for_a_tax_id_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is a placeholder") as refusal:
        TaxId(text)

    trace = "".join(traceback.format_exception(refusal.value))
    assert text not in trace + repr(refusal.value.faults)


@pytest.mark.parametrize(
    ("text", "is_ein"), [(HYPHENATED, True), (f"{CANARY[:3]}-{CANARY[3:5]}-{CANARY[5:]}", False), (CANARY, None)]
)
def test_the_hyphens_of_a_tax_id_say_whether_it_is_an_ein(text: str, is_ein: bool | None) -> None:
    assert TaxId(text).is_ein is is_ein
    assert text == TaxId(text).reveal(hyphens=True)
    assert copy.deepcopy(TaxId(text)).is_ein is is_ein


def test_an_ein_and_a_social_security_number_are_not_comparable() -> None:
    ssn = TaxId(f"{CANARY[:3]}-{CANARY[3:5]}-{CANARY[5:]}")

    assert TaxId(HYPHENATED).is_same_number(ssn) is None
    assert ssn.is_same_number(TaxId(HYPHENATED)) is None
    assert TAX_ID.is_same_number(ssn) is True
    assert TAX_ID.is_same_number(TaxId(HYPHENATED)) is True
    assert TAX_ID.is_same_number(TaxId("78-4400101")) is False


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True).filter(lambda digits: len(set(digits)) > 1))
def test_five_of_the_nine_digits_of_a_tax_id_are_hidden(digits: str) -> None:
    assume(digits != "1234" + "56789")
    assert "***-**-" + digits[5:] == str(TaxId(digits))
