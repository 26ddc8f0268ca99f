"""US money: integer cents inside, `Decimal` at the edges, no floats."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

from contractor_compliance.domain.value import AtLeast
from contractor_compliance.errors import Fault, InvalidValueError

__all__ = ["Cents", "cents", "dollars", "format_cents"]

_GROUPED = re.compile(r"\$?-?\d{1,3}(,\d{3})+(\.\d*)?")
_CENT = Decimal("0.01")
# Its cents fit the integers of every database; a larger one is a slip, and `1e999999999` an attack.
_TOO_MUCH = 10**16
#: An amount of US money in cents, zero or more.
Cents = Annotated[int, AtLeast(0)]


def cents(amount: Decimal | int | str) -> int:
    """Return dollars as cents: `cents("1000000")` is 100,000,000.

    Args:
        amount: Dollars, as a Decimal, a whole number, or text such as `1,000,000.50`.

    Raises:
        InvalidValueError: For a float, NaN, a fraction of a cent, a negative amount, 10**16 dollars or more, or text
            that is no number.

    Example:
        >>> from decimal import Decimal
        >>> cents("1,000,000"), cents(2), cents(Decimal("0.56"))
        (100000000, 200, 56)
    """
    value = _decimal(amount)
    if not value.is_finite():
        raise _refused(amount, "must be a finite amount of dollars")
    if value < 0:
        raise _refused(amount, "must not be negative")
    if value >= _TOO_MUCH:
        raise _refused(amount, f"must be below {_TOO_MUCH:,} dollars")
    # Not `value * 100`, which drops digits beyond the precision of the context.
    whole = value.quantize(_CENT)
    if whole != value:
        raise _refused(amount, "has a fraction of a cent; round it first")
    return int(whole.scaleb(2))


def dollars(amount: int) -> Decimal:
    """Return cents as dollars: `dollars(150)` is `Decimal("1.50")`.

    Example:
        >>> dollars(150)
        Decimal('1.50')
    """
    return Decimal(amount).scaleb(-2)


def format_cents(amount: int) -> str:
    """Return cents as people write them: `$1,000,000`, or `$0.56` where there are cents.

    Example:
        >>> format_cents(100_000_000), format_cents(56)
        ('$1,000,000', '$0.56')
    """
    whole, part = divmod(amount, 100)
    return f"${whole:,}.{part:02}" if part else f"${whole:,}"


def _decimal(amount: object) -> Decimal:
    if isinstance(amount, bool | float):
        raise _refused(amount, "give dollars as Decimal, int or text: floats do not hold cents exactly")
    if isinstance(amount, Decimal | int):
        return Decimal(amount)
    # Decimal itself would read lists of digits, digits of every script and underscores.
    if not isinstance(amount, str) or not amount.isascii() or "_" in amount:
        raise _refused(amount, "is not an amount of dollars")
    if "," in amount and not _GROUPED.fullmatch(amount):
        raise _refused(amount, "has a comma that does not part thousands; write 1,000,000.50")
    try:
        return Decimal(amount.replace(",", "").removeprefix("$"))
    except InvalidOperation as error:
        raise _refused(amount, "is not an amount of dollars") from error


def _refused(amount: object, problem: str) -> InvalidValueError:
    return InvalidValueError("amount", (Fault("$", repr(amount), problem),))
