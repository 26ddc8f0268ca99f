"""Amounts of US money as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from contractor_compliance.intake.readers.reading import Reading, absent, plain_text, read_as, unreadable

__all__ = ["Unit", "read_money"]

#: What a bare number counts.
Unit: TypeAlias = Literal["dollars", "thousands", "millions"]

_UNITS: Final = {"dollars": 1, "thousands": 1_000, "millions": 1_000_000}
#: The trade writes MM, and most people M, for a million. A lone M may be a Roman thousand: see `_THOUSAND_AS_M`.
_SUFFIXES: Final = {
    "k": 1_000, "thou": 1_000, "thousand": 1_000,
    "m": 1_000_000, "mm": 1_000_000, "mil": 1_000_000, "mill": 1_000_000, "mio": 1_000_000, "million": 1_000_000,
    "b": 1_000_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_THOUSAND_AS_M: Final = 100
_AMOUNT: Final = re.compile(
    r"(?:(?:usd ?\$?|us ?\$|\$) ?)?(?P<number>[\d.,]+) ?"
    rf"(?P<suffix>{'|'.join(sorted(_SUFFIXES, key=len, reverse=True))})?\.?(?:/-)?(?: ?(?:usd|us dollars|dollars))?",
    re.ASCII,
)
_NUMBERS: Final = {
    False: re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+", re.ASCII),
    True: re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,2})?", re.ASCII),
}
_FOREIGN: Final = re.compile(
    r"\b(?:cad|aud|nzd|hkd|sgd|eur|euros?|gbp|mxn|chf|jpy|pesos?|pounds?|ntd)\b|\b(?:c|ca|cdn|a|au|nz|hk|s|mx|r)\$|[€£¥₱₹₩]"
)
_SEVERAL: Final = re.compile(r"\d[^a-z]*[a-z]*\.?\s*(?:/|\||;|&|\band\b|\bx\b|\n)\s*\$?\s*\d")
_SPLIT: Final = re.compile(r"(?:25|50|75|[1-9](?:00|25|50|75))(?:,(?:025|050|075|[1-9](?:00|25|50|75)))+")
_TOO_MUCH: Final = 10**13
#: From here on a number before a suffix is an amount written in full.
_OUT_IN_FULL: Final = 10_000
#: From here on an amount in a column of thousands or millions was written in dollars.
_IN_DOLLARS: Final = 100_000


def read_money(
    cell: object, *, unit: Unit = "dollars", decimal_comma: bool = False, usual: tuple[int, int] | None = None
) -> Reading[int]:
    """Read an amount of US money; the value is in cents.

    The grammar, without regard to case and with any spaces:

    - `1000000`, `1,000,000`, `1,000,000.00`, with `$`, `US$` or `USD` before or `USD`, `dollars` after it;
    - `$1M`, `1 MM`, `1.5 mil`, `1 million`, `500k`, `500 thousand`, `1B`. From 100 on, a lone M is a fault: it may
      be a Roman thousand (`500M`);
    - `excluded` is zero, with a warning (domain rule B1.5);
    - a number as spreadsheets hold it, if it has whole cents.

    Faults are: several amounts (`1M/2M`, which is the matter of a mapping with two fields), another currency, an
    amount below zero, a comma that parts no thousands, `1.000`, `1E+06`, `included` and `statutory`.

    Args:
        cell: Text or a number.
        unit: What a bare number counts. An amount with thousands parted, or with a suffix, is in dollars.
        decimal_comma: Whether the comma parts the cents and the dot the thousands.
        usual: Lowest and highest amount that raise no warning, in cents.

    Example:
        >>> [read_money(text).value for text in ("$1M", "1,000,000.00", " 1 MM ")]
        [100000000, 100000000, 100000000]
        >>> read_money("500", unit="thousands").value
        50000000
        >>> print(read_money("$1M/$2M").faults[0].problem)
        holds several amounts; give the column a field for each of them, in their order
    """
    if isinstance(cell, float | Decimal) and not isinstance(cell, bool):
        number = Decimal(repr(cell)) if isinstance(cell, float) else cell
        return absent(cell) if number.is_nan() else _of_number(cell, number, unit, usual)
    text: str | Reading[int] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    return _of_text(cell, text.casefold(), unit, usual, decimal_comma=decimal_comma)


def _of_text(  # one return for each reading of an amount
    cell: object, text: str, unit: Unit, usual: tuple[int, int] | None, *, decimal_comma: bool
) -> Reading[int]:
    if text in ("excluded", "excl", "excl."):
        return read_as(0, cell, "is read as zero: what a source prints as excluded is not insured")
    if text in ("$-", "$ -", "$ - "):
        return absent(cell)
    if problem := _other_meaning(text):
        return unreadable(cell, problem)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return unreadable(cell, "is not read as an amount; write it as 1,000,000 or $1M")
    digits, suffix = match["number"], match["suffix"]
    if not _NUMBERS[decimal_comma].fullmatch(digits):
        return unreadable(cell, "has a comma or a dot that parts neither thousands nor cents; write it as 1,000,000.00")
    if _SPLIT.fullmatch(digits):
        return unreadable(cell, "may be several limits in thousands; write one amount, as 1,000,000")
    number = Decimal(digits.replace(".", "").replace(",", ".") if decimal_comma else digits.replace(",", ""))
    if suffix is not None:
        return _of_suffix(cell, number, suffix, usual)
    if not decimal_comma and re.search(r"\.\d{3}", digits):
        return unreadable(cell, "may be thousands parted by a dot; write it as 1,000, or say decimal_comma=True")
    is_plain = ("." if decimal_comma else ",") not in digits
    return _of_number(cell, number, unit if is_plain else "dollars", usual)


def _of_suffix(cell: object, number: Decimal, suffix: str, usual: tuple[int, int] | None) -> Reading[int]:
    amount = number * _SUFFIXES[suffix]
    is_roman = number >= _THOUSAND_AS_M or (usual is not None and amount * 100 > usual[1])
    if suffix == "m" and is_roman:
        return unreadable(cell, "may be thousands (a Roman M) or millions; write the amount out, as 500,000")
    if number >= _OUT_IN_FULL:
        return unreadable(cell, f"is written out and counts {suffix} as well; write it as 1,000,000 or $1M")
    return _of_number(cell, amount, "dollars", usual)


def _other_meaning(text: str) -> str | None:
    """Return why a text is no single amount of US money, where that can be said."""
    if len(text) > 60:
        return f"is no amount: it has {len(text)} characters"
    if _FOREIGN.search(text):
        return "is in another currency than US dollars, and is not converted; write US dollars"
    if text in ("included", "incl", "incl.", "statutory", "stat", "per statute", "unlimited"):
        return "is no amount; leave the cell blank, or state what it means in a field of its own"
    if text.startswith("-") or re.fullmatch(r"\$?\s?\(.*\)|\$\s?-\s?\d.*", text):
        return "is below zero, which no limit is"
    if re.fullmatch(r"\d(?:\.\d+)?e[+-]?\d+", text):
        return (
            "is a number that a spreadsheet has shortened; widen the column, or format it as a number, and export again"
        )
    if _SEVERAL.search(text):
        return "holds several amounts; give the column a field for each of them, in their order"
    return None


def _of_number(cell: object, number: Decimal, unit: Unit, usual: tuple[int, int] | None) -> Reading[int]:
    if not number.is_finite() or number < 0:
        return unreadable(cell, "is no amount of money from zero on")
    if number >= _TOO_MUCH:
        return unreadable(cell, "is larger than any limit of insurance; correct it")
    if unit != "dollars" and number >= _IN_DOLLARS:
        return unreadable(cell, f"is too large to count {unit}, as its column does; write it in {unit}")
    amount = number * _UNITS[unit] * 100
    if amount != amount.to_integral_value():
        return unreadable(cell, "has a fraction of a cent; write whole cents")
    cents = int(amount)
    if usual is not None and cents and not usual[0] <= cents <= usual[1]:
        size = "small" if cents < usual[0] else "large"
        return read_as(cents, cell, f"is unusually {size} for this limit, as dollars; check the unit of the column")
    return read_as(cents, cell)
