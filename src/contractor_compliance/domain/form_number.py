"""Form numbers as they are printed: the number and the edition, which is often printed with it (domain rule B14.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import attrs

from contractor_compliance.domain.value import Matches
from contractor_compliance.errors import Fault

__all__ = ["FormNumber", "read_form"]

#: Edition of a form as printed, month and year: `04 13`.
Edition = Annotated[str, Matches(r"(0[1-9]|1[0-2]) \d{2}", "must be month and year: 04 13")]

_GAP = r"[\s\-._]*"
#: The numbers of the bureaus have a fixed shape, so what comes after them can be read by itself.
_NUMBER = (
    rf"(?:(?P<family>CG|CA|CU|CX|IL|BP|CP){_GAP}(?P<group>[0-9A-Z]\d){_GAP}(?P<item>\d\d)"
    rf"|(?P<wc>WC){_GAP}(?P<one>\d\d){_GAP}(?P<two>\d\d){_GAP}(?P<three>\d\d)(?:{_GAP}(?P<letter>[A-Z]))?(?![A-Z]))"
)
_MENTION = re.compile(rf"(?<![A-Z0-9]){_NUMBER}", re.IGNORECASE)
_HEAD = re.compile(rf"\s*(?:ISO\s+)?(?:form\s+)?(?:(?:no\.?|number|#)\s*)?{_NUMBER}", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MARK = r"(?:edition|edn|ed|revision|revised|rev)\b(?:\s+date\b)?[\s.:]*"
_MONTH_YEAR = (
    r"(?:(?P<month>0?[1-9]|1[0-2])[\s/\-.]*(?P<year>(?:19|20)?\d\d)"
    r"|(?P<first>(?:19|20)\d\d)[\s/\-.]+(?P<second>0[1-9]|1[0-2])"
    rf"|(?P<name>{'|'.join(_MONTHS)})[a-z]*[\s.,/\-]*(?P<of>(?:19|20)?\d\d))"
)
_REST = re.compile(rf"[\s,;:/(\[\-\u2013\u2014]*(?:{_MARK})?[(\[]?\s*{_MONTH_YEAR}[\s)\].]*", re.IGNORECASE)
#: Other insurers' own numbers have any shape: only what is marked as an edition is one.
_NAMELESS = re.sub(r"\?P<\w+>", "?:", _MONTH_YEAR)
_MARKED = re.compile(
    rf"(?P<own>.*[^\s(\[])\s*(?:[(\[]\s*(?:{_MARK})?{_NAMELESS}\s*[)\]]|[\s,;(\[\-]\s*{_MARK}{_NAMELESS}[\s)\].]*)",
    re.IGNORECASE,
)
#: What may stand beside an edition; anything else is words.
_DIGITS = re.compile(rf"(?:[\s\d,;:/()\[\].\-\u2013\u2014]|{_MARK})*", re.IGNORECASE)


@attrs.frozen
class FormNumber:
    """A form as a document names it, parted.

    Attributes:
        number: The number in its usual spelling, `CG 20 10`; a text that is no plain number stands as it is.
        edition: The edition printed with it, as month and year; None = not printed.
        mentions: Numbers that a text of several numbers, or of a number and words, speaks of.
        is_readable: False where digits after the number are no month and year.

    Example:
        >>> from contractor_compliance.domain import read_form
        >>> read_form("CG 20 10 and CG 20 37").mentions
        ('CG 20 10', 'CG 20 37')
        >>> read_form("CG 20 10 99 99").is_readable
        False
    """

    number: str
    edition: str | None = None
    mentions: tuple[str, ...] = ()
    is_readable: bool = True


def read_form(text: str) -> FormNumber:
    """Part a form number and the edition that is printed with it, in any of the usual spellings.

    Example:
        >>> from contractor_compliance.domain.form_number import read_form
        >>> parted = read_form("CG2010 (04/13)")
        >>> parted.number, parted.edition
        ('CG 20 10', '04 13')
    """
    head = _HEAD.match(text)
    if head is None:
        return _own_number(text)
    number, rest = _spelled(head), text[head.end() :]
    if not rest.strip(" .,;"):
        return FormNumber(number)
    edition = _REST.fullmatch(rest)
    if edition is not None:
        return FormNumber(number, _month_year(edition))
    if _DIGITS.fullmatch(rest):
        return FormNumber(text, is_readable=False)
    return FormNumber(text, mentions=_mentions(text))


def edition_fault(text: str, edition: str | None, path: str) -> Iterator[Fault]:
    """Yield what is wrong with a form number: digits that are no edition, or another edition than stated beside it."""
    parted = read_form(text)
    if not parted.is_readable:
        yield Fault(path, repr(text), "has digits after the number that are no month and year; write CG 20 10 04 13")
    elif None not in (parted.edition, edition) and parted.edition != edition:
        yield Fault(
            path.replace("form", "edition"),
            repr(edition),
            f"contradicts the edition in the form number, {parted.edition}; keep the one that is printed",
        )


def normal_form(number: str) -> str:
    """Return a form number in one spelling: `CG 20 10`, `cg2010` and `CG-20-10` are one form.

    Example:
        >>> from contractor_compliance.domain import normal_form
        >>> normal_form("cg 20-10")
        'CG2010'
    """
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def edition_month(edition: str) -> tuple[int, int]:
    """Return an edition (`04 13`) as year and month; two digits from 70 on are of the last century (`11 85`).

    Example:
        >>> from contractor_compliance.domain import edition_month
        >>> edition_month("04 13") > edition_month("11 85")
        True
    """
    month, year = edition.split()
    return (1900 if int(year) >= 70 else 2000) + int(year), int(month)


def _own_number(text: str) -> FormNumber:
    mentions = _mentions(text)
    spaced = " ".join(text.split())
    marked = None if mentions else _MARKED.fullmatch(spaced)
    if marked is None:
        return FormNumber(text, mentions=mentions)
    tail = _REST.fullmatch(spaced[marked.end("own") :])
    return FormNumber(text) if tail is None else FormNumber(marked["own"].rstrip(" ,;-"), _month_year(tail))


def _mentions(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_spelled(mention) for mention in _MENTION.finditer(text)))


def _spelled(match: re.Match[str]) -> str:
    names = ("family", "group", "item", "wc", "one", "two", "three", "letter")
    return " ".join(part.upper() for name in names if (part := match[name]) is not None)


def _month_year(match: re.Match[str]) -> str:
    if match["name"] is not None:
        month, year = _MONTHS.index(match["name"].lower()) + 1, match["of"]
    else:
        month, year = int(match["month"] or match["second"]), match["year"] or match["first"]
    return f"{month:02} {year[-2:]}"
