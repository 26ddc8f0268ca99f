"""Names, identifiers, e-mail addresses and tax ids."""

from __future__ import annotations

import re
from typing import Final

import attrs

from contractor_compliance.domain import TaxId
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.intake.readers.reading import Reading, absent, plain_text, read_as, unreadable

__all__ = ["read_email", "read_identifier", "read_name", "read_tax_id"]

_EMAIL: Final = re.compile(
    r"[^\s@<>,;:\"()\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE
)
_NO_EMAIL: Final = re.compile(r"(?:no-?e?mail|none|n/?a|na|unknown|test|noreply|no-reply|x+)@.*", re.IGNORECASE)
_SHORTENED: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
#: What UTF-8 looks like where it was read as Windows-1252.
_GARBLED: Final = re.compile("\u00c3[\u0080-\u00bf]|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]")
_MASK: Final = re.compile(r"[x*#\u2022\u25cf-]{3,}.*\d{2,4}|[x*#\u2022\u25cf -]{4,}", re.IGNORECASE)


def read_name(cell: object) -> Reading[str]:
    """Read the name of a person, a company or a place: trimmed, with single spaces, else as it is written.

    A number, an e-mail address and a text without letters are faults; letters that were damaged when the file was
    saved give a warning.

    Example:
        >>> read_name("  Sample   Rigging, LLC ").value
        'Sample Rigging, LLC'
        >>> print(read_name("1,000").faults[0].problem)
        is no name: it has no letters; check which column is read as what
    """
    text: str | Reading[str] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    if not any(character.isalpha() for character in text):
        return unreadable(cell, "is no name: it has no letters; check which column is read as what")
    if _EMAIL.fullmatch(text):
        return unreadable(cell, "is an e-mail address and no name; check which column is read as what")
    if _GARBLED.search(text):
        return read_as(text, cell, "has letters that were damaged when the file was saved; save it anew as UTF-8")
    return read_as(text, cell)


def read_identifier(cell: object) -> Reading[str]:
    """Read an id, a policy number or another text that stands for one thing: trimmed, else as it is written.

    A whole number is its digits; where a spreadsheet may have dropped zeros in front of it, nothing can say so. A
    number that a spreadsheet has shortened (`1.23457E+11`) is a fault, and so are `TBD`, `pending` and the like.

    Example:
        >>> read_identifier(" GL-0012345 ").value, read_identifier('="00123"').value, read_identifier(7).value
        ('GL-0012345', '00123', '7')
        >>> print(read_identifier("1.23457E+11").faults[0].problem)
        is a number that a spreadsheet has shortened; format the column as text and export it again
    """
    text: str | Reading[str] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    if _SHORTENED.fullmatch(text):
        return unreadable(
            cell, "is a number that a spreadsheet has shortened; format the column as text and export it again"
        )
    if not any(character.isalnum() for character in text):
        return unreadable(cell, "is no id or number: it has neither letters nor digits")
    if len(text) > 200:
        return unreadable(cell, f"is no id or number: it has {len(text):,} characters")
    return read_as(text, cell)


def read_email(cell: object) -> Reading[str]:
    """Read one e-mail address, with a name and `mailto:` around it or not.

    Several addresses are a fault. An address that stands for none (`none@none.com`) is absent, with a warning.

    Example:
        >>> read_email("Sam Sample <sam@sample.example>").value
        'sam@sample.example'
    """
    text: str | Reading[str] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    if match := re.fullmatch(r"[^<>@]*<([^<>]+)>", text):
        text = match[1].strip()
    text = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE)
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        problem = "holds several addresses; keep one" if text.count("@") > 1 else "is no e-mail address"
        return unreadable(cell, problem)
    if _NO_EMAIL.fullmatch(text):
        return absent(cell, "stands for no address and is read as blank")
    return read_as(text, cell)


def read_tax_id(cell: object) -> Reading[TaxId]:
    """Read an EIN, SSN or ITIN of nine digits; no message repeats what stands in the cell.

    A number that is masked (`***-**-1234`) is absent, with a warning. Eight digits are a fault: a spreadsheet drops
    the zero in front of a number, and a digit may be lost as well.

    Example:
        >>> read_tax_id("78-4400101").value
        TaxId('***-**-0101')
        >>> print(read_tax_id("4400101").faults[0])
        $ = ***: has 7 digits, and a tax id has nine; a spreadsheet drops zeros in front: format the column as text
    """
    return _masked(_tax_id(cell))


def _tax_id(cell: object) -> Reading[TaxId]:
    text: str | Reading[TaxId] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    text = re.sub("[\u2010-\u2015]", "-", text)
    if _MASK.fullmatch(text):
        return absent(cell, "is masked and is read as blank")
    text = re.sub(r"^(?:ein|fein|ssn|itin|tin|tax id)[:# ]*", "", text, flags=re.IGNORECASE)
    digits = sum(character.isdecimal() for character in text)
    if re.fullmatch(r"[\d -]+", text, re.ASCII) and digits != 9:
        zeros = "a spreadsheet drops zeros in front: format the column as text"
        return unreadable(cell, f"has {digits} digits, and a tax id has nine; {zeros}")
    if not re.fullmatch(r"\d{9}|\d{2}[ -]\d{7}|\d{3}[ -]\d{2}[ -]\d{4}", text, re.ASCII):
        return unreadable(cell, "is no tax id; write it as 12-3456789 or 123-45-6789")
    try:
        return read_as(TaxId(text), cell)
    except InvalidValueError as error:
        return unreadable(cell, error.faults[0].problem)


def _masked(reading: Reading[TaxId]) -> Reading[TaxId]:
    """Return a reading whose messages do not show what stood in the cell."""

    def mask(notes: tuple[Fault, ...]) -> tuple[Fault, ...]:
        return tuple(attrs.evolve(note, value="***") for note in notes)

    return Reading(reading.value, mask(reading.faults), mask(reading.warnings))
